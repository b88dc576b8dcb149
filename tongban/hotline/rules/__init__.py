"""Pure decisions of the hotline: what is asked for, by when, from whom, and what may not be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tongban.kernel.clocks import ClockSpec, Owner
from tongban.kernel.numbers import check_number
from tongban.kernel.refusals import BadInput, Problem, Refusal, worded
from tongban.reading.rules.likeness import containment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


NORMAL, URGENT, CRITICAL = "normal", "urgent", "critical"
URGENCIES = (NORMAL, URGENT, CRITICAL)
TEXT_MOST = 8_000
"""Characters of one request that are kept; what is longer is asked for as an attachment."""


class MayNotReturn(Refusal):
    """This task cannot be sent back: the unit was designated, was first, or has done so before."""

    code = "may-not-return"


class ExtendedAlready(Refusal):
    """The time of a task is extended once, before it is over."""

    code = "extended-already"


class RoundsUsedUp(Refusal):
    """A ticket is handled anew so many times; then those concerned sit together."""

    code = "rounds-used-up"


class ReplyNotGood(Refusal):
    """A reply that says nothing, repeats another or hides a delay does not go out."""

    code = "reply-not-good"
    status = 422


class NotTogether(Refusal):
    """Two requests cannot be handled together."""

    code = "not-together"


def need_text(path: str, text: str, sentence: str, most: int = TEXT_MOST) -> str:
    """The text as it may be kept: no control characters, not empty, not endless."""
    kept = clean(text)
    if not kept:
        raise BadInput(sentence, problems=(Problem(path, "missing", sentence),))
    if len(kept) > most:
        long = worded("文字过长：最多 {most} 个字。请把其余内容作为附件提交。", most=most)
        raise BadInput(long, problems=(Problem(path, "too-long", long),))
    return kept


# Marks that turn the direction of a line: a text of a stranger may not turn the page around it.
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
# What nobody sees and no script needs: a text of these alone says nothing.
_NOTHING = (0x200B, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF)
_DROPPED = {
    **dict.fromkeys([*range(32), *range(127, 160), *_TURNING, *_NOTHING]),
    9: " ",
    10: "\n",
    13: None,
}


def clean(text: str) -> str:
    """A stranger's text without control characters and marks of direction, lines kept."""
    lone = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return lone.translate(_DROPPED).strip()


# What is asked, by when and from whom


@dataclass(frozen=True, slots=True)
class Node:
    """A domain with what it has from the nodes above it."""

    code: str
    name: Mapping[str, str]
    path: tuple[str, ...]
    unit: str
    local: bool
    special: str
    urgent: Mapping[str, Any] | None
    basis: str
    words: tuple[str, ...]
    is_leaf: bool


_NOTHING_ABOVE = {"unit": "", "local": False, "special": "", "urgent": None, "basis": ""}


def nodes(domains: Sequence[Mapping[str, Any]]) -> Iterator[Node]:
    """Every node of the tree of domains, what is above before what is below."""
    yield from _below(domains, (), _NOTHING_ABOVE)


def _below(
    domains: Sequence[Mapping[str, Any]], path: tuple[str, ...], above: Mapping[str, Any]
) -> Iterator[Node]:
    for one in domains:
        has_own = "unit" in one
        own = {
            "unit": one["unit"] if has_own else above["unit"],
            "local": one.get("local", False if has_own else above["local"]),
            "special": one.get("special") or above["special"],
            "urgent": one.get("urgent") or above["urgent"],
            # Why this unit: stands where the unit stands.
            "basis": one.get("basis", "") if has_own else above["basis"],
        }
        here = (*path, one["name"]["zh"])
        words = tuple(one.get("words", ()))
        yield Node(
            one["code"], one["name"], here, words=words, is_leaf=not one.get("children"), **own
        )
        yield from _below(one.get("children", ()), here, own)


def limit_of(
    kind: Mapping[str, Any], urgency: str, domain_urgent: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """How long a unit has for the reply: the type's time, the shorter one where it is urgent.

    An outage of water, power or gas has its own urgent limit at its domain (domain-04 §5.4).
    """
    if urgency == NORMAL:
        return dict(kind["normal"])
    return dict(domain_urgent or kind.get("urgent") or kind["normal"])


def clock(
    name: str,
    limit: Mapping[str, Any],
    starts: Iterable[str],
    stops: Iterable[str],
    **more: Any,
) -> ClockSpec:
    """A clock of the hotline from its limit in the content."""
    return ClockSpec(
        name=name,
        length=int(limit["value"]),
        unit=limit.get("unit", "workday"),
        starts_on=frozenset(starts),
        stops_on=frozenset(stops),
        basis=limit.get("basis", ""),
        mark=limit["mark"],
        **more,
    )


_ENDS = ("answer_directly", "refuse", "transfer", "withdraw", "close")


def ticket_clocks(limits: Mapping[str, Mapping[str, Any]]) -> tuple[ClockSpec, ...]:
    """The clocks of the centre: dispatch, answers to what units ask, check, callback."""
    return (
        clock(
            "dispatch",
            limits["dispatch"],
            ("receive", "approve_return", "take_apart"),
            ("dispatch", "designate", "merge", *_ENDS),
        ),
        clock(
            "check",
            limits["check"],
            ("reply_in",),
            ("send_back", "pass_reply", *_ENDS),
        ),
        clock(
            "callback",
            limits["callback"],
            ("pass_reply", "answer_together"),
            ("rehandle", "confer", *_ENDS),
            on_expiry="close_unreached",
        ),
        clock("conference", limits["conference"], ("confer",), ("designate", *_ENDS)),
    )


_TASK_ENDS = ("end_returned", "cancel_task", "finish")


def task_clocks(limits: Mapping[str, Mapping[str, Any]]) -> tuple[ClockSpec, ...]:
    """The clocks of a unit: signing, contact, the reply itself, and the centre's answers to it."""
    more: dict[str, Any] = {}
    if "extension" in limits:
        more = {"extends_on": ("extend",), "extension": int(limits["extension"]["value"])}
    contact = limits.get("contact")
    # What the centre takes to check a reply is not the unit's time: sent back, its clock goes on.
    # Tickets of before are pinned to content by which it began anew.
    if goes_on := "least_left" in limits:
        least = limits["least_left"].get(limits["handle"].get("unit", "workday"))
        more |= {"continues_on": ("reopen",), "least_left": int(least["value"]) if least else 0}
    return (
        clock(
            "sign",
            limits["sign"],
            ("task_out",),
            ("sign", "ask_return", *_TASK_ENDS),
            on_expiry="note_refused",
        ),
        *(
            [clock("contact", contact, ("task_out",), ("contact", "reply", *_TASK_ENDS))]
            if contact
            else []
        ),
        clock(
            "handle",
            limits["handle"],
            ("task_out",) if goes_on else ("task_out", "reopen"),
            ("reply", *_TASK_ENDS),
            pauses_on=("hold",),
            resumes_on=("resume",),
            on_expiry="note_overdue",
            **more,
        ),
        clock(
            "answer_return",
            limits["answer_return"],
            ("ask_return",),
            ("keep_task", *_TASK_ENDS),
            owner=Owner.THIRD,
        ),
        clock(
            "answer_extension",
            limits["answer_extension"],
            ("endorse_extension",),
            ("extend", "no_extension", "ask_return", "ask_hold", "reply", *_TASK_ENDS),
            owner=Owner.THIRD,
        ),
        clock(
            "answer_hold",
            limits["answer_hold"],
            ("ask_hold",),
            ("hold", "no_hold", *_TASK_ENDS),
            owner=Owner.THIRD,
        ),
        *(
            [clock("review_hold", held, ("hold",), ("resume", *_TASK_ENDS), on_expiry="end_hold")]
            if (held := limits.get("review_hold"))
            else []
        ),
    )


def task_limits(
    hotline: Mapping[str, Any],
    *,
    kind: str,
    urgency: str,
    domain: str,
    again: bool,
    silent: bool = False,
    held_for: int = 0,
) -> dict[str, Mapping[str, Any]]:
    """How long a unit has for each of its clocks (domain-04 §5.4), from the content.

    ``least_left``: what is left at least where the clock of the reply goes on, by its unit.
    ``silent``: its caller is known to nobody there, so that no contact is expected; ``held_for``
    are the days of its hold.
    """
    lengths = {name: one["limit"] for name, one in hotline["clocks"].items()}
    known = {one["code"]: one for one in hotline["types"]}[kind]
    node = next((one for one in nodes(hotline["domains"]) if one.code == domain), None)
    is_urgent = urgency != NORMAL
    plain = ("sign", "answer_return", "answer_extension", "answer_hold")
    limits: dict[str, Mapping[str, Any]] = {name: lengths[name] for name in plain}
    if held_for:
        limits["review_hold"] = {**hotline["hold_days"], "value": held_for, "unit": "day"}
    if "least_left" in hotline:
        limits["least_left"] = hotline["least_left"]
    if not silent:
        limits["contact"] = lengths["contact_urgent" if is_urgent else "contact"]
    if again:
        limits["handle"] = lengths["handle_again_urgent" if is_urgent else "handle_again"]
    else:
        limits["handle"] = limit_of(known, urgency, node.urgent if node else None)
        if "extension" in known:
            limits["extension"] = known["extension"]
    return limits


def hold_days(until: date | None, today: date, hotline: Mapping[str, Any]) -> int:
    """How many days a hold lasts (挂账), its last day counted: as the content says without one.

    Raises BadInput for a day that is over or further away than the content lets it be.
    """
    if until is None:
        return int(hotline["hold_days"]["value"])
    most = int(hotline["hold_most"]["value"])
    if until <= today:
        raise BadInput.at("until", "past", "挂账至少到明天，请选择以后的日期。")
    if until > today + timedelta(days=most):
        long = worded("挂账最长 {most} 日，请选择更早的日期；到期可以再次申请。", most=most)
        raise BadInput.at("until", "too-late", long)
    return (until - today).days


def held_until(facts: Mapping[str, Any]) -> date | None:
    """The last day of a hold, from the facts of its task or ticket; None where none is on."""
    found = facts.get("hold_until")
    return date.fromisoformat(found) if found else None


def times_urged(facts: Mapping[str, Any]) -> int:
    """How often a ticket was urged, or its unit was told so (催办), from its facts."""
    found = facts.get("urged") or 0
    return int(found["count"] if isinstance(found, dict) else found)


def urged_at(facts: Mapping[str, Any]) -> datetime | None:
    """When a unit was told for the last time that its caller urges, from its task's facts."""
    found = facts.get("urged")
    return datetime.fromisoformat(found["at"]) if found else None


# Orders (督办): their levels, from the mildest to the gravest


def order_clocks(hotline: Mapping[str, Any], level: str) -> tuple[ClockSpec, ...]:
    """The time for the answer to an order (督办单): that of its level, anew when it rises."""
    found = next((one for one in _levels(hotline) if one["code"] == level), {})
    limit = found.get("limit") or hotline["clocks"]["answer_order"]["limit"]
    return (
        clock(
            "answer_order",
            limit,
            ("order_out",),
            ("answer_order", "end_order"),
            restarts_on=frozenset({"rise"}),
            on_expiry="raise_unanswered",
        ),
    )


def levels_above(hotline: Mapping[str, Any], level: str) -> list[Mapping[str, Any]]:
    """The levels to which an order of this one may rise, the next one first; empty at the last."""
    levels = _levels(hotline)
    codes = [one["code"] for one in levels]
    return levels[codes.index(level) + 1 :] if level in codes else []


def level_to(hotline: Mapping[str, Any], level: str, wanted: str) -> Mapping[str, Any]:
    """The level to which a person raises an order: the next one, or the higher one he names."""
    above = levels_above(hotline, level)
    if not above:
        raise BadInput("这个督办单已经是最后一级，不能再升级。")
    found = next((one for one in above if wanted in ("", one["code"])), None)
    if found is None:
        raise BadInput.at("level", "unknown", "请选择比现在更高的督办形式。")
    return found


def _levels(hotline: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    # Tickets of before orders rose are pinned to content that has no levels.
    return list(hotline.get("levels", ()))


_NUMBER = re.compile(r"(?<![0-9A-Z])[A-Z]{1,6}[0-9]{20,32}[0-9A-Z](?![0-9A-Z])")


def numbers_in(text: str) -> tuple[str, ...]:
    """The public numbers that a text names, each once, in their order."""
    found = (match for match in _NUMBER.findall(text.upper()) if check_number(match))
    return tuple(dict.fromkeys(found))


def issue_clocks(limit: Mapping[str, Any]) -> tuple[ClockSpec, ...]:
    """The time for the answer to the alarm of a hot issue."""
    return (
        clock("answer_alarm", limit, ("alarm",), ("gather", "set_aside", "fade", "close_issue")),
    )


# Words


def found_words(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Which of these words a text has, in the order of the words."""
    return tuple(word for word in words if word in text)


def urgency_of(text: str, hotline: Mapping[str, Any]) -> str:
    """How urgent a text sounds: danger, an outage or somebody weak, or neither."""
    if emergency_in(text, hotline) is not None:
        return CRITICAL
    return URGENT if found_words(text, hotline.get("urgent_words", ())) else NORMAL


def special_of(text: str, node: Node | None, hotline: Mapping[str, Any]) -> str:
    """The desk or class of its own to which a request belongs; empty for none (R65)."""
    if node is not None and node.special:
        return node.special
    enough = int(hotline["special_words"]["value"])
    for one in hotline.get("specials", ()):
        if len(found_words(text, one.get("words", ()))) >= enough:
            return str(one["code"])
    return ""


def emergency_in(text: str, hotline: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The emergency that a text speaks of; at its words the script stops (国办发〔2022〕12号)."""
    low = text.casefold()
    for one in hotline["emergencies"]:
        if found_words(low, one["words"]) or _hinted(low, one):
            return dict(one)
    return None


def _hinted(text: str, emergency: Mapping[str, Any]) -> bool:
    """Whether a text has a word that may mean danger, and none by which it means less."""
    hints = found_words(text, emergency.get("hints", ()))
    return bool(hints) and not found_words(text, emergency.get("unless", ()))


# Returns, extensions, rounds

_HARD = "确有困难的，可以申请延期，或者说明理由申请挂账。"


def need_returnable(
    task_facts: Mapping[str, Any], returned_before: int, most: int, *, has_answered: bool = False
) -> None:
    """Refuse a return by a designated unit, or by one that returned it or took it on before.

    A unit that was refused must handle it (domain-04 §5.1, state 22); one whose reply went out in
    an earlier round has taken the matter on (首接负责).
    """
    if task_facts.get("designated"):
        raise MayNotReturn(
            "本单是指定办理的，不能再次退单。",
            instead=(_HARD,),
        )
    if task_facts.get("must_handle"):
        raise MayNotReturn(
            "热线中心没有同意退单，本单由本单位办理，不能再次退单。", instead=(_HARD,)
        )
    if has_answered:
        raise MayNotReturn("本单位已经答复过这个诉求，应当负责到底，不能退单。", instead=(_HARD,))
    if returned_before >= most:
        raise MayNotReturn(
            worded("本单位对这个诉求最多退单 {most} 次，已经退过。", most=most),
            instead=("对职责有争议的，请提请热线中心会商或者指定。",),
        )


def need_in_time(sent_at: datetime, now: datetime, hours: int) -> None:
    """Refuse a return that comes later than so many hours after the ticket was sent."""
    if now > sent_at + timedelta(hours=hours):
        raise MayNotReturn(
            worded("退单应当在派单后 {hours} 小时内提出，现在已经超过。", hours=hours),
            instead=("对职责有争议的，请先牵头办理，同时提请热线中心协调。",),
        )


def need_round_left(round_no: int, most: int) -> None:
    """Refuse another round after so many; then those concerned sit together (会商)."""
    if round_no > most:
        raise RoundsUsedUp(
            worded("已经重办 {most} 轮，不能再次重办。", most=most),
            instead=("请提请会商，由各方一起研究。",),
        )


# Replies (答复质量): what does not go out, with the reason

# A place of a ready phrase that waits for a word; 〔2026〕 in the number of a paper is none.
_SLOT = re.compile(r"〔[^〔〕0-9]*〕")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a reply is not good enough."""

    code: str
    sentence: str


def reply_faults(
    reply: str,
    *,
    others: Iterable[str],
    likeness: Any,
    said: Mapping[str, Any],
    is_overdue: bool,
    contacted: bool,
) -> tuple[Fault, ...]:
    """What is wrong with a reply: unfilled, empty, evasive, copied, or silent about a delay.

    ``said`` are the rules of the content, ``likeness`` says how alike two texts are (0 to 1).
    """
    text = clean(reply)
    hollow = sum(len(word) for word in found_words(text, said["empty"]))
    faults = []
    if _SLOT.search(text):
        faults.append(Fault("unfilled", "答复里还有没填写的空格〔〕，请换成实际情况。"))
    if len(text) < int(said["shortest"]["value"]) or hollow * 2 > len(text):
        faults.append(Fault("empty", "答复没有具体内容：请写明调查到的事实、采取的措施和结果。"))
    if found_words(text, said["evasive"]):
        faults.append(
            Fault("evasive", "答复在推诿：不属于本单位职责的，请申请退单，不要让群众自己找。")
        )
    alike = float(said["copied"]["value"])
    if any(likeness(text, other) >= alike for other in others):
        faults.append(
            Fault("copied", "答复与本单位其他工单的答复几乎相同，请按这个诉求的情况写。")
        )
    if is_overdue and not found_words(text, said["sorry"]):
        faults.append(Fault("overdue", "本单已经超过时限，答复应当说明原因并向群众致歉。"))
    if not contacted:
        faults.append(Fault("not-contacted", "还没有联系过诉求人，请先联系并登记。"))
    return tuple(faults)


@dataclass(frozen=True, slots=True)
class Alike:
    """The numbers of the content by which requests are shown as alike (`alike` of hotline.yaml).

    ``words`` is the weight of what is said, the rest is where it is; from ``words_enough`` on the
    words agree wholly, ``region`` is the share of a place that nobody names in the same region.
    """

    days: int
    least: float
    words: float
    words_enough: float
    region: float

    @classmethod
    def of(cls, hotline: Mapping[str, Any]) -> Alike:
        """The numbers as the content writes them."""
        said = {name: one["value"] for name, one in hotline["alike"].items()}
        return cls(
            days=int(said["days"]),
            least=float(said["least"]),
            words=float(said["words"]),
            words_enough=float(said["words_enough"]),
            region=float(said["region"]),
        )


def alike(
    text: str, other: str, places: tuple[str, str], regions: tuple[str, str], by: Alike
) -> float:
    """How far two requests speak of the same thing: what is said and where it is, 0 to 1.

    What is said is the part of the shorter one that stands in the other: people say the same
    thing at very different length.
    """
    said = min(1.0, contained(text, other) / by.words_enough)
    where = contained(*places) if all(places) else 0.0
    near = 1.0 if regions[0] and regions[0] == regions[1] else 0.0
    return by.words * said + (1 - by.words) * max(where, by.region * near)


def contained(one: str, other: str) -> float:
    """The share of the shorter of two texts that the other one has too, 0 to 1."""
    return max(containment(one, other), containment(other, one))
