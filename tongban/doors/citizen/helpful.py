"""Whether a guide helps: five levels at one tap, and which element is wrong where one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.doors import reviews
from tongban.doors.parts import Field, Option
from tongban.doors.texts import say
from tongban.ratings.queries import ratings
from tongban.upkeep.queries import upkeep

if TYPE_CHECKING:
    from tongban.catalogue.rules import CompiledPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Helpful:
    """The question below a guide: the levels as buttons, the rest may stay empty."""

    action: str
    levels: tuple[Option, ...]
    fields: tuple[Field, ...]
    opened: str
    refused: str = ""


def helpful(compiled: CompiledPackage, refused: str = "") -> Helpful:
    """The question about one guide."""
    return Helpful(
        action=f"/packages/{compiled.slug}/helpful/",
        levels=tuple(
            Option(str(one.value), say(one.name.model_dump())) for one in ratings().levels
        ),
        fields=(_element(), _item(compiled), _why()),
        opened=reviews.opened(),
        refused=refused,
    )


def _element() -> Field:
    return Field(
        name="element",
        id="helpful-element",
        label=_("哪一项写错了或者看不懂"),
        kind="choice",
        required=False,
        options=(
            Option("", _("没有具体的哪一项"), chosen=True),
            *(
                Option(one.code, say(one.name.model_dump(exclude_none=True)))
                for one in upkeep().elements
            ),
        ),
        help=_("会交给写这一项的部门核对，改了或者不改都会告诉您。"),
    )


def _item(compiled: CompiledPackage) -> Field:
    shown = [item for item in compiled.items if not item.internal]
    return Field(
        name="item",
        id="helpful-item",
        label=_("哪个事项的"),
        kind="choice",
        required=False,
        options=(
            Option("", _("整件事"), chosen=True),
            *(Option(item.code, say(item.name)) for item in shown),
        ),
    )


def _why() -> Field:
    return Field(
        name="text",
        id="helpful-text",
        label=_("为什么"),
        kind="longtext",
        required=False,
        max_length=reviews.LONGEST,
        help=_("请不要写电话、身份证号等个人信息。"),
    )
