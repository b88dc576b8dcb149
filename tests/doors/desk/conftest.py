import pytest
from pytest_django.live_server_helper import LiveServer

from tests.city.lives import applied
from tests.doors.desk.clerk import Clerk

MONDAY = "2026-09-07 10:30"


@pytest.fixture
def monday(city):
    """The demo city on Monday, 7 September 2026."""
    city.go(MONDAY)
    return city


@pytest.fixture
def received(monday):
    """A restaurant's application in five departments, just received."""
    return applied(monday, "restaurant")


@pytest.fixture
def accepted(received):
    """The same on the next day, accepted: five departments review it."""
    received.house.go("2026-09-08 11:00")
    received.accept()
    return received


@pytest.fixture
def decidable(accepted):
    """The same, with the food licence reviewed and waiting for its decision."""
    accepted.review("food-licence")
    return accepted


@pytest.fixture
def desk(city):
    """desk("li.window") is an officer of the city with a browser; desk(None) a stranger."""
    return Clerk


@pytest.fixture
def life_with_commits(own_city):
    """An application on Monday, received, that a server in another thread can see."""
    own_city.go(MONDAY)
    return applied(own_city, "restaurant")


@pytest.fixture
def sit_down(request, own_city):
    """sit_down("li.window") is a page of Chromium in which that officer has signed in.

    Call it when the application is where the test wants it: Playwright's event loop then stays in
    this thread. More arguments are those of a browser context.
    """
    server = LiveServer("127.0.0.1")
    server._live_server_modified_settings.enable()
    contexts = []

    def enter(login, *, language="zh-hans", print_size="normal", width=1280, **more):
        browser = request.getfixturevalue("browser")
        session = Clerk(login).client.cookies["sessionid"].value
        context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": 900},
            timezone_id="Asia/Shanghai", **more,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        values = {"sessionid": session, "django_language": language, "print_size": print_size}
        context.add_cookies(
            [{"name": name, "value": value, "url": server.url} for name, value in values.items()]
        )
        contexts.append(context)
        return context.new_page()

    yield enter
    for context in contexts:
        context.close()
    server.stop()
    server._live_server_modified_settings.disable()
