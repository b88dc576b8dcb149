"""How calls were answered (接通率) stands beside the hotline's other figures."""

from tests.doors.desk.clerk import Clerk
from tests.voice.ringing import Ringing
from tongban.voice.actions import take_call

FIGURES = "/desk/tickets/figures/"


def test_a_time_without_calls_has_no_rate(city):
    city.go("2026-09-07 10:30")
    page = Clerk("su.line").open(FIGURES)

    assert "这一段时间没有转人工的来电，不计算接通率。" in page.words
    assert "0.0%　话务员接听" not in page.words


def test_the_rate_shows_its_meaning_and_its_numbers(city):
    city.go("2026-09-07 10:30")
    for n in range(3):
        one = Ringing(city, name=f"pbx-{n}", phone=f"1380000333{n}")
        one.lift()
        one.key("0")
        if n == 0:
            take_call(call=one.call.pk, by=city.actor("ning.line"), now=city.now)
        elif n == 1:
            one.tell("ended")

    words = Clerk("su.line").open(FIGURES).words
    assert "接通率 33.3% 话务员接听的来电 ÷ 转人工的来电：1 ÷ 3" in words.replace("　", " ")
    assert "15 秒接通率 33.3%" in words.replace("　", " ")
    assert "没有等到接听就挂机 1" in words
    assert "还在等候 1" in words
    before = Clerk("su.line").open(FIGURES, since="2026-09-01", until="2026-09-06").words
    assert "没有转人工的来电" in before
