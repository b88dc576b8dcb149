"""The demo city with its accounts, and a walk through the site as people take it."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from PIL import Image

from tongban.config.options import CHECKOUT


@pytest.fixture
def cheap_passwords(settings):
    """Real hashing would take a minute for a city."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def city(own_database, cheap_passwords, city_at):
    """The demo city on a Monday in September; its accounts by login."""
    from tongban.catalogue.content.loader import load_content
    from tongban.config.city import build_city
    from tongban.records.queries import city_now

    city_at("2026-09-14 10:30")
    accounts = build_city(load_content(CHECKOUT / "content"), now=city_now())
    return {one.login: one for one in accounts}


@pytest.fixture
def rest(settle):
    """As `settle`, in a thread of its own: the browser keeps an event loop in this one."""

    def run():
        try:
            settle()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as worker:
        yield lambda: worker.submit(run).result()


@pytest.fixture
def drawing(tmp_path):
    """A picture of a floor plan, as a citizen would photograph it."""
    path = tmp_path / "场所平面图.png"
    picture = Image.new("RGB", (900, 600), "white")
    picture.paste((30, 90, 100), (60, 60, 840, 80))
    data = io.BytesIO()
    picture.save(data, "PNG")
    path.write_bytes(data.getvalue())
    return path


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, browser, site, account, pictures):
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(20_000)
        self.page = context.new_page()
        self.site = site
        self.pictures = pictures
        self.page.goto(f"{site}/login/")
        self.page.fill("input[name=login]", account.login)
        self.page.fill("input[name=password]", account.password)
        self.page.click("main form button")
        self.page.wait_for_load_state()

    def open(self, path):
        self.page.goto(self.site + path)
        return self.page

    def choose(self, **answers):
        """Answer radio buttons, check boxes and text fields by name."""
        for name, value in answers.items():
            self.fill(name.replace("__", "."), value)

    def fill(self, name, value):
        options = value if isinstance(value, list) else [value]
        for option in options:
            picked = self.page.locator(f"input[name='{name}'][value='{option}']")
            if picked.count():
                picked.first.check(force=True)
            else:
                self.page.fill(f"[name='{name}']", str(option))

    def press(self, text):
        """Press the button of that text and wait for the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=text, exact=True).first.click()

    def photograph(self, name):
        self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)


@pytest.fixture
def enter(browser, site, city, pictures):
    """enter("ali") lets a person of the city sign in."""
    people = []

    def sign_in(login):
        person = Person(browser, site, city[login], pictures)
        people.append(person)
        return person

    yield sign_in
    for person in people:
        person.page.context.close()


def signed_in(browser, site, login):
    """A page of somebody of the city who signs in with a second factor."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tongban.people.models import Account

    account = Account.objects.get(login=login)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    key = session.session_key
    connections.close_all()
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site}])
    return context.new_page()
