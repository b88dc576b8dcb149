"""The operators of conditions: which values each takes, and how it decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import isfinite

from tongban.kernel.identifiers import industry_under, is_industry_code, region_within
from tongban.kernel.worktime import add_months, city_date

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REGION = re.compile(r"[1-9][0-9]{1,11}")

Scalar = str | bool | int | float | Decimal | date


class Op(StrEnum):
    """What a leaf may ask of a fact."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"
    EXISTS = "exists"
    WITHIN_REGION = "within_region"
    INDUSTRY_UNDER = "industry_under"
    HAS_LICENCE = "has_licence"
    NO_PENALTY_IN = "no_penalty_in"
    CREDIT_AT_LEAST = "credit_at_least"
    YEARS_SINCE_AT_LEAST = "years_since_at_least"


class Unusable(Exception):  # noqa: N818 -- a fact of the wrong kind, answered with "unknown"
    """The fact is there but of a kind that the operator cannot use."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`fault` says what is wrong with an expected value ("" for nothing), `decide` compares.

    `absent` is the answer for a fact that is known not to be there. `words` go into sentences.
    """

    words: str
    fault: Callable[[object], str]
    decide: Callable[[object, object, date], bool]
    absent: bool = False


def value_fault(op: Op, value: object) -> str:
    """What is wrong with a value for an operator, in Chinese; "" when nothing is."""
    return OPERATORS[op].fault(value)


def plain(value: object) -> object:
    """A value in the one form in which it is compared: ISO days as dates, lists as tuples.

    Facts and conditions come from YAML, which knows dates, and from JSON, which does not.
    """
    if isinstance(value, datetime):
        return city_date(value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(plain(member) for member in value)
    return value


def _members(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _is_number(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_scalar(value: object) -> bool:
    return _is_number(value) or isinstance(value, str | bool | date)


def _number(value: object) -> Decimal:
    if _is_number(value) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        return Decimal(str(value))
    raise Unusable


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Unusable


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    raise Unusable


def _pair(value: object, expected: object) -> tuple[object, object]:
    """Both as the kind of the expected value; a number in a text counts as a number."""
    if isinstance(expected, bool) or isinstance(value, bool):
        if isinstance(expected, bool) and isinstance(value, bool):
            return value, expected
        raise Unusable
    if isinstance(expected, date):
        return _date(value), expected
    if isinstance(expected, str):
        return _text(value), expected
    return _number(value), _number(expected)


def _equal(value: object, expected: object, _on: date) -> bool:
    one, other = _pair(value, expected)
    return one == other


def _different(value: object, expected: object, on: date) -> bool:
    return not _equal(value, expected, on)


def _among(value: object, expected: object, on: date) -> bool:
    """For a fact of several values (a multiple choice): whether at least one is among them."""
    results = []
    for one in _members(value):
        usable = [other for other in _members(expected) if _comparable(one, other)]
        if not usable:
            raise Unusable
        results.append(any(_equal(one, other, on) for other in usable))
    return any(results)


def _comparable(value: object, expected: object) -> bool:
    try:
        _pair(value, expected)
    except Unusable:
        return False
    return True


def _not_among(value: object, expected: object, on: date) -> bool:
    return not _among(value, expected, on)


def _order(value: object, expected: object) -> int:
    if isinstance(expected, date):
        one, other = _date(value).toordinal(), expected.toordinal()
        return (one > other) - (one < other)
    first, second = _number(value), _number(expected)
    return (first > second) - (first < second)


def _between(value: object, expected: object, _on: date) -> bool:
    low, high = _members(expected)
    return _order(value, low) >= 0 and _order(value, high) <= 0


def _exists(value: object, expected: object, _on: date) -> bool:
    return (value is not None) == expected


def _in_region(value: object, expected: object, _on: date) -> bool:
    codes = [_text(code) for code in _members(value)]
    return any(region_within(code, str(area)) for code in codes for area in _members(expected))


def _in_industry(value: object, expected: object, _on: date) -> bool:
    codes = [_text(code) for code in _members(value)]
    if not all(is_industry_code(code) for code in codes):
        raise Unusable
    return any(industry_under(code, str(area)) for code in codes for area in _members(expected))


def _holds(value: object, expected: object, _on: date) -> bool:
    held = {_text(code) for code in _members(value)}
    return not held.isdisjoint(map(str, _members(expected)))


def _no_penalty(value: object, expected: object, on: date) -> bool:
    since = add_months(on, -int(_number(expected)))
    return all(_date(day) <= since for day in _members(value))


def _credit(value: object, expected: object, _on: date) -> bool:
    if isinstance(expected, Mapping):
        scale = list(expected["scale"])
        if value not in scale:
            raise Unusable
        return scale.index(value) >= scale.index(expected["grade"])
    return _number(value) >= _number(expected)


def _years_since(value: object, expected: object, on: date) -> bool:
    return add_months(_date(value), 12 * int(_number(expected))) <= on


def _scalar_fault(value: object) -> str:
    return "" if _is_scalar(value) else "应为一个文字、数字、日期或是否值"


def _list_fault(value: object) -> str:
    if isinstance(value, tuple) and value and all(map(_is_scalar, value)):
        return ""
    return "应为非空的列表"


def _order_fault(value: object) -> str:
    return "" if _is_number(value) or isinstance(value, date) else "应为数字或日期"


def _between_fault(value: object) -> str:
    if not isinstance(value, tuple) or len(value) != 2 or any(map(_order_fault, value)):
        return "应为两个数字或两个日期"
    low, high = value
    if isinstance(low, date) != isinstance(high, date) or _order(low, high) > 0:
        return "两个值应为同类，且前一个不大于后一个"
    return ""


def _exists_fault(value: object) -> str:
    return "" if isinstance(value, bool) else "应为true或false"


def _texts_fault(what: str, is_one: Callable[[str], bool]) -> Callable[[object], str]:
    def fault(value: object) -> str:
        texts = _members(value)
        if texts and all(isinstance(text, str) and is_one(text) for text in texts):
            return ""
        return f"应为{what}，或{what}的列表"

    return fault


def _count_fault(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return ""
    return "应为不小于零的整数"


def _credit_fault(value: object) -> str:
    if _is_number(value):
        return ""
    if not isinstance(value, Mapping) or set(value) != {"grade", "scale"}:
        return "应为数字，或{grade: 等级, scale: [由低到高的等级]}"
    scale = value["scale"]
    if (
        not isinstance(scale, list | tuple)
        or not all(isinstance(grade, str) for grade in scale)
        or len(set(scale)) != len(scale)
    ):
        return "scale应为由低到高、没有重复的等级列表"
    return "" if value["grade"] in scale else "grade不在scale之中"


OPERATORS: Mapping[Op, Operator] = {
    Op.EQ: Operator("等于", _scalar_fault, _equal),
    Op.NE: Operator("不等于", _scalar_fault, _different, absent=True),
    Op.IN: Operator("属于", _list_fault, _among),
    Op.NOT_IN: Operator("不属于", _list_fault, _not_among, absent=True),
    Op.LT: Operator("小于", _order_fault, lambda v, e, _: _order(v, e) < 0),
    Op.LE: Operator("不大于", _order_fault, lambda v, e, _: _order(v, e) <= 0),
    Op.GT: Operator("大于", _order_fault, lambda v, e, _: _order(v, e) > 0),
    Op.GE: Operator("不小于", _order_fault, lambda v, e, _: _order(v, e) >= 0),
    Op.BETWEEN: Operator("介于", _between_fault, _between),
    Op.EXISTS: Operator("是否存在为", _exists_fault, _exists),
    Op.WITHIN_REGION: Operator(
        "位于", _texts_fault("行政区划代码", lambda t: bool(_REGION.fullmatch(t))), _in_region
    ),
    Op.INDUSTRY_UNDER: Operator(
        "属于行业", _texts_fault("国民经济行业代码", is_industry_code), _in_industry
    ),
    Op.HAS_LICENCE: Operator("持有证照", _texts_fault("证照代码", bool), _holds),
    Op.NO_PENALTY_IN: Operator("无处罚的月数达到", _count_fault, _no_penalty, absent=True),
    Op.CREDIT_AT_LEAST: Operator("信用不低于", _credit_fault, _credit),
    Op.YEARS_SINCE_AT_LEAST: Operator("距今年数不少于", _count_fault, _years_since),
}
