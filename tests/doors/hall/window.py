"""A clerk at a service window with a browser that runs no scripts."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.city.house import House
from tests.city.wishes import wish
from tests.documents.samples import readable
from tests.doors.desk.clerk import Clerk, Page

GULBAHAR = {"name": "古丽巴哈尔·阿不都热合曼", "id_number": "650102197903181246"}
SNACK = {
    "holder_kind": "individual_business",
    "district": "650102",
    "area": "45",
    "staff": "3",
    "projects": ["hot", "pastry"],
    "tenure": "lease",
    "signboard": "no",
    "tobacco": "no",
    "drainage": "yes",
}


class Window(Clerk):
    """What a clerk does for one applicant, page by page."""

    def __init__(self, login: str | None, **more: Any) -> None:
        super().__init__(login, **more)
        self.login = login or ""
        self.draft = ""

    @property
    def here(self) -> str:
        return f"/hall/{self.draft}"

    def receive(self, **card: str) -> Page:
        return self.send("/hall/", card or GULBAHAR)

    def choose(self, party: int, thing: str = "open-restaurant") -> Page:
        return self.send("/hall/thing/", {"party": str(party), "thing": thing})

    def ask(self, **answers: Any) -> Page:
        page = self.send("/hall/ask/", {**SNACK, **answers})
        found = re.search(r"/hall/([0-9a-f-]{36})/form/", page.location)
        if found:
            self.draft = found[1]
        return page

    def fill(self, **changes: str) -> Page:
        from tongban.forms.queries import access_draft

        wanted = wish("snack-shop").answers
        data = {code: _posted(value) for code, value in {**wanted, **changes}.items()}
        by = House().actor(self.login)
        data["revision"] = str(access_draft(by, UUID(self.draft)).revision)
        return self.send(f"{self.here}/form/", data)

    def file(self, code: str, content: bytes = b"", name: str = "拍摄.jpg", **more: str) -> Page:
        content = content or readable(colour=(len(code) * 7 % 250, 90, 120))
        page = SimpleUploadedFile(name, content, "image/jpeg")
        return self.send(f"{self.here}/sort/", {"material": code, "page": page, **more})

    def serve(self, party: int) -> None:
        """Everything up to the last look."""
        self.receive()
        self.choose(party)
        self.ask()
        self.fill()
        for code in wish("snack-shop").materials:
            self.file(code, original="yes")

    def sign(self, shown: str = "") -> Page:
        page = self.open(f"{self.here}/confirm/")
        shown = shown or re.search(r'name="shown" value="([0-9a-f]{64})"', page.source)[1]
        scan = SimpleUploadedFile("签字.jpg", readable(colour=(240, 240, 240)), "image/jpeg")
        return self.send(f"{self.here}/signed/", {"shown": shown, "scan": scan})

    def submit(self, key: str = "a" * 32) -> Page:
        return self.send(f"{self.here}/submit/", {"key": key})


def _posted(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value
