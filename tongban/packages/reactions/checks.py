"""Commitments in papers and messages: the letter, the order to correct, the revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tongban.cases.queries.checks import check_clock, letters_of_cases
from tongban.documents.states import DocumentKind
from tongban.notices.actions import send_message
from tongban.notices.queries import word
from tongban.packages.queries import Story, story_of
from tongban.packages.reactions.papers import issue_paper, page_of, remedies_of
from tongban.packages.rules import unstopped
from tongban.people.queries import department, party
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from datetime import datetime

Data = dict[str, Any]
_OPENINGS = {"open", "open_accepted", "open_waiting"}
_KINDS = {"ask_to_correct": DocumentKind.CORRECT_ORDER, "fail_check": DocumentKind.REVOCATION}
_MESSAGES = {
    "begin_check": "check_begun",
    "pass_check": "check_passed",
    "ask_to_correct": "check_correct",
    "fail_check": "check_failed",
}


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y年%m月%d日 %H:%M")


def letters(entry: FedEntry) -> None:
    """A case was filed on commitments: each letter becomes a paper, with its version and hash."""
    story = story_of(entry.stream_id)
    if story is None or story.case is None or story.item is None:
        return
    if story.item.commitment is None and story.item.proof_letter is None:
        return
    known = [one for one in (story.item.proof_letter,) if one is not None]
    if story.item.commitment is not None:
        known.append(story.item.commitment.letter)
    names = {one.code: one.name.zh for one in known}
    for one in letters_of_cases([story.case.id])[story.case.id]:
        data = page_of(story) | {
            "letter": names.get(one.letter, one.letter),
            "words": list(one.words),
            "signed_by": party(story.package.party_id).name,
            "signed_at": _moment(one.signed_at),
            "version": f"{one.letter} 第 {one.version} 版",
            "hash": one.text_hash,
        }
        issue_paper(story, DocumentKind.COMMITMENT, data, entry, one.letter)


def checked(entry: FedEntry) -> None:
    """What a check after the decision brings: papers and messages to the holder."""
    story = story_of(entry.stream_id)
    if story is None or story.item is None or story.item.commitment is None:
        return
    number, due = check_clock(entry.stream_id, entry.at)
    reasons = unstopped(str(entry.body.get("reason", "")))
    if entry.verb in _KINDS:
        issue_paper(story, _KINDS[entry.verb], _paper(story, entry, number, due), entry, number)
    send_message(
        party_id=story.package.party_id,
        key=_MESSAGES[entry.verb],
        params={
            "number": number,
            "item": {"zh": story.item.name.zh, "en": story.item.name.say("en")},
            "department": dict(department(story.subject.department).name),
            "reasons": reasons,
            "due": due or word("unknown_day"),
        },
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=story.package.number,
    )


def _paper(story: Story, entry: FedEntry, number: str, due: Any) -> Data:
    rule = story.item.commitment if story.item else None
    basis = rule.basis if rule else ""
    if entry.verb == "fail_check":
        return page_of(story) | {
            "check_number": number,
            "reasons": [entry.body["reason"]],
            "basis": basis,
            "remedies": remedies_of(story),
        }
    return page_of(story) | {
        "check_number": number,
        "problem": entry.body["reason"],
        "days": f"{rule.correct.value:g}" if rule else "—",
        "due": due.strftime("%Y年%m月%d日") if due else "日历公布后确定的日期",
        "basis": basis,
    }


subscribe("packages.letters", letters, verbs=_OPENINGS, streams={"proceeding"})
subscribe("packages.checks", checked, verbs=set(_MESSAGES), streams={"proceeding"})
