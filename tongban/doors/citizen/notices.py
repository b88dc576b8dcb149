"""The pages of public notices: which stand now, and the form to object to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Link, Problem, Row, Table
from tongban.doors.texts import about, say
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tongban.cases.queries.publicity import PublicNotice
    from tongban.kernel.refusals import Refusal

LONGEST, LONGEST_LINE = 1000, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    """One notice with the form to object."""

    name: str
    facts: tuple[Fact, ...]
    fields: tuple[Field, ...]
    problems: tuple[Problem, ...]
    back: Link


def list_page(found: Iterable[PublicNotice]) -> Table:
    """The notices that stand now, each with its last day."""
    rows = tuple(
        Row(
            cells=(
                Cell(one.party_name, href=f"/notices/{one.case.number}/"),
                Cell(say(one.item.name)),
                Cell(date_format(one.published_on, "DATE_FORMAT")),
                Cell(date_format(one.until, "DATE_FORMAT")),
            )
        )
        for one in found
    )
    return Table(
        title=_("正在公示"),
        columns=(
            Column(_("名称")), Column(_("事项")), Column(_("公示起")), Column(_("公示止")),
        ),
        rows=rows,
        empty=Empty(_("现在没有公示"), _("公示期满或者结束以后，不再列在这里。")),
    )  # fmt: skip


def notice_page(one: PublicNotice, typed: Mapping[str, str], no: Refusal | None) -> NoticePage:
    """The notice, and what was typed and refused."""
    found = no.problems if isinstance(no, BadInput) else ()
    faults = {problem.path: _(problem.sentence) for problem in found}
    fields = tuple(_fields(typed, faults))
    marked = tuple(Problem(about(f.label, f.error), f.key) for f in fields if f.error)
    return NoticePage(
        name=one.party_name,
        facts=(
            Fact(_("事项"), say(one.item.name)),
            Fact(_("编号"), one.case.number, is_code=True),
            Fact(_("公示起"), date_format(one.published_on, "DATE_FORMAT")),
            Fact(_("公示止"), date_format(one.until, "DATE_FORMAT")),
            Fact(_("依据"), one.basis),
        ),
        fields=fields,
        problems=marked or ((Problem(_(no.sentence)),) if no else ()),
        back=Link(_("正在公示"), "/notices/"),
    )


def _fields(typed: Mapping[str, str], faults: Mapping[str, str]) -> Iterable[Field]:
    asked = (
        ("name", _("您的姓名或者单位名称"), False),
        ("contact", _("联系电话"), False),
        ("interest", _("您与这家企业的利害关系"), True),
        ("text", _("异议的事实和理由"), True),
    )
    for name, label, is_long in asked:
        yield Field(
            name=name,
            label=label,
            kind="longtext" if is_long else "text",
            value=typed.get(name, ""),
            error=faults.get(name, ""),
            required=True,
            max_length=LONGEST if is_long else LONGEST_LINE,
        )
