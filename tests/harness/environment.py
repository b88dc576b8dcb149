"""The environment of a run, set before Django reads its settings (pytest -p)."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
HANDED_ON = ("TONGBAN_CHROMIUM", "TONGBAN_SHARED_DATA", "TONGBAN_POSTGRES_BIN")

# Tests never touch the data of a running site.
for _name in [name for name in os.environ if name.startswith("TONGBAN_")]:
    if _name not in HANDED_ON:
        del os.environ[_name]
os.environ.pop("DATABASE_URL", None)
_kind = "test-other-server" if os.environ.get("TONGBAN_POSTGRES_BIN") else "test"
os.environ["TONGBAN_HOME"] = str(CHECKOUT / ".tongban" / _kind)
os.environ["TONGBAN_DATABASE_POOL"] = "0"
os.environ["TONGBAN_COLLECTED_STATIC"] = "0"
os.environ["TONGBAN_PSEUDO_LOCALE"] = "1"
# Journeys are written for the desk; tests of the exchange name their systems themselves.
os.environ["TONGBAN_SIMULATED_ITEMS"] = "none"
os.environ["TONGBAN_RELAY_SIMULATOR"] = "0"
os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.config.settings"
