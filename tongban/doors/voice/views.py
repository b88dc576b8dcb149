"""Events from a telephone system, and the page on which somebody plays a caller."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from tongban.doors.access import permission
from tongban.doors.middleware import refusal_data
from tongban.doors.visits import address_of, is_longer, wall_clock
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.signatures import HEADER
from tongban.people.actions import admit_asking
from tongban.voice.actions import Answer, confirmed, hear, take_in, tell_orders
from tongban.voice.gateways import LARGEST_SPEECH, is_installed, recogniser
from tongban.voice.queries import call_now, is_known
from tongban.voice.rules.events import TEXT_MOST, WIRE, CallEvent
from tongban.voice.states import EventKind, EventState

if TYPE_CHECKING:
    from tongban.doors.visits import Visit

_SALT = "voice.call"
_STATUS = {EventState.APPLIED: 200, EventState.LATE: 200, EventState.WAITING: 202}
_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


@csrf_exempt
@require_POST
@permission("public")
def events(request: Visit) -> HttpResponse:
    """One signed event. 200 applied (with what to say), 202 kept and waiting for one before it.

    A copy is answered as the first one was. Nobody is signed in here: the signature decides who
    speaks, so that there is no cookie that another site could use.
    """
    try:
        answer = hear(
            content=_content(request),
            signature=request.headers.get(HEADER, ""),
            now=request.now,
            wall=wall_clock(),
        )
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)
    return JsonResponse(asdict(answer), status=_STATUS[EventState(answer.state)])


@csrf_exempt
@require_POST
@permission("public")
def orders(request: Visit) -> HttpResponse:
    """What the telephone system shall do without having told of anything; signed as events are.

    The body is ``{"done": [ids]}``: what was done is told no more.
    """
    try:
        content = _content(request)
        signature = request.headers.get(HEADER, "")
        done = confirmed(content=content, signature=signature, now=request.now)
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)
    found = tell_orders(done=done, now=request.now)
    return JsonResponse({"orders": [asdict(one) for one in found]})


def _content(request: Visit) -> bytes:
    """The bytes of a request, never more than may be. Raises EventUnreadable."""
    if is_longer(request, WIRE.largest):
        raise WIRE.too_large()
    return request.body


@dataclass(frozen=True, slots=True)
class PhonePage:
    """The page that plays a telephone."""

    call: str
    keys: tuple[str, ...]
    hears: bool
    language: str


def _need_page() -> None:
    if not settings.VOICE_PAGE:
        raise Http404


@require_GET
@permission("public")
def page(request: Visit) -> HttpResponse:
    """A telephone on the page: keys, words, and the voice of the menu."""
    _need_page()
    language = str(get_language() or "zh")[:2]
    shown = PhonePage(
        call=signing.dumps(uuid.uuid4().hex, salt=_SALT),
        keys=_KEYS,
        hears=is_installed(),
        language=language if language in {"zh", "en", "ug"} else "zh",
    )
    return render(request, "voice/phone.html", {"page": shown})


def _call_id(request: Visit) -> str:
    """The call that the page plays; its signed name keeps others out of it. Raises NotFound."""
    try:
        name = signing.loads(request.POST.get("call", "")[:200], salt=_SALT, max_age=7200)
    except signing.BadSignature:
        raise NotFound(_("这通来电已经结束，请刷新页面后重新拨打。")) from None
    return f"page-{name}"


@require_POST
@permission("public")
def call(request: Visit) -> HttpResponse:
    """One event of the played call; what the menu says comes back."""
    _need_page()
    try:
        return JsonResponse(asdict(_played(request)))
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)


def _played(request: Visit) -> Answer:
    seq, kind = request.POST.get("seq", ""), request.POST.get("kind", "")
    is_place = seq.isdecimal() and len(seq) <= 5 and 0 < int(seq) <= 10_000
    if not is_place or kind not in {*EventKind}:
        raise BadInput(_("页面已经过期，请刷新后重新拨打。"))
    name = _call_id(request)
    if not is_known(name):
        # Whatever comes first makes the call, and words of danger ring at once.
        admit_asking(address_of(request), wall=wall_clock())
    phone = "".join(one for one in request.POST.get("phone", "")[:20] if one in "0123456789+-")
    language = request.POST.get("language", "")
    event = CallEvent(
        call=name,
        seq=int(seq),
        at=wall_clock(),
        kind=EventKind(kind),
        value=request.POST.get("value", "")[:TEXT_MOST],
        language=language if language in {"zh", "en", "ug"} else "",
        phone=phone,
    )
    return take_in(event=event, now=request.now, wall=wall_clock())


@require_POST
@permission("public")
def speech(request: Visit) -> HttpResponse:
    """A recording in, its words out; on this machine, nothing is kept."""
    _need_page()
    try:
        _call_id(request)
        file = request.FILES.get("speech")
        if file is None or not file.size or file.size > LARGEST_SPEECH:
            raise BadInput(_("录音是空的或者太长，请说短一些，或者打字。"))
        heard = recogniser().hear(file.read())
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)
    return JsonResponse({"text": heard.text, "language": heard.language})


@require_POST
@permission("public")
def state(request: Visit) -> HttpResponse:
    """Where the played call is: waiting, answered by whom, ended; and what it shall do now."""
    _need_page()
    try:
        name = _call_id(request)
        now = call_now(name)
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)
    told = tell_orders(call_id=name, now=request.now)
    return JsonResponse({**asdict(now), "orders": [asdict(one) for one in told]})
