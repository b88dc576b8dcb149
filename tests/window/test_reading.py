"""What was read on a document becomes proposals; nothing without its check character."""

import io
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from PIL import Image, ImageDraw, ImageFont

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


def test_a_label_with_a_bracket_is_known_by_its_parts():
    owner = Wanted("owner.name", "name", "法定代表人（经营者）")

    assert values([("法定代表人：阿里木・买买提", 0.97)], owner) == {"owner.name": "阿里木·买买提"}
    assert values([("经营者 李娜", 0.97)], owner) == {"owner.name": "李娜"}


LICENCE = (
    "营业执照",
    "统一社会信用代码：91650100MA7TE5T198",
    "法定代表人：阿里木·买买提",
    "成立日期：2024年05月20日",
    "住所：乌鲁木齐市天山区胜利路168号1层",
)
CARD = ("姓名  阿里木·买买提", "出生 1990 年 1 月 1 日", "公民身份号码  650102199001010017")


def drawn(*lines):
    """A picture of a paper with those lines."""
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    font = ImageFont.truetype(str(folder / "NotoSansSC-Regular.otf"), 44)
    picture = Image.new("RGB", (1400, 120 + 100 * len(lines)), "#fdf8ee")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((90, 60 + number * 100), line, font=font, fill="#222222")
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(
    not gateways.is_installed(), reason="rapidocr is not installed (requirements/reading.txt)"
)
def test_the_real_reader_reads_a_licence_and_an_identity_card():
    gateways.text_reader.cache_clear()
    reader = gateways.text_reader()
    owner = Wanted("owner.name", "name", "法定代表人（经营者）")
    site = Wanted("site.address", "address", "住所（经营场所）")
    begun = Wanted("firm.begun", "date", "成立日期")

    licence = propose(reader.read(drawn(*LICENCE)), [USCC, owner, site, begun])
    card = propose(reader.read(drawn(*CARD)), [NAME, ID])

    assert {one.code: one.value for one in licence} == {
        "firm.code": "91650100MA7TE5T198",
        "owner.name": "阿里木·买买提",
        "site.address": "乌鲁木齐市天山区胜利路168号1层",
        "firm.begun": "2024-05-20",
    }
    assert {one.code: one.value for one in card} == {
        "owner.name": "阿里木·买买提",
        "owner.id": "650102199001010017",
    }
