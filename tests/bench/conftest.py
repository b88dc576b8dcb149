import pytest
from django.db import connections

from bench.rig import city
from tests.harness.databases import forget_content, locked


@pytest.fixture
def bench_city(server, django_db_setup, django_db_blocker):
    """Databases of the benchmark on the server of this run; Django finds its own again after."""
    before = {key: connections.settings["default"][key] for key in ("NAME", "HOST", "PORT")}
    options = dict(connections["default"].settings_dict["OPTIONS"])
    # One worker at a time: the template is made once, and two would make it at once.
    with locked("bench.lock"):
        with django_db_blocker.unblock():
            forget_content()
            yield city
            forget_content()
            city.leave()
        connections["default"].settings_dict.update(before, OPTIONS=options)
        for name in city.databases():
            if name.startswith("bench_try"):
                city.drop(name)
