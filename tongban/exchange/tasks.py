"""Jobs and commands of the exchange: sending, asking, comparing every day."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from procrastinate.contrib.django import app

from tongban.exchange import actions, queries
from tongban.exchange.actions.sending import SEND_TASK
from tongban.exchange.gateways import system_codes
from tongban.kernel.actors import SYSTEM
from tongban.records.queries import city_now

REGIONAL = "regional"

if TYPE_CHECKING:
    from collections.abc import Sequence


@app.task(name=SEND_TASK)
def send(sending_ids: list[int]) -> int:
    """Try messages that were just queued; where it fails, `send_due` tries again."""
    wall = _wall()
    return sum(actions.send(sending_id=one, now=city_now(), wall=wall) for one in sending_ids)


@app.periodic(cron="* * * * * */15")
@app.task(name="exchange.send_due", queueing_lock="exchange-send-due")
def send_due(timestamp: int) -> int:
    """Try what failed, or whose worker died."""
    return actions.send_due(now=city_now(), wall=_wall())


@app.periodic(cron="* * * * * */10")
@app.task(name="exchange.collect", queueing_lock="exchange-collect")
def collect(timestamp: int) -> int:
    """Ask the systems that do not come to the door by themselves."""
    return sum(actions.collect(system=one, now=city_now()) for one in system_codes())


@app.periodic(cron="* * * * * */20")
@app.task(name="exchange.report", queueing_lock="exchange-report")
def report(timestamp: int) -> int:
    """Send what the region has not received yet."""
    return actions.send_reports(now=city_now(), wall=_wall())


@app.periodic(cron="23 1 * * *")
@app.task(name="exchange.reconcile", queueing_lock="exchange-reconcile")
def reconcile(timestamp: int) -> int:
    """Compare with every system, every night."""
    now = city_now()
    return len([actions.reconcile(system=one, now=now) for one in system_codes()])


def cli_status(arguments: Sequence[str]) -> int:
    """`tongban exchange status [--json] [--rejects]`: exit status 1 where somebody must look."""
    parser = argparse.ArgumentParser(prog="tongban exchange status")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each system")
    parser.add_argument("--rejects", action="store_true", help="with the reject lists")
    asked = parser.parse_args(arguments)
    found = queries.statuses()
    for one in found:
        sys.stdout.write(_line(_plain(one)) if asked.json else _status(one))
        if asked.rejects:
            for no in queries.rejects_of(one.code):
                sys.stdout.write(f"    {no.arrived_at:%Y-%m-%d %H:%M}  {no.code}  {no.number}  "
                                 f"{no.sentence}\n")  # fmt: skip
    return 1 if any(one.needs_somebody for one in found) else 0


def _plain(one: queries.SystemStatus) -> dict[str, Any]:
    return asdict(one) | {"last": one.last.found if one.last else None}


def _status(one: queries.SystemStatus) -> str:
    link = f"中断（{one.reason}）" if one.is_down else "正常"
    last = f"，最近对账 {one.last.day}" if one.last else ""
    return (
        f"{one.code}：链路{link}{last}\n"
        f"    发出 {_told(one.out)}；收到 {_told(one.inbound)}，重复 {one.copies}，"
        f"退回 {one.rejects}；补录 {_told(one.backfills)}\n"
    )


def _told(counts: dict[str, int]) -> str:
    return " ".join(f"{state} {count}" for state, count in counts.items()) or "0"


def cli_reconcile(arguments: Sequence[str]) -> int:
    """`tongban exchange reconcile [--json]`: compare now; exit status 1 where sides differ."""
    parser = argparse.ArgumentParser(prog="tongban exchange reconcile")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each system")
    asked = parser.parse_args(arguments)
    now = city_now()
    differs = False
    for code in system_codes():
        found = actions.reconcile(system=code, now=now).found
        lists = {name: rows for name, rows in found["lists"].items() if rows}
        differs = differs or bool(lists) or not found["reachable"]
        if asked.json:
            sys.stdout.write(_line({"system": code, **found}))
            continue
        sys.stdout.write(f"{code}：{_told(found['counts'])}\n")
        for name, rows in lists.items():
            sys.stdout.write(f"    {name}：{'、'.join(rows)}\n")
        if not found["reachable"]:
            sys.stdout.write("    对方系统联系不上，只列出本方的数据。\n")
    return 1 if differs else 0


def cli_down(arguments: Sequence[str]) -> int:
    """`tongban exchange down SYSTEM REASON`: clerks may enter results by hand from now on."""
    parser = argparse.ArgumentParser(prog="tongban exchange down")
    parser.add_argument("system", choices=system_codes())
    parser.add_argument("reason")
    asked = parser.parse_args(arguments)
    actions.mark_down(system=asked.system, reason=asked.reason, by=SYSTEM, now=city_now())
    return 0


def cli_up(arguments: Sequence[str]) -> int:
    """`tongban exchange up SYSTEM`: the link works again; waiting messages are sent at once."""
    asked = _one_system("up", arguments)
    actions.mark_up(system=asked, by=SYSTEM, now=city_now())
    actions.resend(system=asked, by=SYSTEM, now=city_now(), wall=_wall())
    return 0


def cli_resend(arguments: Sequence[str]) -> int:
    """`tongban exchange resend SYSTEM|regional`: try again what was given up, refused, unheard."""
    system = _one_system("resend", arguments, REGIONAL)
    now, wall = city_now(), _wall()
    if system == REGIONAL:
        count = actions.resend_reports(by=SYSTEM, now=now, wall=wall)
    else:
        count = actions.resend(system=system, by=SYSTEM, now=now, wall=wall)
    sys.stdout.write(f"{count} 份报文将重新发送。\n")
    return 0


def cli_report(arguments: Sequence[str]) -> int:
    """`tongban exchange report [--json]`: report now; exit status 1 where somebody must look."""
    parser = argparse.ArgumentParser(prog="tongban exchange report")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    asked = parser.parse_args(arguments)
    taken = actions.send_reports(now=city_now(), wall=_wall())
    found = queries.report_status()
    told = {"taken": taken, "counts": found.counts}
    sys.stdout.write(_line(told) if asked.json else f"本次上报 {taken}；{_told(found.counts)}\n")
    return 1 if found.rejects else 0


def cli_rejects(arguments: Sequence[str]) -> int:
    """`tongban exchange rejects [--json]`: what the regional platform refused, and why."""
    parser = argparse.ArgumentParser(prog="tongban exchange rejects")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each")
    asked = parser.parse_args(arguments)
    rejects = queries.report_status(limit=1000).rejects
    for one in rejects:
        said = f"{one.number}  {one.kind}  {one.code}  {one.sentence}\n"
        sys.stdout.write(_line(asdict(one)) if asked.json else said)
    return 1 if rejects else 0


def _one_system(verb: str, arguments: Sequence[str], *more: str) -> str:
    parser = argparse.ArgumentParser(prog=f"tongban exchange {verb}")
    parser.add_argument("system", choices=[*system_codes(), *more])
    return str(parser.parse_args(arguments).system)


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) + "\n"


def _wall() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- attempts go by the machine's clock; this is a task
