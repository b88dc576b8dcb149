"""The environment of a test run, set before Django reads its settings (pytest -p)."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

# Before Django reads its settings: tests never touch the data of a running site.
for name in [name for name in os.environ if name.startswith("TONGBAN_")]:
    if name not in ("TONGBAN_CHROMIUM", "TONGBAN_SHARED_DATA", "TONGBAN_POSTGRES_BIN"):
        del os.environ[name]
os.environ.pop("DATABASE_URL", None)
os.environ["TONGBAN_HOME"] = str(CHECKOUT / ".tongban" / "test")
os.environ["TONGBAN_DATABASE_POOL"] = "0"
os.environ["TONGBAN_COLLECTED_STATIC"] = "0"
os.environ["TONGBAN_PSEUDO_LOCALE"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.config.settings"
