"""The inbox of a citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.doors.citizen import pages
from tongban.doors.parts import Empty, Link, Pager
from tongban.hotline.queries import hidden_from
from tongban.kernel.refusals import NotFound
from tongban.notices.actions import mark_read
from tongban.notices.queries import access_message, messages_of

if TYPE_CHECKING:
    from tongban.doors.visits import KnownVisit
    from tongban.notices.queries import MessageView, Page

# How many messages one press of the button reads; the button stays while more are there.
AT_ONCE = 200
_ASKS_TO_SIGN = frozenset({"signature_asked", "signature_void"})


def messages_page(found: Page, *, unread: int, is_first: bool) -> pages.MessagesPage:
    """A page of the inbox."""
    return pages.MessagesPage(
        letters=tuple(_letter(one) for one in found.messages),
        empty=Empty(_("还没有消息"), _("办件有进展时会在这里告诉您。"), icon="bell"),
        unread=unread,
        pager=Pager(
            first="" if is_first else "?",
            next=f"?after={found.cursor}" if found.cursor is not None else "",
        ),
    )


def _letter(one: MessageView) -> pages.Letter:
    return pages.Letter(
        key=str(one.id),
        title=one.title,
        text=one.body,
        at=one.created_at,
        is_unread=one.read_at is None,
        link=_link(one),
        is_statutory=one.statutory,
    )


def _link(one: MessageView) -> Link | None:
    """Where the reader can do something about it."""
    if one.key in _ASKS_TO_SIGN:
        return Link(_("去看和签名"), "/my/signatures/")
    if one.key == "authorisation_proposed":
        return Link(_("去确认或谢绝"), "/my/agents/")
    return Link(_("看进度"), f"/my/{one.proceeding}/") if one.proceeding else None


def mark(request: KnownVisit) -> None:
    """Mark one message, or the newest ones, as read."""
    wanted, hidden = request.POST.get("read", ""), hidden_from(request.actor)
    if wanted.isdigit():
        if hidden and access_message(request.actor, int(wanted)).proceeding in hidden:
            raise NotFound
        mark_read(message_id=int(wanted), by=request.actor, now=request.now)
        return
    found = messages_of(request.actor.acts_for, limit=AT_ONCE, apart_from=hidden)
    for one in found.messages:
        if one.read_at is None:
            mark_read(message_id=one.id, by=request.actor, now=request.now)
