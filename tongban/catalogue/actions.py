"""Publishing: what `content/` says becomes immutable dated versions and live parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tongban.catalogue import queries
from tongban.catalogue.content.answers import Answer
from tongban.catalogue.content.loader import Content, ContentBroken, load_content
from tongban.catalogue.models import Version, WrittenAnswer
from tongban.catalogue.rules.changes import Change, change_of
from tongban.catalogue.rules.lint import lint
from tongban.catalogue.rules.published import Publishable, publishable
from tongban.catalogue.sql import PUBLISHING_LOCK
from tongban.kernel.actors import Actor
from tongban.kernel.worktime import city_date
from tongban.records.actions import append
from tongban.records.events import NewEntry

STREAM = "content"
"""The journal's stream of content; each code has its own, named by its first version's id."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication changed, in words; nothing where nothing was new."""

    changes: tuple[Change, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """The codes of the packages that have a new version."""
        return tuple(change.code for change in self.changes if change.kind == "package")

    @property
    def live(self) -> tuple[str, ...]:
        """The names of the live parts that changed."""
        return tuple(change.code for change in self.changes if change.kind == "live")


def publish(
    root: Path,
    *,
    by: Actor,
    now: datetime,
    verbs: Mapping[str, set[str]] | None = None,
) -> Published:
    """Publish a content folder as a whole or not at all; what has not changed keeps its version.

    New applications use a new version from today, or from the day that its file names; running
    cases keep theirs. What has gone from the folder is not offered from today on. Every change
    is one entry of the journal; a new calendar is announced by the verb `publish_calendar`.
    Raises ContentBroken for content that its schemas or the linter refuse.
    """
    content = sound_content(root, verbs or {})
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING_LOCK])
        shelf = _Shelf.read()
        wanted = publishable(content)
        changes = [
            *(_publish(one, shelf, content, by=by, now=now) for one in wanted),
            *(
                _withdraw(row, shelf.first[row.kind, row.code], by=by, now=now)
                for row in shelf.gone(wanted, city_date(now))
            ),
        ]
        transaction.on_commit(queries.forget_live)
    queries.forget_live()
    return Published(tuple(change for change in changes if change is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAnswer:
    """An answer as a unit wrote it; ``data`` are the fields of `content.answers.Answer`.

    ``author`` is a name, ``source`` the number of the request that it came from.
    """

    code: str
    unit: str
    data: Mapping[str, Any]
    author: str = ""
    source: str = ""


def write_answer(*, answer: DeskAnswer, is_on: bool = True, by: Actor, now: datetime) -> int:
    """Put a new version of an answer into the knowledge base, or take it off; its number.

    Joins the caller's transaction, whose proceeding tells of it in the journal. Raises pydantic's
    ValidationError for what is no answer.
    """
    Answer.model_validate({**answer.data, "code": answer.code})
    before = WrittenAnswer.objects.select_for_update().filter(code=answer.code)
    last = before.order_by("-number").first()
    row = WrittenAnswer.objects.create(
        code=answer.code, unit=answer.unit, number=last.number + 1 if last else 1,
        data=dict(answer.data), author=answer.author, source=answer.source, is_on=is_on,
        written_at=now, written_by=by.id,
    )  # fmt: skip
    queries.forget_live()
    return row.number


def sound_content(root: Path, verbs: Mapping[str, set[str]]) -> Content:
    """Read a folder that may be published. Raises ContentBroken naming every blocking finding."""
    content = load_content(root)
    blocking = [finding for finding in lint(content, verbs) if finding.blocking]
    if blocking:
        raise ContentBroken(blocking)
    return content


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The newest and the first version of every code."""

    newest: Mapping[tuple[str, str], Version]
    first: Mapping[tuple[str, str], int]

    @classmethod
    def read(cls) -> Self:
        firsts = Version.objects.filter(number=1).values_list("kind", "code", "id")
        return cls(
            {(row.kind, row.code): row for row in queries.newest_versions()},
            {(kind, code): first for kind, code, first in firsts},
        )

    def gone(self, wanted: tuple[Publishable, ...], on: date) -> list[Version]:
        kept = {(one.kind, one.code) for one in wanted}
        return [
            row for key, row in self.newest.items() if key not in kept and not _has_ended(row, on)
        ]


def _publish(
    one: Publishable, shelf: _Shelf, content: Content, *, by: Actor, now: datetime
) -> Change | None:
    before = shelf.newest.get((one.kind, one.code))
    today = city_date(now)
    if before is not None and before.hash == one.hash and not _has_ended(before, today):
        return None
    # Where nothing was in force before, nothing can be pinned to what went before either.
    earliest = today if before else date.min
    since = max(one.valid_from or today, earliest)
    _end_before(one, since)
    row = Version.objects.create(
        kind=one.kind,
        code=one.code,
        slug=one.slug,
        number=before.number + 1 if before else 1,
        hash=one.hash,
        data=one.data,
        valid=DateRange(since, None),
        published_at=now,
        published_by=by.id,
    )
    verb = "publish_calendar" if one.code == "calendars" else f"publish_{one.kind}"
    _journal(row, verb, shelf.first.get((one.kind, one.code), row.pk), by=by, now=now)
    return change_of(one, before.data if before else None, content)


def _end_before(one: Publishable, since: date) -> None:
    """End what is in force on the day; what would have come into force later never does."""
    standing = Version.objects.filter(kind=one.kind, code=one.code, valid__isempty=False)
    for row in standing.order_by("number"):
        if row.valid.upper is not None and row.valid.upper <= since:
            continue
        starts = row.valid.lower
        ended = DateRange(starts, since) if starts < since else DateRange(empty=True)
        Version.objects.filter(pk=row.pk).update(valid=ended)


def _withdraw(row: Version, first: int, *, by: Actor, now: datetime) -> Change:
    starts, today = row.valid.lower, city_date(now)
    ended = DateRange(starts, today) if starts < today else DateRange(empty=True)
    Version.objects.filter(pk=row.pk).update(valid=ended)
    _journal(row, f"withdraw_{row.kind}", first, by=by, now=now)
    return change_of(Publishable(row.kind, row.code, None), row.data, None)


def _has_ended(row: Version, on: date) -> bool:
    return bool(row.valid.isempty) or (row.valid.upper is not None and row.valid.upper <= on)


def _journal(row: Version, verb: str, stream_id: int, *, by: Actor, now: datetime) -> None:
    valid = row.valid
    body = {
        "kind": row.kind,
        "code": row.code,
        "number": row.number,
        "version": row.pk,
        "hash": row.hash,
        "valid_from": None if valid.isempty else valid.lower.isoformat(),
    }
    entry = NewEntry(stream=STREAM, stream_id=stream_id, verb=verb, body=body, public=True)
    append([entry], by=by, now=now)
