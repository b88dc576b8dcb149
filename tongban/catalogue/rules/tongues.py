"""Translations apart from what they translate.

A published version is pinned by its Chinese text; translations are live. So what is stored is
the Chinese alone, with one dictionary from Chinese sentences to their translations beside it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tongban.kernel.values import LANGUAGES

SOURCE = LANGUAGES[0]
Translations = Mapping[str, Mapping[str, str]]
"""A Chinese text with what it is called in other languages."""


def in_chinese(data: Any) -> Any:
    """Return the data with the Chinese of every text alone."""
    if isinstance(data, list | tuple):
        return [in_chinese(part) for part in data]
    if not isinstance(data, Mapping):
        return data
    if _is_text(data):
        return {SOURCE: data[SOURCE]}
    return {key: in_chinese(value) for key, value in data.items()}


def translations_of(data: Any) -> dict[str, dict[str, str]]:
    """Return every translation in the data; of two for one sentence the first in order wins."""
    found: dict[str, dict[str, str]] = {}
    for text in texts_of(data):
        known = found.setdefault(text[SOURCE], {})
        for language in LANGUAGES[1:]:
            said = text.get(language)
            if said and (language not in known or said < known[language]):
                known[language] = said
    return {chinese: said for chinese, said in sorted(found.items()) if said}


def translated(data: Any, translations: Translations) -> Any:
    """Put the translations back where they are known."""
    if isinstance(data, list):
        return [translated(part, translations) for part in data]
    if not isinstance(data, Mapping):
        return data
    if _is_text(data):
        return {**data, **translations.get(data[SOURCE], {})}
    return {key: translated(value, translations) for key, value in data.items()}


def shares_of(data: Any) -> dict[str, tuple[int, int]]:
    """Return for each language but Chinese how many of the sentences it has, of how many."""
    known: dict[str, set[str]] = {}
    for text in texts_of(data):
        said = known.setdefault(text[SOURCE], set())
        said.update(language for language in LANGUAGES[1:] if text.get(language))
    return {
        language: (sum(language in said for said in known.values()), len(known))
        for language in LANGUAGES[1:]
    }


def texts_of(data: Any) -> Iterable[Mapping[str, str]]:
    """Return every text in the data."""
    if isinstance(data, Mapping):
        if _is_text(data):
            yield data
        else:
            for value in data.values():
                yield from texts_of(value)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from texts_of(part)


def _is_text(data: Mapping[str, Any]) -> bool:
    return SOURCE in data and set(data) <= set(LANGUAGES)
