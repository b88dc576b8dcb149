"""Payments in the background, and the daily comparison with the bank."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from tongban.payments import actions
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Sequence


@app.periodic(cron="* * * * *")
@app.task(name="payments.settle", queueing_lock="payments.settle")
def settle(timestamp: int) -> int:
    """Ask the bank about payments that it said nothing about, and do the refunds that wait."""
    now = city_now()
    return actions.settle_open_payments(now=now) + actions.finish_refunds(now=now)


def cli_reconcile(arguments: Sequence[str]) -> int:
    """`tongban payments reconcile DAY`: the bank's statement against the orders; 1 if they differ.

    One line for each difference, amounts in fen.
    """
    from tongban.payments.queries import reconcile

    parser = argparse.ArgumentParser(prog="tongban payments reconcile")
    parser.add_argument("day", type=date.fromisoformat, help="a day of the city, as 2026-10-12")
    found = reconcile(parser.parse_args(arguments).day)
    for one in found:
        sys.stdout.write(f"{one.sentence}\n")
    sys.stdout.write(f"对账完毕，不一致 {len(found)} 处。\n")
    return 1 if found else 0
