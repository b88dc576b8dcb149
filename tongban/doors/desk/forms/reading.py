"""Reading what an officer typed: cleaned of what nobody sees, and checked before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.forms.rules import neutralise
from tongban.kernel.refusals import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.doors.desk.forms.inputs import Data, Input, Verb

MISSING = "missing"
LONGEST_SEARCH = 100


def typed(verb: Verb, posted: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the fields of a verb, without marks that nobody sees."""
    return {one.name: plain(posted.get(one.name, "")) for one in verb.inputs}


def plain(text: str) -> str:
    """A typed text without marks that nobody sees, and without blanks around."""
    return neutralise(text)[0].strip()


def checked(verb: Verb, data: Data) -> None:
    """Refuse what cannot be used, every fault at once. Raises BadInput."""
    problems = [p for one in verb.inputs if (p := _problem(one, data[one.name])) is not None]
    if problems:
        raise BadInput(problems[0].sentence, problems=problems)


def _problem(one: Input, text: str) -> Problem | None:
    label = _(one.label) if one.label else ""
    if one.kind == "hidden" and not text:
        return Problem(one.name, MISSING, _("页面不完整，请刷新后再试。"))
    if one.required and not text:
        words = (
            _("请选择“%(label)s”。")
            if one.kind in ("target", "officer", "procedure")
            else _("请填写“%(label)s”。")
        )
        return Problem(one.name, MISSING, words % {"label": label})
    if len(text) > one.most:
        words = _("“%(label)s”最多 %(most)s 字，现在有 %(n)s 字，请精简。")
        shown = {"label": label, "most": one.most, "n": len(text)}
        return Problem(one.name, "too-long", words % shown)
    return None


def search_text(text: str) -> str:
    """What was typed into the search box, without marks that nobody sees."""
    return plain(text[:LONGEST_SEARCH])
