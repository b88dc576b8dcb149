"""Leave and cover: who is away, who approved it, and who stands in (A/B 岗)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.people.actions.journal import record
from tongban.people.models import Account, Leave, Post
from tongban.people.states import AccountKind, LeaveState, Role

if TYPE_CHECKING:
    from datetime import date, datetime

    from tongban.kernel.actors import Actor


def record_leave(
    *,
    account_id: int,
    first_on: date,
    last_on: date,
    deputy_id: int | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Give a member of staff no work on these days, both included.

    ``deputy_id`` stands in for all of his posts; without one each post's own deputy does. Raises
    NotAllowed unless ``by`` heads a department of theirs or is the system, and BadInput.
    """
    _need_head(account_id, by)
    _keep(account_id, first_on, last_on, deputy_id, LeaveState.APPROVED, by, now)


def ask_leave(
    *, first_on: date, last_on: date, deputy_id: int | None = None, by: Actor, now: datetime
) -> None:
    """Ask for leave; nothing changes before the head has approved it. Raises BadInput."""
    if by.kind != "staff":
        raise NotAllowed("只有工作人员可以申请休假。")
    _keep(by.id, first_on, last_on, deputy_id, LeaveState.ASKED, by, now)


def _keep(
    account_id: int,
    first_on: date,
    last_on: date,
    deputy_id: int | None,
    state: LeaveState,
    by: Actor,
    now: datetime,
) -> None:
    if last_on < first_on:
        raise BadInput.at("last_on", "period-backwards", "结束日期不能早于开始日期。")
    _need_deputy(account_id, deputy_id, first_on, last_on)
    with transaction.atomic():
        Account.objects.select_for_update().get(id=account_id)
        known = Leave.objects.filter(account_id=account_id, first_on=first_on).first()
        if state is LeaveState.ASKED and known is not None:
            sentence = "这一天开始的休假已经登记或申请过，请先撤销。"
            raise BadInput.at("first_on", "leave-known", sentence)
        Leave.objects.update_or_create(
            account_id=account_id,
            first_on=first_on,
            defaults={"last_on": last_on, "deputy_id": deputy_id, "state": state.value},
        )
        body: dict[str, Any] = {"first_on": first_on.isoformat(), "last_on": last_on.isoformat()}
        if deputy_id is not None:
            body["deputy"] = deputy_id
        verb = "leave_asked" if state is LeaveState.ASKED else "leave_recorded"
        record(account_id, verb, by=by, now=now, body=body)


def approve_leave(*, leave_id: int, by: Actor, now: datetime) -> None:
    """Approve a leave that was asked for; its deputy stands in from its first day on.

    Raises NotFound, NotAllowed unless ``by`` heads a department of theirs, and BadInput where the
    deputy will be away himself.
    """
    with transaction.atomic():
        leave = _asked(leave_id, by)
        _need_deputy(leave.account_id, leave.deputy_id, leave.first_on, leave.last_on)
        leave.state = LeaveState.APPROVED.value
        leave.save(update_fields=["state"])
        body = {"first_on": leave.first_on.isoformat(), "last_on": leave.last_on.isoformat()}
        record(leave.account_id, "leave_approved", by=by, now=now, body=body)


def decline_leave(*, leave_id: int, by: Actor, now: datetime) -> None:
    """Decline a leave that was asked for. Raises NotFound and NotAllowed."""
    with transaction.atomic():
        leave = _asked(leave_id, by)
        leave.delete()
        body = {"first_on": leave.first_on.isoformat()}
        record(leave.account_id, "leave_declined", by=by, now=now, body=body)


def _asked(leave_id: int, by: Actor) -> Leave:
    leave = Leave.objects.select_for_update().filter(id=leave_id, state=LeaveState.ASKED).first()
    if leave is None:
        raise NotFound("没有找到这份休假申请，可能已经处理过。")
    _need_head(leave.account_id, by)
    return leave


def cancel_leave(*, account_id: int, first_on: date, by: Actor, now: datetime) -> None:
    """Take a leave back: the head, or the person himself. Raises NotAllowed and NotFound."""
    if by.id != account_id or by.kind != "staff":
        _need_head(account_id, by)
    with transaction.atomic():
        Account.objects.select_for_update().get(id=account_id)
        gone, _ = Leave.objects.filter(account_id=account_id, first_on=first_on).delete()
        if not gone:
            raise NotFound("没有找到这段休假。")
        body = {"first_on": first_on.isoformat()}
        record(account_id, "leave_cancelled", by=by, now=now, body=body)


def set_deputy(*, post_id: int, deputy_id: int | None, by: Actor, now: datetime) -> None:
    """Say who does the work of a post while its holder is away (B 岗); None for nobody.

    Raises NotFound, NotAllowed unless ``by`` heads the post's department, and BadInput.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update().filter(id=post_id, is_active=True).first()
        if post is None:
            raise NotFound("没有找到这个岗位。")
        if by.kind != "system" and f"{post.department_id}.{Role.HEAD}" not in by.queues:
            raise NotAllowed("只有本部门负责人可以安排 B 岗。")
        _need_colleague(post.account_id, deputy_id)
        if post.deputy_id == deputy_id:
            return
        post.deputy_id = deputy_id
        post.save(update_fields=["deputy"])
        body = {"post": post.pk, "role": post.role, "deputy": deputy_id}
        record(post.account_id, "deputy_set", by=by, now=now, body=body)


def _need_deputy(account_id: int, deputy_id: int | None, first_on: date, last_on: date) -> None:
    if deputy_id is None:
        return
    _need_colleague(account_id, deputy_id)
    away = Leave.objects.filter(
        account_id=deputy_id,
        state=LeaveState.APPROVED,
        first_on__lte=last_on,
        last_on__gte=first_on,
    )
    if away.exists():
        raise BadInput.at("deputy", "deputy-away", "代理人在这几天也休假，请选择其他同事。")


def _need_colleague(account_id: int, deputy_id: int | None) -> None:
    """Somebody else who holds a post in one of the person's departments."""
    if deputy_id is None:
        return
    departments = Post.objects.filter(account_id=account_id, is_active=True).values("department")
    fit = Account.objects.filter(
        id=deputy_id,
        kind=AccountKind.STAFF,
        is_active=True,
        posts__is_active=True,
        posts__department__in=departments,
    )
    if deputy_id == account_id or not fit.exists():
        raise BadInput.at("deputy", "deputy-unfit", "代理人必须是本部门在岗的其他同事。")


def _need_head(account_id: int, by: Actor) -> None:
    queues = Post.objects.filter(account_id=account_id, is_active=True)
    theirs = {f"{post.department_id}.{Role.HEAD}" for post in queues}
    if by.kind != "system" and not theirs & by.queues:
        raise NotAllowed("只有本部门负责人可以登记休假。")
