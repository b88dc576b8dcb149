"""From the words of content files to those of a compiled package: the parts without choices."""

from collections.abc import Iterable

from tongban.catalogue.content import LicenceType, Limit, Marked, Text
from tongban.catalogue.content.city import Procedure
from tongban.catalogue.content.forms import Starts
from tongban.catalogue.content.items import Before, Contacts, Item, Remedies
from tongban.catalogue.content.packages import GuideQuestion
from tongban.catalogue.content.promises import (
    Commitment,
    Deficiency,
    DeficiencyHere,
    LetterForm,
)
from tongban.catalogue.content.values import (
    Fee,
    FromDerived,
    FromLicence,
    FromShare,
    FromTyped,
    LegalBasis,
    Option,
    Source,
    Visits,
)
from tongban.catalogue.rules import compiled as out
from tongban.kernel.conditions import Condition, parse


def words(text: Text) -> out.Words:
    """Take a text over in all its languages."""
    return out.Words(text.zh, text.en or "", text.ug or "", text.kk or "")


def maybe_words(text: Text | None) -> out.Words | None:
    """Take a text over where there is one."""
    return words(text) if text else None


def evidenced(limit: Limit | Marked) -> out.Evidenced:
    """Take a number over with its evidence. Raises ValueError for a value that is no number."""
    return out.Evidenced(
        float(limit.value or 0),
        str(limit.unit),
        str(limit.mark),
        limit.basis,
        maybe_words(limit.note),
    )


def maybe_evidenced(limit: Limit | Marked | None) -> out.Evidenced | None:
    """Take a number over where there is one."""
    return evidenced(limit) if limit else None


def articles(basis: Iterable[LegalBasis]) -> tuple[out.LegalArticle, ...]:
    """Take the legal basis over."""
    return tuple(
        out.LegalArticle(b.law, b.article, b.text, b.document_no, b.in_force_from, str(b.mark))
        for b in basis
    )


def options(given: Iterable[Option]) -> tuple[out.CompiledOption, ...]:
    """Take the answers of a choice over."""
    return tuple(
        out.CompiledOption(option.code, words(option.name), maybe_words(option.help))
        for option in given
    )


def source(given: Source) -> out.CompiledSource:
    """Take over where an answer comes from."""
    if isinstance(given, FromLicence):
        return out.CompiledSource("licence", licence=given.licence, field=given.field)
    if isinstance(given, FromShare):
        return out.CompiledSource("share", resource=given.resource, field=given.field or "")
    if isinstance(given, FromDerived):
        return out.CompiledSource("derived", rule=given.rule, of=given.of)
    if isinstance(given, FromTyped):
        return out.CompiledSource("typed")
    return out.CompiledSource("person", field=given.field)


def question(given: GuideQuestion) -> out.CompiledQuestion:
    """Take a question of the situation guide over."""
    return out.CompiledQuestion(
        id=given.id,
        text=words(given.text),
        type=given.type,
        fact=given.fact,
        advice=words(given.unsure.advice),
        may_ask=given.unsure.ask,
        help=maybe_words(given.help),
        unit=given.unit,
        min=given.min,
        max=given.max,
        options=options(given.options),
        show_if=parse(given.show_if) if given.show_if else None,
        known_from=source(given.known_from) if given.known_from else None,
    )


def fee(given: Fee) -> out.CompiledFee:
    """Take a charge over."""
    lines = tuple(
        out.CompiledFeeLine(words(line.name), line.yuan, line.standard) for line in given.lines
    )
    return out.CompiledFee(
        given.charged,
        lines,
        given.basis,
        given.online,
        given.when,
        given.refundable,
        maybe_words(given.payee),
        str(given.mark or ""),
    )


def visits(given: Visits) -> out.CompiledVisits:
    """Take the number of visits over."""
    return out.CompiledVisits(given.value, str(given.mark), given.basis, maybe_words(given.reason))


def procedure(given: Procedure) -> out.CompiledProcedure:
    """Take a special procedure over."""
    return out.CompiledProcedure(
        given.code,
        words(given.name),
        str(given.party),
        evidenced(given.max_days),
        given.basis,
        str(given.mark),
        words(given.text),
        given.life,
        given.officers,
    )


def letter(given: LetterForm) -> out.CompiledLetter:
    """Take a letter over."""
    return out.CompiledLetter(
        given.code,
        given.version,
        given.regime,
        words(given.name),
        tuple(words(clause) for clause in given.clauses),
        words(given.consequence),
        given.basis,
        str(given.mark),
    )


def deficiency(
    city: Deficiency, here: DeficiencyHere | None, form: LetterForm
) -> out.CompiledDeficiency:
    """Take the city's rules of deficient acceptance over, with what an item rules otherwise."""
    own = here or DeficiencyHere()
    most, lapse = own.most or city.most, own.on_lapse or city.on_lapse
    return out.CompiledDeficiency(
        letter=letter(form),
        most=int(most.value or 0),
        days=evidenced(own.days or city.days),
        extension=maybe_evidenced(own.extension or city.extension),
        warn_percent=city.reminders.percent,
        reminders=city.reminders.left,
        on_lapse=str(lapse.value),
        basis=own.basis or city.basis,
        mark=str(city.mark),
        after_decision=own.after_decision or city.after_decision,
    )


def commitment(
    given: Commitment, when: Condition | None, form: LetterForm
) -> out.CompiledCommitment:
    """Take over how an item is decided on a commitment and checked afterwards."""
    return out.CompiledCommitment(
        letter=letter(form),
        check=evidenced(given.check.days),
        correct=evidenced(given.check.correct),
        officers=given.check.officers,
        percent=float(given.check.share.value or 0),
        basis=given.check.basis,
        mark=str(given.check.mark),
        when=when,
        otherwise=tuple(sorted(given.otherwise.items())),
    )


def contacts(given: Contacts) -> out.CompiledContacts:
    """Take the contacts over."""
    return out.CompiledContacts(
        given.consult, given.complain, words(given.address), words(given.hours)
    )


def remedies(given: Remedies) -> out.CompiledRemedies:
    """Take the remedies over."""
    return out.CompiledRemedies(
        words(given.review_body),
        words(given.court),
        evidenced(given.days),
        maybe_evidenced(given.suit_months),
    )


def alone(given: Before) -> out.Alone:
    """Take over how an item ran alone."""
    return out.Alone(
        given.links,
        len(set(given.materials)),
        given.fields,
        evidenced(given.days),
        given.visits.value,
    )


def result(item: Item) -> out.CompiledResult:
    """Take over what an item ends in."""
    given = item.result
    return out.CompiledResult(maybe_words(given.name), given.form, given.sample, given.holder)


def licence_type(licence: LicenceType) -> out.CompiledLicenceType:
    """Take a licence type over."""
    years = licence.validity.value
    faces = tuple(
        out.CompiledFace(face.field, words(face.name), "", face.rule or face.field)
        if face.origin == "derived"
        else out.CompiledFace(face.field, words(face.name), face.origin)
        for face in licence.face
    )
    return out.CompiledLicenceType(
        code=licence.code,
        name=words(licence.name),
        type_code=licence.type_code,
        issuer=licence.issuer,
        holder=licence.holder,
        years=years if isinstance(years, int) else None,
        mark=str(licence.mark),
        face=faces,
        template=licence.template,
        number_prefix=licence.number_prefix,
        basis=licence.basis,
        starts=_starts(licence.starts),
    )


def _starts(given: Starts | None) -> out.CompiledStarts | None:
    if given is None:
        return None
    within, extension, times = (
        int(one.value or 0) for one in (given.within, given.extension, given.times)
    )
    return out.CompiledStarts(within, extension, times, given.within.basis)
