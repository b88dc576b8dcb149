"""Finding a package, answering its questions, the personal guide: open to everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tongban.cases.queries.early import offers_early
from tongban.catalogue.queries import package_in_force, packages_in_force, search
from tongban.doors import asking
from tongban.doors.access import permission
from tongban.doors.asking import Situation, Standing
from tongban.doors.citizen import applying, guides, journey, pages, situations
from tongban.doors.parts import Link
from tongban.doors.qr import drawn_qr
from tongban.doors.texts import say
from tongban.doors.units import number
from tongban.forms.actions import NewDraft, open_draft
from tongban.forms.actions import Situation as Told
from tongban.forms.queries import access_draft, remembered
from tongban.kernel.worktime import city_date
from tongban.packages.actions import write_situation
from tongban.packages.queries import known_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from tongban.catalogue.queries import PublishedPackage
    from tongban.doors.visits import Visit
    from tongban.kernel.actors import Actor
    from tongban.kernel.conditions import Fact
    from tongban.people.queries import PartyView

MOST_QUERY = 100


@require_GET
@permission("public")
def home(request: Visit) -> HttpResponse:
    """Everything that can be done here, and a search over it."""
    on = city_date(request.now)
    query = request.GET.get("q", "").strip()[:MOST_QUERY]
    found = tuple(_hit(one) for one in search(query, on)) if query else None
    drafts: tuple[pages.OpenDraft, ...] = ()
    if request.actor is not None and _is_citizen(request.actor):
        drafts = applying.open_drafts(request.actor)
    page = pages.HomePage(
        query=query,
        hits=found,
        things=tuple(_thing(one) for one in packages_in_force(on)),
        drafts=tuple(Link(one.name, one.href) for one in drafts),
    )
    return render(request, "citizen/home.html", {"page": page})


def _is_citizen(actor: Actor | None) -> bool:
    return actor is not None and actor.kind == "citizen"


def _hit(published: PublishedPackage) -> pages.Hit:
    compiled = published.compiled
    return pages.Hit(
        say(compiled.name), say(compiled.summary), f"/packages/{compiled.slug}/", _("一件事")
    )


def _thing(published: PublishedPackage) -> pages.Thing:
    compiled = published.compiled
    found = compiled.figures
    papers = int(found.materials.after)
    return pages.Thing(
        name=say(compiled.name),
        summary=say(compiled.summary),
        href=f"/packages/{compiled.slug}/",
        audience=say(compiled.object),
        departments=len(compiled.departments),
        highlights=(
            (str(len(compiled.departments)), _("个部门")),
            (number(found.materials.after), ngettext("份材料要交", "份材料要交", papers)),
            (number(found.days.after), _("个工作日")),
        ),
    )


@require_GET
@permission("public")
def package(request: Visit, slug: str) -> HttpResponse:
    """The general guide."""
    published = package_in_force(slug, city_date(request.now))
    draft = None
    if request.actor is not None and _is_citizen(request.actor):
        name = say(published.compiled.name)
        mine = [one for one in applying.open_drafts(request.actor) if one.name == name]
        draft = Link(_("接着填上次的"), mine[0].href) if mine else None
    early = None
    if offers_early(published.compiled.code, city_date(request.now)):
        early = Link(_("申请以前先问：提前介入"), f"/packages/{published.compiled.slug}/early/")
    page = guides.package_page(published, draft, early)
    return render(request, "citizen/package.html", {"page": page})


# ---- the questions -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("public")
def ask(request: Visit, slug: str) -> HttpResponse:
    """The situation questions on one page, known answers filled in with their source."""
    published = package_in_force(slug, city_date(request.now))
    situation = _situation(request, published)
    standing = _standing(request, published, situation)
    if request.method == "GET":
        return _ask(request, standing)
    told, wrong = asking.read_on(standing, request.POST, standing.guide.questions)
    seen = replace(standing, situation=told)
    if request.headers.get("HX-Request"):
        return _more(request, standing, seen)
    if wrong:
        return _ask(request, seen, wrong=wrong)
    asking.keep(request.session, slug, told)
    fresh = [q for q in seen.guide.open_questions if q not in (*told.answers, *told.unsure)]
    if fresh:
        return redirect(f"/packages/{slug}/ask/?fresh={len(fresh)}#f-{fresh[0]}")
    return redirect(f"/packages/{slug}/guide/")


def _more(request: Visit, standing: Standing, seen: Standing) -> HttpResponse:
    """The questions that the answers typed so far reveal; nothing is kept yet."""
    asked = {q.id for q in standing.guide.questions}
    asked |= {q.id for q in situations.in_browser(standing)}
    questions = situations.more_questions(seen, asked, request.POST)
    return render(request, "partials/more-questions.html", {"questions": questions})


def _ask(
    request: Visit, standing: Standing, *, wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    slug = standing.compiled.slug
    fresh = request.GET.get("fresh", "")
    page = situations.ask_page(
        standing,
        steps=journey.steps(slug, journey.ASK, standing.situation.draft),
        applicants=_applicants(request, standing),
        typed=request.POST if wrong else None,
        wrong=wrong,
        fresh=int(fresh) if fresh.isdecimal() and len(fresh) < 4 else 0,
    )
    return render(request, "citizen/ask.html", {"page": page}, status=422 if wrong else 200)


def _situation(request: Visit, published: PublishedPackage) -> Situation:
    """What the session remembers; ``?draft=`` takes up a draft, ``?for=`` changes for whom."""
    slug = published.compiled.slug
    kept = asking.load(request.session, slug)
    actor = request.actor
    if actor is None or not _is_citizen(actor):
        return Situation(kept.answers, kept.unsure)
    wanted = request.GET.get("draft", "")
    if wanted:
        kept = _of_draft(request, published, wanted)
    fitting = [one.id for one in _fitting(actor, published)]
    chosen = request.GET.get("for", "")
    party_id = int(chosen) if chosen.isdecimal() and int(chosen) in fitting else kept.party_id
    if party_id not in fitting:
        party_id = fitting[0] if fitting else actor.party_id
    draft = kept.draft if party_id == kept.party_id else ""
    found = Situation(kept.answers, kept.unsure, party_id, draft)
    if wanted or chosen:
        asking.keep(request.session, slug, found)
    return found


def _of_draft(request: Visit, published: PublishedPackage, wanted: str) -> Situation:
    """The situation that a draft was opened with; NotFound for a draft of somebody else."""
    draft = access_draft(_actor(request), asking.draft_id(wanted))
    answers = {
        q.id: draft.facts[q.fact].value
        for q in published.compiled.questions
        if q.fact in draft.facts
    }
    return Situation(answers, draft.unsure, draft.party_id, str(draft.id))


def _actor(request: Visit) -> Actor:
    if request.actor is None:
        msg = "a page for citizens was reached by a stranger"
        raise ValueError(msg)
    return request.actor


def _applicants(request: Visit, standing: Standing) -> tuple[pages.Applicant, ...]:
    if request.actor is None or not _is_citizen(request.actor):
        return ()
    fit = _fitting(request.actor, standing.published)
    if len(fit) < 2:
        return ()
    return tuple(
        pages.Applicant(
            one.name, f"?{urlencode({'for': one.id})}", one.id == standing.situation.party_id
        )
        for one in fit
    )


def _fitting(actor: Actor, published: PublishedPackage) -> list[PartyView]:
    """For whom this person may apply: a child is not the applicant of what is done about it."""
    wards = actor.wards if published.compiled.child else frozenset()
    return asking.fitting(actor.acts_for - wards, actor.party_id, published)


def _standing(request: Visit, published: PublishedPackage, situation: Situation) -> Standing:
    known: Mapping[str, Fact] = {}
    last: Mapping[str, Fact] = {}
    if request.actor is not None and situation.party_id is not None:
        known = known_facts(
            published.compiled,
            situation.party_id,
            city_date(request.now),
            person_id=request.actor.party_id,
        )
        last = remembered(situation.party_id)
    return Standing(published, situation, known, request.now, last)


# ---- the personal guide ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("public")
def guide(request: Visit, slug: str) -> HttpResponse:
    """The personal guide; a post takes it over into a draft and opens the form."""
    published = package_in_force(slug, city_date(request.now))
    situation = _situation(request, published)
    if situation.is_empty:
        return redirect(f"/packages/{slug}/ask/")
    standing = _standing(request, published, situation)
    if standing.guide.open_questions:
        return redirect(f"/packages/{slug}/ask/?fresh={len(standing.guide.open_questions)}")
    if request.method == "POST":
        return _start(request, standing)
    address = f"{settings.SITE_URL}/packages/{slug}/"
    page = situations.guide_page(
        standing,
        steps=journey.steps(slug, journey.GUIDE, situation.draft),
        address=address,
        qr=drawn_qr(address),
        login_needed=request.actor is None,
    )
    return render(request, "citizen/guide.html", {"page": page})


def _start(request: Visit, standing: Standing) -> HttpResponse:
    slug = standing.compiled.slug
    actor = request.actor
    if actor is None or not _is_citizen(actor):
        onward = urlencode({"next": f"/packages/{slug}/guide/"})
        return redirect(f"/login/?{onward}")
    situation = standing.situation
    told = _told(standing)
    if situation.draft:
        draft = write_situation(
            draft_id=asking.draft_id(situation.draft),
            situation=told,
            by=actor,
            now=request.now,
        )
    else:
        new = NewDraft(
            party_id=situation.party_id or actor.party_id or 0,
            package=standing.published.code,
            version_id=standing.published.version_id,
            situation=told,
        )
        draft = open_draft(draft=new, by=actor, now=request.now)
    asking.keep(
        request.session,
        slug,
        Situation(situation.answers, situation.unsure, draft.party_id, str(draft.id)),
    )
    return redirect(f"/apply/{draft.id}/form/")


def _told(standing: Standing) -> Told:
    """The answers as facts, each with its source; what is only known stays with its register."""
    return Told(standing.answered, standing.situation.unsure)
