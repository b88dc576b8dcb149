"""How the items of an application ended, in words that name what was granted and what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from tongban.doors.parts import Fact
from tongban.doors.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

GOOD = frozenset({"granted", "not_required"})
NEGATIVE = frozenset({"denied", "refused", "cancelled", "terminated"})
ENDED = GOOD | NEGATIVE | {"withdrawn"}
# Only what is a licence in law is called one; the printed decision says the same.
_DENIALS = {
    "行政许可": gettext_noop("不予许可"),
    "行政确认": gettext_noop("不予确认"),
    "行政给付": gettext_noop("不予给付"),
    "备案": gettext_noop("不予备案"),
    "登记": gettext_noop("不予登记"),
}
_ENDS = {
    "refused": gettext_noop("不予受理"),
    "withdrawn": gettext_noop("已撤回"),
    "cancelled": gettext_noop("已取消"),
    "terminated": gettext_noop("已终止"),
    "not_required": gettext_noop("不需要办理"),
}


class Ended(Protocol):
    """An item of an application: a lane of its progress, or one of the results of a line."""

    @property
    def item_name(self) -> Any:
        """What it is called, in every language."""

    @property
    def act(self) -> str:
        """What is granted or denied: 行政许可, 备案, 登记 …"""

    @property
    def internal(self) -> bool:
        """Whether it is a check between departments."""

    @property
    def state(self) -> str:
        """The state of its case."""


def denial(act: str) -> str:
    """What a denial is called, by the kind of what was applied for."""
    return _(_DENIALS.get(act, gettext_noop("不予办理")))


def end_word(one: Ended) -> str:
    """How an item ended, in two or four words; empty while it goes on and where it was granted."""
    if one.state == "denied":
        return _("核验没有通过") if one.internal else denial(one.act)
    return _(_ENDS[one.state]) if one.state in _ENDS else ""


def failed(results: Sequence[Ended]) -> list[Ended]:
    """What the applicant asked for and did not get, withdrawn items not counted."""
    return [one for one in results if one.state in NEGATIVE]


def is_whole(results: Sequence[Ended]) -> bool:
    """Whether everything that was asked for has been granted or turned out not to be needed."""
    return all(one.state in GOOD for one in results)


def _granted(results: Sequence[Ended]) -> list[Ended]:
    return [one for one in results if one.state in GOOD and not one.internal]


def facts(results: Sequence[Ended]) -> tuple[Fact, ...]:
    """Each item that was not granted with the word for it, and the names of those that were."""
    got = _("、").join(say(one.item_name) for one in _granted(results))
    rows = [Fact(say(one.item_name), end_word(one)) for one in failed(results)]
    return (*rows, *((Fact(_("办成的"), got),) if got else ()))


def headline(results: Sequence[Ended]) -> str:
    """How many items were not granted."""
    count = len(failed(results))
    return ngettext("%(n)s 项没有办成", "%(n)s 项没有办成", count) % {"n": count}


def summary(results: Sequence[Ended]) -> str:
    """The whole in one sentence, by number: what was granted, what was not, what was withdrawn."""
    counts = (
        (_("办成 %(n)s 项"), len(_granted(results))),
        (_("没有办成 %(n)s 项"), len(failed(results))),
        (_("撤回 %(n)s 项"), sum(one.state == "withdrawn" for one in results)),
    )
    return _("，").join(words % {"n": n} for words, n in counts if n)


def names(results: Sequence[Ended]) -> str:
    """The whole in one line, by name, where something was not granted."""
    bad = _("、").join(
        _("%(name)s（%(end)s）") % {"name": say(one.item_name), "end": end_word(one)}
        for one in failed(results)
    )
    got = _("、").join(say(one.item_name) for one in _granted(results))
    lines = [_("没有办成：%(names)s。") % {"names": bad}]
    if got:
        lines.append(_("办成：%(names)s。") % {"names": got})
    return " ".join(lines)
