"""Pure decisions about licences: faces, identifiers, validity, what a stranger may see."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tongban.kernel.identifiers import certificate_identifier, mask_id_number
from tongban.kernel.names import mask_name
from tongban.kernel.refusals import BadInput, Problem, worded
from tongban.kernel.worktime import CITY_ZONE, add_months
from tongban.licences.states import LIFE, ComprehensiveState, LicenceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tongban.catalogue.content import LicenceType
    from tongban.catalogue.rules import CompiledField, CompiledLicenceType
    from tongban.kernel.actors import Actor
    from tongban.kernel.machines import Move

Plain = bool | int | float | str | None
# Those who may change the state of a licence that their organ issued.
_DECIDE = frozenset({"decider", "head"})
_UNITS = {"m2": "平方米", "m3": "立方米", "m": "米", "person": "人", "seat": "座", "floor": "层",
          "percent": "%", "CNY": "元"}  # fmt: skip
# Shown at the head and the foot of the page, and not once more among its items.
_ELSEWHERE = frozenset({"number", "issuer", "issued_on"})


@dataclass(frozen=True, slots=True)
class FaceField:
    """A field on the face, as the licence type defines it."""

    field: str
    label: str
    element: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class TypeOfLicence:
    """What this room needs of a licence type, whether pinned or read from the content."""

    code: str
    name: str
    name_en: str
    type_code: str
    issuer: str
    template: str
    number_prefix: str
    face: tuple[FaceField, ...]
    starts: Mapping[str, int] | None = None


def read_type(spec: CompiledLicenceType | LicenceType) -> TypeOfLicence:
    """The same from a compiled package and from a content file."""
    return TypeOfLicence(
        code=spec.code,
        name=spec.name.zh,
        name_en=spec.name.en or "",
        type_code=spec.type_code,
        issuer=spec.issuer,
        template=spec.template,
        number_prefix=spec.number_prefix,
        face=tuple(_face_field(one) for one in spec.face),
        starts=_starts(spec.starts),
    )


def _starts(given: Any) -> Mapping[str, int] | None:
    """Months and times, from a compiled type (numbers) or a content file (marked values)."""
    if given is None:
        return None
    names = ("within", "extension", "times")
    values = (getattr(given, name) for name in names)
    numbers = (int(getattr(value, "value", value)) for value in values)
    return dict(zip(names, numbers, strict=True))


def months_after(day: date, months: int) -> date:
    """The day of that number so many months later, or the last day of that month (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def face_of(
    kind: TypeOfLicence,
    given: Mapping[str, Any],
    *,
    derived: Mapping[str, Any],
    shown: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The face items of a licence, in the order of its type, those without a value left out.

    `given` holds values by field from the decision, `derived` those that this room knows by the
    name of their rule, `shown` the words for values that are codes. Raises BadInput for a value
    that the type does not have: what is not on the face was decided nowhere.
    """
    known = {one.field for one in kind.face}
    strange = sorted(set(given) - known)
    if strange:
        raise BadInput(
            worded("证照“{name}”上没有这些内容：{what}。", name=kind.name, what=tuple(strange)),
            problems=[Problem(f"face.{name}", "face-unknown", "证照上没有这一项。")
                      for name in strange],
        )  # fmt: skip
    items = []
    for one in kind.face:
        value = given.get(one.field, derived.get(one.rule) if one.rule else None)
        if value in (None, "", (), []):
            continue
        items.append(
            {
                "field": one.field,
                "label": one.label,
                "value": _stored(value),
                "text": shown.get(one.field) or words_for(value),
                "element": one.element,
            }
        )
    return items


def words_for(value: Any) -> str:
    """A value as it is printed: days in Chinese, lists with 、, truth as 是 and 否."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(words_for(member) for member in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    day = _as_day(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else str(value)


def words_in_fields(fields: Sequence[CompiledField], value: Any) -> str:
    """The words of the first field that knows every code of the value, else of the first field."""
    members = value if isinstance(value, list | tuple) else (value,)
    codes = {str(member) for member in members}
    knowing = (one for one in fields if one.options and codes <= {o.code for o in one.options})
    best = next(knowing, fields[0] if fields else None)
    return words_in_field(best, value) if best else ""


def words_in_field(field: CompiledField, value: Any) -> str:
    """An answer as it is printed: options by name, amounts with their unit; "" for plain text."""
    if field.options:
        names = {option.code: option.name.zh for option in field.options}
        members = value if isinstance(value, list | tuple) else (value,)
        return "、".join(names.get(str(member), str(member)) for member in members)
    amount = _amount(value)
    if amount is None or not (field.unit or field.kind == "money"):
        return ""
    if field.kind == "money" and amount >= 10_000 and amount % 10_000 == 0:
        return f"{amount / 10_000:f}万元"
    return f"{amount:f}{_UNITS.get(field.unit, field.unit) or '元'}"


def printed(face: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What stands in the middle of the page: without what its head and foot say already."""
    return [
        {"label": item["label"], "value": item["text"]}
        for item in face
        if item["field"] not in _ELSEWHERE
    ]


def identifier_of(type_code: str, issuer_uscc: str, serial: str, edition: int) -> str:
    """电子证照标识 after GB/T 36904; the edition is its version."""
    return certificate_identifier(type_code, issuer_uscc, serial, edition)


def state_on(state: str, valid_to: date | None, on: date) -> LicenceState:
    """The state that a licence has on a day: a passed last day counts before anybody wrote it."""
    known = LicenceState(state)
    ends = known in (LicenceState.VALID, LicenceState.SUSPENDED)
    return LicenceState.EXPIRED if ends and valid_to is not None and valid_to < on else known


def renewed_until(valid_from: date, valid_to: date, *, periods: int) -> date:
    """The last day of one more period as long as each of the ``periods`` before, in years."""
    years = max(1, round((valid_to - valid_from).days / 365.25 / periods))
    return add_months(valid_to + timedelta(days=1), 12 * years) - timedelta(days=1)


def is_in_force(state: str, valid_from: date, valid_to: date | None, on: date) -> bool:
    """Whether the holder may rely on it on that day."""
    return state_on(state, valid_to, on) is LicenceState.VALID and valid_from <= on


def is_expiring(state: str, valid_to: date | None, on: date, *, days: int) -> bool:
    """Valid, and to end within so many days; derived, never stored (domain-05 §6.4)."""
    valid = state_on(state, valid_to, on) is LicenceState.VALID
    return valid and valid_to is not None and (valid_to - on).days <= days


def expired_at(valid_to: date) -> datetime:
    """The moment at which a licence ends: midnight after its last day, by the city's clock."""
    return datetime.combine(valid_to + timedelta(days=1), time(), CITY_ZONE)


def move_to(state: str, to: LicenceState) -> Move[LicenceState]:
    """The one move that leads there. Raises MoveNotAllowed, naming what is open."""
    for move in LIFE.open_moves(state):
        if move.target is to and move.verb != "publish":
            return move
    # Publishing belongs to whoever makes the paper; it is never chosen.
    wanted = (move.verb for move in LIFE.moves if move.target is to and move.verb != "publish")
    return LIFE.move(state, next(wanted, to.value))


def may_change(by: Actor, move: Move[LicenceState], department: str) -> bool:
    """The system, or a decider of the organ that issued it."""
    if by.kind == "system":
        return True
    decides = any(f"{department}.{role}" in by.queues for role in _DECIDE)
    return by.kind == "staff" and "organ" in move.roles and decides


_GONE = frozenset(
    {LicenceState.REVOKED, LicenceState.WITHDRAWN_AS_PENALTY, LicenceState.CANCELLED}
)


def overall(parts: Iterable[LicenceState], base: LicenceState | None) -> ComprehensiveState:
    """What a comprehensive licence is worth as a whole (domain-02 P14).

    Invalid where its base (the business licence) is gone or none of its parts is in force,
    partial where some are not. `base` is None where the register holds no base licence: then the
    parts alone decide.
    """
    states = tuple(parts)
    valid = [one is LicenceState.VALID for one in states]
    if base in _GONE or not any(valid):
        return ComprehensiveState.INVALID
    return ComprehensiveState.VALID if all(valid) else ComprehensiveState.PARTIAL


def reminder_due(days_left: int, reminders: Iterable[int]) -> int | None:
    """The nearest of the reminders (days before the end) that is due; None before the first.

    A licence that was issued for less time than the longest of them is told once, not twice.
    """
    return min((days for days in reminders if 0 <= days_left <= days), default=None)


def day_of(at: datetime) -> date:
    """The day of a moment, by the city's clock."""
    return at.astimezone(CITY_ZONE).date()


def masked_holder(name: str, *, is_natural: bool) -> str:
    """The name of an enterprise is public, that of a person is not."""
    return mask_name(name) if is_natural else name


def masked_number(number: str, *, is_natural: bool) -> str:
    """Some licences of persons carry the citizen number as their own."""
    return mask_id_number(number) if is_natural and len(number) == 18 else number


def _face_field(one: Any) -> FaceField:
    element = getattr(one, "element", None)
    if element is None:
        element = "" if one.origin == "derived" else one.origin
    return FaceField(one.field, one.name.zh, element, one.rule or "")


def _stored(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_stored(member) for member in value]
    return value.isoformat() if isinstance(value, date) else value


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        return None
    if not amount.is_finite():
        return None
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount


def _as_day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
