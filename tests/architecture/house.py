"""The plan of the house as the tests read it: rooms, floors, files."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from functools import cache
from typing import TYPE_CHECKING

from tongban.config.options import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = CHECKOUT / "tongban"
# Plain Python, doors and wiring have files of their own kinds.
FREE = frozenset({"kernel", "doors", "config"})


@cache
def rooms() -> tuple[str, ...]:
    """The names of all rooms that stand, kernel, doors and config included."""
    return tuple(
        sorted(
            path.name
            for path in PACKAGE.iterdir()
            if path.is_dir() and path.name != "__pycache__" and any(path.glob("*.py"))
        )
    )


@cache
def floors() -> dict[str, int]:
    """The floor of each room, counted from above, as import-linter is told."""
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(item["layers"] for item in contracts if item["name"].startswith("Floors"))
    return {
        room: floor for floor, names in enumerate(layers) for room in re.findall(r"\w+", names)
    }


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the house but migrations."""
    return tuple(
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if "__pycache__" not in path.parts and "migrations" not in path.parts
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def tracked() -> tuple[Path, ...]:
    """Every text file that belongs to the project."""
    if shutil.which("git") is None:
        return ()
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return ()
    paths = (CHECKOUT / name for name in done.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file() and _is_text(path))


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)


def shown(path: Path, line: int = 0) -> str:
    """How a finding names its place."""
    place = path.relative_to(CHECKOUT).as_posix()
    return f"{place}:{line}" if line else place
