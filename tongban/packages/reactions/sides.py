"""What runs below a case in papers and messages: hearings, interested parties, opinions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from tongban.cases.queries import SideLine, side_line, statement_token
from tongban.documents.actions import issue_document
from tongban.documents.gateways.seals import Organ
from tongban.documents.states import DocumentKind
from tongban.kernel.actors import SYSTEM
from tongban.notices.actions import send_message
from tongban.notices.queries import word
from tongban.packages.queries import Story, story_of
from tongban.packages.reactions.papers import page_of
from tongban.packages.rules import unstopped
from tongban.people.queries import department, party, staff_names
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from collections.abc import Callable

Data = dict[str, Any]
_UNKNOWN_DAY = "日历公布后确定的日期"


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y年%m月%d日")


def _moment(text: str) -> str:
    return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y年%m月%d日 %H:%M")


def _until(line: SideLine, clock: str) -> str:
    """The last day of a clock, in words."""
    found = (one.reading.due.on for one in line.clocks if one.spec.name == clock)
    on = next(found, None)
    return on.strftime("%Y年%m月%d日") if on else _UNKNOWN_DAY


def _days(story: Story, clock: str) -> str:
    """The working days of a clock, whether it runs already or not."""
    return next((str(s.length) for s in story.compiled.side_clocks if s.name == clock), "—")


def _link(line: SideLine) -> str:
    """The address at which an interested party is heard."""
    return f"{settings.SITE_URL}/hear/{statement_token(line.proceeding.number)}/"


# Papers


def _right(story: Story, line: SideLine) -> Data:
    return page_of(story) | {
        "hearing_number": line.proceeding.number,
        "reasons": [line.facts["reason"]],
        "days": _days(story, "hearing_asking"),
        "until": _until(line, "hearing_asking"),
        "held_within": _days(story, "hearing_holding"),
    }


def _call(story: Story, line: SideLine) -> Data:
    chair = _chair(line)
    return page_of(story) | {
        "hearing_number": line.proceeding.number,
        "held_at": _moment(line.facts["held_at"]),
        "place": line.facts["place"],
        "chair": chair,
        "closed": line.facts["closed"],
    }


def _chair(line: SideLine) -> str:
    account = line.facts["chair"]
    return staff_names([account]).get(account, "—")


def _record(story: Story, line: SideLine) -> Data:
    minutes = line.minutes
    assert minutes is not None  # noqa: S101 -- a hearing is concluded with its minutes only
    return page_of(story) | {
        "hearing_number": line.proceeding.number,
        "held_at": _moment(line.facts["held_at"]),
        "place": line.facts["place"],
        "chair": _chair(line),
        "present": minutes.present,
        "text": [part for part in minutes.text.splitlines() if part.strip()],
        "signed": "、".join(one.name for one in line.signatures),
        "unsigned": line.facts.get("unsigned", ""),
    }


def _statement(story: Story, line: SideLine) -> Data:
    one = line.interested
    assert one is not None  # noqa: S101 -- made in the same action
    return page_of(story) | {
        "addressee": one.name,
        "applicant": party(story.package.party_id).name,
        "concerns": one.concerns,
        "days": _days(story, "statement"),
        "until": _until(line, "statement"),
        "link": _link(line),
    }


def _opinion(story: Story, line: SideLine) -> Data:
    asked = department(line.proceeding.department)
    advice = line.advice
    assert advice is not None  # noqa: S101 -- made in the same action
    clock = "countersign" if line.facts["countersign"] else "opinion"
    silence = any(c.spec.name == clock and c.spec.on_expiry for c in line.clocks)
    return page_of(story) | {
        "addressee": asked.name["zh"],
        "applicant": party(story.package.party_id).name,
        "question": advice.question,
        "countersign": bool(line.facts["countersign"]),
        "days": _days(story, clock),
        "until": _until(line, clock),
        "silence": silence,
    }


# Papers that the applicant gets stand with his case, the others with the side proceeding.
_PAPERS: dict[str, tuple[DocumentKind, Callable[[Story, SideLine], Data], bool]] = {
    "begin_hearing": (DocumentKind.HEARING_RIGHT, _right, True),
    "call_hearing": (DocumentKind.HEARING_NOTICE, _call, True),
    "conclude_hearing": (DocumentKind.HEARING_RECORD, _record, True),
    "begin_statement": (DocumentKind.STATEMENT_NOTICE, _statement, False),
    "begin_opinion": (DocumentKind.OPINION_REQUEST, _opinion, False),
    "begin_countersign": (DocumentKind.OPINION_REQUEST, _opinion, False),
}


def issue(entry: FedEntry) -> None:
    """Issue the paper that an entry of a side proceeding calls for, once."""
    story, line = story_of(entry.stream_id), side_line(entry.stream_id, entry.at)
    if story is None or line is None or story.case is None:
        return
    kind, paper, is_of_case = _PAPERS[entry.verb]
    body = department(story.case.department)
    issue_document(
        kind=kind,
        data=paper(story, line),
        proceeding_id=story.case.pk if is_of_case else line.proceeding.pk,
        region=story.case.region,
        party_id=story.package.party_id,
        by=SYSTEM,
        now=entry.at,
        organ=Organ(body.code, body.name["zh"], body.uscc, body.short.get("zh", "")),
        cause=f"{entry.verb}/{entry.id}",
    )


# Messages


def _item(story: Story) -> Data:
    assert story.item is not None  # noqa: S101 -- a side proceeding stands below a case
    name = story.item.name
    return {
        "number": story.package.number,
        "item": {language: name.say(language) for language in ("zh", "en", "ug")},
        "department": dict(department(story.subject.department).name),
    }


def _told(story: Story, line: SideLine) -> Data:
    until = next((c.reading.due.on for c in line.clocks if c.spec.name == "hearing_asking"), None)
    reasons = unstopped(line.facts["reason"])
    return {**_item(story), "reasons": reasons, "due": until or word("unknown_day")}


def _called(story: Story, line: SideLine) -> Data:
    closed = line.facts["closed"]
    how = {"zh": "公开举行", "en": "in public", "ug": "ئاشكارا ئۆتكۈزۈلىدۇ"}
    if closed:
        how = {
            "zh": f"不公开举行（{closed}）",
            "en": f"behind closed doors ({closed})",
            "ug": f"ئاشكارا ئەمەس ({closed})",
        }
    at = _moment(line.facts["held_at"])
    return {**_item(story), "when": at, "place": line.facts["place"], "how": how}


def _plain(story: Story, line: SideLine) -> Data:
    del line
    return _item(story)


_MESSAGES: dict[str, tuple[str, Callable[[Story, SideLine], Data]]] = {
    "begin_hearing": ("hearing_told", _told),
    "call_hearing": ("hearing_called", _called),
    "record_hearing": ("hearing_recorded", _plain),
    "lapse_hearing": ("hearing_lapsed", _plain),
    "make_statement": ("statement_made", _plain),
}


def tell(entry: FedEntry) -> None:
    """Tell the applicant what happened beside his case; the entry's id keeps it to one message."""
    story, line = story_of(entry.stream_id), side_line(entry.stream_id, entry.at)
    if story is None or line is None:
        return
    key, words = _MESSAGES[entry.verb]
    send_message(
        party_id=story.package.party_id,
        key=key,
        params=words(story, line),
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=story.package.number,
    )


def tell_interested(entry: FedEntry) -> None:
    """An interested party whom the register knows gets the notice with his link in his inbox."""
    story, line = story_of(entry.stream_id), side_line(entry.stream_id, entry.at)
    if story is None or line is None or line.interested is None or not line.interested.party_id:
        return
    until = next((c.reading.due.on for c in line.clocks if c.spec.name == "statement"), None)
    send_message(
        party_id=line.interested.party_id,
        key="statement_asked",
        params={
            **_item(story),
            "number": line.proceeding.number,
            "concerns": unstopped(line.interested.concerns),
            "due": until or word("unknown_day"),
            "link": _link(line),
        },
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=line.proceeding.number,
    )


subscribe("packages.side_papers", issue, verbs=set(_PAPERS), streams={"proceeding"})
subscribe("packages.side_messages", tell, verbs=set(_MESSAGES), streams={"proceeding"})
subscribe(
    "packages.interested", tell_interested, verbs={"begin_statement"}, streams={"proceeding"}
)
