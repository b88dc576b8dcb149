"""The harness of all tests; what it offers is written in tests/README.md."""

import pytest

from tongban.config.messages import compile_all
from tongban.config.options import CHECKOUT

pytest_plugins = [
    "tests.harness.databases",
    "tests.harness.time",
    "tests.harness.network",
    "tests.harness.browsers",
    "tests.harness.budgets",
    "tests.harness.summary",
    "tests.city.fixtures",
]


@pytest.fixture(scope="session", autouse=True)
def _messages():
    """Catalogues are compiled before the first page is asked for."""
    compile_all(CHECKOUT / "web" / "locale")
