"""Amounts are never rounded, and two days that agree have no difference, whatever the order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.payments.gateways import StatementLine
from tongban.payments.rules import Ours, differences, fen, yuan_words

MOVES = st.dictionaries(
    st.tuples(st.sampled_from(("pay", "refund")), st.text("abc", min_size=1, max_size=4)),
    st.integers(1, 10**9),
    max_size=12,
)


def bank(moves):
    return [StatementLine(kind, ref, "JF1", fen_, "s") for (kind, ref), fen_ in moves.items()]


def house(moves):
    return [Ours(kind, ref, "JF1", fen_) for (kind, ref), fen_ in moves.items()]


@given(MOVES, st.randoms())
def test_two_equal_days_have_no_difference(moves, random):
    there, here = bank(moves), house(moves)
    random.shuffle(there)
    random.shuffle(here)

    assert differences(there, here) == ()


@given(MOVES, MOVES)
def test_every_line_that_differs_is_found_once_and_no_other(one, other):
    found = differences(bank(one), house(other))

    wrong = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    assert [(d.kind, d.reference) for d in found] == sorted(wrong)
    for d in found:
        assert d.at_bank == one.get((d.kind, d.reference))
        assert d.with_us == other.get((d.kind, d.reference))
        assert d.sentence


@given(st.integers(1, 10**12))
def test_fen_and_yuan_are_one_amount(amount):
    assert fen(Decimal(yuan_words(amount))) == amount


def test_a_part_of_a_fen_is_a_fault_of_the_content():
    with pytest.raises(ValueError, match="whole number of fen"):
        fen(Decimal("0.005"))
