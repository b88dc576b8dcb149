"""The verbs of those outside: who scans a shop's licence, an app and a partner by Open311.

They come by the doors, as they do in the city; what a door showed is written as `>`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.test import Client

from tests.city.lives import applied
from tests.hotline.calls import Call
from tongban.doors.reviews import channel_name, level_name
from tongban.hotline.models import Ticket
from tongban.kernel.numbers import parse_number
from tongban.licences.models import Comprehensive
from tongban.people.models import Account
from tongban.people.queries import contact_of
from tongban.ratings.models import Invitation, Review
from tongban.relay.actions import poll
from tongban.relay.gateways.fake import FakeOpen311

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.calls import CallJourney
    from tongban.kernel.actors import Actor

PEOPLE = frozenset({"passer-by", "app", "partner"})
APP = {"fixit": {"key": "k-17", "webhook": "", "secret": ""}}
BEGINNING = datetime(2026, 1, 5, tzinfo=UTC)
LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
_BACKEND = "tongban.people.queries.AccountBackend"


def _words(content: bytes) -> str:
    text = content.decode()
    inner = text[text.index("<main") : text.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


def open_shop(journey: CallJourney, by: Actor, wish: str) -> None:
    """A shop has its comprehensive licence, whose code hangs at its door."""
    life = applied(journey.house, wish)
    life.accept()
    life.grant(["signboard-filing"])
    shop = Comprehensive.objects.get()
    journey.told.append(f"综合许可证：{shop.holder.name}，{shop.site}")


def scan(journey: CallJourney, by: Actor, kind: str, phone: str, text: str) -> None:
    """Somebody scans the code, reads what is public and says what he saw."""
    shop, client = Comprehensive.objects.get(), Client()
    at = f"/one-licence/{shop.serial}/"
    page = _words(client.get(at).content)
    told = re.search(r"真实[^。]*。", page)
    journey.told.append(f"> 扫码看到：{told[0] if told else '没有'}")
    said = {"kind": kind, "text": text, "phone": phone}
    done = client.post(f"{at}report/", said)
    assert done.status_code == 302, done.content.decode()
    ticket = Ticket.objects.select_related("proceeding").latest("pk")
    journey.call = Call(journey.house, ticket.pk, ticket.proceeding.number)
    receipt = _words(client.get(done["Location"]).content)
    assert ticket.proceeding.number in receipt
    who = "只有热线中心知道是谁反映的" if "只有热线中心知道" in receipt else "单位能看到联系方式"
    journey.told.append(f"> 回执：编号 {ticket.proceeding.number}；{who}")
    scanned = f"扫码，{ticket.of_number == shop.number and '对应这张证'}，地点 {ticket.place}"
    journey.told.append(f"工单来源：{scanned}，区域 {ticket.region}")
    journey.house.rest()


def look(journey: CallJourney, by: Actor) -> None:
    """What this person sees of the request and of whoever asked it, at every door he has."""
    assert journey.call is not None
    ticket = journey.call.ticket
    client = Client()
    client.force_login(Account.objects.get(pk=by.id), backend=_BACKEND)
    if by.kind == "citizen":
        mine = client.get(f"/my/tickets/{journey.call.number}/").status_code
        pages = [client.get(one) for one in ("/my/tickets/", "/my/licences/", "/my/messages/",
                                             f"/one-licence/{ticket_shop().serial}/")]  # fmt: skip
        seen = any(journey.call.number in one.content.decode() for one in pages)
        seen = seen or any(ticket.text in one.content.decode() for one in pages)
        words = "看不到这件事" if mine == 404 and not seen else "看得到这件事"
    else:
        own = journey.call.task.proceeding.number if by.departments & {ticket.unit} else ""
        page = client.get(f"/desk/{own or journey.call.number}/")
        source = page.content.decode()
        known = contact_of(ticket.caller_id)
        named = bool(known and known.phone and known.phone in source) or "/caller/" in source
        words = "看不到这件事" if page.status_code == 404 else "看得到内容"
        if page.status_code != 404:
            words += "，看得到是谁反映的" if named else "，看不到是谁反映的"
    journey.told.append(f"> {words}")


def ticket_shop() -> Comprehensive:
    """The shop of the journey."""
    return Comprehensive.objects.get()


def say_solved(journey: CallJourney, by: Actor, level: str) -> None:
    """The caller answers the callback himself, by the link of his receipt."""
    assert journey.call is not None
    journey.call.said_himself("solved", LEVELS.index(level) + 1)


def rate(journey: CallJourney, by: Actor, level: str) -> None:
    """Whoever asked rates by the link of his message, once."""
    assert journey.call is not None
    row = Invitation.objects.get(object="ticket", number=journey.call.number)
    link = f"/rate/{row.token}/?via=sms"
    answer = Client().post(link, {"level": str(LEVELS.index(level) + 1)})
    journey.house.rest()
    review = Review.objects.filter(invitation=row).latest("pk")
    named = any(one.isdecimal() and len(one) > 8 for one in (review.text,))
    words = f"{level_name(review.level)}，{channel_name(review.channel)}，{review.department}"
    journey.told.append(f"评价（{answer.status_code}）：{words}，{'实名' if named else '匿名'}")


# Open311


class Partner(FakeOpen311):
    """The unit's own system; it lives in the days of the city, not in ours."""

    def report(self, fields: dict[str, str], key: str, at: datetime) -> str:
        return super().report(fields, key, BEGINNING)


def app_reports(journey: CallJourney, by: Actor, service: str, text: str) -> None:
    """An app of others reports; the same once more is the same request."""
    said = {
        "api_key": "k-17", "service_code": service, "description": text,
        "address_string": "胜利路", "lat": "43.79", "long": "87.62", "phone": "13800001111",
    }  # fmt: skip
    answers = [
        Client().post("/open311/v2/requests.json", said, headers={"Idempotency-Key": "r-1"})
        for _ in range(2)
    ]
    numbers = {one.json()[0]["service_request_id"] for one in answers}
    (number,) = numbers
    assert parse_number(number)
    journey.told.append(f"> 应用收到：{answers[0].status_code}，再发一次 {answers[1].status_code}")
    journey.call = Call(journey.house, Ticket.objects.latest("pk").pk, number)
    journey.house.rest()


def app_follows(journey: CallJourney, by: Actor) -> None:
    """The app asks how it stands."""
    assert journey.call is not None
    row = Client().get(f"/open311/v2/requests/{journey.call.number}.json").json()[0]
    notes = row["status_notes"] or "没有说明"
    journey.told.append(
        f"> 应用查询：{row['status']}；{notes}；{row['agency_responsible'] or '-'}"
    )
    assert "13800001111" not in str(row)


def partner_says(journey: CallJourney, by: Actor, status: str, notes: str) -> None:
    """The unit's own system, which takes requests by Open311, goes on with it."""
    assert journey.partner is not None
    assert journey.call is not None
    (number,) = journey.partner.reports
    kept = journey.partner.reports[number]
    assert kept["description"] == journey.call.ticket.text
    journey.partner.move(number, status, notes, journey.now)
    poll(now=journey.now)
    journey.house.rest()


VERBS: dict[str, Callable[..., None]] = {
    "open-shop": open_shop,
    "scan": scan,
    "look": look,
    "say-solved": say_solved,
    "rate": rate,
    "app-reports": app_reports,
    "app-follows": app_follows,
    "partner-says": partner_says,
}
