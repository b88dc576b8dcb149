"""The hotline's content: kinds of requests, their domains and units, clocks, reasons, other lines.

Everything here is a default of the city with its mark (domain-04 §5): what a request may be, by
when it must be answered, which unit is responsible for what, and what is not the hotline's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tongban.kernel.values import Limit, Mark, Marked, Name, Piece, Slug, Text, Word

CLOCKS = (
    "dispatch",
    "sign",
    "contact",
    "contact_urgent",
    "handle_again",
    "handle_again_urgent",
    "ask_return",
    "answer_return",
    "answer_extension",
    "answer_hold",
    "check",
    "callback",
    "conference",
    "answer_order",
    "answer_alarm",
)
"""The clocks that the machines of the hotline start; each needs its length in the content."""


class TicketType(Piece):
    """What kind of request it is, and by when it must be answered (domain-04 §5.4)."""

    code: Word
    name: Name
    normal: Limit
    urgent: Limit | None = None
    extension: Limit | None = None
    hides_caller: bool = False
    words: tuple[str, ...] = ()


class TicketDomain(Piece):
    """A node of the tree of what requests are about (归口), three levels deep.

    ``unit`` is responsible by law (派单目录); ``local`` sends it to that unit's branch of the
    place where there is one. A node without a unit has that of the node above. ``words`` are
    what people say; they lead the way until the system has learnt better.
    """

    code: Slug
    name: Name
    words: tuple[str, ...] = ()
    unit: Slug | None = None
    local: bool = False
    urgent: Limit | None = None
    special: Word | None = None
    basis: str = ""
    mark: Mark | None = None
    children: tuple[TicketDomain, ...] = ()


class TicketRefusal(Piece):
    """A reason for which a request is not the hotline's, and the right way (不予受理)."""

    code: Word
    name: Name
    way: Text
    basis: str
    mark: Mark


class OtherLine(Piece):
    """Another line to which a caller is handed over (互转); ``kind`` says what it is for."""

    code: Word
    number: str
    name: Name
    scope: Text
    kind: Literal["emergency", "public-service", "government"]
    basis: str = ""
    mark: Mark


class Emergency(Piece):
    """Words at which the script stops: danger to life or property (国办发〔2022〕12号).

    ``hints`` are words that mean danger except where one of ``unless`` stands in the same text:
    漏气 is gas, but not of a tyre.
    """

    code: Word
    name: Name
    words: Annotated[tuple[str, ...], Field(min_length=1)]
    hints: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    line: Word
    say: Text
    basis: str
    mark: Mark


class TicketClock(Piece):
    """How long one of the hotline's own clocks runs, and what it is called."""

    name: Name
    limit: Limit


class TicketSpecial(Piece):
    """A desk or class of its own: business environment, burden on the grass roots (R65)."""

    code: Word
    name: Name
    words: tuple[str, ...] = ()
    mark: Mark
    basis: str = ""


class OrderLevel(Piece):
    """A form of supervision (督办); the list runs from the mildest to the gravest.

    ``by`` answers an order that begins here, one that rose is its unit's head's. ``limit`` is the
    time for the answer, without it that of the clock `answer_order`.
    """

    code: Word
    name: Name
    by: Literal["reviewer", "head"]
    limit: Limit | None = None
    basis: str
    mark: Mark


class Trigger(Piece):
    """What calls for supervision (督办) and in which form it begins."""

    code: Word
    name: Name
    level: Word
    most: int | None = None
    hours: int | None = None
    basis: str
    mark: Mark


HOT_NUMBERS = {
    "least": (2, 1000),
    "window": (1, 720),
    "alike": (0.1, 1),
    "half_life": (1, 720),
    "cooled": (0.01, 100),
    "warm": (0.01, 100),
    "nameless": (0, 1),
    "alarm_from": (2, 1000),
    "alarm_hours": (1, 168),
    "usual_days": (7, 365),
    "unusual": (0.000001, 0.2),
    "again": (1.1, 10),
}
"""The numbers by which hot issues are found, each with what it may be at least and at most."""

HOT_LIKENESS = {
    "where": (0.1, 0.9),
    "words_of_one": (0.1, 1),
    "words_of_many": (0.1, 1),
    "beside": (0, 1),
    "same_metres": (10, 5000),
    "near": (0, 1),
    "fade_metres": (100, 50_000),
    "name": (0.1, 1),
    "name_elsewhere": (0, 1),
    "other_name": (0, 1),
    "community": (0, 1),
    "street": (0, 1),
    "district": (0, 1),
    "city": (0, 1),
    "sure": (0.1, 1),
}
"""The weights and distances of likeness: when two requests are about one matter."""

ALIKE_NUMBERS = {
    "days": (1, 365),
    "least": (0.01, 1),
    "words": (0.1, 0.9),
    "words_enough": (0.1, 1),
    "region": (0, 1),
}
"""What is shown as alike while somebody speaks on the telephone."""

LEAST_LEFT = {"workday": (1, 10), "hour": (1, 48)}
"""What a unit has left at least where its clock goes on, by what the clock counts in."""

NUMBERS = {
    "most_returns": (0, 10),
    "most_rounds": (0, 10),
    "certain": (0, 1),
    "familiar": (0, 1),
    "solved_in_part": (0, 1),
    "good_to": (1, 4),
    "special_words": (1, 10),
    "nearer": (1, 10),
    "reach_km": (1, 500),
    "hold_days": (1, 366),
    "hold_most": (1, 366),
}
"""The single numbers of the hotline."""


class HotRules(Piece):
    """How requests about one matter are found and when they alarm (热点).

    ``apart`` are types of requests that never make an issue, ``likeness`` says when two are
    about the same: all shares between 0 and 1, but for the two distances.
    """

    apart: tuple[Word, ...] = ()
    numbers: dict[str, Marked]
    likeness: dict[str, Marked]


class ReplyRules(Piece):
    """What a reply may not be (答复质量): words that say nothing, words that push away."""

    empty: tuple[str, ...]
    evasive: tuple[str, ...]
    sorry: tuple[str, ...]
    shortest: Marked
    copied: Marked


class Hotline(Piece):
    """`content/hotline.yaml`.

    Below ``familiar`` a text is strange to what was learnt: how sure its reading is shrinks.
    ``good_to`` is the last of the five levels, from the best down, that counts as content;
    ``hold_days`` is how long a hold lasts where nobody says until when, ``hold_most`` how long at
    most. ``special_words`` is how many words of a desk of its own lead there, ``least_left`` what
    a unit has left at least where its reply was sent back or a hold is over. A point on the map
    lies in a district whose middle is ``nearer`` times nearer than that of any other, and within
    ``reach_km``; else a person decides.
    """

    centre: Slug
    types: Annotated[tuple[TicketType, ...], Field(min_length=1)]
    domains: Annotated[tuple[TicketDomain, ...], Field(min_length=1)]
    specials: tuple[TicketSpecial, ...] = ()
    refusals: tuple[TicketRefusal, ...]
    lines: tuple[OtherLine, ...]
    emergencies: tuple[Emergency, ...]
    clocks: dict[str, TicketClock]
    levels: tuple[OrderLevel, ...]
    triggers: tuple[Trigger, ...]
    most_returns: Marked
    most_rounds: Marked
    certain: Marked
    familiar: Marked
    solved_in_part: Marked
    good_to: Marked
    special_words: Marked
    hold_days: Marked
    hold_most: Marked
    least_left: dict[str, Marked]
    nearer: Marked
    reach_km: Marked
    urgent_words: tuple[str, ...] = ()
    replies: ReplyRules
    alike: dict[str, Marked]
    hot: HotRules
