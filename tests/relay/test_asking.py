"""Speaking to somebody outside: what was checked is what is connected to, whatever names say."""

import contextlib
import datetime as dt
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tongban.relay.gateways import RefusedForGood, Unreachable
from tongban.relay.gateways.asking import Address, ask, need_outside

NAME = "open311.example.org"
OUTSIDE, INSIDE = "93.184.215.14", "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.heard.append((self.path, self.headers["Host"]))
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:22/")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def do_POST(self):
        self.do_GET()

    def log_message(self, *told):
        """Say nothing."""


@contextlib.contextmanager
def served(context=None):
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    server.heard = []
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Net:
    """A net whose names change their minds: each time somebody asks, the next answer."""

    def __init__(self, server, *answers, context=None):
        self.server, self.answers, self.context = server, list(answers), context
        self.asked = 0
        self.reached = []

    def resolve(self, host, port):
        self.asked += 1
        found = self.answers[min(self.asked, len(self.answers)) - 1]
        return [
            Address(socket.AF_INET6 if ":" in one else socket.AF_INET, (one, port))
            for one in found
        ]

    def connect(self, address):
        self.reached.append(address.place)
        if address.place[0].startswith("192.0.2"):
            raise ConnectionRefusedError
        return socket.create_connection(self.server.server_address, 5)

    def secured(self):
        return self.context


def test_a_name_that_changes_its_answer_leads_nowhere_else():
    with served() as server:
        net = Net(server, [OUTSIDE], [INSIDE], [INSIDE])
        assert ask(f"http://{NAME}/v2/services.json?x=1", wire=net) == b"[]"

    assert (net.asked, net.reached) == (1, [(OUTSIDE, 80)])
    assert server.heard == [("/v2/services.json?x=1", NAME)]


@pytest.mark.parametrize(
    "inside",
    [
        [INSIDE], [OUTSIDE, "10.0.0.8"], ["::1"], ["::ffff:10.0.0.8"], ["2002:7f00:1::"],
        ["169.254.169.254"], ["224.0.0.1"], ["fe80::1%eth0"], ["100.64.0.1"],
    ],
)  # fmt: skip
def test_one_answer_that_leads_inside_is_enough(inside):
    with served() as server:
        net = Net(server, inside)
        with pytest.raises(RefusedForGood):
            ask(f"http://{NAME}/", wire=net)

    assert net.reached == []


def test_the_next_address_is_tried_where_one_does_not_answer():
    with served() as server:
        net = Net(server, ["192.0.2.1", OUTSIDE])
        # The first of them is for examples only: it lies in no real net.
        ask(f"http://{NAME}:8080/", private=True, wire=net)

    assert net.reached == [("192.0.2.1", 8080), (OUTSIDE, 8080)]
    assert server.heard == [("/", f"{NAME}:8080")]


def test_a_name_without_an_address_and_a_line_that_is_down_are_tried_again():
    with served() as server:
        for answers in ([], ["192.0.2.1"]):
            with pytest.raises(Unreachable):
                ask(f"http://{NAME}/", private=True, wire=Net(server, answers))


def test_whoever_sends_us_elsewhere_is_not_followed():
    with served() as server:
        net = Net(server, [OUTSIDE])
        with pytest.raises(Unreachable):
            ask(f"http://{NAME}/away", content=b"x", wire=net)

    assert [path for path, _host in server.heard] == ["/away"]
    assert len(net.reached) == 1


@pytest.mark.parametrize("url", [f"http://{NAME}:70000/", f"http://{NAME}:x/"])
def test_a_port_that_cannot_be_is_refused(url):
    with served() as server, pytest.raises(RefusedForGood):
        need_outside(url, private=True, wire=Net(server, [OUTSIDE]))


# https


def _certificate(folder, name):
    """A certificate for a name that signs itself; the file of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 -- certificates go by the machine's clock
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.mark.parametrize("proves", [True, False])
def test_over_https_the_host_proves_the_name_that_was_asked_for(tmp_path, proves):
    file = _certificate(tmp_path, NAME if proves else "other.example.org")
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    named = []
    theirs.sni_callback = lambda _socket, name, _context: named.append(name)
    with served(theirs) as server:
        net = Net(server, [OUTSIDE], context=ssl.create_default_context(cafile=file))
        if proves:
            assert ask(f"https://{NAME}/", wire=net) == b"[]"
            assert server.heard == [("/", NAME)]
        else:
            with pytest.raises(Unreachable):
                ask(f"https://{NAME}/", wire=net)

    assert named == [NAME]
    assert net.reached == [(OUTSIDE, 443)]
