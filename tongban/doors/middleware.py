"""What every request knows: who is here, what time it is in the city, and how a refusal looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate, get_language, gettext_noop
from django.utils.translation import gettext as _

from tongban.doors.faults import said
from tongban.doors.frame import on_desk
from tongban.doors.parts import Link, Problem, Refused
from tongban.doors.texts import in_words
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.queries import actor_of
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tongban.doors.visits import Visit
    from tongban.kernel.actors import Actor


_TITLES = {
    403: gettext_noop("您不能这样做"),
    404: gettext_noop("没有找到"),
    409: gettext_noop("现在不能这样做"),
    422: gettext_noop("请检查填写的内容"),
}


class AtTheDoor:
    """Sets ``request.actor`` (None for a stranger) and ``request.now`` (the city's time)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        request.now = city_now()
        request.actor = _actor(request, city_date(request.now))
        if on_desk(request) and get_language() in settings.CITIZENS_LANGUAGES:
            # The desk is not translated there; half a page from right to left helps nobody.
            activate(settings.LANGUAGE_CODE)
        if "\0" in request.path:
            # No number and no name holds it, and the database cannot even look for it.
            return refusal_response(request, NotFound())
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Translate a refusal into a page or a JSON object; everything else is a fault."""
        return refusal_response(request, error) if isinstance(error, Refusal) else None


def _actor(request: HttpRequest, on: date) -> Actor | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = request.user
    return actor_of(user, on=on) if user.is_authenticated else None


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The one shape of a refusal: what happened, why, what is possible instead."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(refusal_data(refusal), status=refusal.status)
    page = _refused(request, refusal)
    return render(request, "refusal.html", {"page": page}, status=refusal.status)


def _refused(request: HttpRequest, refusal: Refusal) -> Refused:
    problems = refusal.problems if isinstance(refusal, BadInput) else ()
    actor: Actor | None = getattr(request, "actor", None)
    is_staff = actor is not None and actor.kind == "staff"
    door = next((d for d in ("desk", "hall") if request.path.startswith(f"/{d}/")), "")
    return Refused(
        title=_(_TITLES[refusal.status]),
        sentence=in_words(refusal.sentence),
        # The open verbs of a machine are codes for programs; its sentence names them.
        instead=()
        if isinstance(refusal, MoveNotAllowed)
        else tuple(in_words(line) for line in refusal.instead),
        basis=refusal.basis,
        code=refusal.code,
        problems=tuple(Problem(said(p)) for p in problems),
        back=_back(request),
        quote=str(refusal.facts.get("number", "")),
        base=f"{door}/base.html" if door and is_staff else "citizen/base.html",
    )


def _back(request: HttpRequest) -> Link | None:
    """The page that the person came from, if it is one of ours."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return None
    return Link(_("返回上一页"), referer)


def refusal_data(refusal: Refusal) -> dict[str, object]:
    """A refusal as data; the same keys everywhere."""
    problems = refusal.problems if isinstance(refusal, BadInput) else ()
    return {
        "code": refusal.code,
        "sentence": in_words(refusal.sentence),
        "facts": refusal.facts,
        "basis": refusal.basis,
        "instead": list(map(in_words, refusal.instead)),
        "problems": [{"path": p.path, "code": p.code, "sentence": said(p)} for p in problems],
    }
