"""Authorised agents (授权代办, domain-07 §12.3): both sides agree before it works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.identifiers import normalise
from tongban.kernel.names import name_key
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound, Problem, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.actions.journal import record
from tongban.people.models import Account, Authorisation, Party
from tongban.people.queries import code_key, why_not_agent
from tongban.people.states import (
    AUTHORISATION,
    AgentFunction,
    AuthorisationState,
    PartyKind,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from tongban.kernel.actors import Actor


class AgentUnknown(Refusal):
    """Nobody with an account has this number and this name; which one differs is not said."""

    code = "agent-unknown"
    status = 422


@dataclass(frozen=True, slots=True)
class Grant:
    """What a principal grants to whom. ``items`` empty means every item; both days count."""

    principal_id: int
    agent_code: str
    agent_name: str
    functions: frozenset[str]
    starts_on: date
    ends_on: date
    items: frozenset[str] = frozenset()


def authorise_agent(*, grant: Grant, by: Actor, now: datetime) -> int:
    """Propose an authorisation; answers its id. It works once the agent has confirmed.

    Raises NotFound for a principal that is not this person's to speak for, BadInput,
    AgentUnknown, and NotAllowed where somebody but the representative hands on administering.
    """
    _check(grant, on=city_date(now))
    _speaks_for(grant.principal_id, by, on=city_date(now))
    if AgentFunction.ADMINISTER in grant.functions:
        _only_representative(grant.principal_id, by)
    with transaction.atomic():
        agent = _find_agent(grant)
        row = Authorisation.objects.create(
            principal_id=grant.principal_id,
            agent=agent,
            functions=sorted(grant.functions),
            items=sorted(grant.items),
            starts_on=grant.starts_on,
            ends_on=grant.ends_on,
            state=AuthorisationState.PROPOSED,
            principal_agreed_at=now,
        )
        _record(row, "authorisation_proposed", by=by, now=now)
    return row.pk


def confirm_authorisation(*, authorisation_id: int, by: Actor, now: datetime) -> None:
    """The agent agrees: from now on, within its days, the authorisation works."""
    _move(authorisation_id, "confirm", by=by, now=now)


def decline_authorisation(*, authorisation_id: int, by: Actor, now: datetime) -> None:
    """The agent does not want it."""
    _move(authorisation_id, "decline", by=by, now=now)


def revoke_authorisation(*, authorisation_id: int, by: Actor, now: datetime) -> None:
    """Either side ends it; what was done under it stays valid."""
    _move(authorisation_id, "revoke", by=by, now=now)


def _move(authorisation_id: int, verb: str, *, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        row = Authorisation.objects.select_for_update().filter(id=authorisation_id).first()
        if row is None:
            raise NotFound
        side = _side(row, by, on=city_date(now))
        move = AUTHORISATION.move(row.state, verb)
        if side not in move.roles:
            raise NotAllowed("这一步要由对方来做。", instead=("请等待对方确认。",))
        row.state = str(move.target)
        if verb == "confirm":
            row.agent_agreed_at = now
        else:
            row.ended_at = now
        row.save(update_fields=["state", "agent_agreed_at", "ended_at"])
        _record(row, f"authorisation_{verb}", by=by, now=now)


def _side(row: Authorisation, by: Actor, *, on: date) -> str:
    if by.party_id == row.agent_id:
        return "agent"
    _speaks_for(row.principal_id, by, on=on)
    return "principal"


def _speaks_for(principal_id: int, by: Actor, *, on: date) -> None:
    """Raises NotFound, as for a thing that is not there, unless ``by`` administers the party."""
    if by.party_id is None or why_not_agent(
        agent_id=by.party_id,
        principal_id=principal_id,
        function=AgentFunction.ADMINISTER,
        on=on,
    ):
        raise NotFound


def _only_representative(principal_id: int, by: Actor) -> None:
    principal = Party.objects.get(id=principal_id)
    if by.party_id not in (principal.pk, principal.representative_id):
        raise NotAllowed(
            "只有本人或法定代表人可以授权他人管理授权。", instead=("请由法定代表人登录后办理。",)
        )


def _check(grant: Grant, *, on: date) -> None:
    problems = []
    if not grant.functions or not grant.functions <= {word.value for word in AgentFunction}:
        problems.append(Problem("functions", "function-unknown", "请选择授权对方办理哪些操作。"))
    if grant.ends_on < grant.starts_on:
        problems.append(Problem("ends_on", "period-backwards", "结束日期不能早于开始日期。"))
    if grant.ends_on < on:
        problems.append(Problem("ends_on", "period-over", "结束日期已经过去。"))
    if problems:
        raise BadInput(problems=problems)


def _find_agent(grant: Grant) -> Party:
    code = normalise(grant.agent_code)
    party = Party.objects.filter(
        code_key=code_key(PartyKind.NATURAL, code), account__isnull=False
    ).first()
    if party is None or name_key(party.name) != name_key(grant.agent_name):
        raise AgentUnknown(
            "没有找到与该姓名和号码一致的实名用户。",
            instead=("请核对姓名和公民身份号码。", "对方需要先完成实名注册。"),
        )
    if party.pk == grant.principal_id:
        raise BadInput.at("agent_code", "agent-self", "不能授权给自己。")
    return party


def _record(row: Authorisation, verb: str, *, by: Actor, now: datetime) -> None:
    """Both sides find it in their history, as far as they have an account."""
    others = Account.objects.filter(party_id__in=[row.principal_id, row.agent_id])
    body = {"authorisation": row.pk, "principal": row.principal_id, "agent": row.agent_id}
    ids = {by.id, *others.values_list("id", flat=True)}
    record(ids, verb, by=by, now=now, fields=("state",), body=body)
