"""Reads of the exchange: how the links stand, what waits, what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from tongban.cases.queries import files_of
from tongban.exchange import rules
from tongban.exchange.gateways import system_codes
from tongban.exchange.models import (
    Arrival,
    Backfill,
    Link,
    Reconciliation,
    Reject,
    Report,
    Sending,
)
from tongban.exchange.states import (
    OPEN_SENDINGS,
    ArrivalState,
    BackfillState,
    ReportState,
    SendingState,
)

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.engine.models import Proceeding
    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatus:
    """How the exchange with one system stands."""

    code: str
    is_down: bool
    down_since: datetime | None
    reason: str
    out: dict[str, int]
    inbound: dict[str, int]
    copies: int
    rejects: int
    backfills: dict[str, int]
    last: Reconciliation | None

    @property
    def needs_somebody(self) -> bool:
        """Whether an operator has to look."""
        alarms = self.backfills.get(BackfillState.ALARM, 0)
        return bool(self.is_down or alarms or self.out.get(SendingState.GIVEN_UP, 0))


def status_of(code: str) -> SystemStatus:
    """How the exchange with that system stands."""
    link = Link.objects.filter(code=code).first()
    heard = Arrival.objects.filter(system=code)
    extra = sum(
        copies - 1 for copies in heard.filter(copies__gt=1).values_list("copies", flat=True)
    )
    return SystemStatus(
        code=code,
        is_down=bool(link and link.is_down),
        down_since=link.since if link else None,
        reason=link.reason if link else "",
        out=_counts(Sending.objects.filter(system=code)),
        inbound=_counts(heard),
        copies=extra,
        rejects=Reject.objects.filter(system=code).count(),
        backfills=_counts(Backfill.objects.filter(system=code)),
        last=Reconciliation.objects.filter(system=code).order_by("-day").first(),
    )


def statuses() -> list[SystemStatus]:
    """How the exchange with every system stands that the settings name."""
    return [status_of(code) for code in system_codes()]


def _counts(rows: Any) -> dict[str, int]:
    return dict(rows.values_list("state").annotate(n=Count("pk")).order_by("state"))


def is_down(code: str) -> bool:
    """Whether the link to that system is marked down."""
    return Link.objects.filter(code=code, is_down=True).exists()


def backfill_of(case_id: int) -> Backfill | None:
    """What a clerk entered for a case while the link was down."""
    return Backfill.objects.filter(proceeding_id=case_id).first()


def may_backfill(actor: Actor, case: Proceeding) -> bool:
    """Whether this officer may enter now by hand what his department decided in its system."""
    if actor.kind != "staff" or case.kind != "case" or case.state != "accepted":
        return False
    system = case.facts.get("system", "")
    return bool(system) and rules.is_of(actor, case) and is_down(system)


def files_of_case(case_id: int) -> dict[int, str]:
    """The files that the case holds now, each with its kind of material."""
    file = files_of([case_id]).get(case_id)
    return {
        int(number): given["material"]
        for given in (file.materials if file else ())
        for number in given.get("files", ())
    }


def waiting_cases(code: str) -> list[str]:
    """The numbers of cases with messages that wait for an earlier one or for acceptance."""
    found = Arrival.objects.filter(system=code, state=ArrivalState.WAITING)
    return sorted(set(found.values_list("proceeding__number", flat=True)))


def sendings_due(wall: datetime, limit: int) -> list[int]:
    """Messages whose next attempt has come; ``wall`` is the machine's time."""
    return list(
        Sending.objects.filter(state__in=OPEN_SENDINGS, retry_at__lte=wall)
        .order_by("retry_at", "id")
        .values_list("id", flat=True)[:limit]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A report that the regional platform refused, or that nobody took."""

    id: int
    kind: str
    number: str
    code: str
    sentence: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStatus:
    """How reporting to the region stands: how many are in which state, and the reject list."""

    counts: dict[str, int]
    rejects: tuple[ReportLine, ...]


def report_status(limit: int = 50) -> ReportStatus:
    """How reporting to the region stands, the newest rejects first."""
    listed = Report.objects.filter(state__in=[ReportState.REJECTED, ReportState.GIVEN_UP])
    rows = listed.select_related("proceeding").order_by("-id")[:limit]
    return ReportStatus(
        counts=_counts(Report.objects.all()),
        rejects=tuple(
            ReportLine(
                id=row.pk,
                kind=row.kind,
                number=row.proceeding.number if row.proceeding else row.subject,
                code=row.reject_code,
                sentence=row.reject_sentence or row.last_error,
                sent_at=row.sent_at,
            )
            for row in rows
        ),
    )


def rejects_of(code: str, limit: int = 50) -> list[Reject]:
    """The reject list of a system, the newest first."""
    return list(Reject.objects.filter(system=code).order_by("-id")[:limit])
