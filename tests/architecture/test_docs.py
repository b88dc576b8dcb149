"""What the documents point at is there: files, and the addresses of pages."""

import re
from uuid import UUID

import pytest
from django.urls import Resolver404, resolve

from tongban.config.options import CHECKOUT

PAGES = sorted(
    [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), CHECKOUT / "tests" / "README.md"]
)
CARDS = [path for path in PAGES if path.parent.name == "rooms" or path.name.startswith("README")]
ELSEWHERE = {"/healthz"}
"""Answered before any page is looked for."""
FILLED = ("1", "x1", "GD650100202609070000128X", "police-110", "a" * 20, str(UUID(int=0)))
"""What may stand in the place of `<…>` in an address."""
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
ADDRESS = re.compile(r"`(?:(?:GET|POST) )?(/[^`\s{…]*)`")


def named(path):
    return path.relative_to(CHECKOUT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_lead_to_files(path):
    links = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (path.parent / link).exists()] == []


def _is_answered(address):
    for value in FILLED:
        try:
            resolve(re.sub(r"<[^>]+>", value, address))
        except Resolver404:
            continue
        return True
    return False


@pytest.mark.parametrize("path", CARDS, ids=named)
def test_addresses_lead_to_pages(path):
    text = path.read_text(encoding="utf-8")
    addresses = {found.split("?")[0] for found in ADDRESS.findall(text)} - ELSEWHERE

    assert sorted(one for one in addresses if not _is_answered(one)) == []
