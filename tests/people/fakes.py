"""A small HTTP server on the loopback that answers as a test tells it to."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class OutsideWorld:
    """An outside system: `answer` is what it says next, `asked` what it was asked."""

    def __init__(self):
        self.status, self.body, self.seconds = 200, b"{}", 0.0
        self.asked = []

    def says(self, body, *, status=200, after=0.0):
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status, self.seconds = status, after


@contextlib.contextmanager
def outside_world():
    """A running server; its address is `.url`."""
    world = OutsideWorld()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            world.asked.append((dict(self.headers), json.loads(self.rfile.read(size))))
            time.sleep(world.seconds)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(world.status)
                self.send_header("Content-Length", str(len(world.body)))
                self.end_headers()
                self.wfile.write(world.body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    world.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_address():
    """An address on which nobody listens."""
    with outside_world() as world:
        return world.url
