"""Captures: cut into pages where bare table lies between them, turned by quarters."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from tests.documents.samples import photograph
from tongban.window.rules import as_jpeg, split, turned

DARK, WHITE = (50, 55, 58), (250, 250, 248)


def table(*boxes, ground=DARK, size=(1600, 1200)):
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        draw.rectangle(box, fill=WHITE)
        left, upper, right, lower = box
        for y in range(upper + 60, lower - 60, 60):
            draw.rectangle((left + 50, y, right - 90, y + 12), fill=(40, 40, 40))
    return picture


def test_two_pages_side_by_side_become_two():
    pages = split(table((60, 60, 760, 1140), (840, 60, 1540, 1140)))

    assert [page.width < 800 for page in pages] == [True, True]


def test_four_cards_become_four_row_by_row():
    pages = split(
        table(
            (80, 80, 700, 520), (860, 80, 1500, 520), (80, 660, 700, 1100), (860, 660, 1500, 1100)
        )
    )

    assert len(pages) == 4


def test_one_page_is_cut_out_of_the_table():
    (page,) = split(table((400, 100, 1200, 1100)))

    assert 780 <= page.width <= 860
    assert 980 <= page.height <= 1080


def test_the_space_between_two_paragraphs_on_white_is_no_cut():
    picture = Image.new("RGB", (1200, 1600), "white")
    draw = ImageDraw.Draw(picture)
    for top in (200, 840):
        for line in range(8):
            draw.rectangle((150, top + line * 70, 1000, top + line * 70 + 20), fill="black")

    assert len(split(picture)) == 1


@pytest.mark.parametrize("colour", ["white", "black", (128, 128, 128)])
def test_an_empty_picture_stays_whole(colour):
    picture = Image.new("RGB", (300, 200), colour)

    assert [page.size for page in split(picture)] == [(300, 200)]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.binary(min_size=12, max_size=12))
def test_whatever_is_captured_at_least_one_page_comes_out(width, height, seed):
    picture = Image.frombytes("RGB", (2, 2), seed).resize((width, height))

    pages = split(picture)

    assert pages
    assert all(page.width >= 1 and page.height >= 1 for page in pages)


def test_a_page_is_turned_clockwise():
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste((0, 0, 0), (0, 0, 8, 20))

    with Image.open(io.BytesIO(turned(as_jpeg(picture), 90))) as made:
        assert made.size == (20, 40)
        assert made.convert("L").getpixel((10, 2)) < 80


def test_what_the_camera_noted_is_heeded():
    with Image.open(io.BytesIO(photograph())) as before:
        size = before.size
    with Image.open(io.BytesIO(turned(photograph(), 0))) as made:
        assert made.size in (size, size[::-1])
        assert not made.getexif()


def test_half_a_turn_is_not_a_quarter():
    with pytest.raises(ValueError, match="quarter"):
        turned(as_jpeg(Image.new("RGB", (4, 4))), 45)
