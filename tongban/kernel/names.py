"""Names of people: as long, as dotted and as rare as they are.

A name in Han characters may carry middle dots (买买提·艾力), run to thirty characters, and use
characters outside the first plane (GB 18030-2022). Others are written in Latin, Arabic or
further scripts. A stored name is the normalised one: one kind of dot, no stray spaces.
"""

from __future__ import annotations

import re
import unicodedata

from tongban.kernel.refusals import BadInput, Problem, worded

MIDDLE_DOT = "·"
MAX_LENGTH = 100

_DOTS = "·•‧∙⋅・･᛫⸱·ㆍꞏ●⸳"
_APOSTROPHES = "‘’ʼʻ`´＇"
_HYPHENS = "‐‑‒–—－−"
# GB 18030 of 2000 and 2005 kept these characters in private use; the edition of 2022 does not.
_FORMER_PRIVATE_USE = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5,
    0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F,
    0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_TATWEEL = 0x640
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_ONE_FORM = (
    dict.fromkeys(map(ord, _DOTS), MIDDLE_DOT)
    | dict.fromkeys(map(ord, _APOSTROPHES), "'")
    | dict.fromkeys(map(ord, _HYPHENS), "-")
    | dict.fromkeys((_TATWEEL, *_VARIATION_SELECTORS), None)
    | _FORMER_PRIVATE_USE
)
# CJK unified ideographs with extensions A to J, and the ideographic zero.
_HAN = (
    "〇\u3400-\u4dbf\u4e00-\u9fff\ufa0e-\ufa29"
    "\U00020000-\U0002a6df\U0002a700-\U0002ee5f\U00030000-\U0003347f"
)
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_POINT_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])\\s*\\.\\s*(?=[{_HAN}])")
_SPACE_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])\\s+(?=[{_HAN}])")
_AROUND_DOTS = re.compile(rf"\s*{MIDDLE_DOT}[\s{MIDDLE_DOT}]*")
_SPACES = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
_NOT_IN_A_KEY = re.compile(rf"[\s{MIDDLE_DOT}'.\-{_JOINERS}]+")
_PUNCTUATION = frozenset(f"{MIDDLE_DOT} -'.{_JOINERS}")


def normalise_name(text: str) -> str:
    """The name as it is stored: one middle dot, half width, no invisible characters.

    Spaces vanish between Han characters and around dots, and shrink to one elsewhere. Rare
    characters stay what they are; those that used to be in private use get their own code.
    """
    name = unicodedata.normalize("NFKC", text.translate(_ONE_FORM)).translate(_ONE_FORM)
    name = "".join(c for c in name if unicodedata.category(c) != "Cf" or c in _JOINERS)
    name = _POINT_BETWEEN_HAN.sub(MIDDLE_DOT, name)
    name = _AROUND_DOTS.sub(MIDDLE_DOT, name)
    name = _SPACE_BETWEEN_HAN.sub("", name)
    return _SPACES.sub(" ", name).strip()


def name_problems(name: str, *, path: str = "") -> tuple[Problem, ...]:
    """What is wrong with a normalised name; nothing for a good one."""
    if not name:
        return (Problem(path, "name-empty", "请填写姓名。"),)
    found: list[tuple[str, str]] = []
    if len(name) > MAX_LENGTH:
        found.append(("name-too-long", worded("姓名不能超过{most}个字。", most=MAX_LENGTH)))
    if name[0] in _PUNCTUATION or name[-1] in _PUNCTUATION - {"."}:
        found.append(("name-edge", "姓名不能以间隔号或其他符号开头或结尾。"))
    if any(unicodedata.category(c) == "Co" for c in name):
        found.append(("name-private-use", "姓名中有无法识别的自造字，请改用标准汉字编码。"))
    strange = [c for c in dict.fromkeys(name) if not _belongs(c)]
    if strange:
        shown = tuple(c if c.isprintable() else f"U+{ord(c):04X}" for c in strange)
        found.append(("name-character", worded("姓名中不能有这些字符：{shown}。", shown=shown)))
    if len(scripts_of(name)) > 1:
        found.append(("name-scripts", "姓名应使用同一种文字，不要混用。"))
    return tuple(Problem(path, code, sentence) for code, sentence in found)


def parse_name(text: str, *, path: str = "") -> str:
    """The normalised name of what a person typed. Raises BadInput for what cannot be a name."""
    name = normalise_name(text)
    problems = name_problems(name, path=path)
    if problems:
        raise BadInput(problems[0].sentence, problems=problems)
    return name


def name_key(name: str) -> str:
    """What two spellings of one name share: no dots, spaces, dashes or case. For searching."""
    return _NOT_IN_A_KEY.sub("", normalise_name(name)).casefold()


def mask_name(name: str) -> str:
    """The first letter of a name, stars, and the last character of a longer Han name.

    张三 → 张*, 欧阳小明 → 欧**明, 买买提·艾力 → 买**·*力, Mehmet Ali → M***** A**.
    """
    han = bool(_HAN_CHARACTER.search(name))
    shown = {i for i, _ in _letters(name)[:1]} if han else _initials(name)
    letters = _letters(name)
    if han and len(letters) > 2:
        shown.add(letters[-1][0])
    if len(letters) == 1:
        shown = set()
    parts = []
    for place, character in enumerate(name):
        if unicodedata.category(character)[0] == "M" or character in _JOINERS:
            continue
        hidden = place not in shown and character not in _PUNCTUATION
        parts.append("*" if hidden else character)
    return "".join(parts)


def rare_characters(name: str) -> tuple[str, ...]:
    """The Han characters that ordinary fonts and old systems (GBK) may lack, each once."""
    return tuple(c for c in dict.fromkeys(name) if _HAN_CHARACTER.match(c) and not _in_gbk(c))


def scripts_of(name: str) -> frozenset[str]:
    """The scripts of its letters, such as han, latin, arabic."""
    return frozenset(_script(c) for c in name if _is_letter(c))


def _is_letter(character: str) -> bool:
    return bool(_HAN_CHARACTER.match(character)) or unicodedata.category(character)[0] == "L"


def _belongs(character: str) -> bool:
    if _is_letter(character) or character in _PUNCTUATION:
        return True
    # Private use has a sentence of its own.
    return unicodedata.category(character) in {"Mn", "Mc", "Co"}


def _script(character: str) -> str:
    if _HAN_CHARACTER.match(character):
        return "han"
    return unicodedata.name(character, "UNKNOWN").split()[0].lower()


def _in_gbk(character: str) -> bool:
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _letters(name: str) -> list[tuple[int, str]]:
    return [(place, c) for place, c in enumerate(name) if _is_letter(c)]


def _initials(name: str) -> set[int]:
    """The places of the first letters of the words."""
    letters = _letters(name)
    return {place for place, _ in letters if place == 0 or name[place - 1] in f" {MIDDLE_DOT}-"}
