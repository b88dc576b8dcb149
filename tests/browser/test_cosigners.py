"""Two parents and one name: the mother asks by a link, the father signs, she changes the name."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.city import applying
from tests.city.house import House
from tests.city.wishes import wish

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(city, city_at):
    """The mother's draft, complete; written in a thread, since the browser keeps a loop here."""
    city_at("2026-10-12 10:30")

    def write():
        try:
            return applying.write_draft(House(), wish("newborn"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as worker:
        return worker.submit(write).result()


def text_of(person):
    return person.page.inner_text("main")


def sign(person):
    person.page.locator("input[name=read]").check(force=True)
    person.press("签名")


def looked_at(person, name):
    """The page at both widths and in English, for whoever looks at the pictures."""
    person.photograph(f"cosigners-{name}")
    person.page.set_viewport_size({"width": 390, "height": 844})
    person.photograph(f"cosigners-{name}-phone")
    wide = person.page.evaluate("document.documentElement.scrollWidth")
    person.page.set_viewport_size({"width": 1280, "height": 900})
    assert wide <= 390


def test_both_parents_agree_to_the_name(enter, draft):
    mother = enter("reyhan")
    mother.open(f"/apply/{draft}/check/")
    assert "还差爸爸艾力·吐尔逊的签名" in text_of(mother)
    looked_at(mother, "check")

    mother.open(f"/apply/{draft}/signers/")
    mother.press("生成签名链接")
    looked_at(mother, "asked")
    link = re.search(r"/sign/[\w-]+/", text_of(mother)).group()

    stranger = enter("ali")
    stranger.open(link)
    assert "不能代签" in text_of(stranger)
    assert "艾力" not in text_of(stranger)
    looked_at(stranger, "stranger")

    father = enter("eli")
    father.open("/my/")
    assert "热依汗古丽·托合提请您签“新生儿姓名确认书”" in text_of(father)
    father.open(link)
    assert "阿依努尔·艾力" in text_of(father)
    looked_at(father, "paper")
    father.press("签名")
    assert "请先勾选" in text_of(father)
    sign(father)
    assert "您已经签名" in text_of(father)
    looked_at(father, "signed")

    mother.open(f"/apply/{draft}/form/")
    mother.fill("child.name", "阿依古丽·艾力")
    mother.press("保存，下一步交材料")
    mother.open(f"/apply/{draft}/check/")
    assert "还差爸爸艾力·吐尔逊的签名" in text_of(mother)

    father.open(link)
    assert "阿依古丽·艾力" in text_of(father)
    sign(father)

    mother.open(f"/apply/{draft}/signers/")
    looked_at(mother, "all-signed")
    mother.open(f"/apply/{draft}/check/")
    for box in mother.page.locator("main form input[type=checkbox]").all():
        if box.get_attribute("name") != "human":
            box.check(force=True)
    mother.press("提交申请")

    assert re.search(r"/my/YJS[0-9A-Z]+/", mother.page.url)
