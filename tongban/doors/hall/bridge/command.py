"""`tongban bridge`: the bridge with its built-in drivers, on the clerk's machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tongban.doors.hall.bridge.devices import CARD, IMAGE, CardRead, WatchedFolder, simulated
from tongban.doors.hall.bridge.server import PORT, BridgeServer, Desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tongban.doors.hall.bridge.devices import Driver

# A synthetic person of the demo city.
_DEMO_CARD = "古丽巴哈尔·阿不都热合曼|650102197903181246"


def cli_bridge(arguments: Sequence[str]) -> int:
    """Listen until Ctrl-C. Exit status 2 for wrong arguments."""
    options = _options().parse_args(arguments)
    troubles = dict(pair.partition("=")[::2] for pair in options.trouble)
    devices: list[Driver] = []
    if options.folder:
        devices.append(WatchedFolder(Path(options.folder)))
    if options.simulator or not devices:
        name, _bar, number = options.card.partition("|")
        devices += simulated(CardRead(name, number), troubles)
    desk = Desk(frozenset(options.origin), devices, _tell)
    server = BridgeServer(desk, options.port)
    _tell(f"设备桥接程序在 http://127.0.0.1:{server.server_port} 等待 {'、'.join(options.origin)}")
    _tell(f"设备：{'、'.join(one.name for one in devices)}")
    _tell(f"配对码 {desk.code}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


def _tell(words: str) -> None:
    print(words, flush=True)  # noqa: T201 -- the console of a command


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tongban bridge",
        description="Let a window's page use the devices of this machine.",
    )
    parser.add_argument(
        "--origin",
        action="append",
        required=True,
        metavar="URL",
        help="the site that may ask, as its address begins (http://127.0.0.1:8000); repeatable",
    )
    parser.add_argument("--port", type=int, default=PORT, help="the pages expect the default")
    parser.add_argument("--folder", metavar="DIR", help="take what a scanner drops into DIR")
    parser.add_argument(
        "--simulator", action="store_true", help="simulated devices, also beside a folder"
    )
    parser.add_argument(
        "--card", default=_DEMO_CARD, metavar="NAME|NUMBER", help="what the simulated card says"
    )
    parser.add_argument(
        "--trouble",
        action="append",
        default=[],
        metavar="WHAT=HOW",
        help=f"{CARD}=no-card|jammed|offline|slow or {IMAGE}=jammed|offline|slow; repeatable",
    )
    return parser
