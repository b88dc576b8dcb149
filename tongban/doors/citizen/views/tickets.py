"""12345 on the page: asking, the receipt, following with and without an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.documents.queries import file_in_proceeding
from tongban.doors.access import permission
from tongban.doors.citizen import calling, pages, papers, tickets, uploads
from tongban.doors.faults import marked, problems
from tongban.doors.guide_parts import chosen_of
from tongban.doors.parts import Field, Link, Pager, Problem
from tongban.doors.qr import drawn_qr
from tongban.doors.visits import address_of, wall_clock
from tongban.engine.queries import access_proceeding
from tongban.hotline.actions import (
    Request,
    Said,
    add_to_ticket,
    call_back,
    receive_ticket,
    urge_ticket,
    withdraw_ticket,
)
from tongban.hotline.queries import (
    content,
    is_callers,
    party_of,
    place_in,
    ticket_page,
    tickets_of,
    told_of,
)
from tongban.hotline.rules import emergency_in
from tongban.hotline.states import Channel
from tongban.kernel.actors import Actor
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.refusals import Problem as Fault
from tongban.people.actions import admit_asking, admit_lookup
from tongban.relay.queries import told_caller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from tongban.doors.citizen.calling import Typed
    from tongban.doors.visits import KnownVisit, Visit
    from tongban.hotline.actions import Received
    from tongban.licences.models import Comprehensive

PAGE = 20
STRANGER = Actor(kind="citizen", id=0, name="")
"""Whoever asks without signing in."""
_SALT = "hotline.ticket"


@dataclass(frozen=True, slots=True)
class Way:
    """By which way somebody looks at a ticket: as whom, under which addresses."""

    actor: Actor
    number: str
    base: str
    is_guest: bool = False


def _as_known(request: KnownVisit, number: str) -> Way:
    found = normalise_number(number)
    return Way(request.actor, found, f"/my/tickets/{found}/")


def _as_guest(key: str) -> Way:
    """The key of an address stands for one ticket and for whoever asked it. Raises NotFound."""
    try:
        number = signing.Signer(salt=_SALT).unsign(key)
    except signing.BadSignature:
        raise NotFound(_("没有找到这个工单。请核对编号后再试。")) from None
    return Way(_guest(number), number, _guest_base(number), is_guest=True)


def _guest(number: str) -> Actor:
    party = party_of(number)
    return Actor(kind="citizen", id=0, name="", party_id=party, acts_for=frozenset({party}))


def _guest_base(number: str) -> str:
    return f"/12345/t/{signing.Signer(salt=_SALT).sign(number)}/"


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key: it must not travel to another site or into a search index.

    To this site it may: a browser that tells no origin at all cannot post its forms.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


# ---- asking ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("public")
def ask(request: Visit) -> HttpResponse:
    """Ask something of the city, with or without an account."""
    return _ask(request, is_business=False)


@require_http_methods(["GET", "POST"])
@permission("citizen")
def ask_business(request: KnownVisit) -> HttpResponse:
    """An enterprise asks (诉求在线申报), and names whom to call."""
    if not calling.whose_choices(request.actor, is_business=True):
        raise NotFound(
            _("您名下没有可以代表的企业。"),
            instead=(_("个人可以直接在 12345 页面提诉求；代表企业要先取得授权。"),),
        )
    return _ask(cast("Visit", request), is_business=True)


def _ask(request: Visit, *, is_business: bool) -> HttpResponse:
    if request.method == "GET":
        values = {"about": request.GET.get("about", "")[:40], "once": uuid4().hex}
        typed = calling.Typed(values, is_business)
        return _shown(request, calling.first_page(typed))
    typed = calling.read(request.POST, is_business=is_business)
    actor = request.actor
    if not typed["text"]:
        sentence = _("请写明您要反映的事情：什么时间、什么地点、什么情况。")
        no = BadInput.at("text", "missing", sentence)
        return _shown(request, calling.first_page(typed, no), no.status)
    if request.POST.get("do") != "send":
        lost = bool(request.FILES)
        page = calling.whole_page(typed.read_anew(), actor, request.now, lost_files=lost)
        return _shown(request, page)
    try:
        made = _received(request, typed)
    except Refusal as no:
        lost = bool(request.FILES)
        page = calling.whole_page(typed, actor, request.now, no, lost_files=lost)
        return _shown(request, page, no.status)
    return redirect(receipt_of(request, made.number))


def receipt_of(request: Visit, number: str) -> str:
    """Where the receipt of a request is for whoever has just made it."""
    actor = request.actor
    if actor is not None and actor.kind == "citizen":
        return f"/my/tickets/{number}/received/"
    return f"{_guest_base(number)}received/"


def _shown(request: Visit, page: calling.CallPage, status: int = 200) -> HttpResponse:
    return render(request, "citizen/call.html", {"page": page}, status=status)


def _received(request: Visit, typed: Typed) -> Received:
    """Check and receive what was typed, then keep its pictures; a refused one is told of."""
    known = request.actor if request.actor and request.actor.kind == "citizen" else None
    _need(typed, known)
    if known is None:
        admit_asking(address_of(request), wall=wall_clock())
    asked = _request(typed, known, request.now)
    made = receive_ticket(request=asked, by=request.actor or STRANGER, now=request.now)
    if made.is_new:
        _keep_pictures(request, made, known or _guest(made.number))
    return made


def receive_scanned(request: Visit, shop: Comprehensive, typed: Mapping[str, str]) -> Received:
    """Receive what somebody says about a shop after scanning its code (R111).

    Raises BadInput for a missing kind, a text or telephone that cannot be.
    """
    if typed["kind"] not in {"complaint", "report"}:
        raise BadInput.at("kind", "missing", _("请选择是投诉还是举报。"))
    _need_sure(typed)
    known = request.actor if request.actor and request.actor.kind == "citizen" else None
    if known is None:
        admit_asking(address_of(request), wall=wall_clock())
    made = receive_ticket(
        request=Request(
            text=typed["text"],
            channel=Channel.SCAN,
            type=typed["kind"],
            # A licence is of the organ that issued it; the request is of where the shop stands.
            region=place_in(shop.site)[1] or shop.region,
            place=shop.site,
            phone=typed["phone"],
            party_id=known.party_id if known else None,
            of_number=shop.number,
        ),
        by=request.actor or STRANGER,
        now=request.now,
    )
    _keep_pictures(request, made, known or _guest(made.number))
    return made


def _need_sure(typed: Typed | Mapping[str, str]) -> None:
    """Refuse words of danger until somebody says that help was called."""
    if emergency_in(typed["text"], content()) and typed["sure"] != "yes":
        raise BadInput.at(
            "sure", "missing", _("请先打急救、报警或者火警电话；已经打过的，请勾选确认。")
        )


def _need(typed: Typed, known: Actor | None) -> None:
    """Refuse an emergency that nobody confirmed, a place without district, nobody to call.

    Everything that is missing is said at once, in the order of the page.
    """
    _need_sure(typed)
    needs_phone = typed.is_business or (known is None and typed["type"] != "report")
    missing = (
        ("region", True, _("请选择在哪个区县。")),
        ("name", typed.is_business, _("请写明联系人。")),
        ("phone", needs_phone, _("请留一个能联系到的电话。")),
    )
    found = tuple(
        Fault(name, "missing", sentence)
        for name, is_needed, sentence in missing
        if is_needed and not typed[name]
    )
    if found:
        raise BadInput(found[0].sentence, problems=found)


def _request(typed: Typed, known: Actor | None, now: datetime) -> Request:
    about = calling.about_of(typed, known)
    guide, item, element = chosen_of(typed.values, about, now)
    return Request(
        text=typed["text"],
        channel=Channel.WEB,
        type=typed["type"],
        domain=typed["domain"],
        is_offered=True,
        place=typed["place"],
        region=typed["region"],
        longitude=typed.degrees("longitude"),
        latitude=typed.degrees("latitude"),
        phone=typed["phone"],
        name=typed["name"] if typed.is_business else "",
        party_id=_whose(typed, known) if known else None,
        special=calling.BUSINESS if typed.is_business else "",
        of_number=about,
        of_guide=guide,
        of_item=item,
        of_element=element,
        source=f"web/{typed['once'][:64]}" if typed["once"] else None,
    )


def _whose(typed: Typed, known: Actor) -> int | None:
    wanted = int(typed["whose"]) if typed["whose"].isdecimal() else None
    if not typed.is_business and wanted is None:
        return known.party_id
    choices = [one for one, _name in calling.whose_choices(known, is_business=typed.is_business)]
    if wanted is None:
        return choices[0]
    if wanted not in choices:
        raise BadInput.at("whose", "unknown", _("请选择您可以代表的人或者企业。"))
    return wanted


def _keep_pictures(request: Visit, made: Received, owner: Actor) -> None:
    failed = []
    for file in request.FILES.getlist("pictures")[: calling.MOST_PICTURES]:
        try:
            uploads.store_picture(
                by=owner,
                party_id=party_of(made.number),
                code=calling.PICTURE,
                proceeding_id=made.ticket_id,
                file=file,
                now=request.now,
            )
        except Refusal as no:
            failed.append(uploads.words(no))
    for words in failed:
        messages.warning(request, words)
    if failed:
        told = ngettext(
            "诉求已经收到，但有 %(n)s 个文件没有收下。",
            "诉求已经收到，但有 %(n)s 个文件没有收下。",
            len(failed),
        )
        messages.warning(request, told % {"n": len(failed)})


# ---- following without an account --------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("public")
def follow(request: Visit) -> HttpResponse:
    """Open a request by its number and the last digits of the telephone."""
    fields = tickets.follow_fields(request.GET.get("number", "")[:40])
    if request.method == "GET":
        return render(request, "citizen/entry.html", {"page": _follow_page(fields)})
    number = normalise_number(request.POST.get("number", "")[:40])
    try:
        admit_lookup(number, address_of(request), wall=wall_clock())
        if not is_callers(number, request.POST.get("ending", "").strip()):
            raise NotFound(
                _("编号和电话后四位对不上。"),
                instead=(_("登录以后提的诉求，请登录后在“我的诉求”里看。"),),
            )
    except Refusal as no:
        typed = marked(fields, {}, {"number": number})
        page = _follow_page(typed, problems(typed, no))
        return render(request, "citizen/entry.html", {"page": page}, status=no.status)
    return redirect(_guest_base(number))


def _follow_page(fields: tuple[Field, ...], wrong: tuple[Problem, ...] = ()) -> pages.EntryPage:
    return pages.EntryPage(
        title=_("查诉求进展"),
        lead=_("凭工单编号和提诉求时留的电话，不用登录。"),
        fields=fields,
        action="/12345/follow/",
        verb=_("查进展"),
        other=Link(_("说说新的事"), "/12345/"),
        problems=wrong,
    )


# ---- one request -------------------------------------------------------------------------------


@require_GET
@permission("citizen")
def mine(request: KnownVisit) -> HttpResponse:
    """What I and those for whom I act have asked, the newest first."""
    after = request.GET.get("after", "")
    found = tickets_of(request.actor, before=after, limit=PAGE + 1)
    pager = Pager(
        first="?" if after else "",
        next=f"?{urlencode({'after': found[PAGE - 1].cursor})}" if len(found) > PAGE else "",
    )
    page = tickets.asked_page(found[:PAGE], pager)
    return render(request, "citizen/tickets.html", {"page": page})


@require_GET
@permission("citizen")
def one(request: KnownVisit, number: str) -> HttpResponse:
    """One request of mine."""
    return _state(request, _as_known(request, number))


@require_GET
@permission("public")
def one_as_guest(request: Visit, key: str) -> HttpResponse:
    """One request, for whoever has its address."""
    return _private(_state(request, _as_guest(key)))


def _state(
    request: HttpRequest, way: Way, no: Refusal | None = None, status: int = 200
) -> HttpResponse:
    found = ticket_page(way.actor, way.number, request.now)  # type: ignore[attr-defined]  # -- a visit
    back = None if way.is_guest else Link(_("我的诉求"), "/my/tickets/")
    away = told_caller(found.ticket.pk)
    page = tickets.state_page(found, way.base, away, no=no, back=back)
    return render(request, "citizen/ticket.html", {"page": page}, status=status)


@require_GET
@permission("citizen")
def received(request: KnownVisit, number: str) -> HttpResponse:
    """The receipt of one of my requests."""
    return _receipt(request, _as_known(request, number))


@require_GET
@permission("public")
def received_as_guest(request: Visit, key: str) -> HttpResponse:
    """The receipt, for whoever has its address."""
    return _private(_receipt(request, _as_guest(key)))


def _receipt(request: HttpRequest, way: Way) -> HttpResponse:
    found = ticket_page(way.actor, way.number, request.now)  # type: ignore[attr-defined]  # -- a visit
    told = told_of(found.proceeding.pk, request.now)  # type: ignore[attr-defined]  # -- a visit
    assert told is not None  # noqa: S101 -- the page has just found it
    address = f"{settings.SITE_URL}{way.base}"
    page = tickets.receipt_page(told, way.base, address, drawn_qr(address), is_guest=way.is_guest)
    return render(request, "citizen/ticket_received.html", {"page": page})


@require_GET
@permission("citizen")
def file(request: KnownVisit, number: str, file_id: int) -> HttpResponse:
    """A picture of one of my requests."""
    return _file(request, _as_known(request, number), file_id)


@require_GET
@permission("public")
def file_as_guest(request: Visit, key: str, file_id: int) -> HttpResponse:
    """A picture, for whoever has the address of the request."""
    return _private(_file(request, _as_guest(key), file_id))


def _file(request: HttpRequest, way: Way, file_id: int) -> HttpResponse:
    found = access_proceeding(way.actor, way.number, kind="ticket")
    return papers.sent(file_in_proceeding(file_id, [found.pk]))


# ---- what a caller does ------------------------------------------------------------------------


@require_POST
@permission("citizen")
def act(request: KnownVisit, number: str, verb: str) -> HttpResponse:
    """Add words, urge, withdraw or answer the callback."""
    return _act(cast("Visit", request), _as_known(request, number), verb)


@require_POST
@permission("public")
def act_as_guest(request: Visit, key: str, verb: str) -> HttpResponse:
    """The same, for whoever has the address of the request."""
    return _private(_act(request, _as_guest(key), verb))


def _act(request: Visit, way: Way, verb: str) -> HttpResponse:
    if verb not in _ACTS:
        raise NotFound
    found = access_proceeding(way.actor, way.number, kind="ticket")
    try:
        words = _ACTS[verb](request, found.pk, way.actor)
    except BadInput as no:
        return _state(request, way, no, no.status)
    messages.success(request, words)
    return redirect(way.base)


def _add(request: Visit, ticket_id: int, by: Actor) -> str:
    text = request.POST.get("text", "")
    add_to_ticket(ticket_id=ticket_id, text=text, by=by, now=request.now)
    return _("已补充，承办单位会看到。")


def _urge(request: Visit, ticket_id: int, by: Actor) -> str:
    urge_ticket(ticket_id=ticket_id, by=by, now=request.now)
    return _("已催办。")


def _withdraw(request: Visit, ticket_id: int, by: Actor) -> str:
    withdraw_ticket(ticket_id=ticket_id, by=by, now=request.now)
    return _("已撤回。")


def _rate(request: Visit, ticket_id: int, by: Actor) -> str:
    level = request.POST.get("satisfied", "")
    contacted = {"yes": True, "no": False}.get(request.POST.get("contacted", ""))
    said = Said(
        outcome=request.POST.get("outcome", ""),
        contacted=contacted,
        satisfied=int(level) if level.isdecimal() else None,
        note=request.POST.get("note", ""),
    )
    if said.outcome not in {"solved", "partly", "unsolved"}:
        raise BadInput.at("outcome", "missing", _("请选择问题解决了没有。"))
    call_back(ticket_id=ticket_id, said=said, by=by, now=request.now)
    return _("谢谢，已经记下。没有解决的，热线会核实后重新交办。")


_ACTS: dict[str, Callable[[Visit, int, Actor], str]] = {
    "add": _add,
    "urge": _urge,
    "withdraw": _withdraw,
    "rate": _rate,
}
