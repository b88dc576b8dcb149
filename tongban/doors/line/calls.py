"""Calls from the telephone at the operator's screen: who waits, one key to take the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from tongban.doors.access import permission
from tongban.doors.line import pages
from tongban.doors.texts import refusal_in_words, say
from tongban.hotline.queries import emergency_name
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.voice.actions import end_call, leave_call, ring_up, take_call
from tongban.voice.queries import call_page, calls_of, need_operator, voice, waiting_calls
from tongban.voice.states import Ending, Speaker

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.kernel.actors import Actor
    from tongban.voice.queries import CallPage, WaitingCall


def board(actor: Actor) -> pages.Board:
    """Who waits and whom this operator has."""
    return pages.Board(
        tuple(map(_waiting, waiting_calls())), tuple(map(_waiting, calls_of(actor.id)))
    )


def _waiting(one: WaitingCall) -> pages.Waiting:
    name = next((tongue.name for tongue in voice().tongues if tongue.code == one.language), None)
    return pages.Waiting(
        id=one.id,
        phone=one.phone or _("未显示号码"),
        language=say(name.model_dump()) if name and one.language != "zh" else "",
        danger=danger_name(one.danger),
        about=one.about,
        since=one.since,
        is_held=one.is_held,
    )


def danger_name(code: str) -> str:
    """What kind of emergency that is; empty for none."""
    return say(emergency_name(code) or {"zh": ""})


def taken(one: CallPage) -> pages.Taken:
    """What was said in a call before its operator took it."""
    names = {
        Speaker.CALLER: _("来电人"),
        Speaker.MACHINE: _("语音导航"),
        Speaker.OPERATOR: _("话务员"),
    }
    return pages.Taken(
        id=one.id,
        danger=danger_name(one.danger),
        is_ended=one.is_ended,
        ticket=one.ticket,
        is_one=one.is_one,
        lines=tuple(
            pages.Said(line.speaker, names[Speaker(line.speaker)], line.text) for line in one.lines
        ),
    )


def typed_from(one: CallPage) -> dict[str, str]:
    """What the form of a taken call holds at first."""
    return {
        "phone": one.phone,
        "text": one.text,
        "place": one.place,
        "region": one.region,
        "key": one.key,
        "call": str(one.id),
    }


def call_of(actor: Actor, text: str) -> CallPage | None:
    """The call that a form or an address names; None where it names none. Raises NotFound."""
    return call_page(actor, int(text)) if text.isdecimal() and len(text) <= 18 else None


@require_GET
@permission("window")
def waiting(request: KnownVisit) -> HttpResponse:
    """The list anew (htmx)."""
    need_operator(request.actor)
    return render(request, "line/waiting.html", {"board": board(request.actor)})


@require_POST
@permission("window")
def take(request: KnownVisit) -> HttpResponse:
    """Take a call, the first that waits where none is named; whoever was faster has it."""
    need_operator(request.actor)
    wanted = request.POST.get("call", "")
    waits = [one.id for one in waiting_calls()]
    chosen = int(wanted) if wanted.isdecimal() and len(wanted) <= 18 else next(iter(waits), None)
    if chosen is None:
        messages.info(request, _("现在没有等候的来电。"))
        return redirect("/line/")
    try:
        take_call(call=chosen, by=request.actor, now=request.now)
    except Refusal as no:
        messages.warning(request, refusal_in_words(no))
        return redirect("/line/")
    return redirect(f"/line/?call={chosen}")


@require_POST
@permission("window")
def leave(request: KnownVisit) -> HttpResponse:
    """Put a call back among those that wait."""
    need_operator(request.actor)
    one = call_of(request.actor, request.POST.get("call", ""))
    if one is not None:
        try:
            leave_call(call=one.id, by=request.actor, now=request.now)
        except Refusal as no:
            messages.warning(request, refusal_in_words(no))
    return redirect("/line/")


@require_POST
@permission("window")
def end(request: KnownVisit) -> HttpResponse:
    """Hang up. What is typed stays: the page changes what was said before alone (htmx)."""
    need_operator(request.actor)
    one = call_of(request.actor, request.POST.get("call", ""))
    if one is None:
        return redirect("/line/")
    told = _TOLD[end_call(call=one.id, by=request.actor, now=request.now)]
    if request.headers.get("HX-Request"):
        shown = replace(taken(one), is_ended=True, told=_(told))
        return render(request, "line/taken.html", {"taken": shown})
    messages.info(request, _(told))
    return redirect("/line/")


@require_POST
@permission("window")
def ring(request: KnownVisit) -> HttpResponse:
    """Ring up whoever asked; the telephone system dials, and the call is on this screen."""
    need_operator(request.actor)
    number = request.POST.get("number", "")[:40]
    try:
        if not settings.VOICE_KEY:
            raise BadInput("没有接入电话系统，请用电话机拨打。")
        ring_up(number=number, by=request.actor, now=request.now)
    except NotFound:
        raise
    except Refusal as no:
        messages.warning(request, refusal_in_words(no))
    else:
        messages.success(request, _("正在拨打，接通以后请按流程回访；通话结束请挂机。"))
    return redirect("line-done", number=number)


_TOLD = {
    Ending.CUT: gettext_noop("已挂机。"),
    Ending.RATING: gettext_noop("您已退出通话，语音导航正在请来电人按键评价。"),
    Ending.GONE: gettext_noop("来电人已经挂机。"),
}
