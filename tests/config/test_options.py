from pathlib import Path

import pytest

from tongban.config import options
from tongban.config.options import OptionError, read
from tongban.config.pages import settings_page


def test_everything_has_a_default():
    assert read({}) == options.Options()


def test_values_are_read_with_their_type():
    found = read(
        {
            "TONGBAN_PORT": "9000",
            "TONGBAN_DEBUG": "yes",
            "TONGBAN_HOME": "/srv/tongban",
            "DATABASE_URL": "postgresql://a@b/c",
        }
    )

    assert found == options.Options(
        port=9000, debug=True, home=Path("/srv/tongban"), database_url="postgresql://a@b/c"
    )


def test_an_empty_value_means_the_default():
    assert read({"TONGBAN_PORT": ""}).port == 8000


def test_a_misspelt_name_is_an_error_that_knows_better():
    with pytest.raises(OptionError, match="unknown setting TONGBAN_PROT; did you mean TONGBAN_P"):
        read({"TONGBAN_PROT": "9000"})


def test_all_unknown_names_are_told_at_once():
    with pytest.raises(OptionError, match=r"(?s)TONGBAN_ONE.*TONGBAN_TWO"):
        read({"TONGBAN_ONE": "", "TONGBAN_TWO": ""})


def test_names_of_others_are_left_alone():
    assert read({"PATH": "/bin", "TONGBANANA": "1"}) == options.Options()


@pytest.mark.parametrize(("name", "text"), [("TONGBAN_PORT", "eighty"), ("TONGBAN_DEBUG", "oui")])
def test_an_unreadable_value_is_an_error_that_names_it(name, text):
    with pytest.raises(OptionError, match=f"{name}='{text}' is not readable"):
        read({name: text})


@pytest.mark.parametrize(
    ("name", "text", "advice"),
    [
        ("TONGBAN_PORT", "abc", "write a whole number$"),
        ("TONGBAN_PORT", "99999", "write a number from 1 to 65535$"),
        ("TONGBAN_WORKERS", "0", "write a number from 1 to 256$"),
        ("TONGBAN_UPLOAD_MEGABYTES", "-1", "write a number from 1 to 2000$"),
        ("TONGBAN_LOG_FORMAT", "xml", "write text or json$"),
        ("TONGBAN_LOG_LEVEL", "LOUD", "write DEBUG or INFO or WARNING or ERROR$"),
        ("TONGBAN_DATABASE_ROLE", "root", "write app or owner$"),
    ],
)
def test_a_value_that_cannot_work_is_told_with_what_can(name, text, advice):
    with pytest.raises(OptionError, match=advice):
        read({name: text})


def test_every_default_is_allowed():
    assert read({item.name: item.default for item in options.declarations()})


def test_a_secret_is_made_once_and_is_for_its_owner_alone(tmp_path):
    first = options.secret(tmp_path, "key")

    assert options.secret(tmp_path, "key") == first
    assert len(first) >= 64
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "key").stat().st_mode & 0o777 == 0o600


def test_two_secrets_differ(tmp_path):
    assert options.secret(tmp_path, "one") != options.secret(tmp_path, "two")


def test_the_public_address_follows_the_port():
    assert read({"TONGBAN_PORT": "8001"}).site_url == "http://127.0.0.1:8001"
    assert read({"TONGBAN_PUBLIC_URL": "https://t.example/"}).site_url == "https://t.example"


def test_no_default_of_the_page_is_a_path_of_this_machine():
    assert str(options.CHECKOUT) not in settings_page()


def test_a_line_has_one_key_or_several_by_name(tmp_path):
    file = tmp_path / "lines.json"
    file.write_text(
        '{"one": {"url": "https://a.cn", "key": "k"},'
        ' "two": {"url": "https://b.cn", "key": {"2026": "old", "2027": "new"}}}',
        encoding="utf-8",
    )

    systems = options.department_systems(str(file))
    assert systems["one"]["key"] == "k"
    assert systems["two"]["key"].newest == "new"
    partners = options.relay_partners(str(file))
    assert partners["two"][1]["key"].named("2026") == "old"
