"""Chromium, with fonts from packages, and the site in this process for it to look at."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from tests.harness.databases import locked
from tongban.config.options import CHECKOUT, current

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FONT_PACKAGES = ("pylopdf_fonts_zh_cn", "pylopdf_fonts_ar")
ARTEFACTS = CHECKOUT / ".tongban" / "test" / "pictures"

FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
{folders}
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer>
    <family>Noto Sans SC</family><family>Noto Sans CJK SC</family>
    <family>Noto Naskh Arabic</family><family>Noto Sans Arabic</family>
  </prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""


def find_chromium() -> str:
    """The path of a Chromium, empty where there is none."""
    if current().chromium:
        return current().chromium
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def fontconfig() -> Path:
    """A configuration that adds the fonts of our packages to those of the system."""
    home = current().home
    target = home / "fonts.conf"
    folders = []
    for package in FONT_PACKAGES:
        found = importlib.util.find_spec(package)
        if found and found.origin:
            folders.append(f"  <dir>{Path(found.origin).parent}</dir>")
    text = FONTCONFIG.format(folders="\n".join(folders), cache=home / "font-cache")
    with locked("fonts.lock"):
        target.write_text(text)
    return target


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium for the session; skips loudly where none is found or none starts."""
    path = find_chromium()
    if not path:
        pytest.skip("no Chromium found: install it or set TONGBAN_CHROMIUM")
    from playwright.sync_api import Error, sync_playwright

    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        # Root has no user namespace to build a sandbox in.
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        try:
            browser = playwright.chromium.launch(
                executable_path=path,
                args=[*arguments, "--disable-dev-shm-usage"],
                env=os.environ | {"FONTCONFIG_FILE": str(fontconfig())},
            )
        except Error as error:
            pytest.skip(f"{path} does not start: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page in a context of its own (no cookies of others), Chinese, desktop size."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def pictures(request):
    """A folder for this test's screenshots; kept after the run, never committed."""
    folder = ARTEFACTS / request.node.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def site(own_database):
    """The site at a free port on a database of its own; its address as text."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("127.0.0.1")
    server._live_server_modified_settings.enable()
    yield server.url
    server.stop()
    server._live_server_modified_settings.disable()
