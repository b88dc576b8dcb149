"""The frame around every page: who is here, in which language and print size, in which city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from tongban.catalogue.queries import live
from tongban.doors.parts import Frame, Language, Viewer
from tongban.doors.tags import tag_of
from tongban.doors.texts import language, say
from tongban.hotline.queries import hidden_from
from tongban.kernel.refusals import NotFound
from tongban.notices.queries import unread_count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.http import HttpRequest

    from tongban.kernel.actors import Actor

PRINT_SIZE_COOKIE = "print_size"
PRINT_SIZES = ("normal", "large")
# The first part of an address that says which entry of the navigation is open.
_PLACES = {
    "/my/messages/": "messages",
    "/my/licences/": "licences",
    "/my/materials/": "licences",
    "/my/settings/": "settings",
    "/my/credit/": "settings",
    "/my/": "my",
    "/verify/": "verify",
    "/12345/": "call",
}


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor: what the base template needs on every page."""
    code = get_language() or settings.LANGUAGE_CODE
    city = _city()
    actor: Actor | None = getattr(request, "actor", None)
    spoken = tuple(
        Language(one, tag_of(one), name, one == code)
        for one, name in settings.LANGUAGES
        if not on_desk(request) or one not in settings.CITIZENS_LANGUAGES
    )
    made = Frame(
        city=say(city.get("name")),
        ribbon=say(city.get("ribbon")),
        ribbon_short=say(city.get("ribbon_short")) or say(city.get("ribbon")),
        language=tag_of(code),
        direction="rtl" if get_language_info(code)["bidi"] else "ltr",
        print_size=print_size(request),
        languages=spoken,
        viewer=_viewer(actor),
        # A form that was refused has an address of its own, which cannot be gone back to.
        path=request.get_full_path() if request.method == "GET" else request.path,
        place=next((p for start, p in _PLACES.items() if request.path.startswith(start)), ""),
        original=spoken[0] if language() in city.get("unreviewed", ()) else None,
    )
    return {"frame": made}


def on_desk(request: HttpRequest) -> bool:
    """Whether the page is one of the officers'."""
    return request.path.startswith(("/desk/", "/line/"))


def print_size(request: HttpRequest) -> str:
    """How large this browser wants the print."""
    wanted = request.COOKIES.get(PRINT_SIZE_COOKIE, "")
    return wanted if wanted in PRINT_SIZES else PRINT_SIZES[0]


def _city() -> Mapping[str, Any]:
    try:
        city: Mapping[str, Any] = live("city")
    except NotFound:
        # Nothing is published yet; the pages that say so need a frame all the same.
        return {}
    return city


def _viewer(actor: Actor | None) -> Viewer | None:
    if actor is None:
        return None
    if actor.kind != "citizen":
        return Viewer(actor.name, actor.kind, 0)
    unread = unread_count(actor.acts_for, apart_from=hidden_from(actor))
    return Viewer(actor.name, actor.kind, unread)
