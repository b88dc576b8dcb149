"""Somebody else's system that answers over HTTP for as long as a test needs it."""

import threading
from contextlib import contextmanager


@contextmanager
def served(one):
    """The system and its address; ``one`` has ``start`` and, after it, a ``server``."""
    address = one.start()
    thread = threading.Thread(target=one.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield one, address
    finally:
        one.server.shutdown()
        one.server.server_close()
        thread.join()
