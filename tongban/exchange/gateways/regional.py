"""The border to the regional platform: its field names, its codes, its receipts and rejects.

The names are those of the national exchange [V2]; nothing behind this file knows them.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from tongban.exchange.gateways.envelopes import SystemUnreachable
from tongban.exchange.gateways.files import put
from tongban.kernel.hashes import canonical_json
from tongban.kernel.signatures import HEADER, signature_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from tongban.exchange.gateways.envelopes import Envelope

CODE = "regional"
_OPERATION = "I"
_UNITS = {"workday": "1", "day": "2", "hour": "3"}
_PROJECT_TYPES = {"INSTANT": "1", "PROMISED": "2"}
_PARTIES = {"natural": "1", "legal": "2"}


class ReportRefused(Exception):  # noqa: N818 -- says what the platform did
    """The platform read a report and will not have it: the code and sentence of its list."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code} {sentence}")
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedItem:
    """The item that a report is about, as the catalogue names it."""

    name: str
    task_code: str
    catalog_code: str
    project_type: str
    promise: tuple[float, str]
    legal: tuple[float, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What one entry of the journal says to the region, in the house's own words.

    ``holder`` is (kind, name, code); of a natural person neither name nor number goes out.
    """

    number: str
    whole: str
    region: str
    department: tuple[str, str]
    holder: tuple[str, str, str]
    verb: str
    at: datetime
    item: ReportedItem | None = None
    told: Mapping[str, Any]


# What a verb of a case or an application means to other systems (domain-03 §3.1).
STATE_CODES: Mapping[str, str] = {
    "open": "1", "open_accepted": "3", "start": "1", "start_accepted": "3",
    "accept": "3", "deem_accept": "3", "take_in_elsewhere": "8",
    "not_require": "4", "refuse_acceptance": "5",
    "ask_correction": "6", "supply": "7",
    "start_special": "9", "end_special": "10",
    "grant_at_once": "11", "auto_grant_at_once": "11", "issue": "11",
    "deny": "13", "withdraw": "14", "cancel": "2", "terminate": "2",
}  # fmt: skip
RESULTS: Mapping[str, str] = {
    "not_require": "NOT_REQUIRED", "refuse_acceptance": "REFUSED_ACCEPT",
    "grant_at_once": "PASS", "auto_grant_at_once": "PASS", "issue": "PASS",
    "deny": "FAIL", "withdraw": "WITHDRAWN", "cancel": "FAIL", "terminate": "TERMINATED",
}  # fmt: skip


def process_fields(one: Reported) -> dict[str, Any]:
    """One turn of a case (办件过程)."""
    return {
        **_common(one),
        "state_code": STATE_CODES[one.verb],
        "state_time": one.at.isoformat(),
        "is_deemed": "1" if one.verb == "deem_accept" else "0",
        "effective_time": one.told.get("effective_at") or one.at.isoformat(),
    }


def result_fields(one: Reported) -> dict[str, Any]:
    """How a case ended (办件结果)."""
    return {
        **_common(one),
        "state_code": STATE_CODES[one.verb],
        "close_type": RESULTS[one.verb],
        "close_time": one.at.isoformat(),
        "result_guid": one.told.get("licence", ""),
    }


def _city(region: str) -> str:
    """The city that reports: one member, whichever of its districts a case lies in."""
    return f"{region[:4]}00"


def _common(one: Reported) -> dict[str, Any]:
    kind, name, code = one.holder
    fields: dict[str, Any] = {
        "cd_operation": _OPERATION,
        "data_source": _city(one.region),
        "project_code": one.number,
        "group_code": one.whole,
        "region_code": one.region,
        "dept_name": one.department[0],
        "dept_code": one.department[1],
        "server_type": _PARTIES[kind],
        "apply_name": name if kind == "legal" else "",
        "apply_code": code if kind == "legal" else "",
    }
    if one.item is not None:
        fields |= _item(one.item)
    return fields


def _item(item: ReportedItem) -> dict[str, Any]:
    fields = {
        "task_name": item.name,
        "task_code": item.task_code,
        "catalog_code": item.catalog_code,
        "project_type": _PROJECT_TYPES.get(item.project_type, "9"),
        "promise_day": item.promise[0],
        "promise_type": _UNITS.get(item.promise[1], "9"),
    }
    if item.legal is not None:
        fields |= {
            "anticipate_day": item.legal[0],
            "anticipate_type": _UNITS.get(item.legal[1], "9"),
        }
    return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLicence:
    """A licence as it stands, in the house's own words; ``holder`` as in `Reported`."""

    identifier: str
    type_code: str
    name: str
    number: str
    state: str
    issuer: tuple[str, str]
    holder: tuple[str, str, str]
    region: str
    case_number: str
    issued_on: str
    valid_from: str
    valid_to: str
    at: datetime


def licence_fields(one: ReportedLicence) -> dict[str, Any]:
    """A licence that came to be or whose state changed (证照)."""
    kind, name, code = one.holder
    return {
        "cd_operation": _OPERATION,
        "data_source": _city(one.region),
        "license_code": one.identifier,
        "license_type": one.type_code,
        "license_name": one.name,
        "license_number": one.number,
        "license_status": one.state,
        "issue_dept_name": one.issuer[0],
        "issue_dept_code": one.issuer[1],
        "holder_type": _PARTIES[kind],
        "holder_name": name if kind == "legal" else "",
        "holder_code": code if kind == "legal" else "",
        "project_code": one.case_number,
        "issue_date": one.issued_on,
        "valid_begin_date": one.valid_from,
        "valid_end_date": one.valid_to,
        "cd_time": one.at.isoformat(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedReview:
    """What somebody said of a service, in the house's own words; it names nobody.

    ``channel`` is the code of the national table, ``level`` 1 (very satisfied) to 5.
    """

    number: str
    of: str
    object: str
    item: str
    department: tuple[str, str]
    region: str
    channel: str
    level: int
    turn: int
    tags: tuple[str, ...]
    text: str
    real_name: bool
    at: datetime


def review_fields(one: ReportedReview) -> dict[str, Any]:
    """A rating (好差评)."""
    return {
        "cd_operation": _OPERATION,
        "data_source": _city(one.region),
        "assess_no": one.number,
        "project_no": one.of,
        "assess_object": one.object,
        "task_name": one.item,
        "dept_name": one.department[0],
        "dept_code": one.department[1],
        "region_code": one.region,
        "pf": one.channel,
        "satisfaction": str(one.level),
        "assess_number": str(one.turn + 1),
        "eval_detail": ",".join(one.tags),
        "writing_evaluation": one.text,
        "is_anonymity": "0" if one.real_name else "1",
        "assess_time": one.at.isoformat(),
    }


class RegionalPlatform(Protocol):
    """Where the city reports to.

    ``receive`` is idempotent by message id and answers a receipt. It raises ReportRefused for
    what the platform lists as rejected, SystemUnreachable where nobody knows.
    """

    def receive(self, envelope: Envelope) -> str: ...


@dataclass(frozen=True, slots=True)
class HttpRegional:
    """POST of the envelope to ``<url>/reports``.

    It is answered with ``{"receipt": "…"}``, or 422 with ``code`` and ``sentence``.
    """

    url: str
    key: str
    timeout_seconds: float = 10.0

    def receive(self, envelope: Envelope) -> str:
        content = envelope.content
        request = urllib.request.Request(  # noqa: S310 -- the operator's settings name the address
            self.url.rstrip("/") + "/reports",
            data=content,
            headers={
                "Content-Type": "application/json",
                HEADER: signature_of(self.key, content, line=CODE),
                **envelope.headers,
            },
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 -- as above
                request, timeout=self.timeout_seconds
            ) as answer:
                said = json.loads(answer.read(100_000))
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SystemUnreachable(f"{type(error).__name__}: {error}"[:200]) from error
        if not isinstance(said, dict) or not said.get("receipt"):
            raise SystemUnreachable("the answer holds no receipt")
        return str(said["receipt"])[:100]

    @staticmethod
    def _refused(error: urllib.error.HTTPError) -> Exception:
        if error.code != 422:
            return SystemUnreachable(f"HTTP {error.code}")
        try:
            said = json.loads(error.read(100_000))
            return ReportRefused(str(said["code"])[:50], str(said["sentence"])[:500])
        except (OSError, ValueError, KeyError, TypeError):
            return SystemUnreachable("HTTP 422 without code and sentence")


@dataclass(frozen=True, slots=True)
class RegionalSimulator:
    """The built-in regional platform: it keeps what it takes in files and refuses what is wrong.

    ``refuses`` is the chance, by message, of a refusal that only comes to the first attempt at a
    report; ``deaf`` that the report was taken and the answer lost; ``outages`` are pairs of
    moments of the city.
    """

    folder: Path
    seed: int = 1
    refuses: float = 0.0
    deaf: float = 0.0
    outages: tuple[tuple[datetime, datetime], ...] = ()

    def receive(self, envelope: Envelope) -> str:
        if any(start <= envelope.sent_at < end for start, end in self.outages):
            raise SystemUnreachable("simulated outage")
        if hashlib.sha256(envelope.content).hexdigest() != envelope.request_hash:
            raise ReportRefused("R01", "报文的摘要不对。")
        path = self.folder / "reports" / f"{envelope.message_id}.json"
        receipt = f"R{envelope.message_id.replace('-', '')[:16]}"
        if path.exists():
            return receipt
        self._need_sound(dict(envelope.body))
        if self._chance(envelope.message_id, "refuse") < self.refuses:
            raise ReportRefused("R09", "平台抽检退回，请核对后重报。")
        put(path, canonical_json(dict(envelope.body)))
        if self._chance(envelope.message_id, "deaf") < self.deaf:
            raise SystemUnreachable("simulated loss of the answer")
        return receipt

    def taken(self) -> list[dict[str, Any]]:
        """Every report that was taken, once each."""
        return [json.loads(p.read_bytes()) for p in sorted((self.folder / "reports").glob("*"))]

    def _need_sound(self, body: dict[str, Any]) -> None:
        fields = body.get("fields", {})
        asked = {
            "licence": ("license_code", "license_type", "issue_dept_code"),
            "result": ("project_code", "dept_code", "close_type", "close_time"),
            "review": (
                "assess_no",
                "project_no",
                "dept_code",
                "pf",
                "satisfaction",
                "assess_time",
            ),
            "process": ("project_code", "dept_code", "state_code", "state_time"),
        }.get(str(body.get("kind")), ())
        missing = [name for name in asked if not fields.get(name)]
        if missing or not asked:
            raise ReportRefused("R02", f"缺少必填字段：{'、'.join(missing) or 'kind'}。")

    def _chance(self, *words: str) -> float:
        return Random("/".join((str(self.seed), *words))).random()  # noqa: S311 -- a simulation
