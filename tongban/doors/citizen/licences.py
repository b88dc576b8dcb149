"""Licences of a citizen, what was given before, and the public verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.documents.queries import has_copies_in
from tongban.doors.citizen import pages
from tongban.doors.citizen.applying import GRADES
from tongban.doors.parts import (
    Cell,
    Column,
    Empty,
    Entry,
    Fact,
    Field,
    File,
    Link,
    Pager,
    Row,
    Table,
    Tag,
)
from tongban.doors.texts import in_words, named, say
from tongban.doors.units import bytes_words
from tongban.licences.queries import (
    Verdict,
    start_of,
    uses_of,
    verify_qr,
    verify_url,
    versions_of,
)
from tongban.licences.states import LIFE, MORE_TIME_LIFE, LicenceState
from tongban.people.queries import department

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tongban.documents.queries import Material
    from tongban.doors.parts import Tone
    from tongban.licences.queries import HeldLicence, VerifyResult

MOST_USES = 50
_LOST = frozenset({LicenceState.REVOKED, LicenceState.WITHDRAWN_AS_PENALTY})


def state_tag(one: HeldLicence) -> Tag:
    """The state of a licence, with a warning before it ends."""
    if one.is_in_force and one.is_expiring:
        return Tag(_("快到期了"), "soon", "clock")
    if one.is_in_force:
        return Tag(_("有效"), "calm", "tick")
    if one.state is LicenceState.PRODUCING:
        return Tag(_("制证中"), "unknown", "wait")
    return Tag(_(one.state_title), "late" if one.state in _LOST else "plain")


def validity(start: date, end: date | None) -> str:
    """From when until when, in words."""
    since = date_format(start, "DATE_FORMAT")
    if end is None:
        return _("自 %(since)s 起长期有效") % {"since": since}
    return _("%(since)s 至 %(until)s") % {
        "since": since,
        "until": date_format(end, "DATE_FORMAT"),
    }


def cards_of(held: Sequence[HeldLicence]) -> tuple[pages.LicenceCard, ...]:
    """Licences as cards, those in force first."""
    return tuple(
        pages.LicenceCard(
            name=named(one.name),
            number=one.number,
            holder=one.holder_name,
            issuer=named(one.issuer),
            state=state_tag(one),
            valid=validity(one.valid_from, one.valid_to),
            href=f"/my/licences/{one.identifier}/",
            is_ended=not one.is_in_force and one.state is not LicenceState.PRODUCING,
        )
        for one in sorted(held, key=lambda one: (not one.is_in_force, -one.id))
    )


def licences_page(
    held: Sequence[HeldLicence], shops: tuple[pages.LicenceCard, ...] = ()
) -> pages.LicencesPage:
    """My licences: those in force first; comprehensive ones stand apart."""
    return pages.LicencesPage(
        shops=shops,
        licences=cards_of(held),
        empty=Empty(
            _("还没有证照"),
            _("办成的事发的证照会放在这里，办下一件事时直接取用。"),
            Link(_("看看能办什么"), "/"),
            icon="licence",
        ),
    )


def licence_page(one: HeldLicence, *, may_lend: bool = False) -> pages.LicencePage:
    """One licence: its face, its file, its history, who used it."""
    made = one.file_id is not None
    return pages.LicencePage(
        name=named(one.name),
        identifier=one.identifier,
        state=state_tag(one),
        state_note=one.state_reason,
        face=tuple(Fact(_(item.label), item.text) for item in one.items),
        facts=(
            Fact(_("证照编号"), one.number, is_code=True),
            Fact(_("证照标识"), one.identifier, is_code=True),
            Fact(_("发证机关"), named(one.issuer)),
            Fact(_("有效期"), validity(one.valid_from, one.valid_to)),
            *((Fact(_("办件编号"), one.case_number, is_code=True),) if one.case_number else ()),
        ),
        verify=Link(_("打开核验页"), verify_url(one.identifier)),
        qr=mark_safe(verify_qr(one.identifier)),  # noqa: S308 -- drawn by the room of licences
        uses=_uses(one.identifier),
        start=_start(one),
        file=Link(_("下载 PDF（已签名）"), f"/my/licences/{one.identifier}/file/")
        if made
        else None,
        copies=_copies(one) if made else (),
        grant=Link(_("授权别人使用"), f"/my/licences/{one.identifier}/grant/")
        if may_lend
        else None,
        versions=tuple(
            Entry(
                at=version.at,
                what=_("第 %(n)s 版：%(state)s")
                % {
                    "n": f"{version.edition:03d}",
                    "state": _(LIFE.title(version.state)),
                },
                note=version.state_reason,
            )
            for version in reversed(list(versions_of(one.id)))
        ),
    )


def _copies(one: HeldLicence) -> tuple[Link, ...]:
    """Copies in other languages; of what others issued there is only their own paper."""
    if one.is_mirrored:
        return ()
    names = {"ug": _("维吾尔文副本")}
    return tuple(
        Link(name, f"/my/licences/{one.identifier}/copy/{spoken}/")
        for spoken, name in names.items()
        if has_copies_in(spoken)
    )


def _start(one: HeldLicence) -> pages.StartPart | None:
    """Whether the work has begun, by when it must, and what the holder can do (建筑法 9)."""
    start = start_of(one.id)
    if start is None:
        return None
    here = f"/my/licences/{one.identifier}/"
    said = tuple(
        Fact(
            date_format(ask.asked_at, "DATE_FORMAT"),
            f"{_(MORE_TIME_LIFE.title(ask.state))}：{ask.answer or ask.reason}",
        )
        for ask in start.asked
    )
    if start.started_at is not None:
        day = date_format(start.started_at, "DATE_FORMAT")
        return pages.StartPart(sentence=_("%(day)s 已报告开工。") % {"day": day}, said=said)
    if not one.is_in_force:
        return pages.StartPart(sentence=_("许可不在有效期内，不能开工。"), said=said)
    if start.is_asked or start.due is None:
        words = _("延期申请正在办理，答复之前许可不会失效。")
        return pages.StartPart(sentence=words, said=said, report=f"{here}start/")
    words = ngettext(
        "应当在 %(day)s 前开工。不能按期开工的，还可以申请延期 %(n)s 次。",
        "应当在 %(day)s 前开工。不能按期开工的，还可以申请延期 %(n)s 次。",
        start.left,
    )
    return pages.StartPart(
        sentence=words % {"day": date_format(start.due, "DATE_FORMAT"), "n": start.left},
        said=said,
        report=f"{here}start/",
        ask=f"{here}more-time/" if start.left else "",
        fields=(
            Field(name="reason", label=_("不能按期开工的原因"), kind="longtext", max_length=1000),
        ),
    )


def _uses(identifier: str) -> Table:
    rows = tuple(
        Row((Cell(use.used_at), Cell(_used_by(use)), Cell(use.purpose)))
        for use in uses_of(identifier)[:MOST_USES]
    )
    return Table(
        title=_("使用记录"),
        columns=(Column(_("时间"), "time"), Column(_("谁")), Column(_("为了什么"))),
        rows=rows,
        empty=Empty(_("还没有人用过"), icon="eye"),
    )


def _used_by(use: Any) -> str:
    if use.grant is not None:
        return _("%(name)s（您授权的）") % {"name": use.grant.grantee.name}
    return say(department(use.department).name) if use.department else _("持证人")


# ---- what was given before ---------------------------------------------------------------------


def stored_page(
    materials: Sequence[Material], names: Mapping[str, str], pager: Pager
) -> pages.StoredPage:
    """My materials: what I gave, how far it is trusted, how long it may be used again."""
    return pages.StoredPage(
        materials=tuple(
            pages.StoredMaterial(
                name=names.get(one.material_code, one.material_code),
                file=File(
                    name=one.file.name,
                    href=f"/my/files/{one.file_id}/",
                    size=bytes_words(one.file.size),
                    grade=_(GRADES.get(one.trust, "")),
                ),
                given_for=names.get(one.given_for, one.given_for),
                given_on=one.given_at,
                valid=_("可沿用至 %(day)s") % {"day": date_format(one.valid_until, "DATE_FORMAT")}
                if one.valid_until
                else _("没有到期日"),
                state=Tag(_("可以沿用"), "calm")
                if one.state == "usable"
                else Tag(_("不能再用"), "plain"),
                discard=str(one.pk) if one.state == "usable" else "",
            )
            for one in materials
        ),
        empty=Empty(_("还没有交过材料"), _("申请时交的材料会记在这里。"), icon="file"),
        pager=pager,
    )


# ---- verification ------------------------------------------------------------------------------

_TONES: dict[Verdict, tuple[Tone, str]] = {
    Verdict.IN_FORCE: ("calm", "seal"),
    Verdict.EXPIRING: ("soon", "clock"),
    Verdict.DOCUMENT: ("calm", "seal"),
    Verdict.SUPERSEDED: ("soon", "alert"),
    Verdict.NOT_IN_FORCE: ("late", "alert"),
    Verdict.TAMPERED: ("late", "alert"),
    Verdict.FOREIGN: ("unknown", "question"),
    Verdict.UNKNOWN: ("unknown", "question"),
    Verdict.MALFORMED: ("unknown", "question"),
}


def _headline(found: VerifyResult) -> str:
    return {
        Verdict.IN_FORCE: _("真实，有效"),
        Verdict.EXPIRING: _("真实，快到期了"),
        Verdict.DOCUMENT: _("真实的文书"),
        Verdict.SUPERSEDED: _("真实，但已换发"),
        Verdict.NOT_IN_FORCE: _("真实，但现在无效"),
        Verdict.TAMPERED: _("文件被改动过"),
        Verdict.FOREIGN: _("不能证明是真的"),
        Verdict.UNKNOWN: _("没有查到"),
        Verdict.MALFORMED: _("标识不完整或有误"),
    }[found.verdict]


def verify_fields(typed: str = "", error: str = "") -> tuple[Field, ...]:
    """What is asked for a verification."""
    return (
        Field(
            name="identifier",
            label=_("证照标识或文书编码"),
            value=typed,
            error=error,
            help=_("印在二维码下方，以 1.2.156 开头的一长串；文书上是一段字母和数字。"),
        ),
    )


def verify_page(
    found: VerifyResult | None, *, typed: str = "", file_error: str = ""
) -> pages.VerifyPage:
    """The public page of verification."""
    return pages.VerifyPage(
        fields=verify_fields(typed),
        file=Field(
            name="file",
            label=_("或者核验 PDF 文件"),
            kind="file",
            accept=".pdf",
            required=False,
            help=_("核对签章、内容有没有改动、现在是否有效。文件核验后不保存。"),
            error=file_error,
        ),
        proof=_proof(found) if found else None,
    )


def _proof(found: VerifyResult) -> pages.Proof:
    tone, icon = _TONES[found.verdict]
    facts = (
        (_("证照"), found.name, False),
        (_("编号"), found.number, True),
        (_("持有人"), found.holder, False),
        (_("出具机关"), found.issuer, False),
        (_("状态"), _(found.state_title) if found.state_title else "", False),
        (
            _("有效期"),
            validity(found.valid_from, found.valid_to) if found.valid_from else "",
            False,
        ),
        (_("标识"), found.identifier, True),
    )
    return pages.Proof(
        headline=_headline(found),
        tone=tone,
        icon=icon,
        sentence=in_words(found.sentence),
        checked_at=found.checked_at,
        facts=tuple(
            Fact(label, value, is_code=is_code) for label, value, is_code in facts if value
        ),
        checks=tuple((passed, _(words)) for passed, words in found.checks),
        advice=(_("请核对持有人名称与您面前的店或人是否一致。"),) if found.is_good else (),
        newer=Link(_("核验新的版本"), f"/verify/{found.replaced_by}/")
        if found.replaced_by
        else None,
    )
