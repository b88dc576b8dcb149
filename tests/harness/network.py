"""No test reaches beyond this machine."""

from __future__ import annotations

import ipaddress
import socket

import pytest

_connect = socket.socket.connect


def _is_here(address) -> bool:
    host = address[0]
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address):
        raise PermissionError(f"a test may not reach {address[0]}: only loopback and Unix sockets")
    return _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def _only_loopback():
    socket.socket.connect = _guarded
    yield
    socket.socket.connect = _connect
