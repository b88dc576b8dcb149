"""A conversation of three at the operator's screen: who was there, who accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.access import permission
from tongban.doors.line import pages
from tongban.doors.parts import Field, Option
from tongban.doors.texts import refusal_in_words, say
from tongban.hotline.queries import ticket_page
from tongban.kernel.refusals import Refusal
from tongban.relay.actions import record_conference
from tongban.relay.queries import first_line, line_names
from tongban.relay.states import HOTLINE
from tongban.voice.queries import need_operator

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit

NOBODY, OTHER = "nobody", "other"


@dataclass(frozen=True, slots=True)
class ConferencePage:
    """The form of a conversation of three."""

    number: str
    title: str
    fields: tuple[Field, ...]
    keys: tuple[pages.Key, ...]


@require_http_methods(["GET", "POST"])
@permission("window")
def conference(request: KnownVisit, number: str) -> HttpResponse:
    """Caller, 12345 and another line on one wire: one form says what they agreed on."""
    need_operator(request.actor)
    one = ticket_page(request.actor, number, request.now)
    typed = {name: request.POST.get(name, "")[:1000] for name in ("line", "agreed", "text")}
    status = 200
    if request.method == "POST":
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
            messages.error(request, refusal_in_words(no))
            status = no.status
        else:
            messages.success(request, _("三方通话已登记。"))
            return redirect(f"/line/done/{one.proceeding.number}/")
    page = ConferencePage(
        number=one.proceeding.number,
        title=one.ticket.title,
        fields=_fields(typed),
        keys=(pages.Key("F8", _("登记")), pages.Key("F10", _("下一通"))),
    )
    return render(request, "line/conference.html", {"page": page}, status=status)


def _agreed(typed: dict[str, str]) -> str:
    """Who accepts as the action names it; what nobody chose is refused there."""
    return {NOBODY: "", OTHER: typed["line"], HOTLINE: HOTLINE}.get(typed["agreed"], "unknown")


def _fields(typed: dict[str, str]) -> tuple[Field, ...]:
    names = line_names()
    line = typed["line"] or first_line()
    agreed = typed["agreed"]
    choices = (
        (HOTLINE, _("12345受理")),
        (OTHER, _("对方受理")),
        (NOBODY, _("没有商定：由先接到电话的一方受理")),
    )
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
        Field(name="text", label=_("通话要点"), kind="longtext", value=typed["text"],
              required=False, max_length=1000),
    )  # fmt: skip
