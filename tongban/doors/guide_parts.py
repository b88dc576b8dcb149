"""Which element of which guide somebody speaks of: asked where a guide may be meant, optional."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.catalogue.queries import package_in_force
from tongban.doors.parts import Field, Option
from tongban.doors.texts import say
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.upkeep.queries import guides_about, upkeep
from tongban.upkeep.rules import NO_ELEMENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tongban.upkeep.queries import GuideChoice

APART = "|"
"""Between a package and its item in the value of a choice."""
GUIDE, ELEMENT = "guide", "element"


def element_name(code: str) -> str:
    """An element of a guide in the reader's language."""
    found = upkeep().element_name(code)
    return say(found.name.model_dump(exclude_none=True)) if found else code


def guide_name(package: str, item: str, on: date) -> str:
    """A guide, or an item of it, in the reader's language."""
    try:
        compiled = package_in_force(package, on).compiled
    except NotFound:
        return f"{package} {item}".strip()
    name = say(compiled.name)
    return f"{name} · {say(compiled.item(item).name)}" if item else name


def guide_options(text: str, number: str, now: datetime, chosen: str = "") -> tuple[Option, ...]:
    """The guides that these words may be about; empty where they are about none."""
    found = guides_about(text, number, city_date(now))
    first = next((_value(one) for one in found), "")
    chosen = chosen if any(_value(one) == chosen for one in found) else first
    return tuple(Option(_value(one), _name(one), chosen=_value(one) == chosen) for one in found)


def _value(one: GuideChoice) -> str:
    return f"{one.package}{APART}{one.item}"


def _name(one: GuideChoice) -> str:
    whole = say(one.name)
    return f"{whole} · {say(one.item_name)}" if one.item_name else whole


def element_options(chosen: str = "") -> tuple[Option, ...]:
    """The elements of guides, and that no guide is meant."""
    return (
        *(
            Option(
                one.code, say(one.name.model_dump(exclude_none=True)), chosen=one.code == chosen
            )
            for one in upkeep().elements
        ),
        Option(NO_ELEMENT, _("说的不是办事指南"), chosen=chosen == NO_ELEMENT),
    )


def guide_fields(
    typed: Mapping[str, str],
    number: str,
    now: datetime,
    wrong: Mapping[str, str],
    *,
    explains: bool = True,
) -> tuple[Field, ...]:
    """The two questions, where the words may be about a guide; both may stay unanswered.

    ``explains`` says below them what follows, for whoever is not asked every day.
    """
    follows = _("选了的，交给写这一项的单位核对，改了或者不改都会告知诉求人。")
    guides = guide_options(typed.get("text", ""), number, now, typed.get(GUIDE, ""))
    if not guides:
        return ()
    return (
        Field(
            name=GUIDE,
            label=_("说的是哪件事的办事指南"),
            kind="choice",
            required=False,
            options=guides,
            error=wrong.get(GUIDE, ""),
        ),
        Field(
            name=ELEMENT,
            label=_("指南的哪一项不对"),
            kind="choice",
            required=False,
            options=element_options(typed.get(ELEMENT, "")),
            help=follows if explains else "",
            error=wrong.get(ELEMENT, ""),
        ),
    )


def chosen_of(typed: Mapping[str, str], number: str, now: datetime) -> tuple[str, str, str]:
    """Package, item and element as they were chosen; empty where nothing was.

    Raises BadInput for what is not among the choices.
    """
    element = typed.get(ELEMENT, "")
    if not element:
        return "", "", ""
    guides = {one.value for one in guide_options(typed.get("text", ""), number, now)}
    if element not in {one.value for one in element_options()}:
        raise BadInput.at(ELEMENT, "unknown", "请从列出的内容中选择。")
    if element == NO_ELEMENT:
        return "", "", element
    if typed.get(GUIDE, "") not in guides:
        raise BadInput.at(GUIDE, "unknown", "请从列出的办事指南中选择。")
    package, _apart, item = typed[GUIDE].partition(APART)
    return package, item, element
