"""Instant items that this window decides in the name of departments (授权综窗)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongban.cases.queries import case_page, item_of
from tongban.doors.access import permission
from tongban.doors.hall import keys, pages
from tongban.doors.parts import Fact, Problem
from tongban.doors.texts import refusal_in_words, say
from tongban.doors.values import shown
from tongban.kernel.refusals import Refusal
from tongban.people.queries import department, party
from tongban.records.actions import log_reads
from tongban.window.actions import decide_instant
from tongban.window.queries import instant_case, instant_cases

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import Proceeding


@require_GET
@permission("window")
def instants(request: KnownVisit) -> HttpResponse:
    """What waits for a decision that this window may make."""
    page = pages.InstantsPage(
        lines=tuple(_line(one) for one in instant_cases(request.actor)), keys=keys.of("1–9")
    )
    return render(request, "hall/instants.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission("window")
def instant(request: KnownVisit, number: str) -> HttpResponse:
    """One case with its answers; a post grants it."""
    case, authority = instant_case(request.actor, number)
    wrong = ""
    if request.method == "POST":
        try:
            decide_instant(number=number, by=request.actor, now=request.now)
        except Refusal as no:
            wrong = refusal_in_words(no)
        else:
            messages.success(request, _("已准予，决定书以部门名义出具。"))
            return redirect("/hall/instant/")
    found = case_page(request.actor, case, request.now)
    log_reads([case.party_id], by=request.actor, what="case.answers", why=f"case:{case.number}")
    fields = {one.code: one for one in found.compiled.fields}
    page = pages.InstantPage(
        line=_line(case),
        basis=authority.basis,
        answers=tuple(
            Fact(
                say(fields[one.element].name),
                shown(fields[one.element], one.value),
                is_code=fields[one.element].kind in {"uscc", "id_number"},
            )
            for one in found.answers
        ),
        action=f"/hall/instant/{case.number}/",
        keys=keys.of("F8"),
        problems=(Problem(wrong),) if wrong else (),
    )
    return render(request, "hall/instant.html", {"page": page}, status=422 if wrong else 200)


def _line(case: Proceeding) -> pages.InstantLine:
    return pages.InstantLine(
        number=case.number,
        item=say(item_of(case).name),
        department=say(department(case.department).name),
        applicant=party(case.party_id).name,
        href=f"/hall/instant/{case.number}/",
    )
