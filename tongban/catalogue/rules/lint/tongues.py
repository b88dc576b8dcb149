"""Rules of translations: one Chinese sentence is translated in one way."""

from collections.abc import Iterator
from typing import Any

from tongban.catalogue.rules.lint.view import Found, Place, View
from tongban.catalogue.rules.published import dump
from tongban.kernel.values import LANGUAGES


def sentences_have_one_translation(view: View) -> Found:
    """C085: translations are kept by sentence, so two for one sentence cannot both be shown."""
    known: dict[tuple[str, str], str] = {}
    for place, text in _texts(view):
        for language in LANGUAGES[1:]:
            said = text.get(language)
            before = known.setdefault((text["zh"], language), said or "")
            if said and before and said != before:
                yield view.find(
                    place,
                    "C085",
                    f"“{text['zh']}”在别处译作“{before}”，这里译作“{said}”",
                    "译文按中文句子保存，只会显示其中一种",
                    "统一译法，或让中文也有区别",
                    blocking=False,
                )


def _texts(view: View) -> Iterator[tuple[Place, dict[str, str]]]:
    for place, item in view.items:
        yield from _walk(place, dump(item))
    for place, package in view.packages:
        yield from _walk(place, dump(package))
    for place, element in view.element_places:
        yield from _walk(place, dump(element))
    for index, material in enumerate(view.content.materials.values()):
        yield from _walk(Place("materials.yaml", (index,)), dump(material))
    for code, licence in view.content.licences.items():
        yield from _walk(Place(f"licences/{code}.yaml"), dump(licence))


def _walk(place: Place, data: Any) -> Iterator[tuple[Place, dict[str, str]]]:
    if isinstance(data, dict):
        if "zh" in data:
            yield place, data
        else:
            for key, value in data.items():
                yield from _walk(place / key, value)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _walk(place / index, value)


RULES = (sentences_have_one_translation,)
