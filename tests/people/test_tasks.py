"""Housekeeping."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.people.scenes import WALL
from tongban.people import sql
from tongban.people.models import Throttle
from tongban.people.rules import LOGIN_LIMIT
from tongban.people.tasks import forget_old_attempts

pytestmark = pytest.mark.django_db


def count(key, at):
    limit = LOGIN_LIMIT
    sql.count(key, most=limit.failures, window=limit.window, closed=limit.closed, now=at)


def test_counts_of_yesterday_are_forgotten():
    count(b"old", WALL - timedelta(days=2))
    count(b"new", WALL)

    assert forget_old_attempts(timestamp=int(WALL.timestamp())) == 1
    assert [bytes(row.key) for row in Throttle.objects.all()] == [b"new"]


def test_a_taken_back_attempt_never_counts_below_nothing():
    count(b"key", datetime(2026, 1, 1, tzinfo=UTC))
    for _ in range(3):
        sql.forgive(b"key")

    assert Throttle.objects.get().failures == 0
