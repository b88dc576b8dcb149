"""Plays a journey: sets the clock, lets the deadlines fire, does the verb, writes what came of it.

Everything that is written is read from what the product shows to the applicant (`progress_of`),
from the journal, and from the messages, papers and licences that it made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.city import applying
from tests.journeys import script
from tests.journeys.verbs import VERBS
from tongban.cases.states import SIDES
from tongban.catalogue.queries import clock_texts
from tongban.documents.models import Document
from tongban.documents.queries import document_title
from tongban.documents.states import DOCUMENT_LIFE
from tongban.engine.models import Proceeding
from tongban.kernel.clocks import ClockState
from tongban.kernel.refusals import BadInput, Refusal
from tongban.kernel.worktime import CITY_ZONE
from tongban.licences.models import ComprehensiveVersion, Licence
from tongban.licences.states import COMPREHENSIVE_TITLES, ComprehensiveState
from tongban.licences.states import LIFE as LICENCE_LIFE
from tongban.notices.models import Message
from tongban.packages.queries import Lane, Progress, progress_of
from tongban.people.models import Department
from tongban.records.models import Entry

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from tests.city.house import House
    from tests.city.lives import Life
    from tests.journeys.script import Line
    from tongban.kernel.actors import Actor

TURNS = {"government": "轮到部门", "applicant": "轮到申请人", "third": "轮到第三方", "none": ""}
UNITS = {"workday": "个工作日", "day": "日", "hour": "小时", "workminute": "分钟"}
# Told beside the moves: what the city did by itself.
BY_ITSELF = {
    "clock_warned": "时限预警", "clock_expired": "时限届满",
    "lapse_hearing": "逾期未申请，视为放弃听证", "lapse_statement": "期满没有提出意见",
    "lapse_opinion": "逾期未答复，视为没有意见",
}  # fmt: skip


@dataclass
class Journey:
    """One application on its way, and what has been written about it so far."""

    house: House
    folder: Path
    life: Life | None = None
    shown: dict[str, str] = field(default_factory=dict)
    draft: UUID | None = None
    asked: str = ""
    told: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.house.now

    @property
    def package(self) -> Proceeding:
        assert self.life is not None
        return self.life.package

    def case(self, item: str) -> Proceeding:
        assert self.life is not None
        return self.life.case(item)

    def uploaded(self, code: str, by: Actor) -> dict[str, Any]:
        """A new picture for a material, as a supply names it."""
        material = applying.upload(
            code, self.package.party_id, by, self.now, name=f"{code} {self.now:%m%d}"
        )
        return {"material": code, "files": [material.file_id]}

    # Playing

    def play(self, lines: list[Line]) -> str:
        """The transcript of the whole journey."""
        self.house.rest()
        for kind in (Message, Document, Licence, ComprehensiveVersion, Entry):
            self._new(kind)
        return script.written([(line, self._play(line)) for line in lines])

    def _play(self, line: Line) -> list[str]:
        if not line.verb:
            return []
        self.house.go(line.at)
        told = self._by_itself()
        try:
            VERBS[line.verb](self, self._person(line), *line.words)
        except Refusal as no:
            refused = _refusal(no)
            assert self.life or self.draft or self.seen, refused
            return [*told, *refused]
        self.house.rest()
        entries = self._new(Entry)
        told += [f"* {one}" for one in self.told] + _at_window(entries)
        self.told = []
        return [*told, *self._states(), *self._things()]

    def _person(self, line: Line) -> Actor | None:
        """Who acts: a login, or “department.role” for whoever holds the step of that item."""
        if line.person in ("city", "neighbour"):
            return None
        department = line.person.rpartition(".")[0]
        if not Department.objects.filter(code=department).exists():
            return self.house.actor(line.person)
        assert self.life is not None
        return self.life.officer(line.person, line.words[0] if line.words else "")

    # Telling

    def _by_itself(self) -> list[str]:
        """What the city did between the lines: deadlines, each in its own moment."""
        rows = []
        for entry in self._new(Entry):
            if entry.stream != "proceeding" or entry.verb not in (*BY_ITSELF, "deem_accept"):
                continue
            who = Proceeding.objects.get(id=entry.stream_id)
            if entry.verb == "deem_accept" and who.kind == "case":
                continue
            name = "一件事" if who.kind == "package" else _item_name(self._progress(), who)
            clock = clock_texts().get(entry.body.get("clock", ""), "")
            word = BY_ITSELF.get(entry.verb, "受理时限届满，视为受理")
            rows.append(f"* {_moment(entry.at)}  {name}：{word}{f'（{clock}）' if clock else ''}")
        return rows + (self._states() + self._things() if rows else [])

    def _new(self, kind: Any) -> list[Any]:
        """The rows of a table that have come since the last time."""
        after = self.seen.get(kind.__name__, 0)
        rows = list(kind.objects.filter(pk__gt=after).order_by("pk"))
        if rows:
            self.seen[kind.__name__] = rows[-1].pk
        return rows

    def _progress(self) -> Progress:
        assert self.life is not None
        return progress_of(self.life.applicant, self.life.number, self.now)

    def _states(self) -> list[str]:
        if self.life is None:
            return []
        progress = self._progress()
        rows = [f"= {_words(progress.state_title, TURNS[progress.turn], *_clocks(progress))}"]
        for lane in progress.lanes:
            row = f"- {_lane(lane)}"
            if self.shown.get(lane.item_code) != row:
                self.shown[lane.item_code] = row
                rows.append(row)
        return rows

    def _things(self) -> list[str]:
        papers = [f"+ 文书：{_paper(one)}" for one in self._new(Document)]
        licences = [f"+ 证照：{_licence(one)}" for one in self._new(Licence)]
        licences += [f"+ 综合许可证：{_whole(one)}" for one in self._new(ComprehensiveVersion)]
        messages = [f"+ 消息：{_message(one, self.life)}" for one in self._messages()]
        return papers + licences + messages

    def _messages(self) -> list[Message]:
        """What was told since, without reminders about licences of other people."""
        mine = self.life.package.party_id if self.life else 0
        new = self._new(Message)
        return [one for one in new if one.key != "licence_expiring" or one.party_id == mine]


def _at_window(entries: list[Entry]) -> list[str]:
    """What the journal says of a filing at a window: who typed, and how it was confirmed."""
    return [
        f"* 日志：{one.verb}，{one.actor_kind}，"
        + "，".join(f"{key} {one.body[key]}" for key in ("channel", "counter", "confirmed"))
        + ("，附签字" if one.body.get("proof") else "")
        for one in entries
        if one.body.get("channel") == "window" and one.verb.startswith("submit")
    ]


def _refusal(no: Refusal) -> list[str]:
    rows = [f"! {no.code}：{no.sentence}"]
    if isinstance(no, BadInput):
        rows += [f"! {one.path}：{one.sentence}" for one in no.problems]
    return [re.sub(r"BJ[0-9A-Z]{15,}", "〔编号〕", row) for row in rows]


def _item_name(progress: Progress, who: Proceeding) -> str:
    """The item of a case, or of the case that it stands below."""
    if who.kind == "rectification":
        return "差评整改"
    found = who.parent_id if who.kind in SIDES else who.facts.get("case", who.id)
    name = next(str(lane.item_name) for lane in progress.lanes if lane.case_id == found)
    return f"{name}，{SIDES[who.kind].title}" if who.kind in SIDES else name


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


def _words(*parts: str) -> str:
    return "；".join(part for part in parts if part)


def _clocks(told: Progress | Lane, *, left: bool = True) -> list[str]:
    """The running clocks with their day; what is left of them changes every day."""
    names = clock_texts()
    return [
        _clock(str(names[c.spec.name]), c.spec.unit, c.reading, left=left)
        for c in told.clocks
        if c.reading.state in (ClockState.RUNNING, ClockState.SUSPENDED)
    ]


def _clock(name: str, unit: str, reading: Any, *, left: bool) -> str:
    if reading.due.on is None:
        return f"{name}不早于 {reading.due.not_before}"
    how = f"余 {reading.remaining} {UNITS[unit]}" if left else ""
    if reading.overdue:
        how = f"已超 {-reading.remaining} {UNITS[unit]}" if left else "已超期"
    return f"{name} {reading.due.on}" + (f"（{how}）" if how else "")


def _lane(lane: Lane) -> str:
    steps = "、".join(str(step.name) for step in lane.steps if step.state == "open" and step.name)
    waits = "、".join(str(name) for name in lane.waits_for)
    decision = lane.decision
    reasons = decision.reasons if decision and decision.reasons else ""
    machine = "、".join(str(x["text"]) for x in decision.explanation) if decision else ""
    return f"{lane.item_name}〔{lane.department_name['zh']}〕" + _words(
        lane.state_title,
        f"在办环节 {steps}" if steps else "",
        f"等待 {waits}" if waits else "",
        f"因“{lane.cancelled_because}”" if lane.cancelled_because else "",
        f"理由 {reasons}" if reasons else "",
        f"依据 {machine}" if machine else "",
        *_clocks(lane, left=False),
    )


def _paper(document: Document) -> str:
    who = Proceeding.objects.get(id=document.proceeding_id)
    matter = f"{document.data['matter']}，" if who.kind == "case" else ""
    state = DOCUMENT_LIFE.title(document.state)
    return f"{document_title(document)}（{matter}{document.organ['name']}，{state}）"


def _licence(licence: Licence) -> str:
    version = licence.versions.get(succeeded_at=None)
    until = licence.valid_to or "长期"
    return (
        f"{version.name}，持有人 {version.holder_name}，"
        f"{licence.valid_from} 至 {until}，{LICENCE_LIFE.title(licence.state)}"
    )


def _whole(version: ComprehensiveVersion) -> str:
    """One licence for a trade: its version, what it is worth, each part."""
    parts = "、".join(
        f"{one['name']}（{LICENCE_LIFE.title(one['state'])}，至 {one['valid_to'] or '长期'}）"
        for one in version.parts
    )
    state = COMPREHENSIVE_TITLES[ComprehensiveState(version.state)]
    return f"第 {version.version} 版，{state}：{parts}"


def _message(message: Message, life: Life | None) -> str:
    words = message.words["zh"]
    text = re.sub(r"TQ[0-9A-Z]{15,}", "〔编号〕", f"{words['title']}：{words['body']}")
    if life is not None:
        text = text.replace(life.number, "〔本件〕")
        # A licence's number comes from a sequence that other tests draw from as well.
        text = re.sub(r"(证照编号|编号) (?:Z[BC]|SJ)[0-9A-Z]{13,}", r"\1 〔编号〕", text)
        text = re.sub(r"(XY|HC|YJS|ZG)[0-9A-Z]{15,}", "〔编号〕", text)
        text = re.sub(r"证照编号 [0-9A-Z]{15,}", "证照编号 〔编号〕", text)
    return text
