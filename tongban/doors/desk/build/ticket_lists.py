"""Lists of tickets with their filters, and the table of figures with each formula."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.doors.desk import pages
from tongban.doors.desk.build.filters import filter_field
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tickets import URGENCIES, lines_table, path_of
from tongban.doors.desk.build.words import department_name
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Pager, Row, Table
from tongban.doors.texts import say
from tongban.hotline import queries as hotline
from tongban.hotline.states import TASK, TICKET
from tongban.kernel.worktime import city_date
from tongban.people.queries import departments
from tongban.voice.queries import voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.doors.visits import KnownVisit
    from tongban.hotline.queries import Figures, TicketLine, Wanted
    from tongban.voice.queries import AnswerRate

# What each figure is called and how it is reckoned (domain-04 §5.6).
FORMULAS = {
    "direct": (gettext_noop("直接答复率"), gettext_noop("直接答复 ÷ 受理")),
    "completion": (gettext_noop("办结率"), gettext_noop("（直接答复＋办结）÷ 受理")),
    "response": (gettext_noop("响应率"), gettext_noop("按时联系诉求人 ÷ 联系时限届满的任务")),
    "on_time": (gettext_noop("按时答复率"), gettext_noop("时限内答复 ÷ 答复时限届满的任务")),
    "solved": (
        gettext_noop("解决率"),
        gettext_noop("（已解决＋部分解决折算）÷ 有效回访"),
    ),
    "satisfied": (gettext_noop("满意率"), gettext_noop("基本满意及以上 ÷ 评了满意程度的回访")),
    "returned": (gettext_noop("退单率"), gettext_noop("已退单 ÷ 派出的任务")),
    "first": (
        gettext_noop("一次派单准确率"),
        gettext_noop("第一次派出没有退单的 ÷ 第一次派出的任务"),
    ),
    "again": (gettext_noop("重办率"), gettext_noop("重办过的 ÷ 办结")),
    "ordered": (gettext_noop("督办率"), gettext_noop("督办过的 ÷ 办结")),
}
_COUNTED = {
    "direct": ("answered", "accepted"), "completion": ("ended", "accepted"),
    "response": ("contacted", "contact_due"), "on_time": ("on_time", "due"),
    "returned": ("returned", "sent"), "first": ("first_right", "first_sent"),
    "again": ("again", "closed"),
    "ordered": ("ordered", "closed"), "satisfied": ("satisfied", "rated"),
}  # fmt: skip


def tickets_page(
    request: KnownVisit,
    lines: Sequence[TicketLine],
    wanted: Wanted,
    counted: int | None,
    *,
    size: int,
) -> pages.TicketsPage:
    """The list with its filters; ``lines`` holds one more where there is a next page."""
    is_centre = hotline.is_of_centre(request.actor)
    shown = lines[:size]
    asked = query_of(wanted)
    after = {"before": shown[-1].number} if len(lines) > size else {}
    first = f"?{urlencode(asked)}" if request.GET.get("before") else ""
    return pages.TicketsPage(
        queues=sidebar(request),
        keys=keys(),
        title=_title(wanted, is_centre=is_centre),
        count=_count(counted),
        fields=tuple(_filters(wanted, is_centre=is_centre)),
        special=wanted.special,
        table=lines_table(
            shown,
            title=_("工单") if is_centre else _("承办任务"),
            kind="ticket" if is_centre else "ticket_task",
            empty=Empty(_("没有符合条件的工单"), _("换一个条件再看。"), icon="search"),
            pager=Pager(first=first, next=f"?{urlencode({**asked, **after})}" if after else ""),
        ),
    )


def query_of(wanted: Wanted) -> dict[str, str]:
    """The parts of the address that say something."""
    parts = {
        "state": wanted.state, "unit": wanted.unit, "domain": wanted.domain,
        "urgency": wanted.urgency, "special": wanted.special, "late": "1" if wanted.late else "",
    }  # fmt: skip
    return {name: value for name, value in parts.items() if value}


def _title(wanted: Wanted, *, is_centre: bool) -> str:
    for one in hotline.content()["specials"]:
        if one["code"] == wanted.special:
            return say(one["name"])
    return _("12345 工单") if is_centre else _("本单位承办的诉求")


def _count(counted: int | None) -> str:
    if counted is None:
        return ""
    if counted > hotline.COUNTED_MOST:
        return _("%(n)s 件以上") % {"n": number_format(hotline.COUNTED_MOST)}
    return _("%(n)s 件") % {"n": number_format(counted)}


def _filters(wanted: Wanted, *, is_centre: bool) -> list[Field]:
    life = TICKET if is_centre else TASK
    states = [(state.value, _(life.title(state.value))) for state in life.states]
    fields = [
        filter_field("state", _("状态"), states, wanted.state),
        filter_field(
            "domain", _("归口"), [(one.code, path_of(one)) for one in hotline.domains()],
            wanted.domain,
        ),
        filter_field(
            "urgency", _("紧急程度"), [(code, _(name)) for code, name in URGENCIES.items()],
            wanted.urgency,
        ),
        filter_field("late", _("时限"), [("1", _("已超期"))], "1" if wanted.late else ""),
    ]  # fmt: skip
    if is_centre:
        units = [(one.code, say(one.name)) for one in departments()]
        fields.insert(1, filter_field("unit", _("承办单位"), units, wanted.unit))
    return fields


def figures_page(
    request: KnownVisit, found: Sequence[Figures], calls: AnswerRate, days: tuple[date, date]
) -> pages.TicketFiguresPage:
    """The figures of a period: the city first, then each unit; every formula in words."""
    whole = found[0]
    names = tuple(FORMULAS)
    since, until = days
    return pages.TicketFiguresPage(
        queues=sidebar(request),
        keys=keys(),
        title=_("12345 办理指标"),
        fields=(
            _day("since", _("从哪一天"), since),
            _day("until", _("到哪一天（含）"), until),
        ),
        formulas=tuple(
            Fact(_(title), _("%(share)s　%(formula)s%(counted)s") % {
                "share": _percent(whole.shares[name]),
                "formula": _(formula),
                "counted": _counted(whole, name),
            })
            for name, (title, formula) in FORMULAS.items()
        ),
        calls=_calls(calls),
        no_calls=_("这一段时间没有转人工的来电，不计算接通率。"),
        table=Table(
            title=_("各单位"),
            columns=(
                Column(_("承办单位")), Column(_("派出"), "number"), Column(_("办结"), "number"),
                *(Column(_(FORMULAS[name][0]), "number") for name in names if name != "direct"),
            ),
            rows=tuple(_unit_row(one, names) for one in found[1:]),
            empty=Empty(_("这一段时间没有派单"), _("换一段时间再看。")),
        ),
    )  # fmt: skip


def _calls(one: AnswerRate) -> tuple[Fact, ...]:
    """How calls were answered (接通率, domain-04 §5.6), with the numbers behind; none for none."""
    if not one.offered:
        return ()
    of = {"of": number_format(one.offered)}
    share = _("%(share)s　话务员接听的来电 ÷ 转人工的来电：%(counted)s ÷ %(of)s")
    prompt = _("%(share)s　在这个时间以内接听的来电 ÷ 转人工的来电：%(counted)s ÷ %(of)s")
    seconds = number_format(voice().prompt.value, 0)
    waited = _("%(seconds)s 秒") % {"seconds": number_format(one.seconds or 0, 0)}
    return (
        Fact(_("接通率"), share % {
            "share": _percent(one.share), "counted": number_format(one.answered), **of,
        }),
        Fact(_("接通率目标"), _("不低于 %(aim)s%%") % {"aim": voice().answered.value}),
        Fact(_("%(seconds)s 秒接通率") % {"seconds": seconds}, prompt % {
            "share": _percent(one.prompt_share), "counted": number_format(one.prompt), **of,
        }),
        Fact(_("接听前平均等候"), waited if one.answered else "—"),
        Fact(_("没有等到接听就挂机"), number_format(one.given_up)),
        Fact(_("还在等候"), number_format(one.waiting)),
    )  # fmt: skip


def _unit_row(one: Figures, names: Sequence[str]) -> Row:
    listed = reverse("desk-tickets") + f"?{urlencode({'unit': one.unit})}"
    shares = tuple(Cell(_percent(one.shares[name])) for name in names if name != "direct")
    counted = (Cell(number_format(one.sent)), Cell(number_format(one.closed)))
    return Row((Cell(department_name(one.unit), listed), *counted, *shares), key=one.unit)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{number_format(round(100 * share, 1), 1)}%"


def _counted(one: Figures, name: str) -> str:
    """The numbers behind a share, so that anybody can reckon it again."""
    if name == "solved":
        counted = f"{one.solved} + {one.partly} × {one.part}"
        return _("：（%(counted)s）÷ %(of)s") % {
            "counted": counted, "of": one.solved + one.partly + one.unsolved,
        }  # fmt: skip
    above, below = _COUNTED[name]
    return _("：%(counted)s ÷ %(of)s") % {
        "counted": getattr(one, above), "of": getattr(one, below),
    }  # fmt: skip


def _day(name: str, label: str, value: date) -> Field:
    return Field(
        name=name, id=f"figures-{name}", label=label, kind="date", value=value.isoformat()
    )


def period(request: KnownVisit, asked: Mapping[str, str]) -> tuple[date, date]:
    """The days that are asked for, else the last thirty; what is said wrong means these."""
    today = city_date(request.now)
    since, until = _read(asked.get("since", "")), _read(asked.get("until", ""))
    if since is None or until is None or since > until:
        return today - timedelta(days=29), today
    return since, min(until, today)


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
