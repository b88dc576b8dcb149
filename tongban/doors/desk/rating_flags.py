"""What detectors found and nobody has looked at, and the registered devices of the halls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from tongban.doors import reviews
from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.build.words import department_name, moment, queue_name
from tongban.doors.desk.forms import plain
from tongban.doors.desk.pages import DeskPage, VerbForm
from tongban.doors.parts import (
    Cell,
    Column,
    Empty,
    Fact,
    Field,
    Option,
    Pager,
    Problem,
    Row,
    Table,
    Tag,
)
from tongban.doors.texts import refusal_in_words, run_on, say
from tongban.kernel.refusals import NotFound, Refusal
from tongban.people.queries import departments
from tongban.ratings import queries
from tongban.ratings.actions import register_device, retire_device, settle_flags

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.ratings.models import Device
    from tongban.ratings.queries import FlagGroup, FlagLine, ReviewLine

GROUPS = 5
LINES = 50
EVIDENCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """One flag in its group: what was said, and the way to what its rule saw."""

    id: int
    words: str
    detail: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCard:
    """What one rule found at one window, settled together or one by one with one reason."""

    id: str
    title: str
    text: str
    note: str
    rows: tuple[FlagRow, ...]
    reason: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsDesk(DeskPage):
    """What detectors found and nobody has looked at; devices of the halls."""

    title: str
    cards: tuple[FlagCard, ...]
    empty: Empty
    pager: Pager
    devices: Table
    forms: tuple[VerbForm, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDesk(DeskPage):
    """One flag with its facts and every review that its rule saw together with this one."""

    title: str
    text: str
    facts: tuple[Fact, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class _Tried:
    """What was sent and refused: it stays as it was typed."""

    do: str = ""
    flags: frozenset[int] = frozenset()
    words: Mapping[str, str] | None = None
    wrong: str = ""

    def typed(self, name: str) -> str:
        return (self.words or {}).get(name, "")


@require_http_methods(["GET", "POST"])
@permission("staff")
def flags(request: KnownVisit) -> HttpResponse:
    """Flags that wait, and the registered devices; the administration settles and registers."""
    if request.method == "GET":
        return _show(request, _Tried(), 200)
    typed = {
        name: plain(request.POST.get(name, ""))
        for name in ("do", "group", "id", "reason", "name", "channel", "window")
    }
    chosen = frozenset(_number(one) for one in request.POST.getlist("flag")[:LINES])
    try:
        told = _do(request, typed, chosen)
    except NotFound:
        raise
    except Refusal as no:
        return _show(request, _Tried(typed["do"], chosen, typed, refusal_in_words(no)), no.status)
    messages.success(request, told)
    return redirect("desk-rating-flags")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _do(request: KnownVisit, typed: Mapping[str, str], chosen: Collection[int]) -> str:
    by, now = request.actor, request.now
    if typed["do"] in ("holds", "clears"):
        done = settle_flags(
            flag_ids=chosen, holds=typed["do"] == "holds", reason=typed["reason"], by=by, now=now
        )
        return _("已记下 %(n)s 条的核查结果。") % {"n": done}
    if typed["do"] == "register":
        region = next((prefix for _queue, prefix in sorted(by.posts)), "")
        register_device(
            window=typed["window"], channel=typed["channel"], region=region, name=typed["name"],
            by=by, now=now,
        )  # fmt: skip
        return _("已登记。请在那台设备上打开列出的网址。")
    if typed["do"] == "retire":
        retire_device(device_id=_number(typed["id"]), by=by, now=now)
        return _("已停用。")
    raise NotFound(_("没有这个办理动作。"))


def _show(request: KnownVisit, tried: _Tried, status: int) -> HttpResponse:
    groups = queries.flag_groups(request.actor)
    known = queries.devices(request.actor)
    first = _number(request.GET.get("from", ""))
    shown = groups[first : first + GROUPS]
    page = FlagsDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=_("异常核查和评价器"),
        cards=tuple(_card(request, one, tried) for one in shown),
        empty=Empty(_("没有等待核查的异常"), icon="tick"),
        pager=Pager(
            first="?" if first else "",
            next=f"?from={first + GROUPS}" if len(groups) > first + GROUPS else "",
        ),
        devices=_devices(known),
        forms=(_register(tried), *_retire(known)),
        problems=(Problem(tried.wrong, _place(tried)),) if tried.wrong else (),
    )
    return render(request, "desk/rating_flags.html", {"page": page}, status=status)


def _place(tried: _Tried) -> str:
    """The field in which what was wrong can be put right."""
    return "register-name" if tried.do == "register" else f"reason-{tried.typed('group')}"


def _card(request: KnownVisit, group: FlagGroup, tried: _Tried) -> FlagCard:
    key = "-".join(filter(None, (group.detector, group.department, group.window))).replace(
        ".", "-"
    )
    is_tried = tried.do in ("holds", "clears") and tried.typed("group") == key
    rule = queries.ratings().detector(group.detector)
    of = (group.department, group.window, group.detector)
    found = queries.flags_of(request.actor, of, limit=LINES)
    return FlagCard(
        id=key,
        title=f"{group.detector} {say(rule.name.model_dump())} · {_where(group)}",
        text=say(rule.text.model_dump()),
        note=_note(group, len(found)),
        rows=tuple(_row(one, is_chosen=is_tried and one.id in tried.flags) for one in found),
        reason=Field(
            name="reason", id=f"reason-{key}", label=_("核查了什么"), kind="longtext",
            max_length=500, error=tried.wrong if is_tried else "",
            value=tried.typed("reason") if is_tried else "",
            help=_("勾选的各条用同一个理由，每条各记一笔。"),
        ),
    )  # fmt: skip


def _where(group: FlagGroup) -> str:
    return (
        " ".join(queue_name(group.window)) if group.window else department_name(group.department)
    )


def _note(group: FlagGroup, shown: int) -> str:
    told = [
        _("%(n)s 条等待核查，其中好评 %(good)s 条，核实以前不计入统计。")
        % {"n": group.count, "good": group.good}
    ]
    if group.good < group.count:
        told.append(_("差评照常计入，只有两人排除才不计。"))
    if shown < group.count:
        told.append(_("先列最近的 %(n)s 条。") % {"n": shown})
    return run_on(told)


def _row(one: FlagLine, *, is_chosen: bool) -> FlagRow:
    review = one.review
    facts = (f"{name} {value}" for name, value in _facts(one))
    detail = (reviews.channel_name(review.channel), *facts, review.text)
    return FlagRow(
        id=one.id,
        words=f"{moment(review.rated_at)} · {reviews.level_name(review.level)}",
        detail=_("；").join(filter(None, detail)),
        href=reverse("desk-rating-flag", args=[one.id]),
        is_chosen=is_chosen,
    )


_FACTS = {
    "people": gettext_noop("不同的人"), "limit": gettext_noop("规定值"),
    "seconds": gettext_noop("秒数"), "same": gettext_noop("相同的评价"),
    "count": gettext_noop("当天评价数"), "mean": gettext_noop("此前日均"),
    "idle": gettext_noop("没有接待时的评价"), "of": gettext_noop("全部现场评价"),
}  # fmt: skip


def _facts(one: FlagLine) -> list[tuple[str, str]]:
    return [(_(_FACTS.get(name, name)), str(value)) for name, value in one.facts.items()]


# ---- what is behind a flag ----------------------------------------------------------------------


@require_safe
@permission("staff")
def evidence(request: KnownVisit, flag: int) -> HttpResponse:
    """One flag, its facts, and each review that its rule counted."""
    one, seen = queries.evidence_of(request.actor, flag, limit=EVIDENCE)
    rule = queries.ratings().detector(one.detector)
    review = one.review
    page = EvidenceDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=f"{one.detector} {say(rule.name.model_dump())}",
        text=say(rule.text.model_dump()),
        facts=(
            Fact(_("部门"), department_name(review.department)),
            *((Fact(_("窗口"), " ".join(queue_name(review.window))),) if review.window else ()),
            Fact(_("评价"), reviews.level_name(review.level)),
            Fact(_("评价时间"), moment(review.rated_at)),
            *((Fact(_("评价的办件"), review.number, is_code=True),) if review.number else ()),
            *(Fact(name, value) for name, value in _facts(one)),
            Fact(_("发现时间"), moment(one.raised_at)),
        ),
        table=_seen(seen, review.id),
    )
    return render(request, "desk/rating_flag.html", {"page": page})


def _seen(seen: Sequence[ReviewLine], flagged: int) -> Table:
    rows = tuple(
        Row(
            (
                Cell(one.rated_at),
                Cell(reviews.level_tag(one.level)),
                Cell(one.number or "—"),
                Cell(reviews.channel_name(one.channel)),
                Cell(one.text or "—"),
                Cell(_("、").join(one.flags) or "—"),
                Cell(_("是") if one.weight else _("否")),
            ),
            key=str(one.id),
            selected=one.id == flagged,
        )
        for one in seen
    )
    return Table(
        title=_("这条规则看到的评价"), rows=rows, empty=Empty(_("没有评价")),
        columns=(
            Column(_("时间"), "time"), Column(_("评价"), "tag"), Column(_("办件"), "code"),
            Column(_("渠道")), Column(_("内容")), Column(_("异常标记")), Column(_("计入统计")),
        ),
    )  # fmt: skip


# ---- devices ------------------------------------------------------------------------------------


def _devices(known: Sequence[Device]) -> Table:
    rows = tuple(
        Row(
            (
                Cell(one.name),
                Cell(reviews.channel_name(one.channel)),
                Cell(" ".join(queue_name(one.window)) if one.window else "—"),
                Cell(f"/hall/rate/{one.code}/", href=f"/hall/rate/{one.code}/"),
                Cell(Tag(_("使用中"), "done") if one.is_active else Tag(_("停用"), "plain")),
            )
        )
        for one in known
    )
    return Table(
        title=_("登记的评价器"), rows=rows,
        empty=Empty(_("还没有登记评价器"), _("登记以后，在平板上打开它的网址，就能评价。")),
        columns=(
            Column(_("放在哪里")), Column(_("种类")), Column(_("窗口"), "code"),
            Column(_("网址"), "code"), Column(_("状态"), "tag"),
        ),
    )  # fmt: skip


def _register(tried: _Tried) -> VerbForm:
    at_counter = [one for one in queries.ratings().channels if one.at_counter]
    is_tried = tried.do == "register"
    return VerbForm(
        id="do-register", title=_("登记评价器"), button=_("登记"),
        action=reverse("desk-rating-flags"),
        fields=(
            Field(name="name", id="register-name", label=_("放在哪里"), max_length=100,
                  error=tried.wrong if is_tried else "",
                  value=tried.typed("name") if is_tried else ""),
            Field(
                name="channel", id="register-channel", label=_("种类"), kind="choice",
                options=tuple(
                    Option(one.code, say(one.name.model_dump()), chosen=n == 0)
                    for n, one in enumerate(at_counter)
                ),
            ),
            Field(
                name="window", id="register-window", label=_("窗口"), kind="choice",
                required=False, help=_("平板放在哪个部门的窗口；自助机不用选。"),
                options=tuple(
                    Option(f"{one.code}.window", say(one.name)) for one in departments()
                ),
            ),
        ),
        hidden=(("do", "register"),),
    )  # fmt: skip


def _retire(known: Sequence[Device]) -> tuple[VerbForm, ...]:
    """The way to take a device out of use, where there is one."""
    options = tuple(Option(str(one.pk), one.name) for one in known if one.is_active)
    if not options:
        return ()
    form = VerbForm(
        id="do-retire", title=_("停用评价器"), button=_("停用"),
        action=reverse("desk-rating-flags"),
        fields=(
            Field(name="id", id="retire-id", label=_("哪一台"), kind="choice", options=options),
        ),
        hidden=(("do", "retire"),),
        note=_("停用以后网址打不开；已经收到的评价照常计入。"),
    )  # fmt: skip
    return (form,)
