"""What operators do with the engine: audit the clocks, fire what is due, draw a day again."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tongban.engine import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

# A replay must work without a database: what needs Django is imported by the function itself.


def cli_audit(arguments: Sequence[str]) -> int:
    """`tongban clocks audit`: recompute every clock from the journal; 1 when one differs."""
    from tongban.engine.queries import audit_clocks

    argparse.ArgumentParser(prog="tongban clocks audit").parse_args(arguments)
    found = 0
    for one in audit_clocks():
        found += 1
        sys.stdout.write(
            f"{one.number} {one.clock} {one.what}: 存储为 {one.stored}，日志算出 {one.computed}\n"
        )
    sys.stdout.write(f"时限核对完毕，不一致 {found} 处。\n")
    return 1 if found else 0


def cli_sweep(arguments: Sequence[str]) -> int:
    """`tongban clocks sweep`: fire every deadline that is due by the city's clock."""
    from tongban.engine.actions import sweep
    from tongban.records.queries import city_now

    argparse.ArgumentParser(prog="tongban clocks sweep").parse_args(arguments)
    fired = 0
    while done := sweep(city_now()):
        fired += done
    sys.stdout.write(f"已触发 {fired} 个到期时限。\n")
    return 0


def cli_replay(arguments: Sequence[str]) -> int:
    """`tongban assignment replay FILE`: draw a published day again; 1 when a draw differs.

    FILE is the day's public log (`-` reads standard input). Needs neither database nor secret
    beyond the one that the log itself reveals after the day.
    """
    parser = argparse.ArgumentParser(prog="tongban assignment replay")
    parser.add_argument("file", help="the published log of a day, - for standard input")
    name = parser.parse_args(arguments).file
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    lines, holds = _replayed(json.loads(text))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0 if holds else 1


def _replayed(log: dict[str, Any]) -> tuple[list[str], bool]:
    """What a replay says, line by line, and whether the log holds."""
    if not log["secret"]:
        return [f"{log['day']}：当日密钥尚未公开，次日可以复核。"], False
    secret = bytes.fromhex(log["secret"])
    if rules.commitment_of(secret) != log["commitment"]:
        return [f"{log['day']}：公开的密钥与当日承诺值不符。"], False
    drawn = rules.replay(secret, log["draws"])
    wrong = [one for one in drawn if not one.agrees]
    lines = [
        f"{one.number} {one.step}：记录为 {one.logged} 号，复算为 {one.drawn} 号" for one in wrong
    ]
    lines.append(f"{log['day']}：复核 {len(drawn)} 次分办，不一致 {len(wrong)} 次。")
    return lines, not wrong
