"""Pure decisions about an application for one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tongban.cases.states import CaseState
from tongban.kernel.refusals import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MET_ENDS = frozenset({CaseState.GRANTED, CaseState.NOT_REQUIRED})
REFUSED_ENDS = frozenset(
    {
        CaseState.DENIED,
        CaseState.REFUSED,
        CaseState.CANCELLED,
        CaseState.WITHDRAWN,
        CaseState.TERMINATED,
    }
)


class NothingToCorrect(Refusal):
    """A correction notice was asked for while no department misses anything."""

    code = "nothing-to-correct"


class SupplyIncomplete(Refusal):
    """The applicant's one supply does not answer every line of the notice."""

    code = "supply-incomplete"
    status = 422


class InThePost(Refusal):
    """The results are on their way by post; they cannot be handed over or sent once more."""

    code = "in-the-post"


class NotPosted(Refusal):
    """Nothing is on its way by post that could have arrived or come back."""

    code = "not-posted"


class NotConfirmed(Refusal):
    """The applicant at a window has not confirmed what would be filed, or something else."""

    code = "not-confirmed"


class NothingToWithdraw(Refusal):
    """Every item of the application is decided; what was decided is not withdrawn."""

    code = "nothing-to-withdraw"


class NothingApplies(Refusal):
    """No item of the package applies to the situation that the applicant described."""

    code = "nothing-applies"
    status = 422


class SituationUnclear(Refusal):
    """A question that decides which items apply has no answer yet."""

    code = "situation-unclear"
    status = 422


class NotDeficient(Refusal):
    """A material was promised for later that must be there from the beginning."""

    code = "not-deficient"
    status = 422


class PictureTooSmall(BadInput):
    """A picture has so few pixels that nobody can read what is on it."""

    code = "picture-too-small"


def need_pixels(size: tuple[int, int] | None, least: int | None, path: str) -> None:
    """Refuse a picture whose shorter side has less than the least number of pixels."""
    if size is None or least is None or min(size) >= least:
        return
    sentence = "照片太小，看不清细节。请重新拍一张，或者上传没有压缩过的原图。"
    raise PictureTooSmall(
        sentence,
        facts={"size": list(size), "least": least},
        problems=(Problem(path, "picture-too-small", sentence),),
    )


class Edge(Protocol):
    """A dependency of an item on another."""

    @property
    def item(self) -> str:
        """The code of the item that must be done before."""

    @property
    def on_refusal(self) -> str:
        """cancel or ignore."""


def unstopped(text: str) -> str:
    """A typed sentence without its last stop, to stand inside another sentence."""
    return text.strip().rstrip("。．.；;，,、 ")


# What an act is called in a document (GB/T 39046 A.1); filings and registrations by their name.
_ACTS = {
    "LICENSE": "行政许可",
    "CONFIRM": "行政确认",
    "BENEFIT": "行政给付",
    "PUBLIC_SERVICE": "公共服务",
}


def act_name(kind: str, name: str) -> str:
    """What a decision grants or denies: 行政许可, 登记, 备案 …; only a licence is called one."""
    if kind in _ACTS:
        return _ACTS[kind]
    return next((word for word in ("备案", "登记") if word in name), "办理")


@dataclass(frozen=True, slots=True)
class Readiness:
    """What may happen to a waiting case now: start, cancel because of an item, or wait."""

    may_start: bool
    cancelled_by: str | None = None


def readiness(edges: Iterable[Edge], states: Mapping[str, str]) -> Readiness:
    """Decide over a waiting case from the states of the items that it depends on.

    Items outside the application do not hold anybody up. A refused item cancels its dependants
    unless the edge says ignore (domain-02 §2.1 rule 4).
    """
    done = True
    for edge in edges:
        state = states.get(edge.item)
        if state is None or state in MET_ENDS:
            continue
        if state in REFUSED_ENDS:
            if edge.on_refusal == "cancel":
                return Readiness(may_start=False, cancelled_by=edge.item)
            continue
        done = False
    return Readiness(may_start=done)


def root_of(item: str, because: Mapping[str, str]) -> str:
    """The item at the head of a chain of cancellations; ``because`` is who cancelled whom."""
    seen = {item}
    while (above := because.get(item, "")) and above not in seen:
        seen.add(above)
        item = above
    return item


def missing_targets(
    lines: Iterable[Mapping[str, str]], supplied: Mapping[str, frozenset[str]]
) -> list[str]:
    """Targets of a notice that a supply leaves out, in the notice's order."""
    return [
        line["target"]
        for line in lines
        if line["target"] not in supplied.get(line["item"], frozenset())
    ]


MOST_CARRIER = 40
_TRACKING = re.compile(r"[0-9A-Z][0-9A-Z-]{5,31}")


def need_consignment(carrier: str, number: str) -> tuple[str, str]:
    """Carrier and tracking number as they are kept. Raises BadInput with what is wrong."""
    carrier = carrier.strip()
    number = number.strip().upper()
    problems = []
    if not 0 < len(carrier) <= MOST_CARRIER:
        problems.append(Problem("carrier", "carrier-missing", "请填写寄递公司，最多 40 个字。"))
    if not _TRACKING.fullmatch(number):
        problems.append(
            Problem("tracking", "tracking-shape", "运单号应是 6 到 32 位数字、字母或短横线。")
        )
    if problems:
        raise BadInput(problems=problems)
    return carrier, number
