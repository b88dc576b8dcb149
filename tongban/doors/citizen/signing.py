"""The pages of signatures: whom the applicant must ask, and the paper in front of a signer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tongban.doors.citizen import journey, pages
from tongban.doors.parts import Empty, Fact, Field, Link, Notice, Option, Problem, Tag
from tongban.doors.qr import drawn_qr
from tongban.doors.texts import say
from tongban.doors.values import shown
from tongban.packages.actions.signing import MOST_REASON
from tongban.packages.states import SignatureState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tongban.doors.parts import Tone
    from tongban.packages.queries import DraftCheck
    from tongban.packages.queries.signing import SignerLine, SignPaper

_TONES: dict[SignatureState, tuple[Tone, str]] = {
    SignatureState.ASKED: ("you", "wait"),
    SignatureState.SIGNED: ("done", "tick"),
    SignatureState.DECLINED: ("late", "alert"),
    SignatureState.VOID: ("plain", ""),
}


def state_tag(state: SignatureState) -> Tag:
    """The state of a signature."""
    words = {
        SignatureState.ASKED: _("等待签名"),
        SignatureState.SIGNED: _("已签名"),
        SignatureState.DECLINED: _("不同意签名"),
        SignatureState.VOID: _("已作废"),
    }
    return Tag(words[state], *_TONES[state])


def link_of(token: str) -> str:
    """The address to hand over."""
    return f"{settings.SITE_URL}/sign/{token}/"


def signer_of(line: SignerLine, check: DraftCheck, tokens: Mapping[str, str]) -> pages.Signer:
    """One person who must sign; ``tokens`` are the links that this session made."""
    compiled = check.published.compiled
    one = line.signature
    key = str(one.id) if one else ""
    waits = one is not None and one.state is SignatureState.ASKED
    link = link_of(tokens[key]) if waits and key in tokens else ""
    return pages.Signer(
        name=line.name,
        role=say(line.signing.name),
        paper=say(compiled.material(line.signing.material).name),
        state=_state(line),
        note=_note(line),
        key=key,
        link=link,
        qr=drawn_qr(link) if link else "",
        can_renew=waits,
        can_ask_again=one is not None and one.state is SignatureState.DECLINED,
    )


def _state(line: SignerLine) -> Tag:
    if line.is_self:
        return Tag(_("提交时签名"), "calm", "tick")
    if line.signature is None:
        return Tag(_("还没有请对方签"), "soon", "wait")
    return state_tag(line.signature.state)


def _note(line: SignerLine) -> str:
    one = line.signature
    if line.is_self:
        return _("您本人提交，提交就是签名，不用另外签。")
    if one is None:
        return ""
    if one.state is SignatureState.DECLINED:
        return _("对方的理由：%(reason)s") % {"reason": one.reason}
    at = one.answered_at if one.state is SignatureState.SIGNED else one.asked_at
    words = _("%(time)s 签名") if one.state is SignatureState.SIGNED else _("%(time)s 请对方签名")
    return words % {"time": _moment(at)} if at else ""


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")


def signers_page(
    check: DraftCheck, *, tokens: Mapping[str, str], problems: tuple[Problem, ...] = ()
) -> pages.SignersPage:
    """Who must sign, with the link and the QR code for each."""
    compiled = check.published.compiled
    here = f"/apply/{check.draft.id}"
    return pages.SignersPage(
        name=say(compiled.name),
        steps=journey.steps(
            compiled.slug, journey.CHECK, str(check.draft.id), journey.left_in(check)
        ),
        signers=tuple(signer_of(line, check, tokens) for line in check.signers),
        action=f"{here}/signers/",
        back=Link(_("返回表格"), f"{here}/form/"),
        next=Link(_("检查并提交"), f"{here}/check/"),
        can_ask=any(not line.is_self and line.signature is None for line in check.signers),
        problems=problems,
    )


# ---- in front of the signer --------------------------------------------------------------------


def sign_page(
    paper: SignPaper, *, action: str, problems: tuple[Problem, ...] = (), typed: str = ""
) -> pages.SignPage:
    """The paper; whoever is not the signer sees what it is about and the way to sign in."""
    about = {
        "paper": say(paper.material.name),
        "thing": say(paper.package_name),
        "role": say(paper.role),
        "state": state_tag(paper.state),
    }
    if not paper.is_mine:
        login = Link(_("登录后查看和签名"), f"/login/?{urlencode({'next': action})}")
        return pages.SignPage(**about, login=login)  # type: ignore[arg-type]  # -- of mixed kinds
    waits = paper.state is SignatureState.ASKED and paper.is_open
    return pages.SignPage(
        **about,  # type: ignore[arg-type]  # -- of mixed kinds
        applicant=paper.applicant,
        text=say(paper.text),
        statement=tuple(say(point) for point in paper.material.statement),
        facts=tuple(
            Fact(say(field.name), shown(field, value), is_code=field.kind in {"uscc", "id_number"})
            for field, value in paper.answers
        ),
        basis=paper.basis,
        action=action if waits else "",
        seen=paper.content_hash.hex(),
        read=_read(problems) if waits else None,
        reason=_reason(problems, typed) if waits else None,
        sealed=_sealed(paper),
        notice=_notice(paper),
        problems=problems,
    )


def _error(problems: Sequence[Problem], target: str) -> str:
    return next((one.sentence for one in problems if one.target == target), "")


def _read(problems: Sequence[Problem]) -> Field:
    return Field(
        name="read",
        label=_("同意签名"),
        kind="multi",
        options=(Option("yes", _("我已看清上面的全部内容，同意签名。")),),
        error=_error(problems, "f-read"),
    )


def _reason(problems: Sequence[Problem], typed: str) -> Field:
    return Field(
        name="reason",
        label=_("不同意的理由"),
        kind="longtext",
        value=typed,
        max_length=MOST_REASON,
        help=_("申请人会看到。"),
        error=_error(problems, "f-reason"),
    )


def _sealed(paper: SignPaper) -> tuple[Fact, ...]:
    if paper.state is not SignatureState.SIGNED or paper.answered_at is None:
        return ()
    facts = [
        Fact(_("签名时间"), _moment(paper.answered_at)),
        Fact(_("内容指纹（SHA-256）"), paper.content_hash.hex(), is_code=True),
    ]
    if paper.number:
        facts.append(Fact(_("用于办件"), paper.number, is_code=True))
    return tuple(facts)


def _notice(paper: SignPaper) -> Notice | None:
    if paper.state is SignatureState.SIGNED:
        text = _("申请人再改动下面的内容，您的签名就自动作废，会通知您。")
        if not paper.is_open:
            text = _("申请已经提交，签名随办件一起保存。")
        return Notice(title=_("您已经签名"), text=text)
    if paper.state is SignatureState.DECLINED:
        reason = _("您的理由：%(reason)s") % {"reason": paper.reason}
        return Notice(title=_("您没有同意签名"), text=reason)
    if not paper.is_open:
        return Notice(title=_("不用签了"), text=_("这份申请已经提交或者删除。"))
    return None


def signatures_page(papers: Sequence[SignPaper]) -> pages.SignaturesPage:
    """What waits for my signature."""
    return pages.SignaturesPage(
        papers=tuple(Link(asked_words(one), f"/my/signatures/{one.id}/") for one in papers),
        empty=Empty(
            _("没有等您签名的"), _("有人请您签名时，会在这里和消息里告诉您。"), icon="box"
        ),
    )


def asked_words(one: SignPaper) -> str:
    """Who asks for what."""
    return _("%(applicant)s请您签“%(paper)s”") % {
        "applicant": one.applicant,
        "paper": say(one.material.name),
    }


def todo(papers: Sequence[SignPaper]) -> tuple[Notice, ...]:
    """What waits for my signature, at the top of my things."""
    return tuple(
        Notice(
            title=_("请您签名"),
            text=asked_words(one),
            tone="care",
            link=Link(_("去看和签名"), f"/my/signatures/{one.id}/"),
        )
        for one in papers
    )
