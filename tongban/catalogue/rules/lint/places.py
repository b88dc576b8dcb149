"""Rules of places, people of the demo, parameters, opinions and the glossary."""

from collections import Counter

from tongban.catalogue.rules.lint.references import steps_of
from tongban.catalogue.rules.lint.view import Found, Place, View
from tongban.kernel.identifiers import is_id_number, is_uscc

STEPS_OF_EVERY_LIFE = frozenset(
    {"acceptance", "intake_check", "delivery", "human_review", "correction_lapsed"}
)
"""Steps that the platform opens itself, whatever the route of the item."""

VERBS_WITH_WORDS = frozenset(
    {"raise_requirement", "refuse_acceptance", "not_require", "deliver", "reply_ticket"}
)
"""Verbs outside a step for which an officer writes a sentence."""


def authorised_items_are_instant(view: View) -> Found:
    """C078: a window is authorised only for instant items of that department, decided here."""
    items = view.content.items
    for at, hall in enumerate(view.content.halls):
        for n, one in enumerate(hall.authorised):
            for code in one.items:
                item = items.get(code)
                if (
                    item is None
                    or item.department != one.department
                    or item.project_type != "INSTANT"
                    or item.handled_in != "here"
                ):
                    yield view.find(
                        Place("places/halls.yaml", (at, "authorised", n)),
                        "C078",
                        f"事项“{code}”不存在、不属于“{one.department}”，或不是在本平台办的即办件",
                        "窗口会对不该由它决定的事项作出决定",
                        "只写该部门在本平台办理的即办件",
                    )


def regions_form_a_tree(view: View) -> Found:
    """C070: a region stands once, below a parent that exists and whose code it extends."""
    codes = [region.code for region in view.content.regions]
    twice = {code for code, count in Counter(codes).items() if count > 1}
    for index, region in enumerate(view.content.regions):
        place = Place("places/regions.csv", (index,))
        orphan = region.parent and region.parent not in codes
        if region.code in twice or orphan:
            yield view.find(
                place,
                "C070",
                f"区划“{region.code}”重复，或上级“{region.parent}”不存在",
                "按辖区分派会落空",
                "改正代码或上级",
            )
    if view.content.city.code not in codes:
        yield view.find(
            Place("city.yaml", ("code",)),
            "C070",
            "城市代码不在区划表中",
            "按辖区分派会落空",
            "在 places/regions.csv 中加上它",
        )


def places_lie_in_regions(view: View) -> Found:
    """C071: departments, halls, posts, people and packages lie in known regions."""
    known = {region.code for region in view.content.regions}
    for place, code in _placed(view):
        if code not in known:
            yield view.find(
                place,
                "C071",
                f"区划“{code}”不存在",
                "按辖区分派会落空",
                "写 places/regions.csv 中的代码",
            )


def _placed(view: View) -> list[tuple[Place, str]]:
    content = view.content
    found = [
        (Place("places/departments.yaml", (i, "region")), one.region)
        for i, one in enumerate(content.departments.values())
    ]
    found += [
        (Place("places/halls.yaml", (i, "region")), hall.region)
        for i, hall in enumerate(content.halls)
    ]
    found += [
        (Place("places/staff.yaml", (i, "posts", n)), post.region)
        for i, member in enumerate(content.staff)
        for n, post in enumerate(member.posts)
    ]
    found += [
        (Place("places/citizens.yaml", ("persons", i)), person.region)
        for i, person in enumerate(content.citizens.persons)
    ]
    found += [(place / "region", package.region) for place, package in view.packages]
    return found


def organisations_have_valid_codes(view: View) -> Found:
    """C072: credit codes and identity numbers (all synthetic) pass their checks and stand once."""
    seen: set[str] = set()
    for place, code, is_valid in _codes(view):
        if not is_valid or code in seen:
            yield view.find(
                place,
                "C072",
                f"代码“{code}”校验不对或重复",
                "登录、送证和核验都会失败",
                "改正校验位，或换一个合成代码",
            )
        seen.add(code)


def _codes(view: View) -> list[tuple[Place, str, bool]]:
    content = view.content
    found = [
        (Place("places/departments.yaml", (i, "uscc")), one.uscc, is_uscc(one.uscc))
        for i, one in enumerate(content.departments.values())
    ]
    found += [
        (
            Place("places/citizens.yaml", ("persons", i, "id_number")),
            person.id_number,
            is_id_number(person.id_number),
        )
        for i, person in enumerate(content.citizens.persons)
    ]
    found += [
        (Place("places/citizens.yaml", ("enterprises", i, "uscc")), one.uscc, is_uscc(one.uscc))
        for i, one in enumerate(content.citizens.enterprises)
    ]
    return found


def deputies_are_colleagues(view: View) -> Found:
    """C079: who stands in for a post holds one in the same department, and is somebody else."""
    holders = {(p.department, member.login) for member in view.content.staff for p in member.posts}
    for i, member in enumerate(view.content.staff):
        for n, post in enumerate(member.posts):
            is_colleague = (post.department, post.deputy) in holders
            if post.deputy and (not is_colleague or post.deputy == member.login):
                yield view.find(
                    Place("places/staff.yaml", (i, "posts", n, "deputy")),
                    "C079",
                    f"B 岗“{post.deputy}”不是本部门的其他同事",
                    "休假时没有人代办",
                    "写本部门另一位工作人员的登录名",
                )


def logins_stand_once(view: View) -> Found:
    """C073: nobody shares a login, and whoever acts for an enterprise exists."""
    people = view.content.citizens
    keys = {person.key for person in people.persons}
    logins = Counter(member.login for member in view.content.staff)
    logins.update(person.login for person in people.persons if person.login)
    named = [
        (Place("places/staff.yaml", (i,)), logins[member.login] == 1)
        for i, member in enumerate(view.content.staff)
    ]
    named += [
        (Place("places/citizens.yaml", ("enterprises", i)), one.representative in keys)
        for i, one in enumerate(people.enterprises)
    ]
    named += [
        (
            Place("places/citizens.yaml", ("authorisations", i)),
            one.agent in keys and any(e.uscc == one.principal for e in people.enterprises),
        )
        for i, one in enumerate(people.authorisations)
    ]
    for place, is_right in named:
        if not is_right:
            yield view.find(
                place,
                "C073",
                "登录名重复，或代表人、代理人不存在",
                "演示账号登录不了",
                "每人一个登录名；代表人写 persons 中的 key",
            )


def held_licences_are_known(view: View) -> Found:
    """C074: what a demo citizen holds is a known licence type with known face fields."""
    people = view.content.citizens
    held = [
        (Place("places/citizens.yaml", ("persons", i, "licences", n)), licence)
        for i, person in enumerate(people.persons)
        for n, licence in enumerate(person.licences)
    ]
    held += [
        (Place("places/citizens.yaml", ("enterprises", i, "licences", n)), licence)
        for i, one in enumerate(people.enterprises)
        for n, licence in enumerate(one.licences)
    ]
    for place, licence in held:
        kind = view.content.licences.get(licence.type)
        strange = set(licence.face) - ({face.field for face in kind.face} if kind else set())
        if kind is None or strange:
            what = f"证照“{licence.type}”不存在，或照面没有“{'、'.join(sorted(strange))}”"
            yield view.find(place, "C074", what, "带出的信息会缺失", "对照 licences/ 中的照面改写")


def parameters_are_dated(view: View) -> Found:
    """C075: a parameter's values start on different days and each has its basis."""
    for name, parameter in view.content.parameters.items():
        days = [value.since for value in parameter.values]
        unfounded = any(not value.basis for value in parameter.values)
        if len(set(days)) < len(days) or unfounded:
            yield view.find(
                Place("parameters.yaml", (name,)),
                "C075",
                f"参数“{name}”有两个值从同一天起，或缺少依据",
                "同一天不知道用哪个数",
                "每个值写不同的 from 和 basis",
            )


def opinions_fit_a_step(view: View) -> Found:
    """C076: a ready phrase belongs to a step that some route has."""
    steps = {step.step for place, item in view.items for _, step in steps_of(place, item)}
    steps |= STEPS_OF_EVERY_LIFE | VERBS_WITH_WORDS
    codes = Counter(opinion.code for opinion in view.content.opinions)
    for index, opinion in enumerate(view.content.opinions):
        if opinion.step not in steps or codes[opinion.code] > 1:
            yield view.find(
                Place("opinions.yaml", (index,)),
                "C076",
                f"常用意见“{opinion.code}”重复，或没有“{opinion.step}”这一步",
                "没有人会看到它",
                f"step 写：{'、'.join(sorted(steps))}",
            )


def glossary_words_stand_once(view: View) -> Found:
    """C077: one Chinese word is one identifier."""
    words = Counter(entry.zh for entry in view.content.glossary)
    identifiers = Counter(entry.identifier for entry in view.content.glossary)
    for index, entry in enumerate(view.content.glossary):
        if words[entry.zh] > 1 or identifiers[entry.identifier] > 1:
            yield view.find(
                Place("glossary.yaml", (index,)),
                "C077",
                f"词条“{entry.zh}”重复",
                "一个词只能有一个名字",
                "合并词条",
            )


RULES = (
    authorised_items_are_instant,
    regions_form_a_tree,
    places_lie_in_regions,
    organisations_have_valid_codes,
    deputies_are_colleagues,
    logins_stand_once,
    held_licences_are_known,
    parameters_are_dated,
    opinions_fit_a_step,
    glossary_words_stand_once,
)
