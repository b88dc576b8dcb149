"""Rules of packages: the order, the questions, and that nothing is asked that is made inside."""

from tongban.catalogue.content import Exempt, Package
from tongban.catalogue.rules.graph import Graph, effective, find_cycle, longest_path
from tongban.catalogue.rules.lint.view import Found, View, parsed
from tongban.kernel.conditions import fields_of


def _graph(package: Package) -> Graph:
    return {place.item: [edge.item for edge in place.depends_on] for place in package.items}


def _is_sound(view: View, package: Package) -> bool:
    """Whether the package's order can be followed at all (other rules say where it cannot)."""
    members = {place.item for place in package.items}
    edges = {edge.item for place in package.items for edge in place.depends_on}
    return (
        edges <= members <= set(view.content.items)
        and len(members) == len(package.items)
        and not find_cycle(_graph(package))
    )


def dependencies_have_no_circle(view: View) -> Found:
    """C060: an item stands once, and waits for items of its package without a circle."""
    for place, package in view.packages:
        members = [entry.item for entry in package.items]
        for index, entry in enumerate(package.items):
            here = place / "items" / index
            if members.count(entry.item) > 1:
                yield view.find(
                    here,
                    "C060",
                    f"事项“{entry.item}”在一件事中写了两次",
                    "会开出两个同样的办件",
                    "删去一个",
                )
            for number, edge in enumerate(entry.depends_on):
                if edge.item not in members:
                    yield view.find(
                        here / "depends_on" / number,
                        "C060",
                        f"“{entry.item}”等待的“{edge.item}”不在本件之中",
                        "它会一直等下去",
                        "把它加进 items，或删去这个先后关系",
                    )
        circle = find_cycle(
            {k: [d for d in v if d in members] for k, v in _graph(package).items()}
        )
        if circle:
            yield view.find(
                place / "items",
                "C060",
                f"先后关系绕成一圈：{' → '.join((*circle, circle[0]))}",
                "谁也等不到谁，永远办不完",
                "去掉其中一个 depends_on",
            )


def outputs_are_not_asked_for(view: View) -> Found:
    """C061: what one item of a package issues is never asked of the applicant by another."""
    for place, package in view.packages:
        producers = view.producers_in(package)
        made = _materials_made(view, package, producers)
        for index, entry in enumerate(package.items):
            item = view.content.items.get(entry.item)
            for use in item.materials if item else ():
                source = made.get(use.material, "")
                if use.exempt is Exempt.NONE and source not in ("", entry.item):
                    yield view.find(
                        place / "items" / index,
                        "C061",
                        f"“{entry.item}”要群众交“{use.material}”，而它由本件的“{source}”产生",
                        "前一步刚发的证，后一步不得再要（政务服务若干规定第七条）",
                        "改为 exempt: LICENCE 并写 licence",
                    )


def _materials_made(view: View, package: Package, producers: dict[str, str]) -> dict[str, str]:
    """Return the materials that stand for a licence which an item of the package issues."""
    return {
        use.material: producers[use.licence]
        for place in package.items
        if place.item in view.content.items
        for use in view.content.items[place.item].materials
        if use.licence in producers
    }


def consumers_wait_for_producers(view: View) -> Found:
    """C062: an item that uses what another brings about waits for it."""
    for place, package in view.packages:
        if not _is_sound(view, package):
            continue
        before = _all_before(package)
        produced = view.produced_elements(package)
        producers = view.producers_in(package)
        for index, entry in enumerate(package.items):
            item = view.content.items[entry.item]
            needs = {produced[use.element] for use in item.fields if use.element in produced}
            needs |= {producers[u.licence] for u in item.materials if u.licence in producers}
            for source in sorted(needs - before[entry.item]):
                what = (
                    f"“{entry.item}”用到自己的结果"
                    if source == entry.item
                    else f"“{entry.item}”用到“{source}”的结果，却不等它办完"
                )
                yield view.find(
                    place / "items" / index,
                    "C062",
                    what,
                    "开始时数据还不存在，表上会是空的",
                    f"写 depends_on: [{{item: {source}}}]，或改数据项的来源",
                )


def _all_before(package: Package) -> dict[str, set[str]]:
    graph = _graph(package)
    before: dict[str, set[str]] = {}

    def walk(code: str) -> set[str]:
        if code not in before:
            direct = set(graph[code])
            before[code] = direct.union(*(walk(dependency) for dependency in direct))
        return before[code]

    for code in graph:
        walk(code)
    return before


def exemptions_agree(view: View) -> Found:
    """C063: one item does not spare what another item of the same package asks for."""
    for place, package in view.packages:
        asked: dict[str, str] = {}
        spared: dict[str, str] = {}
        for entry in package.items:
            item = view.content.items.get(entry.item)
            for use in item.materials if item else ():
                if use.when is None:
                    group = asked if use.exempt is Exempt.NONE else spared
                    group.setdefault(use.material, entry.item)
        for material in sorted(asked.keys() & spared.keys()):
            yield view.find(
                place / "items",
                "C063",
                f"材料“{material}”：“{spared[material]}”免提交，“{asked[material]}”却要群众交",
                "同一份材料在一件事里只能有一种说法",
                "让两处的 exempt 一致",
            )


def choices_have_a_question(view: View) -> Found:
    """C064: an item to choose is chosen by a yes-or-no question of the package."""
    for place, package in view.packages:
        kinds = {question.id: question.type for question in package.questions}
        for index, entry in enumerate(package.items):
            here = place / "items" / index
            if entry.required == "choose" and kinds.get(entry.choose_question or "") != "boolean":
                yield view.find(
                    here,
                    "C064",
                    f"可选事项“{entry.item}”没有对应的是非题",
                    "群众没有办法选它",
                    "写 choose_question，指向一个 type: boolean 的问题",
                )
            if entry.required == "auto" and entry.when is None:
                yield view.find(
                    here,
                    "C064",
                    f"自动判断的事项“{entry.item}”没有条件",
                    "无法判断要不要办",
                    "写 when，或改为 required: must",
                )


def questions_are_sound(view: View) -> Found:
    """C065: questions stand once, have options exactly where they choose, and ask in order."""
    for place, package in view.packages:
        asked: set[str] = set()
        facts: set[str] = set()
        for index, question in enumerate(package.questions):
            here = place / "questions" / index
            if question.id in asked or question.fact in facts:
                yield view.find(
                    here, "C065", f"问题“{question.id}”重复", "同一件事不得问两遍", "删去一个"
                )
            if (question.type in ("choice", "multi")) != bool(question.options):
                yield view.find(
                    here,
                    "C065",
                    f"问题“{question.id}”的选项与类型不符",
                    "群众没有可选的答案",
                    "choice、multi 写 options，其他类型不写",
                )
            later = _later_facts(package, question.show_if, facts)
            if later:
                yield view.find(
                    here,
                    "C065",
                    f"问题“{question.id}”取决于后面才问的“{later[0]}”",
                    "顺着问下去时不知道该不该问",
                    "把它移到后面",
                )
            asked.add(question.id)
            facts.add(question.fact)


def _later_facts(package: Package, show_if: object, facts: set[str]) -> list[str]:
    condition = parsed(show_if) if show_if is not None else None
    all_facts = {question.fact for question in package.questions}
    needed = fields_of(condition) if condition else ()
    return [name for name in needed if name in all_facts - facts]


def the_whole_fits_the_joint_limit(view: View) -> Found:
    """C066: the critical path keeps the limit of joint handling (行政许可法 42)."""
    for place, package in view.packages:
        if not _is_sound(view, package):
            continue
        codes = [entry.item for entry in package.items]
        days = {code: view.content.items[code].limits.promise.value for code in codes}
        length, path = longest_path(effective(_graph(package), codes), days)
        if length > package.limits.joint.value:
            yield view.find(
                place / "limits" / "joint",
                "C066",
                f"承诺总时限 {length:g} 超过联合办理期限（{' → '.join(path)}）",
                "联合办理不得超过四十五日（行政许可法第四十二条）",
                "缩短其中事项的承诺，或改为并联",
            )


def slugs_stand_once(view: View) -> Found:
    """C067: a package's address is its own."""
    seen: dict[str, str] = {}
    for place, package in view.packages:
        if package.slug in seen:
            yield view.find(
                place / "slug",
                "C067",
                f"地址“{package.slug}”已被 {seen[package.slug]} 使用",
                "两个页面不能有同一个地址",
                "换一个 slug",
            )
        seen[package.slug] = package.code


RULES = (
    dependencies_have_no_circle,
    outputs_are_not_asked_for,
    consumers_wait_for_producers,
    exemptions_agree,
    choices_have_a_question,
    questions_are_sound,
    the_whole_fits_the_joint_limit,
    slugs_stand_once,
)
