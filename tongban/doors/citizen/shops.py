"""Comprehensive licences (一业一证) at the citizen's door: for anybody, and for their holder."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.catalogue.queries import package_in_force
from tongban.doors import shops as words
from tongban.doors.citizen import calling, pages
from tongban.doors.parts import Fact, Field, Link, Option, Problem, Tag
from tongban.doors.texts import in_words, named, say
from tongban.kernel.refusals import NotFound
from tongban.licences.queries import comprehensive as rows
from tongban.licences.rules import masked_holder
from tongban.licences.states import REPORT_LIFE, LicenceState, ReportState
from tongban.people.queries import department, party
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.kernel.refusals import Refusal
    from tongban.licences.queries import HeldLicence
    from tongban.licences.queries.comprehensive import Report, Shop


def shop_page(one: Shop, *, now: datetime, is_holder: bool) -> pages.ShopPage:
    """What the code shows; `is_holder` adds forms, renewals and the paper."""
    tag = words.whole_tag(one.state)
    serial = one.row.serial
    page = pages.ShopPage(
        name=say(_texts(one.trade.licence_name)),
        trade=say(_texts(one.trade.name)),
        state=tag,
        tone=tag.tone,
        icon=tag.icon,
        sentence=words.sentence(one),
        checked_at=now,
        facts=_facts(one, is_holder=is_holder),
        parts=tuple(_part(part, one, is_holder=is_holder) for part in one.parts),
        advice=() if is_holder else (_("请核对经营者名称和地址，与您面前的店是否一致。"),),
        report=Link(_("投诉或者举报这家店"), f"/one-licence/{serial}/report/"),
    )
    return _for_holder(page, one) if is_holder else page


def _texts(name: object) -> Mapping[str, str]:
    found: dict[str, str] = name.model_dump(exclude_none=True)  # type: ignore[attr-defined]  # -- a text of the content
    return found


def _facts(one: Shop, *, is_holder: bool) -> tuple[Fact, ...]:
    natural = party(one.row.holder_id).kind == PartyKind.NATURAL
    holder = one.holder_name
    if not is_holder:
        holder = masked_holder(holder, is_natural=natural)
    return (
        Fact(_("经营者"), holder),
        *((Fact(_("经营场所"), one.row.site),) if one.row.site else ()),
        Fact(_("综合许可证编号"), one.row.number, is_code=True),
        Fact(_("版本"), _("第 %(n)s 版") % {"n": one.row.version}),
        Fact(_("制发部门"), say(department(one.row.department).name)),
        *((Fact(_("营业执照"), _(one.base.state_title)),) if one.base else ()),
    )


def _part(part: HeldLicence, one: Shop, *, is_holder: bool) -> pages.ShopPart:
    return pages.ShopPart(
        name=named(part.name),
        number=part.number,
        issuer=named(part.issuer),
        until=words.until(part),
        state=words.part_tag(part),
        # Why a permit was suspended is between the holder and the organ.
        note=part.state_reason if is_holder and not part.is_in_force else "",
        href=f"/my/licences/{part.identifier}/" if is_holder else "",
        renew=_renewal(part, one) if is_holder else "",
    )


def _renewal(part: HeldLicence, one: Shop) -> str:
    """When to ask for renewal, in words; empty where there is no end."""
    if part.valid_to is None:
        return ""
    if part.state is LicenceState.SUSPENDED:
        return _("暂扣期间不能依据它经营；发证机关恢复以后，这里自动恢复有效。")
    if not part.is_in_force:
        return _("已经失效，请重新申请这一项，批准后自动并入。")
    days = rows.renewal_days(one.on)
    latest = part.valid_to - timedelta(days=days)
    day = date_format(latest, "DATE_FORMAT")
    if one.on <= latest:
        words = ngettext(
            "需要延续的，最迟 %(day)s 申请（届满 %(days)s 日前）。",
            "需要延续的，最迟 %(day)s 申请（届满 %(days)s 日前）。",
            days,
        )
        return words % {"day": day, "days": days}
    late = _("延续申请应当在 %(day)s 前提出；请尽快到证照页面办理或者联系发证部门。")
    return late % {"day": day}


def _for_holder(page: pages.ShopPage, one: Shop) -> pages.ShopPage:
    """The same with forms, renewals, the paper and the history, and nobody to report to."""
    serial = one.row.serial
    return replace(
        page,
        is_holder=True,
        report=None,
        qr=mark_safe(rows.shop_qr(serial)),  # noqa: S308 -- drawn by the room of licences
        file=Link(_("下载 PDF（已签名）"), f"/my/one-licence/{serial}/file/"),
        others=Link(_("看看别人扫码看到什么"), f"/one-licence/{serial}/?as=public"),
        forms=_forms(one),
        versions=words.history(rows.versions_of_shop(one.row)),
    )


def _forms(one: Shop) -> tuple[Link, ...]:
    """What the holder can do next: the application that adds permits, his own applications."""
    try:
        package = package_in_force(one.trade.package, one.on).compiled
    except NotFound:
        return ()
    return (
        Link(_("增加或者重新申请单项许可"), f"/packages/{package.slug}/?for={one.row.holder_id}"),
        Link(_("我的办件"), "/my/"),
    )


def cards(found: tuple[Shop, ...]) -> tuple[pages.LicenceCard, ...]:
    """The same as cards among my licences."""
    return tuple(
        pages.LicenceCard(
            name=say(_texts(one.trade.licence_name)),
            number=one.row.number,
            holder=one.holder_name,
            issuer=say(department(one.row.department).name),
            state=words.whole_tag(one.state),
            valid=_("含 %(n)s 项许可，第 %(version)s 版")
            % {"n": len(one.parts), "version": one.row.version},
            href=f"/one-licence/{one.row.serial}/",
            is_ended=one.state.value == "invalid",
        )
        for one in found
    )


# ---- reports -----------------------------------------------------------------------------------


def report_page(
    one: Shop,
    typed: Mapping[str, str] | None = None,
    no: Refusal | None = None,
    *,
    lost_files: bool = False,
) -> pages.ReportPage:
    """The form of a complaint or report, with what was typed and what is wrong with it.

    ``lost_files`` says that files were chosen which the refusal did not keep.
    """
    given = typed or {}
    wrong = {p.path: in_words(p.sentence) for p in getattr(no, "problems", ())}
    fields = (
        Field(
            name="kind",
            label=_("您要"),
            kind="choice",
            options=tuple(
                Option(code, label, chosen=given.get("kind") == code)
                for code, label in (
                    ("complaint", _("投诉：我的权益受到损害")),
                    ("report", _("举报：我看到违法经营")),
                )
            ),
            error=wrong.get("kind", ""),
        ),
        Field(
            name="text",
            label=_("您看到的情况"),
            kind="longtext",
            value=given.get("text", ""),
            max_length=2000,
            help=_("什么时候、什么事。请不要写别人的身份证号、电话。"),
            error=wrong.get("text", ""),
        ),
        Field(
            name="phone",
            label=_("您的电话"),
            kind="phone",
            value=given.get("phone", ""),
            required=False,
            help=_("可以不留。只有答复您的工作人员看得到，店家看不到。"),
            autocomplete="tel",
            error=wrong.get("phone", ""),
        ),
    )
    danger = calling.danger(given.get("text", ""))
    sure = calling.sure_field(given, wrong.get("sure", "")) if danger else None
    problems = tuple(Problem(text, f"f-{name}") for name, text in wrong.items())
    if no is not None and not problems:
        problems = (Problem(in_words(no.sentence)),)
    if lost_files:
        problems = (*problems, calling.files_lost())
    return pages.ReportPage(
        shop=one.holder_name,
        back=Link(_("回到综合许可证"), f"/one-licence/{one.row.serial}/"),
        fields=(fields[0], fields[1], *((sure,) if sure else ()), fields[2]),
        pictures=calling.pictures_field(),
        danger=danger,
        lines=calling.lines(),
        problems=problems,
        lost_files=lost_files,
    )


def answer_page(one: Shop, report: Report, address: str) -> pages.ReportPage:
    """What was said and what became of it, for whoever kept the address."""
    answered = report.state == ReportState.ANSWERED.value
    day = date_format(report.made_at, "DATE_FORMAT")
    return pages.ReportPage(
        shop=one.holder_name,
        back=Link(_("回到综合许可证"), f"/one-licence/{one.row.serial}/"),
        said=(
            Fact(_("提交日期"), day),
            Fact(_("您说的情况"), report.text),
            Fact(_("答复部门"), say(department(report.department).name)),
        ),
        state=Tag(
            _(REPORT_LIFE.title(report.state)),
            "done" if answered else "unknown",
            "tick" if answered else "wait",
        ),
        answer=report.answer,
        address=address,
    )
