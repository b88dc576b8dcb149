"""What a driver is, and the drivers that come with the bridge: a simulator, a watched folder."""

from __future__ import annotations

import io
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CARD, IMAGE, PRINT = "card", "image", "print"
_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".pdf": "application/pdf",
}
MOST_BYTES = 40_000_000


class DeviceError(Exception):
    """A device could not do it; ``code`` is for programs, the text for the clerk."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class CardRead:
    """What stands on an identity card; fields that the reader does not give are empty."""

    name: str
    id_number: str
    sex: str = ""
    ethnicity: str = ""
    address: str = ""
    issuer: str = ""
    valid_until: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image or PDF as a device gave it."""

    media_type: str
    content: bytes


class Driver(Protocol):
    """One device. A driver does what its capabilities name and raises DeviceError otherwise."""

    id: str
    name: str
    capabilities: tuple[str, ...]

    def read_card(self) -> CardRead:
        """Read the card that lies on the reader."""

    def capture(self) -> list[Picture]:
        """Take what lies under the camera now."""

    def print(self, picture: Picture) -> None:
        """Print a PDF or an image."""


class _Incapable:
    """What a device cannot do."""

    capabilities: tuple[str, ...] = ()

    def read_card(self) -> CardRead:
        raise _not_capable()

    def capture(self) -> list[Picture]:
        raise _not_capable()

    def print(self, picture: Picture) -> None:
        raise _not_capable()


def _not_capable() -> DeviceError:
    return DeviceError("not-capable", "这台设备没有这个功能。")


_TROUBLES = {
    "no-card": "没有放身份证，请放好后重读。",
    "jammed": "设备卡住了，请重新放置或重启设备。",
    "offline": "设备没有连接，请检查电源和连线。",
}
SLOW_SECONDS = 3.0


@dataclass
class SimulatedReader(_Incapable):
    """A card reader that always has the same synthetic card on it, or has a bad day."""

    card: CardRead
    trouble: str = ""
    id: str = "simulator-card"
    name: str = "模拟身份证读卡器"
    capabilities: tuple[str, ...] = (CARD,)

    def read_card(self) -> CardRead:
        """The card. Trouble is no-card, jammed, offline or slow (three seconds)."""
        _suffer(self.trouble)
        return self.card


@dataclass
class SimulatedCamera(_Incapable):
    """A document camera under which two sheets lie side by side; every shot looks different."""

    trouble: str = ""
    id: str = "simulator-camera"
    name: str = "模拟高拍仪"
    capabilities: tuple[str, ...] = (IMAGE,)
    shots: int = 0

    def capture(self) -> list[Picture]:
        """One picture of the table. Trouble is jammed, offline or slow."""
        _suffer(self.trouble)
        self.shots += 1
        return [Picture("image/jpeg", _table(self.shots))]


@dataclass
class SimulatedPrinter(_Incapable):
    """A printer that keeps what it was given."""

    id: str = "simulator-printer"
    name: str = "模拟打印机"
    capabilities: tuple[str, ...] = (PRINT,)
    printed: list[Picture] = field(default_factory=list)

    def print(self, picture: Picture) -> None:
        self.printed.append(picture)


@dataclass
class WatchedFolder(_Incapable):
    """A scanner whose own software drops files into a folder.

    A capture takes every finished file and moves it into `taken`; where none has come it waits.
    Other kinds of files and too large ones stay where they are.
    """

    folder: Path
    wait_seconds: float = 10.0
    id: str = "folder"
    name: str = "扫描文件夹"
    capabilities: tuple[str, ...] = (IMAGE,)

    def capture(self) -> list[Picture]:
        """What has been dropped. Trouble is nothing-scanned or offline."""
        if not self.folder.is_dir():
            raise DeviceError("offline", _TROUBLES["offline"])
        until = time.monotonic() + self.wait_seconds
        while not (found := self._finished()):
            if time.monotonic() >= until:
                raise DeviceError("nothing-scanned", "文件夹里没有新的扫描件，请先扫描。")
            time.sleep(0.2)
        return [self._taken(path) for path in found]

    def _finished(self) -> list[Path]:
        """Files that have stopped growing, the oldest first."""
        before = {path: path.stat().st_size for path in self._files()}
        if not before:
            return []
        time.sleep(0.2)
        same = [path for path, size in before.items() if path.stat().st_size == size > 0]
        return sorted(same, key=lambda path: path.stat().st_mtime)

    def _files(self) -> list[Path]:
        return [
            path
            for path in self.folder.iterdir()
            if path.suffix.lower() in _TYPES
            and path.is_file()
            and not path.is_symlink()
            and path.stat().st_size <= MOST_BYTES
        ]

    def _taken(self, path: Path) -> Picture:
        content = path.read_bytes()
        done = self.folder / "taken"
        done.mkdir(exist_ok=True)
        shutil.move(path, done / f"{time.time_ns()}{path.suffix.lower()}")
        return Picture(_TYPES[path.suffix.lower()], content)


def simulated(card: CardRead, troubles: Mapping[str, str]) -> list[Driver]:
    """The simulator's three devices; troubles by capability."""
    return [
        SimulatedReader(card, troubles.get(CARD, "")),
        SimulatedCamera(troubles.get(IMAGE, "")),
        SimulatedPrinter(),
    ]


def _suffer(trouble: str) -> None:
    if trouble == "slow":
        time.sleep(SLOW_SECONDS)
    elif trouble:
        raise DeviceError(trouble, _TROUBLES.get(trouble, _TROUBLES["offline"]))


def _table(shot: int) -> bytes:
    """Two white sheets on a dark table, with lines on them that stand for text."""
    picture = Image.new("RGB", (2000, 1400), (52, 58, 60))
    draw = ImageDraw.Draw(picture)
    for at in (90, 1060):
        draw.rectangle((at, 110, at + 850, 1290), fill=(250, 249, 245))
        for line in range(14):
            width = 640 - (line * 37 + shot * 53 + at) % 260
            top = 220 + line * 70
            draw.rectangle((at + 90, top, at + 90 + width, top + 16), fill=(60, 62, 66))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=88)
    return data.getvalue()
