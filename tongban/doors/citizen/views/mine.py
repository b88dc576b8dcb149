"""My things: applications and their progress, replies, sharing, messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.cases.actions import ask_human, leave_commitment, urge_case
from tongban.documents.queries import access_file, attachments_of, file_in_proceeding
from tongban.doors.access import permission
from tongban.doors.citizen import (
    applying,
    inbox,
    pages,
    papers,
    paying,
    progress,
    signing,
    supplies,
    tickets,
)
from tongban.doors.citizen import owed as owing
from tongban.doors.parts import Link, Pager
from tongban.doors.qr import drawn_qr
from tongban.doors.texts import language, say
from tongban.hotline.queries import hidden_from, hidden_ids, mine_about
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.notices.queries import messages_of, unread_count
from tongban.packages.actions import (
    collect_results,
    revoke_shares,
    share_progress,
    withdraw_application,
)
from tongban.packages.queries import (
    applications_of,
    open_shares,
    progress_by_token,
    progress_of,
)
from tongban.packages.queries.signing import papers_asked_of
from tongban.payments.queries import orders_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.parts import Confirm
    from tongban.doors.visits import KnownVisit, Visit
    from tongban.packages.queries import Progress

PAGE = 20
RATED_FROM = frozenset({"done", "delivered"})


@require_GET
@permission("citizen")
def mine(request: KnownVisit) -> HttpResponse:
    """Everything that is mine: what waits for me, drafts, applications."""
    cursor = request.GET.get("after", "")
    rows = applications_of(request.actor, cursor=cursor, limit=PAGE + 1, now=request.now)
    shown = rows[:PAGE]
    pager = Pager(
        first="?" if cursor else "",
        next=f"?{urlencode({'after': shown[-1].cursor})}" if len(rows) > PAGE else "",
    )
    open_drafts = () if cursor else applying.open_drafts(request.actor)
    waiting = () if cursor else papers_asked_of(request.actor, city_date(request.now))
    page = progress.my_page(request.actor.name, shown, open_drafts, pager, signing.todo(waiting))
    return render(request, "citizen/my.html", {"page": page})


@require_GET
@permission("citizen")
def application(request: KnownVisit, number: str) -> HttpResponse:
    """One application on its way."""
    one = progress_of(request.actor, number, request.now)
    fees = paying.notices(orders_of([one.proceeding_id]))
    page = progress.progress_page(
        one,
        papers=papers.links(one),
        copies=papers.copies(one),
        fees=fees,
        asked=tickets.lines_of(mine_about(request.actor, _numbers(one))),
    )
    if one.state in RATED_FROM:
        page = replace(page, rate=Link(_("评价服务"), f"/my/{one.number}/rate/"))
    return render(request, "citizen/progress.html", {"page": page})


def _numbers(one: Progress) -> list[str]:
    """The numbers by which people call an application and its items."""
    return [one.number, *(each.number for each in one.lanes if each.number)]


@require_GET
@permission("public")
def shared(request: Visit, token: str) -> HttpResponse:
    """The progress behind a read-only link; nothing can be done here."""
    page = progress.shared_page(progress_by_token(token, request.now))
    response = render(request, "citizen/progress.html", {"page": page})
    # The address is the key: it must not travel on in a Referer header or in a search index.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@permission("citizen")
def collect(request: KnownVisit, number: str) -> HttpResponse:
    """Take the results online; this is the delivery."""
    one = progress_of(request.actor, number, request.now)
    collect_results(package_id=one.proceeding_id, by=request.actor, now=request.now)
    messages.success(request, _("已领取。证照都在“我的证照”里。"))
    return redirect(f"/my/{one.number}/")


@require_http_methods(["GET", "POST"])
@permission("citizen")
def withdraw(request: KnownVisit, number: str) -> HttpResponse:
    """Withdraw what is not decided, after asking once more."""
    one = progress_of(request.actor, number, request.now)
    page = progress.withdraw_page(one)
    if request.method == "GET":
        return render(request, "confirm.html", {"page": page})
    withdraw_application(package_id=one.proceeding_id, by=request.actor, now=request.now)
    messages.success(request, _("已撤回。"))
    return redirect(f"/my/{one.number}/")


@require_http_methods(["GET", "POST"])
@permission("citizen")
def ask_a_person(request: KnownVisit, number: str) -> HttpResponse:
    """Ask that a person looks at a machine's decision (个人信息保护法 24)."""
    one = progress_of(request.actor, number, request.now)
    wanted = request.POST.get("item") or request.GET.get("item", "")
    lane = next((each for each in one.lanes if each.item_code == wanted), None)
    if lane is None:
        raise NotFound(_("这份申请里没有这个事项。"))
    page: Confirm = progress.ask_human_page(one, lane)
    if request.method == "GET":
        return render(request, "confirm.html", {"page": page})
    ask_human(
        case_id=lane.case_id,
        reason=request.POST.get("reason", "")[:500],
        by=request.actor,
        now=request.now,
    )
    messages.success(request, _("已申请人工复核，结果会通知您。"))
    return redirect(f"/my/{one.number}/")


@require_http_methods(["GET", "POST"])
@permission("citizen")
def urge(request: KnownVisit, number: str) -> HttpResponse:
    """Urge the department that works on one item (催办)."""
    one = progress_of(request.actor, number, request.now)
    wanted = request.POST.get("item") or request.GET.get("item", "")
    lane = next((each for each in one.lanes if each.item_code == wanted), None)
    if lane is None:
        raise NotFound(_("这份申请里没有这个事项。"))
    page: Confirm = progress.urge_page(one, lane)
    if request.method == "GET":
        return render(request, "confirm.html", {"page": page})
    urge_case(case_id=lane.case_id, by=request.actor, now=request.now)
    messages.success(request, _("已催办。"))
    return redirect(f"/my/{one.number}/")


@require_http_methods(["GET", "POST"])
@permission("citizen")
def ordinary(request: KnownVisit, number: str) -> HttpResponse:
    """Withdraw the commitment of one item and go on in the ordinary way."""
    one = progress_of(request.actor, number, request.now)
    wanted = request.POST.get("item") or request.GET.get("item", "")
    lane = next((each for each in one.lanes if each.item_code == wanted), None)
    if lane is None:
        raise NotFound(_("这份申请里没有这个事项。"))
    if request.method == "GET":
        return render(request, "confirm.html", {"page": progress.ordinary_page(one, lane)})
    due = leave_commitment(case_id=lane.case_id, by=request.actor, now=request.now)
    messages.success(request, _("已改按一般程序办理。"))
    return redirect(f"/my/{one.number}/owed/" if due else f"/my/{one.number}/")


@require_http_methods(["GET", "POST"])
@permission("citizen")
def share(request: KnownVisit, number: str) -> HttpResponse:
    """Make or end read-only links; the fresh one is shown once."""
    one = progress_of(request.actor, number, request.now)
    kept = f"share:{one.number}"
    if request.method == "POST":
        if request.POST.get("do") == "close":
            revoke_shares(package_id=one.proceeding_id, by=request.actor, now=request.now)
            messages.success(request, _("全部链接已经失效。"))
        else:
            request.session[kept] = share_progress(
                package_id=one.proceeding_id, by=request.actor, now=request.now
            )
        return redirect(f"/my/{one.number}/share/")
    token = request.session.pop(kept, "")
    fresh = f"{settings.SITE_URL}/shared/{token}/" if token else ""
    page = pages.SharePage(
        name=say(one.package_name),
        number=one.number,
        action=f"/my/{one.number}/share/",
        back=Link(_("返回进度"), f"/my/{one.number}/"),
        open_links=open_shares(one.proceeding_id),
        fresh=fresh,
        qr=drawn_qr(fresh) if fresh else "",
    )
    return render(request, "citizen/share.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission("citizen")
def supply(request: KnownVisit, number: str) -> HttpResponse:
    """Reply to the one-time correction notice, all points at once."""
    one = progress_of(request.actor, number, request.now)
    if one.notice is None or "supply" not in one.open_verbs:
        raise NotFound(_("这份申请现在没有要补正的内容。"))
    if request.method == "GET":
        return _supply(request, one)
    try:
        supplies.send(one, request)
    except Refusal as no:
        return _supply(request, one, no)
    messages.success(request, _("补正已提交，受理部门会在期限内答复。"))
    return redirect(f"/my/{one.number}/")


@require_http_methods(["GET", "POST"])
@permission("citizen")
def owed(request: KnownVisit, number: str) -> HttpResponse:
    """Supply what was promised when the application was accepted with a gap."""
    one = progress_of(request.actor, number, request.now)
    if request.method == "GET":
        return render(request, "citizen/owed.html", {"page": owing.owed_page(one)})
    try:
        supplied = owing.send(one, request)
    except BadInput as no:
        again = progress_of(request.actor, number, request.now)
        page = owing.owed_page(again, refusal=no)
        return render(request, "citizen/owed.html", {"page": page}, status=no.status)
    words = ngettext("已补交 %(n)s 份材料。", "已补交 %(n)s 份材料。", supplied)
    messages.success(request, words % {"n": supplied})
    return redirect(f"/my/{one.number}/")


def _supply(request: KnownVisit, one: Progress, no: Refusal | None = None) -> HttpResponse:
    page = supplies.supply_page(one, request, refusal=no)
    status = no.status if no else 200
    return render(request, "citizen/supply.html", {"page": page}, status=status)


@require_http_methods(["GET", "POST"])
@permission("citizen")
def letters(request: KnownVisit) -> HttpResponse:
    """The inbox; a message is marked as read by a button, never by opening the page."""
    actor = request.actor
    if request.method == "POST":
        inbox.mark(request)
        return redirect("/my/messages/")
    cursor, hidden = request.GET.get("after", ""), hidden_from(actor)
    found = messages_of(
        actor.acts_for,
        language=language(),
        cursor=int(cursor) if cursor.isdigit() else None,
        limit=PAGE,
        apart_from=hidden,
    )
    unread = unread_count(actor.acts_for, apart_from=hidden)
    page = inbox.messages_page(found, unread=unread, is_first=not cursor.isdigit())
    return render(request, "citizen/messages.html", {"page": page})


@require_GET
@permission("citizen")
def paper(request: KnownVisit, number: str, file_id: int) -> HttpResponse:
    """A paper or a handed-in file of one application."""
    one = progress_of(request.actor, number, request.now)
    return papers.sent(file_in_proceeding(file_id, papers.proceedings(one)))


@require_GET
@permission("citizen")
def paper_copy(request: KnownVisit, number: str, file_id: int, spoken: str) -> HttpResponse:
    """A paper of one application as a copy in another language, without a seal."""
    one = progress_of(request.actor, number, request.now)
    return papers.printed_copy(one, file_id, spoken, request.now)


@require_GET
@permission("citizen")
def file(request: KnownVisit, file_id: int) -> HttpResponse:
    """A file that belongs to somebody for whom I act, and that he does not keep from me."""
    found = access_file(request.actor, file_id)
    kept = hidden_ids(request.actor)
    if kept and attachments_of(sorted(kept)).filter(material__file_id=file_id).exists():
        raise NotFound
    return papers.sent(found)
