"""An app of others reports by Open311, follows, and is told what happens."""

import hashlib
import hmac
import json
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tests.hotline.calls import Call
from tongban.hotline.actions import rehandle_ticket
from tongban.hotline.models import Ticket
from tongban.relay.gateways.apps import Happening, HttpWebhook, WebhookFailed

KEY = {"fixit": {"key": "k-17", "webhook": "", "secret": ""}}


@pytest.fixture
def house(own_city, settings):
    settings.OPEN311_CLIENTS = KEY
    own_city.go("2026-09-07 10:30")
    return own_city


def report(form="json", headers=None, **more):
    said = {
        "api_key": "k-17", "service_code": "city-noise-construction",
        "description": "胜利路工地夜间施工，噪音扰民", "address_string": "胜利路",
        "lat": "43.79", "long": "87.62", "phone": "13800001111", "device_id": "d1", **more,
    }  # fmt: skip
    return Client().post(f"/open311/v2/requests.{form}", said, headers=headers or {})


def parsed(content):
    return ET.fromstring(content)  # noqa: S314 -- our own answer


def read(path):
    return Client().get(f"/open311/v2/{path}")


def test_services_are_the_leaves_of_our_domains(house):
    rows = read("services.json").json()

    one = next(row for row in rows if row["service_code"] == "city-noise-construction")
    assert one["group"] == "城市管理"
    assert read("services/city-noise-construction.json").json() == {
        "service_code": "city-noise-construction",
        "attributes": [],
    }
    defined = parsed(read("services/city-noise-construction.xml").content)
    assert (defined.tag, defined.findtext("service_code")) == (
        "service_definition", "city-noise-construction",
    )  # fmt: skip
    assert list(defined.find("attributes")) == []
    assert not defined.findtext("attributes")
    assert read("services/no-such.json").status_code == 404


def test_a_report_is_received_followed_and_closed(house):
    answer = report()
    number = answer.json()[0]["service_request_id"]
    house.rest()
    ticket = Ticket.objects.get()
    call = Call(house, ticket.pk, number)

    assert answer.status_code == 201
    assert (ticket.channel, ticket.latitude) == ("open311", 43.79)
    row = read(f"requests/{number}.json").json()[0]
    assert (row["status"], row["service_code"]) == ("open", "city-noise-construction")
    call.dispatched().signed().replied().passed()
    house.go("2026-09-12 10:00")
    row = read(f"requests/{number}.json").json()[0]
    assert row["status"] == "closed"
    assert row["status_notes"] == call.ticket.reply
    assert read("requests.json?status=open").json() == []
    listed = read("requests.json?start_date=2026-09-01T00:00:00Z&status=closed").json()
    assert [one["service_request_id"] for one in listed] == [number]


def test_the_same_report_sent_twice_is_one_ticket(house):
    first = report(headers={"Idempotency-Key": "r-1"})
    again = report(headers={"Idempotency-Key": "r-1"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "other"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "no-such"}, 404),
        ({"lat": "", "long": "", "address_string": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "91"}, 400),
        ({"lat": "nan"}, 400),
        ({"description": ""}, 400),
        ({"phone": "call me"}, 400),
    ],
)
def test_what_is_wrong_is_said_in_the_standards_shape(house, more, status):
    answer = report(**more)

    assert answer.status_code == status
    assert [sorted(one) for one in answer.json()] == [["code", "description"]]
    assert Ticket.objects.count() == 0
    tree = parsed(report("xml", **more).content)
    assert tree.find("error/code").text == str(status)


def test_xml_says_the_same(house):
    number = parsed(report("xml").content).find("request/service_request_id").text
    found = parsed(read(f"requests/{number}.xml").content)

    assert found.find("request/status").text == "open"


def test_no_caller_and_no_secret_is_read_by_anybody(house):
    report(description="我叫张三，电话13912345678，投诉噪音")
    hidden = report(service_code="market-food-expired", description="举报黑作坊卖过期变质食品")
    Ticket.objects.filter(proceeding__number=hidden.json()[0]["service_request_id"]).update(
        hides_caller=True
    )
    text = read("requests.json?start_date=2026-09-01T00:00:00Z").content.decode()

    assert "13912345678" not in text
    assert "13800001111" not in text
    assert "黑作坊" not in text


def test_the_app_is_told_of_every_move_in_its_order(house, settings, monkeypatch):
    settings.OPEN311_CLIENTS = {"fixit": {**KEY["fixit"], "webhook": "https://x", "secret": "s"}}
    told = []
    monkeypatch.setattr(HttpWebhook, "tell", lambda self, one: told.append(one))
    number = report().json()[0]["service_request_id"]
    house.rest()
    Call(house, Ticket.objects.get().pk, number).dispatched().signed().replied().passed()

    assert [one.number for one in told] == [number] * len(told)
    assert [one.position for one in told] == sorted(one.position for one in told)
    assert len({one.key for one in told}) == len(told) >= 3
    assert told[-1].notes == Ticket.objects.get().reply


@pytest.fixture
def listener():
    """A program that hears webhooks and answers as it is told."""
    heard, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((body, self.headers["X-Tongban-Signature"]))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *told):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", heard, answers
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_is_signed_tried_again_and_given_up_where_it_is_refused(listener):
    url, heard, answers = listener
    one = Happening("entry/1", 7, "GD1", "open", "办理中", "2026-09-07T10:30:00+08:00")
    answers += [503, 410]
    webhook = HttpWebhook(url, "secret", private=True)
    with pytest.raises(WebhookFailed):
        webhook.tell(one)
    webhook.tell(one)
    webhook.tell(one)

    body, signature = heard[-1]
    assert signature == hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert json.loads(body)["sequence"] == 7
    with pytest.raises(WebhookFailed):
        HttpWebhook("http://127.0.0.1:9/", "secret", private=True).tell(one)


def test_a_webhook_leads_nowhere_inside(listener):
    url, heard, _answers = listener
    one = Happening("entry/1", 7, "GD1", "open", "办理中", "2026-09-07T10:30:00+08:00")
    for address in (url, "http://localhost:22/", "http://169.254.169.254/latest", "file:///etc"):
        HttpWebhook(address, "secret").tell(one)

    assert heard == []


def test_where_the_service_is_stands_as_the_standard_of_discovery_says(house):
    said = Client().get("/open311/discovery.json").json()
    (endpoint,) = said["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    tree = parsed(Client().get("/open311/discovery.xml").content)
    assert tree.findtext("endpoints/endpoint/url") == endpoint["url"]
    formats = [one.text for one in tree.findall("endpoints/endpoint/formats/format")]
    assert formats == endpoint["formats"]


@pytest.mark.parametrize(
    "query",
    [
        "end_date=0001-01-01T00:00:00Z",
        "start_date=9999-12-31T23:59:59-23:59",
        "start_date=0001-01-01T00:00:00%2B14:00&end_date=0001-01-02T00:00:00Z",
        "start_date=2026-01-01T00:00:00Z",
        "start_date=2026-09-01T00:00:00+08:00",
        "end_date=2026-09-30",
    ],
)
def test_any_moment_is_answered(house, query):
    assert read(f"requests.json?{query}").status_code == 200


def test_from_a_day_on_is_as_far_as_a_list_spans(house):
    number = report().json()[0]["service_request_id"]
    house.go(house.now + timedelta(minutes=1))
    found = read("requests.json?start_date=2026-07-01T00:00:00Z").json()
    assert [one["service_request_id"] for one in found] == [number]
    assert read("requests.json?start_date=2026-01-01T00:00:00Z").json() == []
    too_long = "requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-09-08T00:00:00Z"
    assert read(too_long).status_code == 400


@pytest.mark.parametrize("phone", ["+86 138-0000-1111", "0086 13800001111", "(0991) 5551234"])
def test_a_number_is_taken_as_people_write_it(house, phone):
    assert report(phone=phone).status_code == 201
    assert Ticket.objects.get().caller.code in {"13800001111", "09915551234"}


def test_a_change_moves_its_moment_forward_and_never_back(house):
    number = report().json()[0]["service_request_id"]
    house.rest()
    call = Call(house, Ticket.objects.get().pk, number)

    def changed():
        row = read(f"requests/{number}.json").json()[0]
        return datetime.fromisoformat(row["updated_datetime"])

    moments = [changed()]
    for step in (
        lambda: call.state == "received" and call.dispatched(),
        call.signed,
        lambda: call.replied().passed().said("unsolved", 5),
        lambda: rehandle_ticket(
            ticket_id=call.ticket_id, reason="又响了", by=call.centre(), now=house.now
        ),
    ):
        house.go(house.now + timedelta(minutes=30))
        step()
        moments.append(changed())

    assert moments == sorted(moments)
    assert moments[-1] == house.now


@pytest.mark.parametrize(
    "path", ["services", "services/city-noise-construction", "requests", "requests/x", "tokens/x"]
)
def test_another_jurisdiction_is_not_found_and_ours_need_not_be_named(house, path):
    wrong = read(f"{path}.json?jurisdiction_id=elsewhere.gov")
    assert (wrong.status_code, wrong.json()) == (
        404, [{"code": 404, "description": "jurisdiction_id was not found"}],
    )  # fmt: skip
    in_xml = read(f"{path}.xml?jurisdiction_id=elsewhere.gov")
    error = parsed(in_xml.content)
    assert (in_xml.status_code, error.tag, error.findtext("error/description")) == (
        404, "errors", "jurisdiction_id was not found",
    )  # fmt: skip
    ours = read(f"{path}.json?jurisdiction_id=650100")
    assert (ours.status_code, ours.content) == (
        (unnamed := read(f"{path}.json")).status_code, unnamed.content,
    )  # fmt: skip


def test_a_report_for_another_jurisdiction_makes_no_ticket(house):
    assert report(jurisdiction_id="elsewhere.gov").status_code == 404
    assert Ticket.objects.count() == 0
    assert report(jurisdiction_id="650100").status_code == 201
