"""A comprehensive licence in words, for the pages of both doors."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.doors.parts import Cell, Column, Empty, Row, Table, Tag
from tongban.doors.texts import named
from tongban.licences.states import (
    COMPREHENSIVE_TITLES,
    LIFE,
    ComprehensiveState,
    LicenceState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tongban.doors.parts import Tone
    from tongban.licences.queries import HeldLicence
    from tongban.licences.queries.comprehensive import ComprehensiveVersion, Shop

_TONES: dict[ComprehensiveState, tuple[Tone, str]] = {
    ComprehensiveState.VALID: ("calm", "seal"),
    ComprehensiveState.PARTIAL: ("soon", "alert"),
    ComprehensiveState.INVALID: ("late", "alert"),
}


def whole_tag(state: ComprehensiveState) -> Tag:
    """The overall state."""
    tone, icon = _TONES[state]
    return Tag(_(COMPREHENSIVE_TITLES[state]), tone, icon)


def sentence(one: Shop) -> str:
    """What somebody in front of the shop should know."""
    if one.state is ComprehensiveState.VALID:
        return _("真实。下面的各项许可现在都有效。")
    if one.state is ComprehensiveState.PARTIAL:
        return _("真实，但不是每一项许可现在都有效：看下面标出的各项。")
    if one.base is not None and one.base.state is not LicenceState.VALID:
        return _("营业执照已经失效，这张综合许可证不能作为许可使用。")
    return _("各项许可现在都没有效力，这张综合许可证不能作为许可使用。")


def part_tag(one: HeldLicence) -> Tag:
    """The state of one permit, with a warning before it ends."""
    if one.is_in_force and one.is_expiring:
        return Tag(_("快到期了"), "soon", "clock")
    if one.is_in_force:
        return Tag(_("有效"), "calm", "tick")
    return Tag(_(one.state_title), "late", "alert")


def until(one: HeldLicence) -> str:
    """Its last day in words."""
    return date_format(one.valid_to, "DATE_FORMAT") if one.valid_to else _("长期")


def cause(line: Mapping[str, str]) -> str:
    """What changed from one version to the next."""
    name = named(line["name"])
    if line["what"] == "joined":
        return _("%(name)s：并入") % {"name": name}
    if line["what"] == "left":
        return _("%(name)s：移出") % {"name": name}
    if line["what"] == "reissued":
        return _("%(name)s：换发") % {"name": name}
    if line["what"] == "validity":
        last = _day(line["to"])
        return _("%(name)s：有效期改为至 %(until)s") % {"name": name, "until": last}
    return _("%(name)s：现在是“%(state)s”") % {"name": name, "state": _(LIFE.title(line["to"]))}


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT") if text else _("长期")


def history(versions: Iterable[ComprehensiveVersion]) -> Table:
    """The versions of the whole: when, which, its state, what changed."""
    return Table(
        title=_("版本记录"),
        columns=(
            Column(_("时间"), "time"),
            Column(_("版本")),
            Column(_("状态")),
            Column(_("变化")),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.at),
                    Cell(_("第 %(n)s 版") % {"n": one.version}),
                    Cell(_(COMPREHENSIVE_TITLES[ComprehensiveState(one.state)])),
                    Cell("；".join(cause(line) for line in one.causes) or _("首次制发")),
                )
            )
            for one in versions
        ),
        empty=Empty(_("没有记录")),
    )
