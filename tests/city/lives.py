"""One application in the demo city, and the officers who work on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.city import applying
from tests.city.wishes import wish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.city.applying import Wish
    from tests.city.house import House
    from tongban.engine.models import Proceeding
    from tongban.kernel.actors import Actor

CITY_REGION = "650100"


@dataclass(frozen=True)
class Life:
    """An application and who may do what with it; every row is read anew."""

    house: House
    wish: Wish
    package_id: int
    number: str

    @property
    def package(self) -> Proceeding:
        from tongban.engine.models import Proceeding

        return Proceeding.objects.get(id=self.package_id)

    @property
    def applicant(self) -> Actor:
        return self.house.actor(self.wish.login)

    def case(self, item: str) -> Proceeding:
        from tongban.engine.models import Proceeding

        return Proceeding.objects.get(parent_id=self.package_id, facts__item=item)

    def states(self) -> dict[str, str]:
        """The state of every item."""
        from tongban.engine.models import Proceeding

        rows = Proceeding.objects.filter(parent_id=self.package_id).order_by("id")
        return {row.facts["item"]: row.state for row in rows}

    def officer(self, queue: str, item: str = "") -> Actor:
        """Whoever holds the open step of that queue, or the first of its officers."""
        from tongban.engine.models import Proceeding, Step
        from tongban.people.models import Account
        from tongban.people.queries import officers_for

        cases = Proceeding.objects.filter(parent_id=self.package_id, facts__item=item)
        steps = Step.objects.filter(proceeding__in=cases, queue=queue, state="open")
        held = steps.exclude(assignee_id=None).values_list("assignee_id", flat=True).first()
        account = held or officers_for(queue, CITY_REGION)[0].account_id
        return self.house.actor(Account.objects.get(pk=account).login)

    def officer_of(self, item: str, role: str) -> Actor:
        """The officer of the item's own department."""
        return self.officer(f"{self.case(item).department}.{role}", item)

    @property
    def window(self) -> Actor:
        return self.officer(f"{self.package.department}.window")

    # What tests need again and again

    def accept(self) -> None:
        from tongban.packages.actions import accept_application

        accept_application(package_id=self.package_id, by=self.window, now=self.house.now)
        self.house.rest()

    def require(self, item: str, target: str, **more: Any) -> None:
        from tongban.cases.actions import Missing, raise_requirement

        raise_requirement(
            case_id=self.case(item).id,
            missing=Missing(target, "看不清", "重新提供", **more),
            by=self.officer_of(item, "reviewer"),
            now=self.house.now,
        )

    def pass_step(self, item: str, step: str, role: str) -> None:
        from tongban.cases.actions import pass_step

        by = self.officer_of(item, role)
        pass_step(
            case_id=self.case(item).id, step_code=step, opinion="符合要求",
            companions=self.companions(item, by), by=by, now=self.house.now,
        )  # fmt: skip
        self.house.rest()

    def companions(self, item: str, by: Actor) -> list[int]:
        """A colleague for the steps that take two officers: a checker, or else a reviewer."""
        from tongban.engine.rules import excluded_from
        from tongban.people.queries import officers_for

        case = self.case(item)
        found = [
            one.account_id
            for role in ("checker", "reviewer")
            for one in officers_for(f"{case.department}.{role}", CITY_REGION)
        ]
        away = {by.id, *excluded_from(case.facts)}
        return [one for one in found if one not in away][:1]

    def review(self, item: str) -> None:
        """Pass every step before the decision."""
        while step := self._open(item).exclude(code="decide").first():
            self.pass_step(item, step.code, step.queue.rpartition(".")[2])

    def _open(self, item: str) -> Any:
        from tongban.engine.models import Step

        return Step.objects.filter(proceeding=self.case(item), state="open").order_by("id")

    def decide(self, item: str, result: str = "grant", reasons: str = "") -> None:
        from tongban.cases.actions import decide_case
        from tongban.cases.states import Result

        decide_case(
            case_id=self.case(item).id, result=Result(result), reasons=reasons,
            by=self.officer_of(item, "decider"), now=self.house.now,
        )  # fmt: skip
        self.house.rest()

    def grant(self, items: Iterable[str]) -> None:
        for item in items:
            self.review(item)
            self.decide(item)


def applied(house: House, name: str, *, key: str = "once", wants_human: bool = False) -> Life:
    """Submit one of the journeys' applications; the city comes to rest."""
    made = wish(name)
    filed = applying.submit(house, made, key=key, wants_human=wants_human)
    house.rest()
    return Life(house, made, filed.proceeding_id, filed.number)


def child_of_reyhan(house: House) -> Life:
    """Her child and Eli's is born and has its birth certificate: a party with two guardians."""
    house.go("2026-10-12 10:30")
    life = applied(house, "newborn")
    house.go("2026-10-12 12:00")
    life.accept()
    life.grant(["birth-certificate"])
    house.rest()
    return life
