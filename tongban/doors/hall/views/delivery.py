"""The delivery desk: find what is done, hand it over against proof, send it by post."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.catalogue.queries import package_version
from tongban.documents.actions import store_file
from tongban.documents.actions.files import upload_limits
from tongban.doors.access import permission
from tongban.doors.faults import said
from tongban.doors.hall import cards, keys, pages
from tongban.doors.parts import Fact, Field, Problem
from tongban.doors.texts import refusal_in_words, say
from tongban.engine.queries import access_proceeding, inbox
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.packages.actions import note_arrival, note_return, post_results
from tongban.packages.queries import consignment_of, progress_by_token, progress_of
from tongban.people.actions import register_person
from tongban.people.queries import find_party, parties
from tongban.people.states import PartyKind
from tongban.records.actions import log_reads
from tongban.window.actions import PROOF, Receiver, hand_over
from tongban.window.queries import at_delivery, to_collect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.packages.queries import Progress

MOST_LINE = 500
MOST_WAITING = 50
DONE = "done"
_NUMBER = re.compile(r"YJS[0-9A-Z]{10,30}")
_SHARED = re.compile(r"/shared/([A-Za-z0-9_-]{16,64})")


@require_http_methods(["GET", "POST"])
@permission("window")
def deliveries(request: KnownVisit) -> HttpResponse:
    """Find by number, by the QR code of the receipt, or by identity card; or choose from those
    that wait. What is typed is posted: a citizen number never stands in an address."""
    if request.method == "GET":
        return _list(request)
    text = request.POST.get("card", "").strip()[:MOST_LINE]
    number = _number_in(request, text)
    if number:
        return redirect(f"/hall/delivery/{number}/")
    code = cards.parse(text).id_number
    person = find_party(PartyKind.NATURAL, code) if code else None
    if person is None:
        return _list(request, wrong=_("没有找到。请扫回执上的二维码，或输入编号、公民身份号码。"))
    log_reads([person.id], by=request.actor, what="party.identity", why="delivery")
    found = to_collect(request.actor, person.id, city_date(request.now))
    names = parties({one.party_id for one in found})
    lines = tuple(
        pages.WaitingResult(
            number=one.number,
            package=say(package_version(one.version_id).compiled.name),
            applicant=names[one.party_id].name,
            href=f"/hall/delivery/{one.number}/",
        )
        for one in found
    )
    wrong = "" if lines else _("这个人现在没有待领取的结果。")
    return _list(request, found=lines, wrong=wrong)


def _number_in(request: KnownVisit, text: str) -> str:
    """The number that was typed, or that the link in the QR code leads to."""
    shared = _SHARED.search(text)
    if shared:
        try:
            return progress_by_token(shared[1], request.now).number
        except NotFound:
            return ""
    number = _NUMBER.search(text.upper())
    return number.group() if number else ""


def _list(
    request: KnownVisit, *, found: tuple[pages.WaitingResult, ...] = (), wrong: str = ""
) -> HttpResponse:
    rows = inbox(request.actor, with_colleagues=True, limit=MOST_WAITING)
    field = Field(
        name="card",
        label=_("回执二维码、编号或身份证"),
        help=_("扫描枪会自己输入；也可以输入编号或公民身份号码。"),
        error=wrong,
    )
    page = pages.DeliveriesPage(
        field=field,
        found=found,
        waiting=tuple(
            pages.WaitingResult(
                number=row.number,
                package=say(package_version(row.version_id).compiled.name),
                applicant=row.party_name,
                href=f"/hall/delivery/{row.number}/",
                due=row.due_at,
            )
            for row in rows
            if row.kind == "package" and row.step_code == "delivery"
        ),
        keys=keys.of("1–9", "F8"),
        problems=(Problem(wrong, field.key),) if wrong else (),
    )
    return render(request, "hall/deliveries.html", {"page": page}, status=422 if wrong else 200)


@require_GET
@permission("window")
def delivery(request: KnownVisit, number: str) -> HttpResponse:
    """One application: what there is to hand over, and how."""
    return _page(request, number)


@require_GET
@permission("window")
def slip(request: KnownVisit, number: str) -> HttpResponse:
    """The proof of delivery (送达回证) to print and to sign."""
    page = _made(
        request, progress_of(at_delivery(request.actor, number), number, request.now), {}, {}
    )
    return render(request, "hall/slip.html", {"page": page})


def _page(
    request: KnownVisit,
    number: str,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> HttpResponse:
    progress = progress_of(at_delivery(request.actor, number), number, request.now)
    log_reads(
        [progress.party_id], by=request.actor, what="delivery", why=f"package:{progress.number}"
    )
    page = _made(request, progress, typed or {}, wrong or {})
    status = 422 if page.problems else 200
    return render(request, "hall/delivery.html", {"page": page}, status=status)


def _made(
    request: KnownVisit, one: Progress, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> pages.DeliveryPage:
    sent = consignment_of(one.proceeding_id)

    def field(name: str, label: str, kind: str = "text", value: str = "") -> Field:
        return Field(
            name=name,
            label=label,
            kind=kind,  # type: ignore[arg-type]  # -- one of the kinds by the calls below
            value=typed.get(name, value),
            error=wrong.get(name, ""),
        )

    return pages.DeliveryPage(
        number=one.number,
        here=f"/hall/delivery/{one.number}",
        package=say(one.package_name),
        applicant=one.party_name,
        state=_(one.state_title),
        items=tuple(
            (say(lane.item_name), _(lane.state_title)) for lane in one.lanes if not lane.internal
        ),
        is_open=one.state == DONE,
        in_post=sent is not None and not sent.outcome,
        consignment=Fact(
            sent.carrier, f"{sent.number} · {_OUTCOMES[sent.outcome]()}", is_code=True
        )
        if sent
        else None,
        name=field("name", _("领取人姓名"), "name"),
        id_number=field("id_number", _("领取人公民身份号码"), "id_number"),
        carrier=field("carrier", _("寄递公司"), value=_("中国邮政 EMS")),
        tracking=field("tracking", _("运单号"), "code"),
        keys=keys.of("F2", "F9", "F8"),
        at=request.now,
        clerk=request.actor.name,
        problems=tuple(
            Problem(words, f"f-{path}" if path in _FIELDS else "") for path, words in wrong.items()
        ),
    )


_FIELDS = frozenset({"name", "id_number", "carrier", "tracking"})
_OUTCOMES: dict[str, Callable[[], str]] = {
    "": lambda: _("在途"),
    "arrived": lambda: _("已签收"),
    "returned": lambda: _("已退回"),
}


@require_POST
@permission("window")
def hand(request: KnownVisit, number: str) -> HttpResponse:
    """Hand over: who receives is checked, the signed proof is scanned."""
    package = access_proceeding(at_delivery(request.actor, number), number, kind="package")
    typed = {name: request.POST.get(name, "").strip()[:MOST_LINE] for name in _FIELDS}
    try:
        person_id = register_person(
            name=typed["name"], id_number=typed["id_number"], by=request.actor, now=request.now
        )
        proof = _kept(request, "proof", person_id)
        if proof is None:
            raise BadInput.at("proof", "proof-missing", _("请扫描领取人签字的送达回证。"))
        receiver = Receiver(person_id, proof, _kept(request, "power", person_id))
        hand_over(
            package_id=package.pk,
            receiver=receiver,
            by=at_delivery(request.actor, number),
            now=request.now,
        )
    except Refusal as no:
        return _page(request, number, typed, _wrong(no))
    messages.success(request, _("已送达，送达回证已归档。"))
    return redirect(f"/hall/delivery/{number}/")


def _kept(request: KnownVisit, name: str, party_id: int) -> int | None:
    file = request.FILES.get(name)
    if file is None:
        return None
    stored = store_file(
        content=file.read(upload_limits().size + 1),
        name=file.name or _("未命名"),
        owner_party_id=party_id,
        purpose=PROOF,
        by=request.actor,
        now=request.now,
        stated_size=file.size,
    )
    return int(stored.pk)


def _wrong(no: Refusal) -> dict[str, str]:
    if isinstance(no, BadInput) and no.problems:
        return {one.path: said(one) for one in no.problems}
    return {"": refusal_in_words(no)}


@require_POST
@permission("window")
def post(request: KnownVisit, number: str) -> HttpResponse:
    """Send the results by post."""
    package = access_proceeding(at_delivery(request.actor, number), number, kind="package")
    typed = {name: request.POST.get(name, "")[:MOST_LINE] for name in ("carrier", "tracking")}
    try:
        post_results(
            package_id=package.pk,
            carrier=typed["carrier"],
            number=typed["tracking"],
            by=at_delivery(request.actor, number),
            now=request.now,
        )
    except Refusal as no:
        return _page(request, number, typed, _wrong(no))
    messages.success(request, _("已登记寄出，申请人可以看到运单号。"))
    return redirect(f"/hall/delivery/{number}/")


@require_POST
@permission("window")
def arrived(request: KnownVisit, number: str) -> HttpResponse:
    """The carrier says that it was received."""
    return _noted(request, number, note_arrival, _("已登记签收，送达完成。"))


@require_POST
@permission("window")
def returned(request: KnownVisit, number: str) -> HttpResponse:
    """It came back."""
    return _noted(request, number, note_return, _("已登记退回，送达时限继续计算。"))


def _noted(request: KnownVisit, number: str, act: Callable[..., None], words: str) -> HttpResponse:
    package = access_proceeding(at_delivery(request.actor, number), number, kind="package")
    try:
        act(package_id=package.pk, by=at_delivery(request.actor, number), now=request.now)
    except Refusal as no:
        return _page(request, number, {}, _wrong(no))
    messages.success(request, words)
    return redirect(f"/hall/delivery/{number}/")
