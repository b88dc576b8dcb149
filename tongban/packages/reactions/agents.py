"""Telling agents and guardians; people and notices do not know each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.kernel.worktime import city_date
from tongban.notices.actions import send_message
from tongban.people.queries import authorisation, guardians_of, guardianship, party
from tongban.people.states import GuardianKind
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from tongban.people.queries import GuardianView

_ANSWERS = {
    "authorisation_confirm": {"zh": "已确认", "en": "confirmed"},
    "authorisation_decline": {"zh": "已谢绝", "en": "declined"},
    "authorisation_revoke": {"zh": "已解除", "en": "ended"},
}


def tell(entry: FedEntry) -> None:
    """The agent hears that he is asked, the principal how it was answered or that it ended.

    The same act stands in the history of both accounts; each side is told once.
    """
    body = entry.body
    happening = f"authorisation/{body['authorisation']}/{entry.verb}"
    if entry.verb == "authorisation_proposed":
        send_message(
            party_id=body["agent"],
            key="authorisation_proposed",
            params={
                "principal": party(body["principal"]).name,
                "until": authorisation(body["authorisation"]).ends_on,
            },
            dedup=happening,
            now=entry.at,
        )
        return
    send_message(
        party_id=body["principal"],
        key="authorisation_answered",
        params={"agent": party(body["agent"]).name, "answer": _ANSWERS[entry.verb]},
        dedup=happening,
        now=entry.at,
    )


subscribe(
    "packages.authorisations",
    tell,
    verbs={"authorisation_proposed", *_ANSWERS},
    streams={"account"},
)


def tell_guardian(entry: FedEntry) -> None:
    """A guardian hears that he was recorded as one, and that it ended.

    The child's other guardians hear of one who was appointed; of parents the birth itself tells.
    """
    one = guardianship(entry.body["guardianship"])
    if entry.verb == "guardian_recorded" and one.kind == GuardianKind.APPOINTED:
        _tell_others(entry, one)
    said = (
        {"reason": one.end_reason} if entry.verb == "guardianship_ended" else {"until": one.until}
    )
    send_message(
        party_id=one.guardian_id,
        key=entry.verb,
        params={"child": one.child, **said},
        dedup=f"guardianship/{one.id}/{entry.verb}",
        now=entry.at,
    )


def _tell_others(entry: FedEntry, one: GuardianView) -> None:
    for other in guardians_of({one.child_id}, city_date(entry.at)):
        if other.guardian_id != one.guardian_id:
            send_message(
                party_id=other.guardian_id,
                key="guardian_beside",
                params={"child": one.child, "guardian": one.guardian, "from": one.starts_on},
                dedup=f"guardianship/{one.id}/{entry.verb}/{other.guardian_id}",
                now=entry.at,
            )


subscribe(
    "packages.guardians",
    tell_guardian,
    verbs={"guardian_recorded", "guardianship_ended"},
    streams={"party"},
)
