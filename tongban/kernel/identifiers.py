"""Identifiers that others issue: people, organisations, regions, items, licences, phones.

Each has `is_…` (is the text, as stored, a valid one), and where its parts matter `parse_…`,
which raises BadInput. `normalise` turns what a person typed into what is stored. Masks are for
display; nothing here keeps or logs a number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongban.kernel.iso7064 import check_character, ends_in_its_check_character
from tongban.kernel.refusals import BadInput

# GB/T 2260; 83 begins the residence permits of Taiwan residents.
PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47),
              *range(50, 55), *range(61, 66), 71, 81, 82, 83))
)  # fmt: skip
CERTIFICATE_ROOT = "1.2.156.3005.2"

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC_VALUES = {character: value for value, character in enumerate(_USCC_ALPHABET)}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        map(int, "012345678912345678123457923456789"),
        strict=True,
    )
)
_SPACES_AND_DASHES = re.compile(r"[\s\-‐‑‒–—]+")
_USCC_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CATALOG_SHAPE = re.compile(r"([0-9]{2})([0-9]{2})([0-9A-Z]{5})([0-9]{3})")
_TYPE_CODE_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}")
_CERTIFICATE_SHAPE = re.compile(
    re.escape(CERTIFICATE_ROOT)
    + r"\.([0-9A-Z]{21})\.([0-9A-Z]{18}|[0-9]{6})\.([0-9A-Z]{1,64})\.([0-9]{3})\.([0-9A-Z])"
)
_REGION_SHAPE = re.compile(r"[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?")
_MOBILE_SHAPE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE_SHAPE = re.compile(r"0(10|2[0-9]|[3-9][0-9]{2})-?[2-9][0-9]{6,7}")
_BANK_CARD_SHAPE = re.compile(r"[1-9][0-9]{12,18}")
_POSTCODE_SHAPE = re.compile(r"[0-9]{6}")
_INDUSTRY_SHAPE = re.compile(r"([A-T])|([A-T]?)([0-9]{2,4})")

# GB/T 4754-2017: the divisions (two digits) at which each section begins.
_SECTIONS = (
    ("A", 1), ("B", 6), ("C", 13), ("D", 44), ("E", 47), ("F", 51), ("G", 53), ("H", 61),
    ("I", 63), ("J", 66), ("K", 70), ("L", 71), ("M", 73), ("N", 76), ("O", 80), ("P", 83),
    ("Q", 84), ("R", 86), ("S", 91), ("T", 97),
)  # fmt: skip
_LAST_DIVISION = 97


class Sex(StrEnum):
    """What the seventeenth digit of a citizen number says."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A citizen identity number 公民身份号码 (GB 11643) in its parts."""

    text: str
    region: str
    born_on: date
    sex: Sex


@dataclass(frozen=True, slots=True)
class Uscc:
    """A unified social credit code 统一社会信用代码 (GB 32100) in its parts."""

    text: str
    registrar: str
    kind: str
    region: str
    organisation: str


@dataclass(frozen=True, slots=True)
class CatalogCode:
    """A code of the basic catalogue 基本编码: its region, type, main item and sub-item."""

    region: str
    type: str
    main_item: str
    sub_item: str


@dataclass(frozen=True, slots=True)
class TaskCode:
    """A code of an implementation item 实施编码: body, level of exercise, catalogue code."""

    uscc: str
    level: int
    catalog_code: str


@dataclass(frozen=True, slots=True)
class CertificateIdentifier:
    """An e-licence identifier 电子证照标识 (GB/T 36904) in its parts."""

    type_code: str
    issuer: str
    serial: str
    version: int

    def __str__(self) -> str:
        return certificate_identifier(self.type_code, self.issuer, self.serial, self.version)


def normalise(text: str) -> str:
    """What a person typed, as it is stored: half width, upper case, no spaces, no dashes."""
    return _SPACES_AND_DASHES.sub("", unicodedata.normalize("NFKC", text)).upper()


def id_number_check(first17: str) -> str:
    """The check character of the first 17 digits of a citizen number."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def parse_id_number(text: str, *, on: date | None = None, path: str = "") -> IdNumber:
    """The parts of a citizen number. With `on`, a birth after that day is refused.

    A cancelled region code is valid as long as its province exists: numbers are for life.
    """
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise BadInput.at(path, "id-number-shape", "公民身份号码应为18位数字，末位可以是X。")
    if text[:2] not in PROVINCES:
        raise BadInput.at(path, "id-number-region", "公民身份号码的地区代码不存在，请核对。")
    try:
        born_on = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise BadInput.at(
            path, "id-number-birth", "公民身份号码中的出生日期不存在，请核对。"
        ) from None
    if on is not None and born_on > on:
        raise BadInput.at(path, "id-number-future", "公民身份号码中的出生日期晚于今天，请核对。")
    if id_number_check(text[:17]) != text[17]:
        raise BadInput.at(path, "id-number-check", "公民身份号码的校验位不对，请逐位核对。")
    sex = Sex.MALE if int(text[16]) % 2 else Sex.FEMALE
    return IdNumber(text, text[:6], born_on, sex)


def is_id_number(text: str, *, on: date | None = None) -> bool:
    try:
        parse_id_number(text, on=on)
    except BadInput:
        return False
    return True


def assign_id_number(region: str, born_on: date, sex: Sex, serial: int) -> str:
    """A new citizen number (GB 11643): the order of the day is odd for men, even for women.

    Raises ValueError beyond the 499 that one region can number for one day and sex; 000 is none.
    """
    if not 0 <= serial < 499:
        raise ValueError(f"no citizen number can be made from serial {serial}")
    order = serial * 2 + (1 if sex is Sex.MALE else 2)
    first17 = f"{region[:6]}{born_on:%Y%m%d}{order:03d}"
    return first17 + id_number_check(first17)


def mask_id_number(text: str) -> str:
    """`650102********0017`: the birth date hidden; short texts are hidden whole."""
    return f"{text[:6]}********{text[-4:]}" if len(text) == 18 else "*" * len(text)


def organisation_check(first8: str) -> str:
    """The check character of an organisation code 组织机构代码 (GB 11714)."""
    values = (int(character, 36) for character in first8)
    total = sum(v * weight for v, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_check(first17: str) -> str:
    """The check character of the first 17 characters of a credit code."""
    values = (_USCC_VALUES[character] for character in first17)
    total = sum(value * weight for value, weight in zip(values, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def assign_uscc(region: str, serial: int, *, registrar: str = "91") -> str:
    """A new credit code of a market entity, from a serial that is used once (GB 32100, GB 11714).

    `registrar` is the registering department and class, 91 for enterprises. Raises ValueError for
    a serial beyond the 31 ** 6 that one region can number.
    """
    if not 0 <= serial < len(_USCC_ALPHABET) ** 6:
        raise ValueError(f"no credit code can be made from serial {serial}")
    digits = ""
    for _ in range(6):
        serial, digit = divmod(serial, len(_USCC_ALPHABET))
        digits = _USCC_ALPHABET[digit] + digits
    organisation = f"MA{digits}"
    first17 = f"{registrar}{region[:6]}{organisation}{organisation_check(organisation)}"
    return first17 + uscc_check(first17)


def parse_uscc(text: str, *, path: str = "") -> Uscc:
    """The parts of a credit code; both its check characters must hold."""
    if not _USCC_SHAPE.fullmatch(text):
        raise BadInput.at(
            path, "uscc-shape", "统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）。"
        )
    if organisation_check(text[8:16]) != text[16] or uscc_check(text[:17]) != text[17]:
        raise BadInput.at(path, "uscc-check", "统一社会信用代码的校验位不对，请逐位核对。")
    return Uscc(text, text[0], text[1], text[2:8], text[8:17])


def is_uscc(text: str) -> bool:
    try:
        parse_uscc(text)
    except BadInput:
        return False
    return True


def is_region_code(text: str) -> bool:
    """A division code of 6 digits (county and above), 9 (township) or 12 (village)."""
    if not _REGION_SHAPE.fullmatch(text) or text[:2] not in PROVINCES:
        return False
    # 00 stands for the whole province: nothing lies below it.
    return text[2:4] != "00" or not text[4:].strip("0")


def region_prefix(code: str) -> str:
    """The digits that everything inside the region begins with: 650000 → 65, 650100 → 6501."""
    stem = code
    for end, step in ((12, 3), (9, 3), (6, 2), (4, 2)):
        if len(stem) == end and stem.endswith("0" * step):
            stem = stem[:-step]
    return stem


def region_within(code: str, area: str) -> bool:
    """Whether a region is the area or lies inside it."""
    return code.startswith(region_prefix(area))


def is_industry_code(text: str) -> bool:
    """A GB/T 4754-2017 code: a section letter, or 2 to 4 digits with or without its letter."""
    match = _INDUSTRY_SHAPE.fullmatch(text)
    if match is None:
        return False
    _, letter, digits = match.groups()
    return digits is None or (
        1 <= int(digits[:2]) <= _LAST_DIVISION and letter in {"", _section(digits)}
    )


def industry_under(code: str, group: str) -> bool:
    """Whether an industry is the group or under it; either may be written with its letter.

    Raises ValueError for a code of the wrong shape.
    """
    for text in (code, group):
        if not is_industry_code(text):
            raise ValueError(f"not an industry code: {text!r}")
    if len(group) == 1:
        return _industry_section(code) == group
    return code.lstrip(_LETTERS).startswith(group.lstrip(_LETTERS)) and len(code) > 1


def parse_catalog_code(text: str, *, path: str = "") -> CatalogCode:
    """The parts of a 12-character catalogue code."""
    match = _CATALOG_SHAPE.fullmatch(text)
    if match is None or (match[1] != "00" and match[1] not in PROVINCES):
        raise BadInput.at(path, "catalog-code-shape", "基本编码应为12位，前两位是目录的地区代码。")
    return CatalogCode(*match.groups())


def parse_task_code(text: str, *, path: str = "") -> TaskCode:
    """The parts of a 31-character implementation code; the body's code must be a valid one."""
    if len(text) != 31 or text[18] not in "1234567":
        raise BadInput.at(path, "task-code-shape", "实施编码应为31位，第19位是行使层级1至7。")
    parse_uscc(text[:18], path=path)
    parse_catalog_code(text[19:], path=path)
    return TaskCode(text[:18], int(text[18]), text[19:])


def handling_item_code(task_code: str, serial: int) -> str:
    """The 33-character code of a handling item 业务办理项编码; serials run from 1 to 99."""
    parse_task_code(task_code)
    if not 1 <= serial <= 99:
        raise ValueError(f"a handling item's serial lies within 1 to 99, not {serial}")
    return f"{task_code}{serial:02d}"


def exchange_case_number(task_code: str, on: date, serial: int) -> str:
    """The 43-character case number 办件编号 of the exchange: item, day, serial of the day."""
    parse_task_code(task_code)
    if not 0 <= serial <= 9999:
        raise ValueError(f"a case's serial of the day has four digits, not {serial}")
    return f"{task_code}{on:%Y%m%d}{serial:04d}"


def is_licence_type_code(text: str) -> bool:
    """A licence type 证照类型代码: the credit code of the body that defined it, and 3 digits."""
    return bool(_TYPE_CODE_SHAPE.fullmatch(text)) and is_uscc(text[:18])


def certificate_identifier(type_code: str, issuer: str, serial: str, version: int) -> str:
    """The identifier of an e-licence with its MOD 37,36 check character (GB/T 36904).

    The issuer is a credit code, or a 6-digit region in older data. Raises ValueError for parts
    that cannot make one.
    """
    body = f"{type_code}.{issuer}.{serial}.{version:03d}"
    check = check_character(body.replace(".", ""))
    text = f"{CERTIFICATE_ROOT}.{body}.{check}"
    if not 1 <= version <= 999 or not _CERTIFICATE_SHAPE.fullmatch(text):
        raise ValueError(f"not the parts of a certificate identifier: {body!r}")
    return text


def parse_certificate_identifier(text: str, *, path: str = "") -> CertificateIdentifier:
    """The parts of an e-licence identifier; its check character must hold."""
    match = _CERTIFICATE_SHAPE.fullmatch(text)
    if match is None:
        raise BadInput.at(path, "certificate-shape", "电子证照标识的格式不对。")
    type_code, issuer, serial, version, check = match.groups()
    if not ends_in_its_check_character(type_code + issuer + serial + version + check):
        raise BadInput.at(path, "certificate-check", "电子证照标识的校验位不对，请逐位核对。")
    return CertificateIdentifier(type_code, issuer, serial, int(version))


def is_mobile(text: str) -> bool:
    return bool(_MOBILE_SHAPE.fullmatch(text))


def is_landline(text: str) -> bool:
    """A landline with its area code, with or without a dash: 0991-1234567 is none (no 1…)."""
    return bool(_LANDLINE_SHAPE.fullmatch(text))


def mask_phone(text: str) -> str:
    """`138****0000`; other numbers keep their last two digits."""
    if is_mobile(text):
        return f"{text[:3]}****{text[-4:]}"
    return "*" * max(0, len(text) - 2) + text[-2:]


def is_bank_card(text: str) -> bool:
    """13 to 19 digits whose Luhn check holds."""
    if not _BANK_CARD_SHAPE.fullmatch(text):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_postcode(text: str) -> bool:
    return bool(_POSTCODE_SHAPE.fullmatch(text))


def is_vin(text: str) -> bool:
    """A vehicle number of 17 characters (GB 16735) whose ninth is the right check."""
    if len(text) != 17 or not set(text) <= _VIN_VALUES.keys():
        return False
    total = sum(_VIN_VALUES[c] * weight for c, weight in zip(text, _VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11] == text[8]


_LETTERS = "ABCDEFGHIJKLMNOPQRST"


def _section(digits: str) -> str:
    division = int(digits[:2])
    return next(letter for letter, first in reversed(_SECTIONS) if division >= first)


def _industry_section(code: str) -> str:
    return code[0] if code[0] in _LETTERS else _section(code)
