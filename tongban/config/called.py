"""How this program was called, so that its advice can be typed as it stands."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def command() -> str:
    """`tongban` where the path leads to it, else as it was typed: `.venv/bin/tongban`."""
    program = Path(sys.argv[0])
    if program.parts[-2:] == ("tongban", "__main__.py"):
        return "python -m tongban"
    if program.name != "tongban":
        return "tongban"
    found = shutil.which("tongban")
    if found and Path(found).absolute() == program.absolute():
        return "tongban"
    from_here = os.path.relpath(program)
    return min(from_here, str(program.absolute()), key=len)
