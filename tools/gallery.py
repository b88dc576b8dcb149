"""Render every page template with the sample data of tests/web into a folder, to be looked at.

    python -m tools.gallery FOLDER [--serve PORT]

Writes FOLDER/<language>[-large]/<page>.html for Chinese, English, Uyghur and the pseudo
right-to-left language. Needs no database.
"""

from __future__ import annotations

import argparse
import http.server
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import django
import django_htmx
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh-hans", "en", "ug", "qps-plocm")


def configure() -> None:
    """The few settings that templates need."""
    from django.conf import locale

    locale.LANG_INFO["qps-plocm"] = {
        "bidi": True,
        "code": "qps-plocm",
        "name": "Pseudo",
        "name_local": "Pseudo",
    }
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        LANGUAGE_CODE="zh-hans",
        USE_I18N=True,
        LOCALE_PATHS=[ROOT / "web" / "locale"],
        LANGUAGES=[(code, code) for code in LANGUAGES],
        STATIC_URL="/static/",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "web" / "templates"],
                "OPTIONS": {"libraries": {"tongban": "tongban.doors.tags"}},
            }
        ],
    )
    django.setup()


def render(folder: Path) -> int:
    """Write all pages; answers how many."""
    from django.template.loader import render_to_string
    from django.utils import translation

    from tests.web import samples

    count = 0
    for language in LANGUAGES:
        for large in (False, True):
            target = folder / (language + ("-large" if large else ""))
            target.mkdir(parents=True, exist_ok=True)
            for sample in samples.SAMPLES:
                made = samples.frame(language, large=large, path=sample.path)
                with translation.override(language):
                    text = render_to_string(
                        sample.template,
                        {
                            "page": sample.page,
                            "frame": replace(made, place=sample.place),
                            "csrf_token": "token",
                        },
                    )
                (target / f"{sample.name}.html").write_text(text)
                count += 1
            for name in samples.PLAIN:
                with translation.override(language):
                    (target / name).write_text(render_to_string(name))
    return count


def copy_static(folder: Path) -> None:
    """Put the static files beside the pages."""
    static = folder / "static"
    shutil.rmtree(static, ignore_errors=True)
    shutil.copytree(ROOT / "web" / "static", static)
    shutil.copytree(Path(django_htmx.__file__).parent / "static" / "django_htmx", static / "htmx")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--serve", type=int, default=0)
    arguments = parser.parse_args()
    configure()
    print(render(arguments.folder), "pages in", arguments.folder)
    copy_static(arguments.folder)
    if arguments.serve:
        handler = partial(http.server.SimpleHTTPRequestHandler, directory=arguments.folder)
        http.server.ThreadingHTTPServer(("127.0.0.1", arguments.serve), handler).serve_forever()


if __name__ == "__main__":
    main()
