"""Writes of the room of forms: drafts and the memory of answers.

Drafts are private and change with every key: they are no history and leave no journal entry.
What is filed is journalled by the room that files it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.forms.models import Draft, Memory, Remembered
from tongban.forms.queries import DraftView, draft_view, facts_data, reachable
from tongban.forms.rules import MAX_TYPED, DraftState, check_value, merge, neutralise
from tongban.kernel.refusals import BadInput, NotFound, Problem, Refusal, worded
from tongban.kernel.worktime import city_date
from tongban.people.queries import parties_acted_for
from tongban.people.states import Role
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from tongban.catalogue.rules.compiled import CompiledField
    from tongban.kernel.actors import Actor
    from tongban.kernel.conditions import Fact

MAX_PARTS = 200
# What the law calls sensitive is asked anew each time (personal information law, art. 28).
MOST_SENSITIVE_REMEMBERED = 2


class DraftClosed(Refusal):
    """The draft was submitted or discarded; it changes no more."""

    code = "draft-closed"


@dataclass(frozen=True, slots=True)
class Situation:
    """The answers to the situation questions as facts, and the ids answered "I don't know"."""

    facts: Mapping[str, Fact]
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two devices answered one element: the value that stands, and the other ones."""

    element: str
    kept: Any
    others: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save came to.

    ``problems`` are told while typing: the values are stored all the same, but for those of
    code "not-saved". ``cleaned`` are elements from which invisible characters were taken out.
    """

    revision: int
    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]
    cleaned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewDraft:
    """For whom and for which published version of a package a draft is opened."""

    party_id: int
    package: str
    version_id: int
    situation: Situation
    at_counter: Counter | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """The window at which a clerk types for somebody: its queue, its region, who stands there."""

    queue: str
    region: str
    person_id: int


def open_draft(*, draft: NewDraft, by: Actor, now: datetime) -> DraftView:
    """Begin an application, online or at a window.

    Raises NotFound for a party that this person, or who stands at the window, does not act for,
    and for a window that is not the clerk's.
    """
    at = draft.at_counter
    if at is None and not by.may_act_for(draft.party_id):
        raise NotFound
    if at is not None:
        _need_counter(at, draft.party_id, by, now)
    row = Draft.objects.create(
        party_id=draft.party_id,
        account_id=by.id,
        person_id=at.person_id if at else None,
        counter=at.queue if at else "",
        region=at.region if at else "",
        package=draft.package,
        version_id=draft.version_id,
        facts=facts_data(draft.situation.facts),
        unsure=list(draft.situation.unsure),
        created_at=now,
        updated_at=now,
    )
    return draft_view(row)


def _need_counter(at: Counter, party_id: int, by: Actor, now: datetime) -> None:
    is_window = at.queue.endswith(f".{Role.WINDOW.value}") and by.holds(at.queue, at.region)
    if by.kind != "staff" or not is_window:
        raise NotFound
    if party_id not in parties_acted_for(at.person_id, on=city_date(now)):
        raise NotFound


def save_situation(*, draft_id: UUID, situation: Situation, by: Actor, now: datetime) -> DraftView:
    """Replace the answers to the situation questions; the form's answers stay.

    Raises NotFound and DraftClosed.
    """
    with transaction.atomic():
        row = _lock(draft_id, by)
        row.facts = facts_data(situation.facts)
        row.unsure = list(situation.unsure)
        row.updated_at = now
        row.save(update_fields=["facts", "unsure", "updated_at"])
    return draft_view(row)


def save_answers(
    *,
    draft_id: UUID,
    patch: Mapping[str, object],
    revision: int,
    fields: Iterable[CompiledField],
    by: Actor,
    now: datetime,
    chosen: Collection[str] = (),
) -> Saved:
    """Merge what was typed on top of a revision; see `rules.merging` for two devices at once.

    Typed text is kept even when it is invalid. Not kept are elements that the form does not
    have, text beyond 20,000 characters, and what is neither text, number, yes/no nor a list of
    texts; each is told with code "not-saved". Raises NotFound, DraftClosed, and BadInput for a
    revision that the draft never had.
    """
    known = {field.code: field for field in fields}
    kept, refused, cleaned = _clean(patch, known)
    with transaction.atomic():
        row = _lock(draft_id, by)
        if not 0 <= revision <= row.revision:
            raise BadInput.at("revision", "revision-unknown", "页面内容已过期，请刷新后继续填写。")
        state = DraftState(row.answers, row.touched, row.disputed, row.revision)
        merged = merge(state, kept, base=revision, chosen=chosen)
        if merged.draft is not state:
            _store(row, merged.draft, now)
    on = city_date(now)
    problems = [
        problem
        for code, value in kept.items()
        for problem in check_value(known[code], value, on=on)[1]
    ]
    return Saved(
        revision=row.revision,
        problems=(*refused, *problems),
        conflicts=tuple(
            Conflict(code, row.answers[code], tuple(row.disputed[code]))
            for code in merged.conflicts
        ),
        cleaned=cleaned,
    )


def discard_draft(*, draft_id: UUID, by: Actor, now: datetime) -> None:
    """Throw a draft away, with all that was typed. Raises NotFound and DraftClosed."""
    with transaction.atomic():
        row = _lock(draft_id, by)
        row.discarded_at = row.updated_at = now
        row.answers, row.disputed, row.touched, row.facts = {}, {}, {}, {}
        row.save()


def close_draft(
    *,
    draft_id: UUID,
    fields: Iterable[CompiledField],
    values: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> DraftView:
    """Mark a draft as submitted, inside the transaction that files it, and remember the answers.

    Remembered, with the party's consent, are typed answers that are not sensitive. Raises
    NotFound, and DraftClosed for the second of two submissions.
    """
    with transaction.atomic():
        row = _lock(draft_id, by)
        row.submitted_at = row.updated_at = now
        row.save(update_fields=["submitted_at", "updated_at"])
        if Memory.objects.filter(party_id=row.party_id).exists():
            _remember(row.party_id, fields, values, now)
    return draft_view(row)


def agree_to_memory(*, party_id: int, by: Actor, now: datetime) -> None:
    """From now on remember what this party answers. Raises NotFound for strangers."""
    if not by.may_act_for(party_id):
        raise NotFound
    with transaction.atomic():
        _, is_new = Memory.objects.get_or_create(party_id=party_id, defaults={"agreed_at": now})
        if is_new:
            _journal("memory_agreed", party_id, by, now)


def forget_answers(*, party_id: int, by: Actor, now: datetime) -> None:
    """Take the consent back and delete everything remembered. Raises NotFound for strangers."""
    if not by.may_act_for(party_id):
        raise NotFound
    with transaction.atomic():
        Remembered.objects.filter(party_id=party_id).delete()
        gone, _ = Memory.objects.filter(party_id=party_id).delete()
        if gone:
            _journal("memory_ended", party_id, by, now)


def _lock(draft_id: UUID, by: Actor) -> Draft:
    mine = Draft.objects.select_for_update(of=("self",)).filter(reachable(by))
    row = mine.filter(id=draft_id).first()
    if row is None:
        raise NotFound
    if row.submitted_at is not None or row.discarded_at is not None:
        raise DraftClosed(
            "这份草稿已经提交或删除，不能再修改。", instead=("请到“我的办件”查看进度。",)
        )
    return row


def _store(row: Draft, state: DraftState, now: datetime) -> None:
    row.answers, row.touched = dict(state.answers), dict(state.touched)
    row.disputed, row.revision = dict(state.disputed), state.revision
    row.updated_at = now
    row.save(update_fields=["answers", "touched", "disputed", "revision", "updated_at"])


def _clean(
    patch: Mapping[str, object], known: Mapping[str, CompiledField]
) -> tuple[dict[str, Any], list[Problem], tuple[str, ...]]:
    kept: dict[str, Any] = {}
    refused: list[Problem] = []
    cleaned: list[str] = []
    for code, raw in patch.items():
        why = "表单中没有这一项。" if code not in known else _why_not_kept(raw)
        if why:
            refused.append(Problem(neutralise(code)[0][:100], "not-saved", why))
            continue
        kept[code] = _neutral(raw)
        if _has_hidden(raw):
            cleaned.append(code)
    return kept, refused, tuple(cleaned)


def _why_not_kept(raw: object) -> str:
    parts = raw if isinstance(raw, list | tuple) else [raw]
    if len(parts) > MAX_PARTS:
        return worded("选项过多，最多{most}个，没有保存。", most=MAX_PARTS)
    if not all(part is None or isinstance(part, str | bool | int | float) for part in parts):
        return "这一项的内容无法识别，没有保存。"
    if sum(len(part) if isinstance(part, str) else 40 for part in parts) > MAX_TYPED:
        return worded("内容过长，最多{most}个字，没有保存；请删减后重试。", most=MAX_TYPED)
    return ""


def _neutral(raw: Any) -> Any:
    if isinstance(raw, list | tuple):
        return [_neutral(part) for part in raw]
    if isinstance(raw, str):
        return neutralise(raw)[0]
    # JSON knows no infinity and the database no number beyond its range: both stay as words.
    return raw if raw is None or isinstance(raw, bool) else str(raw)


def _has_hidden(raw: Any) -> bool:
    parts = raw if isinstance(raw, list | tuple) else [raw]
    return any(isinstance(part, str) and neutralise(part)[1] for part in parts)


def _remember(
    party_id: int, fields: Iterable[CompiledField], values: Mapping[str, Any], now: datetime
) -> None:
    rows = [
        Remembered(party_id=party_id, element=field.code, value=values[field.code], as_of=now)
        for field in fields
        if field.code in values
        and field.source.kind == "typed"
        and field.sensitive <= MOST_SENSITIVE_REMEMBERED
        and field.kind != "file_list"
    ]
    Remembered.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["party", "element"],
        update_fields=["value", "as_of"],
    )


def _journal(verb: str, party_id: int, by: Actor, now: datetime) -> None:
    entry = NewEntry(stream="account", stream_id=by.id, verb=verb, body={"party": party_id})
    append([entry], by=by, now=now)
