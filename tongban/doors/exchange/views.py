"""What comes from a department's own system: bytes and a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tongban.documents.queries import content_of, headers_for
from tongban.doors.access import permission
from tongban.doors.middleware import refusal_data
from tongban.doors.visits import is_longer
from tongban.exchange.actions import fetch_file, hear
from tongban.exchange.rules import WIRE
from tongban.kernel.refusals import Refusal
from tongban.kernel.signatures import HEADER

if TYPE_CHECKING:
    from tongban.doors.visits import Visit

_STATUS = {"applied": 200, "waiting": 202, "rejected": 422}


@csrf_exempt
@require_POST
@permission("public")
def messages(request: Visit, system: str) -> HttpResponse:
    """One signed message. 200 applied, 202 kept and waiting, 422 refused with the reason.

    A copy is answered as the first one was. Nobody is signed in here: the signature decides who
    speaks, so that there is no cookie that another site could use.
    """
    try:
        if is_longer(request, WIRE.largest):
            raise WIRE.too_large()
        heard = hear(
            system=system,
            content=request.body,
            signature=request.headers.get(HEADER, ""),
            now=request.now,
        )
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)
    answer = {
        "state": heard.state,
        "copy": heard.is_copy,
        "code": heard.code,
        "sentence": heard.sentence,
    }
    return JsonResponse(answer, status=_STATUS[heard.state])


@require_safe
@permission("public")
def file(request: Visit, system: str, number: str, file_id: int) -> HttpResponse:
    """The content of one file of a case that was handed over to this system.

    As with messages the signature decides who asks. The hash stands in the message and here.
    """
    try:
        stored = fetch_file(
            system=system,
            number=number,
            file_id=file_id,
            signature=request.headers.get(HEADER, ""),
            now=request.now,
        )
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)
    answer = HttpResponse(content_of(stored), headers=headers_for(stored))
    answer["X-Tongban-Sha256"] = bytes(stored.sha256).hex()
    return answer
