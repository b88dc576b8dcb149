"""A few organs, holders and licence types; nothing that the city's content depends on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tongban.catalogue.content import LicenceType
from tongban.kernel.actors import SYSTEM, Actor
from tongban.licences.actions import issue_licence, produce_licence
from tongban.people import actions as people
from tongban.people.actions import DepartmentRow, RegionRow
from tongban.people.models import Party
from tongban.people.queries import code_key
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from tongban.licences.models import Licence

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
TODAY = date(2026, 1, 5)
ORGAN_USCC = "11650100MB0U001T1C"
DECIDER = Actor(
    kind="staff", id=5, name="决定人", departments=frozenset({"trade"}),
    roles=frozenset({"decider"}), queues=frozenset({"trade.decider"}),
)  # fmt: skip
OTHER_DECIDER = Actor(
    kind="staff", id=6, name="外局决定人", departments=frozenset({"fire"}),
    roles=frozenset({"decider"}), queues=frozenset({"fire.decider"}),
)  # fmt: skip
CLERK = Actor(
    kind="staff", id=7, name="窗口", departments=frozenset({"trade"}),
    roles=frozenset({"window"}), queues=frozenset({"trade.window"}),
)  # fmt: skip

LICENCE = LicenceType.model_validate(
    {
        "code": "tea-house-licence",
        "name": {"zh": "茶馆经营许可证", "en": "Tea house licence"},
        "type_code": f"{ORGAN_USCC}901",
        "issuer": "trade",
        "holder": "either",
        "validity": {"value": 5, "unit": "year", "mark": "A"},
        "face": [
            {"field": "number", "name": {"zh": "编号", "en": "Number"}, "from": "derived",
             "rule": "licence_number"},
            {"field": "holder_name", "name": {"zh": "经营者名称", "en": "Holder"},
             "from": "derived", "rule": "holder_name"},
            {"field": "address", "name": {"zh": "经营场所", "en": "Address"},
             "from": "site.address"},
            {"field": "district", "name": {"zh": "所在区", "en": "District"},
             "from": "site.district"},
            {"field": "projects", "name": {"zh": "经营项目", "en": "Projects"},
             "from": "tea.projects"},
            {"field": "opens_on", "name": {"zh": "开业日期", "en": "Opens on"},
             "from": "tea.opens_on"},
            {"field": "issuer", "name": {"zh": "发证机关", "en": "Issuer"}, "from": "derived",
             "rule": "issuer_name"},
            {"field": "valid_until", "name": {"zh": "有效期至", "en": "Until"},
             "from": "derived", "rule": "valid_until"},
        ],
        "template": "licence",
        "number_prefix": "CG",
        "mark": "A",
    }
)  # fmt: skip
FACE = {
    "address": "新疆维吾尔自治区乌鲁木齐市天山区解放南路123号",
    "district": "650102",
    "projects": ["热茶", "茶点"],
    "opens_on": date(2026, 2, 1),
}


@dataclass(frozen=True)
class City:
    """The ids of those who live here."""

    shop: int
    person: int

    @property
    def owner(self) -> Actor:
        return Actor(
            kind="citizen", id=1, name="店主", party_id=self.person,
            acts_for=frozenset({self.person, self.shop}),
        )  # fmt: skip


def city() -> City:
    people.import_places(
        regions=(
            RegionRow("659900", None, 3, {"zh": "试验市", "en": "Trial City"}),
            RegionRow("659901", "659900", 4, {"zh": "东区", "en": "East"}),
        ),
        departments=(
            DepartmentRow("trade", {"zh": "试验市商务局", "en": "Trade"}, ORGAN_USCC, "659900"),
            DepartmentRow("fire", {"zh": "试验市消防支队", "en": "Fire"}, "11650100MB0U009T2W",
                          "659900"),
        ),
        by=SYSTEM,
        now=NOW,
    )  # fmt: skip
    person = party(PartyKind.NATURAL, "阿依古丽·买买提", "650103198512310021")
    shop = party(PartyKind.LEGAL, "试验市阿依古丽茶馆", "92650102MA7TE5T192", person)
    return City(shop.pk, person.pk)


def party(kind: PartyKind, name: str, code: str, representative: Party | None = None) -> Party:
    made, _ = Party.objects.get_or_create(
        code_key=code_key(kind, code),
        defaults={
            "kind": kind.value,
            "name": name,
            "code": code,
            "representative": representative,
        },
    )
    return made


def machine(**later) -> datetime:
    return datetime.fromtimestamp(time.time(), UTC) + timedelta(**later)


def order(city: City, proceeding: int = 70, **more) -> Licence:
    words = {
        "licence_type": LICENCE, "face": FACE, "shown": {"district": "天山区"},
        "holder_id": city.shop, "case_number": f"C{proceeding}", "department": "trade",
        "region": "659901", "valid_from": TODAY, "valid_to": date(2031, 1, 4),
        "content_version_id": 3, "by": DECIDER, "now": NOW,
    }  # fmt: skip
    return issue_licence(proceeding_id=proceeding, **(words | more))


def produce(licence: Licence, **later) -> bool:
    made = produce_licence(licence_id=licence.pk, now=machine(**later))
    licence.refresh_from_db()
    return made


def identifier(licence: Licence) -> str:
    return licence.versions.get(succeeded_at=None).identifier


def issued(city: City, proceeding: int = 70, **more) -> str:
    """The identifier of a licence that is in force."""
    licence = order(city, proceeding, **more)
    assert produce(licence)
    return identifier(licence)
