"""Some weeks of the demo city's hotline: its requests, through the same actions as everybody's.

They come from `content/places/requests.csv`: those of no event over three weeks, each event within
hours. What is older has been answered; what is new waits. Everything follows from the content and
from one moment, so that the worker may file them piece by piece, long after the site is ready.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.catalogue.content.requests import read_requests
from tongban.config.actions import note_filed
from tongban.config.models import Filling
from tongban.doors.maps import city_map
from tongban.hotline import actions as hotline
from tongban.hotline.queries import content, domains, unit_here
from tongban.hotline.rules import ReplyNotGood
from tongban.hotline.states import Channel
from tongban.kernel.worktime import city_date
from tongban.people.models import Account
from tongban.people.queries import actor_of, officers_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tongban.catalogue.content.citymap import Point
    from tongban.catalogue.content.requests import DemoRequest
    from tongban.kernel.actors import Actor

DAYS = 21
SEED = 12345
PIECE = 10
"""Requests of one transaction: about a second, so that other jobs need not wait."""
RESTING = timedelta(days=3)
"""What came later still waits for somebody."""
_CHANNELS = (Channel.PHONE, Channel.PHONE, Channel.PHONE, Channel.WEB, Channel.SCAN)
_REPLY = "关于“{said}”：经核实，{place}的情况属实。{day}已派人到现场处理并复查，{done}。"
_DONE = ("问题已经解决", "已恢复正常", "已责令整改完毕", "已按规定办结", "已现场处理完成")


@dataclass(frozen=True, slots=True)
class _Call:
    """A request and when it came."""

    row: DemoRequest
    at: datetime
    phone: str


def fill_piece(root: Path, *, filed: int) -> Filling | None:
    """File the next requests and let the old ones be answered; answers how far it is then.

    ``filed`` is how many the caller believes are filed: where he is wrong, because somebody else
    went on, nothing happens and None is answered. The moment of each action lies before that of
    the filling; what happens by itself follows as the worker reads the journal. A piece is filed
    and counted wholly or not at all.
    """
    with transaction.atomic():
        filling = Filling.objects.select_for_update().first()
        if filling is None or filling.is_done or filling.filed != filed:
            return None
        asked = tuple(one for one in read_requests(root) if one.region)
        calls = _timetable(asked, filling.at)
        people = _People(filling.at)
        for call in calls[filed : filed + PIECE]:
            _live(call, people, filling.at)
        note_filed(filling, min(filed + PIECE, len(calls)), of=len(calls))
    return filling


def _timetable(rows: tuple[DemoRequest, ...], now: datetime) -> list[_Call]:
    """All requests in the order in which they come; the same whenever it is asked for."""
    chance = random.Random(SEED)  # noqa: S311 -- a repeatable draw, no secret
    return sorted(_calls(rows, now, chance), key=lambda one: one.at)


def _live(call: _Call, people: _People, now: datetime) -> None:
    """What became of one request; nothing of it depends on what was drawn for others."""
    chance = random.Random(f"{SEED}/{call.phone}")  # noqa: S311 -- as above
    ticket_id = _receive(call, people, chance)
    if now - call.at > RESTING:
        _answer(call, ticket_id, people, chance, now)


def _calls(rows: tuple[DemoRequest, ...], now: datetime, chance: random.Random) -> Iterator[_Call]:
    events: dict[str, list[DemoRequest]] = defaultdict(list)
    number = 0
    for row in rows:
        number += 1
        if row.event:
            events[row.event].append(row)
            continue
        day = (now - timedelta(days=chance.uniform(0.2, DAYS))).replace(minute=0, second=0)
        at = day.replace(hour=chance.randint(8, 21), minute=chance.randint(0, 59))
        yield _Call(row, min(at, now - timedelta(minutes=5)), _phone(number))
    # The largest events are the latest, so that there is something to be done about them.
    for place, said in enumerate(sorted(events.values(), key=len, reverse=True)):
        start = now - timedelta(hours=5 + 30 * place)
        for turn, row in enumerate(said):
            number += 1
            yield _Call(row, start + timedelta(minutes=35 * turn + 10), _phone(number))


def _phone(number: int) -> str:
    return f"1390000{number:04}"


class _People:
    """Who does it: an operator, a checker, the officers of units."""

    def __init__(self, now: datetime) -> None:
        self.on = city_date(now)
        self.centre = str(content()["centre"])
        self.known: dict[tuple[str, str], Actor | None] = {}
        self.nodes = {one.code: one for one in domains()}

    def one(self, queue: str, region: str) -> Actor | None:
        """Somebody who works in a queue for a region; None where nobody does."""
        if (queue, region) not in self.known:
            found = officers_for(queue, region, on=self.on)
            account = Account.objects.get(pk=found[0].account_id) if found else None
            self.known[queue, region] = actor_of(account, on=self.on) if account else None
        return self.known[queue, region]

    def unit_of(self, row: DemoRequest) -> str:
        node = self.nodes.get(row.domain)
        return unit_here(node, row.region) if node else ""


def _receive(call: _Call, people: _People, chance: random.Random) -> int:
    row = call.row
    operator = people.one(f"{people.centre}.window", row.region)
    assert operator is not None  # noqa: S101 -- the centre of the demo city has operators
    channel = chance.choice(_CHANNELS)
    longitude, latitude = _spot(row, channel, chance) or (None, None)
    request = hotline.Request(
        text=row.text,
        channel=channel,
        type=row.type,
        domain=row.domain,
        urgency=row.urgency,
        region=row.region,
        place=row.place,
        longitude=longitude,
        latitude=latitude,
        phone=call.phone,
        source=f"demo/{call.phone}",
    )
    return hotline.receive_ticket(request=request, by=operator, now=call.at).ticket_id


def _spot(row: DemoRequest, channel: Channel, chance: random.Random) -> Point | None:
    """Where it was pointed out, degrees: mostly by those who had a map before their eyes.

    An event has one place, around which all who speak of it point.
    """
    near = random.Random(f"{SEED}/{row.event or row.text}")  # noqa: S311 -- as above
    if chance.random() > (0.6 if row.event else 0.9 if channel != Channel.PHONE else 0.2):
        return None
    districts = city_map().districts
    known = (row.region[:length] for length in (12, 9, 6))
    middle = next((districts[one] for one in known if one in districts), None)
    if middle is None:
        return None
    east, north = (at + near.uniform(-0.012, 0.012) + chance.gauss(0, 0.0004) for at in middle)
    return round(east, 6), round(north, 6)


def _answer(
    call: _Call, ticket_id: int, people: _People, chance: random.Random, now: datetime
) -> None:
    """The whole life of a request: at once by the operator, or by its unit within days."""
    row, at = call.row, call.at + timedelta(minutes=20)
    operator = people.one(f"{people.centre}.window", row.region)
    checker = people.one(f"{people.centre}.checker", row.region)
    unit = people.unit_of(row)
    officer = people.one(f"{unit}.reviewer", row.region) if unit else None
    assert operator is not None  # noqa: S101 -- as above
    if row.type in {"consult", "praise"} or officer is None or checker is None:
        said = f"您反映的“{row.text[:30]}”，已按知识库逐项说明，办理时带好身份证件。"
        hotline.answer_directly(ticket_id=ticket_id, answer=said, by=operator, now=at)
        return
    task = hotline.dispatch_ticket(ticket_id=ticket_id, unit=unit, by=operator, now=at)
    at += timedelta(minutes=40)
    hotline.sign_task(task_id=task, by=officer, now=at)
    spoken = "电话联系了诉求人，核对了时间和地点。"
    hotline.contact_caller(task_id=task, text=spoken, by=officer, now=at + timedelta(minutes=10))
    at += timedelta(hours=chance.uniform(3, 20) if row.urgency == "normal" else 0.7)
    reply = _REPLY.format(
        said=row.text[:40],
        place=row.place or "现场",
        day=f"{at:%m月%d日}",
        done=chance.choice(_DONE),
    )
    try:
        hotline.reply_ticket(task_id=task, text=reply, by=officer, now=at)
    except ReplyNotGood:
        # Late, or too much like another: it stays with its unit, as it would.
        return
    hotline.pass_reply(ticket_id=ticket_id, by=checker, now=at + timedelta(hours=1))
    at += timedelta(hours=6)
    if at + timedelta(hours=1) > now or chance.random() < 0.2:
        return
    level = chance.choice((1, 1, 2, 2, 3))
    solved = hotline.Said("solved", contacted=True, satisfied=level)
    hotline.call_back(ticket_id=ticket_id, said=solved, by=checker, now=at)
    hotline.close_ticket(ticket_id=ticket_id, by=checker, now=at + timedelta(minutes=5))
