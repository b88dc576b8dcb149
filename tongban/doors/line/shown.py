"""The operator's pages as plain data: fields, what the words sound like, who called before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.catalogue.queries import live as live_part
from tongban.doors.known import known_answers
from tongban.doors.line import pages
from tongban.doors.parts import Field, Option, Tag
from tongban.doors.texts import last_moment, say
from tongban.hotline import rules
from tongban.hotline.queries import (
    alike,
    city_region,
    content,
    domains,
    guess,
    known_caller,
    past_of,
    place_in,
    story_of,
    unit_here,
)
from tongban.hotline.queries.hot import issue_in
from tongban.hotline.rules.hot import title_of
from tongban.hotline.states import TICKET, TicketState
from tongban.people.queries import departments, regions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.doors.parts import Tone
    from tongban.hotline.queries import TicketLine, TicketPage

SHORTEST = 4
"""Characters before anything is guessed."""
MOST_ANSWERS = 3
"""Answers at hand at once: more nobody reads while somebody speaks."""

_TONES: dict[str, Tone] = {
    TicketState.CLOSED: "done",
    TicketState.ANSWERED: "done",
    TicketState.REFUSED: "plain",
    TicketState.WITHDRAWN: "plain",
}


def text_field(typed: Mapping[str, str], wrong: Mapping[str, str]) -> Field:
    """What is said, as it is said."""
    return Field(
        name="text",
        label=_("诉求内容"),
        kind="longtext",
        value=typed.get("text", ""),
        max_length=rules.TEXT_MOST,
        error=wrong.get("text", ""),
    )


def caller_fields(typed: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[Field, ...]:
    """Who calls; both may stay empty."""
    return (
        Field(
            name="phone",
            label=_("来电号码"),
            kind="phone",
            value=typed.get("phone", ""),
            required=False,
            error=wrong.get("phone", ""),
        ),
        Field(
            name="name",
            label=_("怎么称呼"),
            kind="name",
            value=typed.get("name", ""),
            required=False,
        ),
    )


def place_fields(typed: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[Field, ...]:
    """Where it is."""
    chosen = typed.get("region", "")
    options = tuple(
        Option(one.code, say(one.name), chosen=one.code == chosen)
        for one in regions(below=city_region())
    )
    return (
        Field(
            name="region",
            label=_("所在区域"),
            kind="choice",
            value=chosen,
            options=options,
            required=False,
        ),
        Field(
            name="place",
            label=_("地点"),
            value=typed.get("place", ""),
            required=False,
            error=wrong.get("place", ""),
        ),
    )


def kind_fields(
    typed: Mapping[str, str], wrong: Mapping[str, str], reading: pages.Reading | None
) -> tuple[Field, ...]:
    """What it is about and who answers; what the words sound like stands there already."""
    kind = typed.get("type") or (reading.type if reading else "")
    domain = typed.get("domain") or (reading.domain if reading else "")
    urgency = typed.get("urgency") or rules.urgency_of(typed.get("text", ""), content())
    unit = typed.get("unit", "")
    return (
        Field(
            name="type",
            label=_("诉求类型"),
            kind="choice",
            required=False,
            error=wrong.get("type", ""),
            options=tuple(
                Option(one["code"], say(one["name"]), chosen=one["code"] == kind)
                for one in content()["types"]
            ),
        ),
        Field(
            name="urgency",
            label=_("紧急程度"),
            kind="choice",
            required=False,
            options=tuple(
                Option(code, words, chosen=code == urgency)
                for code, words in (
                    ("normal", _("一般")),
                    ("urgent", _("紧急")),
                    ("critical", _("特急")),
                )
            ),
        ),
        Field(
            name="domain",
            label=_("归口类别"),
            kind="choice",
            required=False,
            error=wrong.get("domain", ""),
            options=tuple(
                Option(one.code, " › ".join(_path(one)), chosen=one.code == domain)
                for one in domains()
                if one.is_leaf
            ),
        ),
        Field(
            name="unit",
            label=_("承办单位"),
            kind="choice",
            required=False,
            help=_("不选则按派单目录"),
            error=wrong.get("unit", ""),
            options=tuple(
                Option(one.code, say(one.short) or say(one.name), chosen=one.code == unit)
                for one in departments()
            ),
        ),
    )


def _path(node: rules.Node) -> tuple[str, ...]:
    above = {one.path: one for one in domains()}
    return tuple(say(above[node.path[: at + 1]].name) for at in range(len(node.path)))


def answer_field(typed: Mapping[str, str], wrong: Mapping[str, str]) -> Field:
    """What is told at once."""
    return Field(
        name="answer",
        label=_("直接答复的内容"),
        kind="longtext",
        value=typed.get("answer", ""),
        required=False,
        error=wrong.get("answer", ""),
    )


def reason_field(typed: Mapping[str, str], wrong: Mapping[str, str]) -> Field:
    """Why it is not the hotline's."""
    return Field(
        name="reason",
        label=_("不予受理的情形"),
        kind="choice",
        required=False,
        error=wrong.get("reason", ""),
        options=tuple(
            Option(one["code"], say(one["name"]), chosen=one["code"] == typed.get("reason"))
            for one in content()["refusals"]
        ),
    )


def line_field(typed: Mapping[str, str], wrong: Mapping[str, str]) -> Field:
    """Which other line."""
    return Field(
        name="line",
        label=_("转接到"),
        kind="choice",
        required=False,
        error=wrong.get("line", ""),
        options=tuple(
            Option(
                one["code"],
                _line_name(one),
                chosen=one["code"] == typed.get("line"),
            )
            for one in content()["lines"]
        ),
    )


def _line_name(one: Mapping[str, Any]) -> str:
    return f"{one['number']} {say(one['name'])}"


def keys() -> tuple[pages.Key, ...]:
    """The keys of the screen."""
    return (
        pages.Key("F1", _("接听下一通")),
        pages.Key("F2", _("紧急转接")),
        pages.Key("F3", _("归入热点")),
        pages.Key("F4", _("直接答复")),
        pages.Key("F5", _("并入这一单")),
        pages.Key("F6", _("不予受理")),
        pages.Key("F7", _("转其他专线")),
        pages.Key("F8", _("派单")),
        pages.Key("F9", _("只登记")),
        pages.Key("F10", _("下一通")),
        pages.Key("F12", _("挂机")),
    )


# What stands beside the form


def live(typed: Mapping[str, str], now: datetime) -> pages.Live:
    """Danger, what the words sound like, who called before, who else speaks of it."""
    text = rules.clean(typed.get("text", ""))
    party = known_caller("".join(typed.get("phone", "").split()))
    is_enough = len(text) >= SHORTEST
    reading = _reading(text, typed.get("region", "")) if is_enough else None
    place, region = place_in(text)
    domain = typed.get("domain") or (reading.domain if reading else "")
    near = (
        alike(
            text,
            domain=domain,
            region=typed.get("region") or region,
            place=typed.get("place") or place,
            now=now,
        )
        if is_enough
        else []
    )
    return pages.Live(
        danger=_danger(text),
        reading=reading,
        before=tuple(map(before, past_of(party))) if party else (),
        alike=tuple(before(one, _why(share)) for one, share in near),
        known=known_answers(
            text,
            now,
            MOST_ANSWERS,
            region=typed.get("region") or region or city_region(),
            domain=domain,
            inside=True,
        )
        if is_enough
        else (),
        has_caller=bool(typed.get("phone")),
        hot=_hot(text, domain, typed, (place, region), now) if is_enough else None,
    )


def _pointed_out(typed: Mapping[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude, where both can be read; the form says so where they cannot."""
    try:
        return float(typed.get("longitude", "")), float(typed.get("latitude", ""))
    except ValueError:
        return None


def _hot(
    text: str, domain: str, typed: Mapping[str, str], named: tuple[str, str], now: datetime
) -> pages.Hot | None:
    """The issue that many speak of already, where these words sound like it."""
    place, region = named
    found = issue_in(
        text,
        domain=domain,
        region=typed.get("region") or region or city_region(),
        place=typed.get("place") or place,
        now=now,
        at=_pointed_out(typed),
    )
    if found is None:
        return None
    name = next((say(one.name) for one in domains() if one.code == found.domain), "")
    n = round(found.callers)
    return pages.Hot(
        number=found.number,
        title=title_of(found.place, name),
        state=Tag(_(found.state_title), "late" if found.state == "alarmed" else "soon"),
        people=ngettext("%(n)s 人", "%(n)s 人", n) % {"n": n},
        since=found.first_at,
        unit=_unit_names().get(found.unit, ""),
    )


def _why(share: float) -> str:
    return _("相似 %(percent)s%%") % {"percent": round(share * 100)}


def _danger(text: str) -> pages.Danger | None:
    found = rules.emergency_in(text, content())
    if found is None:
        return None
    lines = {one["code"]: one for one in content()["lines"]}
    return pages.Danger(
        say(found["name"]), say(found["say"]), found["line"], lines[found["line"]]["number"]
    )


def _reading(text: str, region: str) -> pages.Reading:
    read = guess(text)
    node = next((one for one in domains() if one.code == read.domain), None)
    named = _unit_names()
    unit = unit_here(node, region or city_region()) if node else ""
    return pages.Reading(
        type=read.type,
        domain=read.domain,
        path=_path(node) if node else (),
        unit=named.get(unit, ""),
        percent=round(read.confidence * 100),
        is_sure=read.confidence >= float(content()["certain"]["value"]),
        reasons=read.reasons,
    )


def before(one: TicketLine, why: str = "") -> pages.Before:
    """A ticket of a short list."""
    named = _unit_names()
    return pages.Before(
        number=one.number,
        title=one.title,
        state=Tag(_(one.state_title), _TONES.get(one.state, "soon")),
        at=one.received_at,
        unit=named.get(one.unit, ""),
        why=why,
        is_open=one.state not in _TONES and one.state != TicketState.TRANSFERRED,
    )


def _unit_names() -> dict[str, str]:
    return {
        str(one["code"]): say(one.get("short") or one["name"]) for one in live_part("departments")
    }


def _line_of(one: TicketPage) -> str:
    """Which other line has the caller now; empty for none."""
    if one.proceeding.state != TicketState.TRANSFERRED:
        return ""
    code = next((e.body.get("line") for e in story_of(one) if e.verb == "transfer"), "")
    return next((_line_name(each) for each in content()["lines"] if each["code"] == code), "")


def done(one: TicketPage, call: int | None) -> pages.DonePage:
    """What is read aloud at the end; the call where it is on the line still."""
    ticket, number = one.ticket, one.proceeding.number
    lead = next((task for task in reversed(one.tasks) if task.is_lead), None)
    clocks = {one.spec.name: last_moment(one.reading.due) for one in lead.clocks} if lead else {}
    named = _unit_names()
    may_confer = one.proceeding.state not in TICKET.final
    three = (pages.Key("F3", _("三方通话")),) if may_confer else ()
    return pages.DonePage(
        number=number,
        spoken=" ".join(number[at : at + 4] for at in range(0, len(number), 4)),
        title=ticket.title,
        state=Tag(_(one.state_title), _TONES.get(one.proceeding.state, "soon")),
        unit=named.get(ticket.unit, ""),
        due=clocks.get("handle"),
        # What nobody has checked is not read aloud.
        reply=ticket.reply if ticket.replied_at else "",
        line=_line_of(one),
        href=f"/desk/tickets/{number}/",
        keys=(
            *three,
            pages.Key("F10", _("下一通")),
            *((pages.Key("F12", _("挂机")),) if call else ()),
        ),
        call=call,
        rings=bool(settings.VOICE_KEY) and call is None,
        may_confer=may_confer,
    )
