"""What the worker and the command line do with the journal."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from procrastinate import BaseRetryStrategy, RetryDecision

from tongban.kernel.actors import SYSTEM
from tongban.records import actions, gateways, queries
from tongban.records.rules import offline
from tongban.records.rules.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from procrastinate.jobs import Job

    from tongban.kernel.retries import Retries

SEAL_EVERY = timedelta(minutes=10)


class Later(BaseRetryStrategy):
    """A job that failed for one of these reasons runs again, by the one rule of pauses."""

    def __init__(self, retries: Retries, *reasons: type[Exception]) -> None:
        self.retries, self.reasons = retries, reasons

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to run again; None where it is given up, or failed for another reason."""
        attempts = job.attempts + 1
        if not isinstance(exception, self.reasons) or self.retries.is_over(attempts):
            return None
        pause = self.retries.pause(attempts)
        return RetryDecision(retry_in={"seconds": int(pause.total_seconds())})


def seal_due(now: datetime | None = None) -> int:
    """Seal when ten minutes have passed since the last seal; how many seals and days were made.

    `now` is the machine's time. The worker may call it as often as it likes.
    """
    moment = now or _machine_now()
    last = queries.last_seal()
    if last is not None and moment < last.sealed_at + SEAL_EVERY:
        return 0
    return actions.seal(now=moment) + actions.seal_reads(now=moment)


def cli_verify(arguments: Sequence[str]) -> int:
    """`tongban journal verify [EXPORT] …`: this database, or an export as on any other machine.

    Exit status 0 when nothing was found, 1 otherwise.
    """
    if any(not word.startswith("-") for word in arguments):
        return offline.main(arguments)
    parser = argparse.ArgumentParser(prog="tongban journal verify")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    asked = parser.parse_args(arguments)
    publisher = gateways.publisher()
    # Read before the export: every seal outside must then be in the database.
    published = {name: publisher.read(name) for name in publisher.names()}
    lines = queries.export_lines(now=_machine_now(), with_reads=True)
    result = verify(lines, published=published)
    sys.stdout.write(offline.as_line(result) if asked.json else offline.as_text(result))
    return 0 if result.holds else 1


def cli_seal(arguments: Sequence[str]) -> int:
    """`tongban journal seal`: seal at once, whatever the time since the last seal."""
    argparse.ArgumentParser(prog="tongban journal seal").parse_args(arguments)
    now = _machine_now()
    actions.sequence()
    seals = actions.seal(now=now)
    days = actions.seal_reads(now=now)
    sys.stdout.write(f"新增封印 {seals} 个，查阅记录日封印 {days} 个。\n")
    return 0


def cli_export(arguments: Sequence[str]) -> int:
    """`tongban journal export [FILE]`: JSON lines for verification elsewhere."""
    parser = argparse.ArgumentParser(prog="tongban journal export")
    parser.add_argument("file", nargs="?", default="-", help="where to, - for standard output")
    parser.add_argument(
        "--reads", action="store_true", help="with the access log, which tells who looked at whom"
    )
    asked = parser.parse_args(arguments)
    if asked.file == "-":
        _export(sys.stdout, with_reads=asked.reads)
        return 0
    with Path(asked.file).open("w", encoding="utf-8", newline="\n") as file:
        _export(file, with_reads=asked.reads)
    return 0


def cli_rotate(arguments: Sequence[str]) -> int:
    """`tongban journal rotate`: wrap all keys of personal data with the first master key."""
    argparse.ArgumentParser(prog="tongban journal rotate").parse_args(arguments)
    count = actions.rotate_master_key(by=SYSTEM, now=queries.city_now())
    sys.stdout.write(f"已用新主密钥重新封装 {count} 把密钥。\n")
    return 0


def cli_reactions(arguments: Sequence[str]) -> int:
    """`tongban reactions [--json] [--resume NAME|all]`: how far each subscriber is.

    Exit status 1 where one stands still after a failure.
    """
    parser = argparse.ArgumentParser(
        prog="tongban reactions",
        description="How far each reaction is behind the journal, and why it stands still.",
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON for each")
    parser.add_argument(
        "--resume",
        metavar="NAME",
        help="try again at once what stands still, all for every one of them; "
        "the worker does it within a second",
    )
    asked = parser.parse_args(arguments)
    if asked.resume:
        return _resume(asked.resume)
    found = queries.subscriptions()
    for one in found:
        sys.stdout.write(_as_json(one) if asked.json else _as_text(one))
    return 1 if any(one.error for one in found) else 0


def _resume(name: str) -> int:
    known = {one.name: one for one in queries.subscriptions()}
    if name not in ("all", *known):
        sys.stderr.write(f"没有名为 {name} 的订阅；现有：{'、'.join(known)}\n")
        return 2
    count = actions.retry_subscriptions(known if name == "all" else [name])
    sys.stdout.write(f"{count} 个停下的订阅将立即重试。\n")
    return 0


def _as_json(one: queries.Subscription) -> str:
    return json.dumps(asdict(one), ensure_ascii=False, default=str) + "\n"


def _as_text(one: queries.Subscription) -> str:
    if not one.error:
        state = f"落后 {one.behind} 条" if one.behind else "已跟上"
        return f"{one.name:<40} 位置 {one.position:>8}  {state}\n"
    failed = one.failed_at.isoformat(timespec="seconds") if one.failed_at else ""
    again = one.retry_at.isoformat(timespec="seconds") if one.retry_at else "立即"
    return (
        f"{one.name:<40} 位置 {one.position:>8}  停在第 {one.position + 1} 条，"
        f"落后 {one.behind} 条\n"
        f"    {one.error}\n"
        f"    已失败 {one.attempts} 次，最近一次 {failed}，下次重试 {again}\n"
    )


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "verify": cli_verify,
    "seal": cli_seal,
    "export": cli_export,
    "rotate": cli_rotate,
}


def main(arguments: Sequence[str]) -> int:
    """`tongban journal COMMAND …`; answers the exit status."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        sys.stderr.write(f"tongban journal {'|'.join(COMMANDS)}\n")
        return 2
    return command(arguments[1:])


def _export(out: TextIO, *, with_reads: bool) -> None:
    for line in queries.export_lines(now=_machine_now(), with_reads=with_reads):
        out.write(line)


def _machine_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- seals go by the machine's clock; this is a task
