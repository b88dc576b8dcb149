"""`/healthz`: whether everything that the site needs is there, and if not, what is missing."""

from __future__ import annotations

import io
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.handlers.wsgi import WSGIRequest
from django.db import Error, connection
from django.http import JsonResponse
from django.utils import timezone

from tongban.catalogue.queries import current_version
from tongban.config.models import Heartbeat
from tongban.records.queries import subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    Answer = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("tongban.health")

# A worker says that it lives every two seconds.
SILENT_AFTER = timedelta(seconds=15)
READY = "ready"
# A light page that needs the addresses, the templates and the frame, but nobody signed in.
PAGE = "/login/"
UNKNOWN = "unknown without the database"
_told: set[str] = set()


def is_own(request: HttpRequest) -> bool:
    """Whether the health page asks for a page to see whether pages can be made."""
    return getattr(request, "is_of_health", False)


def healthz(answer: Answer) -> HttpResponse:
    """200 when everything is ready, 503 otherwise; the answer names each part and its state.

    `answer` is the site behind the health page. Reactions that stand still are told, but take
    nothing off the net: the pages work, and what they wait for is not lost.
    """
    database = _state(_database)
    has_database = database == READY
    needing = {"worker": _worker, "content": _content, "pages": lambda: _pages(answer)}
    parts = {
        "web": READY,
        "database": database,
        **{name: _state(check) if has_database else UNKNOWN for name, check in needing.items()},
    }
    is_ready = set(parts.values()) == {READY}
    facts = {"reactions": _reactions, "heartbeat": _heartbeat, "content_version": current_version}
    told = {name: _fact(fact) if has_database else None for name, fact in facts.items()}
    page = JsonResponse({"ready": is_ready, **parts, **told}, status=200 if is_ready else 503)
    page.headers["Cache-Control"] = "no-store"
    # Who asks whether it is ready yet is not a fault: nothing for the log.
    page._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 -- read by Django
    return page


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except Error as error:
        return f"database: {type(error).__name__}"


def _fact(fact: Callable[[], object]) -> object:
    try:
        return fact()
    except Error:
        return None


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return READY


def _worker() -> str:
    last = _last_beat()
    if last is None:
        return "no worker has started yet"
    silent = _now() - last.at
    if silent > SILENT_AFTER:
        return f"no worker has been heard of for {int(silent.total_seconds())} s"
    return f"failing: {', '.join(last.failing)}" if last.failing else READY


def _content() -> str:
    return READY if current_version() else "no content is published"


def _pages(answer: Answer) -> str:
    """Ask the site itself for a light page, as a browser would; a fault is logged once."""
    request = _question()
    try:
        page = answer(request)
    except Error:
        raise
    except Exception as error:
        # Whatever a page can raise: it is what is asked for.
        name = f"{type(error).__name__}: {error}"
        if name not in _told:
            _told.add(name)
            log.exception("pages cannot be made: %s", name)
        return f"{PAGE} fails: {type(error).__name__}"
    return READY if page.status_code == 200 else f"{PAGE} answers {page.status_code}"


def _question() -> HttpRequest:
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": PAGE,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }
    )
    request.is_of_health = True  # type: ignore[attr-defined]  # -- read by `is_own`
    return request


def _reactions() -> str:
    stopped = [one.name for one in subscriptions() if one.error]
    return f"standing still: {', '.join(stopped)}" if stopped else READY


def _heartbeat() -> str | None:
    last = _last_beat()
    return last.at.isoformat(timespec="seconds") if last else None


def _last_beat() -> Heartbeat | None:
    return Heartbeat.objects.order_by("-at").first()


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- the machine's time, not the city's
