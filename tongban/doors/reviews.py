"""What the doors share about reviews: the form of a rating, its words, and how it is read back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.core import signing
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tongban.doors.parts import Field, Option, Problem, Tag
from tongban.doors.texts import say
from tongban.doors.units import days
from tongban.doors.visits import wall_clock
from tongban.forms.rules import neutralise
from tongban.ratings.queries import ratings
from tongban.ratings.rules import PLACES, Rating, rounded_percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest

    from tongban.doors.parts import Tone
    from tongban.kernel.refusals import BadInput
    from tongban.ratings.queries import MyRating
    from tongban.ratings.rules import Figures

LONGEST = 1000
_SALT = "rating-page"
_TONES: dict[int, Tone] = {1: "done", 2: "done", 3: "calm", 4: "late", 5: "late"}
WHOLE = "all"


def level_name(level: int) -> str:
    """A level in the reader's language."""
    return next((say(one.name.model_dump()) for one in ratings().levels if one.value == level), "")


def level_tag(level: int) -> Tag:
    """A level with its tone."""
    return Tag(level_name(level), _TONES.get(level, "plain"))


def tag_names(codes: tuple[str, ...]) -> str:
    """Tags in the reader's language."""
    names = {one.code: say(one.name.model_dump()) for one in ratings().tags}
    return _("、").join(names.get(code, code) for code in codes)


def channel_name(code: str) -> str:
    """A channel in the reader's language."""
    found = (say(one.name.model_dump()) for one in ratings().channels if one.code == code)
    return next(found, code)


def object_name(code: str) -> str:
    """A kind of what can be rated in the reader's language."""
    found = (say(one.name.model_dump()) for one in ratings().kinds if one.code == code)
    return next(found, code)


def second_round(title: str) -> str:
    """The title of a state in the second round of putting right."""
    return _("第二次整改 · %(state)s") % {"state": title}


def when(at: datetime, *, is_exact: bool) -> str:
    """A moment in words; of somebody whom the reader must not find, the day that many share."""
    local = localtime(at)
    day = date_format(local, "DATE_FORMAT")
    return f"{day} {local:%H:%M}" if is_exact else day


def percent(share: float | None, places: int = PLACES) -> str:
    """A share as a percentage; a dash where there is nothing."""
    return "—" if share is None else rounded_percent(share, places)


def rate_words(one: Figures) -> str:
    """A good rate, with its interval where the content says that it needs one."""
    if one.rate is None:
        return "—"
    shown = percent(one.rate)
    if one.total < ratings().statistics.interval_below.value:
        low, high = one.interval.low, one.interval.high
        # The joiner keeps both ends of the interval on one line.
        between = f"{percent(low, 1)}–\u2060{percent(high, 1)}"
        return _("%(rate)s（%(between)s）") % {"rate": shown, "between": between}
    return shown


def opened() -> str:
    """The sealed moment in which a page was opened (F2)."""
    return signing.dumps(int(wall_clock().timestamp()), salt=_SALT)


def seconds_open(sealed: str) -> int | None:
    """How long the page was open; None where that was tampered with."""
    try:
        since = int(signing.loads(sealed, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return max(0, int(wall_clock().timestamp()) - since)


def read(request: HttpRequest, *, channel: str, device: str, staff_session: bool) -> Rating:
    """What somebody says on the form; nothing is filled in for him."""
    posted = request.POST
    level = posted.get("level", "")
    item = posted.get("item", "")
    return Rating(
        level=int(level) if level in {"1", "2", "3", "4", "5"} else 0,
        channel=channel,
        aspects={
            one.code: int(said)
            for one in ratings().aspects
            if (said := posted.get(f"aspect-{one.code}", "")) in {"1", "2", "3", "4", "5"}
        },
        tags=tuple(posted.getlist("tags"))[:20],
        text=neutralise(posted.get("text", ""))[0][: LONGEST + 1],
        real_name=posted.get("real_name") == "1",
        item="" if item == WHOLE else item[:60],
        device=device,
        seconds=seconds_open(posted.get("opened", "")),
        staff_session=staff_session,
    )


def of_whole(said: Rating, *, is_known: bool = True) -> Rating:
    """The same about the whole; nobody is called back who is not known."""
    return replace(said, item="", real_name=said.real_name and is_known)


def fields(one: MyRating, said: Rating | None, no: BadInput | None) -> tuple[Field, ...]:
    """The form: the level without any default, then what may be said besides."""
    part = (_part(one, said),) if one.parts else ()
    return (
        _level(said, no), _tags(said), *_aspects(said), *part, _text(said, no), _name(said)
    )  # fmt: skip


def fields_of_whole(
    said: Rating | None, no: BadInput | None, *, is_known: bool
) -> tuple[Field, ...]:
    """The form about a unit, a hall or the platform; only who is signed in can leave a name."""
    level = replace(_level(said, no), label=_("总的来说，您是否满意"))
    return (level, _tags(said), _text(said, no), *((_name(said),) if is_known else ()))


def _text(said: Rating | None, no: BadInput | None) -> Field:
    return Field(
            name="text", label=_("想说的话"), kind="longtext", required=False,
            value=said.text if said else "", max_length=LONGEST, error=_error(no, "text"),
            help=_("请不要写电话、身份证号等个人信息。原话只有处理的单位能看，公开时会隐去。"),
        )  # fmt: skip


def _name(said: Rating | None) -> Field:
    return Field(
            name="real_name", id="f-real-name", label=_("是否愿意让单位联系您"), kind="choice",
            required=False,
            options=(
                Option("0", _("不愿意，匿名"), chosen=bool(said and not said.real_name)),
                Option("1", _("愿意，处理的单位可以看到我的姓名和电话"),
                       chosen=bool(said and said.real_name)),
            ),
            help=_("不满意时，留名的%(days)s内会有人联系您。经办人看不到您是谁。")
            % {"days": days(ratings().contact.value, ratings().contact.unit)},
        )  # fmt: skip


def _aspects(said: Rating | None) -> Iterator[Field]:
    """Each side of the service by itself; nothing is chosen, nothing must be."""
    for aspect in ratings().aspects:
        given = said.aspects.get(aspect.code) if said else None
        yield Field(
            name=f"aspect-{aspect.code}",
            id=f"f-aspect-{aspect.code}",
            label=say(aspect.name.model_dump()),
            kind="choice",
            required=False,
            options=tuple(
                Option(str(one.value), say(one.name.model_dump()), chosen=given == one.value)
                for one in ratings().levels
            ),
        )


def is_aspect(field: Field) -> bool:
    """Whether a field of the form asks for one side of the service."""
    return field.name.startswith("aspect-")


def _error(no: BadInput | None, path: str) -> str:
    if no is None:
        return ""
    return next((_(p.sentence) for p in no.problems if p.path == path), "")


def _level(said: Rating | None, no: BadInput | None) -> Field:
    return Field(
        name="level", label=_("您对这次服务是否满意"), kind="choice",
        options=tuple(
            Option(str(one.value), say(one.name.model_dump()),
                   chosen=bool(said and said.level == one.value))
            for one in ratings().levels
        ),
        error=_error(no, "level"),
    )  # fmt: skip


def _tags(said: Rating | None) -> Field:
    return Field(
        name="tags", label=_("哪些方面"), kind="multi", required=False,
        options=tuple(
            Option(one.code, say(one.name.model_dump()),
                   chosen=bool(said and one.code in said.tags))
            for one in ratings().tags
        ),
    )  # fmt: skip


def _part(one: MyRating, said: Rating | None) -> Field:
    return Field(
        name="item", label=_("评价哪一部分"), kind="choice", required=False,
        options=(
            Option(WHOLE, _("整件事"), chosen=not (said and said.item)),
            *(
                Option(part.item, say(part.name), chosen=bool(said and said.item == part.item))
                for part in one.parts
            ),
        ),
        help=_("谁办理、谁负责：指明哪一部分，就由那个部门整改。"),
    )  # fmt: skip


def problems(no: BadInput | None) -> tuple[Problem, ...]:
    """What was wrong, with the way to its field."""
    if no is None:
        return ()
    return tuple(Problem(_(p.sentence), f"f-{p.path.replace('_', '-')}") for p in no.problems)
