"""Signatures: the applicant asks by a link, the signer reads, signs or says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongban.doors.access import permission
from tongban.doors.citizen import signing
from tongban.doors.faults import said
from tongban.doors.parts import Problem
from tongban.doors.texts import in_words
from tongban.kernel.refusals import BadInput, Refusal
from tongban.kernel.worktime import city_date
from tongban.packages.actions import (
    ask_again,
    ask_signatures,
    decline_paper,
    remind_signer,
    renew_sign_link,
    sign_paper,
)
from tongban.packages.queries import check_draft
from tongban.packages.queries.signing import paper_by_token, paper_of, papers_asked_of
from tongban.packages.rules.signing import NotTheSigner

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit, Visit
    from tongban.kernel.actors import Actor
    from tongban.packages.queries.signing import SignPaper

_KEPT = "sign-links"


@require_http_methods(["GET", "POST"])
@permission("citizen")
def signers(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Who must sign; a post asks, makes a new link, reminds, or asks again."""
    check = check_draft(request.actor, draft, request.now)
    if not check.draft.is_open:
        messages.info(request, _("这份草稿已经提交或删除。"))
        return redirect("/my/")
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            _do(request, draft)
        except Refusal as no:
            problems = (Problem(in_words(no.sentence)),)
        else:
            return redirect(f"/apply/{draft}/signers/")
    tokens = request.session.get(_KEPT, {})
    page = signing.signers_page(check, tokens=tokens, problems=problems)
    response = render(
        request, "citizen/signers.html", {"page": page}, status=422 if problems else 200
    )
    response["Cache-Control"] = "no-store"
    return response


def _do(request: KnownVisit, draft: UUID) -> None:
    by, now = request.actor, request.now
    made: dict[int, str] = {}
    if request.POST.get("ask"):
        made = ask_signatures(draft_id=draft, by=by, now=now)
    elif pk := _number(request, "renew"):
        made = {pk: renew_sign_link(signature_id=pk, by=by, now=now)}
    elif pk := _number(request, "again"):
        fresh, token = ask_again(signature_id=pk, by=by, now=now)
        made = {fresh: token}
    elif pk := _number(request, "remind"):
        remind_signer(signature_id=pk, by=by, now=now)
        messages.success(request, _("已提醒。对方有账号的，会在消息里看到。"))
    # The token is nowhere but in this session: whoever makes the link hands it over.
    kept = {str(pk): token for pk, token in made.items()}
    request.session[_KEPT] = {**request.session.get(_KEPT, {}), **kept}


def _number(request: KnownVisit, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@require_http_methods(["GET", "POST"])
@permission("public")
def sign(request: Visit, token: str) -> HttpResponse:
    """The paper behind a link. Reading and signing need the account of the one who was asked."""
    paper = paper_by_token(request.actor, token, city_date(request.now))
    if request.actor is not None and not paper.is_mine:
        raise NotTheSigner(
            _("请用被请求签名的本人账号登录。登录的账号和要签名的人不一致，不能代签。"),
            instead=(_("退出后，用本人的实名账号登录。"), _("姓名或号码写错的，请对方改正。")),
        )
    response = _answer(request, request.actor, paper, f"/sign/{token}/")
    # The address is the way to the paper: it must not travel on to other sites. On this site it
    # must, since a form without an origin is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "POST"])
@permission("citizen")
def own_paper(request: KnownVisit, signature_id: int) -> HttpResponse:
    """A paper that waits for my signature, found without the link."""
    paper = paper_of(request.actor, signature_id, city_date(request.now))
    return _answer(request, request.actor, paper, f"/my/signatures/{signature_id}/")


@require_GET
@permission("citizen")
def asked(request: KnownVisit) -> HttpResponse:
    """Everything that waits for my signature."""
    papers = papers_asked_of(request.actor, city_date(request.now))
    page = signing.signatures_page(papers)
    return render(request, "citizen/signatures.html", {"page": page})


def _answer(
    request: Visit | KnownVisit, actor: Actor | None, paper: SignPaper, here: str
) -> HttpResponse:
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and actor is not None:
        try:
            _say(request, actor, paper)
        except BadInput as no:
            problems = tuple(Problem(said(one), f"f-{one.path}") for one in no.problems)
        else:
            return redirect(f"/my/signatures/{paper.id}/")
    typed = request.POST.get("reason", "")
    page = signing.sign_page(paper, action=here, problems=problems, typed=typed)
    response = render(
        request, "citizen/sign.html", {"page": page}, status=422 if problems else 200
    )
    response["Cache-Control"] = "no-store"
    return response


def _say(request: Visit | KnownVisit, actor: Actor, paper: SignPaper) -> None:
    if request.POST.get("do") == "decline":
        reason = request.POST.get("reason", "")
        decline_paper(signature_id=paper.id, reason=reason, by=actor, now=request.now)
        messages.success(request, _("已经告诉申请人您不同意。"))
        return
    seen = request.POST.get("seen", "")
    if request.POST.get("read") != "yes":
        raise BadInput.at("read", "not-read", "请先勾选“我已看清全部内容”。")
    sign_paper(
        signature_id=paper.id,
        seen=bytes.fromhex(seen) if _is_hash(seen) else b"",
        by=actor,
        now=request.now,
    )
    messages.success(request, _("签名完成。"))


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(char in "0123456789abcdef" for char in text)
