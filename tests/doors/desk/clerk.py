"""An officer with a browser that runs no scripts: opens pages, reads them, sends their forms."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client

if TYPE_CHECKING:
    from collections.abc import Mapping

BACKEND = "tongban.people.queries.AccountBackend"


@dataclass(frozen=True)
class Page:
    """What came back, as somebody reads it."""

    status: int
    source: str
    location: str = ""

    @property
    def main(self) -> str:
        """The source of the main part."""
        return self.source[self.source.index("<main") : self.source.index("</main>")]

    @property
    def words(self) -> str:
        """The words of the main part, on one line."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.main)).split())

    @property
    def verbs(self) -> set[str]:
        """The verbs that the page offers as forms."""
        return set(re.findall(r'action="/desk/[^/"]+/(\w+)/"', self.main))

    @property
    def numbers(self) -> list[str]:
        """The proceedings that a list leads to, in its order."""
        return re.findall(r'<a href="/desk/([^/"]+)/" data-open>', self.main)

    def value(self, control: str) -> str:
        """What stands in the field with this id."""
        area = re.search(rf'<textarea[^>]*id="{control}"[^>]*>(.*?)</textarea>', self.main, re.S)
        if area:
            return html.unescape(area[1])
        field = re.search(rf'<input[^>]*id="{control}"[^>]*>', self.main)
        return html.unescape(re.search(r'value="([^"]*)"', field[0])[1]) if field else ""


class Clerk:
    """Somebody at the desk; `login` None is a stranger."""

    def __init__(self, login: str | None, *, checks_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=checks_csrf)
        if login:
            from tongban.people.models import Account

            self.client.force_login(Account.objects.get(login=login), backend=BACKEND)

    def open(self, path: str, **query: Any) -> Page:
        return self._page(self.client.get(path, query))

    def see(self, number: str) -> Page:
        return self.open(f"/desk/{number}/")

    def do(self, number: str, verb: str, data: Mapping[str, Any] | None = None) -> Page:
        return self.send(f"/desk/{number}/{verb}/", data or {})

    def send(self, path: str, data: Mapping[str, Any]) -> Page:
        return self._page(self.client.post(path, dict(data)))

    @staticmethod
    def _page(response: Any) -> Page:
        content = b"" if response.streaming else response.content
        return Page(
            response.status_code,
            content.decode("utf-8", "replace"),
            response.headers.get("Location", ""),
        )
