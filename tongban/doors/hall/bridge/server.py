"""The bridge's protocol, version 1: JSON over HTTP on the loopback address.

Whoever asks must come from the site that the bridge was started for (the Origin header), must
reach it under its own name (the Host header, so that no foreign name can be bound to 127.0.0.1)
and must hold the token of the pairing. Without these no web page reads a card.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

from tongban.doors.hall.bridge.devices import CARD, IMAGE, PRINT, DeviceError, Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tongban.doors.hall.bridge.devices import Driver

PROTOCOL = 1
PORT = 18765
MOST_BODY = 60_000_000
WRONG_CODES = 5
TOKEN_HEADER = "X-Tongban-Token"  # noqa: S105 -- the name of a header

Answer = tuple[HTTPStatus, dict[str, Any]]


def new_code() -> str:
    """A pairing code of six digits, shown by the bridge and typed into the page once."""
    return f"{secrets.randbelow(1_000_000):06}"


@dataclass
class Desk:
    """What the bridge holds: the sites that may ask, the devices, the pairing.

    ``tell`` says a sentence to the clerk, for instance on the console.
    """

    origins: frozenset[str]
    devices: Sequence[Driver]
    tell: Callable[[str], None]
    code: str = field(default_factory=new_code)
    token: str = ""
    wrong: int = 0

    def pair(self, typed: str) -> str:
        """The token for the code on the console. A code works once, and not after five errors."""
        if not hmac.compare_digest(typed.encode(), self.code.encode()):
            self.wrong += 1
            if self.wrong >= WRONG_CODES:
                self._renew()
            raise DeviceError("wrong-code", "配对码不对，请看桥接程序窗口上的六位码。")
        self.token = secrets.token_urlsafe(24)
        self._renew()
        return self.token

    def _renew(self) -> None:
        self.code, self.wrong = new_code(), 0
        self.tell(f"配对码 {self.code}")

    def knows(self, token: str) -> bool:
        """Whether this is the token of the last pairing."""
        return bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())

    def device(self, wanted: str, capability: str) -> Driver:
        """A device by id that can do this. Raises DeviceError."""
        found = next((one for one in self.devices if one.id == wanted), None)
        if found is None:
            raise DeviceError("unknown-device", "没有这台设备。")
        if capability not in found.capabilities:
            raise DeviceError("not-capable", "这台设备没有这个功能。")
        return found


class BridgeServer(ThreadingHTTPServer):
    """The HTTP server of one desk, on 127.0.0.1 and nowhere else."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = PORT) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.desk = desk


class _Handler(BaseHTTPRequestHandler):
    server_version = "TongbanBridge/1"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    @property
    def desk(self) -> Desk:
        return cast("BridgeServer", self.server).desk

    def do_OPTIONS(self) -> None:
        """The browser asks before it asks: only the site's own origin gets a yes."""
        known = self._is_known()
        self.send_response(HTTPStatus.NO_CONTENT if known else HTTPStatus.FORBIDDEN)
        self._allow()
        self.send_header("Access-Control-Allow-Methods", "GET, POST")
        self.send_header("Access-Control-Allow-Headers", f"Content-Type, {TOKEN_HEADER}")
        self.send_header("Access-Control-Allow-Private-Network", "true")
        self.send_header("Access-Control-Max-Age", "600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        """Version and devices."""
        self._answer({"/v1/version": self._version, "/v1/devices": self._devices})

    def do_POST(self) -> None:
        """Pairing and what devices do."""
        self._answer(
            {
                "/v1/pair": self._pair,
                "/v1/card/read": self._card,
                "/v1/image/capture": self._image,
                "/v1/print": self._print,
            }
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is inherited
        """Nothing is logged: addresses would tell who was served when."""

    # ---- who asks

    def _is_known(self) -> bool:
        port = self.server.server_port  # type: ignore[attr-defined]  # -- of HTTPServer
        own = {f"127.0.0.1:{port}", f"localhost:{port}"}
        origin = self.headers.get("Origin", "")
        return self.headers.get("Host", "") in own and origin in self.desk.origins

    def _allow(self) -> None:
        if self._is_known():
            self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", ""))
            self.send_header("Vary", "Origin")

    def _answer(self, known: dict[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> None:
        status, said = self._told(known)
        body = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self._allow()
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(body)))
        if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def _told(self, known: dict[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> Answer:
        body = self._body()
        if body is None:
            return _no(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "请求太大或不完整。")
        if not self._is_known():
            return _no(HTTPStatus.FORBIDDEN, "origin", "这个网页不能使用本机设备。")
        act = known.get(self.path)
        if act is None:
            return _no(HTTPStatus.NOT_FOUND, "unknown", "没有这个功能。")
        open_to_all = self.path in ("/v1/version", "/v1/pair")
        if not open_to_all and not self.desk.knows(self.headers.get(TOKEN_HEADER, "")):
            words = "还没有与桥接程序配对，请在刷卡框输入它显示的六位码后按 F2。"
            return _no(HTTPStatus.UNAUTHORIZED, "not-paired", words)
        try:
            return HTTPStatus.OK, act(body)
        except DeviceError as trouble:
            return _no(HTTPStatus.CONFLICT, trouble.code, str(trouble))

    def _body(self) -> dict[str, Any] | None:
        """The JSON object of the request; None for what is too long, empty for none."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            return None
        try:
            given = json.loads(self.rfile.read(int(length)) or b"{}")
        except ValueError:
            return {}
        return given if isinstance(given, dict) else {}

    # ---- what is asked

    def _version(self, _body: dict[str, Any]) -> dict[str, Any]:
        return {"protocol": PROTOCOL, "program": self.server_version}

    def _devices(self, _body: dict[str, Any]) -> dict[str, Any]:
        return {
            "devices": [
                {"id": one.id, "name": one.name, "capabilities": list(one.capabilities)}
                for one in self.desk.devices
            ]
        }

    def _pair(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"token": self.desk.pair(str(body.get("code", "")))}

    def _card(self, body: dict[str, Any]) -> dict[str, Any]:
        read = self.desk.device(str(body.get("device", "")), CARD).read_card()
        return {"card": asdict(read)}

    def _image(self, body: dict[str, Any]) -> dict[str, Any]:
        taken = self.desk.device(str(body.get("device", "")), IMAGE).capture()
        return {"images": [_as_url(one) for one in taken]}

    def _print(self, body: dict[str, Any]) -> dict[str, Any]:
        device = self.desk.device(str(body.get("device", "")), PRINT)
        device.print(_from_url(str(body.get("document", ""))))
        return {"printed": True}


def _no(status: HTTPStatus, error: str, message: str) -> Answer:
    return status, {"error": error, "message": message}


def _as_url(one: Picture) -> str:
    return f"data:{one.media_type};base64,{base64.b64encode(one.content).decode()}"


def _from_url(text: str) -> Picture:
    head, _comma, body = text.partition(",")
    media_type = head.removeprefix("data:").removesuffix(";base64")
    if media_type not in ("application/pdf", "image/png", "image/jpeg"):
        raise DeviceError("bad-document", "只能打印 PDF、JPG 和 PNG。")
    try:
        return Picture(media_type, base64.b64decode(body, validate=True))
    except (binascii.Error, ValueError):
        raise DeviceError("bad-document", "要打印的内容不完整。") from None
