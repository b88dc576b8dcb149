"""What must hold before the journal is used."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SHORTEST_SECRET = 32


@register("records")
def secrets_are_long(**_kwargs: Any) -> list[CheckMessage]:
    """Keys derived from a short secret can be guessed."""
    named = [("JOURNAL_KEYS", key) for key in settings.JOURNAL_KEYS]
    named.append(("JOURNAL_SEAL_KEY", settings.JOURNAL_SEAL_KEY))
    return [
        Error(
            f"{name} holds a secret of fewer than {SHORTEST_SECRET} characters.",
            hint="Make one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`.",
            id="records.E001",
        )
        for name, secret in named
        if len(secret) < SHORTEST_SECRET
    ]
