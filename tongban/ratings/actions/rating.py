"""Taking a rating: once, and once more; what looks wrong is flagged in the same moment."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from tongban.kernel.worktime import city_date
from tongban.people.queries import keyed_hash
from tongban.ratings import rules, sql
from tongban.ratings.queries import is_apart, ratings
from tongban.ratings.queries.mine import is_mended, last_round, names_behind, nothing, parts_of
from tongban.ratings.rules import Counted, Rating
from tongban.records.actions import seal_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.ratings.models import Invitation

Row = dict[str, Any]


def rate(*, invitation: Invitation, rating: Rating, now: datetime) -> int:
    """Keep what somebody says about one thing; answers the review's id.

    Whoever has the link, the slip or the account may rate, and is not named in the journal.
    Raises BadInput (no level: there is no default), InvitationClosed, RatedAlready, NotThePerson.
    """
    content = ratings()
    rating = rules.checked(rating, content)
    day = city_date(now)
    words = rules.text_words(rating.text)
    wanted = {
        "invitation": invitation.pk,
        "day": day,
        "device": keyed_hash("device", rating.device) if rating.device else None,
        "evaluator": keyed_hash("evaluator", str(invitation.party_id)),
        "text_key": keyed_hash("text", words) if words else None,
        "names": names_behind(invitation) if words else (),
        "since": day - timedelta(days=content.detector("F5").values["days"]),
    }
    for _turn in range(2):
        # Whoever waited for the lock read the last rating before he had it: a thing that is rated
        # in this very moment is read anew. There are two turns, so that a third try is refused.
        with suppress(IntegrityError):
            return _keep(wanted, rating, now)
    return _keep(wanted, rating, now)


def _keep(wanted: Mapping[str, Any], rating: Rating, now: datetime) -> int:
    with transaction.atomic():
        row = sql.lock_invitation(wanted)
        if row is None:
            raise nothing()
        _need_open(row, now)
        _need_person(row, rating, wanted["device"])
        values = _values(row, rating, wanted, now)
        private = _private(row, rating, values["action"])
        body = {
            "object": row["object"], "of": row["number"], "turn": values["turn"],
            "level": rating.level, "channel": rating.channel, "flags": values["detectors"],
        }  # fmt: skip
        entry = {
            "stream": "review", "stream_id": row["new_id"], "region": row["region"],
            "verb": "rate_again" if values["turn"] else "rate", "body": body, "public": False,
            "private": private, "private_subject": row["party_id"] if private else None,
        }  # fmt: skip
        entry_id = sql.write_review({**values, "entries": json.dumps([entry])})
        if private:
            sql.keep_entry(row["new_id"], entry_id)
    return int(row["new_id"])


def _need_open(row: Row, now: datetime) -> None:
    """Refuse a rating that comes too late or once too often."""
    if row["last_id"] is None:
        if row["closes_at"] <= now:
            raise rules.InvitationClosed(
                "评价的期限已经过了。",
                facts={"number": row["number"]},
                instead=("仍有意见的，可以拨打 12345 反映。",),
            )
        return
    mended = last_round(row["id"])
    within = timedelta(days=float(ratings().again.value))
    may = rules.may_rate_again(
        row["last_turn"], row["last_at"], now, within, was_mended=is_mended(mended)
    )
    if not may:
        raise rules.RatedAlready(
            "这件事已经评价过了。规定的日数以内，或者差评整改以后，可以追评一次。",
            facts={"number": row["number"]},
            instead=("在“我的评价”里可以看到您的评价和答复。",),
        )


def _need_person(row: Row, rating: Rating, device: bytes | None) -> None:
    """Where staff had the slip, what was said once is changed by the person himself alone.

    He is known by his account, or by a device that is his: one of the hall is everybody's.
    """
    if row["last_id"] is None or not row["prompted"] or rating.is_own:
        return
    is_his = device is not None and row["device_id"] is None and device == row["last_device"]
    if not is_his:
        raise rules.NotThePerson(rules.NOT_THE_PERSON)


def _values(row: Row, rating: Rating, wanted: Mapping[str, Any], now: datetime) -> Row:
    content = ratings()
    found = rules.immediate(_signals(row, rating), content)
    department, item = _answerable(row, rating)
    prompted = bool(row["prompted"]) or _at_counter(rating.channel)
    weight = rules.weight_of(
        rating.level, content.first_bad, flagged=bool(found), excluded=False, stands=True
    )
    after = Counted(
        _asked(row), city_date(now), department, item, row["window"] or "", rating.channel,
        rating.level, weight, int(not weight), int(not prompted),
    )  # fmt: skip
    moved = [] if is_apart(row["object"]) else rules.changes(_before(row), after)
    return {
        "id": row["new_id"],
        "invitation": row["id"],
        "turn": 0 if row["last_id"] is None else 1,
        "object": row["object"],
        "item": item,
        "department": department,
        "window": row["window"] or "",
        "officer": row["officer_id"],
        "region": row["region"],
        "channel": rating.channel,
        "level": rating.level,
        "aspects": json.dumps(dict(rating.aspects)),
        "tags": list(rating.tags),
        "text": rules.masked_text(rating.text, wanted["names"]),
        "text_key": wanted["text_key"],
        "evaluator": wanted["evaluator"],
        "device": wanted["device"],
        "real_name": rating.real_name,
        "prompted": prompted,
        "seconds": rating.seconds,
        "at": now,
        "day": city_date(now),
        "weight": weight,
        "flagged": bool(found),
        "flags": json.dumps([{"detector": d, "facts": facts} for d, facts in found.items()]),
        "detectors": sorted(found),
        "changes": sql.changes_json(moved),
        "action": uuid4(),
    }


def _answerable(row: Row, rating: Rating) -> tuple[str, str]:
    """Who handles it is answerable (谁办理、谁负责): the department of the part that is meant."""
    if rating.item:
        parts = parts_of(row["object"], row["version_id"], row["proceeding_id"])
        if rating.item in parts:
            return parts[rating.item], rating.item
    return str(row["department"]), str(row["item"])


def _at_counter(channel: str) -> bool:
    return any(one.code == channel and one.at_counter for one in ratings().channels)


def _signals(row: Row, rating: Rating) -> rules.Signals:
    return rules.Signals(
        level=rating.level,
        at_counter=_at_counter(rating.channel),
        is_registered=row["device_id"] is not None,
        others_today=int(row["others_today"]),
        seconds=rating.seconds,
        staff_session=rating.staff_session,
        text_length=len(rules.text_words(rating.text)),
        same_text=int(row["same_text"]),
        # F7: a colleague of the rated unit, by the account's telephone, whoever served; by the
        # name alone where an officer is known.
        is_of_unit=bool(row["is_of_unit"]),
    )


def _asked(row: Row) -> tuple[object, ...]:
    """Under what the invitation was counted when it was opened."""
    return (city_date(row["opened_at"]), row["department"], row["item"], row["window"] or "")


def _before(row: Row) -> Counted | None:
    """Where the earlier turn stands in the roll-up, which it now leaves."""
    if row["last_id"] is None or row["last_excluded"]:
        return None
    weight = int(row["last_weight"])
    held = int(not weight and row["last_open"] and row["last_level"] < ratings().first_bad)
    return Counted(
        _asked(row), row["last_day"], row["last_department"], row["last_item"],
        row["last_window"], row["last_channel"], row["last_level"], weight, held,
        int(not row["last_prompted"]),
    )  # fmt: skip


def _private(row: Row, rating: Rating, action: UUID) -> str | None:
    """The words as they were written, under the party's key; None where there are none."""
    if not rating.text:
        return None
    return seal_private(
        {"text": rating.text}, row["party_id"], stream="review", stream_id=row["new_id"],
        action_id=action,
    )  # fmt: skip
