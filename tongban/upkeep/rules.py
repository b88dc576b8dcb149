"""Pure decisions of upkeep: what an answer needs, who may not check it, what is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.kernel.clocks import ClockSpec, Unit
from tongban.kernel.refusals import BadInput, Problem, Refusal, worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.upkeep.content import Upkeep

TITLE_MOST, TEXT_MOST, BASIS_MOST = 60, 1_500, 200
QUESTIONS_LEAST, QUESTIONS_MOST = 2, 12


class SamePerson(Refusal):
    """Whoever wrote or approved an answer does not check it too."""

    code = "answer-same-person"
    status = 403


class NotOnShelf(Refusal):
    """What was never published cannot be taken off."""

    code = "answer-not-published"


NO_ELEMENT = "none"
"""What somebody chooses who was asked and means no guide: then nothing is suggested either."""


class NotPublishedYet(Refusal):
    """An element is changed by a new published version, not by saying so."""

    code = "element-not-changed"


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as it is typed; ``questions`` are one a line, ``translations`` may be empty."""

    title: str
    questions: str
    text: str
    basis: str
    translations: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that may be kept."""

    title: str
    questions: tuple[str, ...]
    text: str
    basis: str
    translations: Mapping[str, Mapping[str, str]]


def checked(written: Written) -> Kept:
    """The answer with its texts trimmed. Raises BadInput naming everything that is wrong."""
    questions = tuple(dict.fromkeys(filter(None, map(str.strip, written.questions.split("\n")))))
    problems = [
        *_missing("title", written.title, "请写明答的是什么问题。", TITLE_MOST),
        *_missing("text", written.text, "请写明答案。", TEXT_MOST),
        *_missing("basis", written.basis, "请写明依据：法规、文件或者指南的哪一条。", BASIS_MOST),
    ]
    if len(questions) < QUESTIONS_LEAST:
        sentence = "请至少写两种问法，一行一种：群众不会都用同样的话问。"
        problems.append(Problem("questions", "missing", sentence))
    if problems:
        raise BadInput(problems[0].sentence, problems=tuple(problems))
    spoken = {
        language: {name: text.strip() for name, text in said.items()}
        for language, said in written.translations.items()
        if said.get("title", "").strip() and said.get("answer", "").strip()
    }
    return Kept(
        written.title.strip(), questions[:QUESTIONS_MOST], written.text.strip(),
        written.basis.strip(), spoken,
    )  # fmt: skip


def _missing(path: str, text: str, sentence: str, most: int) -> list[Problem]:
    kept = text.strip()
    if not kept:
        return [Problem(path, "missing", sentence)]
    if len(kept) > most:
        return [Problem(path, "too-long", worded("文字过长：最多 {most} 个字。", most=most))]
    return []


def need_title(title: str) -> str:
    """What a new answer is about. Raises BadInput for nothing or too much."""
    problems = _missing("title", title, "请写明答的是什么问题。", TITLE_MOST)
    if problems:
        raise BadInput(problems[0].sentence, problems=tuple(problems))
    return title.strip()


def need_reason(text: str) -> str:
    """Why, in words. Raises BadInput for nothing or too much."""
    problems = _missing("reason", text, "请写明理由。", TEXT_MOST)
    if problems:
        raise BadInput(problems[0].sentence, problems=tuple(problems))
    return text.strip()


def need_another(account: int, *others: int | None) -> None:
    """Refuse to let somebody check what he wrote or approved himself (两人)."""
    if account in others:
        raise SamePerson(
            "自己写的或者自己审过的答案，要由另一个人审核。",
            instead=("请本单位另一位负责人或者热线中心的同事办理。",),
        )


def need_published(number: int) -> None:
    """Refuse to take off an answer of which no version (``number``) was published."""
    if not number:
        raise NotOnShelf(
            "这个知识条目还没有发布过，不用下架。",
            instead=("不要的草稿，请选“不收入知识库”。",),
        )


def need_newer(version: int, now: int) -> None:
    """Refuse that an element was changed while no new version of it is published."""
    if now <= version:
        raise NotPublishedYet(
            worded("指南现在还是第 {version} 版，没有发布新的版本。", version=now),
            instead=("请先发布改好的版本，再来回复；内容没有错的，选“维持不变，说明理由”。",),
        )


def speaks_of_guide(text: str, content: Upkeep) -> bool:
    """Whether a text says that something is written in a guide."""
    return any(word in text for word in content.guide_words)


def suggested(text: str, content: Upkeep) -> str:
    """Which element a text speaks of; empty where it speaks of no guide, or of several alike."""
    if not speaks_of_guide(text, content):
        return ""
    found = {one.code: sum(text.count(word) for word in one.words) for one in content.elements}
    best = sorted(found.items(), key=lambda one: -one[1])
    (code, most), (_next, second) = best[0], best[1]
    return code if most > second else ""


def answer_clocks(days: Mapping[str, int], bases: Mapping[str, str]) -> tuple[ClockSpec, ...]:
    """The clocks of an answer: writing, the two checks, and the day of the next review."""
    again = {"return_answer", "send_back_answer", "revise_answer"}
    return (
        _clock("answer_write", days["write"], {"draft_answer", *again},
               {"submit_answer", "drop_answer", "drop_revision", "retire_answer"}, bases["write"]),
        _clock("answer_approve", days["check"], {"submit_answer"},
               {"approve_answer", "return_answer", "retire_answer"}, bases["check"]),
        _clock("answer_check", days["check"], {"approve_answer"},
               {"publish_answer", "send_back_answer", "retire_answer"}, bases["check"]),
        _clock("answer_review", days["review"],
               {"publish_answer", "confirm_answer", "drop_revision"},
               {"revise_answer", "retire_answer", "answer_review_due"}, bases["review"],
               unit=Unit.DAY, on_expiry="ask_review"),
    )  # fmt: skip


def element_clocks(days: int, basis: str) -> tuple[ClockSpec, ...]:
    """The time for an answer about an element."""
    return (
        _clock(
            "element_answer",
            days,
            {"open_element"},
            {"element_changed", "element_stays", "element_mistaken"},
            basis,
        ),
    )


def _clock(
    name: str,
    length: int,
    starts: set[str],
    stops: set[str],
    basis: str,
    *,
    unit: Unit = Unit.WORKDAY,
    on_expiry: str = "",
) -> ClockSpec:
    return ClockSpec(
        name=name, length=length, unit=unit, starts_on=frozenset(starts),
        stops_on=frozenset(stops), on_expiry=on_expiry, basis=basis,
    )  # fmt: skip
