"""A call ends: an operator hangs up, the telephone is told, and the caller may rate by keys."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.city.lives import child_of_reyhan
from tests.hotline.calls import called
from tests.voice.ringing import DANGER, LAMP, PHONE, Ringing
from tongban.hotline.actions import Request, answer_directly, receive_ticket
from tongban.hotline.models import Ticket
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.licences.models import Licence
from tongban.ratings.actions import Ended, invite, rate
from tongban.ratings.models import Invitation, Rectification, Review
from tongban.ratings.rules import Rating
from tongban.records.models import Entry
from tongban.voice.actions import (
    end_call,
    leave_call,
    ring_up,
    skip_gaps,
    take_call,
    tell_orders,
    tie_ticket,
)
from tongban.voice.models import Call, Event, Order
from tongban.voice.queries import answer_rate, call_page, waiting_calls
from tongban.voice.rules.events import NoNumber

ANSWER = "路灯由城市管理局维护，今天下午派人来修。"


@pytest.fixture
def caller(city):
    city.go("2026-09-07 10:30")
    return Ringing(city)


def taken(caller, language=""):
    """An operator has the call; answers the operator."""
    caller.lift(language)
    caller.say(LAMP)
    caller.say("转人工")
    by = caller.house.actor("ning.line")
    take_call(call=caller.call.pk, by=by, now=caller.house.now)
    return by


def answered(caller, language=""):
    """The operator has answered what was asked; the city has come to rest."""
    by, city = taken(caller, language), caller.house
    request = Request(
        text=LAMP, type="consult", phone=caller.phone, source=f"line/{caller.call.key}"
    )
    made = receive_ticket(request=request, by=by, now=city.now)
    tie_ticket(call=caller.call.pk, ticket_id=made.ticket_id, by=by, now=city.now)
    answer_directly(ticket_id=made.ticket_id, answer=ANSWER, by=by, now=city.now)
    city.rest()
    return by


def end(caller, by):
    return end_call(call=caller.call.pk, by=by, now=caller.house.now)


def orders(caller, **more):
    return tell_orders(now=caller.house.now, **more)


# Hanging up


def test_an_operator_hangs_up_and_the_telephone_is_told_until_it_confirms(caller):
    by = taken(caller)

    assert end(caller, by) == "cut"
    assert caller.call.state == "ended"
    told = orders(caller)
    assert [(one.call, one.do) for one in told] == [(caller.name, "hang_up")]
    assert orders(caller) == told
    assert orders(caller, done=[told[0].id]) == ()
    assert Entry.objects.filter(stream="call", verb="end_call").count() == 1


def test_who_has_hung_up_first_ended_it(caller):
    by = taken(caller)
    caller.tell("ended")

    assert end(caller, by) == "gone"
    assert not Order.objects.exists()
    assert not Entry.objects.filter(verb="end_call").exists()


def test_pressing_twice_ends_it_once(caller):
    by = taken(caller)

    assert [end(caller, by), end(caller, by)] == ["cut", "gone"]
    assert Order.objects.count() == 1


def test_nobody_ends_the_call_of_another(caller, city):
    by = taken(caller)
    leave_call(call=caller.call.pk, by=by, now=city.now)

    with pytest.raises(NotFound):
        end(caller, by)
    assert caller.call.state == "waiting"


def test_the_end_of_a_call_needs_no_order_any_more(caller):
    end(caller, taken(caller))
    caller.tell("ended")

    assert orders(caller) == ()
    assert Order.objects.get().done_at


def test_a_bridge_that_asks_for_no_orders_hears_of_it_with_its_next_event(caller):
    by = taken(caller)
    end(caller, by)

    told = caller.say("喂？")
    assert (told.do, told.order) == ("hang_up", Order.objects.get().pk)
    assert caller.tell("said", "喂？", seq=caller.seq).order == told.order
    assert caller.say("喂？").do == "nothing"


def test_an_order_for_a_call_of_which_nothing_is_told_any_more_is_given_up(caller, city):
    end(caller, taken(caller))

    assert tell_orders(now=city.now + timedelta(minutes=61)) == ()
    wall = Event.objects.latest("arrived_at").arrived_at
    Call.objects.update(state="menu")
    skip_gaps(now=city.now, wall=wall + timedelta(minutes=61))
    assert Order.objects.get().done_at


# Rating by keys


def test_whoever_was_answered_is_asked_and_presses_one_key(caller, city):
    by = answered(caller)

    assert end(caller, by) == "rating"
    (asked,) = orders(caller)
    assert (asked.do, asked.node) == ("listen", "rating")
    assert "非常满意按1" in asked.say
    told = caller.key("2")
    assert (told.do, "已经收到" in told.say) == ("hang_up", True)
    caller.tell("ended")
    city.rest()

    review = Review.objects.get()
    assert (review.level, review.channel, review.object) == (2, "phone", "ticket")
    assert (review.prompted, review.officer_id) == (False, by.id)
    assert Invitation.objects.get().rated_at


def test_what_was_pressed_is_hidden_from_who_may_be_rated(caller, city):
    by = answered(caller)
    end(caller, by)
    orders(caller)
    caller.key("5")

    kept = [line.text for line in call_page(by, caller.call.pk).lines]
    assert "[5]" not in kept
    assert "[••••]" in kept
    assert "5" not in Event.objects.latest("seq").value


@pytest.mark.parametrize("keys", [[], ["0"], ["*"], ["7"], ["6", "55"]])
def test_nothing_is_rated_for_somebody_who_did_not_rate(caller, city, keys):
    end(caller, answered(caller))
    orders(caller)
    for one in keys:
        last = caller.key(one)
    if keys == ["0"]:
        assert (last.do, caller.call.state) == ("connect", "waiting")
        assert caller.call.operator_id is None
    if keys == ["6", "55"]:
        assert last.do == "hang_up"
    caller.tell("ended")
    city.rest()

    assert not Review.objects.exists()
    assert Invitation.objects.get().rated_at is None


def test_what_is_pressed_before_the_question_was_told_is_no_answer(caller, city):
    end(caller, answered(caller))

    told = caller.key("5")
    assert "非常满意按1" in told.say
    assert not Review.objects.exists()
    assert "已经收到" in caller.key("1").say
    assert Review.objects.get().level == 1


def test_one_matter_is_rated_once_whichever_way(caller, city):
    by = answered(caller)
    end(caller, by)
    orders(caller)
    row = Invitation.objects.get()
    for level in (1, 1):
        rate(invitation=row, rating=Rating(level=level, channel="web"), now=city.now)

    told = caller.key("5")
    assert "没有记下" in told.say
    assert set(Review.objects.values_list("channel", flat=True)) == {"web"}


def test_what_is_rated_already_is_not_asked_about(caller, city):
    by = answered(caller)
    rate(invitation=Invitation.objects.get(), rating=Rating(level=1, channel="web"), now=city.now)

    assert end(caller, by) == "cut"


def test_what_was_only_recorded_is_not_asked_about(caller, city):
    by = taken(caller)
    made = called(city, LAMP)
    tie_ticket(call=caller.call.pk, ticket_id=made.ticket_id, by=by, now=city.now)

    assert end(caller, by) == "cut"


@pytest.mark.parametrize(("language", "words"), [("en", "Please rate"), ("ug", "باھالاڭ")])
def test_the_question_is_in_the_language_of_the_call(caller, language, words):
    end(caller, answered(caller, language))

    (asked,) = orders(caller)
    assert (asked.language, words in asked.say) == (language, True)


def test_another_language_can_be_chosen_at_the_question(caller):
    end(caller, answered(caller))
    orders(caller)

    assert "Please rate" in caller.key("9").say
    assert "received" in caller.key("3").say
    assert Review.objects.get().level == 3


def test_a_bad_rating_by_telephone_is_put_right_as_any_other(caller, city):
    end(caller, answered(caller))
    orders(caller)
    caller.key("5")
    city.rest()

    assert Rectification.objects.get().proceeding.state == "open"


def test_danger_comes_before_the_question(caller, city):
    end(caller, answered(caller))
    orders(caller)
    told = caller.say(DANGER)

    assert told.do == "connect"
    assert Ticket.objects.filter(urgency="critical").count() == 1
    assert [one.danger for one in waiting_calls()] == ["gas"]
    assert not Review.objects.exists()


# Rating by number and code


def keyed(number):
    """A number as a telephone can key it: without letters and the check character."""
    return "".join(one for one in number[:-1] if one.isdecimal())


def slip(city, prefix="YJS"):
    """The invitation of a visit, as it stands on a slip."""
    from tongban.catalogue.queries import package_in_force
    from tongban.kernel.numbers import public_number
    from tongban.kernel.worktime import city_date
    from tongban.people.models import Account

    day = city_date(city.now)
    return invite(
        ended=Ended(
            object="visit", number=public_number(prefix, "650100", day, 4711), cause_id=0,
            proceeding_id=0, version_id=package_in_force("P02", day).version_id,
            party_id=Account.objects.get(login="ali").party_id, region="650100",
            department="market-regulation", item="P02", window="market-regulation.window",
            prompted=True,
        ),
        now=city.now,
    )  # fmt: skip


@pytest.mark.parametrize("prefix", ["GD", "YJS"])
def test_number_and_code_of_a_slip_are_enough_to_rate_by_keys(caller, city, prefix):
    row = slip(city, prefix)
    caller.lift()
    assert "编号" in caller.key("4").say
    assert "六位评价码" in caller.key(f"{keyed(row.number)}#").say
    asked = caller.key(f"{row.code}#")
    assert "非常满意按1" in asked.say
    caller.key("4")
    city.rest()

    review = Review.objects.get()
    assert (review.level, review.channel, review.object) == (4, "phone", "visit")
    assert row.code not in str(list(Event.objects.values_list("value", "answer")))


def test_a_wrong_code_says_so_and_leads_to_a_person_at_last(caller, city):
    row = slip(city)
    caller.lift()
    caller.key("4")
    caller.key(f"{keyed(row.number)}#")
    wrong = "000000" if row.code != "000000" else "111111"

    assert "没有找到" in caller.key(f"{wrong}#").say
    caller.key(f"{keyed(row.number)}#")
    caller.key("12#")
    assert caller.key("12#").do == "connect"
    assert not Review.objects.exists()


def test_codes_are_not_tried_without_end(caller, city):
    row = slip(city)
    wrong = "000000" if row.code != "000000" else "111111"
    for n in range(10):
        one = Ringing(city, name=f"pbx-try-{n}")
        one.lift()
        one.key("4")
        one.key(f"{keyed(row.number)}#")
        one.key(f"{wrong}#")
    caller.lift()
    caller.key("4")
    caller.key(f"{keyed(row.number)}#")

    assert "没有找到" in caller.key(f"{row.code}#").say


# How calls were answered (接通率)


def test_the_rate_of_a_time_without_calls_is_no_number(caller, city):
    rate_of = answer_rate(city.now, city.now + timedelta(hours=1))

    assert (rate_of.offered, rate_of.share, rate_of.prompt_share, rate_of.seconds) == (
        0, None, None, None,
    )  # fmt: skip


def test_calls_are_counted_by_what_became_of_them(city, django_assert_num_queries):
    city.go("2026-09-07 10:30")
    start = city.now
    by = city.actor("ning.line")
    calls = [Ringing(city, name=f"pbx-{n}", phone=f"1380000333{n}") for n in range(5)]
    for one in calls[:4]:
        one.lift()
        one.key("0")
    calls[4].lift()
    city.go(start + timedelta(seconds=15))
    take_call(call=calls[0].call.pk, by=by, now=city.now)
    city.go(start + timedelta(seconds=45))
    take_call(call=calls[1].call.pk, by=by, now=city.now)
    calls[2].tell("ended")
    # Put back and taken anew: it counts once, by the first time.
    leave_call(call=calls[0].call.pk, by=by, now=city.now)
    city.go(start + timedelta(minutes=9))
    take_call(call=calls[0].call.pk, by=by, now=city.now)

    until = city.now
    with django_assert_num_queries(1):
        found = answer_rate(start, until)
    assert (found.offered, found.answered, found.prompt) == (4, 2, 1)
    assert (found.given_up, found.waiting) == (1, 1)
    assert (found.share, found.prompt_share, found.seconds) == (0.5, 0.25, 30.0)
    assert answer_rate(city.now, city.now + timedelta(days=1)).offered == 0


def test_the_number_of_the_caller_is_his_device_and_a_hidden_one_is_none(city):
    city.go("2026-09-07 10:30")
    for n, phone in enumerate((PHONE, "")):
        caller = Ringing(city, name=f"pbx-h{n}", phone=phone)
        end(caller, answered(caller))
        orders(caller)
        caller.key("1")

    first, second = Review.objects.order_by("pk")
    assert first.device is not None
    assert second.device is None


# The city calls (回访)


def test_the_city_rings_up_whoever_asked_and_the_machine_asks_at_the_end(caller, city):
    by = answered(caller)
    end(caller, by)
    caller.tell("ended")
    number = caller.call.ticket.proceeding.number

    call = ring_up(number=number, by=by, now=city.now)
    assert ring_up(number=number, by=by, now=city.now) == call
    (order,) = orders(caller)
    assert (order.do, order.phone, order.call[:5]) == ("ring", PHONE, "city-")
    assert skip_gaps(now=city.now, wall=Event.objects.latest("pk").arrived_at) == 0
    house = Ringing(city, name=order.call)
    house.lift()
    orders(caller, done=[order.id])
    assert house.call.state == "taken"
    assert end(house, by) == "rating"
    (asked,) = orders(house)
    assert asked.do == "listen"
    house.key("1")
    house.tell("ended")

    assert Review.objects.get().channel == "phone"
    assert answer_rate(city.now - timedelta(hours=1), city.now + timedelta(hours=1)).offered == 1
    assert Entry.objects.filter(stream="call", verb="ring_up").count() == 1


def test_nobody_is_rung_who_left_no_number(city):
    city.go("2026-09-07 10:30")
    call = called(city, LAMP, phone="")

    with pytest.raises(NoNumber):
        ring_up(number=call.number, by=city.actor("ning.line"), now=city.now)


@pytest.mark.parametrize("login", ["zhang.urban", "wang.window", "ali"])
def test_only_operators_ring(city, login):
    city.go("2026-09-07 10:30")
    call = called(city, LAMP)

    with pytest.raises(NotAllowed):
        ring_up(number=call.number, by=city.actor(login), now=city.now)


def test_a_checker_who_answers_no_telephone_calls_back_and_takes_no_other_calls(city):
    city.go("2026-09-07 10:30")
    call = called(city).dispatched().signed().replied().passed()
    by = city.actor("erkin.line")
    queues = frozenset({"hotline-centre.checker"})
    checker = replace(
        by, roles=frozenset({"checker"}), queues=queues,
        posts=frozenset(one for one in by.posts if one[0] in queues),
    )  # fmt: skip

    row = ring_up(number=call.number, by=checker, now=city.now)
    with pytest.raises(NotAllowed):
        take_call(call=row, by=checker, now=city.now)
    assert end_call(call=row, by=checker, now=city.now) == "cut"


def test_a_child_that_is_hidden_is_not_rung_at_its_guardians(city):
    child_of_reyhan(city)
    child = Licence.objects.get(type_code="birth-certificate").holder_id
    by = city.actor("ning.line")
    for hides, rung in ((False, True), (True, False)):
        made = receive_ticket(
            request=Request(
                text=LAMP, channel="web", type="help", domain="city-works-lamp",
                region="650102003", party_id=child, hides_caller=hides,
            ),
            by=SYSTEM, now=city.now,
        )  # fmt: skip
        if rung:
            assert ring_up(number=made.number, by=by, now=city.now)
        else:
            with pytest.raises(NoNumber):
                ring_up(number=made.number, by=by, now=city.now)
