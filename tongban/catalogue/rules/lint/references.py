"""Rules: whatever a file names must exist."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from tongban.catalogue.content import Item, Step, Together
from tongban.catalogue.content.findings import Finding
from tongban.catalogue.content.hotline import (
    ALIKE_NUMBERS,
    CLOCKS,
    HOT_LIKENESS,
    HOT_NUMBERS,
    LEAST_LEFT,
    NUMBERS,
    Hotline,
    TicketDomain,
)
from tongban.catalogue.content.items import SignerList
from tongban.catalogue.content.packages import Child
from tongban.catalogue.content.values import FromDerived, FromLicence
from tongban.catalogue.rules.lint.view import Found, Place, View
from tongban.kernel.values import Marked
from tongban.people.states import Role


def _unknown(view: View, place: Place, code: str, what: str, known: Collection[str]) -> Found:
    near = "、".join(sorted(known)[:6])
    yield view.find(
        place,
        code,
        f"{what}不存在",
        "引用落空的内容无法办理",
        f"改为已有的代码（如 {near}），或先补上它的定义",
    )


def departments_exist(view: View) -> Found:
    """C010: every department that a file names is a department of the city."""
    known = view.content.departments
    for place, code in _named_departments(view):
        if code not in known:
            yield from _unknown(view, place, "C010", f"部门“{code}”", known)


def _named_departments(view: View) -> list[tuple[Place, str]]:
    found: list[tuple[Place, str]] = []
    for place, item in view.items:
        found.append((place / "department", item.department))
        found += [(at, step.department) for at, step in steps_of(place, item) if step.department]
    for place, package in view.packages:
        found.append((place / "lead_department", package.lead_department))
    for code, licence in view.content.licences.items():
        found.append((Place(f"licences/{code}.yaml", ("issuer",)), licence.issuer))
    for index, hall in enumerate(view.content.halls):
        place = Place("places/halls.yaml", (index,))
        found.append((place / "department", hall.department))
        found += [
            (place / "windows" / number, department)
            for number, window in enumerate(hall.windows)
            for department in window.departments
        ]
    return found + _departments_of_staff(view)


def _departments_of_staff(view: View) -> list[tuple[Place, str]]:
    return [
        (Place("places/staff.yaml", (index, "posts", number)), post.department)
        for index, member in enumerate(view.content.staff)
        for number, post in enumerate(member.posts)
    ]


def steps_of(place: Place, item: Item) -> list[tuple[Place, Step]]:
    """Return every step of a route where it is written."""
    found: list[tuple[Place, Step]] = []
    for index, entry in enumerate(item.route):
        here = place / "route" / index
        if isinstance(entry, Together):
            found += [(here / "together" / n, step) for n, step in enumerate(entry.together)]
        else:
            found.append((here, entry))
    return found


def elements_exist(view: View) -> Found:
    """C011: every data element that a file names is defined."""
    named = [
        (place / "fields" / index, use.element)
        for place, item in view.items
        for index, use in enumerate(item.fields)
    ]
    for code, licence in view.content.licences.items():
        place = Place(f"licences/{code}.yaml")
        named += [
            (place / "face" / index, face.origin)
            for index, face in enumerate(licence.face)
            if face.origin != "derived"
        ]
    for place, element in view.element_places:
        if isinstance(element.source, FromDerived):
            named += [(place / "source", code) for code in element.source.of]
    for place, code in named:
        if code not in view.elements:
            yield from _unknown(view, place, "C011", f"数据项“{code}”", view.elements)


def materials_exist(view: View) -> Found:
    """C012: every material that an item names is in the list of materials."""
    known = view.content.materials
    for place, item in view.items:
        named = [(place / "materials" / i, use.material) for i, use in enumerate(item.materials)]
        named += [
            (place / "before" / "materials" / i, m) for i, m in enumerate(item.before.materials)
        ]
        for here, code in named:
            if code not in known:
                yield from _unknown(view, here, "C012", f"材料“{code}”", known)


def licences_exist(view: View) -> Found:
    """C013: every licence type that a file names is defined, with the named field on its face."""
    known = view.content.licences
    for place, item in view.items:
        named = [(place / "materials" / i, use.licence) for i, use in enumerate(item.materials)]
        named.append((place / "result" / "licence", item.result.licence))
        if item.phase is not None:
            named += [(place / "phase", one.licence) for one in item.phase.follows]
            named += [(place / "phase", one) for one in item.phase.closes]
        for here, code in named:
            if code and code not in known:
                yield from _unknown(view, here, "C013", f"证照类型“{code}”", known)
    for here, source in _licence_sources(view):
        licence = known.get(source.licence)
        if licence is None:
            yield from _unknown(view, here, "C013", f"证照类型“{source.licence}”", known)
        elif source.field not in {face.field for face in licence.face}:
            faces = [face.field for face in licence.face]
            what = f"证照“{source.licence}”的照面上的“{source.field}”"
            yield from _unknown(view, here, "C013", what, faces)


def _licence_sources(view: View) -> list[tuple[Place, FromLicence]]:
    found = [(place / "source", element.source) for place, element in view.element_places]
    found += [
        (place / "questions" / index / "known_from", question.known_from)
        for place, package in view.packages
        for index, question in enumerate(package.questions)
        if question.known_from
    ]
    return [(place, source) for place, source in found if isinstance(source, FromLicence)]


def items_exist(view: View) -> Found:
    """C015: every item that a file names is defined."""
    known = view.content.items
    named: list[tuple[Place, str]] = []
    for place, package in view.packages:
        for index, entry in enumerate(package.items):
            named.append((place / "items" / index, entry.item))
            named += [
                (place / "items" / index / "depends_on" / n, edge.item)
                for n, edge in enumerate(entry.depends_on)
            ]
    for index, opinion in enumerate(view.content.opinions):
        named += [(Place("opinions.yaml", (index, "items")), code) for code in opinion.items]
    for index, banned in enumerate(view.content.city.hall_negative_list):
        named.append((Place("city.yaml", ("hall_negative_list", index)), banned.item))
    for place, code in named:
        if code not in known:
            yield from _unknown(view, place, "C015", f"事项“{code}”", known)


def windows_name_packages(view: View) -> Found:
    """C016: a window names packages that exist."""
    known = view.content.packages
    for index, hall in enumerate(view.content.halls):
        for number, window in enumerate(hall.windows):
            for code in window.packages:
                if code not in known:
                    place = Place("places/halls.yaml", (index, "windows", number))
                    yield from _unknown(view, place, "C016", f"一件事“{code}”", known)


def roles_exist(view: View) -> Found:
    """C018: every step waits for a role that exists, and that somebody in the city holds."""
    held = {(p.department, p.role) for member in view.content.staff for p in member.posts}
    for place, item in view.items:
        for here, step in steps_of(place, item):
            if step.party != "government":
                continue
            owner = step.department or item.department
            if step.role not in set(Role):
                yield from _unknown(view, here, "C018", f"岗位“{step.role}”", list(Role))
            elif (owner, step.role) not in held:
                yield view.find(
                    here,
                    "C018",
                    f"部门“{owner}”没有人担任“{step.role}”",
                    "这一步会一直没有人办",
                    "在 places/staff.yaml 中安排人员，或换一个岗位",
                    blocking=False,
                )
    for place, role in _roles_of_staff(view):
        if role not in set(Role):
            yield from _unknown(view, place, "C018", f"岗位“{role}”", list(Role))


def _roles_of_staff(view: View) -> list[tuple[Place, str]]:
    return [
        (Place("places/staff.yaml", (index, "posts", number)), post.role)
        for index, member in enumerate(view.content.staff)
        for number, post in enumerate(member.posts)
    ]


def everything_is_used(view: View) -> Found:
    """C019: a material or an element that nothing names is a left-over (advice)."""
    materials = {use.material for _, item in view.items for use in item.materials}
    materials |= {code for _, item in view.items for code in item.before.materials}
    for index, code in enumerate(view.content.materials):
        if code not in materials:
            yield _unused(view, Place("materials.yaml", (index,)), f"材料“{code}”")
    used = {use.element for _, item in view.items for use in item.fields}
    used |= {q.fact for _, package in view.packages for q in package.questions}
    for place, element in view.element_places:
        if element.code not in used:
            yield _unused(view, place, f"数据项“{element.code}”")


def _unused(view: View, place: Place, what: str) -> Finding:
    return view.find(
        place,
        "C019",
        f"没有事项使用{what}",
        "多余的定义会让人以为要填、要交",
        "删去，或在需要它的事项中写上",
        blocking=False,
    )


def procedures_exist(view: View) -> Found:
    """C014: every special procedure that an item announces is defined."""
    known = view.content.procedures
    for place, item in view.items:
        for index, code in enumerate(item.procedures):
            if code not in known:
                here = place / "procedures" / index
                yield from _unknown(view, here, "C014", f"特别程序“{code}”", known)


def letters_exist(view: View) -> Found:
    """C017: every letter that is to be signed is written, and for that regime."""
    promises = view.content.promises
    known = {one.code: one.regime for one in promises.letters}
    here = Place("promises.yaml")
    named = [
        (here / "deficiency" / "letter", promises.deficiency.letter, "DEFICIENCY"),
        (here / "proof_letter", promises.proof_letter, "PROOF"),
    ]
    named += [
        (place / "commitment" / "letter", item.commitment.letter, "LICENCE")
        for place, item in view.items
        if item.commitment is not None
    ]
    for place, code, regime in named:
        if code not in known:
            yield from _unknown(view, place, "C017", f"承诺书“{code}”", known)
        elif known[code] != regime:
            yield view.find(
                place,
                "C017",
                f"承诺书“{code}”属于 {known[code]}，这里要用 {regime} 的",
                "容缺、证明事项和许可事项的承诺是三种制度，文本和后果不同",
                "换成这种制度的承诺书，或另写一份",
            )


def hotline_refers_to_what_is_there(view: View) -> Found:
    """C018: units and lines of the hotline exist, its clocks have lengths, its numbers bounds."""
    hotline = view.content.hotline
    here = Place("hotline.yaml")
    departments = view.content.departments
    lines = {one.code for one in hotline.lines}
    if hotline.centre not in departments:
        yield from _unknown(view, here / "centre", "C018", f"部门“{hotline.centre}”", departments)
    specials = {one.code for one in hotline.specials}
    seen: set[str] = set()
    for place, domain in _domains(here / "domains", hotline.domains):
        if domain.unit is not None and domain.unit not in departments:
            yield from _unknown(view, place, "C018", f"部门“{domain.unit}”", departments)
        if domain.special is not None and domain.special not in specials:
            yield from _unknown(view, place, "C018", f"专席“{domain.special}”", specials)
        if domain.code in seen:
            yield view.find(
                place,
                "C018",
                f"归口“{domain.code}”写了两次",
                "工单按代码归口，两处同名就分不清是哪一处",
                "换一个代码",
            )
        seen.add(domain.code)
    for index, one in enumerate(hotline.emergencies):
        if one.line not in lines:
            yield from _unknown(
                view, here / "emergencies" / index, "C018", f"专线“{one.line}”", lines
            )
    for name in sorted(set(CLOCKS) ^ set(hotline.clocks)):
        yield view.find(
            here / "clocks",
            "C018",
            f"时限“{name}”不是正好写了一次",
            "热线的每个环节都有自己的时限，程序按名字读取",
            "补上缺少的时限，删去多余的",
        )
    yield from _hotline_levels(view, here, hotline)
    yield from _hotline_numbers(view, here, hotline)


def _hotline_levels(view: View, here: Place, hotline: Hotline) -> Found:
    """Every order begins at a level that is there, and each level stands there once."""
    codes = [one.code for one in hotline.levels]
    for index, trigger in enumerate(hotline.triggers):
        if trigger.level not in codes:
            place = here / "triggers" / index / "level"
            yield from _unknown(view, place, "C018", f"督办形式“{trigger.level}”", codes)
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield view.find(
                here / "levels" / index,
                "C018",
                f"督办形式“{code}”写了两次",
                "没有按时答复的督办单按这里的顺序逐级升级，写了两次就不知道升到哪里",
                "每一级只写一次，从轻到重排列",
            )


def _hotline_numbers(view: View, here: Place, hotline: Hotline) -> Found:
    single = {name: getattr(hotline, name) for name in NUMBERS}
    yield from _numbers(view, here, single, NUMBERS, "热线")
    yield from _numbers(view, here / "alike", hotline.alike, ALIKE_NUMBERS, "相近诉求")
    left = here / "least_left"
    yield from _numbers(view, left, hotline.least_left, LEAST_LEFT, "继续计时的最少余时")
    hot, place = hotline.hot, here / "hot"
    kinds = {one.code for one in hotline.types}
    for name in sorted(set(hot.apart) - kinds):
        yield from _unknown(view, place / "apart", "C018", f"诉求类型“{name}”", kinds)
    yield from _numbers(view, place / "numbers", hot.numbers, HOT_NUMBERS, "热点")
    yield from _numbers(view, place / "likeness", hot.likeness, HOT_LIKENESS, "热点相似")


def _numbers(
    view: View,
    here: Place,
    found: Mapping[str, Marked],
    known: Mapping[str, tuple[float, float]],
    what: str,
) -> Found:
    """Each number that the program reads by its name stands there once and within its bounds."""
    for name in sorted(set(known) ^ set(found)):
        yield view.find(
            here,
            "C018",
            f"{what}的参数“{name}”不是正好写了一次",
            "程序按名字读取，少一个就不能计算，多一个没有人用",
            "补上缺少的参数，删去多余的",
        )
    for name, (least, most) in sorted(known.items()):
        if name in found and not _between(found[name].value, least, most):
            yield view.find(
                here / name,
                "C018",
                f"{what}的参数“{name}”应当在 {least} 和 {most} 之间",
                "超出这个范围，算出来的没有意义",
                "写这个范围里的一个数",
            )


def _between(value: object, least: float, most: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and least <= float(str(value)) <= most


def _domains(place: Place, found: Sequence[TicketDomain]) -> Iterator[tuple[Place, TicketDomain]]:
    for index, one in enumerate(found):
        here = place / index
        yield here, one
        yield from _domains(here / "children", one.children)


def signers_can_sign(view: View) -> Found:
    """C020: who signs, what is signed and what it covers stand in the item itself."""
    for place, item in view.items:
        fields = {use.element for use in item.fields}
        papers = {use.material for use in item.materials}
        for index, one in enumerate(item.signers):
            here = place / "signers" / index
            who = (
                [one.who.list] if isinstance(one.who, SignerList) else [one.who.name, one.who.code]
            )
            for code in sorted({*who, *one.covers} - fields):
                yield from _unknown(view, here, "C020", f"事项的填报项“{code}”", fields)
            if one.material not in papers:
                yield from _unknown(view, here, "C020", f"事项的材料“{one.material}”", papers)
            if not set(who) <= set(one.covers):
                yield view.find(
                    here,
                    "C020",
                    "签名没有包括签名人自己的姓名和号码",
                    "签名以后可以悄悄换人",
                    "把 who 写的填报项也写进 covers",
                )


def grants_are_offered(view: View) -> Found:
    """C021: what is read from another's licence is offered by a package, and stands on it."""
    offered = {
        (one.role, one.licence, field)
        for _, package in view.packages
        for one in package.grants
        for field in one.fields
    }
    for place, element in view.element_places:
        one = element.granted
        if one is not None and (one.role, one.licence, one.field) not in offered:
            yield from _unknown(view, place, "C021", f"授权“{one.role}/{one.licence}”", ())
    roles = {(role, licence) for role, licence, _ in offered}
    for place, item in view.items:
        for index, use in enumerate(item.materials):
            if use.granted and (use.granted, use.licence) not in roles:
                here = place / "materials" / index
                yield from _unknown(view, here, "C021", f"授权“{use.granted}”", ())
    for place, package in view.packages:
        for index, one_grant in enumerate(package.grants):
            licence = view.content.licences.get(one_grant.licence)
            faces = {face.field for face in licence.face} if licence else set()
            for field in sorted(set(one_grant.fields) - faces):
                here = place / "grants" / index
                yield from _unknown(view, here, "C021", f"照面上的“{field}”", faces)


def children_are_stated(view: View) -> Found:
    """C022: a result for a child goes to one that the package names, from answers that it asks."""
    for place, package in view.packages:
        found = (view.content.items.get(one.item) for one in package.items)
        items = [one for one in found if one is not None and one.result.holder == "child"]
        for item in items:
            asked = {field.element for field in item.fields}
            for code in sorted(_stated_by(package.child) - asked):
                yield view.find(
                    place / "child",
                    "C022",
                    f"事项“{item.code}”的证照发给孩子，{code}没有填报",
                    "不知道是哪个孩子、谁的孩子，证照发不出去",
                    "在一件事里写上 child，在事项里加上这些填报项，或者把 holder 改成 applicant",
                )


def _stated_by(child: Child | None) -> set[str]:
    """What says which child it is: itself, and the first of its parents."""
    if child is None or not child.parents:
        return {"child"}
    mother = child.parents[0]
    return {child.name, child.sex, child.born_on, mother.name, mother.id_number}


RULES = (
    children_are_stated,
    departments_exist,
    procedures_exist,
    letters_exist,
    hotline_refers_to_what_is_there,
    signers_can_sign,
    grants_are_offered,
    elements_exist,
    materials_exist,
    licences_exist,
    items_exist,
    windows_name_packages,
    roles_exist,
    everything_is_used,
)
