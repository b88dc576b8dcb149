"""Deliveries: quiet hours, gateways that are down, slow or mad, workers that die."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.notices.scenes import (
    ALIYA,
    HASAN,
    NOON,
    PHONES,
    WALL,
    Contact,
    FakeSms,
    accepted,
    withdrawn,
)
from tests.people.fakes import closed_address, outside_world
from tongban.kernel.worktime import CITY_ZONE
from tongban.notices import actions, queries
from tongban.notices.gateways import FileSms, HttpSms, Receipt
from tongban.notices.models import Delivery
from tongban.notices.rules import LEASE, PAUSES
from tongban.notices.states import DeliveryState, Outcome
from tongban.notices.tasks import deliver_waiting

DOWN = Receipt(Outcome.UNREACHABLE, detail="TimeoutError")


def waiting(now=NOON, wall=WALL):
    return actions.deliver_waiting(now=now, wall=wall)


def city(text):
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


@pytest.mark.django_db
class TestSending:
    def test_the_short_message_goes_out_signed_and_in_the_partys_language(self, sms):
        first = withdrawn(ALIYA)
        second = withdrawn(HASAN)

        assert waiting() == 2

        assert sms.sent == [
            ("13800138000", "【通办】您的“开办餐饮店”申请（P02-1）已撤回。", f"m{first}"),
            (
                "13900139000",
                '[Tongban] "Opening a restaurant" (P02-1) has been withdrawn.',
                f"m{second}",
            ),
        ]
        assert waiting() == 0

    def test_the_proof_keeps_the_number_masked(self):
        number = withdrawn()
        waiting()

        (attempt,) = queries.attempts_of(number)

        assert (attempt.outcome, attempt.address) == (Outcome.SENT, "138****8000")

    def test_the_worker_delivers_what_was_just_written(self, sms, city_at, settle):
        withdrawn(now=city_at("2026-09-21 12:00"))

        settle()

        assert len(sms.sent) == 1

    def test_a_telephone_that_went_away_ends_it(self, sms, monkeypatch):
        number = withdrawn()
        monkeypatch.setitem(PHONES, ALIYA, Contact(""))

        waiting()

        (attempt,) = queries.attempts_of(number)
        assert (attempt.outcome, attempt.detail) == (Outcome.REFUSED, "no telephone")
        assert Delivery.objects.get().state == DeliveryState.FAILED

    def test_a_changed_telephone_counts_at_once(self, sms, monkeypatch):
        withdrawn()
        monkeypatch.setitem(PHONES, ALIYA, Contact("13700137000"))

        waiting()

        assert sms.sent[0][0] == "13700137000"


@pytest.mark.django_db
class TestQuietHours:
    @pytest.mark.parametrize(
        "written", ["2026-09-21 22:00", "2026-09-21 23:59", "2026-09-22 03:00"]
    )
    def test_night_messages_wait_for_the_morning(self, sms, written):
        withdrawn(now=city(written))

        before = waiting(now=city("2026-09-22 07:59"))
        after = waiting(now=city("2026-09-22 08:00"))

        assert (before, after) == (0, 1)

    def test_the_inbox_does_not_wait(self):
        withdrawn(now=city("2026-09-21 23:00"))

        assert queries.unread_count([ALIYA]) == 1

    def test_a_job_that_comes_late_into_the_night_waits_too(self, sms):
        withdrawn(now=city("2026-09-21 21:59"))

        assert waiting(now=city("2026-09-21 22:01")) == 0
        assert sms.sent == []
        assert waiting(now=city("2026-09-22 08:00")) == 1

    def test_statutory_ones_wait_as_well(self, sms):
        accepted(now=city("2026-09-21 23:00"))

        assert waiting(now=city("2026-09-21 23:30")) == 0

    def test_the_citys_clock_counts_and_not_the_machines(self, sms):
        withdrawn(now=NOON)

        assert waiting(now=NOON, wall=datetime(2099, 1, 1, 19, 0, tzinfo=UTC)) == 1


@pytest.mark.django_db
class TestBadDays:
    def test_a_gateway_that_is_down_is_tried_again_after_growing_pauses(self, sms):
        sms.answers.extend([DOWN] * (len(PAUSES) + 1))
        number = withdrawn()
        wall = WALL
        for pause in PAUSES:
            assert waiting(wall=wall) == 1
            assert waiting(wall=wall + pause - timedelta(seconds=1)) == 0
            wall += pause
        waiting(wall=wall)

        assert Delivery.objects.get().state == DeliveryState.FAILED
        assert len(queries.attempts_of(number)) == len(PAUSES) + 1
        assert waiting(wall=wall + timedelta(days=30)) == 0

    def test_it_gets_through_when_the_gateway_comes_back(self, sms):
        sms.answers.extend([DOWN, Receipt(Outcome.UNCLEAR, detail="not JSON")])
        number = withdrawn()
        for hours in range(3):
            waiting(wall=WALL + timedelta(hours=hours))

        outcomes = [attempt.outcome for attempt in queries.attempts_of(number)]
        assert outcomes == [Outcome.UNREACHABLE, Outcome.UNCLEAR, Outcome.SENT]
        assert {reference for _, _, reference in sms.sent} == {f"m{number}"}

    def test_a_refusal_is_final(self, sms):
        sms.answers.append(Receipt(Outcome.REFUSED, detail="empty number"))
        withdrawn()

        waiting()

        assert Delivery.objects.get().state == DeliveryState.FAILED

    def test_a_worker_that_died_leaves_it_to_the_next_after_the_lease(self, sms):
        withdrawn()
        (delivery,) = Delivery.objects.all()
        actions._lease(delivery.pk, NOON, WALL)

        assert waiting(wall=WALL + LEASE - timedelta(seconds=1)) == 0
        assert waiting(wall=WALL + LEASE) == 1

    def test_a_failing_gateway_does_not_hold_up_the_others(self, sms):
        sms.answers.append(DOWN)
        withdrawn(ALIYA)
        withdrawn(HASAN)

        assert waiting() == 2
        assert Delivery.objects.filter(state=DeliveryState.SENT).count() == 1


def test_two_workers_send_one_message_once(own_database, race):
    withdrawn()

    race(waiting, waiting, waiting)

    assert len(FakeSms.sent) == 1


class TestHttpGateway:
    @pytest.fixture
    def world(self):
        with outside_world() as world:
            yield world

    def send(self, url):
        gateway = HttpSms(url, "token", timeout_seconds=0.3)
        return gateway.send(to="13800138000", text="您好", reference="m1")

    def test_it_is_taken(self, world):
        world.says({"accepted": True, "reference": "x9"})

        assert self.send(world.url) == Receipt(Outcome.SENT, "x9")
        headers, asked = world.asked[0]
        assert asked == {"to": "13800138000", "text": "您好", "reference": "m1"}
        assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer token", "m1")

    def test_it_is_refused(self, world):
        world.says({"accepted": False, "reason": "empty number"})

        assert self.send(world.url) == Receipt(Outcome.REFUSED, detail="empty number")

    @pytest.mark.parametrize(
        "body", [b"", b"<html>", b"[1]", b'{"accepted": "yes"}', b"{}", b"\xff\xfe" * 50_000]
    )
    def test_nonsense_is_unclear(self, world, body):
        world.says(body)

        assert self.send(world.url).outcome is Outcome.UNCLEAR

    @pytest.mark.parametrize("status", [302, 401, 429, 500, 503])
    def test_a_bad_status_is_tried_again_later(self, world, status):
        world.says({"accepted": True}, status=status)

        assert self.send(world.url).outcome is Outcome.UNREACHABLE

    def test_a_slow_gateway_is_not_waited_for(self, world):
        world.says({"accepted": True}, after=0.6)

        assert self.send(world.url).outcome is Outcome.UNREACHABLE

    def test_a_gateway_that_is_down_is_out_of_reach(self):
        assert self.send(closed_address()).outcome is Outcome.UNREACHABLE


class TestFileGateway:
    def test_it_writes_a_line(self, tmp_path):
        path = tmp_path / "home" / "sms.log"

        receipt = FileSms(path).send(to="13800138000", text="您好", reference="m1")

        assert receipt == Receipt(Outcome.SENT, "m1")
        assert json.loads(path.read_text(encoding="utf-8")) == {
            "to": "13800138000",
            "text": "您好",
            "reference": "m1",
        }

    @pytest.mark.parametrize("outcome", ["refused", "unreachable", "unclear"])
    def test_it_fails_on_demand(self, tmp_path, outcome):
        receipt = FileSms(tmp_path / "sms.log", fails=outcome).send(
            to="1", text="2", reference="3"
        )

        assert receipt.outcome == outcome
        assert not (tmp_path / "sms.log").exists()


@pytest.mark.django_db
def test_the_sweep_of_every_minute_makes_up_for_a_lost_job(sms, city_at):
    from procrastinate.contrib.django.models import ProcrastinateJob

    withdrawn(now=city_at("2026-09-21 12:00"))
    assert ProcrastinateJob.objects.filter(task_name="notices.deliver").exists()

    assert deliver_waiting(timestamp=0) == 1
    assert deliver_waiting(timestamp=60) == 0
    assert len(sms.sent) == 1
