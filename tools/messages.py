"""Message catalogues in pure Python: no gettext programs, no Django project needed.

    python tools/messages.py extract            print every message of the source with its places
    python tools/messages.py update [LANGUAGE]  bring web/locale/*/LC_MESSAGES/django.po up to date
    python tools/messages.py check              exit 1 where a catalogue is stale or not complete
    python tools/messages.py compile            write the .mo files, the pseudo language with them

Chinese is the source language, so a message is its own Chinese text. Messages are what templates
mark with `{% translate %}`, `{% blocktranslate %}` and `_()`, and every Chinese text constant of
the program: a refusal is written where it is raised and translated by the door that shows it, so
nothing in the rooms has to be marked. Docstrings, migrations and the operators' commands are not
messages.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

LOCALES = ROOT / "web" / "locale"
TEMPLATES = ROOT / "web" / "templates"
CODE = ROOT / "tongban"
HAN = re.compile(r"[\u3400-\u9fff]")
# Patterns of expressions and dates hold Chinese letters and are no sentences.
PATTERN = re.compile(r"\[0-9|\(\?|%Y|㐀-")
# Shown to operators and authors of content, never to citizens or clerks; or data, not sentences.
NOT_SHOWN = (
    "config/",
    "catalogue/content/",
    "catalogue/rules/answers.py",
    "ratings/rules/masking.py",
    "hotline/rules/planting.py",
    "catalogue/rules/lint/",
    "records/",
    "catalogue/rules/changes.py",
    "catalogue/tasks.py",
    "kernel/conditions/",
    "licences/gateways",
    "relay/gateways",
    "relay/tasks.py",
    "documents/gateways",
)

# Languages of the citizens alone: what only officers see may stay Chinese in them.
CITIZENS_ONLY = frozenset({"ug", "kk_Arab"})
# Where only officers look. Whatever a citizen can be shown stands elsewhere as well.
OFFICERS = (
    "web/templates/desk/",
    "web/templates/hall/ask.html",
    "web/templates/hall/base.html",
    "web/templates/hall/confirm.html",
    "web/templates/hall/deliver",
    "web/templates/hall/instant",
    "web/templates/hall/form.html",
    "web/templates/hall/materials.html",
    "web/templates/hall/pair.html",
    "web/templates/hall/start.html",
    "web/templates/hall/thing.html",
    "tongban/doors/desk/",
    "tongban/doors/exchange/",
    "tongban/doors/hall/",
    "tongban/exchange/",
    "tongban/cases/actions/elsewhere.py",
    "tongban/cases/actions/periods.py",
    "tongban/cases/actions/route.py",
    "tongban/cases/actions/acceptance.py",
    "tongban/cases/actions/opinions.py",
    "tongban/engine/actions/assignment.py",
    "tongban/ratings/actions/counting.py",
    "tongban/ratings/actions/inviting.py",
    "tongban/ratings/actions/mending.py",
    "tongban/ratings/queries/inside.py",
    "tongban/window/",
    "tongban/people/actions/leaves.py",
    "tongban/people/actions/places.py",
)

_CALL = re.compile(
    r"(?<![\w.])(gettext|ngettext|pgettext|npgettext|_)\("
    r"((?:\s*u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?)+)"
)
_TEXT = re.compile(r"u?('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")


@dataclass
class Message:
    """One message with its places."""

    singular: str
    plural: str = ""
    context: str = ""
    places: list[tuple[str, int]] = field(default_factory=list)

    @property
    def id(self) -> str | tuple[str, str]:
        return (self.singular, self.plural) if self.plural else self.singular

    @property
    def is_citizens(self) -> bool:
        """Whether it stands anywhere that a citizen can come to."""
        return not all(name.startswith(OFFICERS) for name, _line in self.places)


class Found:
    """Messages by text and context, in the order of first finding."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str], Message] = {}

    def add(
        self, singular: str, place: tuple[str, int], *, plural: str = "", context: str = ""
    ) -> None:
        """Note one occurrence; a plural form found anywhere counts everywhere."""
        message = self.messages.setdefault((singular, context), Message(singular, "", context))
        message.plural = message.plural or plural
        if place not in message.places:
            message.places.append(place)


def from_template(path: Path, found: Found) -> None:
    """The messages of one template, by Django's own reading of it."""
    from django.utils.translation.template import templatize

    text = templatize(path.read_text(), str(path))
    name = str(path.relative_to(ROOT))
    for call in _CALL.finditer(text):
        texts = [ast.literal_eval(quoted) for quoted in _TEXT.findall(call[2])]
        place = (name, text.count("\n", 0, call.start()) + 1)
        context = texts.pop(0) if "p" in call[1].removesuffix("gettext") else ""
        plural = texts[1] if call[1].startswith(("ngettext", "npgettext")) else ""
        found.add(texts[0], place, plural=plural, context=context)


def _docstrings(tree: ast.AST) -> set[int]:
    """The ids of the constants that are docstrings."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            found.add(id(body[0].value))
    return found


def _pieces(tree: ast.AST) -> set[int]:
    """The ids of the constants inside f-strings, which are not whole messages."""
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
    }


def from_module(path: Path, found: Found) -> None:
    """The Chinese text constants of one module."""
    tree = ast.parse(path.read_text())
    left_out = _docstrings(tree) | _pieces(tree)
    name = str(path.relative_to(ROOT))
    marked, plurals = _marked(tree)
    left_out |= {id(second) for second in plurals.values()}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in left_out:
            continue
        text = node.value
        if not isinstance(text, str) or PATTERN.search(text):
            continue
        if HAN.search(text) or id(node) in marked:
            second = plurals.get(id(node))
            plural = str(second.value) if second else ""
            found.add(text, (name, node.lineno), plural=plural)


def _marked(tree: ast.AST) -> tuple[set[int], dict[int, ast.Constant]]:
    """Constants that a call of gettext names, and the plural beside each singular."""
    marked: set[int] = set()
    plurals: dict[int, ast.Constant] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [one for one in node.args if isinstance(one, ast.Constant)]
        if node.func.id in {"_", "gettext", "gettext_lazy", "gettext_noop"} and texts:
            marked.add(id(texts[0]))
        if node.func.id in {"ngettext", "ngettext_lazy"} and len(texts) > 1:
            plurals[id(texts[0])] = texts[1]
    return marked, plurals


def sources() -> tuple[list[Path], list[Path]]:
    """Templates and modules, sorted."""
    templates = sorted(p for p in TEMPLATES.rglob("*") if p.suffix in {".html", ".txt"})
    modules = sorted(
        path
        for path in CODE.rglob("*.py")
        if "migrations" not in path.parts and not str(path.relative_to(CODE)).startswith(NOT_SHOWN)
    )
    return templates, modules


def extract() -> list[Message]:
    """Every message of the source, sorted by its first place."""
    found = Found()
    templates, modules = sources()
    for path in templates:
        from_template(path, found)
    for path in modules:
        from_module(path, found)
    return list(found.messages.values())


def catalogue_of(language: str) -> Path:
    """Where the messages of a language are written."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """A catalogue; an empty one where the file is not there yet."""
    if not path.exists():
        return Catalog(locale=path.parent.parent.name, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def updated(path: Path) -> tuple[Catalog, int]:
    """The catalogue with the source's messages; the number of messages that it lost."""
    old = read(path)
    new = Catalog(
        locale=path.parent.parent.name,
        charset="utf-8",
        fuzzy=False,
        project="tongban",
        version="",
        copyright_holder="",
    )
    new.header_comment = ""
    known = {}
    for message in old:
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple | list) else message.id
            known[key, message.context or ""] = message
    for message in extract():
        before = known.pop((message.singular, message.context), None)
        string = before.string if before else ""
        if isinstance(message.id, tuple) and not isinstance(string, tuple | list):
            string = (string, string)
        if not isinstance(message.id, tuple) and isinstance(string, tuple | list):
            string = string[0]
        new.add(message.id, string, locations=message.places[:3], context=message.context or None)
    return new, len(known)


def write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue without dates, so that nothing changes where nothing has changed."""
    import io

    buffer = io.BytesIO()
    write_po(
        buffer, catalogue, omit_header=True, sort_by_file=False, width=100, include_lineno=False
    )
    text = buffer.getvalue().decode()
    plural = f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};"
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n"Plural-Forms: {plural}\\n"\n\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + text.lstrip("\n"))


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/django.po"))


def faults(language: str) -> list[str]:
    """What is missing, stale or broken in one catalogue, in sentences."""
    catalogue = read(catalogue_of(language))
    known = {}
    for message in catalogue:
        if message.id:
            first = message.id[0] if isinstance(message.id, tuple | list) else message.id
            known[first, message.context or ""] = message
    wrong = []
    for message in extract():
        there = known.pop((message.singular, message.context), None)
        place = "{}:{}".format(*message.places[0])
        if there is None:
            wrong.append(f"{language}: {place} not in the catalogue: {message.singular!r}")
            continue
        texts = there.string if isinstance(there.string, tuple | list) else (there.string,)
        if not any(texts) and language in CITIZENS_ONLY and not message.is_citizens:
            continue
        if not all(texts):
            wrong.append(f"{language}: {place} not translated: {message.singular!r}")
        elif _holes(message.singular) != _holes(texts[-1]):
            wrong.append(f"{language}: {place} other placeholders: {message.singular!r}")
    wrong += [f"{language}: no longer used: {text!r}" for text, _ in known]
    return wrong


def _holes(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))


def main(arguments: list[str] | None = None) -> int:
    """The command; answers its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("verb", choices=("extract", "update", "check", "compile"))
    parser.add_argument("language", nargs="*")
    given = parser.parse_args(arguments)
    if given.verb == "extract":
        for message in extract():
            print(*(f"{name}:{line}" for name, line in message.places), repr(message.singular))
    if given.verb == "update":
        for language in given.language or languages():
            catalogue, lost = updated(catalogue_of(language))
            write(catalogue_of(language), catalogue)
            empty = sum("not translated" in fault for fault in faults(language))
            print(f"{language}: {len(catalogue)} messages, {empty} to translate, {lost} dropped")
    if given.verb == "check":
        wrong = [fault for language in languages() for fault in faults(language)]
        print(*wrong, sep="\n")
        return 1 if wrong else 0
    if given.verb == "compile":
        from tongban.config.messages import compile_all

        print(compile_all(LOCALES), "catalogues written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
