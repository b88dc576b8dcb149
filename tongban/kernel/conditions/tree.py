"""The tree of a condition: reading it strictly from data, and writing it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tongban.kernel.conditions.operators import Op, plain, value_fault
from tongban.kernel.refusals import BadInput, Problem

MAX_DEPTH = 5
_NAME = re.compile(r"[a-z][a-z0-9_]*([.\-][a-z0-9_]+)*")
_LEAF_KEYS = frozenset({"field", "op", "value", "parameter", "other", "text"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One fact compared with a value, another fact, or the parameter in force on the day."""

    field: str
    op: Op
    value: object = None
    parameter: str = ""
    text: str | Mapping[str, str] = ""
    other: str = ""

    @property
    def sentence(self) -> str:
        """The text in Chinese, "" where there is none."""
        return self.text if isinstance(self.text, str) else self.text.get("zh", "")


@dataclass(frozen=True, slots=True)
class All:
    """Met when every member is."""

    members: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Met when at least one member is."""

    members: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Met when its member is not."""

    member: Condition


Condition = All | Any | Not | Leaf


@dataclass(slots=True)
class _Reader:
    problems: list[Problem] = field(default_factory=list)

    def fail(self, path: str, code: str, sentence: str) -> None:
        self.problems.append(Problem(path, code, sentence))

    def node(self, data: object, path: str, depth: int) -> Condition | None:
        if not isinstance(data, Mapping):
            self.fail(path, "condition-shape", "条件应为一个对象。")
            return None
        groups = [key for key in ("all", "any", "not") if key in data]
        if not groups:
            return self.leaf(data, path)
        key = groups[0]
        here = f"{path}.{key}" if path else key
        if len(data) > 1:
            self.fail(path, "condition-shape", f"“{key}”不能与其他键并列。")
            return None
        if depth == MAX_DEPTH:
            self.fail(here, "condition-depth", f"条件的嵌套不能超过{MAX_DEPTH}层。")
            return None
        if key == "not":
            member = self.node(data[key], here, depth + 1)
            return None if member is None else Not(member)
        return self.group(All if key == "all" else Any, data[key], here, depth + 1)

    def group(
        self, kind: type[All | Any], data: object, path: str, depth: int
    ) -> Condition | None:
        if not isinstance(data, list | tuple) or not data:
            self.fail(path, "condition-shape", "应为非空的条件列表。")
            return None
        members = [self.node(one, f"{path}[{place}]", depth) for place, one in enumerate(data)]
        found = tuple(member for member in members if member is not None)
        return kind(found) if len(found) == len(members) else None

    def leaf(self, data: Mapping[str, object], path: str) -> Leaf | None:
        before = len(self.problems)
        dot = f"{path}." if path else ""
        for key in sorted(set(map(str, data)) - _LEAF_KEYS):
            self.fail(dot + key, "condition-key", f"条件中没有“{key}”这个键。")
        name = self.name(data.get("field"), dot + "field")
        op = self.op(data.get("op"), dot + "op")
        text = self.text(data.get("text", ""), dot + "text")
        value, parameter = None if op is None else self.expected(op, data, path), ""
        if "parameter" in data:
            parameter = self.name(data["parameter"], dot + "parameter")
        other = self.name(data["other"], dot + "other") if "other" in data else ""
        if len(self.problems) > before or op is None:
            return None
        return Leaf(name, op, value, parameter, text, other)

    def name(self, data: object, path: str) -> str:
        if isinstance(data, str) and _NAME.fullmatch(data):
            return data
        self.fail(path, "condition-name", "应为小写字母开头的名称，如site.area。")
        return ""

    def op(self, data: object, path: str) -> Op | None:
        if isinstance(data, str) and data in set(Op):
            return Op(data)
        self.fail(path, "condition-op", f"没有“{data}”这种比较，可用：{'、'.join(Op)}。")
        return None

    def text(self, data: object, path: str) -> str | Mapping[str, str]:
        if isinstance(data, str):
            return data
        if isinstance(data, Mapping) and data and _all_text(data):
            return {str(language): str(text) for language, text in data.items()}
        self.fail(path, "condition-text", "说明应为一句话，或每种语言一句话。")
        return ""

    def expected(self, op: Op, data: Mapping[str, object], path: str) -> object:
        dot = f"{path}." if path else ""
        instead = [key for key in ("parameter", "other") if key in data]
        if instead:
            if "value" in data or op is Op.EXISTS or len(instead) > 1:
                sentence = "value、parameter、other只能写一个，exists不写。"
                self.fail(dot + instead[0], "condition-shape", sentence)
            return None
        if "value" not in data and op is not Op.EXISTS:
            self.fail(path, "condition-shape", "缺少value、parameter或other。")
            return None
        value = plain(data.get("value", True))
        fault = value_fault(op, value)
        if fault:
            self.fail(dot + "value", "condition-value", f"“{op}”的值{fault}。")
        return value


def parse(data: object) -> Condition:
    """The condition in the data. Raises BadInput with a problem for every fault and its path."""
    reader = _Reader()
    condition = reader.node(data, "", 0)
    if condition is None or reader.problems:
        raise BadInput("条件写得不对，请按提示修改。", problems=reader.problems)
    return condition


def to_data(condition: Condition) -> dict[str, object]:
    """The data form, ready for JSON: `parse(to_data(c)) == c`."""
    match condition:
        case All(members):
            return {"all": [to_data(member) for member in members]}
        case Any(members):
            return {"any": [to_data(member) for member in members]}
        case Not(member):
            return {"not": to_data(member)}
        case Leaf():
            return _leaf_data(condition)


def leaves_of(condition: Condition) -> Iterator[tuple[str, Leaf]]:
    """Every leaf with its path, in the order of the data."""
    yield from _leaves(condition, "")


def fields_of(condition: Condition) -> tuple[str, ...]:
    """The names of the facts it may need, each once, in order."""
    named = (name for _, leaf in leaves_of(condition) for name in (leaf.field, leaf.other))
    return tuple(dict.fromkeys(name for name in named if name))


def parameters_of(condition: Condition) -> tuple[str, ...]:
    """The names of the parameters it compares with, each once, in order."""
    names = (leaf.parameter for _, leaf in leaves_of(condition) if leaf.parameter)
    return tuple(dict.fromkeys(names))


def _leaves(condition: Condition, path: str) -> Iterator[tuple[str, Leaf]]:
    dot = f"{path}." if path else ""
    match condition:
        case Leaf():
            yield path, condition
        case Not(member):
            yield from _leaves(member, f"{dot}not")
        case All(members) | Any(members):
            key = "all" if isinstance(condition, All) else "any"
            for place, member in enumerate(members):
                yield from _leaves(member, f"{dot}{key}[{place}]")


def _leaf_data(leaf: Leaf) -> dict[str, object]:
    data: dict[str, object] = {"field": leaf.field, "op": leaf.op.value}
    if leaf.parameter:
        data["parameter"] = leaf.parameter
    elif leaf.other:
        data["other"] = leaf.other
    else:
        data["value"] = _json(leaf.value)
    if leaf.text:
        data["text"] = leaf.text if isinstance(leaf.text, str) else dict(leaf.text)
    return data


def _json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_json(member) for member in value]
    return value


def _all_text(data: Mapping[object, object]) -> bool:
    return all(isinstance(part, str) for pair in data.items() for part in pair)
