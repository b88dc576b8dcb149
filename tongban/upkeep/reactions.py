"""The kinds of proceedings of upkeep; what follows from requests and from answered elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.catalogue.queries import package_in_force, search
from tongban.engine.states import Kind, Named, register
from tongban.hotline.queries import asked, said_in
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.notices.actions import send_message
from tongban.people.queries import nobody
from tongban.records.events import FedEntry, subscribe
from tongban.upkeep import actions, rules
from tongban.upkeep.models import Element, Report
from tongban.upkeep.queries import upkeep
from tongban.upkeep.states import ANSWER, ELEMENT

if TYPE_CHECKING:
    from tongban.hotline.queries import Asked
    from tongban.kernel.clocks import ClockSpec
    from tongban.notices.rules import Param


def _of_answer(one: Named) -> tuple[ClockSpec, ...]:
    content = upkeep()
    days = one.facts["days"]
    return rules.answer_clocks(days, {name: getattr(content, name).basis for name in days})


def _of_element(one: Named) -> tuple[ClockSpec, ...]:
    return rules.element_clocks(one.facts["days"], upkeep().element.basis)


ANSWER_KIND = register(
    Kind(
        name="answer", machine=ANSWER, specs=_of_answer,
        expiries={"ask_review": actions.ask_review_in},
    )
)  # fmt: skip
ELEMENT_KIND = register(Kind(name="guide_element", machine=ELEMENT, specs=_of_element))


def draft(entry: FedEntry) -> None:
    """A request was closed: a good answer to a question that is new becomes a draft."""
    actions.draft_answer(ticket_id=entry.stream_id, now=entry.at)


def hear(entry: FedEntry) -> None:
    """A request came in that speaks of a guide: the owner hears which element it is about.

    What a person chose goes there; where nobody chose, what the reader finds. Nothing of a request
    that hides its caller, and nothing whose guide or element is not clear.
    """
    found = asked(entry.stream_id)
    if found is None or found.hides_caller:
        return
    chosen = str(entry.body.get("element", ""))
    if chosen == rules.NO_ELEMENT:
        actions.forget_element(number=found.number, now=entry.at)
    elif chosen:
        if upkeep().element_name(chosen) is not None:
            where = (str(entry.body["guide"]), str(entry.body["item"]), chosen)
            _report(found, where, entry, suggested=False)
    elif entry.verb == "receive":
        _suggest(found, entry)


def _suggest(found: Asked, entry: FedEntry) -> None:
    text = said_in(found.id)
    element = rules.suggested(text, upkeep())
    hits = search(text, city_date(entry.at))[:1] if element else ()
    if hits:
        _report(found, (hits[0].code, "", element), entry, suggested=True)


def _report(
    found: Asked, where: tuple[str, str, str], entry: FedEntry, *, suggested: bool
) -> None:
    package, item, element = where
    said = actions.Said(
        package=package, item=item, element=element, kind="ticket", number=found.number,
        party_id=found.caller_id, text=said_in(found.id), suggested=suggested,
    )  # fmt: skip
    actions.report_element(said=said, now=entry.at)


def tell(entry: FedEntry) -> None:
    """An element was answered: whoever spoke of it hears what came of it."""
    row = Element.objects.filter(pk=entry.stream_id).first()
    if row is None:
        return
    params: dict[str, Param] = {
        "thing": _name(row.package, entry),
        "element": _element(row.element),
        "reply": row.reply,
    }
    told = Report.objects.filter(element=row).exclude(party_id=nobody() or 0)
    for one in told.order_by("id"):
        send_message(
            party_id=one.party_id, key=entry.verb, params=params, dedup=f"element/{one.pk}",
            now=entry.at,
        )  # fmt: skip


def _name(package: str, entry: FedEntry) -> dict[str, str]:
    try:
        name = package_in_force(package, city_date(entry.at)).compiled.name
    except NotFound:
        return dict.fromkeys(("zh", "en", "ug"), package)
    return {language: name.say(language) for language in ("zh", "en", "ug")}


def _element(code: str) -> dict[str, str]:
    found = upkeep().element_name(code)
    names = found.name.model_dump(exclude_none=True) if found else {"zh": code}
    return {language: names.get(language, names["zh"]) for language in ("zh", "en", "ug")}


subscribe("upkeep.draft", draft, verbs={"close"}, streams={"proceeding"})
subscribe("upkeep.suggest", hear, verbs={"receive", "name_element"}, streams={"proceeding"})
subscribe(
    "upkeep.messages", tell, verbs={"element_changed", "element_stays"}, streams={"proceeding"}
)
