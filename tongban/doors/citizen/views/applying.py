"""An application being written: form, materials, pre-check, submission."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors import answers, asking
from tongban.doors.access import permission
from tongban.doors.citizen import applying, uploads
from tongban.doors.parts import Confirm, Link
from tongban.doors.texts import say
from tongban.forms.actions import discard_draft
from tongban.kernel.refusals import BadInput
from tongban.packages.actions import Typed, submit_application, write_answers
from tongban.packages.queries import check_draft
from tongban.people.queries import party

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.forms.actions import Saved
    from tongban.packages.queries import DraftCheck

MOST_KEY = 64


def _checked(request: KnownVisit, draft: UUID) -> DraftCheck:
    return check_draft(request.actor, draft, request.now)


def _closed(request: KnownVisit) -> HttpResponse:
    messages.info(request, _("这份草稿已经提交或删除。"))
    return redirect("/my/")


# ---- the form ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("citizen")
def form(request: KnownVisit, draft: UUID) -> HttpResponse:
    """The one form; a post saves, also every keystroke's pause by the browser (autosave)."""
    check = _checked(request, draft)
    if not check.draft.is_open:
        return _closed(request)
    if request.method == "GET":
        return _form(request, check, faults=bool(request.GET.get("check")))
    saved = _save(request, check)
    if request.headers.get("X-Requested-With") == "autosave":
        return JsonResponse(
            {"revision": saved.revision, "text": applying.saved_words(request.now)}
        )
    lost = {one.path: one for one in saved.problems if one.code == "not-saved"}
    if lost:
        typed = {code: request.POST.get(code, "") for code in lost}
        page = applying.form_page(
            _checked(request, draft),
            applicant=_applicant(check),
            saved=applying.saved_words(check.draft.updated_at),
            faults=lost.values(),
            typed=typed,
        )
        return render(request, "citizen/form.html", {"page": page}, status=422)
    return _after(request, draft)


def _save(request: KnownVisit, check: DraftCheck) -> Saved:
    fields = [one.field for one in check.guide.fields]
    patch = answers.patch_of(fields, request.POST, check.draft.answers, check.prefilled)
    revision = request.POST.get("revision", "")
    seen = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    return write_answers(
        draft_id=check.draft.id,
        typed=Typed(patch, seen, request.POST.getlist(answers.CHOSEN)),
        fields=fields,
        by=request.actor,
        now=request.now,
    )


def _after(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Onward where nothing on the form is wrong; else the form again with every problem."""
    if request.POST.get("then") != "next":
        messages.success(request, _("已保存，随时可以接着填。"))
        return redirect(f"/apply/{draft}/form/")
    check = _checked(request, draft)
    codes = {one.field.code for one in check.guide.fields}
    if any(one.path in codes for one in check.problems):
        return redirect(f"/apply/{draft}/form/?check=1")
    return redirect(f"/apply/{draft}/materials/")


def _form(request: KnownVisit, check: DraftCheck, *, faults: bool) -> HttpResponse:
    page = applying.form_page(
        check,
        applicant=_applicant(check),
        saved=applying.saved_words(check.draft.updated_at),
        faults=check.problems if faults else (),
    )
    return render(request, "citizen/form.html", {"page": page})


def _applicant(check: DraftCheck) -> str:
    return party(check.party_id).name


# ---- the materials -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("citizen")
def materials(request: KnownVisit, draft: UUID) -> HttpResponse:
    """The one set; what was uploaded stays even where something else is refused."""
    check = _checked(request, draft)
    if not check.draft.is_open:
        return _closed(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = uploads.take(request, check)
        if not errors:
            onward = request.POST.get("then") == "next"
            return redirect(f"/apply/{draft}/{'check' if onward else 'materials'}/")
        check = _checked(request, draft)
    page = applying.materials_page(
        check,
        limit_bytes=uploads.limit_bytes(),
        offers=uploads.offers(check, request.now),
        errors=errors,
    )
    status = 422 if errors else 200
    return render(request, "citizen/materials.html", {"page": page}, status=status)


# ---- the pre-check and the submission ----------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("citizen")
def check(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Every problem at once; a post files the whole, once for each key."""
    if request.method == "POST":
        return _submit(request, draft)
    found = _checked(request, draft)
    if not found.draft.is_open:
        return _closed(request)
    page = applying.check_page(found, key=uuid.uuid4().hex, limit_bytes=uploads.limit_bytes())
    return render(request, "citizen/check.html", {"page": page})


def _submit(request: KnownVisit, draft: UUID) -> HttpResponse:
    key = request.POST.get("key", "")[:MOST_KEY]
    if not key:
        raise BadInput(_("页面不完整，请刷新后再提交。"))
    found = _checked(request, draft)
    ticked = frozenset(name for name in request.POST if request.POST[name] == "yes")
    # A second press of the button finds the draft closed; the same key answers the first filing.
    missing = applying.missing_consents(found, ticked) if found.draft.is_open else ()
    if missing:
        page = applying.check_page(
            found, key=key, limit_bytes=uploads.limit_bytes(), extra=missing, ticked=ticked
        )
        return render(request, "citizen/check.html", {"page": page}, status=422)
    try:
        filed = submit_application(
            draft_id=draft,
            key=key,
            wants_human=applying.HUMAN in ticked,
            by=request.actor,
            now=request.now,
        )
    except BadInput:
        page = applying.check_page(
            _checked(request, draft), key=key, limit_bytes=uploads.limit_bytes(), ticked=ticked
        )
        return render(request, "citizen/check.html", {"page": page}, status=422)
    asking.forget(request.session, found.published.compiled.slug)
    return redirect(f"/my/{filed.number}/")


@require_http_methods(["GET", "POST"])
@permission("citizen")
def discard(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Throw a draft away, after asking once more."""
    found = _checked(request, draft)
    if request.method == "POST":
        discard_draft(draft_id=draft, by=request.actor, now=request.now)
        messages.success(request, _("草稿已删除。"))
        return redirect("/my/")
    page = Confirm(
        title=_("删除草稿"),
        sentence=_("您要删除“%(name)s”的草稿吗？") % {"name": say(found.published.compiled.name)},
        action=f"/apply/{draft}/discard/",
        verb=_("确认删除"),
        back=Link(_("不删除，接着填"), f"/apply/{draft}/form/"),
        consequences=(
            _("填过的内容会清除，不能恢复。"),
            _("上传过的材料仍在“我交过的材料”里。"),
        ),
        grave=True,
    )
    return render(request, "confirm.html", {"page": page})
