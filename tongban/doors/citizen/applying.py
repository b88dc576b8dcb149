"""The pages of an application being written: form, materials, pre-check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.catalogue.queries import package_version
from tongban.doors import promises
from tongban.doors.answers import GUIDE, field_of, is_settled, source_of
from tongban.doors.citizen import guides, journey, pages, signing
from tongban.doors.faults import said
from tongban.doors.parts import (
    Fact,
    FactGroup,
    Field,
    File,
    Link,
    Material,
    Option,
    Problem,
    Reuse,
    Section,
    Tag,
)
from tongban.doors.texts import about, run_on, say
from tongban.doors.units import bytes_words, days
from tongban.doors.values import shown
from tongban.forms.queries import drafts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tongban.catalogue.rules import CompiledField, CompiledMaterial, CompiledPackage
    from tongban.catalogue.rules.compiled import CompiledItem
    from tongban.documents.queries import ReuseOffer
    from tongban.forms.rules import Prefilled
    from tongban.kernel.actors import Actor
    from tongban.kernel.refusals import Problem as Fault
    from tongban.packages.queries import DraftCheck, MaterialLine

TRUTH, HUMAN = "truth", "human"
GRADES = {
    "A": "A 级：发证机关签发",
    "B": "B 级：窗口核对过原件",
    "C": "C 级：本人上传，未核对",
    "D": "D 级：本人承诺",
}
_SUFFIXES = {"jpg": (".jpg", ".jpeg"), "pdf": (".pdf",), "png": (".png",)}
UPLOADS = ("pdf", "jpg", "png")


def open_drafts(actor: Actor) -> tuple[pages.OpenDraft, ...]:
    """The drafts that can be gone on with."""
    return tuple(
        pages.OpenDraft(
            name=say(package_version(draft.version_id).compiled.name),
            href=f"/apply/{draft.id}/form/",
            saved_at=draft.updated_at,
            discard=f"/apply/{draft.id}/discard/",
        )
        for draft in drafts_of(actor)
    )


def saved_words(at: datetime) -> str:
    """When a draft was saved last, in words."""
    return _("%(time)s 已保存") % {"time": date_format(localtime(at), "H:i")}


def address_of(problem: Fault, check: DraftCheck) -> Problem:
    """A problem of the check with the way to the place where it can be put right."""
    here = f"/apply/{check.draft.id}"
    kind, _colon, code = problem.path.partition(":")
    if kind == "material":
        return Problem(said(problem), f"m-{code}", f"{here}/materials/")
    if kind == "signers":
        return Problem(said(problem), "", f"{here}/signers/")
    known = {one.field.code: one.field for one in check.guide.fields}
    label = say(known[kind].name) if kind in known else ""
    target = f"f-{kind.replace('.', '-')}"
    sentence = said(problem)
    if label:
        sentence = about(label, sentence)
    return Problem(sentence, target, f"{here}/form/")


# ---- the one form ------------------------------------------------------------------------------


def form_page(
    check: DraftCheck,
    *,
    applicant: str,
    saved: str,
    faults: Iterable[Fault] = (),
    typed: Mapping[str, Any] | None = None,
) -> pages.FormPage:
    """The one form. ``faults`` are shown at their fields; ``typed`` has what was not kept."""
    draft = check.draft
    compiled = check.published.compiled
    wrong = {fault.path: said(fault) for fault in reversed(list(faults))}
    answers = {**draft.answers, **(typed or {})}
    fields: dict[str, list[Field]] = {}
    settled: dict[str, list[Fact]] = {}
    for one in check.guide.fields:
        known = check.prefilled.get(one.field.code)
        error = wrong.get(one.field.code, "")
        if known is not None and not error and is_settled(one.field, answers, known):
            settled.setdefault(one.field.section, []).append(_settled(one.field, known, compiled))
            continue
        fields.setdefault(one.field.section, []).append(
            field_of(
                one.field,
                required=one.required,
                may_be_required=one.may_be_required,
                answers=answers,
                known=known,
                disputed=draft.disputed.get(one.field.code, ()),
                error=error,
            )
        )
    here = f"/apply/{draft.id}"
    shown_fields = [one for group in fields.values() for one in group]
    return pages.FormPage(
        name=say(compiled.name),
        steps=journey.steps(compiled.slug, journey.FORM, str(draft.id), journey.left_in(check)),
        sections=tuple(
            Section(
                say(section.name),
                tuple(fields.get(section.code, ())),
                id=f"s-{section.code}",
                known=tuple(settled.get(section.code, ())),
                known_note=_(
                    "这些取自证照、登记信息和您前面的回答，不用再填。登记有误的，请先到登记处更正。"
                ),
            )
            for section in compiled.sections
            if section.code in fields or section.code in settled
        ),
        action=f"{here}/form/",
        autosave=f"{here}/form/",
        revision=draft.revision,
        saved=saved,
        back=Link(_("返回清单"), f"/packages/{compiled.slug}/guide/"),
        onward=Link(_("先去交材料"), f"{here}/materials/") if wrong else None,
        applicant=applicant,
        known=check.outlook.known,
        total=check.outlook.total,
        problems=tuple(
            Problem(about(one.label, one.error), one.key) for one in shown_fields if one.error
        ),
        lists=tuple(one.name for one in shown_fields if one.kind == "multi"),
        disputed=tuple(one.name for one in shown_fields if one.disputed),
    )


def _settled(one: CompiledField, known: Prefilled, compiled: CompiledPackage) -> Fact:
    change = None
    if known.source_key == GUIDE:
        question = next((q for q in compiled.questions if q.fact == one.code), None)
        if question is not None:
            change = Link(_("修改"), f"/packages/{compiled.slug}/ask/#f-{question.id}")
    return Fact(
        say(one.name),
        shown(one, known.value),
        source_of(known),
        change,
        is_code=one.kind in {"uscc", "id_number"},
    )


# ---- the one set of materials ------------------------------------------------------------------


def accept_of(formats: Iterable[str]) -> str:
    """The file name endings that a material takes."""
    known = [one for one in formats if one in _SUFFIXES] or list(UPLOADS)
    return ",".join(suffix for one in known for suffix in _SUFFIXES[one])


def limit_words(material: CompiledMaterial, limit_bytes: int) -> str:
    """What a file of a material may be: its formats, its size, how small a picture may be."""
    words = _("PDF、JPG 或 PNG，每个不超过 %(size)s。") % {"size": bytes_words(limit_bytes)}
    if material.least_pixels is None:
        return words
    least = _("照片短边不少于 %(n)s 像素。") % {"n": material.least_pixels}
    return run_on((words, least))


def material_of(
    line: MaterialLine,
    check: DraftCheck,
    *,
    limit_bytes: int,
    offer: ReuseOffer | None = None,
    error: str = "",
    writable: bool = True,
) -> Material:
    """One material with what was given for it."""
    compiled = check.published.compiled
    shown_as = guides.guide_material(line.spec, compiled)
    asks = writable and (line.asked or line.may_prove)
    return Material(
        code=line.code,
        name=shown_as.name,
        necessity=shown_as.necessity,
        state=_state(line, shown_as.state),
        exempt=_instead(line) or shown_as.exempt,
        used_by=shown_as.used_by,
        note=shown_as.note,
        standards=shown_as.standards,
        evidence=shown_as.evidence,
        files=tuple(_file(one, removable=asks) for one in line.given),
        reuse=_reuse(offer) if asks and offer and not line.given else (),
        input_name=f"m.{line.code}" if asks else "",
        accept=accept_of(line.spec.material.formats),
        limit=limit_words(line.spec.material, limit_bytes),
        limit_bytes=limit_bytes,
        multiple=True,
        error=error,
        later=promises.later(line, compiled) if writable else None,
    )


def _instead(line: MaterialLine) -> str:
    """The two ways of what a letter may replace: to promise, or to hand it in."""
    if not line.may_prove:
        return ""
    if line.given:
        return _("已交材料，不用签承诺书。")
    return _("签一份承诺书就可以不交；愿意交的，在这里上传，就不用承诺。")


def _state(line: MaterialLine, otherwise: Tag) -> Tag:
    if line.given and (line.asked or line.may_prove):
        return Tag(_("已交"), "done", "tick")
    return Tag(_("受理后补交"), "soon") if line.owed else otherwise


def _deficient(line: MaterialLine) -> bool:
    return line.asked and line.spec.deficient_allowed and not line.given


def _file(given: Any, *, removable: bool) -> File:
    return File(
        name=given.file_name,
        href=f"/my/files/{given.file_id}/",
        size=bytes_words(given.size),
        grade=_(GRADES.get(given.trust, "")),
        remove_name="remove" if removable else "",
        remove_value=str(given.draft_material_id) if removable else "",
    )


def _reuse(offer: ReuseOffer) -> tuple[Reuse, ...]:
    return (
        Reuse(
            value=str(offer.material_id),
            name=offer.file_name,
            given_on=localtime(offer.given_at).date(),
            grade=_(GRADES.get(offer.trust, "")),
        ),
    )


def materials_page(
    check: DraftCheck,
    *,
    limit_bytes: int,
    offers: Mapping[str, ReuseOffer],
    errors: Mapping[str, str],
) -> pages.MaterialsPage:
    """The one set: what is still to be given, and what is not asked for and why."""
    compiled = check.published.compiled
    here = f"/apply/{check.draft.id}"
    asked = [
        material_of(
            line,
            check,
            limit_bytes=limit_bytes,
            offer=offers.get(line.code),
            error=errors.get(line.code, ""),
        )
        for line in check.materials
        if line.asked
    ]
    spared = [
        material_of(line, check, limit_bytes=limit_bytes)
        for line in check.materials
        if not line.asked
    ]
    return pages.MaterialsPage(
        barred=check.barred if any(_deficient(line) for line in check.materials) else (),
        name=say(compiled.name),
        steps=journey.steps(
            compiled.slug, journey.MATERIALS, str(check.draft.id), journey.left_in(check)
        ),
        to_give=tuple(asked),
        optional=sum(line.asked and not line.spec.required for line in check.materials),
        exempt=tuple(spared),
        action=f"{here}/materials/",
        back=Link(_("返回表格"), f"{here}/form/"),
        next=Link(_("检查"), f"{here}/check/"),
        problems=tuple(Problem(about(one.name, one.error), one.key) for one in asked if one.error),
    )


# ---- the pre-check -----------------------------------------------------------------------------


def check_page(
    check: DraftCheck,
    *,
    key: str,
    limit_bytes: int,
    extra: tuple[Problem, ...] = (),
    ticked: frozenset[str] = frozenset(),
) -> pages.CheckPage:
    """Every problem at once; without any, the last look before submitting."""
    compiled = check.published.compiled
    here = f"/apply/{check.draft.id}"
    names = guides.department_names()
    problems = [address_of(one, check) for one in check.problems]
    problems += [_undecided(one, compiled) for one in check.guide.undecided]
    return pages.CheckPage(
        name=say(compiled.name),
        steps=journey.steps(
            compiled.slug, journey.CHECK, str(check.draft.id), journey.left_in(check)
        ),
        problems=(*extra, *problems),
        passed=_passed(check),
        review=_review(check, here),
        files=tuple(
            material_of(line, check, limit_bytes=limit_bytes, writable=False)
            for line in check.materials
            if line.given or not line.asked
        ),
        items=tuple(
            pages.Choice(say(one.item.name), names.get(one.item.department, ""), "")
            for one in check.guide.items
            if not one.item.internal
        ),
        action=f"{here}/check/",
        key=key,
        back=Link(_("返回材料"), f"{here}/materials/"),
        consents=_told(_consents(check, ticked), extra),
        signers=tuple(signing.signer_of(line, check, {}) for line in check.signers),
        signers_link=Link(_("查看和发送签名链接"), f"{here}/signers/"),
        next_lines=_next(check),
        advice=tuple(
            Problem(
                _("“%(name)s”没有上传，不影响提交。") % {"name": say(line.spec.material.name)},
                f"m-{line.code}",
                f"{here}/materials/",
            )
            for line in check.materials
            if line.asked and not line.spec.required and not line.given
        ),
        is_ready=not problems,
    )


def _undecided(advice: Any, compiled: CompiledPackage) -> Problem:
    """What must be known before submitting, and who can tell where the applicant does not know."""
    target = f"f-{advice.questions[0]}" if advice.questions else ""
    words = _("还不能确定要不要办“%(name)s”，请回答有关的问题。") % {"name": say(advice.item.name)}
    if advice.ask_person:
        words = f"{words}{guides.ask_words(compiled.item(advice.item.code))}"
    return Problem(words, target, f"/packages/{compiled.slug}/ask/")


def _passed(check: DraftCheck) -> tuple[str, ...]:
    wrong = {one.path for one in check.problems}
    fields = [one for one in check.guide.fields if one.field.code not in wrong]
    filled = sum(1 for one in fields if one.field.code in check.answers)
    given = sum(1 for line in check.materials if line.given)
    spared = sum(1 for line in check.materials if not line.asked)
    words = [
        ngettext("%(n)s 项内容填好了，格式正确", "%(n)s 项内容填好了，格式正确", filled)
        % {"n": filled}
    ]
    if given:
        words.append(
            ngettext("%(n)s 份材料交了，都能打开", "%(n)s 份材料交了，都能打开", given)
            % {"n": given}
        )
    if spared:
        words.append(
            ngettext("%(n)s 份材料免交，已核到来源", "%(n)s 份材料免交，已核到来源", spared)
            % {"n": spared}
        )
    if not check.is_own:
        words.append(_("您可以代表申请人提交"))
    return tuple(words)


def _review(check: DraftCheck, here: str) -> tuple[FactGroup, ...]:
    compiled = check.published.compiled
    groups: dict[str, list[Fact]] = {}
    for one in check.guide.fields:
        value = check.answers.get(one.field.code)
        if value is None:
            continue
        known = check.prefilled.get(one.field.code)
        kept = known is not None and check.outlook.holds(one.field.code)
        source = source_of(known) if known and kept else None
        groups.setdefault(one.field.section, []).append(
            Fact(
                say(one.field.name),
                shown(one.field, value),
                source,
                is_code=one.field.kind in {"uscc", "id_number"},
            )
        )
    return tuple(
        FactGroup(
            say(section.name),
            tuple(groups[section.code]),
            Link(_("修改"), f"{here}/form/#s-{section.code}"),
        )
        for section in compiled.sections
        if section.code in groups
    )


def _consents(check: DraftCheck, ticked: frozenset[str]) -> tuple[Field, ...]:
    found = [_commitment(line, ticked) for line in check.materials if _is_commitment(line)]
    found += [_promise(code, lines, check, ticked) for code, lines in promises.owed(check).items()]
    found += [_letter(item, ticked) for item in check.committed]
    truth = _("以上内容真实。隐瞒情况或提供虚假材料的，依法承担责任。")
    found.append(_tick(TRUTH, _("如实申报"), truth, ticked))
    if any(one.item.automatic for one in check.guide.items):
        words = _("能由系统自动审批的事项，也请工作人员来审。")
        found.append(_tick(HUMAN, _("审批方式"), words, ticked, required=False))
    return tuple(found)


def _tick(
    name: str,
    label: str,
    words: str,
    ticked: frozenset[str],
    *,
    statement: tuple[str, ...] = (),
    required: bool = True,
) -> Field:
    option = Option("yes", words, chosen=name in ticked)
    return Field(
        name=name,
        label=label,
        kind="multi",
        options=(option,),
        required=required,
        statement=statement,
    )


def _is_commitment(line: MaterialLine) -> bool:
    return not line.asked and line.spec.exempt == "COMMIT" and not line.given


def _commitment(line: MaterialLine, ticked: frozenset[str]) -> Field:
    """A commitment with its whole text beside the box: nobody ticks what he cannot read."""
    material = line.spec.material
    return _tick(
        f"commit.{line.code}",
        _("%(name)s（承诺）") % {"name": say(material.name)},
        _("我已阅读上面的全部内容，承诺做到，并接受核查。"),
        ticked,
        statement=tuple(say(point) for point in material.statement),
    )


def _letter(item: CompiledItem, ticked: frozenset[str]) -> Field:
    """The letter on which an item is decided, with its whole text."""
    name, statement = promises.letter(item)
    words = _("我已阅读上面的全部内容，自愿选择告知承诺，承诺做到并接受核查。")
    return _tick(f"letter.{item.code}", name, words, ticked, statement=statement)


def _promise(
    code: str, lines: list[MaterialLine], check: DraftCheck, ticked: frozenset[str]
) -> Field:
    """The promise to supply what is missing, with its whole text and what follows."""
    name, statement = promises.promise(code, lines, check)
    words = _("我已阅读上面的全部内容，承诺按期补齐。")
    return _tick(f"owe.{code}", name, words, ticked, statement=statement)


def _next(check: DraftCheck) -> tuple[str, ...]:
    compiled = check.published.compiled
    limit = days(compiled.acceptance.value, compiled.acceptance.unit)
    return (
        _("提交就是收件，马上得到收件凭证。"),
        _(
            "%(days)s内告知受理，或者一次性告知要补正的全部内容；到期没有告知，自收件之日起就算受理。"
        )
        % {"days": limit},
        _("办理中随时可以查进度、撤回没有决定的事项。"),
        *_fees(check),
    )


def _fees(check: DraftCheck) -> tuple[str, ...]:
    """What will be charged, item by item; whatever is not said here is free."""
    charged = [one.item for one in check.guide.items if one.item.fee.charged]
    if not charged:
        return (_("这些事项都不收费。"),)
    return tuple(
        _("“%(name)s”要缴 %(yuan)s 元，提交以后缴；别的都不收费。")
        % {"name": say(item.name), "yuan": item.fee.yuan}
        for item in charged
    )


def _told(consents: tuple[Field, ...], missing: tuple[Problem, ...]) -> tuple[Field, ...]:
    """The statements, each that is missing with its error beside the box."""
    errors = {one.target: one.sentence for one in missing}
    return tuple(replace(one, error=errors.get(one.key, "")) for one in consents)


def missing_consents(check: DraftCheck, ticked: frozenset[str]) -> tuple[Problem, ...]:
    """The statements that must be ticked and are not."""
    return tuple(
        Problem(_("请阅读并勾选“%(label)s”") % {"label": one.label}, one.key)
        for one in _consents(check, ticked)
        if one.required and one.name not in ticked
    )
