"""Reads a content folder through the schemas, and knows the line of everything it read."""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from tongban.catalogue.content.answers import AnswerSheet
from tongban.catalogue.content.citizens import Citizens
from tongban.catalogue.content.city import (
    CalendarDay,
    City,
    ClockTemplate,
    Department,
    GlossaryEntry,
    Hall,
    Opinion,
    Parameter,
    Procedure,
    Region,
    StaffMember,
)
from tongban.catalogue.content.findings import Finding, sort_findings
from tongban.catalogue.content.forms import Element, ElementGroup, LicenceType, Material
from tongban.catalogue.content.hotline import Hotline
from tongban.catalogue.content.items import Item
from tongban.catalogue.content.packages import Package
from tongban.catalogue.content.promises import Promises
from tongban.catalogue.content.requests import FILE as REQUESTS
from tongban.catalogue.content.requests import DemoRequest
from tongban.catalogue.content.trades import Trade
from tongban.catalogue.content.yamlfiles import BadYaml, Document, PartPath
from tongban.catalogue.content.yamlfiles import read as read_yaml
from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.refusals import BadInput, Problem

T = TypeVar("T")

NATIONAL = "national"
FILES = (
    "city.yaml",
    "parameters.yaml",
    "clocks.yaml",
    "procedures.yaml",
    "promises.yaml",
    "hotline.yaml",
    "materials.yaml",
    "opinions.yaml",
    "glossary.yaml",
    # Rooms read these for themselves; the wiring tells which schema each has.
    "messages.yaml",
    "ratings.yaml",
    "voice.yaml",
    "upkeep.yaml",
    "relay.yaml",
    "elements/*.yaml",
    "items/*.yaml",
    "licences/*.yaml",
    "packages/*.yaml",
    "trades/*.yaml",
    "answers/*.yaml",
    "places/departments.yaml",
    "places/halls.yaml",
    "places/staff.yaml",
    "places/citizens.yaml",
    "places/map.yaml",
    "places/regions.csv",
    REQUESTS,
    "calendars/national/[0-9][0-9][0-9][0-9].csv",
    "calendars/regional/*/[0-9][0-9][0-9][0-9].csv",
)
CalendarKey = tuple[str, int]
"""A calendar's layer ("national" or a region code) and its year."""


class ContentBroken(BadInput):
    """The content folder cannot be used; `findings` says where and what to write instead."""

    code = "content-broken"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sort_findings(findings)
        super().__init__(
            f"内容文件有 {len(self.findings)} 处错误，未发布任何内容。",
            problems=[Problem(f"{f.file}:{f.line}", f.code, f.what) for f in self.findings],
            instead=("按提示修改后重新运行 tongban content check。",),
        )


@dataclass(frozen=True)
class Content:
    """Everything that one content folder says; `groups` stand in the order of the form.

    `documents` keeps the lines of each YAML file for findings; `at` makes one of them.
    """

    city: City
    parameters: Mapping[str, Parameter]
    clocks: tuple[ClockTemplate, ...]
    procedures: Mapping[str, Procedure]
    promises: Promises
    hotline: Hotline
    groups: tuple[ElementGroup, ...]
    materials: Mapping[str, Material]
    licences: Mapping[str, LicenceType]
    items: Mapping[str, Item]
    packages: Mapping[str, Package]
    trades: Mapping[str, Trade]
    departments: Mapping[str, Department]
    halls: tuple[Hall, ...]
    staff: tuple[StaffMember, ...]
    regions: tuple[Region, ...]
    citizens: Citizens
    calendars: Mapping[CalendarKey, tuple[CalendarDay, ...]]
    opinions: tuple[Opinion, ...]
    glossary: tuple[GlossaryEntry, ...]
    requests: tuple[DemoRequest, ...] = ()
    answers: Mapping[str, AnswerSheet] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict, repr=False, compare=False)

    @property
    def elements(self) -> dict[str, Element]:
        """Every data element by code, in the order of the form."""
        return {element.code: element for group in self.groups for element in group.elements}

    def line(self, file: str, *path: str | int) -> int:
        """Return the line on which a part of a file stands."""
        document = self.documents.get(file)
        if document:
            return document.line(path)
        # Line 1 of a table is its header.
        return path[0] + 2 if path and isinstance(path[0], int) else 1


@dataclass
class _Reader:
    root: Path
    findings: list[Finding] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)

    def fault(self, file: str, line: int, code: str, what: str, why: str, instead: str) -> None:
        self.findings.append(Finding(file, line, code, what, why, instead))

    def document(self, file: str) -> Document | None:
        path = self.root / file
        if not path.is_file():
            self.fault(
                file, 1, "C001", "这个文件不存在", "平台启动需要它", "新建文件，哪怕只有空列表 []"
            )
            return None
        try:
            document = read_yaml(path.read_text(encoding="utf-8"))
        except BadYaml as bad:
            self.fault(
                file,
                bad.line,
                "C002",
                f"不是可读的 YAML：{bad.what}",
                "读不出的内容无法发布",
                "按提示的行改正缩进、引号或重复的键",
            )
            return None
        except UnicodeDecodeError:
            self.fault(file, 1, "C002", "不是 UTF-8 编码", "乱码会原样显示给群众", "另存为 UTF-8")
            return None
        self.documents[file] = document
        return document

    def part(self, kind: Any, file: str) -> Any:
        """Read a whole file as one value of a schema; None where it breaks it."""
        document = self.document(file)
        if document is None:
            return None
        try:
            value = TypeAdapter(kind).validate_python(document.data)
        except ValidationError as bad:
            for error in bad.errors(include_url=False):
                self._schema_fault(file, document, error)
            return None
        return value

    def _schema_fault(self, file: str, document: Document, error: Any) -> None:
        path = tuple(error["loc"])
        known = _written(document, path)
        self.fault(
            file,
            document.line(known),
            "C003",
            f"{_dotted(path)}：{_in_words(error)}",
            "格式不对的内容不会被任何页面或程序读到",
            _advice(error),
        )

    def folder(self, name: str, kind: type[T], key: Callable[[T], str]) -> dict[str, T]:
        """Read every YAML file of a folder; the file's name must be its code."""
        found: dict[str, T] = {}
        for path in sorted((self.root / name).glob("*.yaml")):
            file = f"{name}/{path.name}"
            value: T | None = self.part(kind, file)
            if value is None:
                continue
            if key(value) != path.stem:
                self.fault(
                    file,
                    1,
                    "C004",
                    f"文件名与代码“{key(value)}”不一致",
                    "按代码找不到文件",
                    f"改名为 {key(value)}.yaml",
                )
            found[key(value)] = value
        return found

    def listed(self, file: str, kind: Any, key: Callable[[T], str]) -> dict[str, T]:
        """Read a list file into a mapping; a code stands once."""
        rows: tuple[T, ...] = self.part(kind, file) or ()
        found: dict[str, T] = {}
        for index, row in enumerate(rows):
            code = key(row)
            if code in found:
                self.fault(
                    file,
                    self.documents[file].line((index,)),
                    "C005",
                    f"代码“{code}”写了两次",
                    "后一个会悄悄盖掉前一个",
                    "删去一个，或换一个代码",
                )
            found[code] = row
        return found

    def refuse_strangers(self) -> None:
        """Name the files that no schema reads: a slip in a name would hide their content."""
        known = {path for glob in FILES for path in self.root.glob(glob)}
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and path not in known and not path.name.startswith("."):
                file = path.relative_to(self.root).as_posix()
                self.fault(
                    file,
                    1,
                    "C006",
                    "没有程序会读这个文件",
                    "写在里面的内容不会生效",
                    "检查文件名和所在文件夹，或删去",
                )

    def table(self, file: str, kind: type[BaseModel], *, numbered: bool = False) -> list[Any]:
        """Read a CSV file; line 1 is its header."""
        rows: list[Any] = []
        with (self.root / file).open(encoding="utf-8-sig", newline="") as stream:
            for raw in csv.DictReader(stream):
                given = {k: v for k, v in raw.items() if v not in ("", None)}
                try:
                    rows.append(kind.model_validate(given))
                except ValidationError as bad:
                    for error in bad.errors(include_url=False):
                        self.fault(
                            file,
                            len(rows) + 2,
                            "C003",
                            f"{_dotted(tuple(error['loc']))}：{_in_words(error)}",
                            "格式不对的行不会生效",
                            _advice(error),
                        )
        return rows


def read_content(root: Path) -> tuple[Content | None, tuple[Finding, ...]]:
    """Read a folder; the content is None where any file breaks its schema."""
    reader = _Reader(root)
    parts = _parts(reader)
    reader.refuse_strangers()
    if reader.findings:
        return None, sort_findings(reader.findings)
    return Content(**parts, documents=reader.documents), ()


def faults_of_rooms(root: Path, files: Iterable[ContentFile[Any]]) -> tuple[Finding, ...]:
    """What is wrong with the files of a folder that rooms read for themselves."""
    reader = _Reader(root)
    for file in files:
        reader.part(file.schema, file.place)
    return sort_findings(reader.findings)


def load_content(root: Path) -> Content:
    """Read a folder. Raises ContentBroken naming every fault of form with its line."""
    content, findings = read_content(root)
    if content is None:
        raise ContentBroken(findings)
    return content


def _parts(reader: _Reader) -> dict[str, Any]:
    def code(value: Any) -> str:
        return str(value.code)

    groups = reader.folder("elements", ElementGroup, lambda group: group.group)
    return {
        "city": reader.part(City, "city.yaml"),
        "parameters": reader.part(dict[str, Parameter], "parameters.yaml"),
        "clocks": reader.part(tuple[ClockTemplate, ...], "clocks.yaml"),
        "procedures": reader.listed("procedures.yaml", tuple[Procedure, ...], code),
        "promises": reader.part(Promises, "promises.yaml"),
        "hotline": reader.part(Hotline, "hotline.yaml"),
        "groups": tuple(sorted(groups.values(), key=lambda one: (one.order, one.group))),
        "materials": reader.listed("materials.yaml", tuple[Material, ...], code),
        "licences": reader.folder("licences", LicenceType, code),
        "items": reader.folder("items", Item, code),
        "packages": reader.folder("packages", Package, code),
        "trades": reader.folder("trades", Trade, code),
        "departments": reader.listed("places/departments.yaml", tuple[Department, ...], code),
        "halls": reader.part(tuple[Hall, ...], "places/halls.yaml"),
        "staff": reader.part(tuple[StaffMember, ...], "places/staff.yaml"),
        "regions": tuple(reader.table("places/regions.csv", Region)),
        "citizens": reader.part(Citizens, "places/citizens.yaml"),
        "calendars": _calendars(reader),
        "opinions": reader.part(tuple[Opinion, ...], "opinions.yaml"),
        "glossary": reader.part(tuple[GlossaryEntry, ...], "glossary.yaml"),
        "requests": _requests(reader),
        "answers": reader.folder("answers", AnswerSheet, lambda sheet: sheet.unit),
    }


def _requests(reader: _Reader) -> tuple[DemoRequest, ...]:
    """The labelled requests of a demo city; a city without them has none."""
    is_there = (reader.root / REQUESTS).is_file()
    return tuple(reader.table(REQUESTS, DemoRequest)) if is_there else ()


def _calendars(reader: _Reader) -> dict[CalendarKey, tuple[CalendarDay, ...]]:
    found: dict[CalendarKey, tuple[CalendarDay, ...]] = {}
    folder = reader.root / "calendars"
    layers = [(NATIONAL, folder / NATIONAL)]
    layers += [(path.name, path) for path in sorted((folder / "regional").glob("*"))]
    for layer, place in layers:
        for path in sorted(place.glob("*.csv")):
            file = path.relative_to(reader.root).as_posix()
            found[layer, int(path.stem)] = tuple(reader.table(file, CalendarDay))
    return found


def _written(document: Document, path: PartPath) -> PartPath:
    """Drop the names of union branches, which stand in no file, from a schema's path."""
    known: PartPath = ()
    for step in path:
        if (*known, step) in document.lines:
            known = (*known, step)
    return known


def _dotted(path: PartPath) -> str:
    words = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(words).lstrip(".") or "整个文件"


_WORDS: Mapping[str, str] = {
    "missing": "缺少必填项",
    "extra_forbidden": "没有这个项，可能写错了名字",
    "string_type": "应为文字（纯数字的代码要加引号）",
    "string_pattern_mismatch": "写法不符合规定的格式",
    "string_too_short": "不能为空",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "float_type": "应为数字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "enum": "不是允许的取值",
    "literal_error": "不是允许的取值",
    "tuple_type": "应为列表（每项一行，以“- ”开头）",
    "dict_type": "应为键值对",
    "model_type": "应为键值对",
    "date_from_datetime_parsing": "应为日期，如 2026-01-01",
}

_ADVICE: Mapping[str, str] = {
    "missing": "补上这一项",
    "extra_forbidden": "对照 docs/rooms/catalogue.md 改正名字，或删去",
    "string_pattern_mismatch": "格式应匹配 {pattern}",
    "enum": "可以写：{expected}",
    "literal_error": "可以写：{expected}",
    "greater_than_equal": "写不小于 {ge} 的数",
    "less_than_equal": "写不大于 {le} 的数",
}


def _in_words(error: Any) -> str:
    return _WORDS.get(error["type"], str(error["msg"]))


def _advice(error: Any) -> str:
    pattern = _ADVICE.get(error["type"], "按 docs/rooms/catalogue.md 中的格式改写")
    return pattern.format(**{"pattern": "", "expected": "", **error.get("ctx", {})})
