"""The reply to the one-time correction notice: point by point, sent all at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tongban.cases.queries import files_of
from tongban.catalogue.queries import package_version
from tongban.documents.actions import bind_materials
from tongban.doors.answers import field_of
from tongban.doors.citizen import pages, uploads
from tongban.doors.citizen.applying import accept_of, limit_words
from tongban.doors.citizen.progress import window_of
from tongban.doors.faults import said
from tongban.doors.parts import Clock, Field, File, Link, Material, Problem, Tag
from tongban.doors.texts import about, clock, in_words, say
from tongban.forms.rules import check_value
from tongban.kernel.refusals import BadInput, Refusal
from tongban.kernel.refusals import Problem as Fault
from tongban.kernel.worktime import city_date
from tongban.packages.actions import Supply, need_picture, supply_correction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.catalogue.rules import CompiledPackage
    from tongban.doors.visits import KnownVisit
    from tongban.packages.queries import NoticeLine, Progress


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file uploaded for one point, not sent yet; it survives a refused attempt."""

    material_id: int
    file_id: int
    name: str


def _name(line: NoticeLine) -> str:
    return f"{line.item}.{line.target}"


def _kept(request: KnownVisit, number: str) -> dict[str, list[_Kept]]:
    found: Mapping[str, list[list[Any]]] = request.session.get(f"supply:{number}", {})
    return {name: [_Kept(*one) for one in files] for name, files in found.items()}


def _keep(request: KnownVisit, number: str, kept: Mapping[str, list[_Kept]]) -> None:
    request.session[f"supply:{number}"] = {
        name: [[one.material_id, one.file_id, one.name] for one in files]
        for name, files in kept.items()
    }


# ---- the page ----------------------------------------------------------------------------------


def supply_page(
    one: Progress, request: KnownVisit, *, refusal: Refusal | None = None
) -> pages.SupplyPage:
    """The notice, each point with the place to answer it."""
    compiled = package_version(one.version_id).compiled
    lines = one.notice.lines if one.notice else ()
    wrong = _wrong(refusal)
    kept = _kept(request, one.number)
    files = files_of([lane.case_id for lane in one.lanes])
    answers = {
        lane.item_code: files[lane.case_id].answers for lane in one.lanes if lane.case_id in files
    }
    departments = {lane.item_code: say(lane.department_name) for lane in one.lanes}
    corrections = tuple(
        pages.Correction(
            number=place,
            what=about(say(line.target_name), line.problem),
            remedy=line.remedy,
            clause=line.clause,
            department=departments.get(line.item, ""),
            field=None
            if line.is_material
            else _field(line, compiled, answers.get(line.item, {}), request, wrong),
            material=_material(line, compiled, kept.get(_name(line), []), wrong)
            if line.is_material
            else None,
        )
        for place, line in enumerate(lines, start=1)
    )
    return pages.SupplyPage(
        name=say(one.package_name),
        number=one.number,
        issued_at=one.notice.sent_at if one.notice else request.now,
        issued_by=window_of(one),
        clock=_clock(one),
        corrections=corrections,
        action=f"/my/{one.number}/supply/",
        key=uuid.uuid4().hex,
        back=Link(_("返回进度"), f"/my/{one.number}/"),
        consequence=_("到期没有补齐的，由受理部门依法处理并告诉您结果；您随时可以重新申请。"),
        problems=_problems(refusal, corrections),
    )


def _clock(one: Progress) -> Clock:
    found = next((c for c in one.clocks if c.spec.name == "correction"), None)
    return clock(found) if found else Clock(name=_("补正期限"), headline="", tone="unknown")


def _wrong(refusal: Refusal | None) -> dict[str, str]:
    if not isinstance(refusal, BadInput):
        return {}
    # The action names its points "item:target", the form its fields "item.target".
    return {one.path.replace(":", "."): said(one) for one in refusal.problems}


def _problems(
    refusal: Refusal | None, corrections: tuple[pages.Correction, ...]
) -> tuple[Problem, ...]:
    if refusal is None:
        return ()
    marked = [
        Problem(one.field.error, one.field.key)
        for one in corrections
        if one.field and one.field.error
    ]
    marked += [
        Problem(about(one.material.name, one.material.error), one.material.key)
        for one in corrections
        if one.material and one.material.error
    ]
    return tuple(marked) or (Problem(in_words(refusal.sentence)),)


def _field(
    line: NoticeLine,
    compiled: CompiledPackage,
    answers: Mapping[str, Any],
    request: KnownVisit,
    wrong: Mapping[str, str],
) -> Field:
    one = compiled.field(line.target)
    name = _name(line)
    shown = dict(answers)
    if name in request.POST:
        several = one.kind == "multichoice"
        shown[one.code] = request.POST.getlist(name) if several else request.POST[name]
    made = field_of(one, required=True, answers=shown, known=None, error=wrong.get(name, ""))
    return replace(made, name=name)


def _material(
    line: NoticeLine, compiled: CompiledPackage, kept: list[_Kept], wrong: Mapping[str, str]
) -> Material:
    spec = compiled.material(line.target)
    limit = uploads.limit_bytes()
    name = _name(line)
    return Material(
        code=f"{line.item}-{line.target}",
        name=say(spec.name),
        necessity=Tag(_("补正")),
        state=Tag(_("已上传"), "done", "tick") if kept else Tag(_("要交"), "soon"),
        standards=tuple(say(point.text) for point in spec.accept_standard),
        files=tuple(File(name=one.name, href=f"/my/files/{one.file_id}/") for one in kept),
        input_name=name,
        accept=accept_of(spec.formats),
        limit=limit_words(spec, limit),
        limit_bytes=limit,
        multiple=True,
        error=wrong.get(name, ""),
    )


# ---- sending -----------------------------------------------------------------------------------


def send(one: Progress, request: KnownVisit) -> None:
    """Keep what was uploaded, check what was typed, then send everything at once.

    Raises BadInput with every problem; files that could be kept stay for the next attempt.
    """
    compiled = package_version(one.version_id).compiled
    lines = one.notice.lines if one.notice else ()
    kept, problems = _uploaded(one, request, compiled)
    _keep(request, one.number, kept)
    answers: dict[str, dict[str, Any]] = {}
    materials: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        name = _name(line)
        if line.is_material:
            if kept.get(name):
                ids = [each.file_id for each in kept[name]]
                materials.setdefault(line.item, []).append({"material": line.target, "files": ids})
            elif not any(fault.path == name for fault in problems):
                problems.append(Fault(name, "material-missing", "请上传这份材料。"))
            continue
        value, faults = _value(line, compiled, request)
        problems += faults
        if value is not None:
            answers.setdefault(line.item, {})[line.target] = value
    if problems:
        raise BadInput("还有没补齐的地方，请逐项核对。", problems=problems)
    _bind(one, request, lines, kept)
    supply_correction(
        package_id=one.proceeding_id,
        supplies=[
            Supply(item, answers.get(item, {}), materials.get(item, ()))
            for item in dict.fromkeys(line.item for line in lines)
        ],
        by=request.actor,
        now=request.now,
    )
    request.session.pop(f"supply:{one.number}", None)


def _value(
    line: NoticeLine, compiled: CompiledPackage, request: KnownVisit
) -> tuple[Any, list[Fault]]:
    field = compiled.field(line.target)
    name = _name(line)
    raw: Any = request.POST.get(name, "")
    if field.kind == "multichoice":
        raw = request.POST.getlist(name)
    value, faults = check_value(field, raw, on=city_date(request.now))
    if faults:
        return None, [Fault(name, fault.code, fault.sentence) for fault in faults]
    if value is None:
        return None, [Fault(name, "required", "请填写这一项。")]
    return value, []


def _uploaded(
    one: Progress, request: KnownVisit, compiled: CompiledPackage
) -> tuple[dict[str, list[_Kept]], list[Fault]]:
    kept = _kept(request, one.number)
    problems: list[Fault] = []
    for line in one.notice.lines if one.notice else ():
        name = _name(line)
        for file in request.FILES.getlist(name)[: uploads.MOST_AT_ONCE]:
            spec = compiled.material(line.target)
            taken = uploads.try_store(
                request,
                party_id=one.party_id,
                code=line.target,
                item=line.item,
                sensitive=spec.sensitive >= uploads.SENSITIVE,
                file=file,
            )
            fault = taken if isinstance(taken, str) else _too_small(compiled, line, taken[1])
            if fault:
                problems.append(Fault(name, "file-refused", fault))
            elif not isinstance(taken, str):
                kept.setdefault(name, []).append(_Kept(*taken, file.name or ""))
    return kept, problems


def _too_small(compiled: CompiledPackage, line: NoticeLine, file_id: int) -> str:
    """What is wrong with the size of a picture; empty where it is large enough."""
    try:
        need_picture(compiled=compiled, material_code=line.target, file_id=file_id)
    except Refusal as no:
        return uploads.words(no)
    return ""


def _bind(
    one: Progress,
    request: KnownVisit,
    lines: tuple[NoticeLine, ...],
    kept: Mapping[str, list[_Kept]],
) -> None:
    cases = {lane.item_code: lane.case_id for lane in one.lanes}
    for line in lines:
        ids = [each.material_id for each in kept.get(_name(line), ())]
        if ids:
            bind_materials(
                material_ids=ids,
                proceeding_id=cases[line.item],
                item_code=line.item,
                party_id=one.party_id,
                by=request.actor,
                now=request.now,
            )
