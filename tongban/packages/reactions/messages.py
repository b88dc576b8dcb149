"""Telling the applicant: which entry of the journal becomes which message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tongban.cases.queries import decisions_of
from tongban.cases.states import LIFE as CASE_LIFE
from tongban.notices.actions import send_message
from tongban.packages.queries import Story, due_on, results_of, story_of
from tongban.people.queries import department
from tongban.records.events import FedEntry, subscribe

Params = Mapping[str, Any]
Words = Callable[[Story, FedEntry], Params]

_UNKNOWN_DAY = {"zh": "日历公布后确定的日期", "en": "a day set once the calendar is published"}


def _texts(words: Any) -> dict[str, str]:
    """A text of the content as a message takes it."""
    return {"zh": words.zh, "en": words.en or words.zh}


def _department(story: Story) -> Any:
    return dict(department(story.subject.department).name)


def _thing(story: Story) -> dict[str, Any]:
    return {"number": story.package.number, "thing": _texts(story.compiled.name)}


def _item(story: Story) -> dict[str, Any]:
    if story.item is None:
        return {"number": story.package.number}
    return {
        "number": story.package.number,
        "item": _texts(story.item.name),
        "department": _department(story),
    }


def _with_due(*clocks: str) -> Words:
    def words(story: Story, entry: FedEntry) -> Params:
        del entry
        return {**_thing(story), "due": due_on(story.package, *clocks) or _UNKNOWN_DAY}

    return words


def _correction(story: Story, entry: FedEntry) -> Params:
    return {
        **_with_due("correction")(story, entry),
        "points": {"zh": f"{entry.body['lines']} 项", "en": f"{entry.body['lines']} points"},
    }


def _deemed(story: Story, entry: FedEntry) -> Params:
    return {
        **_with_due("promise", "joint")(story, entry),
        "since": story.package.accepted_at.date() if story.package.accepted_at else _UNKNOWN_DAY,
    }


def _refused(story: Story, entry: FedEntry) -> Params:
    return {
        **_item(story),
        "reasons": entry.body["reason"],
        "instead": entry.body.get("right_body", ""),
    }


def _denied(story: Story, entry: FedEntry) -> Params:
    del entry
    decision = decisions_of([story.subject.id])[story.subject.id]
    remedies = story.item.remedies if story.item else None
    return {
        **_item(story),
        "reasons": decision.reasons,
        "remedies": _texts(remedies.review_body) if remedies else "",
    }


def _cancelled(story: Story, entry: FedEntry) -> Params:
    return {**_item(story), "because": _texts(story.compiled.item(entry.body["because"]).name)}


def _by_machine(story: Story, entry: FedEntry) -> Params:
    del entry
    decision = decisions_of([story.subject.id])[story.subject.id]
    return {**_item(story), "explanation": "；".join(str(x["text"]) for x in decision.explanation)}


def _finished(story: Story, entry: FedEntry) -> Params:
    del entry
    ended = [
        {
            "zh": f"{item.name.zh}：{CASE_LIFE.title(case.state)}",
            "en": f"{item.name.en}: {case.state}",
        }
        for item, case in results_of(story.package)
    ]
    return {**_thing(story), "results": ended}


def _how(zh: str, en: str) -> Words:
    return lambda story, entry: {**_thing(story), "how": {"zh": zh, "en": en}}


_PACKAGE: dict[str, tuple[str, Words]] = {
    "submit": ("submitted", _with_due("acceptance")),
    "submit_accepted": ("accepted", _with_due("promise", "joint")),
    "ask_correction": ("correction_notice", _correction),
    "supply": ("supplied", _with_due("acceptance_after_supply")),
    "accept": ("accepted", _with_due("promise", "joint")),
    "deem_accept": ("deemed_accepted", _deemed),
    "finish": ("package_done", _finished),
    "deliver": ("delivered", _how("窗口领取", "at the window")),
    "collect": ("delivered", _how("在线领取", "online")),
    "withdraw": ("withdrawn", lambda story, entry: _thing(story)),
    "clocks_reindexed": ("due_date_known", _with_due("promise", "joint", "acceptance")),
}
_CASE: dict[str, tuple[str, Words]] = {
    "refuse_acceptance": ("acceptance_refused", _refused),
    "not_require": ("not_required", _refused),
    "grant_at_once": ("case_granted", lambda story, entry: _item(story)),
    "grant": ("case_granted", lambda story, entry: _item(story)),
    "auto_grant": ("machine_decided", _by_machine),
    "auto_grant_at_once": ("machine_decided", _by_machine),
    "deny": ("case_denied", _denied),
    "cancel": ("case_cancelled", _cancelled),
    "ask_human": ("human_asked", lambda story, entry: _item(story)),
}


def tell(entry: FedEntry) -> None:
    """Send the message that an entry calls for; the entry's id keeps it to one."""
    story = story_of(entry.stream_id)
    if story is None:
        return
    found = (_CASE if story.case else _PACKAGE).get(entry.verb)
    if found is None:
        return
    key, words = found
    send_message(
        party_id=story.package.party_id,
        key=key,
        params=words(story, entry),
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=story.package.number,
    )


def tell_overdue(entry: FedEntry) -> None:
    """The applicant's time to correct is over: say so, and what is possible still."""
    story = story_of(entry.stream_id)
    if story is None or entry.body.get("clock") != "correction":
        return
    send_message(
        party_id=story.package.party_id,
        key="correction_overdue",
        params=_with_due("correction")(story, entry),
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=story.package.number,
    )


subscribe("packages.messages", tell, verbs={*_PACKAGE, *_CASE}, streams={"proceeding"})
subscribe("packages.overdue", tell_overdue, verbs={"clock_expired"}, streams={"proceeding"})
