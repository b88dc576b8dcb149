"""Handling again (重办): a decision was set aside, its application is decided anew by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.db import transaction

from tongban.cases.actions import redoing
from tongban.cases.rules.redoing import BASES, Order, checked, is_done_again, need_set_aside
from tongban.documents.actions import bind_materials
from tongban.documents.queries import attachments_of
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.engine.rules import require
from tongban.kernel.worktime import city_date
from tongban.licences.actions import change_state
from tongban.licences.queries import get_licence
from tongban.licences.states import LicenceState
from tongban.packages.actions.filing import PREFIX, Filed
from tongban.packages.models import Application
from tongban.packages.states import PackageState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

_APPLICATION = (
    "INSERT INTO packages_application (proceeding_id, account_id, idempotency_key,"
    " package_code, facts, promise) VALUES (%s, %s, %s, %s, %s::jsonb, '{}'::jsonb)"
)
_REVOCABLE = (LicenceState.VALID, LicenceState.SUSPENDED, LicenceState.EXPIRED)


def set_aside(*, case_id: int, order: Order, by: Actor, now: datetime) -> Filed | None:
    """Record that a decision was set aside; open its application anew where it must be decided.

    By the head of the department. The new case is an application of its own with one item: it
    takes over what was handed in, is accepted at once with fresh clocks, and is given to officers
    who neither reviewed nor decided before. A licence that rested on the decision is revoked in
    the same transaction; one that a department's own system issued is left to it. Answers the
    new application, None where nothing is left to decide. Raises NothingToSetAside,
    SetAsideAlready, NobodyElse, BadInput.
    """
    order = checked(order, city_date(now))
    with transaction.atomic():
        with Act(by=by, now=now) as act:
            case = act.lock(case_id)
            require(by, case, "head")
            need_set_aside(case)
            opened = _open_again(act, case, order)
        if opened is not None:
            _take_over_files(case, opened[1], by, now)
        if case.facts.get("licence") and not case.facts.get("system"):
            _revoke(case.facts["licence"], order, by, now)
    return Filed(opened[0].id, opened[0].number, is_new=True) if opened else None


def _take_over_files(old: Locked, new: Locked, by: Actor, now: datetime) -> None:
    """What was handed in for the old case stands in the new one as well."""
    bind_materials(
        material_ids=[one.material_id for one in attachments_of([old.id])],
        proceeding_id=new.id,
        item_code=old.facts["item"],
        party_id=old.party_id,
        by=by,
        now=now,
    )


def _open_again(act: Act, case: Locked, order: Order) -> tuple[Locked, Locked] | None:
    """The new application and its one case; None where nothing is left to decide."""
    if not is_done_again(order, case.state):
        redoing.set_aside_in(act, case, order, None, "")
        return None
    without = redoing.took_part(case.id)
    redoing.need_others(case, without, act.now)
    before = Application.objects.select_related("proceeding").get(
        proceeding_id=case.parent_id or 0
    )
    parent = before.proceeding
    again = redoing.again_of(case, order, without)
    whole, new = act.open(
        [
            NewProceeding(
                kind="package",
                prefix=PREFIX,
                region=parent.region,
                department=parent.department,
                party_id=parent.party_id,
                version_id=parent.version_id,
                state=PackageState.ACCEPTED,
                facts={"package": before.package_code, "again": parent.number},
                open_children=1,
            ),
            again,
        ]
    )
    whole.accepted_at = act.now
    key, facts = f"again/{case.number}", orjson.dumps(before.facts).decode()
    act.also(_APPLICATION, [whole.id, before.account_id, key, before.package_code, facts])
    told = {"package": before.package_code, "items": [case.facts["item"]], "again": case.number}
    act.begin(whole, "handle_again", body=told)
    redoing.open_again_in(act, case, new)
    redoing.set_aside_in(act, case, order, new, whole.number)
    return whole, new


def _revoke(identifier: str, order: Order, by: Actor, now: datetime) -> None:
    """What rests on a decision that does not stand any more falls with it."""
    if get_licence(identifier, city_date(now)).state in _REVOCABLE:
        change_state(
            identifier=identifier,
            to=LicenceState.REVOKED,
            reason=f"准予的决定已被撤销（{order.body}{order.document}）",
            basis=BASES[order.forum],
            by=by,
            now=now,
        )
