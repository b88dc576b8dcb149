"""Two operators press the key for the same call; the same event comes twice at once."""

from tests.voice.ringing import LAMP, Ringing
from tongban.hotline.models import Ticket
from tongban.records.models import Entry
from tongban.voice.actions import end_call, take_call, tell_orders
from tongban.voice.models import Call, Event, Order
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


def test_a_call_that_both_sides_end_at_once_ends_once(own_city, race):
    own_city.go("2026-09-07 10:30")
    by = own_city.actor("ning.line")
    seen = set()
    for n in range(8):
        caller = Ringing(own_city, name=f"end-{n}")
        caller.lift()
        caller.key("0")
        call = caller.call.pk
        take_call(call=call, by=by, now=own_city.now)

        def end(call=call):
            return end_call(call=call, by=by, now=own_city.now)

        def hang_up(caller=caller):
            return caller.tell("ended", seq=5).state

        first, second, told = race(end, end, hang_up)

        assert told == "applied"
        assert sorted([str(first), str(second)]) in (["cut", "gone"], ["gone", "gone"])
        assert caller.call.state == "ended"
        ended = Entry.objects.filter(stream="call", stream_id=call, verb="end_call").count()
        assert ended == [str(first), str(second)].count("cut")
        # Whoever was first: the telephone, which has told of the end, is asked for nothing more.
        assert tell_orders(now=own_city.now) == ()
        seen.add(ended)
    assert Order.objects.filter(done_at=None).count() == 0
    assert seen <= {0, 1}
