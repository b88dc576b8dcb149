"""The keys of the window's pages, as the foot of each page tells them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongban.doors.hall.pages import Key


def of(*names: str) -> tuple[Key, ...]:
    """These keys with what they do, then those that every page has."""
    words = {
        "F2": _("读身份证"),
        "F4": _("请申请人确认"),
        "F8": _("下一步"),
        "file": _("提交"),
        "F9": _("打印"),
        "F10": _("下一位"),
        "1–9": _("选择"),
        "sort": _("归入材料"),
        "C": _("拍摄"),
        "B": _("高拍仪"),
        "U": _("选文件"),
        "R": _("转向"),
        "←→": _("换页"),
        "X": _("去掉一页"),
        "O": _("原件核验"),
        "T": _("文字识别"),
        "pair": _("配对对面屏"),
        "Enter": _("下一项"),
        "Esc": _("返回"),
    }
    shown = {"file": "F8", "sort": "1–9", "pair": "F9"}
    return tuple(Key(shown.get(one, one), words[one]) for one in (*names, "Esc"))
