"""Letting others use a licence (授权用证): the form, and what was given and received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.catalogue.queries import packages_in_force
from tongban.doors.citizen import pages
from tongban.doors.parts import Empty, Field, Link, Notice, Option, Tag
from tongban.doors.texts import named, say
from tongban.licences.states import GrantState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledGrant, CompiledPackage
    from tongban.doors.parts import Problem
    from tongban.licences.queries import GrantView, HeldLicence

Offer = tuple["CompiledPackage", "CompiledGrant"]


def offers(held: HeldLicence, on: date) -> dict[str, Offer]:
    """For what a licence may be lent, by the value of the option."""
    return {
        f"{published.code}:{grant.role}": (published.compiled, grant)
        for published in packages_in_force(on)
        for grant in published.compiled.grants
        if grant.licence == held.type_code
    }


def grant_fields(held: HeldLicence, known: dict[str, Offer]) -> tuple[Field, ...]:
    """What is asked of the holder."""
    return (
        Field(
            name="thing",
            label=_("用来办什么事"),
            kind="choice",
            options=tuple(
                Option(
                    value,
                    _("%(thing)s（您是%(role)s）")
                    % {"thing": say(package.name), "role": say(grant.name)},
                    _("%(text)s对方能用：%(fields)s。")
                    % {"text": say(grant.text), "fields": field_names(held, grant.fields)},
                    chosen=len(known) == 1,
                )
                for value, (package, grant) in known.items()
            ),
        ),
        Field(name="name", label=_("给谁用：姓名"), kind="name", help=_("与对方身份证一致。")),
        Field(name="code", label=_("对方的公民身份号码"), kind="id_number"),
        Field(
            name="times",
            label=_("能用几次"),
            kind="choice",
            options=(
                Option("1", _("一次"), chosen=True),
                Option("many", _("到期以前不限次数")),
            ),
        ),
        Field(name="until", label=_("用到哪一天为止"), kind="date"),
    )


def field_names(held: HeldLicence, codes: Sequence[str]) -> str:
    """The names of face fields, in the order of the face."""
    return _("、").join(named(item.label) for item in held.items if item.field in codes)


def grant_page(
    held: HeldLicence,
    fields: tuple[Field, ...],
    *,
    problems: tuple[Problem, ...] = (),
    notice: Notice | None = None,
) -> pages.GrantPage:
    """Letting somebody use one licence."""
    return pages.GrantPage(
        licence=named(held.name),
        action=f"/my/licences/{held.identifier}/grant/",
        back=Link(_("返回证照"), f"/my/licences/{held.identifier}/"),
        fields=fields,
        notice=notice,
        problems=problems,
    )


def grants_page(
    given: Sequence[GrantView], received: Sequence[GrantView], on: date
) -> pages.GrantsPage:
    """Whom I let use my licences, and whose I may use."""
    names = {one.code: say(one.compiled.name) for one in packages_in_force(on)}
    return pages.GrantsPage(
        given=tuple(_line(one, one.grantee_name, names, mine=True) for one in given),
        received=tuple(_line(one, one.held.holder_name, names, mine=False) for one in received),
        empty=Empty(
            _("还没有授权过"),
            _("打开一份证照，点“授权别人使用”，对方办事时就不用再要复印件。"),
            Link(_("看我的证照"), "/my/licences/"),
        ),
    )


def _line(one: GrantView, other: str, names: dict[str, str], *, mine: bool) -> pages.GrantLine:
    return pages.GrantLine(
        licence=named(one.held.name),
        other=other,
        thing=names.get(one.package, one.package),
        fields=field_names(one.held, one.fields),
        limits=_limits(one),
        state=_state(one),
        revoke=str(one.id) if mine and one.state is GrantState.ACTIVE else "",
    )


def _limits(one: GrantView) -> str:
    until = date_format(one.until, "DATE_FORMAT")
    used = ngettext("用过%(n)s次", "用过%(n)s次", one.used) % {"n": one.used}
    often = (
        _("不限次数")
        if one.times is None
        else ngettext("限%(n)s次", "限%(n)s次", one.times) % {"n": one.times}
    )
    return _("到%(until)s为止，%(often)s，%(used)s") % {
        "until": until,
        "often": often,
        "used": used,
    }


def _state(one: GrantView) -> Tag:
    if not one.why_not:
        return Tag(_("可以用"), "calm", "tick")
    return Tag(_("已收回") if one.state is GrantState.REVOKED else _("不能再用"), "plain")
