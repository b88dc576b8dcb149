"""A conversation of three at the operator's screen: who was there, who accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.access import permission
from tongban.doors.line import pages
from tongban.doors.parts import Fact, Field, Notice, Option, Problem
from tongban.doors.texts import refusal_in_words, say
from tongban.hotline.queries import ticket_page
from tongban.hotline.states import TICKET, TicketState
from tongban.kernel.refusals import Refusal
from tongban.relay.actions import record_conference
from tongban.relay.queries import beside, first_line, line_names
from tongban.relay.states import HOTLINE
from tongban.voice.queries import need_operator

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.hotline.queries import TicketPage
    from tongban.relay.queries import ConferenceLine

NOBODY, OTHER = "nobody", "other"


@dataclass(frozen=True, slots=True)
class ConferencePage:
    """The form of a conversation of three, or what was said in it; ``notice`` says why neither."""

    number: str
    title: str
    keys: tuple[pages.Key, ...]
    fields: tuple[Field, ...] = ()
    said: tuple[Fact, ...] = ()
    notice: Notice | None = None
    problems: tuple[Problem, ...] = ()


@require_http_methods(["GET", "POST"])
@permission("window")
def conference(request: KnownVisit, number: str) -> HttpResponse:
    """Caller, 12345 and another line on one wire: one form says what they agreed on."""
    need_operator(request.actor)
    one = ticket_page(request.actor, number, request.now)
    if request.method == "GET":
        return render(request, "line/conference.html", {"page": _page(request, one, {})})
    typed = {name: request.POST.get(name, "")[:1000] for name in ("line", "agreed", "text")}
    try:
        record_conference(
            ticket_id=one.ticket.pk,
            parties=[typed["line"]],
            agreed=_agreed(typed),
            text=typed["text"],
            by=request.actor,
            now=request.now,
        )
    except Refusal as no:
        page = _page(request, one, typed, refusal_in_words(no))
        return render(request, "line/conference.html", {"page": page}, status=no.status)
    messages.success(request, _("三方通话已登记。"))
    return redirect(f"/line/done/{one.proceeding.number}/")


def _agreed(typed: dict[str, str]) -> str:
    """Who accepts as the action names it; what nobody chose is refused there."""
    return {NOBODY: "", OTHER: typed["line"], HOTLINE: HOTLINE}.get(typed["agreed"], "unknown")


def _page(
    request: KnownVisit, one: TicketPage, typed: dict[str, str], refused: str = ""
) -> ConferencePage:
    state = one.proceeding.state
    spoken = beside(one.ticket.pk, request.now).conference
    is_over = spoken is not None or state in TICKET.final
    fields = () if is_over else _fields(typed, may_hand_over=state == TicketState.RECEIVED)
    following = pages.Key("F10", _("下一通"))
    return ConferencePage(
        number=one.proceeding.number,
        title=one.ticket.title,
        keys=(pages.Key("F8", _("登记三方通话")), following) if fields else (following,),
        fields=fields,
        said=_said(spoken) if spoken else (),
        notice=None if spoken else _notice(state),
        problems=(Problem(refused, "f-agreed" if fields else ""),) if refused else (),
    )


def _notice(state: str) -> Notice | None:
    """What can no longer be agreed on, and why."""
    if state == TicketState.RECEIVED:
        return None
    if state in TICKET.final:
        return Notice(
            title=_("这个工单处于“%(state)s”状态，不能再登记三方通话。")
            % {"state": _(TICKET.title(state))},
            text=_("有新的情况，请登记新的来电。"),
        )
    return Notice(
        title=_("这个工单已经派出，不能再转给对方。"),
        text=_("三方通话可以登记为由12345受理；要转给对方的，请在派单以前登记。"),
    )


def _said(spoken: ConferenceLine) -> tuple[Fact, ...]:
    how = _("商定") if spoken.agreed else _("没有商定，由先接到电话的一方受理")
    found = [
        Fact(_("参加的"), _("、").join(say(one) for one in spoken.parties)),
        Fact(_("由谁受理"), f"{say(spoken.accepted_by)} · {how}"),
        Fact(
            _("登记时间"), f"{date_format(localtime(spoken.at), 'DATETIME_FORMAT')} · {spoken.by}"
        ),
    ]
    if spoken.text:
        found.append(Fact(_("通话要点"), spoken.text))
    return tuple(found)


def _fields(typed: dict[str, str], *, may_hand_over: bool) -> tuple[Field, ...]:
    names = line_names()
    line = typed.get("line") or first_line()
    agreed = typed.get("agreed", "" if may_hand_over else HOTLINE)
    choices = [(HOTLINE, _("12345受理"))]
    if may_hand_over:
        choices += [
            (OTHER, _("对方受理")),
            (NOBODY, _("没有商定：由先接到电话的一方受理")),
        ]
    return (
        Field(
            name="line",
            label=_("和谁三方通话"),
            kind="choice",
            options=tuple(
                Option(code, say(name), chosen=code == line)
                for code, name in names.items()
                if code != HOTLINE
            ),
        ),
        Field(
            name="agreed",
            label=_("商定由谁受理"),
            kind="choice",
            options=tuple(Option(code, words, chosen=code == agreed) for code, words in choices),
        ),
        Field(name="text", id="f-points", label=_("通话要点"), kind="longtext",
              value=typed.get("text", ""), required=False, max_length=1000),
    )  # fmt: skip
