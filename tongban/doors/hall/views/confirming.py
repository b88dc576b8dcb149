"""The applicant confirms, on the second screen or on paper; the clerk files; the receipt."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongban.documents.actions import store_file
from tongban.documents.actions.files import upload_limits
from tongban.doors.access import permission
from tongban.doors.faults import said
from tongban.doors.hall import keys, pages, walks
from tongban.doors.hall.shown import seen_of
from tongban.doors.hall.views.intake import at_work
from tongban.doors.parts import Problem
from tongban.doors.qr import drawn_qr
from tongban.doors.texts import about, in_words, language, refusal_in_words, say
from tongban.doors.units import days
from tongban.doors.visits import wall_clock
from tongban.kernel.refusals import NotFound, Refusal
from tongban.packages.actions import ask_signatures
from tongban.packages.queries import check_draft
from tongban.people.queries import departments
from tongban.ratings.queries import slip_of
from tongban.window.actions import PROOF, confirm_on_paper, file_walk_in, show_on_screen
from tongban.window.queries import has_screen, is_asking, standing_of
from tongban.window.states import How

if TYPE_CHECKING:
    from uuid import UUID

    from django.utils.safestring import SafeString

    from tongban.doors.hall.walks import Here
    from tongban.doors.visits import KnownVisit
    from tongban.packages.queries import DraftCheck
    from tongban.ratings.models import Invitation

MOST_KEY = 64
_RECEIPT = "hall:receipt"


# ---- the last look -----------------------------------------------------------------------------


@require_GET
@permission("window")
def confirm(request: KnownVisit, draft: UUID) -> HttpResponse:
    """What will be filed, what is still wrong, and how the confirmation stands."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    return _page(request, *found)


@require_POST
@permission("window")
def ask_signers(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Ask everybody who must sign; each finds the paper under his own account."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    check, walk = found
    try:
        ask_signatures(draft_id=check.draft.id, by=request.actor, now=request.now)
    except Refusal as no:
        return _page(request, check, walk, in_words(no.sentence))
    words = _("已请签名人签名。对方用本人账号登录，在“等我签名”里看到；没有账号的先实名注册。")
    messages.success(request, words)
    return redirect(f"/hall/{draft}/confirm/")


def _page(request: KnownVisit, check: DraftCheck, walk: Here, wrong: str = "") -> HttpResponse:
    here = f"/hall/{check.draft.id}"
    state = _state(request, check)
    problems = [_problem(one, check) for one in check.problems]
    problems += [
        Problem(
            _("还不能确定要不要办“%(name)s”，请回答有关的问题。") % {"name": say(one.item.name)},
            "",
            "/hall/ask/",
        )
        for one in check.guide.undecided
    ]
    ready = not problems
    if wrong:
        problems.insert(0, Problem(wrong))
    page = pages.ConfirmPage(
        walk=walks.shown(walk, walks.CONFIRM, check.published.compiled),
        here=here,
        seen=seen_of(check),
        key=uuid.uuid4().hex,
        state=state,
        state_words=_said(state),
        is_ready=ready,
        may_file=ready and state == "agreed",
        has_screen=has_screen(request.actor, wall=wall_clock()),
        human=any(one.item.automatic for one in check.guide.items),
        can_ask=any(not line.is_self and line.signature is None for line in check.signers),
        keys=keys.of("F4", "F9", "U", "file"),
        back=f"{here}/materials/",
        problems=tuple(problems),
    )
    return render(request, "hall/confirm.html", {"page": page}, status=422 if wrong else 200)


def _problem(one: Any, check: DraftCheck) -> Problem:
    here = f"/hall/{check.draft.id}"
    kind, _colon, code = one.path.partition(":")
    if kind == "signers":
        return Problem(said(one), "", f"{here}/confirm/")
    if kind == "material":
        name = say(check.published.compiled.material(code).name)
        words = _("还没有归入“%(name)s”") % {"name": name}
        return Problem(words, f"m-{code}", f"{here}/materials/")
    labels = {field.field.code: say(field.field.name) for field in check.guide.fields}
    label = labels.get(kind, "")
    words = about(label, said(one)) if label else said(one)
    return Problem(words, f"f-{kind.replace('.', '-')}", f"{here}/form/?check=1")


def _state(request: KnownVisit, check: DraftCheck) -> str:
    """none, asking, agreed, refused or void."""
    standing = standing_of(check)
    if standing is not None and standing.is_valid:
        return "agreed"
    if is_asking(request.actor, check.draft.id, check.shown_hash):
        answered = standing is not None and standing.shown == check.shown_hash
        return "refused" if answered else "asking"
    if standing is None:
        return "none"
    if standing.shown == check.shown_hash:
        return "refused"
    return "void" if standing.agreed else "none"


def _said(state: str) -> str:
    words = {
        "none": _("还没有请申请人确认。"),
        "asking": _("对面屏正在请申请人确认……"),
        "agreed": _("申请人已确认现在的内容，可以提交。"),
        "refused": _("申请人认为内容不对，请修改后重新确认。"),
        "void": _("确认之后内容有变动，原来的确认已作废，请重新确认。"),
    }
    return words[state]


@require_POST
@permission("window")
def show(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Ask the applicant on the second screen."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    check, walk = found
    try:
        show_on_screen(draft_id=draft, by=request.actor, now=request.now)
    except Refusal as no:
        return _page(request, check, walk, _words(no))
    return redirect(f"/hall/{draft}/confirm/")


@require_GET
@permission("window")
def state(request: KnownVisit, draft: UUID) -> HttpResponse:
    """How the confirmation stands, for the clerk's page that asks every second."""
    check = check_draft(request.actor, draft, request.now)
    if not check.draft.counter:
        raise NotFound
    found = _state(request, check)
    return JsonResponse({"state": found, "words": _said(found)})


# ---- on paper ----------------------------------------------------------------------------------


@require_GET
@permission("window")
def printout(request: KnownVisit, draft: UUID) -> HttpResponse:
    """The sheet that the applicant signs: everything that will be filed, with its hash."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    check, _walk = found
    seen = seen_of(check)
    page = pages.PrintPage(
        seen=seen,
        number=str(draft),
        qr=drawn_qr(f"TBQR:{draft}:{seen.shown}"),
        at=request.now,
        clerk=request.actor.name,
        back=f"/hall/{draft}/confirm/",
    )
    return render(request, "hall/print.html", {"page": page})


@require_POST
@permission("window")
def signed(request: KnownVisit, draft: UUID) -> HttpResponse:
    """The signed sheet, scanned back: it confirms the content whose hash stands on it."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    check, walk = found
    file = request.FILES.get("scan")
    if file is None:
        return _page(request, check, walk, _("请先选择签字后的扫描件。"))
    try:
        stored = store_file(
            content=file.read(upload_limits().size + 1),
            name=file.name or _("未命名"),
            owner_party_id=check.draft.person_id,
            purpose=PROOF,
            by=request.actor,
            now=request.now,
            stated_size=file.size,
        )
        confirm_on_paper(
            draft_id=draft,
            shown=request.POST.get("shown", ""),
            file_id=stored.pk,
            language=language(),
            by=request.actor,
            now=request.now,
        )
    except Refusal as no:
        return _page(request, check, walk, _words(no))
    return redirect(f"/hall/{draft}/confirm/")


# ---- filing and the receipt --------------------------------------------------------------------


@require_POST
@permission("window")
def submit(request: KnownVisit, draft: UUID) -> HttpResponse:
    """File the whole, once for each key; then the receipt."""
    key = request.POST.get("key", "")[:MOST_KEY]
    walk = walks.here(request.session)
    if not key or walk is None:
        return redirect("/hall/")
    check = check_draft(request.actor, draft, request.now)
    if not check.draft.counter:
        raise NotFound
    try:
        filed = file_walk_in(
            draft_id=draft,
            key=key,
            wants_human=request.POST.get("human") == "yes",
            by=request.actor,
            now=request.now,
        )
    except Refusal as no:
        return _page(request, check, walk, _words(no))
    _keep_receipt(request, check, walk, filed.filed.number, filed.token)
    return redirect(f"/hall/done/{filed.filed.number}/")


def _keep_receipt(
    request: KnownVisit, check: DraftCheck, walk: Here, number: str, token: str
) -> None:
    """What the receipt shows; the token of its link is kept nowhere else."""
    seen = seen_of(check)
    standing = standing_of(check)
    how = standing.how if standing else How.SCREEN
    request.session[_RECEIPT] = {
        "number": number,
        "package": seen.package,
        "applicant": seen.applicant,
        "person": seen.person,
        "at": request.now.isoformat(),
        "counter": check.draft.counter.partition(".")[0],
        "seconds": max(0, int(wall_clock().timestamp() - walk.since)),
        "items": [list(one) for one in seen.items],
        "limit": days(
            check.published.compiled.acceptance.value, check.published.compiled.acceptance.unit
        ),
        "how": how.value,
        "token": token,
    }


def _rating(slip: Invitation | None) -> tuple[str, ...]:
    """How this visit is rated without a telephone of one's own; nothing before it is asked."""
    words = _(
        "评价这次服务：凭编号和评价码 %(code)s，在自助终端、网页或者打 12345 都可以；不评也可以。"
    )
    return (words % {"code": slip.code},) if slip else ()


def _rating_qr(slip: Invitation | None) -> SafeString | str:
    """The code that leads to the rating of this visit, on one's own telephone or at a kiosk."""
    return drawn_qr(f"{settings.SITE_URL}/rate/{slip.token}/?via=qr") if slip else ""


@require_GET
@permission("window")
def done(request: KnownVisit, number: str) -> HttpResponse:
    """The receipt, as it is printed; it lives in the clerk's session until the next one."""
    kept = request.session.get(_RECEIPT)
    if not kept or kept["number"] != number:
        raise NotFound
    address = f"{settings.SITE_URL}/shared/{kept['token']}/"
    names = {one.code: say(one.name) for one in departments()}
    slip = slip_of(number)
    page = pages.ReceiptPage(
        number=number,
        package=kept["package"],
        applicant=kept["applicant"],
        person=kept["person"] if kept["person"] != kept["applicant"] else "",
        at=datetime.fromisoformat(kept["at"]),
        counter=names.get(kept["counter"], ""),
        clerk=request.actor.name,
        seconds=kept["seconds"],
        items=tuple((one[0], one[1]) for one in kept["items"]),
        next_lines=(
            _("提交就是收件，收件凭证会同时生成，扫码可以看到。"),
            _(
                "%(days)s内告知受理，或者一次性告知要补正的全部内容；"
                "到期没有告知，自收件之日起就算受理。"
            )
            % {"days": kept["limit"]},
            _("不用手机也可以凭编号或身份证到窗口查询、领取结果。"),
            *_rating(slip),
        ),
        address=address,
        qr=drawn_qr(address),
        rate_qr=_rating_qr(slip),
        keys=keys.of("F9", "F10"),
        desk=f"/desk/{number}/",
    )
    return render(request, "hall/receipt.html", {"page": page})


def _words(no: Refusal) -> str:
    return refusal_in_words(no)
