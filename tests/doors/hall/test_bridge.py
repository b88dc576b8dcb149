"""The bridge's protocol: only the paired site reads a card, every trouble is told in words."""

import base64
import http.client
import io
import json
import threading
import time

import pytest
from PIL import Image

from tests.documents.samples import pdf, picture
from tongban.doors.hall.bridge import devices
from tongban.doors.hall.bridge.command import cli_bridge
from tongban.doors.hall.bridge.devices import CardRead, DeviceError, WatchedFolder, simulated
from tongban.doors.hall.bridge.server import MOST_BODY, BridgeServer, Desk
from tongban.window.rules import split

SITE = "http://127.0.0.1:8000"
CARD = CardRead("古丽巴哈尔·阿不都热合曼", "650102197903181246")


class Page:
    """A web page that talks to the bridge."""

    def __init__(self, server, origin=SITE):
        self.port, self.origin, self.token = server.server_port, origin, ""

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        known = {"Origin": self.origin, "X-Tongban-Token": self.token, "Connection": "close"}
        known |= headers
        sent = None if body is None else body if isinstance(body, bytes) else json.dumps(body)
        connection.request(method, path, sent, {k: v for k, v in known.items() if v})
        answer = connection.getresponse()
        text = answer.read()
        self.headers = dict(answer.getheaders())
        answer.close()
        connection.close()
        return answer.status, json.loads(text) if text else {}

    def pair(self, code):
        status, said = self.ask("POST", "/v1/pair", {"code": code})
        self.token = said.get("token", "")
        return status


@pytest.fixture
def desk():
    return Desk(frozenset({SITE}), simulated(CARD, {}), lambda _words: None)


@pytest.fixture
def server(desk):
    server = BridgeServer(desk, port=0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(server, desk):
    page = Page(server)
    assert page.pair(desk.code) == 200
    return page


def test_the_paired_page_reads_a_card(page):
    status, said = page.ask("POST", "/v1/card/read", {"device": "simulator-card"})

    assert status == 200
    assert (said["card"]["name"], said["card"]["id_number"]) == (CARD.name, CARD.id_number)


def test_the_devices_say_what_they_can(page):
    _status, said = page.ask("GET", "/v1/devices")

    assert {tuple(one["capabilities"]) for one in said["devices"]} == {
        ("card",), ("image",), ("print",),
    }  # fmt: skip


def test_a_foreign_page_reads_nothing_even_with_the_token(server, page):
    foreign = Page(server, origin="http://evil.example")
    foreign.token = page.token

    status, said = foreign.ask("POST", "/v1/card/read", {"device": "simulator-card"})

    assert (status, said["error"]) == (403, "origin")
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_a_page_without_origin_reads_nothing(server, page):
    nobody = Page(server, origin="")
    nobody.token = page.token

    assert nobody.ask("GET", "/v1/devices")[0] == 403


def test_a_foreign_name_bound_to_this_machine_reads_nothing(page):
    assert page.ask("GET", "/v1/devices", Host="evil.example")[0] == 403


def test_the_site_reads_nothing_before_it_is_paired(server):
    status, said = Page(server).ask("POST", "/v1/card/read", {"device": "simulator-card"})

    assert (status, said["error"]) == (401, "not-paired")
    assert "六位码" in said["message"]


def test_the_browser_is_told_who_may_ask(server):
    page, foreign = Page(server), Page(server, origin="http://evil.example")

    assert page.ask("OPTIONS", "/v1/card/read")[0] == 204
    assert page.headers["Access-Control-Allow-Origin"] == SITE
    assert page.headers["Access-Control-Allow-Private-Network"] == "true"
    assert foreign.ask("OPTIONS", "/v1/card/read")[0] == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_a_code_works_once(server, desk):
    code = desk.code

    assert Page(server).pair(code) == 200
    assert Page(server).pair(code) == 409


def test_pairing_anew_ends_the_pairing_before(server, desk, page):
    Page(server).pair(desk.code)

    assert page.ask("GET", "/v1/devices")[0] == 401


def test_five_wrong_codes_make_a_new_one(server, desk):
    before = desk.code
    wrong = "000000" if before != "000000" else "000001"
    for _ in range(5):
        assert Page(server).pair(wrong) == 409

    assert desk.code != before
    assert Page(server).pair(before) == 409


@pytest.mark.parametrize("trouble", ["no-card", "jammed", "offline"])
def test_trouble_is_told_by_a_code_and_in_words(server, desk, page, trouble):
    desk.devices[0].trouble = trouble

    status, said = page.ask("POST", "/v1/card/read", {"device": "simulator-card"})

    assert (status, said["error"]) == (409, trouble)
    assert said["message"].endswith("。")


def test_a_slow_device_answers_late(desk, page, monkeypatch):
    monkeypatch.setattr(devices, "SLOW_SECONDS", 0.3)
    desk.devices[0].trouble = "slow"
    began = time.monotonic()

    assert page.ask("POST", "/v1/card/read", {"device": "simulator-card"})[0] == 200
    assert time.monotonic() - began >= 0.3


def test_the_simulated_camera_shows_two_sheets_that_are_told_apart(page):
    _status, said = page.ask("POST", "/v1/image/capture", {"device": "simulator-camera"})

    content = base64.b64decode(said["images"][0].partition(",")[2])
    with Image.open(io.BytesIO(content)) as shot:
        assert len(split(shot)) == 2


def test_a_document_is_printed(desk, page):
    document = f"data:application/pdf;base64,{base64.b64encode(pdf()).decode()}"

    status, _said = page.ask(
        "POST", "/v1/print", {"device": "simulator-printer", "document": document}
    )

    assert status == 200
    assert desk.devices[2].printed[0].content == pdf()


@pytest.mark.parametrize(
    "document", ["", "data:text/html;base64,PGI+", "data:image/png;base64,%%"]
)
def test_what_is_no_document_is_not_printed(page, document):
    status, said = page.ask(
        "POST", "/v1/print", {"device": "simulator-printer", "document": document}
    )

    assert (status, said["error"]) == (409, "bad-document")


@pytest.mark.parametrize(
    ("device", "error"), [("nothing", "unknown-device"), ("simulator-camera", "not-capable")]
)
def test_a_device_that_cannot_is_refused(page, device, error):
    assert page.ask("POST", "/v1/card/read", {"device": device})[1]["error"] == error


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b'{"device": {"a": 1}}'])
def test_a_broken_request_is_refused_and_the_bridge_goes_on(page, body):
    assert page.ask("POST", "/v1/card/read", body)[0] == 409
    assert page.ask("GET", "/v1/version")[1]["protocol"] == 1


def test_a_request_that_is_too_long_is_not_read(page):
    status, said = page.ask("POST", "/v1/print", b"{}", **{"Content-Length": str(MOST_BODY + 1)})

    assert (status, said["error"]) == (413, "too-large")


def test_an_unknown_address_is_refused(page):
    assert page.ask("GET", "/v1/secrets")[0] == 404


def test_it_listens_on_this_machine_alone(server):
    assert server.server_address[0] == "127.0.0.1"


class TestAWatchedFolder:
    def test_files_that_are_dropped_are_taken_once(self, tmp_path):
        (tmp_path / "scan.jpg").write_bytes(picture())
        (tmp_path / "scan.PDF").write_bytes(pdf())
        (tmp_path / "notes.txt").write_text("no")
        folder = WatchedFolder(tmp_path, wait_seconds=0)

        taken = folder.capture()

        assert {one.media_type for one in taken} == {"image/jpeg", "application/pdf"}
        assert (tmp_path / "notes.txt").exists()
        with pytest.raises(DeviceError, match="没有新的扫描件"):
            folder.capture()

    def test_a_link_is_not_followed(self, tmp_path):
        (tmp_path / "in").mkdir()
        (tmp_path / "secret.jpg").write_bytes(picture())
        (tmp_path / "in" / "scan.jpg").symlink_to(tmp_path / "secret.jpg")

        with pytest.raises(DeviceError):
            WatchedFolder(tmp_path / "in", wait_seconds=0).capture()

    def test_a_folder_that_is_not_there_is_told(self, tmp_path):
        with pytest.raises(DeviceError) as no:
            WatchedFolder(tmp_path / "gone", wait_seconds=0).capture()

        assert no.value.code == "offline"

    def test_a_folder_reads_no_card(self, tmp_path):
        with pytest.raises(DeviceError):
            WatchedFolder(tmp_path).read_card()


def test_the_command_wants_to_know_which_site_may_ask(capsys):
    with pytest.raises(SystemExit) as ended:
        cli_bridge([])

    assert ended.value.code == 2
    assert "--origin" in capsys.readouterr().err
