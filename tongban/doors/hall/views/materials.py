"""The one set at the window: captured, cut into pages, turned, filed by number."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongban.documents.actions import attach, check_original, store_file
from tongban.documents.actions.files import upload_limits
from tongban.documents.queries import content_of, get_file, offer_reuse, preview_headers_for
from tongban.documents.states import TrustGrade
from tongban.doors import answers, promises
from tongban.doors.access import permission
from tongban.doors.hall import keys, pages, walks
from tongban.doors.hall.views.intake import at_work
from tongban.doors.parts import Fact, File, Problem, Reuse
from tongban.doors.texts import about, refusal_in_words, say
from tongban.doors.units import bytes_words
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.packages.actions import (
    Typed,
    promise_material,
    put_material,
    take_material_away,
    take_promise_back,
    write_answers,
)
from tongban.packages.queries import check_draft
from tongban.records.actions import log_reads
from tongban.window.queries import can_read, pages_of, proposals, upright

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from tongban.documents.queries import ReuseOffer
    from tongban.doors.hall.walks import Here
    from tongban.doors.visits import KnownVisit
    from tongban.packages.queries import DraftCheck, GivenMaterial, MaterialLine

PURPOSE = "application"
SENSITIVE = 3
MOST_AT_ONCE = 10
_GRADES = {"A": "发证机关签发", "B": "已核原件", "C": "未核原件", "D": "本人承诺"}


@require_GET
@permission("window")
def materials(request: KnownVisit, draft: UUID) -> HttpResponse:
    """What must be filed, each with its number key."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    return _page(request, *found)


def _page(
    request: KnownVisit, check: DraftCheck, walk: Here, error: tuple[str, str] = ("", "")
) -> HttpResponse:
    here = f"/hall/{check.draft.id}"
    # What must be filed comes first; then proofs that may be handed in instead of a letter.
    asked = [line for line in check.materials if line.asked]
    asked += [line for line in check.materials if line.may_prove]
    readable = can_read()
    known = _offers(check, request.now)
    sheets = tuple(
        _sheet(
            number, line, check, known.get(line.code), error[1] if line.code == error[0] else ""
        )
        for number, line in enumerate(asked, 1)
    )
    page = pages.MaterialsPage(
        walk=walks.shown(walk, walks.MATERIALS, check.published.compiled),
        here=here,
        sheets=sheets,
        spared=tuple(
            Fact(say(line.spec.material.name), _("免交"))
            for line in check.materials
            if not line.asked and not line.may_prove
        ),
        accept=".pdf,.jpg,.jpeg,.png",
        keys=keys.of("C", "B", "U", "←→", "R", "X", "O", "sort", *(("T",) * readable), "F8"),
        onward=f"{here}/confirm/",
        back=f"{here}/form/",
        readable=readable,
        problems=_problems(sheets, error[1]),
    )
    status = 422 if page.problems else 200
    return render(request, "hall/materials.html", {"page": page}, status=status)


def _problems(sheets: tuple[pages.Sheet, ...], words: str) -> tuple[Problem, ...]:
    """What was refused, at its material; above the page where no material is asked for."""
    found = tuple(Problem(about(one.name, one.error), one.key) for one in sheets if one.error)
    return found or ((Problem(words),) if words else ())


def _sheet(
    number: int, line: MaterialLine, check: DraftCheck, offer: ReuseOffer | None, error: str
) -> pages.Sheet:
    note = line.spec.use.note
    here = f"/hall/{check.draft.id}"
    return pages.Sheet(
        number=number,
        code=line.code,
        name=say(line.spec.material.name),
        required=line.spec.required and line.asked,
        has_letter=line.may_prove,
        note=say(note) if note else "",
        standards=tuple(say(one.text) for one in line.spec.material.accept_standard),
        files=tuple(_file(one, here) for one in line.given),
        unchecked=tuple(str(one.material_id) for one in line.given if one.trust in "CD"),
        pictures=tuple(one.file_id for one in line.given if not one.file_name.endswith(".pdf")),
        later=promises.later(line, check.published.compiled),
        is_owed=line.owed and not line.given,
        reuse=_reusable(offer) if offer is not None and not line.given else (),
        error=error,
    )


def _reusable(offer: ReuseOffer) -> tuple[Reuse, ...]:
    """What is said of a copy before anybody has agreed to its use: its name, day and grade."""
    grade = _(_GRADES.get(offer.trust, ""))
    day = city_date(offer.given_at)
    return (Reuse(value=str(offer.material_id), name=offer.file_name, given_on=day, grade=grade),)


def _offers(check: DraftCheck, now: datetime) -> dict[str, ReuseOffer]:
    codes = [one.code for one in check.materials if one.asked and one.spec.material.reusable]
    return offer_reuse(party_id=check.party_id, material_codes=codes, now=now)


def _file(one: GivenMaterial, here: str) -> File:
    return File(
        name=one.file_name,
        href=f"{here}/file/{one.file_id}/",
        size=bytes_words(one.size),
        grade=_(_GRADES.get(one.trust, "")),
        remove_name="remove",
        remove_value=str(one.draft_material_id),
    )


@require_POST
@permission("window")
def capture(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Cut a capture into its pages; nothing is kept until a page is filed as a material."""
    _open_check(request, draft)
    file = request.FILES.get("capture")
    if file is None or file.size is None or file.size > upload_limits().size:
        return _refused(_("没有收到图像，或图像太大。"))
    try:
        whole, found = pages_of(file.read(), file.name or "capture.jpg")
    except Refusal as no:
        return _refused(_words(no))
    return JsonResponse({"whole": _data(whole), "pages": [_data(one) for one in found]})


@require_POST
@permission("window")
def sort(request: KnownVisit, draft: UUID) -> HttpResponse:
    """File pages as a material; with the mark of the original, as the clerk has ticked."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    check, walk = found
    code = request.POST.get("material", "")
    line = next(
        (one for one in check.materials if (one.asked or one.may_prove) and one.code == code),
        None,
    )
    if line is None:
        raise NotFound
    try:
        for at, file in enumerate(request.FILES.getlist("page")[:MOST_AT_ONCE]):
            _keep(request, check, line, file, _turn(request, at))
    except Refusal as no:
        if _wants_json(request):
            return _refused(_words(no))
        return _page(
            request, check_draft(request.actor, draft, request.now), walk, (code, _words(no))
        )
    if _wants_json(request):
        return JsonResponse({"kept": True})
    return redirect(f"/hall/{draft}/materials/#m-{code}")


def _keep(
    request: KnownVisit,
    check: DraftCheck,
    line: MaterialLine,
    file: UploadedFile[bytes],
    degrees: int,
) -> None:
    content = file.read(upload_limits().size + 1)
    stored = store_file(
        content=upright(content, file.name or "", degrees),
        name=file.name or _("未命名"),
        owner_party_id=check.party_id,
        purpose=PURPOSE,
        by=request.actor,
        now=request.now,
        stated_size=file.size,
    )
    material = attach(
        party_id=check.party_id,
        material_code=line.code,
        file_id=stored.pk,
        trust=TrustGrade.C,
        given_for=line.spec.needed_by[0],
        by=request.actor,
        now=request.now,
        is_sensitive=line.spec.material.sensitive >= SENSITIVE,
    )
    put_material(
        draft_id=check.draft.id,
        material_code=line.code,
        material_id=material.pk,
        by=request.actor,
        now=request.now,
    )
    if request.POST.get("original") == "yes":
        check_original(material_id=material.pk, by=request.actor, now=request.now)


def _turn(request: KnownVisit, at: int) -> int:
    """By how much the page at this place is to be turned, in degrees clockwise."""
    turns = request.POST.getlist("turn")
    wanted = turns[at] if at < len(turns) else "0"
    return int(wanted) if wanted in ("90", "180", "270") else 0


@require_POST
@permission("window")
def original(request: KnownVisit, draft: UUID) -> HttpResponse:
    """The clerk has held these copies beside the original (原件核验)."""
    check = _open_check(request, draft)
    mine = {
        str(one.material_id): one.material_id for line in check.materials for one in line.given
    }
    for wanted in request.POST.getlist("material"):
        if wanted in mine:
            check_original(material_id=mine[wanted], by=request.actor, now=request.now)
    return redirect(f"/hall/{draft}/materials/")


@require_POST
@permission("window")
def remove(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Take a file away from the draft."""
    _open_check(request, draft)
    wanted = request.POST.get("remove", "")
    if wanted.isdecimal() and len(wanted) < 19:
        take_material_away(
            draft_id=draft, draft_material_id=int(wanted), by=request.actor, now=request.now
        )
    return redirect(f"/hall/{draft}/materials/")


@require_POST
@permission("window")
def promise(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Accept without a material for now, or ask for it after all; the applicant signs for it."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    check, walk = found
    promised, taken = request.POST.get("promise", ""), request.POST.get("hand_in", "")
    try:
        if promised:
            promise_material(
                draft_id=draft, material_code=promised, by=request.actor, now=request.now
            )
    except Refusal as no:
        return _page(request, check, walk, (promised, _words(no)))
    if taken:
        take_promise_back(draft_id=draft, material_code=taken, by=request.actor)
    return redirect(f"/hall/{draft}/materials/#m-{promised or taken}")


@require_POST
@permission("window")
def reuse(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Use a copy again that the applicant gave before; he agrees to it with the content."""
    check = _open_check(request, draft)
    code, wanted = request.POST.get("material", ""), request.POST.get("reuse", "")
    offer = _offers(check, request.now).get(code)
    # Only what is offered may be taken: whose it is and how long it lasts is checked there.
    if offer is None or wanted != str(offer.material_id):
        raise NotFound
    log_reads([check.party_id], by=request.actor, what=f"material:{wanted}", why=f"draft:{draft}")
    put_material(
        draft_id=draft,
        material_code=code,
        material_id=offer.material_id,
        by=request.actor,
        now=request.now,
    )
    return redirect(f"/hall/{draft}/materials/#m-{code}")


@require_GET
@permission("window")
def picture(request: KnownVisit, draft: UUID, file_id: int) -> HttpResponse:
    """A file of this draft, to look at."""
    check = check_draft(request.actor, draft, request.now)
    given = {one.file_id for line in check.materials for one in line.given}
    if not check.draft.counter or file_id not in given:
        raise NotFound
    stored = get_file(file_id)
    return HttpResponse(content_of(stored), headers=preview_headers_for(stored))


@require_POST
@permission("window")
def read(request: KnownVisit, draft: UUID, file_id: int) -> HttpResponse:
    """What a machine reads on a file: proposals, of which the clerk confirms each."""
    check = _open_check(request, draft)
    names = {one.field.code: say(one.field.name) for one in check.guide.fields}
    try:
        found = proposals(check, file_id)
    except Refusal as no:
        return _refused(_words(no))
    return JsonResponse(
        {
            "proposals": [
                {"code": one.code, "label": names[one.code], "value": one.value, "line": one.line}
                for one in found
            ]
        }
    )


@require_POST
@permission("window")
def take_over(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Put the confirmed proposals into the form."""
    check = _open_check(request, draft)
    fields = [one.field for one in check.guide.fields]
    chosen = {code for code in request.POST.getlist("take") if code in request.POST}
    wanted = [one for one in fields if one.code in chosen]
    patch = answers.patch_of(wanted, request.POST, check.draft.answers, check.prefilled)
    write_answers(
        draft_id=draft,
        typed=Typed(patch, check.draft.revision),
        fields=fields,
        by=request.actor,
        now=request.now,
    )
    return redirect(f"/hall/{draft}/form/")


def _open_check(request: KnownVisit, draft: UUID) -> DraftCheck:
    check = check_draft(request.actor, draft, request.now)
    if not check.draft.counter or not check.draft.is_open:
        raise NotFound
    return check


def _wants_json(request: KnownVisit) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _refused(words: str) -> HttpResponse:
    return JsonResponse({"error": words}, status=422)


def _words(no: Refusal) -> str:
    return refusal_in_words(no)


def _data(content: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
