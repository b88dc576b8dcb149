"""A verb that was refused: what it was told, who was first, and everything that was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.doors.desk.build.words import life_of, moment
from tongban.doors.parts import Fact, Link, Notice
from tongban.doors.texts import in_words
from tongban.kernel.refusals import BadInput, MoveNotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.doors.desk.build.history import Teller
    from tongban.doors.desk.forms import Verb
    from tongban.kernel.refusals import Refusal
    from tongban.records.events import JournalEntry

DECIDED = frozenset({"grant", "grant_at_once", "deny"})


@dataclass(frozen=True, slots=True)
class Tried:
    """One verb with what was typed for it, and the refusal."""

    verb: Verb
    data: Mapping[str, str]
    refusal: Refusal

    def is_for(self, verb: Verb, step: str) -> bool:
        """Whether this was tried in the form of that verb and step."""
        return self.verb is verb and (not verb.per_step or self.data.get("step") == step)

    def error(self, name: str) -> str:
        """The sentence for one field, if the refusal names it."""
        if not isinstance(self.refusal, BadInput):
            return ""
        found = (p.sentence for p in self.refusal.problems if p.path == name)
        return _(next(found, "")) or ""

    @property
    def kept(self) -> tuple[Fact, ...]:
        """What was typed, for a form that is not offered any more."""
        return tuple(
            Fact(_(one.label), self.data[one.name])
            for one in self.verb.inputs
            if one.kind in ("longtext", "text") and self.data.get(one.name)
        )


def notice_of(tried: Tried, told: Sequence[JournalEntry], teller: Teller, *, place: str) -> Notice:
    """The refusal as a notice, with who did what first where the state has moved on.

    ``place`` is the id of the form that holds what was typed, empty where it is not offered.
    """
    no = tried.refusal
    link = Link(_("看您填写的内容"), f"#{place}") if place else None
    if isinstance(no, BadInput) and place:
        return Notice(title=_("没有办成，请修改标出的地方。"), tone="alarm", link=link)
    first = _who_was_first(tried, told, teller)
    lines = [first] if first else []
    if isinstance(no, MoveNotAllowed):
        title = _moved_on(tried)
    else:
        title = in_words(no.sentence)
        lines += [in_words(line) for line in no.instead]
    if no.basis:
        lines.append(_("依据：%(basis)s") % {"basis": no.basis})
    is_one = len(lines) == 1
    return Notice(
        title=title, text=lines[0] if is_one else "", lines=() if is_one else tuple(lines),
        tone="alarm", link=link,
    )  # fmt: skip


def _moved_on(tried: Tried) -> str:
    facts = tried.refusal.facts
    life = life_of(facts["machine"])
    words = _("现在是“%(state)s”，不能再“%(verb)s”。")
    return words % {"state": _(life.title(facts["state"])), "verb": _(tried.verb.title)}


def _who_was_first(tried: Tried, told: Sequence[JournalEntry], teller: Teller) -> str:
    """Whoever closed the step, or brought the proceeding into its present state."""
    no = tried.refusal
    if isinstance(no, MoveNotAllowed):
        found = [entry for entry in told if teller.moves(entry)]
    elif no.code == "decided-by-another":
        found = [entry for entry in told if _closes(entry, str(no.facts.get("step", "")))]
    else:
        return ""
    if not found:
        return ""
    last = found[-1]
    words = _("%(who)s已于 %(at)s 办理“%(what)s”。")
    return words % {
        "who": teller.who(last),
        "at": moment(last.at),
        "what": teller.title(last),
    }


def _closes(entry: JournalEntry, step: str) -> bool:
    if step == "decide" and entry.verb in DECIDED:
        return True
    return entry.verb in ("pass_step", "return_step") and entry.body.get("step") == step
