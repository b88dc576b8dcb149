"""Acting for others (授权代办): who acts for whom, within what, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.catalogue.queries import packages_in_force
from tongban.doors.citizen import pages
from tongban.doors.parts import Empty, Field, Notice, Option, Tag
from tongban.doors.texts import say
from tongban.people.queries import authorisations_of, parties, why_not_agent
from tongban.people.states import AUTHORISATION, AgentFunction, AuthorisationState

if TYPE_CHECKING:
    from datetime import date

    from tongban.doors.parts import Problem, Tone
    from tongban.kernel.actors import Actor
    from tongban.people.queries import AuthorisationView

_TONES: dict[AuthorisationState, tuple[Tone, str]] = {
    AuthorisationState.PROPOSED: ("you", "wait"),
    AuthorisationState.ACTIVE: ("calm", "tick"),
    AuthorisationState.DECLINED: ("plain", ""),
    AuthorisationState.REVOKED: ("plain", ""),
}


def function_names() -> dict[str, str]:
    """What an agent may do, in words."""
    return {
        AgentFunction.FILL: _("填写表格"),
        AgentFunction.SUBMIT: _("提交、补正、撤回"),
        AgentFunction.PAY: _("缴费"),
        AgentFunction.SIGN: _("签名"),
        AgentFunction.RECEIVE: _("领取结果"),
        AgentFunction.ADMINISTER: _("替我管理授权"),
    }


def principals(actor: Actor, on: date) -> dict[str, str]:
    """For whom this person may authorise others, by id: himself, and whom he administers."""
    found = parties(actor.acts_for)
    return {
        str(pk): one.name
        for pk, one in sorted(found.items(), key=lambda pair: pair[0] != actor.party_id)
        if actor.party_id is not None
        and not why_not_agent(
            agent_id=actor.party_id,
            principal_id=pk,
            function=AgentFunction.ADMINISTER,
            on=on,
        )
    }


def agent_fields(known: dict[str, str], on: date) -> tuple[Field, ...]:
    """What is asked of whoever authorises somebody."""
    things = [Option(one.code, say(one.compiled.name)) for one in packages_in_force(on)]
    return (
        Field(
            name="principal",
            label=_("替谁办"),
            kind="choice",
            options=tuple(
                Option(pk, name, chosen=place == 0)
                for place, (pk, name) in enumerate(known.items())
            ),
        ),
        Field(name="name", label=_("请谁代办：姓名"), kind="name", help=_("与对方身份证一致。")),
        Field(name="code", label=_("对方的公民身份号码"), kind="id_number"),
        Field(
            name="functions",
            label=_("可以做什么"),
            kind="multi",
            options=tuple(Option(str(code), name) for code, name in function_names().items()),
        ),
        Field(
            name="things",
            label=_("可以办哪些事"),
            kind="multi",
            required=False,
            options=tuple(things),
            help=_("一个都不选，就是都可以办。"),
        ),
        Field(name="starts_on", label=_("从哪天起"), kind="date", value=on.isoformat()),
        Field(name="ends_on", label=_("到哪天为止"), kind="date"),
    )


def items_of(things: list[str], on: date) -> frozenset[str]:
    """The items of the chosen packages."""
    return frozenset(
        item.code
        for one in packages_in_force(on)
        if one.code in things
        for item in one.compiled.items
    )


def agents_page(
    actor: Actor,
    fields: tuple[Field, ...],
    on: date,
    *,
    problems: tuple[Problem, ...] = (),
    notice: Notice | None = None,
) -> pages.AgentsPage:
    """Who acts for whom; of the parties that this person administers, and himself."""
    seen: dict[int, AuthorisationView] = {}
    for party_id in (int(pk) for pk in principals(actor, on)):
        for one in authorisations_of(party_id):
            if party_id == actor.party_id or one.side == "principal":
                seen.setdefault(one.id, one)
    rows = sorted(seen.values(), key=lambda one: -one.id)
    return pages.AgentsPage(
        given=tuple(_line(one, on) for one in rows if one.side == "principal"),
        received=tuple(_line(one, on) for one in rows if one.side == "agent"),
        fields=fields,
        empty=Empty(_("还没有请人代办"), _("请家人、员工替您办事，先在下面写清楚授权。")),
        problems=problems,
        notice=notice,
    )


def _line(one: AuthorisationView, on: date) -> pages.AgentLine:
    names = function_names()
    verbs = {"confirm": _("确认"), "decline": _("谢绝"), "revoke": _("解除")}
    over = one.state is AuthorisationState.ACTIVE and one.ends_on < on
    return pages.AgentLine(
        who=_("%(principal)s请%(agent)s代办") % {"principal": one.principal, "agent": one.agent},
        what=_("、").join(names.get(AgentFunction(code), code) for code in one.functions),
        scope=_scope(one, on),
        days=_("%(since)s到%(until)s")
        % {
            "since": date_format(one.starts_on, "DATE_FORMAT"),
            "until": date_format(one.ends_on, "DATE_FORMAT"),
        },
        state=Tag(_("已到期"), "plain")
        if over
        else Tag(_(AUTHORISATION.title(one.state)), *_TONES[one.state]),
        verbs=()
        if over
        else tuple(
            (f"{verb}:{one.id}", verbs[verb])
            for verb in AUTHORISATION.open_verbs(one.state, by=one.side)
        ),
    )


def _scope(one: AuthorisationView, on: date) -> str:
    if not one.items:
        return _("所有的事")
    names = {
        item.code: say(item.name)
        for published in packages_in_force(on)
        for item in published.compiled.items
    }
    return _("、").join(names.get(code, code) for code in one.items)
