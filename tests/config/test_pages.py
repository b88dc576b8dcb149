import pytest

from tongban.config.options import CHECKOUT
from tongban.config.pages import PAGES, machines_page


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_what_the_code_says(name):
    page = (CHECKOUT / "docs" / name).read_text(encoding="utf-8")

    assert page == PAGES[name](), "run `make map`"


def test_the_lives_of_package_and_case_are_drawn():
    page = machines_page()

    assert "## packages: " in page
    assert "## cases: " in page
    assert page.count("```mermaid") * 2 == page.count("```")
