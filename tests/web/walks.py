"""A citizen with a client: signs in, answers, fills in, as a browser without scripts does."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.test import Client

# What the demo city's restaurant owner answers; the area decides on the fire check.
SITUATION = {
    "holder_kind": "limited_company",
    "district": "650102",
    "area": "120",
    "staff": "8",
    "projects": ["hot"],
    "tenure": "lease",
    "signboard": "yes",
    "tobacco": "no",
    "drainage": "no",
}


class Form(HTMLParser):
    """The first posting form of the main part of a page: what it would send."""

    def __init__(self):
        super().__init__()
        self.data, self.options, self.files = {}, {}, []
        self.inside = self.in_main = False
        self.area = self.select = ""

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.in_main = True
        if tag == "form" and self.in_main and given.get("method") == "post":
            self.inside = not self.data
        if not self.inside or not given.get("name"):
            if tag == "option" and self.inside and self.select:
                self.options.setdefault(self.select, []).append(given.get("value", ""))
            return
        self._control(tag, given)

    def _control(self, tag, given):
        name = given["name"]
        if tag == "textarea":
            self.area = name
            self.data[name] = [""]
        elif tag == "select":
            self.select = name
        elif given.get("type") == "file":
            self.files.append(name)
        elif given.get("type") in ("radio", "checkbox"):
            self.options.setdefault(name, []).append(given.get("value", ""))
            if "checked" in given:
                self.data.setdefault(name, []).append(given["value"])
        elif tag == "input":
            self.data.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data):
        if self.area:
            self.data[self.area] = [self.data[self.area][0] + data]

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


def form_of(response):
    form = Form()
    form.feed(response.content.decode())
    return form


def main_of(response):
    """The words of the main part of a page."""
    return words_of(response.content.decode())


def words_of(text):
    """The words of the main part of a page's source."""
    inner = text[text.index("<main") : text.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


class Walker:
    """Somebody with a browser."""

    def __init__(self, house, login=""):
        self.house = house
        self.client = Client()
        if login:
            from tongban.people.models import Account

            self.client.force_login(
                Account.objects.get(login=login), backend="tongban.people.queries.AccountBackend"
            )

    def get(self, path, **query):
        return self.client.get(path, query)

    def post(self, path, **data):
        return self.client.post(path, data)

    def ask(self, slug="open-restaurant", **changes):
        """Answer the questions; the last page that comes."""
        path = f"/packages/{slug}/ask/"
        answers = {**SITUATION, **changes}
        response = self.client.post(path, answers, follow=True)
        return self.client.get(path) if response.status_code == 500 else response

    def draft(self, **changes):
        """Answer the questions and open the form; the draft's id."""
        self.ask(**changes)
        response = self.client.post("/packages/open-restaurant/guide/")
        return response["Location"].split("/")[2]

    def fill(self, draft):
        """Fill in whatever the form asks; the response of the last save."""
        path = f"/apply/{draft}/form/"
        form = form_of(self.client.get(path))
        data = dict(form.data)
        for name, options in form.options.items():
            data.setdefault(name, [next(one for one in options if one)])
        for name, values in data.items():
            if values == [""]:
                data[name] = [_some(name)]
        return self.client.post(path, {**data, "then": "next"})


def _some(name):
    if name.endswith(("_on", "_until")) or name in ("fire.fitted_on", "signboard.install_on"):
        return "2030-12-31" if name.endswith("_until") else "2026-12-01"
    if "phone" in name:
        return "13900000001"
    if "name" in name or name.endswith("_by"):
        return "古丽巴哈尔·阿不都热合曼"
    if name.endswith(("text", "place", "floors", "no")):
        return "1层"
    return "3"
