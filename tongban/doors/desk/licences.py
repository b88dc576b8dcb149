"""The register of licences on the desk: see one, its versions and uses, and change its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.forms import plain
from tongban.doors.desk.pages import DeskPage
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Notice, Option, Row, Table, Tag
from tongban.doors.texts import in_words
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.licences.actions import change_state
from tongban.licences.queries import HeldLicence, get_licence, uses_of, versions_of
from tongban.licences.states import LIFE, LicenceState
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.kernel.actors import Actor

TYPED = ("to", "reason", "basis")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicencePage(DeskPage):
    """One licence as the organ that issued it sees it; ``fields`` only where it may be changed."""

    title: str
    holder: str
    state: Tag
    facts: tuple[Fact, ...]
    face: tuple[Fact, ...]
    versions: Table
    uses: Table
    action: str
    fields: tuple[Field, ...] = ()
    notices: tuple[Notice, ...] = ()


@require_http_methods(["GET", "POST"])
@permission("staff")
def licence(request: KnownVisit, identifier: str) -> HttpResponse:
    """A licence of one of my departments; a decider of its issuer may change its state."""
    one = _access(request.actor, identifier, request)
    if request.method == "GET":
        return _show(request, one)
    typed = {name: plain(request.POST.get(name, "")) for name in TYPED}
    try:
        change_state(
            identifier=one.identifier,
            to=_state(typed["to"]),
            reason=typed["reason"],
            basis=typed["basis"],
            by=request.actor,
            now=request.now,
        )
    except Refusal as no:
        return _show(request, one, typed=typed, no=no)
    messages.success(request, _("证照状态已变更，依据它的办件和持证人会马上知道。"))
    return redirect("desk-licence", one.identifier)


def _access(actor: Actor, identifier: str, request: KnownVisit) -> HeldLicence:
    """A licence that one of the actor's departments issued; to others it does not exist."""
    one = get_licence(identifier, city_date(request.now))
    if one.department not in actor.departments:
        raise NotFound(_("没有找到这份证照，或它不是您的部门颁发的。"))
    log_reads([one.holder_id], by=actor, what=f"licence:{one.identifier}", why="desk")
    return one


def _state(word: str) -> LicenceState:
    try:
        return LicenceState(word)
    except ValueError:
        raise NotFound(_("请选择新的状态。")) from None


def _show(
    request: KnownVisit,
    one: HeldLicence,
    *,
    typed: dict[str, str] | None = None,
    no: Refusal | None = None,
) -> HttpResponse:
    page = LicencePage(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=one.name,
        holder=one.holder_name,
        state=Tag(_(one.state_title), "done" if one.is_in_force else "late"),
        facts=_facts(one),
        face=tuple(Fact(item.label, item.text) for item in one.items),
        versions=_versions(one),
        uses=_uses(one),
        action=reverse("desk-licence", args=[one.identifier]),
        fields=_fields(request.actor, one, typed or {}),
        notices=(Notice(title=in_words(no.sentence), text=no.basis, tone="care"),) if no else (),
    )
    status = no.status if no else 200
    return render(request, "desk/licence.html", {"page": page}, status=status)


def _facts(one: HeldLicence) -> tuple[Fact, ...]:
    return (
        Fact(_("证照编号"), one.number, is_code=True),
        Fact(_("电子证照标识"), one.identifier, is_code=True),
        Fact(_("颁发机关"), one.issuer),
        Fact(_("有效期"), _valid(one)),
        *((Fact(_("办件编号"), one.case_number, is_code=True),) if one.case_number else ()),
        *((Fact(_("状态说明"), one.state_reason),) if one.state_reason else ()),
    )


def _valid(one: HeldLicence) -> str:
    until = date_format(one.valid_to, "DATE_FORMAT") if one.valid_to else _("长期")
    return f"{date_format(one.valid_from, 'DATE_FORMAT')} – {until}"


def _versions(one: HeldLicence) -> Table:
    rows = tuple(
        Row((Cell(v.at), Cell(_(LIFE.title(v.state))), Cell(v.state_reason), Cell(v.basis)))
        for v in versions_of(one.id)
    )
    return Table(
        title=_("状态记录"),
        rows=rows,
        empty=Empty(_("没有记录")),
        columns=(
            Column(_("时间"), "time"),
            Column(_("状态")),
            Column(_("原因")),
            Column(_("依据")),
        ),
    )


def _uses(one: HeldLicence) -> Table:
    rows = tuple(
        Row((Cell(u.used_at), Cell(u.purpose), Cell(u.case_number)))
        for u in uses_of(one.identifier)[:50]
    )
    return Table(
        title=_("用证记录"),
        rows=rows,
        empty=Empty(_("还没有部门用过这份证照")),
        columns=(Column(_("时间"), "time"), Column(_("用途")), Column(_("办件编号"), "code")),
    )


def _fields(actor: Actor, one: HeldLicence, typed: dict[str, Any]) -> tuple[Field, ...]:
    """The form for those who may change it: deciders of the issuer, while a move is open."""
    moves = [m for m in LIFE.open_moves(one.state) if "organ" in m.roles and m.target is not None]
    if f"{one.department}.decider" not in actor.queues or not moves:
        return ()
    options = tuple(
        Option(str(m.target), _(m.title), chosen=typed.get("to") == str(m.target)) for m in moves
    )
    return (
        Field(name="to", label=_("变更为"), kind="choice", options=options),
        Field(
            name="reason",
            label=_("原因"),
            kind="longtext",
            value=typed.get("reason", ""),
            max_length=1000,
        ),
        Field(
            name="basis",
            label=_("依据"),
            kind="text",
            value=typed.get("basis", ""),
            max_length=200,
        ),
    )
