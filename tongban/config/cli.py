"""`tongban`: the operators' command line."""

from __future__ import annotations

import os
import sys

from tongban.config import database


def main(arguments: list[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    if words[:1] == ["migrate"]:
        os.environ["TONGBAN_DATABASE_ROLE"] = "owner"
    with database.available():
        import django
        from django.core.management import execute_from_command_line

        if words[:1] == ["migrate"]:
            from tongban.config import grants

            django.setup()
            execute_from_command_line(["tongban", "migrate", "-v", "0"])
            grants.grant_runtime()
        elif words[:1] == ["manage"]:
            execute_from_command_line(["tongban manage", *words[1:]])
    return 0
