"""What the applicant is shown before filing, the same on screen, on paper and for the clerk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.doors import promises
from tongban.doors.answers import source_of
from tongban.doors.hall.pages import Seen
from tongban.doors.parts import Fact, FactGroup
from tongban.doors.texts import say
from tongban.doors.values import shown
from tongban.kernel.worktime import city_date
from tongban.people.queries import departments, party

if TYPE_CHECKING:
    from tongban.packages.queries import DraftCheck, GivenMaterial, MaterialLine

SHORT = 12


def seen_of(check: DraftCheck) -> Seen:
    """Everything that will be filed, in the reader's language."""
    names = {one.code: say(one.name) for one in departments()}
    person_id = check.draft.person_id or check.party_id
    person = party(person_id)
    return Seen(
        package=say(check.published.compiled.name),
        applicant=party(check.party_id).name,
        person=person.name,
        items=tuple(
            (names.get(one.item.department, ""), say(one.item.name))
            for one in check.guide.items
            if not one.item.internal
        ),
        groups=_groups(check),
        files=tuple(_file(line, check) for line in check.materials if _is_shown(line)),
        statements=_statements(check),
        short_hash=check.shown_hash[:SHORT].upper(),
        shown=check.shown_hash,
    )


def _groups(check: DraftCheck) -> tuple[FactGroup, ...]:
    compiled = check.published.compiled
    found: dict[str, list[Fact]] = {}
    for one in check.guide.fields:
        value = check.answers.get(one.field.code)
        if value is None:
            continue
        known = check.prefilled.get(one.field.code)
        source = source_of(known) if known and check.outlook.holds(one.field.code) else None
        is_code = one.field.kind in {"uscc", "id_number"}
        found.setdefault(one.field.section, []).append(
            Fact(say(one.field.name), shown(one.field, value), source, is_code=is_code)
        )
    return tuple(
        FactGroup(say(section.name), tuple(found[section.code]))
        for section in compiled.sections
        if section.code in found
    )


def is_again(check: DraftCheck, given: GivenMaterial) -> bool:
    """Whether a file was given before this draft and is used once more."""
    return given.given_at < check.draft.created_at


def _is_shown(line: MaterialLine) -> bool:
    return bool(line.given) or line.owed or not line.asked


def _file(line: MaterialLine, check: DraftCheck) -> Fact:
    name = say(line.spec.material.name)
    again = [one for one in line.given if is_again(check, one)]
    if again:
        given = _("、").join(f"{one.file_name}（{city_date(one.given_at)}）" for one in again)
        return Fact(name, _("沿用以前提交的：%(files)s") % {"files": given})
    if line.given:
        count = len(line.given)
        words = ngettext("%(n)s 份文件", "%(n)s 份文件", count) % {"n": count}
        return Fact(name, words)
    return Fact(name, _("承诺以后补交") if line.owed else _spared(line))


def _spared(line: MaterialLine) -> str:
    words = {
        "LICENCE": _("免交，由电子证照代替"),
        "SHARE": _("免交，由部门共享"),
        "COMMIT": _("以书面承诺代替"),
        "GENERATE": _("免交，由系统生成"),
    }
    return words.get(line.spec.exempt, _("免交"))


def _statements(check: DraftCheck) -> tuple[Fact, ...]:
    """The commitments in full, and that what was said is true."""
    found = [
        Fact(
            _("%(name)s（承诺）") % {"name": say(line.spec.material.name)},
            "\n".join(say(point) for point in line.spec.material.statement),
        )
        for line in check.materials
        if not line.asked and line.spec.exempt == "COMMIT" and not line.given
    ]
    for code, lines in promises.owed(check).items():
        name, clauses = promises.promise(code, lines, check)
        found.append(Fact(name, "\n".join(clauses)))
    for item in check.committed:
        name, clauses = promises.letter(item)
        found.append(Fact(name, "\n".join(clauses)))
    if any(is_again(check, one) for line in check.materials for one in line.given):
        found.append(Fact(_("沿用材料"), _("同意窗口查阅并沿用上面列出的、以前提交过的材料。")))
    truth = _("以上内容真实。隐瞒情况或提供虚假材料的，依法承担责任。")
    return (*found, Fact(_("如实申报"), truth))
