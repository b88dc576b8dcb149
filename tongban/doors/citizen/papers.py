"""Papers of an application, and files sent to the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from tongban.documents.actions import print_copy
from tongban.documents.queries import (
    content_of,
    document_of_file,
    document_title,
    documents_of,
    has_copies_in,
    preview_headers,
    preview_headers_for,
)
from tongban.doors.parts import Link
from tongban.doors.texts import language, named, say
from tongban.licences.actions import print_licence_copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tongban.documents.queries import StoredFile
    from tongban.licences.queries import HeldLicence
    from tongban.packages.queries import Progress


# Decisions are titled by what they decide on; the titles are put together where they are printed.
DECISIONS = (
    gettext_noop("准予行政确认决定书"),
    gettext_noop("不予行政确认决定书"),
    gettext_noop("准予行政给付决定书"),
    gettext_noop("不予行政给付决定书"),
    gettext_noop("准予公共服务决定书"),
    gettext_noop("不予公共服务决定书"),
    gettext_noop("准予备案决定书"),
    gettext_noop("不予备案决定书"),
    gettext_noop("准予登记决定书"),
    gettext_noop("不予登记决定书"),
    gettext_noop("准予办理决定书"),
    gettext_noop("不予办理决定书"),
)


def proceedings(one: Progress) -> list[int]:
    """The ids of an application and of all its items."""
    return [one.proceeding_id, *(lane.case_id for lane in one.lanes)]


def links(one: Progress) -> tuple[Link, ...]:
    """The papers that are ready, oldest first."""
    names = {lane.case_id: say(lane.item_name) for lane in one.lanes}
    return tuple(
        Link(
            _("%(title)s（%(item)s）") % {"title": _(document_title(paper)), "item": item}
            if (item := names.get(paper.proceeding_id))
            else _(document_title(paper)),
            f"/my/{one.number}/files/{paper.file_id}/",
        )
        for paper in documents_of(proceedings(one))
        if paper.file_id is not None
    )


def copies(one: Progress) -> tuple[Link, ...]:
    """The same papers as copies in the reader's language, where there are such copies."""
    spoken = language()
    if not has_copies_in(spoken):
        return ()
    return tuple(Link(link.text, f"{link.href}copy/{spoken}/") for link in links(one))


def printed_copy(one: Progress, file_id: int, spoken: str, now: datetime) -> HttpResponse:
    """The copy of a paper in a language. Raises NotFound; a printer that fails is a fault."""
    document = document_of_file(file_id, proceedings(one))
    with override(spoken):
        content = print_copy(document, spoken, say=_in_words(), now=now)
    name = f"{document.number} {spoken}.pdf"
    return HttpResponse(content, headers=preview_headers(name, "application/pdf"))


def printed_licence(held: HeldLicence, spoken: str, now: datetime) -> HttpResponse:
    """The copy of a licence in a language. Raises NotFound; a printer that fails is a fault."""
    with override(spoken):
        content = print_licence_copy(
            identifier=held.identifier, language=spoken, say=_in_words(), now=now
        )
    name = f"{held.name} {held.number} {spoken}.pdf"
    return HttpResponse(content, headers=preview_headers(name, "application/pdf"))


def _in_words() -> Callable[[str], str]:
    """Sentences of the content, of the departments and of the program, in the active language."""

    def said(chinese: str) -> str:
        found = named(chinese)
        return found if found != chinese else _(chinese)

    return said


def sent(stored: StoredFile) -> HttpResponse:
    """A kept file as an answer: shown where the browser can, downloaded otherwise."""
    return HttpResponse(content_of(stored), headers=preview_headers_for(stored))
