"""Several cases at once, where the content says that it is safe: each its own act, each refusal.

What may be done together is one verb at one step of one item. The list is that of the inbox; every
case is acted on as it would be alone, and one that is refused does not stop the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.cases.queries.phrases import own_phrases
from tongban.catalogue.queries import opinions, package_version
from tongban.doors.access import permission
from tongban.doors.desk import forms
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.verbs import own_opinions
from tongban.doors.desk.build.words import step_name
from tongban.doors.desk.forms.inputs import LONGEST_TEXT
from tongban.doors.desk.pages import BatchGroup, BatchLine, BatchPage
from tongban.doors.parts import Field, Link
from tongban.doors.texts import about, refusal_in_words, say
from tongban.engine.queries import inbox
from tongban.kernel.refusals import NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from tongban.cases.queries.phrases import Phrase
    from tongban.catalogue.rules import CompiledItem
    from tongban.doors.desk.forms import Verb
    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import InboxRow

MOST_ROWS = 300
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Together:
    """Cases in which the same verb is open at the same step of the same item."""

    item: CompiledItem
    step: str
    verb: Verb
    rows: tuple[InboxRow, ...]

    @property
    def key(self) -> str:
        return f"{self.item.code}/{self.step}/{self.verb.name}"

    @property
    def opinion(self) -> str:
        """The field of the verb into which the one opinion goes."""
        return next(one.name for one in self.verb.inputs if one.has_opinions)


@require_http_methods(["GET", "POST"])
@permission("staff")
def batch(request: KnownVisit) -> HttpResponse:
    """The cases that may be handled together, with tick boxes; a post does the verb for each."""
    groups = _groups(request)
    if request.method == "GET":
        return _page(request, groups, ())
    chosen = next((one for one in groups if one.key == request.POST.get("group", "")), None)
    if chosen is None:
        raise NotFound(_("没有可以一起办理的办件，请刷新页面。"))
    numbers = request.POST.getlist("case")[:MOST_AT_ONCE]
    data = {one.name: "" for one in chosen.verb.inputs}
    data |= {"step": chosen.step, chosen.opinion: forms.plain(request.POST.get("opinion", ""))}
    if not numbers:
        return _page(request, groups, (), chosen, _("请先勾选要办理的办件。"), data)
    try:
        forms.checked(chosen.verb, data)
    except Refusal as no:
        return _page(request, groups, (), chosen, refusal_in_words(no), data, numbers)
    told = tuple(_done(request, chosen, number, data) for number in numbers)
    return _page(request, _groups(request), told)


def _done(request: KnownVisit, chosen: _Together, number: str, data: dict[str, str]) -> BatchLine:
    """One case, acted on by itself."""
    row = next((one for one in chosen.rows if one.number == number), None)
    href = reverse("desk-proceeding", args=[number]) if row else ""
    if row is None:
        return BatchLine(number, "", "", _("不在可以一起办理的办件里，没有办理。"), is_done=False)
    try:
        chosen.verb.run(request.actor, row.proceeding_id, data, request.now)
    except Refusal as no:
        return BatchLine(number, row.party_name, href, refusal_in_words(no), is_done=False)
    words = _("已办理：%(verb)s") % {"verb": _(chosen.verb.title)}
    return BatchLine(number, row.party_name, href, words, is_done=True)


def _groups(request: KnownVisit) -> tuple[_Together, ...]:
    """What waits for me and may be done together, by item, step and verb."""
    verbs = forms.verbs_of("case")
    found: dict[str, list[InboxRow]] = {}
    known: dict[str, _Together] = {}
    for row in inbox(request.actor, limit=MOST_ROWS):
        if row.kind != "case":
            continue
        item = package_version(row.version_id).compiled.item(row.facts["item"])
        for name in _allowed(item, row.step_code):
            one = _Together(item, row.step_code, verbs[name], ())
            known.setdefault(one.key, one)
            found.setdefault(one.key, []).append(row)
    return tuple(
        _Together(one.item, one.step, one.verb, tuple(found[key])) for key, one in known.items()
    )


def _allowed(item: CompiledItem, code: str) -> Sequence[str]:
    return next((step.batch for turn in item.route for step in turn if step.code == code), ())


def _page(
    request: KnownVisit,
    groups: Sequence[_Together],
    told: tuple[BatchLine, ...],
    tried: _Together | None = None,
    error: str = "",
    data: dict[str, str] | None = None,
    numbers: Sequence[str] = (),
) -> HttpResponse:
    phrases = own_phrases(request.actor) if groups else []
    page = BatchPage(
        queues=sidebar(request),
        keys=keys(),
        groups=tuple(
            _shown(
                at,
                one,
                error if tried and one.key == tried.key else "",
                (data or {}).get(one.opinion, "") if tried and one.key == tried.key else "",
                numbers,
                phrases,
            )
            for at, one in enumerate(groups)
        ),
        told=told,
        most=MOST_AT_ONCE,
        inbox=Link(_("回收件箱"), reverse("desk-inbox")),
    )
    return render(request, "desk/batch.html", {"page": page}, status=422 if error else 200)


def _shown(
    at: int,
    one: _Together,
    error: str,
    typed: str,
    numbers: Sequence[str],
    phrases: Sequence[Phrase],
) -> BatchGroup:
    where = one.step
    return BatchGroup(
        id=f"g-{at}",
        key=one.key,
        title=about(say(one.item.name), step_name(where, one.item)),
        button=_(one.verb.title),
        grave=one.verb.name == "grant",
        note=_(one.verb.note) if one.verb.note else "",
        lines=tuple(
            BatchLine(
                row.number,
                row.party_name,
                reverse("desk-proceeding", args=[row.number]),
                "",
                is_done=row.number in numbers,
            )
            for row in one.rows
        ),
        opinion=Field(
            name="opinion",
            id=f"g-{at}-opinion",
            label=_("办理意见（每件各记一条）"),
            kind="longtext",
            value=typed,
            required=one.verb.name == "pass_step",
            error=error,
            max_length=LONGEST_TEXT,
        ),
        own_opinions=own_opinions(phrases, (where,), one.verb.outcome),
        opinions=tuple(
            say(text.text) for text in opinions(where, one.verb.outcome, one.item.code)
        ),
    )
