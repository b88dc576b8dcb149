"""The thin thread: a case goes to its department's system once, and comes back decided."""

from datetime import timedelta

from tests.city.house import moment
from tests.exchange.conftest import REGISTRATION, TOBACCO
from tests.exchange.saying import ANY_TIME, ITEM, outbound, say, story
from tongban.cases.models import CaseFile
from tongban.engine.models import Clock
from tongban.engine.queries import audit_clocks
from tongban.exchange import actions
from tongban.exchange.models import Arrival, Sending
from tongban.licences.models import Licence
from tongban.records.models import Entry
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify


def test_an_accepted_case_is_sent_once_with_the_slice_of_its_item(handed):
    case = handed.case(ITEM)
    row = Sending.objects.get()

    assert (row.number, row.state, row.attempts) == (case.number, "acknowledged", 1)
    (taken,) = outbound()
    file = CaseFile.objects.get(proceeding=case)
    assert taken["payload"]["answers"] == file.answers
    assert "site.kitchen_area" not in taken["payload"]["answers"]
    assert taken["payload"]["item"]["steps"] == ["review"]

    actions.hand_over(case=case, cause_id=row.cause_id + 1, now=handed.house.now)
    handed.house.rest()
    assert Sending.objects.count() == len(outbound()) == 1


def test_the_headers_name_client_service_request_and_its_hash(handed):
    row = Sending.objects.select_related("proceeding").get()
    envelope = actions.sending._envelope(row.system, row.proceeding, row.body, handed.house.now)

    assert envelope.request_hash == row.request_hash
    assert envelope.headers == {
        "X-Road-Client": "CN/GOV/650100/tongban",
        "X-Road-Service": f"CN/GOV/650100/{TOBACCO}/cases/v1",
        "X-Road-Id": str(row.message_id),
        "X-Road-Request-Id": str(row.message_id),
        "X-Road-Request-Hash": row.request_hash,
    }


def test_the_other_items_stay_at_the_desk(handed):
    assert set(Sending.objects.values_list("system", flat=True)) == {TOBACCO}
    assert "system" not in handed.case("food-licence").facts


def test_event_time_drives_the_clocks_and_arrival_time_is_kept(handed):
    case, house = handed.case(ITEM), handed.house
    told = story(case, moment("2026-09-09 11:00"))
    arrived = house.go("2026-09-11 18:00")
    for one in told:
        assert say(one, arrived).state == "applied"
    house.rest()

    assert handed.states()[ITEM] == "granted"
    decided = moment("2026-09-09 13:00")
    assert set(Clock.objects.filter(proceeding=case).values_list("name", "stopped_at")) == {
        ("legal", decided), ("promise", decided), ("licence", moment("2026-09-09 14:00")),
    }  # fmt: skip
    entry = Entry.objects.get(stream_id=case.pk, verb="grant")
    assert (entry.at, entry.actor_kind) == (decided, "system")
    assert entry.actor_id < 0
    assert moment(entry.body["heard_at"]) == arrived
    assert set(Arrival.objects.values_list("arrived_at", flat=True)) == {arrived}
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=house.now)).holds


def test_its_licence_is_mirrored_and_never_issued_again(handed):
    case, house = handed.case(ITEM), handed.house
    told = story(case, moment("2026-09-09 11:00"))
    now = house.go("2026-09-09 18:00")
    for one in told:
        say(one, now)
    house.rest()

    licence = Licence.objects.get(type_code="tobacco-licence")
    assert (licence.origin, licence.source, licence.number) == (
        "mirrored", TOBACCO, "650100100001",
    )  # fmt: skip
    assert handed.case(ITEM).facts["licence"]
    face = {one["field"]: one["text"] for one in licence.versions.get().face}
    assert face["number"] == "650100100001"


def test_a_denial_comes_with_its_reasons(handed):
    case, house = handed.case(ITEM), handed.house
    now = house.go("2026-09-09 18:00")
    for one in story(case, moment("2026-09-09 11:00"), deny=True):
        say(one, now)
    house.rest()

    assert handed.states()[ITEM] == "denied"
    assert Entry.objects.get(stream_id=case.pk, verb="deny").at == moment("2026-09-09 13:00")


def test_an_enterprise_is_registered_elsewhere_and_the_others_follow(linked):
    from tests.city.lives import applied

    linked.go("2026-09-21 10:30")
    life = applied(linked, "new-company")
    row = Sending.objects.get()
    assert (row.system, row.state) == (REGISTRATION, "acknowledged")
    # Its law counts from receipt: it is handed over before the window has accepted.
    assert life.states()["enterprise-registration"] == "received"

    heard_early = linked.go("2026-09-22 09:00")
    actions.collect(system=REGISTRATION, now=heard_early)
    linked.rest()
    assert life.states()["enterprise-registration"] == "received"
    assert Arrival.objects.filter(state="waiting").exists()

    linked.go("2026-09-22 11:00")
    life.accept()
    assert life.states()["enterprise-registration"] == "granted"
    assert life.states()["seal-filing"] == "accepted"
    business = Licence.objects.get(type_code="business-licence", source=REGISTRATION)
    assert business.holder.code == business.number
    started = Clock.objects.get(proceeding=life.case("seal-filing"), name="promise").started_at
    assert started == moment("2026-09-22 11:00")
    assert list(audit_clocks()) == []


def test_a_supply_and_a_withdrawal_are_told_too(handed):
    from tongban.cases.actions import withdraw_case

    house = handed.house
    house.go("2026-09-09 10:00")
    withdraw_case(case_id=handed.case(ITEM).pk, by=handed.applicant, now=house.now)
    house.rest()

    assert sorted(one["kind"] for one in outbound()) == ["application", "withdrawal"]


def test_the_simulator_works_through_the_same_days_each_time(handed):
    house = handed.house
    start = house.now
    for hours in range(1, 12):
        house._set(start + timedelta(hours=hours))
        actions.collect(system=TOBACCO, now=house.now)
        house.rest()
    actions.send_due(now=house.now, wall=ANY_TIME)

    assert handed.states()[ITEM] == "granted"
    assert set(Arrival.objects.values_list("state", flat=True)) == {"applied"}
