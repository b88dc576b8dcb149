"""Paying: the order, the built-in bank's cashier, and the address for the bank's notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tongban.doors.access import permission
from tongban.doors.citizen import paying
from tongban.kernel.refusals import NotFound
from tongban.packages.queries import number_of
from tongban.payments.actions import ask_bank, start_payment, take_notice
from tongban.payments.gateways import MOST_NOTICE_BYTES, TROUBLES, FileBank
from tongban.payments.queries import access_order, bank, has_open_payment
from tongban.payments.rules import NoticeNotTrusted
from tongban.payments.states import OrderState

if TYPE_CHECKING:
    from tongban.doors.visits import KnownVisit, Visit

SIGNATURE = "X-Bank-Signature"


@require_http_methods(["GET", "POST"])
@permission("citizen")
def pay(request: KnownVisit, number: str) -> HttpResponse:
    """One order; a post pays it, declines, lets it time out, or asks the bank."""
    one = access_order(request.actor, number)
    if request.method == "POST":
        _do(request, number)
        return redirect(f"/pay/{number}/")
    page = paying.pay_page(
        one,
        number=number_of(one.package_id),
        has_cashier=isinstance(bank(), FileBank),
        is_waiting=has_open_payment(one.number),
    )
    response = render(request, "citizen/pay.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response


def _do(request: KnownVisit, number: str) -> None:
    now = request.now
    if request.POST.get("do") == "ask":
        ask_bank(number=number, now=now)
        _say(request, number)
        return
    cashier = bank()
    if not isinstance(cashier, FileBank):
        raise NotFound
    reference = start_payment(number=number, by=request.actor, now=now)
    what = request.POST.get("do")
    told: list[tuple[bytes, str]] = []
    if what == "pay":
        wanted = request.POST.get("trouble", "")
        trouble = wanted if wanted in TROUBLES else ""
        told = cashier.pay(reference, at=now, trouble=trouble)
    elif what == "decline":
        told = cashier.decline(reference)
    for body, signature in told:
        take_notice(body=body, signature=signature, now=now)
    _say(request, number)


def _say(request: KnownVisit, number: str) -> None:
    one = access_order(request.actor, number)
    if one.state is OrderState.PAID:
        messages.success(request, _("缴费成功。电子缴费凭证做好后在办理进度里。"))
    elif has_open_payment(number):
        messages.info(request, _("银行还没有答复。已经付款的，点“查询结果”；系统也会自动去问。"))
    else:
        messages.info(request, _("没有缴成，没有扣款；多收、错收的会原路退回。可以再缴一次。"))


@csrf_exempt
@require_POST
@permission("public")
def notify(request: Visit) -> HttpResponse:
    """What the bank tells; only its signature counts, and the same again changes nothing."""
    body = request.read(MOST_NOTICE_BYTES + 1)
    try:
        signature = request.headers.get(SIGNATURE, "")
        take_notice(body=body, signature=signature, now=request.now)
    except NoticeNotTrusted as no:
        return JsonResponse({"code": no.code}, status=no.status)
    return HttpResponse(status=204)
