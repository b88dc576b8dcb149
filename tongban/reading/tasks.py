"""Commands of the reading room: learn from a file, label the lines of another."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tongban.kernel.refusals import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tongban.reading.rules.judging import Judgement, Labelled
    from tongban.reading.rules.lessons import Lesson
    from tongban.reading.rules.rows import Row
    from tongban.reading.rules.tables import Table

MODEL = Path("lesson.tongban")
AUTO = "auto"
_SHOWN_CLASSES = 40


def cli_train(arguments: Sequence[str]) -> int:
    """`tongban hotline train FILE --text COL[,COL] --label COL`: judge by folds, then learn."""
    parser = argparse.ArgumentParser(
        prog="tongban hotline train",
        description="Learn to label texts from a CSV, TSV, JSONL or JSON file; print accuracy and"
        " macro-F1 by cross-validation; write the model.",
    )
    parser.add_argument("file", type=Path, help="labelled examples; - reads standard input")
    parser.add_argument(
        "--text",
        required=True,
        metavar="COL[,COL]",
        help="columns to read: names or numbers from 1; `auto` takes every column but the label",
    )
    parser.add_argument("--label", required=True, metavar="COL", help="the column with the label")
    parser.add_argument(
        "--also",
        default="",
        metavar="COL[,COL]",
        help="further columns: places, categories, times, numbers; `auto` takes all others",
    )
    parser.add_argument("--out", type=Path, default=MODEL, help=f"the model (default {MODEL})")
    parser.add_argument("--folds", type=int, default=5, help="0 learns without judging")
    parser.add_argument("--seed", type=int, default=0, help="of the folds; the same, the same")
    parser.add_argument("--no-header", action="store_true", help="columns are called 1, 2, 3 …")
    parser.add_argument("--json", action="store_true", help="the judgement as one line of JSON")
    asked = parser.parse_args(arguments)
    if asked.folds < 0 or asked.folds == 1:
        parser.error("--folds needs 2 or more, or 0")
    examples = _examples(asked)
    if asked.folds:
        from tongban.reading.rules.judging import cross_validate

        found = cross_validate(examples, asked.folds, asked.seed, _tell)
        sys.stdout.write(_as_json(found) if asked.json else "".join(_told(found)))
        sys.stdout.flush()
    _keep(examples, asked.seed, asked.out)
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _examples(asked: argparse.Namespace) -> Labelled:
    from tongban.reading.rules.judging import Labelled
    from tongban.reading.rules.tables import read_table

    table = read_table(_bytes(asked.file), header=not asked.no_header)
    (label,) = _one(table, asked.label)
    texts, also = _used(table, asked, label)
    rows = [row for row in table.rows if row.get(label, "").strip()]
    kept = [row for row in rows if any(row.get(name, "").strip() for name in (*texts, *also))]
    labels = [row[label].strip() for row in kept]
    if len(set(labels)) < 2:
        sentence = f"Column “{label}” has {len(set(labels))} different labels; 2 are needed."
        raise BadInput(sentence, problems=(Problem("label", "label", sentence),))
    _tell(
        f"{len(kept)} examples, {len(set(labels))} labels; text: {', '.join(texts)}; also:"
        f" {', '.join(also) or '-'}"
    )
    if len(kept) < len(table.rows):
        _tell(
            f"left out: {len(table.rows) - len(rows)} without a label,"
            f" {len(rows) - len(kept)} without anything to read"
        )
    unused = [name for name in table.columns if name not in {label, *texts, *also}]
    if unused:
        _tell(f"columns not used: {', '.join(unused)} (--also takes them)")
    return Labelled(kept, labels, texts, also)


def _one(table: Table, words: str) -> tuple[str]:
    found = table.named(words)
    if len(found) != 1:
        sentence = f"One label column is needed, {len(found)} were named."
        raise BadInput(sentence, problems=(Problem("label", "label", sentence),))
    return (found[0],)


def _used(
    table: Table, asked: argparse.Namespace, label: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that are read as text, and those that are used as they look."""
    if asked.text == AUTO:
        return _found_texts(table, label)
    texts = tuple(name for name in table.named(asked.text) if name != label)
    if not texts:
        sentence = "At least one text column is needed, and the label is none."
        raise BadInput(sentence, problems=(Problem("text", "text", sentence),))
    others = table.columns if asked.also == AUTO else table.named(asked.also)
    return texts, tuple(name for name in others if name not in {label, *texts})


def _found_texts(table: Table, label: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    from tongban.reading.rules.rows import Kind, learn_column

    names = [name for name in table.columns if name != label]
    kinds = {
        name: learn_column(name, [row.get(name, "") for row in table.rows]).kind for name in names
    }
    texts = tuple(name for name in names if kinds[name] is Kind.TEXT)
    if not texts:
        usable = [name for name in names if kinds[name] is not Kind.IGNORED]
        texts = tuple(usable[:1] or names[:1])
    return texts, tuple(name for name in names if name not in texts)


def _keep(examples: Labelled, seed: int, out: Path) -> None:
    from tongban.reading.rules.lessons import learn
    from tongban.reading.rules.rows import learn_columns
    from tongban.reading.rules.store import to_bytes

    columns = learn_columns(examples.rows, examples.texts, examples.also)
    content = to_bytes(learn(examples.rows, examples.labels, columns, seed))
    draft = out.with_name(out.name + ".new")
    draft.write_bytes(content)
    draft.replace(out)
    _tell(f"model: {out} ({len(content) / 1_000_000:.1f} MB)")


def _as_json(found: Judgement) -> str:
    from dataclasses import asdict

    return json.dumps(asdict(found), ensure_ascii=False) + "\n"


def _told(found: Judgement) -> Iterator[str]:
    yield (
        f"accuracy  {found.accuracy:.4f}   (± {found.spread:.4f} between {found.folds} folds,"
        f" {found.count} examples)\n"
    )
    yield f"macro-F1  {found.macro_f1:.4f}\n"
    if found.repeated:
        yield (
            f"accuracy  {found.accuracy_new:.4f}   on texts that no other fold has"
            f" ({found.repeated} are repeated word for word)\n"
        )
    yield f"calibration error  {found.ece:.4f}\ntime  {found.seconds:.0f} s\n\n"
    yield "  examples  precision  recall     F1  label\n"
    for one in found.classes[:_SHOWN_CLASSES]:
        yield f"{one.count:10d}{one.precision:11.3f}{one.recall:8.3f}{one.f1:7.3f}  {one.label}\n"
    if len(found.classes) > _SHOWN_CLASSES:
        yield f"  … and {len(found.classes) - _SHOWN_CLASSES} rarer labels (--json has them all)\n"
    if found.confusions:
        yield "\n     times  true label → read as\n"
        yield from (f"{times:10d}  {true} → {said}\n" for true, said, times in found.confusions)


def cli_predict(arguments: Sequence[str]) -> int:
    """`tongban hotline predict [FILE]`: one label a line, in the order of the lines."""
    parser = argparse.ArgumentParser(
        prog="tongban hotline predict",
        description="Label the lines of a file, or of standard input: plain lines, JSONL or CSV.",
    )
    parser.add_argument("file", type=Path, nargs="?", default=Path("-"))
    parser.add_argument("--model", type=Path, default=MODEL, help=f"default {MODEL}")
    parser.add_argument(
        "--text",
        default="",
        metavar="COL[,COL]",
        help="the columns to read, in the order in which they were learnt",
    )
    parser.add_argument("--no-header", action="store_true", help="columns are called 1, 2, 3 …")
    parser.add_argument(
        "--json",
        action="store_true",
        help="label, confidence, second best and reasons as a line of JSON each",
    )
    asked = parser.parse_args(arguments)
    from tongban.reading.rules.store import from_bytes

    lesson = from_bytes(asked.model.read_bytes())
    rows = _asked_rows(lesson, asked)
    if asked.json:
        for row in rows:
            sys.stdout.write(_reading(lesson, row))
    else:
        sys.stdout.writelines(f"{_flat(label)}\n" for label, _ in lesson.label_all(rows))
    return 0


def _asked_rows(lesson: Lesson, asked: argparse.Namespace) -> list[Row]:
    from tongban.reading.rules.rows import Kind
    from tongban.reading.rules.tables import LINE, read_table

    learnt = [one.name for one in lesson.space.columns if one.kind is Kind.TEXT]
    content = _bytes(asked.file)
    if not content.strip():
        return []
    plain = not asked.text and not asked.no_header and not _has_names(content, learnt)
    table = read_table(content, header=not asked.no_header, plain=plain)
    if table.columns == (LINE,) and plain:
        named: tuple[str, ...] = (LINE,)
    else:
        named = table.named(asked.text or ",".join(learnt))
    renamed = dict(zip(learnt, named, strict=False))
    return [row | {name: row.get(old, "") for name, old in renamed.items()} for row in table.rows]


def _has_names(content: bytes, learnt: Sequence[str]) -> bool:
    """Whether the first line names the columns that were learnt."""
    from tongban.reading.rules.tables import decoded, read_table

    first = content.split(b"\n", 1)[0]
    if not decoded(first).strip():
        return False
    return set(learnt) <= set(read_table(first).columns)


def _reading(lesson: Lesson, row: Row) -> str:
    found = lesson.read(row)
    line: dict[str, Any] = {
        "label": found.label,
        "confidence": round(found.confidence, 4),
        "second": found.ranked[1][0],
        "second_confidence": round(found.ranked[1][1], 4),
        "reasons": [{"piece": one.piece, "weight": one.weight} for one in found.reasons],
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def _flat(label: str) -> str:
    # A label with a line end would shift every line after it.
    return " ".join(label.split())


def _bytes(path: Path) -> bytes:
    return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
