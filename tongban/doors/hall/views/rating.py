"""The registered tablet of a window, the kiosk, and the board on the screen of a hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.catalogue.queries import department_names
from tongban.doors import reviews
from tongban.doors.access import permission
from tongban.doors.hall.pages import BoardLine, BoardPage, TabletPage
from tongban.doors.parts import Field
from tongban.doors.texts import say
from tongban.doors.visits import wall_clock
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.actions import admit_lookup
from tongban.ratings import queries
from tongban.ratings.actions import rate

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import Visit
    from tongban.ratings.models import Device, Invitation


@require_http_methods(["GET", "POST"])
@permission("public")
def tablet(request: Visit, code: str) -> HttpResponse:
    """What faces the applicant after he was served: he rates, or leaves it.

    A tablet shows the newest visit of its window, and after a while without a touch forgets who
    stood there: the next one neither reads his words nor rates in his place. At a kiosk one types
    number and code or scans the code of the slip; nothing of that stands in an address, and
    whoever leaves is forgotten.
    """
    device = queries.device_of(code)
    if request.method == "GET":
        return _shown_first(request, device)
    if request.POST.get("do") == "find":
        return _find_slip(request, device)
    row = _meant(request, device)
    staff = request.actor is not None and request.actor.kind == "staff"
    said = reviews.read(request, channel=device.channel, device=device.code, staff_session=staff)
    try:
        rate(invitation=row, rating=said, now=request.now)
    except NotFound:
        raise
    except Refusal as no:
        return _show(request, device, row, no=no)
    messages.success(request, _("谢谢，您的评价已经收到。"))
    return redirect("hall-rate", code=code)


def _shown_first(request: Visit, device: Device) -> HttpResponse:
    """What a device shows by itself; it forgets the language of whoever has left, too."""
    if "anew" not in request.GET:
        row = None
        if device.window:
            row = queries.waiting_at(device.window, device.region, request.now)
        return _show(request, device, row)
    response = redirect("hall-rate", code=device.code)
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def _find_slip(request: Visit, device: Device) -> HttpResponse:
    """The form for the slip that somebody types or scans at a kiosk."""
    typed, slip = request.POST.get("number", "")[:200], request.POST.get("code", "")[:8]
    try:
        if device.window:
            raise NotFound(_("这台评价器不能评价别的窗口。"))
        if "/rate/" in typed:
            return _show(request, device, queries.scanned(typed))
        # One kiosk serves many people: what is counted are tries at one number.
        admit_lookup(typed[:40], f"kiosk/{device.code}/{typed[:40]}", wall=wall_clock())
        return _show(request, device, queries.find_by_code(typed[:40], slip))
    except Refusal as no:
        return _show(request, device, None, no=no)


def _meant(request: Visit, device: Device) -> Invitation:
    """The visit that the form was about; only one of this device's window, or of a typed slip."""
    row = queries.invitation_by_token(request.POST.get("token", ""))
    if device.window and row.window != device.window:
        raise NotFound(_("这台评价器不能评价别的窗口。"))
    return row


def _show(
    request: Visit, device: Device, row: Invitation | None, *, no: Refusal | None = None
) -> HttpResponse:
    one = queries.rating_page(row, request.now) if row else None
    if one and not one.may_rate and no is None and not device.window:
        no, one = queries.nothing_more(), None
    bad = no if isinstance(no, BadInput) else None
    rules = queries.ratings()
    page = TabletPage(
        code=device.code,
        name=device.name,
        what=say(one.invited.name) if one else "",
        token=one.invited.token if one else "",
        opened=reviews.opened() if one else "",
        fields=_large(reviews.fields(one, None, bad)) if one and one.may_rate else (),
        find=() if device.window else _find(),
        error=_(no.sentence) if no else "",
        refresh=0 if one or not device.window else rules.look.value,
        forgets=0 if device.window and not one else rules.idle.value,
        is_kiosk=not device.window,
    )
    response = render(request, "hall/tablet.html", {"page": page}, status=no.status if no else 200)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _large(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Level and words; the rest is asked on one's own phone."""
    return tuple(one for one in fields if one.name in ("level", "tags", "text"))


def _find() -> tuple[Field, ...]:
    return (
        Field(name="number", label=_("办件编号"), max_length=200,
              help=_("有扫码器的，扫回执上的评价码就行，下面一格不用填。")),
        Field(name="code", id="f-slip", label=_("评价码"), max_length=8,
              help=_("回执上的六位数字。")),
    )  # fmt: skip


@require_safe
@permission("public")
def board(request: Visit) -> HttpResponse:
    """The board of the month in large type, a page after the other by itself: nobody scrolls.

    Units of which nobody has said anything are left out.
    """
    since, until = queries.month_of(city_date(request.now))
    found = queries.board_of("department", since, until)
    names = department_names()
    spoken = [one for one in found.rows if one.figures.total]
    lines = queries.ratings().board_lines.value
    pages = max(1, -(-len(spoken) // lines))
    wanted = request.GET.get("page", "")
    at = (int(wanted) - 1) % pages if wanted.isascii() and wanted.isdecimal() else 0
    page = BoardPage(
        title=_("政务服务好差评"),
        month=date_format(since, "YEAR_MONTH_FORMAT"),
        rate=reviews.rate_words(found.whole),
        participation=reviews.percent(found.whole.participation),
        total=str(found.whole.total),
        lines=tuple(
            BoardLine(
                place=str(one.place) if one.place else "—",
                name=say(names.get(one.code)) or one.code,
                rate=_("评价太少") if one.is_few else reviews.rate_words(one.figures),
                participation=reviews.percent(one.figures.participation),
                total=str(one.figures.total),
                is_few=one.is_few,
            )
            for one in spoken[at * lines : (at + 1) * lines]
        ),
        next=f"?page={(at + 1) % pages + 1}",
        pages=f"{at + 1} / {pages}" if pages > 1 else "",
        note=_("少于 %(n)s 条评价的单位不排名；置信区间重叠的不分先后。") % {"n": found.minimum},
        refresh=queries.ratings().board.value,
    )
    return render(request, "hall/board.html", {"page": page})
