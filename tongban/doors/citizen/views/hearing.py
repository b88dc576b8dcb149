"""Hearings of the applicant, and the page of interested parties behind their link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.cases import actions as cases
from tongban.cases.queries import open_hearing, side_line, side_page, side_verbs
from tongban.cases.queries import statement_by_token as statement_of
from tongban.doors.access import permission
from tongban.doors.citizen import hearings
from tongban.doors.texts import say
from tongban.forms.rules import neutralise
from tongban.kernel.actors import Actor
from tongban.kernel.refusals import NotFound, Refusal
from tongban.packages.queries import progress_of
from tongban.people.queries import department, party

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tongban.cases.queries import SideLine
    from tongban.doors.visits import KnownVisit, Visit


def _typed(request: Visit | KnownVisit, name: str) -> str:
    return neutralise(request.POST.get(name, "")[: hearings.LONGEST])[0].strip()


@require_http_methods(["GET", "POST"])
@permission("citizen")
def hearing(request: KnownVisit, number: str, hearing: str) -> HttpResponse:
    """One hearing of an application: ask for it, waive it, object to the chair, sign."""
    one = progress_of(request.actor, number, request.now)
    found = [(lane, line) for lane in one.lanes for line in lane.hearings]
    pair = next((p for p in found if p[1].proceeding.number == hearing), None)
    if pair is None:
        raise NotFound(_("这份申请里没有这次听证。"))
    lane, line = pair
    no = None
    if request.method == "POST":
        no = _do(request, line, request.actor)
        if no is None:
            return redirect(f"/my/{one.number}/hearing/{hearing}/")
        line = side_line(line.proceeding.pk, request.now) or line
    verbs = side_verbs(request.actor, line.proceeding)
    page = hearings.hearing_page(one, lane, line, verbs, no=no)
    status = no.status if no else 200
    return render(request, "citizen/hearing.html", {"page": page}, status=status)


def _do(
    request: Visit | KnownVisit, line: SideLine, by: Actor, statement_id: int | None = None
) -> Refusal | None:
    """Do what the button says; the refusal, where there is one."""
    hearing_id, now = line.proceeding.pk, request.now
    acts: dict[str, Callable[[], None]] = {
        "ask_hearing": lambda: cases.ask_hearing(
            hearing_id=hearing_id, by=by, now=now, statement_id=statement_id
        ),
        "object_to_chair": lambda: cases.object_to_chair(
            hearing_id=hearing_id,
            reason=_typed(request, "reason"),
            by=by,
            now=now,
            statement_id=statement_id,
        ),
        "sign_minutes": lambda: cases.sign_minutes(
            hearing_id=hearing_id, by=by, now=now, statement_id=statement_id
        ),
    }
    if statement_id is None:
        acts["waive_hearing"] = lambda: cases.waive_hearing(hearing_id=hearing_id, by=by, now=now)
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise NotFound(_("没有这个办理动作。"))
    try:
        act()
    except Refusal as refusal:
        return refusal
    messages.success(request, _("已提交。"))
    return None


@require_http_methods(["GET", "POST"])
@permission("public")
def hear(request: Visit, token: str) -> HttpResponse:
    """The page of an interested party: whoever has the link speaks for him (行政许可法 36)."""
    statement = statement_of(token)
    line = side_line(statement.pk, request.now)
    if line is None or line.interested is None:
        raise NotFound
    by = Actor(kind="citizen", id=0, name=line.interested.name)
    no: Refusal | None = None
    if request.method == "POST":
        no = _speak(request, line, by)
        if no is None:
            return redirect(f"/hear/{token}/")
    response = _hear(request, token, line.proceeding.pk, by, no)
    # The address is the key: it must not travel to other sites or into a search index. On this
    # site it must, since a form without an origin is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _speak(request: Visit, line: SideLine, by: Actor) -> Refusal | None:
    if request.POST.get("do") != "make_statement":
        going = open_hearing(line.proceeding.parent_id or 0)
        found = side_line(going.pk, request.now) if going else None
        if found is None:
            raise NotFound(_("没有这个办理动作。"))
        return _do(request, found, by, line.proceeding.pk)
    try:
        cases.make_statement(
            statement_id=line.proceeding.pk,
            text=_typed(request, "text"),
            by=by,
            now=request.now,
            is_by_link=True,
        )
    except Refusal as refusal:
        return refusal
    messages.success(request, _("您的意见已经提交。"))
    return None


def _hear(
    request: Visit, token: str, statement_id: int, by: Actor, no: Refusal | None
) -> HttpResponse:
    line = side_line(statement_id, request.now)
    assert line is not None  # noqa: S101 -- found a moment ago
    page = side_page(by, line.proceeding, request.now)
    going = open_hearing(line.proceeding.parent_id or 0)
    shown = hearings.hear_page(
        page,
        party(page.case.party_id).name,
        say(department(page.case.department).name),
        side_line(going.pk, request.now) if going else None,
        address=f"/hear/{token}/",
        no=no,
        typed=_typed(request, "text"),
    )
    status = no.status if no else 200
    return render(request, "citizen/hearing.html", {"page": shown}, status=status)
