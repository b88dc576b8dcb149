"""What a text names (人、地、事): places, roads, bodies, times, sums, numbers; and masking.

By rules and a gazetteer that the caller passes in; nothing is looked up elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tongban.kernel.identifiers import is_bank_card, mask_id_number, mask_phone
from tongban.reading.rules.text import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ThingKind(StrEnum):
    """What kind of thing is named."""

    PLACE = "place"
    ROAD = "road"
    BODY = "body"
    TIME = "time"
    MONEY = "money"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    PLATE = "plate"


PERSONAL = frozenset(
    {
        ThingKind.ID_NUMBER,
        ThingKind.BANK_CARD,
        ThingKind.PHONE,
        ThingKind.EMAIL,
        ThingKind.PLATE,
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """Something named: where it stands in the text, how it is written, its code if known."""

    begin: int
    end: int
    kind: ThingKind
    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names and what they stand for, by their first two characters, the longest first."""

    by_start: Mapping[str, tuple[tuple[str, str], ...]]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Gazetteer:
        """From name -> code; names of one character are too common to be told from words."""
        found: dict[str, list[tuple[str, str]]] = {}
        for name, code in names.items():
            if len(name) >= 2:
                found.setdefault(name[:2], []).append((name, code))
        return cls(
            {start: tuple(sorted(some, key=lambda one: -len(one[0])))
             for start, some in found.items()}
        )  # fmt: skip

    def places(self, text: str) -> Iterator[Thing]:
        """The names in a text from left to right, the longest that fits, none inside another.

        A name with the ending of a road behind it is a road of its own (友好, but 友好路).
        """
        at = 0
        while at < len(text) - 1:
            for name, code in self.by_start.get(text[at : at + 2], ()):
                if text.startswith(name, at) and not _is_road(text, name, at + len(name)):
                    yield Thing(at, at + len(name), ThingKind.PLACE, name, code)
                    at += len(name) - 1
                    break
            at += 1


_WHOLE = re.compile(r"(?:[区市县州镇乡村道路街巷])$")
"""What ends a name to which no road is added: a road behind it begins with its own name."""
_ROAD_END = re.compile(r"大道|胡同|路(?![灯面牌况障])|街(?!道)|巷")


def _is_road(text: str, name: str, end: int) -> bool:
    return _WHOLE.search(name) is None and _ROAD_END.match(text, end) is not None


NOWHERE = Gazetteer({})
_NUMERAL = r"(?:[零〇一二两三四五六七八九十百千万半几])"
# Some characters stand before a name and are hardly ever in one.
_NAME = (
    r"(?:[^\W\d_a-zA-Z在的是有和与及住去往沿到从由于至来我你他她它们请问因为附近"
    r"这那该某把被向对给让叫了着过很都也还又就才])"
)
# What is done on a road or runs in lines is no road: 走路, 修路, 马路, 电路.
_ROAD = r"(?<![走赶让修铺问迷带半道线电马公铁网思])路"
_BODIES = (
    r"(?:有限公司|公司|派出所|街道办事处|街道办|办事处|居委会|村委会|社区|物业|学校|小学|中学|大学|幼儿园|"
    "医院|卫生院|诊所|超市|商场|市场|饭店|餐厅|酒店|宾馆|小区|花园|家园|公寓|广场|公园|车站|地铁站|"
    "银行|法院|管理局|公安局|交警队|城管局|税务局|民政局|教育局|人社局|住建局|政府|委员会)"
)  # fmt: skip
_SIGN = r"[ \-\u2010-\u2015]?"
_RULES: tuple[tuple[ThingKind, re.Pattern[str]], ...] = (
    (ThingKind.ID_NUMBER, re.compile(
        rf"(?<!\d)[1-9]\d{{5}}{_SIGN}(?:19|20)\d{{2}}{_SIGN}\d{{4}}{_SIGN}\d{{3}}[\dXx](?!\d)")),
    (ThingKind.PHONE, re.compile(
        rf"(?<!\d)(?:\+?86{_SIGN})?1[3-9]\d{_SIGN}\d{{4}}{_SIGN}\d{{4}}(?!\d)"
        r"|(?<!\d)0\d{2,3}[ -]?[2-9]\d{6,7}(?!\d)|(?<!\d)[48]00[ -]?\d{3}[ -]?\d{4}(?!\d)")),
    (ThingKind.BANK_CARD, re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")),
    (ThingKind.EMAIL, re.compile(
        r"(?<![a-zA-Z0-9._%+-])[a-zA-Z0-9._%+-]{1,64}@[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){1,4}")),
    (ThingKind.PLATE, re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
        r"[· ]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])")),
    (ThingKind.MONEY, re.compile(
        r"(?:[¥￥]\s?\d[\d,]{0,14}(?:\.\d{1,4})?)"
        rf"|(?:\d[\d,]{{0,14}}(?:\.\d{{1,4}})?|{_NUMERAL}{{1,10}})"
        r"\s?[万亿千百]?(?:余|多)?(?:元|块钱|块|人民币)")),
    (ThingKind.TIME, re.compile(
        r"\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}[日号]?|\d{4}年\d{1,2}月(?:份)?"
        r"|\d{1,2}月\d{1,2}[日号]|\d{1,2}月份|(?:今|昨|前|明|后)[天日晚早]|(?:上|本|这)个?月"
        r"|(?:上|本|这|下)个?(?:周|星期|礼拜)[一二三四五六日天]?"
        r"|(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|深夜|半夜|每天|每晚)"
        rf"(?:\d{{1,2}}|{_NUMERAL}{{1,3}})?(?:[点时:：](?:半|\d{{1,2}}分?)?)?"
        rf"|(?:\d{{1,2}}|{_NUMERAL}{{1,3}})点(?:半|钟|\d{{1,2}}分?)?"
        r"|(?<![\d:])\d{1,2}[:：]\d{2}(?![\d:])")),
    (ThingKind.ROAD, re.compile(
        rf"{_NAME}{{1,6}}(?:大道|胡同|立交桥|高速|{_ROAD}|街(?!道)|巷|弄|桥)"
        r"(?:[东西南北][路街段巷])?(?:\d{1,5}号(?:院|楼)?)?")),
    (ThingKind.BODY, re.compile(rf"{_NAME}{{2,12}}?{_BODIES}")),
)  # fmt: skip


def named(text: str, gazetteer: Gazetteer = NOWHERE) -> tuple[Thing, ...]:
    """What is named, in the order of the text; numbers and names of the gazetteer come first.

    Only the beginning and the end of a very long text are looked at. Time is linear.
    """
    read = even_digits(bounded(text))
    found: list[Thing] = []
    for kind, rule in _RULES:
        if kind is ThingKind.MONEY:
            # Numbers are taken; before anything that is made of words come the known names.
            found += gazetteer.places(_without(read, found))
        found += _matches(kind, rule, _without(read, found))
    return tuple(sorted(found))


def _without(text: str, found: list[Thing]) -> str:
    """The text with blanks where something was found, so that nothing is found twice."""
    parts, at = [], 0
    for thing in sorted(found):
        parts += [text[at : thing.begin], "\0" * (thing.end - thing.begin)]
        at = thing.end
    return "".join([*parts, text[at:]])


def _matches(kind: ThingKind, rule: re.Pattern[str], text: str) -> Iterator[Thing]:
    for match in rule.finditer(text):
        if kind is ThingKind.BANK_CARD and not is_bank_card(_digits(match[0])):
            continue
        yield Thing(match.start(), match.end(), kind, match[0])


def even_digits(text: str) -> str:
    """Digits and letters of other widths as usual ones, one for one: places stay the same."""
    if text.isascii():
        return text
    return "".join(_even(sign) for sign in text)


def _even(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return chr(ord(sign) - 0xFEE0) if "\uff01" <= sign <= "\uff5e" and sign.isalpha() else sign


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def mask(text: str) -> str:
    """The text with telephone, identity and card numbers, addresses of mail and plates hidden.

    All of the text, however long; what is hidden keeps its usual head and tail.
    """
    found: list[Thing] = []
    even = even_digits(text)
    for kind, rule in _RULES:
        if kind in PERSONAL:
            found += _matches(kind, rule, _without(even, found))
    parts, at = [], 0
    for thing in sorted(found):
        parts += [text[at : thing.begin], _hidden(thing)]
        at = thing.end
    return "".join([*parts, text[at:]])


def _hidden(thing: Thing) -> str:
    plain = _digits(thing.text)
    if thing.kind is ThingKind.ID_NUMBER:
        return mask_id_number(plain)
    if thing.kind is ThingKind.PHONE:
        return mask_phone(plain[-11:] if plain.startswith("86") else plain)
    if thing.kind is ThingKind.EMAIL:
        name, _, host = thing.text.partition("@")
        return f"{name[:1]}***@{host}"
    if thing.kind is ThingKind.PLATE:
        return plain[:2] + "*" * (len(plain) - 3) + plain[-1:]
    return "*" * (len(plain) - 4) + plain[-4:]
