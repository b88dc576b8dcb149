"""What I hold: licences, materials given before; and the public verification."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongban.catalogue.queries import packages_in_force
from tongban.documents.actions import withdraw_material
from tongban.documents.actions.files import upload_limits
from tongban.documents.queries import attachments_of, get_file, materials_of
from tongban.doors.access import permission
from tongban.doors.citizen import granting, licences, papers, shops
from tongban.doors.citizen.calling import PICTURE
from tongban.doors.parts import Pager
from tongban.doors.texts import say
from tongban.hotline.queries import hidden_ids
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.licences.queries import access_licence, licences_of, verify, verify_file
from tongban.licences.queries.comprehensive import find_by_identifier, shops_of
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from tongban.documents.models import Material
    from tongban.doors.visits import KnownVisit, Visit
    from tongban.licences.queries import HeldLicence

PAGE = 20
MOST_TYPED = 300


@require_GET
@permission("citizen")
def my_licences(request: KnownVisit) -> HttpResponse:
    """Licences of mine and of those for whom I act."""
    on = city_date(request.now)
    held = licences_of(request.actor.acts_for, on)
    cards = shops.cards(shops_of(request.actor.acts_for, on))
    page = licences.licences_page(held, cards)
    return render(request, "citizen/licences.html", {"page": page})


@require_GET
@permission("citizen")
def my_licence(request: KnownVisit, identifier: str) -> HttpResponse:
    """One licence."""
    on = city_date(request.now)
    one = access_licence(request.actor, identifier, on)
    _note_guardian(request, one)
    may_lend = one.is_in_force and bool(granting.offers(one, on))
    page = licences.licence_page(one, may_lend=may_lend)
    return render(request, "citizen/licence.html", {"page": page})


def _note_guardian(request: KnownVisit, one: HeldLicence) -> None:
    """The access log says who read a child's licence, and that he did as its guardian."""
    if request.actor.capacity_for(one.holder_id):
        log_reads(
            [one.holder_id],
            by=request.actor,
            what=f"licence:{one.id}",
            why=f"as_guardian_of:{one.holder_id}",
        )


@require_GET
@permission("citizen")
def my_licence_file(request: KnownVisit, identifier: str) -> HttpResponse:
    """The signed PDF of a licence."""
    one = access_licence(request.actor, identifier, city_date(request.now))
    _note_guardian(request, one)
    if one.file_id is None:
        raise NotFound(_("证照正在制作，做好后会通知您。"))
    return papers.sent(get_file(one.file_id))


@require_GET
@permission("citizen")
def my_licence_copy(request: KnownVisit, identifier: str, spoken: str) -> HttpResponse:
    """A licence as a copy in another language, without a seal."""
    one = access_licence(request.actor, identifier, city_date(request.now))
    _note_guardian(request, one)
    return papers.printed_licence(one, spoken, request.now)


@require_http_methods(["GET", "POST"])
@permission("citizen")
def my_materials(request: KnownVisit) -> HttpResponse:
    """What I gave before; a material can be taken back, then it is offered no more."""
    if request.method == "POST":
        wanted = request.POST.get("withdraw", "")
        if wanted.isdecimal():
            if not _given(request).filter(pk=int(wanted[:18])).exists():
                raise NotFound
            withdraw_material(material_id=int(wanted), by=request.actor, now=request.now)
            messages.success(request, _("不会再提供沿用；已经用过的办件不受影响。"))
        return redirect("/my/materials/")
    after = request.GET.get("after", "")
    found = _given(request)
    if after.isdecimal():
        found = found.filter(pk__lt=int(after[:18]))
    rows = list(found.order_by("-id")[: PAGE + 1])
    pager = Pager(
        first="?" if after else "",
        next=f"?after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
    )
    page = licences.stored_page(rows[:PAGE], _names(city_date(request.now)), pager)
    return render(request, "citizen/stored.html", {"page": page})


def _given(request: KnownVisit) -> QuerySet[Material]:
    """What I and those for whom I act gave; never what a child gave with what it hides from me."""
    found = reduce(or_, (materials_of(one) for one in sorted(request.actor.acts_for)))
    kept = hidden_ids(request.actor)
    if not kept:
        return found
    return found.exclude(pk__in=attachments_of(sorted(kept)).values("material_id"))


def _names(on: date) -> dict[str, str]:
    """Names of materials and items, by code."""
    names: dict[str, str] = {PICTURE: _("12345 诉求的照片或者材料"), "": _("12345 诉求")}
    for published in packages_in_force(on):
        names |= {one.code: say(one.name) for one in published.compiled.materials}
        names |= {one.code: say(one.name) for one in published.compiled.items}
    return names


@require_http_methods(["GET", "POST"])
@permission("public")
def verification(request: Visit, identifier: str = "") -> HttpResponse:
    """Whether a licence or paper is genuine and in force; for everybody, without an account."""
    if request.method == "POST":
        return _verify_file(request)
    typed = (identifier or request.GET.get("identifier", "")).strip()[:MOST_TYPED]
    whole = find_by_identifier(typed) if typed else None
    if whole is not None:
        return redirect("one-licence", whole.serial)
    found = verify(typed, now=request.now) if typed else None
    page = licences.verify_page(found, typed="" if found and found.is_good else typed)
    response = render(request, "citizen/verify.html", {"page": page})
    # A state is true for this instant only.
    response["Cache-Control"] = "no-store"
    return response


def _verify_file(request: Visit) -> HttpResponse:
    file = request.FILES.get("file")
    limit = upload_limits().size
    if file is None or not file.size or file.size > limit:
        words = _("请选择一个 PDF 文件，大小不超过上限。")
        page = licences.verify_page(None, file_error=words)
        return render(request, "citizen/verify.html", {"page": page}, status=422)
    found = verify_file(file.read(), now=request.now)
    return render(request, "citizen/verify.html", {"page": licences.verify_page(found)})
