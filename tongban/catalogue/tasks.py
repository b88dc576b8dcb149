"""The commands of the catalogue: check, publish."""

from __future__ import annotations

from pathlib import Path

from tongban.catalogue.actions import publish
from tongban.kernel.actors import SYSTEM
from tongban.records.queries import city_now

CONTENT = Path(__file__).parents[2] / "content"


def cli_publish(argv: list[str]) -> int:
    """Publish a content folder and say what changed."""
    root = Path(argv[0]) if argv else CONTENT
    done = publish(root, by=SYSTEM, now=city_now())
    print(f"published: {', '.join(done.packages) or 'no package'}"
          f"; live: {', '.join(done.live) or 'nothing'}")
    return 0
