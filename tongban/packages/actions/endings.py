"""Endings: withdrawal, one delivery, and the read-only link to share."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.cases import actions as cases
from tongban.cases.states import CaseState
from tongban.engine.actions import Act, Locked
from tongban.kernel.refusals import NotAllowed
from tongban.packages.actions.acceptance import children_in
from tongban.packages.actions.agents import need_function
from tongban.packages.actions.fees import need_paid
from tongban.packages.models import Application, ShareLink
from tongban.packages.rules import NothingToWithdraw
from tongban.payments.states import WhenDue
from tongban.people.states import AgentFunction

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def withdraw_application(*, package_id: int, by: Actor, now: datetime) -> None:
    """Withdraw everything that is not decided yet; what was decided stays decided.

    Where a result is there already it must still be handed over (行政许可法 44): the application
    then ends as done and waits for its one delivery.
    """
    with transaction.atomic():
        for case_id in _withdraw_whole(package_id, by, now):
            cases.withdraw_case(case_id=case_id, by=by, now=now)


def _withdraw_whole(package_id: int, by: Actor, now: datetime) -> list[int]:
    """Withdraw the application as a whole; where a result exists, what is left of it instead."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        undecided = children_in(act, package, *_UNDECIDED)
        need_function(
            by=by,
            party_id=package.party_id,
            function=AgentFunction.SUBMIT,
            items={case.facts["item"] for case in undecided},
            now=now,
        )
        if not undecided and not package.is_ended:
            raise NothingToWithdraw(
                "各事项都已经作出决定，不能再撤回。结果会按您选择的方式送达。",
                facts={"number": package.number},
            )
        if undecided and any(_has_result(case) for case in act.children_of(package)):
            act.drop()
            return [case.id for case in undecided]
        act.cancel_steps(package, "withdrawn")
        act.move(package, "withdraw")
        for case in undecided:
            cases.withdraw_in(act, case)
    return []


_UNDECIDED = (CaseState.WAITING, CaseState.RECEIVED, CaseState.ACCEPTED)
_DECIDED = (CaseState.PRODUCING, CaseState.GRANTED, CaseState.DENIED)


def _has_result(case: Locked) -> bool:
    """Whether a decision was made that the applicant is to be handed; an inner check has none."""
    return case.state in _DECIDED and not cases.item_of(case).internal


def collect_results(*, package_id: int, by: Actor, now: datetime) -> None:
    """The applicant takes the results online; opening them is the proof of delivery."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        need_function(
            by=by,
            party_id=package.party_id,
            function=AgentFunction.RECEIVE,
            items=(),
            now=now,
        )
        need_paid(package.id, WhenDue.BEFORE_DELIVERY)
        act.close_steps(package, "collected")
        act.move(package, "collect", basis="行政许可法第四十四条")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def share_progress(*, package_id: int, by: Actor, now: datetime) -> str:
    """Make a read-only link; answers its token, which is not stored.

    By who acts for the applicant, or by the clerk who filed it, for the receipt that is printed.
    """
    token = secrets.token_urlsafe(24)
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        if package.party_id not in by.acts_for and not _filed_at_window(package, by):
            raise NotAllowed("只有申请人可以分享办理进度。")
        ShareLink.objects.create(
            proceeding_id=package.id, token_hash=_token_hash(token), created_at=now
        )
        act.record(package, "share", public=False)
    return token


def _filed_at_window(package: Locked, by: Actor) -> bool:
    if by.kind != "staff":
        return False
    return Application.objects.filter(proceeding_id=package.id, account_id=by.id).exists()


def revoke_shares(*, package_id: int, by: Actor, now: datetime) -> None:
    """End every read-only link of an application."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        if package.party_id not in by.acts_for:
            raise NotAllowed("只有申请人可以停止分享。")
        ShareLink.objects.filter(proceeding_id=package.id, revoked_at=None).update(revoked_at=now)
        act.record(package, "unshare", public=False)
