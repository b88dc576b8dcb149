"""Rules of what people ask: the labelled requests of the demo city."""

from collections.abc import Collection, Iterator

from tongban.catalogue.content.hotline import TicketDomain
from tongban.catalogue.content.requests import FILE
from tongban.catalogue.rules.lint.view import Found, Place, Rule, View


def requests_have_right_labels(view: View) -> Found:
    """C090: a labelled request names a leaf of the tree, a type and a region that are there.

    One that only teaches names no region.
    """
    content = view.content
    known: tuple[tuple[str, str, Collection[str]], ...] = (
        ("domain", "归口", set(_leaves(content.hotline.domains))),
        ("type", "诉求类型", {one.code for one in content.hotline.types}),
        ("region", "区划", {"", *(one.code for one in content.regions)}),
    )
    for index, request in enumerate(content.requests):
        for field, what, codes in known:
            code = getattr(request, field)
            if code not in codes:
                yield view.find(
                    Place(FILE, (index,)),
                    "C090",
                    f"{what}“{code}”不存在",
                    "标签写错的诉求会教错分类，演示时也派不出去",
                    "写 hotline.yaml 中最下一级的归口和诉求类型、区划表中的代码",
                )


def requests_stand_once(view: View) -> Found:
    """C091: a text stands once, so that no lesson is examined with itself (advice)."""
    seen: set[str] = set()
    for index, request in enumerate(view.content.requests):
        if request.text in seen:
            yield view.find(
                Place(FILE, (index,)),
                "C091",
                "同一句话写了两次",
                "用学过的话来考试，准确率会虚高",
                "删去一条，或换一种说法",
                blocking=False,
            )
        seen.add(request.text)


def _leaves(domains: tuple[TicketDomain, ...]) -> Iterator[str]:
    for one in domains:
        if one.children:
            yield from _leaves(one.children)
        else:
            yield one.code


RULES: tuple[Rule, ...] = (requests_have_right_labels, requests_stand_once)
