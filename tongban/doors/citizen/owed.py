"""Supplying what was promised: one material at a time, for every item that waits for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.cases.actions import supply_proof
from tongban.catalogue.queries import package_version
from tongban.documents.actions import bind_materials
from tongban.doors.citizen import pages, uploads
from tongban.doors.citizen.applying import accept_of, limit_words
from tongban.doors.parts import Clock, Link, Material, Problem, Tag
from tongban.doors.texts import about, clock, in_words, say
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.refusals import Problem as Fault
from tongban.packages.actions import need_picture, supply_owed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile

    from tongban.doors.visits import KnownVisit
    from tongban.packages.queries import Lane, Progress


def _lanes(one: Progress) -> list[Lane]:
    """The items that wait for something."""
    return [
        lane for lane in one.lanes if lane.proofs or (lane.debt is not None and lane.debt.is_open)
    ]


def _waiting(one: Progress) -> dict[str, list[Lane]]:
    """The materials that are owed, with the items that wait for each."""
    found: dict[str, list[Lane]] = {}
    for lane in _lanes(one):
        for code in (*lane.proofs, *(lane.debt.owed if lane.debt else ())):
            found.setdefault(code, []).append(lane)
    return found


def owed_page(one: Progress, *, refusal: Refusal | None = None) -> pages.OwedPage:
    """What is owed, until when, what follows. Raises NotFound where nothing is."""
    waiting = _waiting(one)
    if not waiting:
        raise NotFound(_("这份申请现在没有要补交的材料。"))
    found = refusal.problems if isinstance(refusal, BadInput) else ()
    wrong = {problem.path: in_words(problem.sentence) for problem in found}
    materials = tuple(_material(one, code, lanes, wrong) for code, lanes in waiting.items())
    marked = tuple(Problem(about(m.name, m.error), m.key) for m in materials if m.error)
    return pages.OwedPage(
        name=say(one.package_name),
        number=one.number,
        clock=_clock(one),
        materials=materials,
        action=f"/my/{one.number}/owed/",
        back=Link(_("返回进度"), f"/my/{one.number}/"),
        consequence=_("交齐以前，办理时限停止计算，不能作出准予决定。")
        if proves(one)
        else _("到期没有补齐的，视为撤回申请，并记入信用档案。"),
        title=_("提交证明材料") if proves(one) else _("补交容缺材料"),
        lead=_("您已改按一般程序办理。下面的材料有一份交一份，交齐以后开始审查。")
        if proves(one)
        else _("申请已经先受理。下面的材料有一份交一份，不用等齐。"),
        items=tuple(say(lane.item_name) for lane in _lanes(one)),
        problems=marked or ((Problem(in_words(refusal.sentence)),) if refusal else ()),
    )


def proves(one: Progress) -> bool:
    """Whether what is handed in are the proofs of the ordinary way, not debts."""
    return any(lane.proofs for lane in one.lanes)


def _clock(one: Progress) -> Clock:
    """The debt that is due first."""
    readings = [lane.debt.clock for lane in _lanes(one) if lane.debt]
    readings += [c for lane in one.lanes for c in lane.clocks if c.spec.name == "proofs"]
    dated = [each for each in readings if each.reading.due.at is not None]
    first = min(dated or readings, key=lambda each: str(each.reading.due.at))
    return replace(clock(first), name=_("补交期限"))


def _material(one: Progress, code: str, lanes: list[Lane], wrong: Mapping[str, str]) -> Material:
    spec = package_version(one.version_id).compiled.material(code)
    limit = uploads.limit_bytes()
    return Material(
        code=code,
        name=say(spec.name),
        necessity=Tag(_("容缺")),
        state=Tag(_("要交"), "soon"),
        used_by=tuple(say(lane.item_name) for lane in lanes),
        standards=tuple(say(point.text) for point in spec.accept_standard),
        input_name=f"m.{code}",
        accept=accept_of(spec.formats),
        limit=limit_words(spec, limit),
        limit_bytes=limit,
        multiple=True,
        error=wrong.get(f"material:{code}", ""),
    )


def send(one: Progress, request: KnownVisit) -> int:
    """Supply what was uploaded, each material on its own; answers how many were.

    Raises BadInput where nothing was given, or with what is wrong with a file; what was right
    before it is supplied.
    """
    supplied = 0
    problems: list[Fault] = []
    for code, lanes in _waiting(one).items():
        files = request.FILES.getlist(f"m.{code}")[: uploads.MOST_AT_ONCE]
        if files:
            try:
                _supply(one, request, code, lanes, files)
                supplied += 1
            except Refusal as no:
                problems.append(Fault(f"material:{code}", no.code, uploads.words(no)))
    if problems:
        raise BadInput("有材料没有补交成功，请核对。", problems=problems)
    if not supplied:
        raise BadInput("请选择要补交的文件。")
    return supplied


def _supply(
    one: Progress,
    request: KnownVisit,
    code: str,
    lanes: list[Lane],
    files: list[UploadedFile[bytes]],
) -> None:
    compiled = package_version(one.version_id).compiled
    spec = compiled.material(code)
    stored = [
        uploads.store_material(
            request,
            party_id=one.party_id,
            code=code,
            item=lanes[0].item_code,
            sensitive=spec.sensitive >= uploads.SENSITIVE,
            file=file,
        )
        for file in files
    ]
    for _material_id, file_id in stored:
        need_picture(compiled=compiled, material_code=code, file_id=file_id)
    numbers = [file_id for _material_id, file_id in stored]
    for lane in lanes:
        if code in lane.proofs:
            supply_proof(
                case_id=lane.case_id, material=code, files=numbers, by=request.actor,
                now=request.now,
            )  # fmt: skip
    if any(code not in lane.proofs for lane in lanes):
        supply_owed(
            package_id=one.proceeding_id,
            material=code,
            files=numbers,
            by=request.actor,
            now=request.now,
        )
    for lane in lanes:
        bind_materials(
            material_ids=[material_id for material_id, _file_id in stored],
            proceeding_id=lane.case_id,
            item_code=lane.item_code,
            party_id=one.party_id,
            by=request.actor,
            now=request.now,
        )
