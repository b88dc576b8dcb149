"""The pages of ratings for people: rating, what became of it, what everybody may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tongban.catalogue.queries import department_names
from tongban.doors import reviews
from tongban.doors.parts import (
    Cell,
    Column,
    Empty,
    Fact,
    FactGroup,
    Field,
    Link,
    Pager,
    Row,
    Table,
    Tag,
)
from tongban.doors.texts import say
from tongban.kernel.refusals import BadInput, Refusal
from tongban.ratings.queries import is_apart
from tongban.ratings.rules import NOT_THE_PERSON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from tongban.doors.parts import Problem
    from tongban.ratings.queries import Board, Invited, Mended, MyRating, PublicReply
    from tongban.ratings.rules import Rating


@dataclass(frozen=True, slots=True)
class Reply:
    """What the unit answered, in the first or in the second round."""

    title: str
    text: str
    answered_on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePage:
    """One thing to rate: the form, or what was said and what came of it."""

    title: str
    what: str
    number: str
    facts: tuple[Fact, ...]
    here: str
    said: tuple[FactGroup, ...] = ()
    fields: tuple[Field, ...] = ()
    aspects: tuple[Field, ...] = ()
    opened: str = ""
    button: str = ""
    state: Tag | None = None
    answers: tuple[Reply, ...] = ()
    callback: Field | None = None
    problems: tuple[Problem, ...] = ()
    back: Link | None = None
    closed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPage:
    """A number and the short code of its slip, at a kiosk or from a slip of paper."""

    fields: tuple[Field, ...]
    action: str
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyLine:
    """One thing that somebody was asked to rate."""

    name: str
    what: str
    number: str
    href: str
    opened_at: datetime
    closes_at: datetime
    state: Tag
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MyRatingsPage:
    """Everything that somebody was asked to rate."""

    lines: tuple[MyLine, ...]
    empty: Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A bad review with its public answer."""

    what: str
    department: str
    level: Tag
    tags: str
    text: str
    rated_on: date
    answer: str
    answered_on: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """What everybody may read: the figures of a month, the board, answers to bad reviews."""

    month: str
    figures: tuple[Fact, ...]
    board: Table
    replies: tuple[Answered, ...]
    pager: Pager
    months: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    comments: tuple[Link, ...] = ()


def rate_page(
    one: MyRating,
    *,
    said: Rating | None = None,
    no: Refusal | None = None,
    back: Link | None = None,
) -> RatePage:
    """The page behind a link, for whoever has it."""
    bad = no if isinstance(no, BadInput) else None
    is_note = bad is not None and any(p.path == "note" for p in bad.problems)
    may_rate = one.may_rate
    fields = reviews.fields(one, said, None if is_note else bad) if may_rate else ()
    return RatePage(
        title=_("追评") if one.said else _("评价服务"),
        what=say(one.invited.name) or reviews.object_name(one.invited.object),
        number=one.invited.number,
        facts=(
            Fact(_("评价什么"), reviews.object_name(one.invited.object)),
            Fact(_("办理部门"), _department(one.invited.department)),
            Fact(_("可以评价到"), _day(one.invited.closes_at)),
        ),
        here=f"/rate/{one.invited.token}/",
        said=tuple(_said(one)),
        fields=tuple(field for field in fields if not reviews.is_aspect(field)),
        aspects=tuple(filter(reviews.is_aspect, fields)),
        opened=reviews.opened() if may_rate else "",
        button=_("提交追评") if one.said else _("提交评价"),
        state=_state(one) if one.state else None,
        answers=tuple(
            Reply(
                _("第二次整改的答复") if answer.is_second else _("单位的答复"),
                answer.text,
                answer.answered_at,
            )
            for answer in one.answers
        ),
        callback=_callback(bad if is_note else None) if one.asks_back else None,
        problems=reviews.problems(bad),
        back=back,
        closed=_closed(one),
    )


def _state(one: MyRating) -> Tag:
    title = _(one.state_title)
    shown = reviews.second_round(title) if one.is_second_round else title
    return Tag(shown, "done" if one.state == "closed" else "soon")


def _closed(one: MyRating) -> str:
    """Why nothing can be said here; empty where something can, or was."""
    if one.is_kept:
        return _(NOT_THE_PERSON)
    return "" if one.may_rate or one.said else _("评价的期限已经过了。")


def _day(at: datetime) -> str:
    return date_format(localtime(at), "DATE_FORMAT")


def _department(code: str) -> str:
    return say(department_names().get(code)) or code


def _said(one: MyRating) -> list[FactGroup]:
    groups = []
    for turn in one.said:
        facts = [
            Fact(_("满意程度"), reviews.level_name(turn.level)),
            *((Fact(_("哪些方面"), reviews.tag_names(turn.tags)),) if turn.tags else ()),
            *((Fact(_("想说的话"), turn.text),) if turn.text else ()),
            Fact(_("责任部门"), _department(turn.department)),
            Fact(_("姓名"), _("让单位联系") if turn.real_name else _("匿名")),
        ]
        title = _("追评") if turn.turn else _("您的评价")
        groups.append(FactGroup(f"{title} · {_day(turn.rated_at)}", tuple(facts)))
    return groups


def _callback(no: BadInput | None) -> Field:
    return Field(
        name="note", label=_("还有什么没有解决"), kind="longtext", required=False,
        max_length=reviews.LONGEST, error=_(no.problems[0].sentence) if no else "",
    )  # fmt: skip


def find_page(*, via: str, number: str = "", no: Refusal | None = None) -> FindPage:
    """Find what one may rate by its number and the code of its slip."""
    return FindPage(
        fields=(
            Field(name="number", label=_("办件编号"), value=number, max_length=40),
            Field(
                name="code", id="f-slip", label=_("评价码"), max_length=8,
                help=_("回执上的六位数字。"),
            ),
        ),
        action=f"/rate/?via={via}" if via else "/rate/",
        refused=_(no.sentence) if no else "",
    )  # fmt: skip


def mine_page(found: Sequence[Invited]) -> MyRatingsPage:
    """Everything that was mine to rate, the newest first."""
    return MyRatingsPage(
        lines=tuple(
            MyLine(
                name=say(one.name) or reviews.object_name(one.object),
                what=reviews.object_name(one.object),
                number=one.number,
                href=f"/rate/{one.token}/",
                opened_at=one.opened_at,
                closes_at=one.closes_at,
                state=Tag(_("可以评价"), "you") if one.is_open else Tag(_("查看"), "plain"),
                is_open=one.is_open,
            )
            for one in found
        ),
        empty=Empty(_("还没有可以评价的"), _("办结以后，这里会列出来。"), icon="tick"),
    )


def open_page(
    month: date,
    board: Board,
    mended: Mended,
    replies: Sequence[PublicReply],
    pager: Pager,
    months: tuple[Link, ...],
    comments: tuple[Link, ...],
) -> OpenPage:
    """The public page of a month."""
    whole = board.whole
    return OpenPage(
        month=date_format(month, "YEAR_MONTH_FORMAT"),
        figures=(
            Fact(_("好评率"), reviews.rate_words(whole)),
            Fact(_("参评率"), reviews.percent(whole.participation)),
            Fact(_("主动评价率"), reviews.percent(whole.unprompted_rate)),
            Fact(_("评价数"), str(whole.total)),
            Fact(_("差评整改率"), reviews.percent(mended.rate)),
            Fact(_("按期整改率"), reviews.percent(mended.in_time_rate)),
            Fact(_("回访满意率"), reviews.percent(mended.satisfied_rate)),
        ),
        board=board_table(board),
        replies=tuple(_answered(one) for one in replies),
        pager=pager,
        months=months,
        notes=notes(board.minimum),
        comments=comments,
    )


def notes(minimum: int) -> tuple[str, ...]:
    """How the numbers are made, in sentences."""
    return (
        _("好评率＝前三级评价 ÷ 全部计入的评价。没有评价的不算好评，只影响参评率。"),
        _("少于 %(n)s 条评价的单位不排名；置信区间重叠的不分先后。") % {"n": minimum},
        _("疑似刷评的好评核实以前不计入；差评一直计入，只有两名其他单位的人员都同意才不计入。"),
    )


def board_table(board: Board) -> Table:
    """The ranking, with places withheld where they would say too much."""
    rows = tuple(
        Row(
            (
                Cell(str(one.place) if one.place else "—"),
                Cell(_department(one.code)),
                Cell(_("评价太少") if one.is_few else reviews.rate_words(one.figures)),
                Cell(reviews.percent(one.figures.participation)),
                Cell(str(one.figures.total)),
                # Of few reviews the bad ones beside the whole would be the rate again.
                Cell("—" if one.is_few else str(one.figures.bad)),
            )
        )
        for one in board.rows
    )
    return Table(
        title=_("各部门"),
        rows=rows,
        empty=Empty(_("这个月还没有评价")),
        columns=(
            Column(_("名次"), "number"),
            Column(_("部门")),
            Column(_("好评率")),
            Column(_("参评率"), "number"),
            Column(_("评价数"), "number"),
            Column(_("差评数"), "number"),
        ),
    )


def _answered(one: PublicReply) -> Answered:
    state = _(one.state_title)
    kind = reviews.object_name(one.object) if is_apart(one.object) else ""
    return Answered(
        what=say(one.name) or reviews.object_name(one.object),
        department=" · ".join(filter(None, (kind, _department(one.department)))),
        level=reviews.level_tag(one.level),
        tags=reviews.tag_names(one.tags),
        text=one.text,
        rated_on=localtime(one.rated_at).date(),
        answer=one.answer,
        answered_on=one.answered_at,
        state=reviews.second_round(state) if one.is_second_round else state,
    )
