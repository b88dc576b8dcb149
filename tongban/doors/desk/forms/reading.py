"""Reading what an officer typed: cleaned of what nobody sees, and checked before it is used."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _

from tongban.documents.actions import store_file
from tongban.documents.rules import FileRefused
from tongban.forms.rules import neutralise
from tongban.kernel.refusals import BadInput, Problem
from tongban.kernel.worktime import CITY_ZONE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import BinaryIO

    from django.core.files.uploadedfile import UploadedFile

    from tongban.doors.desk.forms.inputs import Data, Input, Verb
    from tongban.doors.visits import KnownVisit

MISSING = "missing"
CHOSEN = frozenset(
    {"target", "officer", "procedure", "result", "department", "way", "chair", "view", "file"}
    | {"inspector", "ground", "forum", "relief", "fault", "pick"}
)
LONGEST_SEARCH = 100


def typed(verb: Verb, posted: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the fields of a verb, without marks that nobody sees."""
    return {
        one.name: "" if one.kind == "file" else plain(posted.get(one.name, ""))
        for one in verb.inputs
    }


def colleagues(chosen: str) -> list[int]:
    """The account of the colleague that was chosen from a list, if any. Raises BadInput."""
    if not chosen:
        return []
    if not (chosen.isdecimal() and len(chosen) < 19):
        raise BadInput.at("companion", "unknown", _("请从列表中选择同行人员。"))
    return [int(chosen)]


def plain(text: str) -> str:
    """A typed text without marks that nobody sees, and without blanks around."""
    return neutralise(text)[0].strip()


def checked(verb: Verb, data: Data, files: Collection[str] = ()) -> None:
    """Refuse what cannot be used, every fault at once; ``files`` came along. Raises BadInput."""
    told = {**data, **{one.name: one.name for one in verb.files if one.name in files}}
    problems = [p for one in verb.inputs if (p := _problem(one, told[one.name])) is not None]
    if problems:
        raise BadInput(problems[0].sentence, problems=problems)


def kept(verb: Verb, request: KnownVisit) -> dict[str, str]:
    """Keep the files of a form; the number of each. Raises what `store_file` refuses."""
    stored = {}
    for one in verb.files:
        file = cast("UploadedFile[bytes]", request.FILES[one.name])
        try:
            row = store_file(
                content=cast("BinaryIO", file),
                name=file.name or _("未命名"),
                owner_party_id=None,
                purpose=verb.name,
                by=request.actor,
                now=request.now,
                stated_size=file.size,
            )
        except FileRefused as no:
            raise BadInput.at(one.name, no.code, no.sentence) from None
        stored[one.name] = str(row.pk)
    return stored


def _problem(one: Input, text: str) -> Problem | None:
    label = _(one.label) if one.label else ""
    if one.kind == "hidden" and not text:
        return Problem(one.name, MISSING, _("页面不完整，请刷新后再试。"))
    if one.required and not text:
        words = _("请选择“%(label)s”。") if one.kind in CHOSEN else _("请填写“%(label)s”。")
        return Problem(one.name, MISSING, words % {"label": label})
    if len(text) > one.most:
        words = _("“%(label)s”最多 %(most)s 字，现在有 %(n)s 字，请精简。")
        shown = {"label": label, "most": one.most, "n": len(text)}
        return Problem(one.name, "too-long", words % shown)
    return None


def read_moment(day: str, time: str) -> datetime:
    """A day and a time of the city as they were typed. Raises BadInput at ``time``."""
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=CITY_ZONE)
    except ValueError:
        words = _("日期写成 2026-09-18 的样子，时间写成 10:00 的样子。")
        raise BadInput.at("time", "malformed", words) from None


def search_text(text: str) -> str:
    """What was typed into the search box, without marks that nobody sees."""
    return plain(text[:LONGEST_SEARCH])
