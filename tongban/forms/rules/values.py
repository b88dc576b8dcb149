"""One answer: from what was typed to the one form in which it is kept, compared and printed.

Kept values are plain JSON: text, list of texts, true or false, whole numbers; decimals and money
are texts ("120.5") so that no digit is lost, days are "2026-10-08".
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tongban.forms.rules.texts import MAX_TYPED, lines, neutralise, one_line
from tongban.kernel import identifiers
from tongban.kernel.names import parse_name
from tongban.kernel.refusals import BadInput, Problem, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tongban.catalogue.rules.compiled import CompiledField

DEFAULT_LENGTHS = {"text": 500, "address": 300, "longtext": 5000}
MAX_FILES = 50
MONEY_PLACES = 2
TODAY = "today"

_NUMBER = re.compile(r"([+-]?)([0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,6}))?")
_DAY = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[0-9]{10}$)")
_TRUE = frozenset({"true", "yes", "on", "1", "是"})
_FALSE = frozenset({"false", "no", "off", "0", "否"})

Value = str | int | bool | list[str]


def normalise(kind: str, raw: object, *, on: date | None = None) -> Value | None:
    """The kept form of a typed answer of a kind, None for an empty one.

    Normalising a kept value changes nothing. ``on`` lets a birth after that day be refused.
    Raises BadInput with one problem (no path), and ValueError for an unknown kind.
    """
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of answer: {kind!r}")
    if kind in _LISTS:
        return _several(raw) or None
    if isinstance(raw, bool) and kind == "boolean":
        return raw
    text = _typed(raw)
    if not text.strip():
        return None
    if kind == "id_number":
        return _id_number(text, on)
    return _KINDS[kind](text)


def check_value(
    field: CompiledField, raw: object, *, on: date
) -> tuple[Value | None, tuple[Problem, ...]]:
    """The kept form of an answer and what is wrong with it, told at the field's code."""
    try:
        value = normalise(field.kind, raw, on=on)
    except BadInput as no:
        problems = no.problems
        value = None
    else:
        problems = () if value is None else tuple(_limits(field, value, on))
    return value, tuple(Problem(field.code, one.code, one.sentence) for one in problems)


def same_value(one: object, other: object) -> bool:
    """Whether two kept values say the same: 120, "120" and "120.00" do, lists in any order."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return sorted(map(str, one)) == sorted(map(str, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    first, second = _as_number(one), _as_number(other)
    if first is not None and second is not None:
        return first == second
    return str(one) == str(other)


def _as_number(value: object) -> Decimal | None:
    match = _NUMBER.fullmatch(str(value))
    # Codes such as "010" are no numbers: a leading zero counts there.
    return Decimal(str(value).replace(",", "")) if match and str(value)[:1] != "0" else None


def _no(code: str, sentence: str) -> BadInput:
    return BadInput.at("", code, sentence)


def _typed(raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float | Decimal):
        return f"{Decimal(str(raw)):f}" if Decimal(str(raw)).is_finite() else str(raw)
    if not isinstance(raw, str):
        raise _no("shape", "这一项的内容无法识别，请重新填写。")
    if len(raw) > MAX_TYPED:
        raise _no("too-long", worded("内容过长，最多{most}个字。", most=MAX_TYPED))
    return neutralise(raw)[0]


def _several(raw: object) -> list[str]:
    if raw is None:
        return []
    if not isinstance(raw, list | tuple | str) or len(raw) > MAX_TYPED:
        raise _no("shape", "这一项的内容无法识别，请重新选择。")
    parts = [raw] if isinstance(raw, str) else raw
    found = dict.fromkeys(one_line(_typed(part)) for part in parts)
    return [part for part in found if part]


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "").strip()


def _number(text: str, example: str) -> tuple[Decimal, str]:
    """The number and its decimals as typed."""
    match = _NUMBER.fullmatch(_half_width(text))
    if match is None:
        raise _no("number-shape", worded("请填写数字，例如 {example}。", example=example))
    sign, whole, decimals = match.groups()
    number = Decimal(f"{sign}{whole.replace(',', '')}.{decimals or 0}")
    return number, (decimals or "").rstrip("0")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "+0") else text


def _integer(text: str) -> int:
    number, decimals = _number(text, "12")
    if decimals:
        raise _no("integer-shape", "请填写整数，例如 12。")
    return int(number)


def _decimal(text: str) -> str:
    return _plain(_number(text, "120.5")[0])


def _money(text: str) -> str:
    if text.rstrip().endswith(("万", "万元", "亿", "亿元")):
        raise _no("money-unit", "请以元为单位填写数字，例如 500000。")
    bare = _half_width(text).removeprefix("¥").removesuffix("元")
    number, decimals = _number(bare, "500000")
    if len(decimals) > MONEY_PLACES:
        raise _no("money-places", "金额最多到分，即两位小数。")
    return _plain(number)


def _date(text: str) -> str:
    match = _DAY.fullmatch(_half_width(text))
    if match is None:
        raise _no("date-shape", "请按 2026-10-08 的样子填写日期。")
    year, month, day, short_month, short_day = match.groups()
    try:
        found = date(int(year), int(month or short_month), int(day or short_day))
    except ValueError:
        raise _no("date-unreal", "没有这一天，请核对日期。") from None
    if not 1900 <= found.year < 2200:
        raise _no("date-far", "日期不合常理，请核对年份。")
    return found.isoformat()


def _boolean(text: str) -> bool:
    word = _half_width(text).lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise _no("boolean-shape", "请选“是”或“否”。")


def _id_number(text: str, on: date | None) -> str:
    return identifiers.parse_id_number(identifiers.normalise(text), on=on).text


def _uscc(text: str) -> str:
    return identifiers.parse_uscc(identifiers.normalise(text)).text


def _phone(text: str) -> str:
    digits = re.sub(r"[()（）]", "", identifiers.normalise(text))
    digits = _COUNTRY.sub("", digits)
    if identifiers.is_mobile(digits) or identifiers.is_landline(digits):
        return digits
    raise _no("phone-shape", "请填写11位手机号码，或带区号的固定电话，例如 0991-5550100。")


_KINDS: Mapping[str, Callable[[str], Value]] = {
    "text": one_line,
    "address": one_line,
    "longtext": lines,
    "integer": _integer,
    "decimal": _decimal,
    "money": _money,
    "date": _date,
    "boolean": _boolean,
    "choice": one_line,
    "multichoice": one_line,
    "file_list": one_line,
    "name": parse_name,
    "id_number": lambda text: _id_number(text, None),
    "uscc": _uscc,
    "phone": _phone,
}
_LISTS = frozenset({"multichoice", "file_list"})


def _limits(field: CompiledField, value: Value, on: date) -> list[Problem]:
    found = [*_length(field, value), *_range(field, value, on), *_choice(field, value)]
    misshapen = field.pattern and not re.fullmatch(field.pattern, str(value))
    if not found and misshapen:
        example = worded("格式不对，请核对，例如 {example}。", example=field.example)
        found.append(Problem("", "pattern", example if field.example else "格式不对，请核对。"))
    if not found and field.check and field.check != field.kind:
        found.extend(_checked(field.check, value, on))
    return found


def _checked(kind: str, value: Value, on: date) -> tuple[Problem, ...]:
    try:
        normalise(kind, value, on=on)
    except BadInput as no:
        return no.problems
    return ()


def _length(field: CompiledField, value: Value) -> list[Problem]:
    if isinstance(value, list):
        most = MAX_FILES if field.kind == "file_list" else max(1, len(field.options))
        if len(value) > most:
            return [Problem("", "too-many", worded("最多选择{most}项。", most=most))]
        return []
    most = field.max_length or DEFAULT_LENGTHS.get(field.kind, MAX_TYPED)
    if isinstance(value, str) and len(value) > most:
        return [
            Problem(
                "",
                "too-long",
                worded("最多{most}个字，现在是{now}个字。", most=most, now=len(value)),
            )
        ]
    return []


def _range(field: CompiledField, value: Value, on: date) -> list[Problem]:
    if field.kind == "date":
        return _day_range(field, str(value), on)
    if field.kind not in ("integer", "decimal", "money"):
        return []
    number = Decimal(str(value))
    if field.min is not None and number < Decimal(str(field.min)):
        return [Problem("", "too-small", worded("不能小于{least}。", least=_bound(field.min)))]
    if field.max is not None and number > Decimal(str(field.max)):
        return [Problem("", "too-large", worded("不能大于{most}。", most=_bound(field.max)))]
    return []


def _bound(limit: float | str) -> str:
    return _plain(Decimal(str(limit)))


def _day_range(field: CompiledField, value: str, on: date) -> list[Problem]:
    first, last = (on.isoformat() if limit == TODAY else limit for limit in (field.min, field.max))
    if first is not None and value < str(first):
        return [Problem("", "too-early", worded("不能早于{day}。", day=first))]
    if last is not None and value > str(last):
        return [Problem("", "too-late", worded("不能晚于{day}。", day=last))]
    return []


def _choice(field: CompiledField, value: Value) -> list[Problem]:
    if field.kind not in ("choice", "multichoice"):
        return []
    chosen = value if isinstance(value, list) else [value]
    known = {option.code for option in field.options}
    if all(one in known for one in chosen):
        return []
    return [Problem("", "option-unknown", "请从列出的选项中选择。")]
