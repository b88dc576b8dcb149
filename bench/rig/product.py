"""One life through the product's own functions: submit, four decisions, the join."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import connection as django_connection

from bench.rig.city import MORNING, connect
from tongban.cases.actions import decide_case
from tongban.cases.states import Result
from tongban.catalogue.queries import package_in_force
from tongban.kernel.actors import Actor
from tongban.packages.actions import Submission, submit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

REGION = "650102"
PACKAGE = "P90"
ITEMS = ("bench-street", "bench-fire", "bench-shelf", "bench-drain")
ANSWERS = {
    "applicant.role": "principal",
    "applicant.name": "阿里木·买买提",
    "applicant.id_number": "650102199001010017",
    "applicant.phone": "13900000001",
    "enterprise.uscc": "91650102MA0000001X",
    "enterprise.name": "乌鲁木齐市天山区天山饭馆",
    "site.name": "天山饭馆",
    "site.region": "650102",
    "site.address": "天山区解放北路1号",
    "site.area": 60,
}
SOURCES = {code: {"from": "typed"} for code in ANSWERS}
MATERIALS = (
    {"material": "application-form", "exempt": "GENERATE"},
    {"material": "business-licence-copy", "exempt": "LICENCE"},
)
FACTS = {"site.area": {"value": 60, "source": "typed", "as_of": "2026-09-14"}}
PROMISE = {"promised_days": 5}


def citizen(party_id: int) -> Actor:
    """A natural person who applies for himself."""
    return Actor(
        kind="citizen",
        id=party_id,
        name="基准",
        party_id=party_id,
        acts_for=frozenset({party_id}),
    )


def deciders() -> dict[str, Actor]:
    """An officer with the decision for each item of the package, by item."""
    version = package_in_force(PACKAGE, MORNING.date())
    return {
        code: Actor(
            kind="staff",
            id=number,
            name="基准",
            queues=frozenset({f"{version.compiled.item(code).department}.decider"}),
            regions=("6501",),
            departments=frozenset({version.compiled.item(code).department}),
            roles=frozenset({"decider"}),
        )
        for number, code in enumerate(ITEMS, 1)
    }


class Product:
    """Lives through `packages.actions.submit` and `cases.actions.decide_case`."""

    name = "product"

    def __init__(self, client: int, database: str) -> None:
        self.version_id = package_in_force(PACKAGE, MORNING.date()).version_id
        self.deciders = deciders()
        self.party_id = client + 1
        self.aside = connect(database)

    @property
    def connection(self) -> psycopg.Connection:
        """The session that the product's functions use."""
        django_connection.ensure_connection()
        found: psycopg.Connection = django_connection.connection
        return found

    def close(self) -> None:
        self.aside.close()
        django_connection.close()

    def ready(self, _lives: int) -> None:
        """There is nothing to prepare."""

    def submission(self) -> Submission:
        return Submission(
            version_id=self.version_id,
            chosen=ITEMS,
            party_id=self.party_id,
            region=REGION,
            key=str(uuid4()),
            answers=ANSWERS,
            sources=SOURCES,
            materials=MATERIALS,
            facts=FACTS,
            promise=PROMISE,
        )

    def live(self) -> Iterator[str]:
        """One life; the name of each action when it is done, "" for what does not count."""
        filed = submit(submission=self.submission(), by=citizen(self.party_id), now=MORNING)
        yield "submit"
        # Officers have the ids from their inbox; a session that no meter reads stands for it.
        found = self.aside.execute(
            "select id from engine_proceeding where parent_id = %s order by id",
            [filed.proceeding_id],
            prepare=True,
        ).fetchall()
        yield ""
        later = MORNING + timedelta(hours=1)
        for (case_id,), code in zip(found, ITEMS, strict=True):
            decide_case(
                case_id=case_id,
                result=Result.GRANT,
                reasons="",
                by=self.deciders[code],
                now=later,
            )
            yield "decide"
