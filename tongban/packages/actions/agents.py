"""Acting for others: an authorisation names what the agent may do, and for which items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.kernel.refusals import NotAllowed
from tongban.kernel.worktime import city_date
from tongban.people.queries import why_not_agent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tongban.kernel.actors import Actor
    from tongban.people.states import AgentFunction


def need_function(
    *,
    by: Actor,
    party_id: int,
    function: AgentFunction,
    items: Iterable[str],
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Raise NotAllowed unless the applicant himself acts, or an agent within his authorisation.

    Whoever sees an application does not therefore act on it (domain-07 §12.3). ``person_id`` is
    who stands at the window of the officer ``by``: then that person is the one who acts.
    """
    agent = _who_acts(by, party_id, person_id)
    reasons = why_not_agent(
        agent_id=agent,
        principal_id=party_id,
        function=function,
        items=items,
        on=city_date(now),
    )
    if reasons:
        raise NotAllowed("".join(reasons) + "请对方补充授权，或由对方本人办理。")


def _who_acts(by: Actor, party_id: int, person_id: int | None) -> int:
    if by.kind == "staff" and person_id is not None:
        return person_id
    if by.kind != "citizen" or by.party_id is None or party_id not in by.acts_for:
        raise NotAllowed("您没有代该主体办事的授权。请先取得授权，或换用本人身份申请。")
    return by.party_id
