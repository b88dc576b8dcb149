"""The words of the room of people that the database keeps, and the life of an authorisation."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class PartyKind(StrEnum):
    """A person of flesh (citizen number), one in law (credit code), or whoever only called.

    A caller is known by a telephone number alone; nobody has proved who that is.
    """

    NATURAL = "natural"
    LEGAL = "legal"
    CALLER = "caller"


class GuardianKind(StrEnum):
    """Why somebody is a guardian: a parent (民法典 27(1)), or appointed (27(2), 29 to 31)."""

    PARENT = "parent"
    APPOINTED = "appointed"


NOBODY = "nobody"
"""The code of the one party that stands for every caller who gives no number."""


class AccountKind(StrEnum):
    """Who signs in: a citizen bound to a natural party, or a member of staff holding posts."""

    CITIZEN = "citizen"
    STAFF = "staff"


class Role(StrEnum):
    """The role of a post; with its department it names a queue, ``<department>.<role>``."""

    WINDOW = "window"
    REVIEWER = "reviewer"
    CHECKER = "checker"
    DECIDER = "decider"
    HEAD = "head"
    SUPERVISOR = "supervisor"


class LeaveState(StrEnum):
    """A leave that somebody asked for counts once the head has approved it."""

    ASKED = "asked"
    APPROVED = "approved"


# Languages that a person may choose; texts fall back to Chinese where one is not written yet.
LANGUAGES = ("zh", "en", "ug", "kk")

# The posts whose power asks for a second factor at sign-in.
SECOND_FACTOR_ROLES = frozenset({Role.HEAD, Role.SUPERVISOR})


class AuthorisationState(StrEnum):
    """Life of an authorisation; running out of its period is read from its dates, not stored."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    REVOKED = "revoked"


_S = AuthorisationState

# fmt: off
AUTHORISATION = Machine(
    name="authorisation",
    states=AuthorisationState,
    initial=_S.PROPOSED,
    final=frozenset({_S.DECLINED, _S.REVOKED}),
    moves=(
        Move("confirm", _S.PROPOSED,              _S.ACTIVE,   by="agent", title="确认"),
        Move("decline", _S.PROPOSED,              _S.DECLINED, by="agent", title="谢绝"),
        Move("revoke",  (_S.PROPOSED, _S.ACTIVE), _S.REVOKED,
             by=("principal", "agent"), title="解除"),
    ),
    titles={_S.PROPOSED: "待确认", _S.ACTIVE: "有效", _S.DECLINED: "已谢绝", _S.REVOKED: "已解除"},
    subject="授权",
)
# fmt: on


class AgentFunction(StrEnum):
    """What an agent may do for the principal (domain-07 §12.3)."""

    FILL = "fill"
    SUBMIT = "submit"
    PAY = "pay"
    SIGN = "sign"
    RECEIVE = "receive"
    ADMINISTER = "administer"
