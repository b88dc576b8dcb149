"""What was read on a document becomes proposals; nothing without its check character."""

import pytest

from tongban.window import gateways
from tongban.window.gateways import NotInstalled
from tongban.window.rules import Wanted, propose
from tongban.window.states import Line

ID = Wanted("owner.id", "id_number", "公民身份号码")
NAME = Wanted("owner.name", "name", "姓名")
DAY = Wanted("site.until", "date", "租赁到期日")
USCC = Wanted("firm.code", "uscc", "统一社会信用代码")


def values(lines, *fields):
    return {one.code: one.value for one in propose([Line(*one) for one in lines], fields)}


def test_labels_name_their_values():
    lines = [("姓名 李娜", 0.99), ("租赁到期日：2029年12月31日", 0.9)]

    assert values(lines, NAME, DAY) == {"owner.name": "李娜", "site.until": "2029-12-31"}


def test_a_number_is_known_by_its_check_character():
    lines = [("号码 650103198512310021", 0.9), ("92650102MA7TE5T192", 0.9)]

    assert values(lines, ID, USCC) == {
        "owner.id": "650103198512310021",
        "firm.code": "92650102MA7TE5T192",
    }


def test_a_misread_number_is_not_proposed():
    assert (
        values([("650103198512310022", 0.99), ("公民身份号码 65010319851231002", 0.9)], ID) == {}
    )


def test_an_unsure_line_does_not_count():
    assert values([("姓名 李娜", 0.3)], NAME) == {}


def test_without_the_component_the_clerk_is_told(monkeypatch):
    monkeypatch.setattr(gateways, "is_installed", lambda: False)
    gateways.text_reader.cache_clear()

    with pytest.raises(NotInstalled, match="没有安装文字识别组件"):
        gateways.text_reader()
