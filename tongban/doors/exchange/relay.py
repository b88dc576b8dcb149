"""What comes from those outside to whom requests are handed over: bytes and a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tongban.doors.access import permission
from tongban.doors.middleware import refusal_data
from tongban.doors.visits import is_longer
from tongban.kernel.refusals import Refusal
from tongban.kernel.signatures import HEADER
from tongban.relay.actions import hear
from tongban.relay.rules import WIRE

if TYPE_CHECKING:
    from tongban.doors.visits import Visit


@csrf_exempt
@require_POST
@permission("public")
def messages(request: Visit, partner: str) -> HttpResponse:
    """One signed message: a request handed over to us, or how one of ours stands.

    200 with our number, however often it comes; 403 a wrong signature, 404 a request that this
    partner was not given, 422 what cannot be received. The signature decides who speaks.
    """
    try:
        if is_longer(request, WIRE.largest):
            raise WIRE.too_large()
        heard = hear(
            partner=partner,
            content=request.body,
            signature=request.headers.get(HEADER, ""),
            now=request.now,
        )
    except Refusal as no:
        return JsonResponse(refusal_data(no), status=no.status)
    answer = {"number": heard.number, "copy": not heard.is_new, "late": heard.is_late}
    return JsonResponse(answer)
