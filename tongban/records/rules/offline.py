"""The verification of an export as a command: what it reads and how it tells."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tongban.records.rules import lines
from tongban.records.rules.seals import Promise
from tongban.records.rules.verification import Verification, verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def main(arguments: Sequence[str], *, out: TextIO | None = None) -> int:
    """Verify and tell; the exit status is 0 when nothing was found, 1 otherwise, 2 for no file."""
    told = out or sys.stdout
    asked = _parser().parse_args(arguments)
    try:
        with open_export(asked.export) as export:
            result = verify(
                export,
                published=None if asked.published is None else read_folder(asked.published),
                promises=() if asked.promises is None else read_promises(asked.promises),
                trusted=frozenset(asked.key),
            )
    except (OSError, UnicodeDecodeError, lines.Unreadable) as error:
        told.write(f"{error}\n")
        return 2
    told.write(as_line(result) if asked.json else as_text(result))
    return 0 if result.holds else 1


def open_export(name: str) -> TextIO:
    """A file, or standard input for `-`."""
    return sys.stdin if name == "-" else Path(name).open(encoding="utf-8", newline="\n")


def read_folder(folder: Path) -> dict[str, bytes]:
    """The published seals in a folder, by the names under which they were published."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: 没有这个文件夹。")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("[!.]*.json"))
    }


def read_promises(path: Path) -> Iterator[Promise]:
    """Promises from receipts, one a line."""
    with path.open(encoding="utf-8") as file:
        yield from [lines.from_json(Promise, lines.parse(text)) for text in file if text.strip()]


def as_text(result: Verification) -> str:
    """The result for people."""
    return "\n".join((*_sentences(result), ""))


def as_line(result: Verification) -> str:
    """The result for programs: one line of JSON."""
    data = dataclasses.asdict(result)
    since = result.unsealed_since
    return lines.line(
        {
            "holds": result.holds,
            **data,
            "exported_at": lines.moment_text(result.exported_at),
            "unsealed_since": since and lines.moment_text(since),
        }
    )


def _sentences(result: Verification) -> Iterable[str]:
    yield (
        f"导出于 {lines.moment_text(result.exported_at)}。已核验 {result.entries} 条记录、"
        f"{result.streams} 条链、{result.seals} 个封印、"
        f"{result.reads} 条查阅记录、{result.promises} 份回执。"
    )
    for key in result.keys:
        yield f"封印公钥 {key}"
    for finding in result.findings:
        yield f"{finding.code}  {finding.where}  {finding.sentence}"
    if result.unsealed and result.unsealed_since:
        yield (
            f"尚未封印：自位置 {result.unsealed_from}、{result.unsealed_since.isoformat()} 起 "
            f"{result.unsealed} 条；这一段目前只有回执可以证明。"
        )
    else:
        yield "全部记录均已封印。"
    yield "核验通过。" if result.holds else f"核验不通过：{len(result.findings)} 处问题。"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tongban.records.rules", description="Verify an export of the journal."
    )
    parser.add_argument("export", help="the export, - for standard input")
    parser.add_argument(
        "--published", type=Path, metavar="FOLDER", help="seals published outside the database"
    )
    parser.add_argument("--promises", type=Path, metavar="FILE", help="promises from receipts")
    parser.add_argument(
        "--key", action="append", default=[], metavar="HEX", help="a public key that is trusted"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    return parser
