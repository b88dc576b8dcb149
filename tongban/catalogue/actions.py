"""Publishing: what `content/` says becomes immutable dated versions and a live snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tongban.catalogue import queries
from tongban.catalogue.content.loader import Content, load_content
from tongban.catalogue.models import Live, Version
from tongban.catalogue.rules import to_json
from tongban.catalogue.rules.compiler import Shelf, compile_package, dated
from tongban.kernel.actors import Actor
from tongban.kernel.hashes import canonical_json
from tongban.kernel.refusals import Refusal
from tongban.kernel.worktime import city_date
from tongban.records.actions import append
from tongban.records.events import NewEntry

# The stream of the journal that tells of content; version ids are the streams' ids.
STREAM = "content"


class AlreadyValid(Refusal):
    """Another version came into force on this very day; a day has one version."""

    code = "already-valid"


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication changed: codes of packages, and names of live parts."""

    packages: tuple[str, ...]
    live: tuple[str, ...]


def publish(root: Path, *, by: Actor, now: datetime) -> Published:
    """Publish a content folder; what has not changed keeps its version. Idempotent.

    New applications use a new version from today on; running cases keep theirs. Raises
    ContentBroken for a folder that cannot be used.
    """
    content = load_content(root)
    shelf = Shelf(
        city=content.city, parameters=content.parameters, clocks=content.clocks,
        groups=content.groups, materials=content.materials, licences=content.licences,
        items=content.items,
    )
    with transaction.atomic():
        packages = tuple(
            package.code for package in content.packages.values()
            if _publish_version(
                "package", package.code, package.slug,
                to_json(compile_package(package, shelf)), package.valid_from, by=by, now=now,
            )
        )
        live = tuple(
            name for name, data in live_parts(content).items()
            if _publish_live(name, data, by=by, now=now)
        )
    queries.forget_calendar()
    return Published(packages, live)


def _hash(data: Any) -> str:
    return hashlib.sha256(canonical_json(data)).hexdigest()


def _publish_version(
    kind: str, code: str, slug: str, data: dict[str, Any], valid_from: date | None, *,
    by: Actor, now: datetime,
) -> bool:
    digest = _hash(data)
    latest = (
        Version.objects.select_for_update().filter(kind=kind, code=code).order_by("-number").first()
    )
    if latest is not None and latest.hash == digest:
        return False
    start = valid_from if latest is None and valid_from else city_date(now)
    if latest is not None:
        start = _succeed(latest, start)
    row = Version.objects.create(
        kind=kind, code=code, slug=slug, number=latest.number + 1 if latest else 1, hash=digest,
        data=data, valid=DateRange(start, None), published_at=now, published_by=by.id,
    )
    body = {"kind": kind, "code": code, "number": row.number, "hash": digest,
            "valid_from": start.isoformat()}
    append([NewEntry(stream=STREAM, stream_id=row.pk, verb="publish", body=body, public=True)],
           by=by, now=now)
    return True


def _succeed(latest: Version, start: date) -> date:
    """End the version before; published twice in a day, the first one never came into force."""
    first = latest.valid.lower
    start = max(start, first)
    latest.valid = DateRange(first, start) if start > first else DateRange(empty=True)
    latest.save(update_fields=["valid"])
    return start


def _publish_live(name: str, data: Any, *, by: Actor, now: datetime) -> bool:
    digest = _hash(data)
    latest = Live.objects.filter(name=name).order_by("-id").first()
    if latest is not None and latest.hash == digest:
        return False
    row = Live.objects.create(name=name, hash=digest, data=data, published_at=now)
    verb = "publish_calendar" if name == "calendars" else "publish_live"
    append([NewEntry(stream="live", stream_id=row.pk, verb=verb, public=True,
                     body={"name": name, "hash": digest})], by=by, now=now)
    return True


def live_parts(content: Content) -> dict[str, Any]:
    """The parts of the content that running cases follow as they change."""
    calendars: dict[str, Any] = {
        "national": {}, "regional": {},
        "hours": [_data(one) for one in content.city.hours],
    }
    for (layer, year), days in content.calendars.items():
        place = calendars["national"]
        if layer != "national":
            place = calendars["regional"].setdefault(layer, {})
        place[str(year)] = [_data(day) for day in days]
    return {
        "calendars": calendars,
        "opinions": [_data(one) for one in content.opinions],
        "parameters": {
            name: [[since.isoformat(), value] for since, value in dated(one)]
            for name, one in content.parameters.items()
        },
        "city": _data(content.city),
        "halls": [_data(one) for one in content.halls],
    }


def _data(piece: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = piece.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found
