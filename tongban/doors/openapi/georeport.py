"""Open311 GeoReport v2 (wiki.open311.org): services are our domains, requests our tickets."""

from __future__ import annotations

import hmac
import re
import uuid
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from tongban.catalogue.queries import live
from tongban.doors.access import permission
from tongban.doors.texts import say
from tongban.hotline.actions import Request, receive_ticket
from tongban.hotline.queries import domains, reported, reported_between
from tongban.hotline.rules import clean
from tongban.hotline.states import Channel
from tongban.kernel.actors import SYSTEM
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tongban.doors.visits import Visit
    from tongban.hotline import rules
    from tongban.hotline.queries import Reported

    _View = Callable[..., HttpResponse]

MOST_DAYS = 90
"""The standard lets a list span ninety days and a thousand requests."""
MOST_TEXT, MOST_LINE = 9_000, 300
_FORMS = frozenset({"json", "xml"})


class _Wrong(Exception):  # noqa: N818 -- an answer of the standard, not a fault
    """What cannot be answered, in the standard's words."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def _answer(form: str, top: str, one: str, rows: Sequence[Mapping[str, Any]]) -> HttpResponse:
    if form == "json":
        return JsonResponse(list(rows), safe=False, json_dumps_params={"ensure_ascii": False})
    return _xml(top, one, rows)


def _object(form: str, top: str, row: Mapping[str, Any]) -> HttpResponse:
    """What the standard writes as one thing and not as a list."""
    if form == "json":
        return JsonResponse(dict(row), json_dumps_params={"ensure_ascii": False})
    tree = ET.Element(top)
    _fill(tree, row)
    return _as_xml(tree)


def _xml(top: str, one: str, rows: Sequence[Mapping[str, Any]], status: int = 200) -> HttpResponse:
    tree = ET.Element(top)
    for row in rows:
        _fill(ET.SubElement(tree, one), row)
    return _as_xml(tree, status)


def _fill(into: ET.Element, row: Mapping[str, Any]) -> None:
    """Each value as an element; of a list each one below it, by the list's name without its s."""
    for name, value in row.items():
        below = ET.SubElement(into, name)
        if not isinstance(value, list):
            below.text = _as_text(value)
            continue
        for one in value:
            each = ET.SubElement(below, name.removesuffix("s"))
            if isinstance(one, dict):
                _fill(each, one)
            else:
                each.text = _as_text(one)


def _as_xml(tree: ET.Element, status: int = 200) -> HttpResponse:
    content = ET.tostring(tree, encoding="utf-8", xml_declaration=True)
    return HttpResponse(content, content_type="application/xml; charset=utf-8", status=status)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _wrong(form: str, status: int, sentence: str) -> HttpResponse:
    """The standard's shape of an error: a list of code and description."""
    rows = [{"code": status, "description": sentence}]
    if form == "xml":
        return _xml("errors", "error", rows, status)
    return JsonResponse(rows, safe=False, status=status, json_dumps_params={"ensure_ascii": False})


def _form(form: str) -> str:
    if form not in _FORMS:
        raise Http404
    return form


def _of_this_city(view: _View) -> _View:
    """Refuse what is asked of another jurisdiction, as the standard says: 404.

    Ours is the code of the city. Nobody has to name it: this address serves one city.
    """

    @wraps(view)
    def checked(request: Visit, **kwargs: Any) -> HttpResponse:
        asked = request.POST.get("jurisdiction_id") or request.GET.get("jurisdiction_id")
        if asked and clean(asked[:MOST_LINE]) != str(live("city")["code"]):
            return _wrong(_form(kwargs["form"]), 404, "jurisdiction_id was not found")
        return view(request, **kwargs)

    return checked


@require_GET
@permission("public")
def discovery(request: Visit, form: str) -> HttpResponse:
    """Where the service is and what it speaks (wiki.open311.org/Service_Discovery)."""
    changeset = _moment(request.now)
    row = {
        "changeset": changeset,
        "contact": f"{settings.SITE_URL}/12345/",
        "key_service": f"{settings.SITE_URL}/12345/",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": f"{settings.SITE_URL}/open311/v2",
                "changeset": changeset,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return _object(_form(form), "discovery", row)


@require_GET
@permission("public")
@_of_this_city
def services(request: Visit, form: str) -> HttpResponse:
    """What may be reported: the leaves of the tree of domains."""
    rows = [_service(one) for one in domains() if one.is_leaf]
    return _answer(_form(form), "services", "service", rows)


@require_GET
@permission("public")
@_of_this_city
def service(request: Visit, code: str, form: str) -> HttpResponse:
    """One of them; it asks for no more than its words and its place."""
    known = next((one for one in domains() if one.code == code and one.is_leaf), None)
    if known is None:
        return _wrong(_form(form), 404, "service_code was not found")
    row = {"service_code": known.code, "attributes": []}
    return _object(_form(form), "service_definition", row)


def _service(one: rules.Node) -> dict[str, Any]:
    return {
        "service_code": one.code,
        "service_name": say(one.name),
        "description": " › ".join(one.path),
        "metadata": False,
        "type": "realtime",
        "keywords": ",".join(one.words),
        "group": one.path[0],
    }


@csrf_exempt
@require_http_methods(["GET", "POST"])
@permission("public")
@_of_this_city
def requests(request: Visit, form: str) -> HttpResponse:
    """Report, with a key; or read what was reported, without who did it."""
    form = _form(form)
    try:
        if request.method == "POST":
            return _report(request, form)
        return _answer(form, "service_requests", "request", _list(request))
    except _Wrong as no:
        return _wrong(form, no.status, no.sentence)
    except Refusal as no:
        return _wrong(form, 400 if no.status == 422 else no.status, no.sentence)


def _report(request: Visit, form: str) -> HttpResponse:
    client = _client(request.POST.get("api_key", ""))
    said = {name: clean(request.POST.get(name, "")[:MOST_LINE]) for name in _FIELDS}
    if not said["service_code"]:
        raise _Wrong(400, "service_code was not provided")
    if not any(one.code == said["service_code"] and one.is_leaf for one in domains()):
        raise _Wrong(404, "service_code was not found")
    if not (said["lat"] and said["long"]) and not said["address_string"]:
        raise _Wrong(400, "lat/long or address_string must be provided")
    made = receive_ticket(
        request=Request(
            text=request.POST.get("description", "")[:MOST_TEXT],
            channel=Channel.OPEN311,
            domain=said["service_code"],
            place=said["address_string"],
            latitude=_degrees(said["lat"]),
            longitude=_degrees(said["long"]),
            phone=_phone(said["phone"]),
            name=" ".join(filter(None, (said["last_name"], said["first_name"]))),
            source=_source(client, said["account_id"], said["device_id"], request),
        ),
        by=SYSTEM,
        now=request.now,
    )
    row = {
        "service_request_id": made.number,
        "service_notice": "",
        "account_id": said["account_id"],
    }
    answer = _answer(form, "service_requests", "request", [row])
    answer.status_code = 201 if made.is_new else 200
    return answer


_FIELDS = (
    "service_code",
    "lat",
    "long",
    "address_string",
    "phone",
    "first_name",
    "last_name",
    "account_id",
    "device_id",
)


def _source(client: str, account: str, device: str, request: Visit) -> str:
    """What makes a report the same one: the app's own key of it, where it sends one."""
    own = (
        request.headers.get("Idempotency-Key", "")[:MOST_LINE]
        or (request.POST.get("service_request_id_local", "")[:MOST_LINE])
    )
    return f"open311/{client}/{account}/{device}/{own or uuid.uuid4().hex}"


def _client(key: str) -> str:
    """The name of the app that holds this key. Raises _Wrong for none."""
    for name, one in settings.OPEN311_CLIENTS.items():
        if key and hmac.compare_digest(key.encode(), str(one["key"]).encode()):
            return str(name)
    raise _Wrong(403, "api_key was not provided or is not known")


def _phone(text: str) -> str:
    """A number as our callers are known by it: people write it with spaces, signs and our code."""
    plain = re.sub(r"[\s()（）.-]", "", text)
    return plain.removeprefix("+86").removeprefix("0086")


def _degrees(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise _Wrong(400, "lat and long must be numbers") from None


def _list(request: Visit) -> list[dict[str, Any]]:
    numbers = request.GET.get("service_request_id", "")[:4000]
    if numbers:
        found = reported([normalise_number(one) for one in numbers.split(",")[:200]])
        return [_row(one) for one in found]
    since, until = _span(_day(request, "start_date"), _day(request, "end_date"), request.now)
    if until - since > _SPAN:
        raise _Wrong(400, "start_date and end_date may span 90 days at most")
    wanted = set(filter(None, request.GET.get("status", "").split(",")))
    if wanted - {"open", "closed"}:
        raise _Wrong(400, "status is open, closed or both")
    codes = set(filter(None, request.GET.get("service_code", "").split(",")))
    rows = reported_between(since, until, domains=codes, states=wanted)
    return [_row(one) for one in rows]


_SPAN = timedelta(days=MOST_DAYS)


def _span(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """From when until when; where one end is open, as far as the standard lets a list span."""
    if since is not None:
        return since, until or min(max(now, since), since + _SPAN)
    until = until or now
    return until - _SPAN, until


_UNQUOTED = re.compile(r"(T\S+) (\d\d:?\d\d)$")
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Before and after these moments there are no requests; near the ends of time no sums either."""


def _day(request: Visit, name: str) -> datetime | None:
    # An address that was not quoted says its plus as a space.
    text = _UNQUOTED.sub(r"\1+\2", request.GET.get(name, "").strip())
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise _Wrong(400, f"{name} must be a date and time of ISO 8601") from None
    at = at if at.tzinfo else at.replace(tzinfo=request.now.tzinfo)
    return min(max(at, _FIRST), _LAST)


def _moment(at: datetime) -> str:
    """A moment as the standard writes it: W3C's form of ISO 8601, to the second, with its zone."""
    return at.isoformat(timespec="seconds")


def _row(one: Reported) -> dict[str, Any]:
    return {
        "service_request_id": one.number,
        "status": "closed" if one.is_closed else "open",
        "status_notes": one.reply or one.state_title,
        "service_name": say(one.domain_name),
        "service_code": one.domain,
        "description": one.text,
        "agency_responsible": one.unit,
        "service_notice": "",
        "requested_datetime": _moment(one.received_at),
        "updated_datetime": _moment(one.changed_at),
        "expected_datetime": _moment(one.due_at) if one.due_at else "",
        "address": one.place,
        "lat": one.latitude,
        "long": one.longitude,
        "media_url": "",
    }


@require_GET
@permission("public")
@_of_this_city
def one(request: Visit, number: str, form: str) -> HttpResponse:
    """One request by its number."""
    found = reported([normalise_number(number)])
    if not found:
        return _wrong(_form(form), 404, "service_request_id was not found")
    return _answer(_form(form), "service_requests", "request", [_row(found[0])])


@require_GET
@permission("public")
@_of_this_city
def token(request: Visit, number: str, form: str) -> HttpResponse:
    """Our numbers are given at once: a token is the number itself."""
    found = reported([normalise_number(number)])
    if not found:
        return _wrong(_form(form), 404, "token was not found")
    row = {"token": found[0].number, "service_request_id": found[0].number}
    return _answer(_form(form), "service_requests", "request", [row])
