"""Rules of conditions: they can be read, and everything that they name can be known."""

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.catalogue.content import ElementKind
from tongban.catalogue.content.items import Item
from tongban.catalogue.content.packages import Package
from tongban.catalogue.content.values import ConditionData
from tongban.catalogue.rules.lint.references import steps_of
from tongban.catalogue.rules.lint.view import PARTY_FACTS, Found, Place, View, parsed
from tongban.kernel.conditions import Leaf, Op, leaves_of, parse, value_fault
from tongban.kernel.refusals import BadInput

TODAY = "today"
LICENCE_FACTS = frozenset({"state", "number", "issued_on", "valid_to"})
_NOT_COMPARED = frozenset({Op.EXISTS, Op.WITHIN_REGION, Op.INDUSTRY_UNDER})
_TEXT_KINDS = frozenset({"text", "name", "longtext", "address", "id_number", "uscc", "phone"})
_NUMBER_KINDS = frozenset({"integer", "decimal", "money", "number"})


@dataclass(frozen=True)
class Written:
    """A condition where it is written, with the facts that can be known there.

    `element` is the data element whose answer it checks, "" for all other conditions.
    """

    place: Place
    data: ConditionData
    known: frozenset[str]
    options: dict[str, tuple[str, frozenset[str]]]
    element: str = ""


def written_conditions(view: View) -> Iterator[Written]:
    """Return every condition of the content."""
    for place, package in view.packages:
        facts = frozenset(view.facts_of(package))
        kinds = _kinds(view, package)
        for here, data in _of_package(place, package):
            yield Written(here, data, facts, kinds)
    for place, item in view.items:
        facts = frozenset(view.facts_of_item(item))
        kinds = _kinds(view, *view.packages_with[item.code])
        for here, data in _of_item(place, item):
            yield Written(here, data, facts, kinds)
    yield from _checks(view)


def _checks(view: View) -> Iterator[Written]:
    """A check sees the whole form, and the day of filing."""
    kinds = _kinds(view) | {TODAY: ("date", frozenset())}
    for place, element in view.element_places:
        for index, check in enumerate(element.checks):
            here = place / "checks" / index / "must"
            yield Written(here, check.must, frozenset(kinds), kinds, element.code)


def _of_package(place: Place, package: Package) -> list[tuple[Place, ConditionData]]:
    found = [
        (place / "questions" / index / "show_if", question.show_if)
        for index, question in enumerate(package.questions)
    ]
    found += [(place / "items" / i / "when", entry.when) for i, entry in enumerate(package.items)]
    return [(here, data) for here, data in found if data is not None]


def _of_item(place: Place, item: Item) -> list[tuple[Place, ConditionData]]:
    found = [(place / "fields" / i / "when", use.when) for i, use in enumerate(item.fields)]
    found += [(place / "materials" / i / "when", u.when) for i, u in enumerate(item.materials)]
    found += [(place / "signers" / i / "when", s.when) for i, s in enumerate(item.signers)]
    found += [(place / "conditions" / i / "when", c.when) for i, c in enumerate(item.conditions)]
    found += [(here / "when", step.when) for here, step in steps_of(place, item)]
    found += [
        (place / "limits" / "variants" / i / "when", variant.when)
        for i, variant in enumerate(item.limits.variants)
    ]
    if item.automatic:
        found.append((place / "automatic" / "when", item.automatic.when))
    return [(here, data) for here, data in found if data is not None]


def _kinds(view: View, *packages: Package) -> dict[str, tuple[str, frozenset[str]]]:
    """Return the kind and the options of each fact."""
    kinds = {
        code: (str(element.kind), frozenset(option.code for option in element.options))
        for code, element in view.elements.items()
    }
    for package in packages:
        for question in package.questions:
            codes = frozenset(option.code for option in question.options)
            kinds.setdefault(question.fact, (question.type, codes))
    return kinds


def conditions_can_be_read(view: View) -> Found:
    """C040: a condition is a tree of all, any, not and leaves."""
    for one in written_conditions(view):
        try:
            parse(one.data)
        except BadInput as bad:
            for problem in bad.problems:
                yield view.find(
                    one.place,
                    "C040",
                    f"条件读不懂：{problem.path or '整个条件'} {problem.sentence.rstrip('。')}",
                    "读不懂的条件无法判断",
                    "按 {field, op, value|parameter} 或 all、any、not 改写",
                )


def conditions_name_known_facts(view: View) -> Found:
    """C041: a condition asks only what the guide, the form or the platform can know."""
    for one in written_conditions(view):
        for name in dict.fromkeys(n for leaf in _leaves(one) for n in (leaf.field, leaf.other)):
            if name and not _is_known(view, name, one.known):
                yield view.find(
                    one.place,
                    "C041",
                    f"条件里的“{name}”没有来源",
                    "没有问题、填报项或系统数据给出它，条件永远判断不了",
                    "在 questions 或事项的 fields 中加上它，或改用已有的名称",
                )


def _is_known(view: View, fact: str, known: frozenset[str]) -> bool:
    if fact in known or fact in PARTY_FACTS:
        return True
    head, _, rest = fact.partition(".")
    code, _, field = rest.rpartition(".")
    licence = view.content.licences.get(code)
    if head != "licence" or licence is None:
        return False
    return field in LICENCE_FACTS or field in {face.field for face in licence.face}


def conditions_name_known_parameters(view: View) -> Found:
    """C042: a condition compares with a parameter that exists and that its operator can take."""
    for one in written_conditions(view):
        for leaf in _leaves(one):
            if not leaf.parameter:
                continue
            parameter = view.content.parameters.get(leaf.parameter)
            if parameter is None:
                yield view.find(
                    one.place,
                    "C042",
                    f"参数“{leaf.parameter}”不存在",
                    "条件没有可比较的数",
                    "在 parameters.yaml 中写上它，或改名",
                )
            elif any(value_fault(leaf.op, value.value) for value in parameter.values):
                yield view.find(
                    one.place,
                    "C042",
                    f"参数“{leaf.parameter}”的值不能用于“{leaf.op}”",
                    "条件永远判断不了",
                    "改参数的值，或换一个比较方式",
                )


def conditions_compare_like_with_like(view: View) -> Found:
    """C043: the value fits the fact: an option of the choice, a number for a number."""
    for one in written_conditions(view):
        for leaf in _leaves(one):
            fault = _misfit(leaf, one)
            if fault:
                yield view.find(
                    one.place,
                    "C043",
                    f"条件拿“{leaf.field}”与{fault}比较",
                    "条件永远不会符合",
                    "改成该项可能出现的值",
                )


def _misfit(leaf: Leaf, one: Written) -> str:
    kind, options = one.options.get(leaf.field, ("", frozenset()))
    if leaf.other:
        other = one.options.get(leaf.other, ("", frozenset()))[0]
        return f"不同类的“{leaf.other}”" if _class_of(kind) != _class_of(other) else ""
    return _misfit_of_value(leaf, kind, options)


def _misfit_of_value(leaf: Leaf, kind: str, options: frozenset[str]) -> str:
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    if leaf.parameter or leaf.op in _NOT_COMPARED or not kind:
        return ""
    if options:
        strange = [str(value) for value in values if value not in options]
        return f"没有的选项“{'、'.join(strange)}”" if strange else ""
    if kind == "boolean" and not all(isinstance(value, bool) for value in values):
        return "不是 true、false 的值"
    if kind in _NUMBER_KINDS and any(isinstance(value, bool | str) for value in values):
        return "不是数字的值"
    if kind in _TEXT_KINDS and any(isinstance(value, bool | int | float) for value in values):
        return "不是文字的值"
    return ""


def _class_of(kind: str) -> str:
    return "number" if kind in _NUMBER_KINDS else "text" if kind in _TEXT_KINDS else kind


def checks_look_at_their_answer(view: View) -> Found:
    """C046: a check of an answer looks at it; only a check compares two facts."""
    for one in written_conditions(view):
        leaves = _leaves(one)
        if one.element and leaves and not _names(leaves, one.element):
            yield view.find(
                one.place,
                "C046",
                f"“{one.element}”的校验没有用到它自己的值",
                "错误会提示在无关的填报项上",
                "把校验移到它所比较的数据项下",
            )
        if not one.element and any(leaf.other for leaf in leaves):
            yield view.find(
                one.place,
                "C046",
                "条件拿两个填报项互相比较",
                "指南要在填表之前就能判断，那时两项都还没有",
                "写成数据项的 checks，或与 value、parameter 比较",
            )


def _names(leaves: list[Leaf], element: str) -> bool:
    return any(element in (leaf.field, leaf.other) for leaf in leaves)


def typical_answers_are_possible(view: View) -> Found:
    """C044: the typical answers of a package are answers to its questions."""
    for place, package in view.packages:
        kinds = _kinds(view, package)
        for fact, answer in package.typical.items():
            here = place / "typical" / fact
            options = kinds.get(fact, ("", frozenset()))[1]
            given = answer if isinstance(answer, tuple) else (answer,)
            if fact not in view.facts_of(package) or (options and not set(given) <= options):
                yield view.find(
                    here,
                    "C044",
                    f"典型情形中的“{fact}”不是本件可能的回答",
                    "公布的前后对比会按错误的情形计算",
                    "写 questions 中的 fact，值用它的选项",
                )


def _leaves(one: Written) -> list[Leaf]:
    condition = parsed(one.data)
    return [leaf for _, leaf in leaves_of(condition)] if condition else []


KIND_OF_QUESTION = {
    "boolean": {ElementKind.BOOLEAN},
    "choice": {ElementKind.CHOICE},
    "number": {ElementKind.INTEGER, ElementKind.DECIMAL, ElementKind.MONEY},
    "multi": {ElementKind.MULTICHOICE},
    "date": {ElementKind.DATE},
}


def questions_agree_with_elements(view: View) -> Found:
    """C045: a question that sets the fact of a data element asks for the same kind of answer."""
    for place, package in view.packages:
        for index, question in enumerate(package.questions):
            element = view.elements.get(question.fact)
            if element is None:
                continue
            options = [option.code for option in element.options]
            asked = [option.code for option in question.options]
            if element.kind not in KIND_OF_QUESTION[question.type] or options != asked:
                yield view.find(
                    place / "questions" / index,
                    "C045",
                    f"问题“{question.id}”与数据项“{element.code}”的类型或选项不同",
                    "先答的答案填不进表里，同一件事要答两遍",
                    "让两处的类型和选项代码完全一致",
                )


RULES = (
    conditions_can_be_read,
    conditions_name_known_facts,
    conditions_name_known_parameters,
    conditions_compare_like_with_like,
    checks_look_at_their_answer,
    typical_answers_are_possible,
    questions_agree_with_elements,
)
