"""Somebody on the telephone: events of one call, in order or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.city.house import House
    from tongban.voice.actions import Answer

PHONE = "13800001111"
DANGER = "我家楼道里煤气味很大，好像燃气泄漏了，楼上还有老人！"
LAMP = "胜利路的路灯坏了，一整条街都不亮，麻烦修一下"


@dataclass
class Ringing:
    """One call; every event has the next place unless one is given."""

    house: House
    name: str = "pbx-1"
    phone: str = PHONE
    seq: int = 0
    told: list[Answer] = field(default_factory=list)

    def tell(self, kind: str, value: str = "", **more: Any) -> Answer:
        from datetime import UTC, datetime, timedelta

        from tongban.voice.actions import take_in
        from tongban.voice.rules.events import CallEvent

        self.seq = more.pop("seq", self.seq + 1)
        wall = datetime(2026, 9, 7, 2, 30, tzinfo=UTC) + more.pop("later", timedelta(0))
        event = CallEvent(
            call=self.name, seq=self.seq, at=self.house.now, kind=kind, value=value, **more
        )
        answer = take_in(event=event, now=self.house.now, wall=wall)
        self.told.append(answer)
        return answer

    def lift(self, language: str = "") -> Answer:
        self.tell("started", phone=self.phone)
        self.tell("ringing")
        return self.tell("answered", language=language)

    def say(self, text: str) -> Answer:
        return self.tell("said", text)

    def key(self, keys: str) -> Answer:
        return self.tell("key", keys)

    @property
    def call(self) -> Any:
        from tongban.voice.models import Call

        return Call.objects.select_related("ticket__proceeding").get(call_id=self.name)
