"""Two operators press the key for the same call; the same event comes twice at once."""

from tests.voice.ringing import LAMP, Ringing
from tongban.hotline.models import Ticket
from tongban.records.models import Entry
from tongban.voice.actions import take_call
from tongban.voice.models import Call, Event
from tongban.voice.rules.events import CallTaken


def test_of_two_operators_one_gets_the_call(own_city, race):
    own_city.go("2026-09-07 10:30")
    first, second = own_city.actor("ning.line"), own_city.actor("tan.line")
    operators = [first, second]
    if "window" not in second.roles:
        from dataclasses import replace

        operators[1] = replace(
            second, roles=second.roles | {"window"}, departments=first.departments
        )
    for n in range(5):
        caller = Ringing(own_city, name=f"race-{n}")
        caller.lift()
        caller.key("0")
        call = caller.call.pk

        def take(by, call=call):
            return lambda: take_call(call=call, by=by, now=own_city.now)

        results = race(*map(take, operators))

        assert sorted(map(type, results), key=str) == sorted([type(None), CallTaken], key=str)
        assert Entry.objects.filter(stream="call", stream_id=call, verb="take_call").count() == 1


def test_the_same_event_twice_at_once_is_one(own_city, race):
    own_city.go("2026-09-07 10:30")
    caller = Ringing(own_city)
    race(*[lambda: Ringing(own_city).tell("started", phone=caller.phone)] * 4)
    caller.seq = 1
    caller.tell("ringing")
    caller.tell("answered")
    caller.say(LAMP)
    race(*[lambda: Ringing(own_city).tell("key", "1", seq=5)] * 4)

    assert Call.objects.count() == 1
    assert Event.objects.count() == 5
    assert Ticket.objects.count() == 1
    assert Event.objects.get(seq=5).copies == 3
