"""Rules of the knowledge base: an answer rests on what is there, and says no number by itself."""

import re
from collections.abc import Collection, Iterator

from tongban.catalogue.content.answers import FACTS, Answer
from tongban.catalogue.content.findings import Finding
from tongban.catalogue.content.hotline import TicketDomain
from tongban.catalogue.rules.lint.view import Found, Place, Rule, View

NUMBER_OF_DAYS = re.compile(r"[0-9一二三四五六七八九十]+\s*个?工作日")


def answers_rest_on_what_is_there(view: View) -> Found:
    """C092: unit, items, packages, domains and region of an answer exist."""
    content = view.content
    regions = {one.code for one in content.regions}
    domains = set(_codes(content.hotline.domains))
    for name, sheet in content.answers.items():
        if sheet.unit not in content.departments:
            place = Place(f"answers/{name}.yaml", ("unit",))
            yield _unknown(view, place, f"部门“{sheet.unit}”")
    for place, answer in _answers(view):
        named: list[tuple[str, str, Collection[str]]] = [
            (code, "事项", content.items) for code in answer.items
        ]
        named += [(code, "一件事", content.packages) for code in answer.packages]
        named += [(code, "归口", domains) for code in answer.domains]
        named.append((answer.region, "区划", regions))
        for code, what, known in named:
            if code not in known:
                yield _unknown(view, place, f"{what}“{code}”")


def answers_name_what_can_be_filled(view: View) -> Found:
    """C093: what stands in braces is known of the answer's first item or package."""
    for place, answer in _answers(view):
        for name in sorted(answer.names - _fillable(view, answer)):
            yield view.find(
                place / "answer",
                "C093",
                f"花括号里的“{name}”填不出来",
                "答复会把花括号原样读给来电人",
                f"只写第一个事项有的：{'、'.join(FACTS)}（只有一件事的，写 promise）",
            )


def answers_take_numbers_from_the_catalogue(view: View) -> Found:
    """C094: an answer about an item does not write out working days by hand (advice)."""
    for place, answer in _answers(view):
        if answer.items and NUMBER_OF_DAYS.search(answer.answer.zh):
            yield view.find(
                place / "answer",
                "C094",
                "答复里手写了工作日的天数",
                "事项的时限改了，答复就成了错的",
                "写 {promise} 或 {legal}，由系统按事项填入",
                blocking=False,
            )


def answers_stand_once_and_hold_for_a_time(view: View) -> Found:
    """C095: a code stands once, and an answer does not end before it begins."""
    seen: set[str] = set()
    for place, answer in _answers(view):
        ends = answer.until is not None and answer.until < answer.since
        if answer.code in seen or ends:
            yield view.find(
                place,
                "C095",
                f"“{answer.code}”写了两次，或者失效日早于生效日",
                "按代码更正和下架会弄错条目",
                "换一个代码，或改正日期",
            )
        seen.add(answer.code)


def _answers(view: View) -> Iterator[tuple[Place, Answer]]:
    for unit, sheet in view.content.answers.items():
        for index, answer in enumerate(sheet.answers):
            yield Place(f"answers/{unit}.yaml", ("answers", index)), answer


def _fillable(view: View, answer: Answer) -> set[str]:
    item = view.content.items.get(answer.items[0]) if answer.items else None
    if item is not None:
        return set(FACTS) - (set() if item.limits.legal is not None else {"legal"})
    return {"phone"} | ({"promise"} if answer.packages else set())


def _codes(domains: tuple[TicketDomain, ...]) -> Iterator[str]:
    for one in domains:
        yield one.code
        yield from _codes(one.children)


def _unknown(view: View, place: Place, what: str) -> Finding:
    return view.find(
        place,
        "C092",
        f"{what}不存在",
        "没有来源的答复不能给出去",
        "改为已有的代码，或删去这一条",
    )


RULES: tuple[Rule, ...] = (
    answers_rest_on_what_is_there,
    answers_name_what_can_be_filled,
    answers_take_numbers_from_the_catalogue,
    answers_stand_once_and_hold_for_a_time,
)
