"""The few template tags that includes cannot say: icons, dates in the reader's language, marks.

Loaded as `{% load tongban %}`; the settings name this module as the library `tongban`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()

MARKS = {
    "S": gettext_lazy("项目需求文件中载明的数值或目标"),
    "V": gettext_lazy("已与法律、法规或国家标准原文核对"),
    "VL": gettext_lazy("只在别的城市有效的规定，这里仅作示范，不是本市依据"),
    "V2": gettext_lazy("来自公开的二手资料（他城方案、办事指南、报道），各地可能不同"),
    "M": gettext_lazy("根据通行做法填写，尚未核实，不是法律规定"),
    "A": gettext_lazy("本演示系统的设计假设，不是法律规定"),
}
UNPROVEN = frozenset({"VL", "M", "A"})
# Pictures that point somewhere turn round where the script runs from right to left.
TURNING = frozenset({"arrow", "back", "list", "share"})


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A small picture from static/images/icons.svg; it stands beside words and is not read out."""
    turns = " icon-turns" if name in TURNING else ""
    extra = f" {extra}" if extra else ""
    return format_html(
        '<svg class="icon{}{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        turns,
        extra,
        static("images/icons.svg"),
        name,
    )


@register.simple_tag
def spoken() -> str:
    """The tag of the reader's language, for pages that stand without a frame."""
    return tag_of(get_language() or settings.LANGUAGE_CODE)


def tag_of(code: str) -> str:
    """The BCP 47 tag of one of Django's language codes: zh-hans is zh-Hans."""
    language, _dash, script = code.partition("-")
    return f"{language}-{script.title()}" if len(script) == 4 else code


@register.filter
def words(value: Any) -> str:
    """A text of the content in the reader's language; empty for None."""
    # Pages without content can be rendered without the rooms (tools/gallery).
    from tongban.doors.texts import say

    return say(value) if value else ""


@register.filter
def said(value: str) -> str:
    """A title that a room has in Chinese, in the reader's language."""
    return _(value) if value else ""


@register.filter
def day(value: date | datetime | None) -> str | SafeString:
    """A date in the reader's language, with the machine's form beside it; empty for None."""
    if value is None:
        return ""
    on = _local(value) if isinstance(value, datetime) else value
    return format_html(
        '<time datetime="{}">{}</time>',
        on.strftime("%Y-%m-%d"),
        formats.date_format(on, "DATE_FORMAT"),
    )


@register.filter
def weekday(value: date | datetime | None) -> str | SafeString:
    """A date with its day of the week, for deadlines; empty for None."""
    if value is None:
        return ""
    on = _local(value) if isinstance(value, datetime) else value
    return format_html(
        '<time datetime="{}">{}</time>', on.strftime("%Y-%m-%d"), _weekday_words(on)
    )


def _weekday_words(on: date) -> str:
    return _("%(date)s（%(weekday)s）") % {
        "date": formats.date_format(on, "DATE_FORMAT"),
        "weekday": formats.date_format(on, "D"),
    }


@register.filter
def deadline(value: date | datetime | None) -> str | SafeString:
    """Until when: the day with its day of the week, and the minute where it is an instant."""
    if not isinstance(value, datetime):
        return weekday(value)
    at = _local(value)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        at.isoformat(timespec="seconds"), _weekday_words(at), at.strftime("%H:%M"),
    )  # fmt: skip


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """An instant in the city's time: date and minute; empty for None."""
    if value is None:
        return ""
    at = _local(value)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        at.isoformat(timespec="seconds"),
        formats.date_format(at, "DATE_FORMAT"),
        at.strftime("%H:%M"),
    )


@register.filter
def when(value: Any) -> str | SafeString:
    """A date as a day, a datetime as a moment; empty for None."""
    return moment(value) if isinstance(value, datetime) else day(value)


@register.filter
def kind_of(value: Any) -> str:
    """The name of the class of a value, so that a table cell can choose its template."""
    return type(value).__name__.lower()


@register.filter
def mark_words(mark: str) -> str:
    """What an evidence mark means; empty for an unknown one."""
    return str(MARKS.get(mark, ""))


@register.filter
def mark_is_unproven(mark: str) -> bool:
    """Whether a value with this mark must not be taken for law."""
    return mark in UNPROVEN


@register.simple_tag
def all_marks() -> list[tuple[str, str, bool]]:
    """Every mark with its meaning and whether it is unproven, for the legend."""
    return [(mark, str(words), mark in UNPROVEN) for mark, words in MARKS.items()]


@register.filter
def percent(value: float) -> str:
    """A percentage for a length in a drawing, kept inside 0 to 100."""
    return f"{min(100.0, max(0.0, float(value))):.2f}%"


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
