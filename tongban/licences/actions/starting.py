"""Beginning the work that a permit allows: in time, or with more time (建筑法 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.refusals import BadInput, NotAllowed, Refusal, worded
from tongban.kernel.worktime import city_date
from tongban.licences import events, queries, rules
from tongban.licences.actions.versions import lock_licence, succeed, tell
from tongban.licences.models import Licence, LicenceVersion, MoreTime
from tongban.licences.states import MORE_TIME_LIFE, LicenceState, MoreTimeState
from tongban.notices.actions import send_message

if TYPE_CHECKING:
    from datetime import date, datetime

    from tongban.kernel.actors import Actor

BASIS = "建筑法第九条"
LONGEST = 1000
_DECIDE = frozenset({"decider", "head"})


class NothingToStart(Refusal):
    """The permit is not in force, or the work has begun, or it never lapses."""

    code = "nothing-to-start"


class NoMoreTime(Refusal):
    """More time was asked for too often, or while the issuer has not answered yet."""

    code = "no-more-time"


def report_start(*, identifier: str, by: Actor, now: datetime) -> None:
    """The holder says that the work has begun, today and not earlier: it lapses no more.

    Raises NotFound to strangers and NothingToStart where there is nothing to begin.
    """
    with transaction.atomic():
        licence, version = _waiting(identifier, by, now)
        licence.started_at = now
        _write(licence, version, None, "已开工", by=by, now=now, verb=events.STARTED)


def ask_more_time(*, identifier: str, reason: str, by: Actor, now: datetime) -> MoreTime:
    """The holder asks for more time; while the issuer has not answered, the permit stands.

    Raises NotFound, NothingToStart, NoMoreTime, and BadInput without a reason.
    """
    words = reason.strip()
    if not words or len(words) > LONGEST:
        raise BadInput.at("reason", "missing", "请写明不能按期开工的原因（最多 1000 个字）。")
    with transaction.atomic():
        licence, version = _waiting(identifier, by, now)
        asked = MoreTime.objects.filter(licence=licence)
        if licence.valid_to is None or asked.filter(state=MoreTimeState.ASKED.value).exists():
            raise NoMoreTime("延期申请正在办理，答复之前许可不会失效。", basis=BASIS)
        times = int((licence.start_rule or {})["times"])
        if asked.filter(state=MoreTimeState.GRANTED.value).count() >= times:
            words_over = worded("延期以 {times} 次为限，已经用完。请按期开工。", times=times)
            raise NoMoreTime(words_over, basis=BASIS)
        due = licence.valid_to
        row = MoreTime.objects.create(licence=licence, due=due, reason=words, asked_at=now)
        _write(
            licence, version, None, "延期申请办理中", by=by, now=now, verb="more_time_asked",
            until=due,
        )  # fmt: skip
    return row


def grant_more_time(*, request_id: int, answer: str, by: Actor, now: datetime) -> None:
    """The issuer grants the extension: from the last day that there was."""
    _answer(request_id, "grant", answer.strip() or "同意延期", by, now)


def refuse_more_time(*, request_id: int, answer: str, by: Actor, now: datetime) -> None:
    """The issuer refuses it, with reasons; the last day is again the one that it was."""
    words = answer.strip()
    if not words:
        raise BadInput.at("answer", "missing", "不同意延期必须写明理由。")
    _answer(request_id, "refuse", words, by, now)


def _answer(request_id: int, verb: str, answer: str, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        row = queries.access_more_time(by, request_id)
        licence, version = lock_licence(row.licence_id)
        row = MoreTime.objects.select_for_update().get(pk=row.pk)
        if not any(f"{licence.department}.{role}" in by.queues for role in _DECIDE):
            raise NotAllowed("只有发证机关的决定人员可以答复延期申请。")
        row.state = MORE_TIME_LIFE.target(row.state, verb).value
        row.answer, row.answered_by, row.answered_at = answer[:LONGEST], by.id, now
        row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        granted = verb == "grant"
        months = int((licence.start_rule or {})["extension"])
        until = rules.months_after(row.due, months) if granted else row.due
        if licence.state == LicenceState.VALID.value and licence.started_at is None:
            said = "more_time_granted" if granted else "more_time_refused"
            reason = f"开工期限延至{rules.words_for(until)}" if granted else "延期申请未获同意"
            _write(licence, version, until, reason, by=by, now=now, verb=said, until=until)
        send_message(
            party_id=licence.holder_id,
            key="start_answered",
            params={
                "licence": {"zh": version.name, "en": licence.name_en or version.name},
                "outcome": {
                    "zh": "同意延期" if granted else "不同意延期",
                    "en": "granted" if granted else "refused",
                },
                "reasons": answer,
                "until": until,
            },
            dedup=f"moretime/{row.pk}",
            now=now,
            proceeding=licence.case_number,
        )


def _waiting(identifier: str, by: Actor, now: datetime) -> tuple[Licence, LicenceVersion]:
    """The permit under lock, for its holder, while its work has not begun."""
    one = queries.access_licence(by, identifier, city_date(now))
    licence, version = lock_licence(one.id)
    over = rules.state_on(licence.state, licence.valid_to, city_date(now))
    if over is not LicenceState.VALID or licence.start_rule is None or licence.started_at:
        raise NothingToStart(
            "这份许可没有需要报告的开工：不在有效期内、已经开工，或者不要求开工。"
        )
    return licence, version


def _write(  # noqa: PLR0913 -- a version names all that it says
    licence: Licence,
    version: LicenceVersion,
    valid_to: date | None,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    verb: str,
    until: date | None = None,
) -> None:
    """The next version with another last day; the identifier on the paper stays."""
    licence.valid_to = valid_to
    licence.save(update_fields=["valid_to", "started_at"])
    after = succeed(version, by=by, now=now, valid_to=valid_to, state_reason=reason, basis=BASIS)
    more = {"until": until.isoformat()} if until else {}
    tell(verb, licence, after, by=by, now=now, basis=BASIS, fields=("valid_to",), **more)
