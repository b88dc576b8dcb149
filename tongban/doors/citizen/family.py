"""Children and their guardians, as a guardian sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.doors.citizen import licences, pages
from tongban.doors.parts import Empty, Fact, Link
from tongban.doors.texts import guardian_kinds
from tongban.licences.queries import licences_of
from tongban.people.queries import guardians_of, masked, wards_of

if TYPE_CHECKING:
    from datetime import date

    from tongban.kernel.actors import Actor
    from tongban.people.queries import GuardianView


def family_page(actor: Actor, on: date) -> pages.FamilyPage:
    """The children of this person, the eldest first, each with what it holds."""
    wards = wards_of(actor.party_id, on) if actor.party_id is not None else []
    others = guardians_of({one.child_id for one in wards}, on)
    held = licences_of({one.child_id for one in wards}, on)
    return pages.FamilyPage(
        children=tuple(
            pages.ChildCard(
                name=one.child,
                facts=_facts(one, [other for other in others if other.child_id == one.child_id]),
                licences=tuple(
                    Link(card.name, card.href)
                    for card in licences.cards_of(
                        [each for each in held if each.holder_id == one.child_id]
                    )
                ),
            )
            for one in wards
        ),
        empty=Empty(
            _("还没有登记的孩子"),
            _(
                "办“新生儿出生”以后，孩子会自动出现在这里。监护人由法院或有关组织指定的，请带文书到窗口登记。"
            ),
            Link(_("办新生儿出生"), "/packages/newborn/"),
        ),
    )


def _facts(one: GuardianView, guardians: list[GuardianView]) -> tuple[Fact, ...]:
    code = masked("id_number", one.child_code) if one.child_code else _("落户时编定")
    return (
        Fact(_("出生日期"), date_format(one.born_on, "DATE_FORMAT")),
        Fact(_("公民身份号码"), code, is_code=bool(one.child_code)),
        Fact(_("监护人"), _("、").join(each.guardian for each in guardians)),
        Fact(_("您是"), guardian_kinds()[one.kind]),
        Fact(_("凭据"), one.evidence),
        Fact(
            _("到哪天为止"),
            _("%(day)s（孩子成年）") % {"day": date_format(one.until, "DATE_FORMAT")},
        ),
    )
