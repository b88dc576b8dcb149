"""The exchange on the desk: how every link stands, what was refused, what was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.catalogue.queries import department_systems
from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.build.words import department_name, moment
from tongban.doors.desk.forms import plain
from tongban.doors.desk.pages import ExchangePage, SystemCard, VerbForm
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Notice, Row, Table, Tag
from tongban.doors.texts import in_words
from tongban.doors.visits import wall_clock
from tongban.exchange import actions, queries
from tongban.exchange.gateways import system_codes
from tongban.kernel.refusals import NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.exchange.queries import SystemStatus
    from tongban.kernel.actors import Actor

REGIONAL = "regional"
LONGEST_REASON = 200


@require_http_methods(["GET", "POST"])
@permission("staff")
def exchange(request: KnownVisit) -> HttpResponse:
    """Links, refused messages and alarms; the supervisor changes links and sends again.

    A head sees the system of his own department. For anybody else the page does not exist.
    """
    seen = _seen(request.actor)
    if not seen and not request.actor.supervises:
        raise NotFound(_("没有找到这个页面，或您的岗位不能查看。"))
    if request.method == "GET":
        return _show(request, seen)
    typed = {name: plain(request.POST.get(name, "")) for name in ("do", "system", "reason")}
    try:
        told = _do(request, typed, seen)
    except Refusal as no:
        return _show(request, seen, no)
    messages.success(request, told)
    return redirect("desk-exchange")


def _seen(actor: Actor) -> tuple[str, ...]:
    """The systems that this officer may look at."""
    if actor.supervises:
        return system_codes()
    headed = {q.rpartition(".")[0] for q in actor.queues if q.endswith(".head")}
    owned = {system for owner, system in department_systems().items() if owner in headed}
    return tuple(code for code in system_codes() if code in owned)


def _do(request: KnownVisit, typed: Mapping[str, str], seen: Sequence[str]) -> str:
    by, now, system = request.actor, request.now, typed["system"]
    if typed["do"] == "report":
        count = actions.resend_reports(by=by, now=now, wall=wall_clock())
        return _("%(n)s 份上报数据将重新上报。") % {"n": count}
    if system not in seen:
        raise NotFound(_("没有登记这个部门业务系统。"))
    if typed["do"] == "down":
        reason = typed["reason"][:LONGEST_REASON]
        actions.mark_down(system=system, reason=reason, by=by, now=now)
        return _("已登记链路中断，部门工作人员可以补录。")
    if typed["do"] == "up":
        actions.mark_up(system=system, by=by, now=now)
        return _("已登记链路恢复。")
    if typed["do"] == "resend":
        count = actions.resend(system=system, by=by, now=now, wall=wall_clock())
        return _("%(n)s 份报文将重新发送。") % {"n": count}
    raise NotFound(_("没有这个办理动作。"))


def _show(request: KnownVisit, seen: Sequence[str], no: Refusal | None = None) -> HttpResponse:
    may_act = request.actor.supervises
    cards = [_system(queries.status_of(code), may_act=may_act) for code in seen]
    if may_act:
        cards.append(_regional())
    page = ExchangePage(
        queues=build.sidebar(request),
        keys=build.keys(),
        systems=tuple(cards),
        notices=(Notice(title=in_words(no.sentence), tone="alarm"),) if no else (),
        empty=Empty(_("没有登记部门业务系统"), icon="info"),
    )
    status = no.status if no else 200
    return render(request, "desk/exchange.html", {"page": page}, status=status)


def _owners(code: str) -> str:
    names = [
        department_name(own) for own, system in department_systems().items() if system == code
    ]
    return _("、").join(names)


def _system(one: SystemStatus, *, may_act: bool) -> SystemCard:
    tag = Tag(_("链路中断"), "late") if one.is_down else Tag(_("链路正常"), "done")
    return SystemCard(
        id=one.code,
        title=_owners(one.code) or _("内置的模拟系统"),
        tag=tag,
        facts=tuple(_facts(one)),
        tables=tuple(_tables(one)),
        verbs=tuple(_verbs(one)) if may_act else (),
    )


def _facts(one: SystemStatus) -> Iterator[Fact]:
    yield Fact(_("系统"), one.code, is_code=True)
    if one.down_since is not None:
        yield Fact(_("中断自") if one.is_down else _("恢复自"), moment(one.down_since))
    if one.reason:
        yield Fact(_("原因"), one.reason)
    out, heard = one.out, one.inbound
    yield Fact(_("待发出"), str(out.get("queued", 0) + out.get("failed", 0)))
    yield Fact(_("已放弃"), str(out.get("given_up", 0)))
    yield Fact(_("对方已确认"), str(out.get("acknowledged", 0)))
    yield Fact(_("收到并登记"), str(heard.get("applied", 0)))
    yield Fact(_("收到待处理"), str(heard.get("waiting", 0)))
    yield Fact(_("重复报文"), str(one.copies))
    if one.last is not None:
        yield Fact(_("最近对账"), moment(one.last.at))


def _tables(one: SystemStatus) -> Iterator[Table]:
    rejects = queries.rejects_of(one.code)
    yield Table(
        title=_("退回清单"),
        columns=(Column(_("时间"), "time"), Column(_("办件"), "code"), Column(_("原因"))),
        rows=tuple(
            Row((Cell(r.arrived_at), Cell(r.number), Cell(in_words(r.sentence)))) for r in rejects
        ),
        empty=Empty(_("没有被退回的报文"), icon="tick"),
    )
    lists = one.last.found["lists"] if one.last else {}
    rows = [(_(LISTS[name]), number) for name in LISTS for number in lists.get(name, ())]
    yield Table(
        title=_("对账差异"),
        columns=(Column(_("差异")), Column(_("办件"), "code")),
        rows=tuple(Row((Cell(what), Cell(number))) for what, number in rows),
        empty=Empty(_("对账没有发现差异"), icon="tick"),
    )


LISTS = {
    "alarms": "补录与部门业务系统不一致",
    "decided_otherwise": "两边的决定不同",
    "decided_only_there": "部门业务系统已决定，这里还没有收到",
    "decided_only_here": "这里已决定，部门业务系统没有",
    "missing_there": "部门业务系统没有这个办件",
    "missing_here": "这里没有交办过这个办件",
    "not_taken": "还没有送达部门业务系统",
    "waiting": "报文在等前面的报文",
    "open_backfills": "补录等待核对",
}


def _verbs(one: SystemStatus) -> Iterator[VerbForm]:
    if one.is_down:
        yield _form("up", one.code, _("登记链路恢复"), main=True)
    else:
        yield _form(
            "down", one.code, _("登记链路中断"), grave=True,
            fields=(
                Field(
                    name="reason", id=f"{one.code}-reason", label=_("中断的原因"),
                    max_length=LONGEST_REASON,
                ),
            ),
            note=_("登记以后，部门工作人员可以凭纸质文书补录结果。"),
        )  # fmt: skip
    if one.out.get("given_up", 0) or one.out.get("sent", 0):
        yield _form("resend", one.code, _("重新发送放弃和未确认的报文"))


def _form(
    do: str,
    system: str,
    title: str,
    *,
    fields: tuple[Field, ...] = (),
    note: str = "",
    main: bool = False,
    grave: bool = False,
) -> VerbForm:
    return VerbForm(
        id=f"do-{do}-{system}",
        title=title,
        button=title,
        action=reverse("desk-exchange"),
        fields=fields,
        hidden=(("do", do), ("system", system)),
        note=note,
        main=main,
        grave=grave,
    )


def _regional() -> SystemCard:
    found = queries.report_status()
    counts = found.counts
    listed = found.rejects
    open_count = counts.get("queued", 0) + counts.get("failed", 0)
    return SystemCard(
        id=REGIONAL,
        title=_("向自治区平台上报"),
        tag=Tag(_("有退回"), "late") if listed else Tag(_("正常"), "done"),
        facts=(
            Fact(_("待上报"), str(open_count)),
            Fact(_("已有回执"), str(counts.get("received", 0))),
            Fact(_("被退回"), str(counts.get("rejected", 0))),
            Fact(_("已放弃"), str(counts.get("given_up", 0))),
        ),
        tables=(
            Table(
                title=_("上报退回清单"),
                columns=(
                    Column(_("时间"), "time"), Column(_("编号"), "code"), Column(_("内容")),
                    Column(_("原因")),
                ),
                rows=tuple(
                    Row((
                        Cell(one.sent_at), Cell(_short(one.number)), Cell(_(KINDS[one.kind])),
                        Cell(f"{one.code} {_said(one.sentence)}".strip()),
                    ))
                    for one in listed
                ),
                empty=Empty(_("没有被退回的上报"), icon="tick"),
            ),
        ),
        verbs=(_form("report", REGIONAL, _("全部重新上报"), main=True),) if listed else (),
    )  # fmt: skip


def _said(sentence: str) -> str:
    return _(sentence) if sentence else ""


def _short(number: str) -> str:
    """The number of a case, or the end of a licence's long identifier."""
    return number if len(number) <= LONGEST_NUMBER else f"…{number[-LONGEST_NUMBER:]}"


LONGEST_NUMBER = 24
KINDS = {"process": "办件过程", "result": "办件结果", "licence": "证照", "review": "评价"}
