"""`/healthz`: whether everything that the site needs is there, and if not, what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import Error, connection
from django.http import JsonResponse
from django.utils import timezone

from tongban.catalogue.queries import current_version
from tongban.config.models import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

# A worker says that it lives every two seconds.
SILENT_AFTER = timedelta(seconds=15)
READY = ""


def _web() -> str:
    return READY


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return READY


def _worker() -> str:
    last = Heartbeat.objects.order_by("-at").first()
    if last is None:
        return "no worker has started yet"
    silent = timezone.now() - last.at  # noqa: TID251 -- the machine's time, not the city's
    if silent > SILENT_AFTER:
        return f"no worker has been heard of for {int(silent.total_seconds())} s"
    return f"failing: {', '.join(last.failing)}" if last.failing else READY


def _content() -> str:
    return READY if current_version() else "no content is published"


CHECKS: dict[str, Callable[[], str]] = {
    "web": _web,
    "database": _database,
    "worker": _worker,
    "content": _content,
}


def _state(check: Callable[[], str]) -> str:
    try:
        return check() or "ready"
    except Error as error:
        return f"database: {type(error).__name__}"


def healthz() -> HttpResponse:
    """200 when everything is ready, 503 otherwise; the answer names each part and its state."""
    parts = {name: _state(check) for name, check in CHECKS.items()}
    is_ready = set(parts.values()) == {"ready"}
    answer = JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)
    answer.headers["Cache-Control"] = "no-store"
    # Who asks whether it is ready yet is not a fault: nothing for the log.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 -- read by Django
    return answer
