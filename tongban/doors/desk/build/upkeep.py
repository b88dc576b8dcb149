"""The pages of an answer and of a task about an element of a guide, and their lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tongban.doors.desk import pages
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.sheets import Sheet, sheet_page
from tongban.doors.desk.build.tickets import domain_name
from tongban.doors.desk.build.words import department_name, moment, state_tag
from tongban.doors.guide_parts import element_name, guide_name
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Link, Option, Pager, Row, Table
from tongban.kernel.worktime import city_date
from tongban.people.queries import staff_names
from tongban.upkeep.states import ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit
    from tongban.upkeep.queries import AnswerLine, AnswerPage, ElementLine, ElementPage


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersDesk(pages.DeskPage):
    """Answers and tasks about guides that this officer may see; ``units`` may write new ones."""

    title: str
    tabs: tuple[Link, ...]
    current: str
    table: Table
    units: tuple[Field, ...] = ()
    refused: str = ""


# ---- one answer, one element --------------------------------------------------------------------


def answer_page(request: KnownVisit, page: AnswerPage, tried: Tried | None) -> pages.SidePage:
    """An answer on its way, with its text and what may be done now."""
    row = page.row
    english, uyghur = (row.translations.get(language, {}) for language in ("en", "ug"))
    values = {
        "title": row.title, "questions": "\n".join(row.questions), "text": row.text,
        "basis": row.basis, "title_en": english.get("title", ""),
        "text_en": english.get("answer", ""), "title_ug": uyghur.get("title", ""),
        "text_ug": uyghur.get("answer", ""),
    }  # fmt: skip
    shown = Sheet(
        proceeding=page.proceeding, verbs=page.open_verbs, clocks=page.clocks,
        title=f"{_('知识条目')} · {row.title}", facts=_answer_facts(page), told=_answer(page),
        is_mine=page.is_mine, values=values,
    )  # fmt: skip
    return sheet_page(request, shown, tried)


def _answer_facts(page: AnswerPage) -> Iterator[Fact]:
    row = page.row
    yield Fact(_("编号"), page.proceeding.number, is_code=True)
    yield Fact(_("责任单位"), department_name(row.unit))
    if row.domain:
        yield Fact(_("归口"), domain_name(row.domain))
    if row.source:
        yield Fact(_("来源工单"), row.source, is_code=True)
    yield Fact(_("被问过的次数"), str(row.asked))
    if row.number:
        yield Fact(_("已发布的版本"), _("第 %(n)s 版") % {"n": row.number})
    if row.published_at:
        yield Fact(_("发布时间"), moment(row.published_at))


def _answer(page: AnswerPage) -> Iterator[Fact]:
    row = page.row
    yield Fact(_("答的是什么问题"), row.title)
    yield Fact(_("问法"), _("；").join(row.questions))
    yield Fact(_("答案"), row.text or _("还没有写"))
    yield Fact(_("依据"), row.basis or _("还没有写"))
    for language, label in (("en", _("英文")), ("ug", _("维吾尔文"))):
        if row.translations.get(language):
            yield Fact(label, "\n".join(row.translations[language].values()))
    people = ((_("起草"), row.author_id), (_("单位审核"), row.approver_id),
              (_("热线中心审核"), row.publisher_id))  # fmt: skip
    names = staff_names([one for _label, one in people if one])
    for label, one in people:
        if one:
            yield Fact(label, names.get(one, ""))


def element_page(request: KnownVisit, page: ElementPage, tried: Tried | None) -> pages.SidePage:
    """What people say about one element of a guide; nobody is named."""
    row = page.row
    name = guide_name(row.package, row.item, city_date(request.now))
    shown = Sheet(
        proceeding=page.proceeding, verbs=page.open_verbs, clocks=page.clocks,
        title=f"{_('指南要素核对')} · {element_name(row.element)}",
        facts=_element_facts(page, name), told=_element(page), is_mine=page.is_mine,
    )  # fmt: skip
    return sheet_page(request, shown, tried)


def _element_facts(page: ElementPage, name: str) -> Iterator[Fact]:
    row = page.row
    yield Fact(_("编号"), page.proceeding.number, is_code=True)
    yield Fact(_("办事指南"), name)
    yield Fact(_("要素"), element_name(row.element))
    yield Fact(_("责任单位"), department_name(row.unit))
    yield Fact(_("反映时的版本"), _("第 %(n)s 版") % {"n": row.version})
    yield Fact(_("多少人这样说"), str(row.count))
    if row.new_version:
        yield Fact(_("改正后的版本"), _("第 %(n)s 版") % {"n": row.new_version})


def _element(page: ElementPage) -> Iterator[Fact]:
    for one in page.reports:
        source = _("评价") if one.kind == "review" else _("12345 诉求")
        how = _("（由系统识别）") if one.suggested else ""
        yield Fact(f"{source}{how} · {moment(one.reported_at)}", one.text or _("没有写"))
    if page.row.reply:
        yield Fact(_("答复"), page.row.reply)


# ---- lists --------------------------------------------------------------------------------------


def answers_desk(
    request: KnownVisit, table: Table, current: str, units: Sequence[str], refused: str = ""
) -> AnswersDesk:
    """The list of answers, or of tasks about guides, with the form of a new answer."""
    here = reverse("desk-answers")
    tabs = (
        Link(_("知识条目"), here),
        *(
            Link(_(ANSWER.title(state.value)), f"{here}?{urlencode({'state': state.value})}")
            for state in ANSWER.states
        ),
        Link(_("指南要素核对"), f"{here}?list=elements"),
    )
    return AnswersDesk(
        queues=sidebar(request),
        keys=keys(),
        title=_("知识库和办事指南"),
        tabs=tabs,
        current=current,
        table=table,
        units=_new_fields(units) if units else (),
        refused=refused,
    )


def _new_fields(units: Sequence[str]) -> tuple[Field, ...]:
    options = tuple(
        Option(code, department_name(code), chosen=n == 0) for n, code in enumerate(units)
    )
    return (
        Field(name="unit", id="new-unit", label=_("责任单位"), kind="choice", options=options),
        Field(name="title", id="new-title", label=_("答的是什么问题"), max_length=60),
    )


def answers_table(found: Sequence[AnswerLine], query: Mapping[str, str], size: int) -> Table:
    """Answers as a list; ``found`` holds one more where there is a next page."""
    shown = found[:size]
    after = urlencode({**query, "before": shown[-1].number}) if len(found) > size else ""
    return Table(
        title=_("知识条目"),
        columns=(
            Column(_("答的是什么问题")), Column(_("责任单位")), Column(_("状态"), "tag"),
            Column(_("被问过的次数"), "number"), Column(_("版本"), "number"),
            Column(_("起草时间"), "time"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.title, reverse("desk-proceeding", args=[one.number]), one.number),
                    Cell(department_name(one.unit)),
                    Cell(state_tag("answer", one.state)),
                    Cell(str(one.asked)),
                    Cell(str(one.version or "—")),
                    Cell(one.opened_at),
                ),
                key=one.number,
            )
            for one in shown
        ),
        empty=Empty(_("没有知识条目"), _("咨询类诉求办好以后，这里会出现草稿。"), icon="tick"),
        pager=Pager(next=f"?{after}" if after else ""),
    )  # fmt: skip


def elements_table(found: Sequence[ElementLine], on: date) -> Table:
    """Tasks about elements as a list."""
    return Table(
        title=_("指南要素核对"),
        columns=(
            Column(_("办事指南")), Column(_("要素")), Column(_("责任单位")),
            Column(_("状态"), "tag"), Column(_("多少人这样说"), "number"),
            Column(_("收到时间"), "time"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(guide_name(one.package, one.item, on),
                         reverse("desk-proceeding", args=[one.number]), one.number),
                    Cell(element_name(one.element)),
                    Cell(department_name(one.unit)),
                    Cell(state_tag("guide_element", one.state)),
                    Cell(str(one.count)),
                    Cell(one.opened_at),
                ),
                key=one.number,
            )
            for one in found
        ),
        empty=Empty(
            _("没有对指南的反映"),
            _("有人在评价或者诉求里说指南哪里不对，会列在这里，由责任单位核对。"),
            icon="tick",
        ),
    )  # fmt: skip
