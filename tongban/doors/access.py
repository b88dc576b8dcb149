"""Who may open a page. Every view says so with `@permission`; a test walks all URLs for it.

The word says only which kind of person the page is for. Whether this person may see or do this
thing is decided below, by `visible_to` and by the machines' tables, and both answer a stranger
with "not found".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from tongban.kernel.refusals import NotAllowed

if TYPE_CHECKING:
    from tongban.doors.visits import Visit
    from tongban.kernel.actors import Actor

Word = Literal["public", "citizen", "staff", "window", "supervisor"]
View = TypeVar("View", bound=Callable[..., HttpResponse])

LOGIN = "/login/"
_STRANGER = {
    "citizen": "这个页面供申请人使用。请退出工作账号，用您的个人账号登录。",
    "staff": "这个页面供工作人员使用。请用工作账号登录。",
    "window": "这个页面供窗口岗位使用。请用有窗口岗位的工作账号登录。",
    "supervisor": "这个页面供监督岗位使用。",
}


def may_enter(word: Word, actor: Actor | None) -> bool:
    """Whether a page of that word is for this kind of person."""
    if word == "public":
        return True
    if actor is None:
        return False
    if word == "window":
        return actor.kind == "staff" and "window" in actor.roles
    if word == "supervisor":
        return actor.kind == "staff" and actor.supervises
    return actor.kind == word


def permission(word: Word) -> Callable[[View], View]:
    """Mark a view with the kind of person it is for, and keep everybody else out."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: Visit, *args: object, **kwargs: object) -> HttpResponse:
            actor = request.actor
            if may_enter(word, actor):
                return view(request, *args, **kwargs)
            if actor is None:
                return redirect(f"{LOGIN}?{urlencode({'next': request.get_full_path()})}")
            raise NotAllowed(_STRANGER[word])

        guarded.tongban_permission = word  # type: ignore[attr-defined]  # -- read by the architecture test
        return cast("View", guarded)

    return mark
