"""What a case was given: the answers and materials that its item consumes, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.documents.queries import attachments_of, document_title, documents_of
from tongban.doors.desk.pages import DeskFile, DeskMaterial
from tongban.doors.parts import Fact, FactGroup, Link, Source, Tag
from tongban.doors.texts import named, say
from tongban.doors.units import bytes_words
from tongban.doors.values import shown
from tongban.forms.rules.prefilling import GUIDE, LABELS, REMEMBERED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.cases.queries import CasePage
    from tongban.documents.models import Attachment

_REASONS = {
    "LICENCE": "由电子证照调取",
    "SHARE": "由数据共享核验",
    "COMMIT": "告知承诺替代",
    "REUSE": "沿用以前交过的材料",
    "GENERATE": "由表单自动生成",
    "INTERNAL": "由部门内部核验",
}
_TRUST = {
    "A": "发证机关系统产生",
    "B": "窗口核对过原件",
    "C": "申请人上传，未核验",
    "D": "持有人自制并承诺",
}
# A source is filed in words to the applicant; an officer reads of him.
_TO_AN_OFFICER = {
    LABELS["person"]["zh"]: "申请人的实名信息",
    LABELS["licence"]["zh"]: "申请人的电子证照",
    LABELS[GUIDE]["zh"]: "申请人在情形引导中的回答",
    LABELS[REMEMBERED]["zh"]: "申请人上次填写的内容",
}


def source_of(source: Any) -> Source | None:
    """Where an answer came from, as it was filed; None for what was typed."""
    if not isinstance(source, dict) or not source.get("name"):
        return None
    as_of, name = source.get("as_of"), source["name"]
    chinese = name if isinstance(name, str) else name.get("zh", "")
    if chinese in _TO_AN_OFFICER:
        told = _(_TO_AN_OFFICER[chinese])
    elif isinstance(name, dict) and len(name) > 1:
        told = say(name)
    else:
        told = named(_(chinese))
    return Source(told, date.fromisoformat(as_of) if as_of else None)


def answer_groups(page: CasePage) -> tuple[FactGroup, ...]:
    """The answers by section of the one form."""
    sections = {s.code: say(s.name) for s in page.compiled.sections}
    grouped: dict[str, list[Fact]] = {}
    for answer in page.answers:
        one = page.compiled.field(answer.element)
        fact = Fact(
            say(one.name),
            shown(one, answer.value),
            source=source_of(answer.source),
            is_code=one.kind in ("id_number", "uscc", "phone"),
        )
        grouped.setdefault(one.section, []).append(fact)
    return tuple(FactGroup(sections.get(code, ""), tuple(f)) for code, f in grouped.items())


def materials(page: CasePage) -> tuple[DeskMaterial, ...]:
    """The set of the item with its files; one query for all of them."""
    files = {one.material.file_id: one for one in attachments_of([page.proceeding.pk])}
    return tuple(_material(page, line, files) for line in page.materials)


def _material(
    page: CasePage, line: Mapping[str, Any], files: Mapping[int, Attachment]
) -> DeskMaterial:
    spec = page.compiled.material(line["material"])
    given = [files[i] for i in line.get("files", ()) if i in files]
    exempt = line.get("exempt", "")
    state = Tag(_("已提交"), "done") if line.get("files") else Tag(_("免提交"), "calm")
    if line.get("owed"):
        state = Tag(_("待补交"), "soon")
    reason = _(_REASONS[exempt]) if exempt in _REASONS and not line.get("files") else ""
    licence = str(line.get("licence", ""))
    return DeskMaterial(
        name=say(spec.name),
        state=state,
        reason=reason,
        licence=Link(_("查验证照"), reverse("verify-one", args=[licence])) if licence else None,
        files=tuple(_file(page.proceeding.number, one) for one in given),
        standards=tuple(say(point.text) for point in spec.accept_standard),
    )


def _file(case_number: str, one: Attachment) -> DeskFile:
    file = one.material.file
    trust = _(_TRUST[one.material.trust]) if one.material.trust in _TRUST else ""
    meta = " · ".join(part for part in (bytes_words(file.size), trust) if part)
    return DeskFile(file.name, reverse("desk-file", args=[file.pk, case_number]), meta)


def documents(proceeding_id: int, number_: str) -> tuple[Link, ...]:
    """What was issued in a proceeding: receipts, notices, decisions."""
    return tuple(
        Link(
            f"{_(document_title(one))} {one.number or ''}".strip(),
            reverse("desk-file", args=[one.file_id, number_]),
        )
        for one in documents_of([proceeding_id])
        if one.file_id is not None
    )
