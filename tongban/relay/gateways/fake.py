"""An Open311 endpoint that is played here, with everything that goes wrong with one."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SERVICES = [
    {"service_code": "HEAT", "service_name": "供热报修", "description": "室温、停暖、泄漏"},
    {"service_code": "OTHER", "service_name": "其他", "description": ""},
]


@dataclass
class Failures:
    """What the next answers are instead of right ones, one each: a status, or a word.

    ``slow`` waits a second, ``garbage`` is no JSON, ``huge`` a megabyte, ``elsewhere`` a redirect
    inside, ``lost`` keeps the report and breaks the line before the answer.
    """

    next: list[int | str] = field(default_factory=list)


@dataclass
class FakeOpen311:
    """Keeps reports in memory, once for each idempotency key; the test moves them on."""

    failures: Failures = field(default_factory=Failures)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: str = "fake-key"
    server: ThreadingHTTPServer | None = None

    def start(self, port: int = 0) -> str:
        """Listen on the loopback; answers the address of the endpoint."""
        fake = self

        class Handler(_Handler):
            open311 = fake

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        return f"http://127.0.0.1:{self.server.server_port}/v2"

    def move(self, number: str, status: str, notes: str, at: datetime) -> None:
        """A report goes on at the other side."""
        row = self.reports[number]
        row |= {"status": status, "status_notes": notes, "updated_datetime": at.isoformat()}

    def report(self, fields: dict[str, str], key: str, at: datetime) -> str:
        """Keep a report; the same key again is the same one. Answers its number."""
        if key in self.keys:
            return self.keys[key]
        number = f"F{len(self.reports) + 1:05d}"
        self.keys[key] = number
        self.reports[number] = {
            "service_request_id": number,
            "status": "open",
            "status_notes": "",
            "service_code": fields.get("service_code", ""),
            "description": fields.get("description", ""),
            "phone": fields.get("phone", ""),
            "requested_datetime": at.isoformat(),
            "updated_datetime": at.isoformat(),
            "media_url": "http://127.0.0.1:22/secret",
        }
        return number


class _Handler(BaseHTTPRequestHandler):
    open311: FakeOpen311

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.open311.asked.append(f"GET {path}")
        if self._fails():
            return
        if path.endswith("/services.json"):
            self._answer(200, SERVICES)
            return
        number = path.rpartition("/")[2].removesuffix(".json")
        row = self.open311.reports.get(number)
        self._answer(200 if row else 404, [row or {"code": 404, "description": "not found"}])

    def do_POST(self) -> None:
        self.open311.asked.append(f"POST {urlsplit(self.path).path}")
        length = int(self.headers.get("Content-Length") or 0)
        said = {
            name: words[0] for name, words in parse_qs(self.rfile.read(length).decode()).items()
        }
        broken = self.open311.failures.next[:1] == ["lost"]
        if not broken and self._fails():
            return
        if said.get("api_key") != self.open311.key:
            self._answer(403, [{"code": 403, "description": "api_key"}])
            return
        at = datetime.now(UTC)  # noqa: TID251 -- the clock of somebody else's machine
        number = self.open311.report(said, self.headers.get("Idempotency-Key", ""), at)
        if broken:
            self.open311.failures.next.pop(0)
            self.close_connection = True
            return
        self._answer(201, [{"service_request_id": number}])

    def _fails(self) -> bool:
        """Whether this answer is a wrong one, as the test asked for."""
        if not self.open311.failures.next:
            return False
        wrong = self.open311.failures.next.pop(0)
        if wrong == "slow":
            time.sleep(1)
            return False
        if wrong == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:22/")
            self.end_headers()
        elif wrong == "garbage":
            self._send(200, b"<html>not found")
        elif wrong == "huge":
            self._send(200, b"[" + b" " * 1_000_000 + b"]")
        else:
            self._answer(int(wrong), [{"code": wrong, "description": "as asked"}])
        return True

    def _answer(self, status: int, rows: list[Any]) -> None:
        self._send(status, json.dumps(rows, ensure_ascii=False).encode())

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *told: object) -> None:
        """Say nothing."""
