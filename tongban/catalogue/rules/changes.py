"""What a new version means for citizens, in words.

Each change is one sentence in Chinese and English. What differs without a sentence of its own is
still told, as a change of wording: nothing is published silently.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tongban.catalogue.content import Item, LicenceType, Limit, Text
from tongban.catalogue.content.items import MaterialUse
from tongban.catalogue.content.loader import Content
from tongban.catalogue.rules.compiled import CompiledPackage, Words, from_json
from tongban.catalogue.rules.published import Publishable
from tongban.kernel.clocks import Unit


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in one published thing, a sentence each."""

    kind: str
    code: str
    lines: tuple[Words, ...]


Names = Callable[[str], Words]
"""What a code (of a material, an element, a department, an item) is called."""

_UNITS = {
    Unit.WORKDAY: ("个工作日", "working days"),
    Unit.DAY: ("日", "days"),
    Unit.HOUR: ("小时", "hours"),
    Unit.MINUTE: ("分钟", "minutes"),
    Unit.WORKMINUTE: ("分钟（工作时间）", "working minutes"),
}
REWORDED = Words("说明文字有修改", "wording revised")
_SPARED = {
    "LICENCE": ("调用电子证照", "the e-licence is used"),
    "SHARE": ("数据共享核验", "checked by shared data"),
    "COMMIT": ("告知承诺", "a commitment is enough"),
    "REUSE": ("使用您以前交过的材料", "what you gave before is used"),
    "GENERATE": ("由系统生成", "made by the system"),
    "INTERNAL": ("部门之间核查", "departments check among themselves"),
}


def change_of(new: Publishable, old: Any, content: Content | None) -> Change:
    """Say what a publication changes: `old` is the data before, None for something new.

    A `content` of None says that the thing has gone.
    """
    return Change(new.kind, new.code, tuple(_lines(new, old, content)))


def _lines(new: Publishable, old: Any, content: Content | None) -> Iterable[Words]:
    if new.kind == "live":
        if content is None or old is None:
            return []
        return live_changes(new.code, old, new.data)
    if content is None:
        return [disappeared(new.kind, Words(**old["name"]))]
    if old is None:
        return [appeared(new.kind, Words(**new.data["name"]))]
    names = names_in(content)
    try:
        return _compared(new, old, names)
    except ValidationError:
        # The version before was written by an older program with another schema.
        return [_about(Words(**new.data["name"]), Words("内容有更新", "updated"))]


def _compared(new: Publishable, old: Any, names: Names) -> tuple[Words, ...]:
    if new.kind == "package":
        return package_changes(from_json(old), from_json(new.data), names)
    before, after = _named(old), _named(new.data)
    if new.kind == "licence":
        kind = LicenceType
        return licence_changes(kind.model_validate(before), kind.model_validate(after), names)
    return item_changes(Item.model_validate(before), Item.model_validate(after), names)


def _named(data: Any) -> Any:
    """Put the Chinese in place of missing names: what is compared is Chinese alone."""
    if isinstance(data, list):
        return [_named(part) for part in data]
    if not isinstance(data, Mapping):
        return data
    if set(data) == {"zh"}:
        return {"zh": data["zh"], "en": data["zh"]}
    return {key: _named(value) for key, value in data.items()}


def names_in(content: Content) -> Names:
    """Return what the codes of a content folder are called; an unknown code is its own name."""
    shelves: tuple[Mapping[str, Any], ...] = (
        content.elements,
        content.materials,
        content.departments,
        content.items,
        content.licences,
        content.packages,
    )
    known = {code: _words(piece.name) for shelf in shelves for code, piece in shelf.items()}
    return lambda code: known.get(code, Words(code, code))


def item_changes(old: Item, new: Item, names: Names) -> tuple[Words, ...]:
    """Say what changed in an item."""
    found = [
        *_time_changes(old, new),
        *_place_changes(old, new, names),
        *_material_changes(old, new, names),
        *_field_changes(old, new, names),
        *_decision_changes(old, new),
    ]
    return tuple(_about(names(new.code), change) for change in found or [REWORDED])


def package_changes(old: CompiledPackage, new: CompiledPackage, names: Names) -> tuple[Words, ...]:
    """Say what changed in a package itself; its items speak for themselves."""
    found = [
        *_number(
            "承诺总时限",
            "promised time of the whole",
            _days(old.promised_days),
            _days(new.promised_days),
        ),
        *_set("联办事项", "item", [i.code for i in old.items], [i.code for i in new.items], names),
        *_question_changes(old, new),
        *_number(
            "要交的材料",
            "materials to bring",
            _count(old.figures.materials.after, "份", "documents"),
            _count(new.figures.materials.after, "份", "documents"),
        ),
        *_order_changes(old, new, names),
    ]
    if old.lead_department != new.lead_department:
        found.append(
            _from_to(
                "牵头部门",
                "lead department",
                names(old.lead_department),
                names(new.lead_department),
            )
        )
    if not found and _apart_from_items(old) != _apart_from_items(new):
        found = [REWORDED]
    return tuple(_about(names(new.code), change) for change in found)


def licence_changes(old: LicenceType, new: LicenceType, names: Names) -> tuple[Words, ...]:
    """Say what changed in a licence type."""
    found: list[Words] = []
    if old.validity.value != new.validity.value:
        found.append(
            _from_to("有效期", "validity", _years(old.validity.value), _years(new.validity.value))
        )
    faces_old = {face.field: _words(face.name) for face in old.face}
    faces_new = {face.field: _words(face.name) for face in new.face}
    named = faces_old | faces_new
    found += _set("照面内容", "field on its face", faces_old, faces_new, named.__getitem__)
    return tuple(_about(names(new.code), change) for change in found or [REWORDED])


def appeared(kind: str, name: Words) -> Words:
    """Say that something is offered for the first time."""
    if kind == "licence":
        return Words(f"{name.zh}：新的证照类型", f"{name.say('en')}: a new type of licence")
    return Words(f"{name.zh}：开始办理", f"{name.say('en')}: now offered")


def disappeared(kind: str, name: Words) -> Words:
    """Say that something is not offered any more."""
    if kind == "licence":
        return Words(
            f"{name.zh}：不再颁发，已经颁发的继续有效",
            f"{name.say('en')}: no longer issued; those issued stay valid",
        )
    return Words(
        f"{name.zh}：停止办理，已经受理的继续办完",
        f"{name.say('en')}: no longer offered; running applications go on",
    )


def _time_changes(old: Item, new: Item) -> Iterator[Words]:
    yield from _number(
        "承诺时限", "promised time", _length(old.limits.promise), _length(new.limits.promise)
    )
    yield from _number(
        "法定时限", "legal limit", _length(old.limits.legal), _length(new.limits.legal)
    )
    yield from _number(
        "到现场次数",
        "visits",
        _count(old.visits.value, "次", "visits"),
        _count(new.visits.value, "次", "visits"),
    )
    yield from _number("收费", "fee", _fee(old), _fee(new))


def _place_changes(old: Item, new: Item, names: Names) -> Iterator[Words]:
    if old.department != new.department:
        yield _from_to("办理部门", "department", names(old.department), names(new.department))
    if old.channels.online_depth != new.channels.online_depth:
        yield from _number(
            "网上办理深度",
            "online depth",
            Words(old.channels.online_depth),
            Words(new.channels.online_depth),
        )
    for key, zh, en in (("consult", "咨询电话", "phone"), ("complain", "投诉电话", "complaints")):
        before, after = getattr(old.contacts, key), getattr(new.contacts, key)
        yield from _number(zh, en, Words(before), Words(after))
    for key, zh, en in (("address", "办理地点", "address"), ("hours", "办理时间", "hours")):
        before, after = getattr(old.contacts, key).zh, getattr(new.contacts, key).zh
        yield from _number(zh, en, Words(before), Words(after))


def _material_changes(old: Item, new: Item, names: Names) -> Iterator[Words]:
    before, after = _by_material(old), _by_material(new)
    yield from _set("材料", "material", before, after, names)
    for code in sorted(before.keys() & after.keys()):
        yield from _exemption(names(code), before[code], after[code])


def _exemption(name: Words, old: MaterialUse, new: MaterialUse) -> Iterator[Words]:
    if old.exempt != new.exempt:
        how = _SPARED.get(new.exempt)
        if how:
            yield Words(
                f"材料“{name.zh}”不用交了（{how[0]}）",
                f"“{name.say('en')}” need not be brought any more ({how[1]})",
            )
        else:
            yield Words(f"材料“{name.zh}”改为要交", f"“{name.say('en')}” must now be brought")
    if old.deficient_allowed != new.deficient_allowed:
        zh, en = ("可以", "may") if new.deficient_allowed else ("不能再", "may not")
        yield Words(f"材料“{name.zh}”{zh}容缺后补", f"“{name.say('en')}” {en} be supplied later")


def _by_material(item: Item) -> dict[str, MaterialUse]:
    return {use.material: use for use in reversed(item.materials)}


def _field_changes(old: Item, new: Item, names: Names) -> Iterator[Words]:
    before = {use.element: use.required for use in old.fields}
    after = {use.element: use.required for use in new.fields}
    yield from _set("填报项", "question on the form", before, after, names)
    for code in sorted(before.keys() & after.keys()):
        if before[code] != after[code]:
            zh, en = ("必填", "required") if after[code] else ("选填", "optional")
            name = names(code)
            yield Words(f"填报项“{name.zh}”改为{zh}", f"“{name.say('en')}” is now {en}")


def _decision_changes(old: Item, new: Item) -> Iterator[Words]:
    if (old.automatic is None) != (new.automatic is None):
        yield (
            Words("改为由工作人员审批", "now decided by officers")
            if new.automatic is None
            else Words("符合条件的可以自动审批", "decided automatically where it can be")
        )
    elif old.automatic and new.automatic and old.automatic.when != new.automatic.when:
        yield Words("自动审批的条件有调整", "conditions of the automatic decision changed")
    conditions_old = {c.text.zh: _words(c.text) for c in old.conditions}
    conditions_new = {c.text.zh: _words(c.text) for c in new.conditions}
    named = conditions_old | conditions_new
    yield from _set("受理条件", "condition", conditions_old, conditions_new, named.__getitem__)
    steps_old = {step.step: _words(step.name) for step in old.steps()}
    steps_new = {step.step: _words(step.name) for step in new.steps()}
    names = steps_old | steps_new
    yield from _set("办理环节", "step", steps_old, steps_new, names.__getitem__)
    if {(b.law, b.article) for b in old.basis} != {(b.law, b.article) for b in new.basis}:
        yield Words("设定依据有调整", "legal basis changed")


def _question_changes(old: CompiledPackage, new: CompiledPackage) -> Iterator[Words]:
    before = {question.id: question.text for question in old.questions}
    after = {question.id: question.text for question in new.questions}
    yield from _set(
        "引导问题", "question of the guide", before, after, (before | after).__getitem__
    )


def _order_changes(old: CompiledPackage, new: CompiledPackage, names: Names) -> Iterator[Words]:
    before = {item.code: item for item in old.items}
    for item in new.items:
        known = before.get(item.code)
        if known is None:
            continue
        name = names(item.code)
        if known.applies != item.applies:
            yield Words(
                f"“{name.zh}”的适用情形有调整", f"when “{name.say('en')}” applies has changed"
            )
        if known.depends_on != item.depends_on:
            yield Words(
                f"“{name.zh}”的先后顺序有调整", f"the order of “{name.say('en')}” has changed"
            )


def _apart_from_items(compiled: CompiledPackage) -> tuple[object, ...]:
    return (
        compiled.name,
        compiled.summary,
        compiled.object,
        compiled.questions,
        compiled.basis,
        compiled.joint,
        compiled.correction,
        compiled.acceptance,
        compiled.delivery,
        compiled.delivery_text,
        compiled.delivery_modes,
        compiled.everyday_words,
    )


def _number(zh: str, en: str, old: Words, new: Words) -> Iterator[Words]:
    if old.zh != new.zh:
        yield _from_to(zh, en, old, new)


def _from_to(zh: str, en: str, old: Words, new: Words) -> Words:
    return Words(
        f"{zh}由{_spaced(old.zh)}改为{_spaced(new.zh).rstrip()}",
        f"{en} changed from {old.say('en')} to {new.say('en')}",
    )


def _spaced(text: str) -> str:
    """Set digits and Latin letters apart from the Chinese around them."""
    head = " " if text[:1].isascii() and text[:1].isalnum() else ""
    tail = " " if text[-1:].isascii() and text[-1:].isalnum() else ""
    return f"{head}{text}{tail}"


def _set(
    zh: str, en: str, old: Iterable[str], new: Iterable[str], names: Names
) -> Iterator[Words]:
    before, after = list(dict.fromkeys(old)), list(dict.fromkeys(new))
    for code in (code for code in after if code not in before):
        name = names(code)
        yield Words(f"增加{zh}“{name.zh}”", f"{en} added: “{name.say('en')}”")
    for code in (code for code in before if code not in after):
        name = names(code)
        yield Words(f"取消{zh}“{name.zh}”", f"{en} removed: “{name.say('en')}”")


def _length(limit: Limit | None) -> Words:
    if limit is None:
        return Words("没有规定", "none")
    if limit.is_instant:
        return Words("当场", "on the spot")
    zh, en = _UNITS[limit.unit]
    return Words(f"{limit.value:g} {zh}", f"{limit.value:g} {en}")


def _days(days: float) -> Words:
    if days == 0:
        return Words("当场", "on the spot")
    return Words(f"{days:g} 个工作日", f"{days:g} working days")


def _years(years: object) -> Words:
    return Words("长期", "no end") if years is None else Words(f"{years} 年", f"{years} years")


def _count(number: float, zh: str, en: str) -> Words:
    return Words(f"{number:g} {zh}", f"{number:g} {en}")


def _fee(item: Item) -> Words:
    if not item.fee.charged:
        return Words("不收费", "free of charge")
    yuan = sum(line.yuan for line in item.fee.lines)
    return Words(f"{yuan} 元", f"{yuan} yuan")


def _about(name: Words, change: Words) -> Words:
    return Words(f"{name.zh}：{change.zh}", f"{name.say('en')}: {change.say('en')}")


def _words(text: Text) -> Words:
    return Words(text.zh, text.en or "")


def live_changes(name: str, old: Mapping[str, object], new: Mapping[str, object]) -> list[Words]:
    """Say what changed in a live part."""
    what = LIVE_NAMES.get(name, Words(name, name))
    if name == "calendars":
        return _calendar_changes(old, new)
    if name == "translations" and not _retranslated(old, new):
        return []
    if name == "parameters":
        return [
            Words(f"参数“{key}”有调整", f"parameter “{key}” changed")
            for key in sorted({*old, *new})
            if old.get(key) != new.get(key)
        ]
    return [Words(f"{what.zh}已更新", f"{what.say('en')} updated")]


LIVE_NAMES: Mapping[str, Words] = {
    "answers": Words("知识库", "knowledge base"),
    "calendars": Words("放假安排", "calendar"),
    "opinions": Words("常用意见", "ready phrases"),
    "parameters": Words("参数", "parameters"),
    "city": Words("城市设置", "city settings"),
    "departments": Words("部门信息", "departments"),
    "halls": Words("办事大厅", "halls"),
    "clocks": Words("期限说明", "texts of the clocks"),
    "credit": Words("信用规则", "rules of credit"),
    "hotline": Words("热线规则", "rules of the hotline"),
    "trades": Words("一业一证的行业", "trades of comprehensive licences"),
    "translations": Words("译文", "translations"),
}


def _calendar_changes(old: Mapping[str, object], new: Mapping[str, object]) -> list[Words]:
    found: list[Words] = []
    for year in sorted(_years_of(new)):
        if year not in _years_of(old):
            found.append(Words(f"公布 {year} 年放假安排", f"calendar of {year} published"))
        elif _days_of(old, year) != _days_of(new, year):
            found.append(Words(f"调整 {year} 年放假安排", f"calendar of {year} changed"))
    return found or [Words("办公时间有调整", "office hours changed")]


def _retranslated(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    """Whether a sentence that stood before is translated otherwise now."""
    return any(old[chinese] != new[chinese] for chinese in old.keys() & new.keys())


def _years_of(calendars: Mapping[str, object]) -> set[str]:
    national = calendars.get("national")
    return set(national) if isinstance(national, Mapping) else set()


def _days_of(calendars: Mapping[str, object], year: str) -> list[object]:
    layers = [calendars.get("national"), *_values(calendars.get("regional"))]
    return [layer.get(year) for layer in layers if isinstance(layer, Mapping)]


def _values(layers: object) -> list[object]:
    return [layers[key] for key in sorted(layers)] if isinstance(layers, Mapping) else []
