"""From the card to the form: who stands here, what for, the questions, the one form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongban.catalogue.queries import package_in_force, package_version, packages_in_force
from tongban.doors import answers, asking
from tongban.doors.access import permission
from tongban.doors.asking import Situation, Standing
from tongban.doors.faults import said
from tongban.doors.hall import cards, keys, pages, walks
from tongban.doors.parts import Fact, Field, Option, Problem, Section
from tongban.doors.texts import about, refusal_in_words, say
from tongban.doors.values import shown
from tongban.doors.visits import wall_clock
from tongban.forms.actions import Situation as Told
from tongban.forms.actions import discard_draft
from tongban.forms.queries import drafts_of
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.packages.actions import Typed, write_answers, write_situation
from tongban.packages.queries import check_draft, known_facts
from tongban.people.actions import register_person
from tongban.people.queries import find_party, parties, parties_acted_for
from tongban.people.states import PartyKind
from tongban.records.actions import log_reads
from tongban.window.actions import WalkIn, clear_screen, open_walk_in
from tongban.window.queries import has_screen, window_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.http import HttpResponse

    from tongban.catalogue.queries import PublishedPackage
    from tongban.doors.hall.walks import Here
    from tongban.doors.visits import KnownVisit
    from tongban.packages.queries import DraftCheck

MOST_LINE = 500
START = "/hall/"


# ---- who stands here ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("window")
def start(request: KnownVisit) -> HttpResponse:
    """The next applicant: a card read, a scan, or name and number typed."""
    if request.method == "GET":
        return _start(request, {})
    card = cards.parse(request.POST.get("card", "")[:MOST_LINE])
    name = request.POST.get("name", "").strip()[:MOST_LINE] or card.name
    number = request.POST.get("id_number", "").strip()[:MOST_LINE] or card.id_number
    if number and not name:
        known = find_party(PartyKind.NATURAL, number)
        name = known.name if known else ""
    typed = {"name": name, "id_number": number}
    if not name or not number:
        missing = _("请读身份证，或输入姓名和公民身份号码。")
        return _start(request, typed, {"name" if not name else "id_number": missing})
    try:
        person_id = register_person(name=name, id_number=number, by=request.actor, now=request.now)
    except BadInput as no:
        return _start(request, typed, {one.path: said(one) for one in no.problems})
    except Refusal as no:
        words = refusal_in_words(no)
        return _start(request, typed, {"name": words})
    log_reads([person_id], by=request.actor, what="party.identity", why="window")
    walks.begin(request.session, person_id)
    return redirect("/hall/thing/")


def _start(
    request: KnownVisit, typed: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    faults = wrong or {}
    fields = (
        Field(
            name="card",
            label=_("刷卡或扫码"),
            help=_("按 F2 读身份证；扫描枪会自己输入。也可以直接输入公民身份号码。"),
            required=False,
        ),
        Field(
            name="name",
            label=_("姓名"),
            kind="name",
            value=typed.get("name", ""),
            error=faults.get("name", ""),
        ),
        Field(
            name="id_number",
            label=_("公民身份号码"),
            kind="id_number",
            value=typed.get("id_number", ""),
            error=faults.get("id_number", ""),
        ),
    )
    page = pages.StartPage(
        fields=fields,
        waiting=_waiting(request),
        keys=keys.of("F2", "pair", "Enter"),
        problems=tuple(Problem(one.error, one.key) for one in fields if one.error),
        has_screen=has_screen(request.actor, wall=wall_clock()),
    )
    return render(request, "hall/start.html", {"page": page}, status=422 if faults else 200)


def _waiting(request: KnownVisit) -> tuple[pages.WaitingDraft, ...]:
    drafts = drafts_of(request.actor)[:9]
    names = parties({one.party_id for one in drafts})
    return tuple(
        pages.WaitingDraft(
            name=names[one.party_id].name,
            package=say(package_version(one.version_id).compiled.name),
            href=f"/hall/{one.id}/take-up/",
            at=one.updated_at,
        )
        for one in drafts
    )


@require_POST
@permission("window")
def take_up(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Go on with a draft of this window."""
    check = check_draft(request.actor, draft, request.now)
    if not check.draft.counter or not check.draft.is_open or check.draft.person_id is None:
        raise NotFound
    log_reads([check.draft.person_id], by=request.actor, what="draft", why=f"draft:{draft}")
    walk = walks.begin(request.session, check.draft.person_id)
    slug = check.published.compiled.slug
    walks.keep(
        request.session, replace(walk, party_id=check.party_id, slug=slug, draft=str(draft))
    )
    facts = check.draft.facts
    known = {
        q.id: facts[q.fact].value for q in check.published.compiled.questions if q.fact in facts
    }
    situation = Situation(known, check.draft.unsure, check.party_id, str(draft))
    asking.keep(request.session, _at_hall(slug), situation)
    return redirect(f"/hall/{draft}/form/")


@require_POST
@permission("window")
def following(request: KnownVisit) -> HttpResponse:
    """The next applicant, please: the page and the second screen forget this one."""
    walk = walks.here(request.session)
    if walk is not None and walk.slug:
        asking.forget(request.session, _at_hall(walk.slug))
    walks.end(request.session)
    clear_screen(by=request.actor)
    return redirect(START)


@require_POST
@permission("window")
def give_up(request: KnownVisit, draft: UUID) -> HttpResponse:
    """Throw the draft away: the applicant changed his mind."""
    discard_draft(draft_id=draft, by=request.actor, now=request.now)
    return following(request)


# ---- for whom, and what ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("window")
def thing(request: KnownVisit) -> HttpResponse:
    """For whom and what: both chosen with the number keys."""
    walk = walks.here(request.session)
    if walk is None:
        return redirect(START)
    on = city_date(request.now)
    acted = parties(parties_acted_for(walk.person_id, on=on))
    offered = _offered(request)
    wrong = ""
    if request.method == "POST":
        chosen = _chosen(request, walk, acted, offered)
        if isinstance(chosen, str):
            wrong = chosen
        else:
            walks.keep(request.session, chosen)
            return redirect("/hall/ask/")
    own_first = sorted(acted.values(), key=lambda one: (one.id != walk.person_id, one.id))
    page = pages.ThingPage(
        walk=walks.shown(walk, walks.THING),
        parties=tuple(
            Option(
                str(one.id),
                one.name,
                _("本人") if one.id == walk.person_id else one.masked_code,
                one.id == walk.party_id or len(own_first) == 1,
            )
            for one in own_first
        ),
        things=tuple(
            Option(one.compiled.slug, say(one.compiled.name), "", one.compiled.slug == walk.slug)
            for one in offered
        ),
        keys=keys.of("1–9", "F8"),
        problems=(Problem(wrong),) if wrong else (),
    )
    return render(request, "hall/thing.html", {"page": page}, status=422 if wrong else 200)


def _offered(request: KnownVisit) -> list[PublishedPackage]:
    """The packages that this clerk's window takes in."""
    found = packages_in_force(city_date(request.now))
    return [one for one in found if window_of(request.actor, one.compiled) is not None]


def _chosen(
    request: KnownVisit,
    walk: Here,
    acted: Mapping[int, Any],
    offered: list[PublishedPackage],
) -> Here | str:
    wanted = request.POST.get("party", "")
    party_id = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
    slug = request.POST.get("thing", "")
    published = next((one for one in offered if one.compiled.slug == slug), None)
    if published is None:
        return _("请选要办的事。")
    if party_id not in acted:
        return _("请选为谁办。")
    fit = [one.id for one in asking.fitting(acted, walk.person_id, published)]
    if party_id not in fit:
        # One enterprise that it can only be for: nobody has to choose it twice.
        if len(fit) != 1:
            return _("这件事要为企业或个体工商户办，请选为谁办。")
        party_id = fit[0]
    same = walk.slug == slug and walk.party_id == party_id
    return replace(walk, party_id=party_id, slug=slug, draft=walk.draft if same else "")


# ---- the questions -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("window")
def ask(request: KnownVisit) -> HttpResponse:
    """The questions of the situation; what they reveal is asked next, then the form opens."""
    walk = walks.here(request.session)
    if walk is None or not walk.slug:
        return redirect(START)
    published = package_in_force(walk.slug, city_date(request.now))
    kept = asking.load(request.session, _at_hall(walk.slug))
    situation = Situation(kept.answers, kept.unsure, walk.party_id, walk.draft)
    known = known_facts(
        published.compiled, walk.party_id, city_date(request.now), person_id=walk.person_id
    )
    standing = Standing(published, situation, known, request.now)
    if request.method == "GET":
        return _ask(request, walk, standing)
    told, wrong = asking.read_on(standing, request.POST, standing.guide.questions)
    seen = replace(standing, situation=told)
    if wrong:
        return _ask(request, walk, seen, wrong)
    asking.keep(request.session, _at_hall(walk.slug), told)
    if [q for q in seen.guide.open_questions if q not in (*told.answers, *told.unsure)]:
        return redirect("/hall/ask/#more")
    return _open(request, walk, seen)


def _at_hall(slug: str) -> str:
    """The questions of the window are kept apart from those that the clerk asks for himself."""
    return f"hall:{slug}"


def _ask(
    request: KnownVisit,
    walk: Here,
    standing: Standing,
    wrong: Mapping[str, str] | None = None,
) -> HttpResponse:
    faults = wrong or {}
    typed = request.POST if faults else None
    fields = tuple(
        asking.question_field(one, standing, typed, faults.get(one.id, ""))
        for one in standing.guide.questions
    )
    page = pages.AskPage(
        walk=walks.shown(walk, walks.ASK, standing.compiled),
        fields=fields,
        keys=keys.of("1–9", "Enter", "F8"),
        problems=tuple(
            Problem(f"{one.label} {one.error}", one.key) for one in fields if one.error
        ),
    )
    return render(request, "hall/ask.html", {"page": page}, status=422 if faults else 200)


def _open(request: KnownVisit, walk: Here, standing: Standing) -> HttpResponse:
    told = Told(standing.answered, standing.situation.unsure)
    if walk.draft:
        draft = write_situation(
            draft_id=asking.draft_id(walk.draft),
            situation=told,
            by=request.actor,
            now=request.now,
        )
    else:
        new = WalkIn(walk.person_id, walk.party_id, standing.published.version_id, told)
        draft = open_walk_in(walk_in=new, by=request.actor, now=request.now)
    walks.keep(request.session, replace(walk, draft=str(draft.id)))
    return redirect(f"/hall/{draft.id}/form/")


# ---- the one form ------------------------------------------------------------------------------


def at_work(request: KnownVisit, draft: UUID) -> tuple[DraftCheck, Here] | HttpResponse:
    """The draft and who stands here; where nobody does, or it is filed, the way to the start."""
    check = check_draft(request.actor, draft, request.now)
    if not check.draft.counter:
        raise NotFound
    walk = walks.here(request.session)
    if walk is None or walk.draft != str(draft) or not check.draft.is_open:
        return redirect(START)
    return check, walk


@require_http_methods(["GET", "POST"])
@permission("window")
def form(request: KnownVisit, draft: UUID) -> HttpResponse:
    """The one form; a post saves, and goes on where nothing on it is wrong."""
    found = at_work(request, draft)
    if not isinstance(found, tuple):
        return found
    check, walk = found
    if request.method == "GET":
        return _form(request, check, walk, told=bool(request.GET.get("check")))
    fields = [one.field for one in check.guide.fields]
    revision = request.POST.get("revision", "")
    seen = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    patch = answers.patch_of(fields, request.POST, check.draft.answers, check.prefilled)
    saved = write_answers(
        draft_id=check.draft.id,
        typed=Typed(patch, seen),
        fields=fields,
        by=request.actor,
        now=request.now,
    )
    lost = {one.path: said(one) for one in saved.problems if one.code == "not-saved"}
    after = check_draft(request.actor, draft, request.now)
    codes = {one.field.code for one in after.guide.fields}
    if lost or any(one.path in codes for one in after.problems):
        return _form(request, after, walk, told=True, lost=lost)
    return redirect(f"/hall/{draft}/materials/")


def _form(
    request: KnownVisit,
    check: DraftCheck,
    walk: Here,
    *,
    told: bool,
    lost: Mapping[str, str] | None = None,
) -> HttpResponse:
    wrong = {one.path: said(one) for one in reversed(check.problems)} if told else {}
    wrong |= lost or {}
    sections, shown_fields = _sections(check, wrong)
    problems = tuple(
        Problem(about(one.label, one.error), one.key) for one in shown_fields if one.error
    )
    page = pages.FormPage(
        walk=walks.shown(walk, walks.FORM, check.published.compiled),
        action=f"/hall/{check.draft.id}/form/",
        revision=check.draft.revision,
        sections=sections,
        known=check.outlook.known,
        total=check.outlook.total,
        lists=tuple(one.name for one in shown_fields if one.kind == "multi"),
        keys=keys.of("Enter", "1–9", "F8"),
        back="/hall/ask/",
        problems=problems,
    )
    return render(request, "hall/form.html", {"page": page}, status=422 if problems else 200)


def _sections(
    check: DraftCheck, wrong: Mapping[str, str]
) -> tuple[tuple[Section, ...], list[Field]]:
    fields: dict[str, list[Field]] = {}
    settled: dict[str, list[Fact]] = {}
    typed = check.draft.answers
    for one in check.guide.fields:
        known = check.prefilled.get(one.field.code)
        error = wrong.get(one.field.code, "")
        if known is not None and not error and answers.is_settled(one.field, typed, known):
            fact = Fact(
                say(one.field.name), shown(one.field, known.value), answers.source_of(known)
            )
            settled.setdefault(one.field.section, []).append(fact)
            continue
        made = answers.field_of(
            one.field,
            required=one.required,
            may_be_required=one.may_be_required,
            answers=typed,
            known=known,
            error=error,
        )
        fields.setdefault(one.field.section, []).append(made)
    sections = tuple(
        Section(
            say(section.name),
            tuple(fields.get(section.code, ())),
            id=f"s-{section.code}",
            known=tuple(settled.get(section.code, ())),
        )
        for section in check.published.compiled.sections
        if section.code in fields or section.code in settled
    )
    return sections, [one for group in fields.values() for one in group]
