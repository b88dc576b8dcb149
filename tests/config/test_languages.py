"""A language is offered by its catalogue; the face of its script is ours."""

from gettext import GNUTranslations

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import get_language_info

from tongban.config import languages
from tongban.config.messages import compile_all
from tongban.config.packaged import FOLDERS


def _compiled(folder, **texts):
    catalogue = Catalog(charset="utf-8")
    for text, translation in texts.items():
        catalogue.add(text, translation)
    path = folder / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)


def test_uyghur_is_offered_and_runs_from_right_to_left():
    assert "ug" in dict(settings.LANGUAGES)
    assert get_language_info("ug")["bidi"]


def test_a_prepared_language_is_not_offered_without_a_text(tmp_path):
    assert "kk-arab" not in dict(languages.offered(tmp_path))

    _compiled(tmp_path / "kk_Arab")
    assert "kk-arab" not in dict(languages.offered(tmp_path))


def test_a_catalogue_with_a_text_switches_a_prepared_language_on(tmp_path):
    _compiled(tmp_path / "kk_Arab", 登录="كىرۋ")

    assert dict(languages.offered(tmp_path))["kk-arab"] == "قازاقشا"
    assert get_language_info("kk-arab")["bidi"]


def test_the_face_of_the_arabic_script_is_served_and_nothing_else_of_its_package():
    face = FOLDERS["fonts"][1][0]
    assert finders.find(f"fonts/{face}").endswith(face)
    assert finders.find("fonts/__init__.py") is None


def test_values_keep_their_direction_in_languages_that_run_from_right_to_left(tmp_path):
    folder = tmp_path / "ug" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "编号 <a href=\\"%(to)s\\">%(n)s</a>"\n'
        'msgstr "<a href=\\"%(to)s\\">%(n)s</a> نومۇر"\n'
    )
    compile_all(tmp_path)
    with (folder / "django.mo").open("rb") as file:
        said = GNUTranslations(file).gettext('编号 <a href="%(to)s">%(n)s</a>')

    assert said == '<a href="%(to)s">\u2068%(n)s\u2069</a> نومۇر'
