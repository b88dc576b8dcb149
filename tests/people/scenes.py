"""A few people and places for tests: the city of invented codes that no content uses."""

from __future__ import annotations

from datetime import UTC, datetime

from tongban.kernel.actors import SYSTEM
from tongban.people import actions
from tongban.people.actions import (
    Credentials,
    DepartmentRow,
    NewCitizen,
    PostRow,
    RegionRow,
    StaffRow,
)

NOW = datetime(2026, 9, 21, 2, 0, tzinfo=UTC)
WALL = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PASSWORD = "tian-shan-2026"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NUMBERS = (
    "650102199001010017",
    "650103198512310021",
    "650104202402290037",
    "650121195610010048",
)
USCCS = ("11650100MB00TE5T6B", "11330105002500287C")

REGIONS = (
    RegionRow("659900", None, 3, {"zh": "试验市", "en": "Trial City"}),
    RegionRow("659901", "659900", 4, {"zh": "东区", "en": "East"}),
    RegionRow("659902", "659900", 4, {"zh": "西区", "en": "West"}),
    RegionRow("659901001", "659901", 5, {"zh": "东街", "en": "East Street"}),
)
DEPARTMENTS = (
    DepartmentRow("tennis", {"zh": "网球局", "en": "Tennis"}, USCCS[0], "659900"),
    DepartmentRow("chess", {"zh": "棋局", "en": "Chess"}, USCCS[1], "659900", parent="tennis"),
)


def places():
    return actions.import_places(regions=REGIONS, departments=DEPARTMENTS, by=SYSTEM, now=NOW)


def staff(*rows: StaffRow):
    places()
    return actions.import_staff(staff=rows, by=SYSTEM, now=NOW)


def officer(login: str, *posts: PostRow, totp_secret: str | None = None) -> StaffRow:
    return StaffRow(
        login, f"官员{login}", posts or (POST,), password=PASSWORD, totp_secret=totp_secret
    )


POST = PostRow("tennis", "reviewer", "659900", ("zh",))


def registered(name: str, number: str):
    actions.import_register(people=[(number, name)], by=SYSTEM, now=NOW)


def citizen(login="aliya", name="阿丽娅·买买提", number=NUMBERS[1], phone="13800138000"):
    """A registered citizen with an account."""
    registered(name, number)
    person = NewCitizen(login, PASSWORD, name, number, phone)
    return actions.register_citizen(person=person, address="10.0.0.9", now=NOW, wall=WALL)


def sign_in(login, password=PASSWORD, totp="", *, address="10.0.0.1", wall=WALL):
    return actions.authenticate(
        credentials=Credentials(login, password, totp), address=address, now=NOW, wall=wall
    )
