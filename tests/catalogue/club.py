"""An invented city with a tennis club: small, complete content on which rules are tried.

`club()` answers plain data in the shape of the files; tests change it and `build` it, or `write`
it into a folder.
"""

import csv
from copy import deepcopy
from pathlib import Path

from pydantic import TypeAdapter

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
from tongban.catalogue.content.forms import ElementGroup, LicenceType, Material
from tongban.catalogue.content.hotline import (
    ALIKE_NUMBERS,
    CLOCKS,
    HOT_LIKENESS,
    HOT_NUMBERS,
    LEAST_LEFT,
    Hotline,
)
from tongban.catalogue.content.items import Item
from tongban.catalogue.content.loader import Content
from tongban.catalogue.content.packages import Package
from tongban.catalogue.content.promises import Promises
from tongban.catalogue.content.requests import DemoRequest
from tongban.catalogue.content.trades import Trade
from tongban.catalogue.content.yamlfiles import write as write_yaml

CLUB_USCC = "12650100MB0U012T03"
VERBS = {
    "package": {"submit", "accept", "finish", "deliver", "withdraw", "deem_accept"},
    "case": {"open", "start", "accept", "grant", "deny", "issue"},
}


def text(zh, en=None):
    return {"zh": zh, "en": en or zh}


def limit(value, unit="workday", mark="A"):
    return {"value": value, "unit": unit, "mark": mark, "basis": "本产品的设计假设"}


def letter(code, regime, version=1):
    """A letter that a member signs."""
    return {
        "code": code,
        "version": version,
        "regime": regime,
        "name": text(f"承诺书{code}", f"letter {code}"),
        "clauses": [text("我承诺。", "I promise.")],
        "consequence": text("不守信就出局。", "Who breaks it is out."),
        "basis": "club rule",
        "mark": "A",
    }


def item(code, **changes):
    """A plain, correct item of the club; `changes` override its keys."""
    promise = changes.pop("promise", 1)
    return {
        "code": code,
        "catalog_code": "652000001000",
        "serial": "01",
        "name": text(f"事项{code}", f"item {code}"),
        "main_name": text(f"事项{code}", f"item {code}"),
        "type": "PUBLIC_SERVICE",
        "department": "club",
        "level": 3,
        "audience": ["natural"],
        "basis": [{"law": "网球章程", "article": "第一条", "text": "会员可以打球。", "mark": "V"}],
        "project_type": "PROMISED" if promise else "INSTANT",
        "handled_in": "here",
        "legal_from": "acceptance",
        "acceptance": "window",
        "limits": {"legal": None, "promise": limit(promise)},
        "conditions": [],
        "visits": {"value": 0, "mark": "A"},
        "fee": {"charged": False},
        "channels": {"online_depth": "IV", "hall": True, "post": False},
        "contacts": {
            "consult": "0991-1111111",
            "complain": "0991-2222222",
            "address": text("球场"),
            "hours": text("工作日"),
        },
        "fields": [],
        "materials": [],
        "route": [
            {"step": "review", "role": "reviewer", "name": text("审查", "review")},
            {"step": "decide", "role": "decider", "name": text("决定", "decide")},
        ],
        "result": {"licence": None, "name": None, "form": "none", "sample": False},
        "remedies": {
            "review_body": text("市政府"),
            "court": text("法院"),
            "days": limit(60, "day"),
        },
        "before": {
            "links": 4,
            "materials": [],
            "fields": 3,
            "days": limit(5),
            "visits": {"value": 1, "mark": "A"},
        },
        "faq": [{"q": text("贵吗？"), "a": text("不贵。")}],
        **changes,
    }


def place(code, seq, *, after=(), required="must", **changes):
    """An item's place in a package."""
    return {
        "item": code,
        "seq": seq,
        "depends_on": [{"item": other, "on_refusal": "cancel"} for other in after],
        "required": required,
        "mark": "A",
        **changes,
    }


def package(*places, **changes):
    """A plain, correct package."""
    return {
        "code": "P90",
        "slug": "join-club",
        "name": text("入会", "Join the club"),
        "everyday_words": ["打网球"],
        "lead_department": "club",
        "object": text("想打球的人"),
        "life_stage": text("休闲"),
        "region": "650100",
        "summary": text("一次申请，什么都有。"),
        "basis": [{"law": "网球章程", "article": "第二条", "text": "一次办完。", "mark": "V"}],
        "questions": [],
        "items": list(places),
        "limits": {
            "joint": limit(45, mark="V"),
            "correction": limit(10),
            "acceptance": limit(5, mark="V"),
            "delivery": limit(10, mark="V"),
        },
        "delivery": {"modes": ["online"], "text": text("网上送达。")},
        "governance": {"task_force": text("专班"), "plan": text("方案")},
        **changes,
    }


def element(code, kind="text", **changes):
    return {
        "code": code,
        "name": text(f"数据项{code}", f"element {code}"),
        "kind": kind,
        "source": {"from": "typed"},
        **changes,
    }


def material(code, **changes):
    return {
        "code": code,
        "name": text(f"材料{code}", f"material {code}"),
        "type": "other",
        "formats": ["pdf"],
        "accept_standard": [],
        "reusable": False,
        **changes,
    }


def question(fact, kind="boolean", **changes):
    return {
        "id": fact.replace(".", "_"),
        "text": text(f"{fact}？"),
        "type": kind,
        "fact": fact,
        "unsure": {"advice": text("问问教练。"), "ask": True},
        **changes,
    }


CARD = {
    "code": "member-card",
    "name": text("会员证", "member card"),
    "type_code": f"{CLUB_USCC}001",
    "issuer": "club",
    "holder": "natural",
    "validity": {"value": 5, "unit": "year", "mark": "A"},
    "face": [
        {"field": "number", "name": text("编号", "number"), "from": "derived"},
        {"field": "name", "name": text("姓名", "name"), "from": "person.name"},
    ],
    "template": "licence",
    "number_prefix": "HY",
    "mark": "A",
}

MEMBERSHIP = item(
    "membership",
    type="LICENSE",
    catalog_code="650100001000",
    limits={"legal": limit(20, mark="V"), "promise": limit(3)},
    conditions=[{"text": text("身体健康。"), "basis": "网球章程第三条"}],
    fields=[
        {"element": "person.name", "required": True},
        {"element": "person.age", "required": True},
    ],
    materials=[{"material": "photo", "required": True, "exempt": "NONE", "mark": "A"}],
    result={
        "licence": "member-card",
        "name": text("会员证", "member card"),
        "form": "出证",
        "sample": True,
    },
    before={
        "links": 4,
        "materials": ["photo"],
        "fields": 2,
        "days": limit(10),
        "visits": {"value": 2, "mark": "A"},
    },
)

LOCKER = item(
    "locker",
    promise=0.5,
    fields=[
        {"element": "person.name", "required": True},
        {"element": "member.number", "required": True},
        {
            "element": "locker.size",
            "required": True,
            "when": {"field": "locker.wanted", "op": "eq", "value": True},
        },
    ],
    materials=[
        {
            "material": "card-copy",
            "required": True,
            "exempt": "LICENCE",
            "licence": "member-card",
            "mark": "A",
        }
    ],
    before={
        "links": 3,
        "materials": ["photo", "card-copy"],
        "fields": 4,
        "days": limit(2),
        "visits": {"value": 1, "mark": "A"},
    },
)

COACH = item(
    "coach",
    catalog_code="652000002000",
    promise=2,
    fields=[{"element": "person.age", "required": False}],
    materials=[{"material": "photo", "required": True, "exempt": "NONE", "mark": "A"}],
    automatic={
        "when": {"field": "person.age", "op": "ge", "parameter": "adult_age"},
        "text": text("成年人自动通过。"),
    },
)


def most_of(numbers):
    """Every number of such a table at its most."""
    return {name: {"value": most, "mark": "A"} for name, (_, most) in numbers.items()}


_CLUB = {
    "city": {
        "code": "650100",
        "name": text("球城", "Tennis City"),
        "timezone": "Asia/Shanghai",
        "ribbon": text("演示"),
        "ribbon_short": text("演示"),
        "area_code": {"value": "0991", "mark": "M"},
        "languages": ["zh", "en"],
        "hours": [
            {
                "from": "01-01",
                "to": "12-31",
                "shifts": [
                    {"opens": "10:00", "closes": "14:00"},
                    {"opens": "15:30", "closes": "19:30"},
                ],
                "mark": "A",
            }
        ],
    },
    "parameters": {
        "adult_age": {
            "name": text("成年年龄", "adult age"),
            "unit": "year",
            "values": [{"from": "2020-01-01", "value": 18, "mark": "V", "basis": "民法典"}],
        }
    },
    "procedures": [
        {
            "code": "trial-match",
            "name": {"zh": "试打", "en": "Trial match"},
            "party": "third",
            "max_days": {"value": 5, "unit": "workday", "mark": "A"},
            "basis": "章程",
            "mark": "A",
            "text": {"zh": "试打的时间不计入期限。", "en": "The trial does not count."},
        },
    ],
    "clocks": [
        {
            "name": "promise",
            "on": "package",
            "length": {"limit": "promise"},
            "starts_on": ["accept", "deem_accept"],
            "stops_on": ["finish", "withdraw"],
            "basis": "章程",
            "mark": "A",
            "text": text("承诺", "promise"),
        },
        {
            "name": "legal",
            "on": "case",
            "length": {"limit": "legal"},
            "starts_on": ["accept"],
            "stops_on": ["grant", "deny"],
            "basis": "章程",
            "mark": "A",
            "text": text("法定", "legal"),
        },
        {
            "name": "promise",
            "on": "case",
            "length": {"limit": "promise"},
            "starts_on": ["accept"],
            "stops_on": ["grant", "deny"],
            "basis": "章程",
            "mark": "A",
            "text": text("承诺", "promise"),
        },
    ],
    "elements": {
        "person": {
            "group": "person",
            "name": text("本人", "Person"),
            "order": 1,
            "elements": [
                element("person.name", "name", source={"from": "person", "field": "name"}),
                element("person.age", "integer", min=0, max=150),
            ],
        },
        "member": {
            "group": "member",
            "name": text("会员", "Member"),
            "order": 2,
            "elements": [
                element(
                    "member.number",
                    source={"from": "licence", "licence": "member-card", "field": "number"},
                ),
                element(
                    "locker.size",
                    "choice",
                    options=[
                        {"code": "small", "name": text("小", "small")},
                        {"code": "large", "name": text("大", "large")},
                    ],
                ),
            ],
        },
    },
    "materials": [material("photo"), material("card-copy")],
    "licences": {"member-card": CARD},
    "items": {"membership": MEMBERSHIP, "locker": LOCKER, "coach": COACH},
    "packages": {
        "P90": package(
            place("membership", 1),
            place("locker", 2, after=["membership"]),
            place("coach", 3, required="choose", choose_question="coach_wanted"),
            questions=[question("coach.wanted"), question("locker.wanted")],
        )
    },
    "departments": [
        {
            "code": "club",
            "name": text("网球俱乐部", "Tennis Club"),
            "uscc": CLUB_USCC,
            "region": "650100",
        }
    ],
    "halls": [
        {
            "code": "hall",
            "name": text("大厅", "Hall"),
            "region": "650100",
            "department": "club",
            "address": text("球场"),
            "phone": "0991-1111111",
            "windows": [{"code": "A1", "name": text("一号窗", "Window 1"), "packages": ["P90"]}],
        }
    ],
    "staff": [
        {
            "login": "li",
            "name": text("李", "Li"),
            "posts": [
                {"department": "club", "role": role, "region": "650100"}
                for role in ("reviewer", "decider")
            ],
        }
    ],
    "citizens": {
        "persons": [
            {
                "key": "ann",
                "login": "ann",
                "name": "安",
                "name_en": "Ann",
                "id_number": "650102199001010017",
                "phone": "13900000001",
                "region": "650100",
                "address": "球场路1号",
                "licences": [
                    {
                        "type": "member-card",
                        "number": "1",
                        "issued_on": "2024-01-01",
                        "face": {"number": "1"},
                    }
                ],
            }
        ],
        "enterprises": [
            {
                "uscc": "91650100MA7TE5T198",
                "name": "球店",
                "name_en": "Ball shop",
                "kind": "company",
                "representative": "ann",
                "region": "650100",
                "phone": "0991-3333333",
            }
        ],
        "authorisations": [],
    },
    "regions": [
        {"code": "650000", "level": 2, "name_zh": "新疆", "name_en": "Xinjiang"},
        {
            "code": "650100",
            "parent": "650000",
            "level": 3,
            "name_zh": "球城",
            "name_en": "Tennis City",
        },
    ],
    "calendars": {
        ("national", 2026): [
            {"date": "2026-01-01", "kind": "off", "name": "元旦"},
            {"date": "2026-01-04", "kind": "work", "name": "元旦"},
        ]
    },
    "opinions": [
        {"code": "fine", "step": "review", "outcome": "pass", "text": text("材料齐全，同意。")},
        {
            "code": "fine-locker",
            "step": "review",
            "outcome": "pass",
            "items": ["locker"],
            "text": text("有空柜，同意。"),
        },
    ],
    "promises": {
        "deficiency": {
            "letter": "later",
            "most": {"value": 1, "mark": "A", "basis": "club rule"},
            "days": limit(5),
            "reminders": {"percent": 50, "left": [1, 0], "mark": "A"},
            "on_lapse": {"value": "withdrawn", "mark": "A", "basis": "club rule"},
            "basis": "club rule",
            "mark": "A",
        },
        "proof_letter": "true",
        "letters": [
            letter("later", "DEFICIENCY"),
            letter("true", "PROOF"),
            letter("safe", "LICENCE"),
        ],
        "credit": [],
        "objection": limit(5),
    },
    "hotline": {
        "centre": "club",
        "types": [{"code": "question", "name": text("问"), "normal": limit(1)}],
        "domains": [{"code": "club", "name": text("会务"), "unit": "club", "mark": "A"}],
        "refusals": [],
        "lines": [],
        "emergencies": [],
        "clocks": {name: {"name": text(name), "limit": limit(1)} for name in CLOCKS},
        "levels": [
            {"code": "remind", "name": text("提醒"), "by": "head", "basis": "章程", "mark": "A"}
        ],
        "triggers": [],
        "most_returns": {"value": 1, "mark": "A"},
        "most_rounds": {"value": 2, "mark": "A"},
        "certain": {"value": 0.75, "mark": "A"},
        "familiar": {"value": 0.9, "mark": "A"},
        "solved_in_part": {"value": 0.5, "mark": "A"},
        "good_to": {"value": 3, "mark": "A"},
        "special_words": {"value": 2, "mark": "A"},
        "hold_days": {"value": 30, "mark": "A"},
        "hold_most": {"value": 180, "mark": "A"},
        "least_left": most_of(LEAST_LEFT),
        "nearer": {"value": 1.4, "mark": "A"},
        "reach_km": {"value": 60, "mark": "A"},
        "replies": {
            "empty": [],
            "evasive": [],
            "sorry": [],
            "shortest": {"value": 1, "mark": "A"},
            "copied": {"value": 1, "mark": "A"},
        },
        "alike": most_of(ALIKE_NUMBERS),
        "hot": {"numbers": most_of(HOT_NUMBERS), "likeness": most_of(HOT_LIKENESS)},
    },
    "answers": {
        "club": {
            "unit": "club",
            "answers": [
                {
                    "code": "join",
                    "title": text("怎么入会"),
                    "questions": ["想打球要办什么", "入会要几天"],
                    "answer": text("承诺{promise}，材料：{bring}。", "{promise}; {bring}."),
                    "from": "2040-01-01",
                    "updated": "2040-05-01",
                    "items": ["membership"],
                    "basis": "网球章程第一条",
                    "mark": "A",
                }
            ],
        }
    },
    "glossary": [{"zh": "球", "en": "ball", "identifier": "ball", "meaning": "圆的。"}],
}


def club():
    """The club's content as plain data, to be changed freely."""
    return deepcopy(_CLUB)


def build(raw) -> Content:
    """The content that the loader would read from files with this data."""

    def many(kind, rows):
        return {code: kind.model_validate(row) for code, row in rows.items()}

    def listed(kind, rows):
        return TypeAdapter(tuple[kind, ...]).validate_python(rows)

    return Content(
        city=City.model_validate(raw["city"]),
        parameters=many(Parameter, raw["parameters"]),
        clocks=listed(ClockTemplate, raw["clocks"]),
        procedures={one.code: one for one in listed(Procedure, raw["procedures"])},
        promises=Promises.model_validate(raw["promises"]),
        hotline=Hotline.model_validate(raw["hotline"]),
        groups=tuple(many(ElementGroup, raw["elements"]).values()),
        materials={one.code: one for one in listed(Material, raw["materials"])},
        licences=many(LicenceType, raw["licences"]),
        items=many(Item, raw["items"]),
        packages=many(Package, raw["packages"]),
        trades=many(Trade, raw.get("trades", {})),
        departments={one.code: one for one in listed(Department, raw["departments"])},
        halls=listed(Hall, raw["halls"]),
        staff=listed(StaffMember, raw["staff"]),
        citizens=Citizens.model_validate(raw["citizens"]),
        regions=listed(Region, raw["regions"]),
        calendars={key: listed(CalendarDay, rows) for key, rows in raw["calendars"].items()},
        opinions=listed(Opinion, raw["opinions"]),
        glossary=listed(GlossaryEntry, raw["glossary"]),
        requests=listed(DemoRequest, tuple(raw.get("requests", ()))),
        answers=many(AnswerSheet, raw["answers"]),
    )


def write(raw, root: Path) -> Path:
    """Write the data as a content folder."""
    single = {
        "city.yaml": raw["city"],
        "parameters.yaml": raw["parameters"],
        "clocks.yaml": raw["clocks"],
        "procedures.yaml": raw["procedures"],
        "promises.yaml": raw["promises"],
        "hotline.yaml": raw["hotline"],
        "materials.yaml": raw["materials"],
        "opinions.yaml": raw["opinions"],
        "glossary.yaml": raw["glossary"],
        "places/departments.yaml": raw["departments"],
        "places/halls.yaml": raw["halls"],
        "places/staff.yaml": raw["staff"],
        "places/citizens.yaml": raw["citizens"],
    }
    for folder in ("elements", "licences", "items", "packages", "answers"):
        for old in (root / folder).glob("*.yaml"):
            old.unlink()
        single |= {f"{folder}/{code}.yaml": data for code, data in raw[folder].items()}
    for file, data in single.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(write_yaml(data), encoding="utf-8")
    columns = ["code", "parent", "level", "name_zh", "name_en", "name_ug", "mark"]
    _table(root / "places/regions.csv", columns, raw["regions"])
    if "requests" in raw:
        columns = ["text", "type", "domain", "region", "urgency", "event", "place"]
        _table(root / "places/requests.csv", columns, raw["requests"])
    for (layer, year), rows in raw["calendars"].items():
        folder = layer if layer == "national" else f"regional/{layer}"
        columns = ["date", "kind", "name", "mark"]
        _table(root / f"calendars/{folder}/{year}.csv", columns, rows)
    return root


def _table(path: Path, columns, rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
