"""`tongban bench guide`: the personal guide and the form, from the compiled content.

"computed" is what the process does with a package that it has compiled: which items, fields and
materials apply to a typical situation, and the form with every answer checked. "page" is the whole
request for a citizen who has signed in, through every middleware and template. Prints one JSON
object a line.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from bench.rig import city, people
from bench.rig.report import say
from bench.rig.site import Site, furnish, listening, sign_in, timed
from tongban.catalogue.queries import package_in_force
from tongban.catalogue.rules import guide
from tongban.forms.rules import prefill, read_answers
from tongban.kernel.conditions import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.rig.site import Timed
    from tongban.catalogue.queries import PublishedPackage

PACKAGES = ("P01", "P02")
AIM = 5.0
NAME = "bench_guide"


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench guide")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--rounds", type=int, help="rounds of each (default 5)")
    chosen = parser.parse_args(argv)
    rounds = chosen.rounds or (1 if chosen.quick else 5)
    try:
        measure(city.fresh(NAME), rounds=rounds, times=20 if chosen.quick else 50)
    finally:
        city.leave()
        city.drop(NAME)
    return 0


@dataclass(frozen=True, slots=True)
class Way:
    """Something to be timed; `aim` in milliseconds, None where none is set."""

    case: str
    run: Callable[[], object]
    aim: float | None


def measure(database: str, *, rounds: int, times: int) -> None:
    """Print a line for each package and way."""
    city.point(database, pool=1)
    furnish()
    site = Site()
    for code in PACKAGES:
        published = package_in_force(code, city.MORNING.date())
        for way in (*_computed(published), *_pages(site, published)):
            for _ in range(6):
                way.run()
            with listening() as asked:
                way.run()
            best = min((timed([way.run] * times) for _ in range(rounds)), key=lambda one: one.p95)
            say(_line(f"{way.case}, {code}", best, len(asked), way.aim))


def _line(case: str, best: Timed, statements: int, aim: float | None) -> dict[str, Any]:
    return {
        "bench": "guide",
        "case": case,
        "clients": 1,
        "rows": 0,
        "statements": statements,
        "wal_bytes": 0,
        "cpu_ms": best.cpu,
        "wall_ms": best.p50,
        "floor_cpu_ms": None,
        "ratio": None,
        "p50_ms": best.p50,
        "p95_ms": best.p95,
        "p95_cpu_ms": best.p95_cpu,
        "longest_ms": best.longest,
        "aim_ms": aim,
        "load": round(os.getloadavg()[0], 2),
    }


def _typical(published: PublishedPackage) -> dict[str, Fact]:
    on = city.MORNING.date()
    told = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in published.compiled.typical
    }
    return {name: Fact(value, "您的回答", on) for name, value in told.items()}


def _computed(published: PublishedPackage) -> Iterator[Way]:
    facts = _typical(published)
    yield Way("guide, computed", partial(_guide, published, facts), AIM)
    yield Way("form, computed", partial(_form, published, facts), AIM)


def _guide(published: PublishedPackage, facts: dict[str, Fact]) -> object:
    return guide(published.compiled, facts, city.MORNING.date())


def _form(published: PublishedPackage, facts: dict[str, Fact]) -> object:
    """The fields that apply, filled in as far as anything is known, and every answer checked."""
    compiled, on = published.compiled, city.MORNING.date()
    filled = prefill(compiled.fields, facts, on=on, answered=facts, remembered={})
    reading = read_answers(
        compiled.fields,
        {},
        facts,
        on,
        prefilled=filled,
        items=guide(compiled, facts, on).chosen,
        parameters=compiled.parameters_by_name,
    )
    return guide(compiled, reading.facts, on)


def _pages(site: Site, published: PublishedPackage) -> Iterator[Way]:
    compiled, account = published.compiled, people.account(people.citizen_login(0))
    facts = _typical(published)
    session = sign_in(account)
    answers = {q.id: facts[q.fact].value for q in compiled.questions if q.fact in facts}
    kept = SessionStore(session)
    kept[f"situation:{compiled.slug}"] = {
        "answers": answers, "unsure": [], "party": account.party_id, "draft": ""
    }  # fmt: skip
    kept.save()
    place = f"/packages/{compiled.slug}"
    draft = _draft(published, account.pk, int(account.party_id or 0), facts)
    for case, path in (
        ("package, page", f"{place}/"),
        ("questions, page", f"{place}/ask/"),
        ("guide, page", f"{place}/guide/"),
        ("form, page", f"/apply/{draft}/form/"),
    ):
        if site.get(path, session).status != 200:
            raise RuntimeError(f"{path} shows something else")
        yield Way(case, partial(site.get, path, session), None)


def _draft(
    published: PublishedPackage, account_id: int, party_id: int, facts: dict[str, Fact]
) -> str:
    draft = str(uuid4())
    told = {
        name: {"value": one.value, "source": one.source, "as_of": str(one.as_of)}
        for name, one in facts.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forms_draft (id, party_id, account_id, package, version_id, answers,"
            " touched, disputed, facts, unsure, revision, created_at, updated_at, counter, region)"
            " VALUES (%s, %s, %s, %s, %s, '{}', '{}', '{}', %s::jsonb, '{}', 0, now(), now(),"
            " '', '')",
            [
                draft,
                party_id,
                account_id,
                published.code,
                published.version_id,
                orjson.dumps(told).decode(),
            ],
        )
    return draft
