"""Guardians at the window: found by the child's number, recorded and ended from a paper."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.access import permission
from tongban.doors.faults import marked, problems, sentences, told
from tongban.doors.hall import pages
from tongban.doors.parts import Fact, Field, Problem, Tag
from tongban.doors.texts import guardian_kinds
from tongban.kernel.identifiers import normalise
from tongban.kernel.refusals import BadInput, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.actions import NewGuardian, end_guardianship, record_guardian
from tongban.people.queries import child_by_code, guardianships_of, masked, party
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.people.queries import GuardianView

# Which child is open at this window; never in an address.
OPENED = "hall.child"
MOST = 500


@require_http_methods(["GET", "POST"])
@permission("window")
def family(request: KnownVisit) -> HttpResponse:
    """Find a child by its number; record a guardian, or end a guardianship."""
    verb, _colon, number = request.POST.get("do", "").partition(":")
    if request.method == "GET":
        return _page(request)
    if verb == "find":
        return _find(request)
    opened = request.session.get(OPENED)
    if opened is None:
        return redirect("/hall/family/")
    try:
        if verb == "end" and number.isdecimal() and len(number) < 19:
            _end(request, opened, int(number))
            messages.success(request, _("监护关系已结束，对方从今天起不能再查看和办理。"))
        else:
            record_guardian(guardian=_read(request, opened), by=request.actor, now=request.now)
            messages.success(request, _("已登记监护人。"))
    except Refusal as no:
        return _page(request, no)
    return redirect("/hall/family/")


def _find(request: KnownVisit) -> HttpResponse:
    code = normalise(request.POST.get("child", "")[:MOST])
    child = child_by_code(code)
    request.session.pop(OPENED, None)
    if child is None:
        words = "没有找到这个孩子的登记。请核对公民身份号码。"
        return _page(request, BadInput.at("child", "child-unknown", words))
    log_reads([child], by=request.actor, what="party.guardians", why="window")
    request.session[OPENED] = child
    return redirect("/hall/family/")


def _end(request: KnownVisit, child: int, guardianship_id: int) -> None:
    if guardianship_id not in {one.id for one in guardianships_of(child)}:
        raise BadInput.at("reason", "guardian-unknown", "请选择要结束的监护关系。")
    end_guardianship(
        guardianship_id=guardianship_id,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        now=request.now,
    )


def _read(request: KnownVisit, child: int) -> NewGuardian:
    try:
        starts_on = date.fromisoformat(request.POST.get("starts_on", "").strip())
    except ValueError:
        raise BadInput.at("starts_on", "day-missing", "请选择日期。") from None
    return NewGuardian(
        child_id=child,
        name=request.POST.get("name", "")[:MOST],
        id_number=request.POST.get("id_number", "")[:MOST],
        evidence=request.POST.get("evidence", "")[:MOST],
        starts_on=starts_on,
    )


def _page(request: KnownVisit, no: Refusal | None = None) -> HttpResponse:
    opened = request.session.get(OPENED)
    on = city_date(request.now)
    find: tuple[Field, ...] = (
        Field(name="child", label=_("孩子的公民身份号码"), kind="id_number"),
    )
    new: tuple[Field, ...] = (
        Field(name="name", label=_("监护人姓名"), kind="name"),
        Field(name="id_number", label=_("监护人的公民身份号码"), kind="id_number"),
        Field(
            name="evidence",
            label=_("指定监护的文书"),
            help=_("写文书名称和文号，如法院的判决书、居民委员会或民政部门的指定书。"),
            max_length=MOST,
        ),
        Field(name="starts_on", label=_("从哪天起"), kind="date", value=on.isoformat()),
    )
    end: tuple[Field, ...] = (
        Field(
            name="reason",
            label=_("结束的原因和文书"),
            help=_("如撤销监护人资格的判决书文号。"),
            max_length=MOST,
        ),
    )
    wrong: tuple[Problem, ...] = ()
    if no is not None:
        typed = {one.name: request.POST.get(one.name, "") for one in (*find, *new, *end)}
        said = sentences(no)
        find, new, end = (marked(some, said, typed) for some in (find, new, end))
        wrong = problems((*find, *new, *end), no) if isinstance(no, BadInput) else ()
    child = party(opened) if opened is not None else None
    page = pages.FamilyPage(
        find=find,
        name=child.name if child else "",
        facts=_facts(child.code) if child else (),
        guardians=tuple(_line(one, on) for one in guardianships_of(opened)) if opened else (),
        new=new,
        end=end,
        problems=wrong,
        notice=None if no is None or wrong else told(no),
    )
    status = no.status if no else 200
    return render(request, "hall/family.html", {"page": page}, status=status)


def _facts(code: str) -> tuple[Fact, ...]:
    return (Fact(_("公民身份号码"), masked("id_number", code), is_code=True),)


def _line(one: GuardianView, on: date) -> pages.GuardianLine:
    over = one.ended_on is not None or one.until <= on
    return pages.GuardianLine(
        name=one.guardian,
        kind=guardian_kinds()[one.kind],
        days=_("%(since)s到%(until)s")
        % {
            "since": date_format(one.starts_on, "DATE_FORMAT"),
            "until": date_format(one.ended_on or one.until, "DATE_FORMAT"),
        },
        evidence=one.evidence,
        note=one.end_reason,
        state=Tag(_("已结束"), "plain") if over else Tag(_("有效"), "calm", "tick"),
        end="" if over else f"end:{one.id}",
    )
