"""Telling agents and guardians; people and notices do not know each other."""

from __future__ import annotations

from tongban.notices.actions import send_message
from tongban.people.queries import authorisation, guardianship, party
from tongban.records.events import FedEntry, subscribe

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
    """A guardian hears that he was recorded as one, and that it ended."""
    one = guardianship(entry.body["guardianship"])
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


subscribe(
    "packages.guardians",
    tell_guardian,
    verbs={"guardian_recorded", "guardianship_ended"},
    streams={"party"},
)
