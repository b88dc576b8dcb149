"""The page on which somebody asks something of the city (12345): what, where, who."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tongban.doors.citizen import uploads
from tongban.doors.faults import problems, sentences
from tongban.doors.guide_parts import guide_fields
from tongban.doors.known import Known, known_answers
from tongban.doors.maps import Map, picker
from tongban.doors.parts import Field, Link, Notice, Option, Problem
from tongban.doors.texts import say
from tongban.doors.units import bytes_words
from tongban.engine.queries import access_proceeding
from tongban.forms.rules import neutralise
from tongban.hotline.queries import Guess, city_region, content, domains, guess, place_in
from tongban.hotline.rules import emergency_in
from tongban.kernel.identifiers import mask_phone
from tongban.kernel.refusals import NotFound
from tongban.people.queries import contact_of, parties, regions
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.http import QueryDict

    from tongban.kernel.actors import Actor
    from tongban.kernel.refusals import Refusal
    from tongban.people.queries import RegionView

MOST_TEXT = 2000
MOST_PICTURES = 5
ACCEPT = ".jpg,.jpeg,.png,.pdf"
DISTRICT = 4
"""The level of the region tree at which one says where something is."""
TYPED = (
    "text", "type", "domain", "region", "place", "longitude", "latitude", "whose", "name", "phone",
    "about", "sure", "once", "guide", "element",
)  # fmt: skip
BUSINESS = "business"
PICTURE = "hotline-picture"
"""The code of the kind of document that a picture beside a request is."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, made harmless; ``is_business`` is the page for enterprises."""

    values: Mapping[str, str] = field(default_factory=dict)
    is_business: bool = False

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def read_anew(self) -> Typed:
        """The same without kind and subject: they are read from the text once more."""
        rest = {name: one for name, one in self.values.items() if name not in {"type", "domain"}}
        return replace(self, values=rest)

    def degrees(self, name: str) -> float | None:
        """A coordinate in degrees; None for none, not a number for what cannot be read."""
        try:
            return float(self[name]) if self[name] else None
        except ValueError:
            return float("nan")


def read(post: QueryDict, *, is_business: bool) -> Typed:
    """What a post says."""
    values = {name: neutralise(post.get(name, ""))[0].strip() for name in TYPED}
    return Typed(values, is_business)


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the tree of what things are about; the chosen one stands above the tree."""

    code: str
    name: str
    chosen: bool = False
    below: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """What to say first (``asks_text`` alone), then everything else with what it reads like."""

    title: str
    lead: str
    action: str
    asks_text: Field
    once: str = ""
    is_first: bool = True
    about: str = ""
    emergency: Notice | None = None
    lines: tuple[Link, ...] = ()
    sure: Field | None = None
    reading: str = ""
    kinds: Field | None = None
    tree: tuple[Branch, ...] = ()
    domain: Option | None = None
    guide: tuple[Field, ...] = ()
    where: tuple[Field, ...] = ()
    position: tuple[Field, ...] = ()
    is_placed: bool = False
    map: Map | None = None
    pictures: Field | None = None
    lost_files: bool = False
    who: tuple[Field, ...] = ()
    secret: str = ""
    known: tuple[Known, ...] = ()
    problems: tuple[Problem, ...] = ()
    ways: tuple[Link, ...] = ()


def lines() -> tuple[Link, ...]:
    """The emergency numbers as one taps them."""
    return tuple(
        Link(f"{one['number']} {say(one['name'])}", f"tel:{one['number']}")
        for one in content()["lines"]
        if one["kind"] == "emergency"
    )


def first_page(typed: Typed, no: Refusal | None = None) -> CallPage:
    """Only the text is asked for; the rest follows from it."""
    wrong = sentences(no) if no else {}
    asks = _text(typed, wrong)
    return CallPage(
        **_head(typed),
        asks_text=asks,
        problems=problems((asks,), no) if no else (),
        lines=lines(),
        ways=_ways(typed),
    )


def _head(typed: Typed) -> dict[str, Any]:
    about = typed["about"]
    if typed.is_business:
        return {
            "title": _("企业诉求在线申报"),
            "lead": _("由营商环境专席受理。请写一位联系人，承办单位会直接联系。"),
            "action": "/12345/enterprise/",
            "about": about,
            "once": typed["once"],
        }
    return {
        "title": _("12345：说说您遇到的事"),
        "lead": _("咨询、求助、建议、投诉、举报、表扬都可以。任何时候都收，收到就有编号。"),
        "action": "/12345/",
        "about": about,
        "once": typed["once"],
    }


def _ways(typed: Typed) -> tuple[Link, ...]:
    other = (
        Link(_("个人诉求"), "/12345/")
        if typed.is_business
        else Link(_("企业诉求在线申报"), "/12345/enterprise/")
    )
    return (
        Link(_("凭编号和电话查进展"), "/12345/follow/"),
        Link(_("我的诉求"), "/my/tickets/"),
        Link(_("用说话代替打字（模拟的电话）"), "/voice/"),
        other,
    )


def _text(typed: Typed, wrong: Mapping[str, str]) -> Field:
    return Field(
        name="text",
        label=_("什么事"),
        kind="longtext",
        value=typed["text"],
        max_length=MOST_TEXT,
        help=_("什么时间、什么地点、什么情况，您希望怎么解决。请不要写别人的身份证号。"),
        error=wrong.get("text", ""),
    )


# ---- everything else ---------------------------------------------------------------------------


CONSULT = "consult"
MOST_ANSWERS = 2


def _known(typed: Typed, domain: str, now: datetime) -> tuple[Known, ...]:
    """Answers at hand to a question, before anybody is bothered with it."""
    region = typed["region"] or city_region()
    return known_answers(typed["text"], now, MOST_ANSWERS, region=region, domain=domain)


def whole_page(
    typed: Typed,
    actor: Actor | None,
    now: datetime,
    no: Refusal | None = None,
    *,
    lost_files: bool = False,
) -> CallPage:
    """Everything, with what the text reads like filled in where nothing was chosen.

    ``lost_files`` says that files were chosen which a refusal did not keep.
    """
    wrong = sentences(no) if no else {}
    found = guess(typed["text"])
    kind = typed["type"] or found.type
    chosen = typed["domain"] if typed["type"] else found.domain
    alarm = emergency_in(typed["text"], content())
    fields = _Fields(_placed(typed), wrong)
    asks, where, who = fields.text(), fields.where(), fields.who(actor)
    guide = guide_fields(typed.values, about_of(typed, actor), now, wrong)
    every = (asks, fields.kinds(kind), *guide, *where, *fields.position(), fields.pictures(), *who)
    return CallPage(
        **_head(typed),
        is_first=False,
        asks_text=asks,
        emergency=_alarm(alarm) if alarm else None,
        lines=lines(),
        sure=fields.sure() if alarm else None,
        reading=_reading(found),
        known=_known(typed, chosen, now) if kind == CONSULT and not alarm else (),
        kinds=fields.kinds(kind),
        tree=_tree(chosen),
        domain=_chosen(chosen),
        guide=guide,
        where=where,
        position=fields.position(),
        is_placed=any(one.value or one.error for one in fields.position()),
        map=picker(_("地图：标出准确位置")),
        pictures=fields.pictures(),
        lost_files=lost_files,
        who=who,
        secret=_("举报人的身份只有热线中心知道：承办单位看不到您是谁，也不会告诉被举报的人。"),
        problems=(
            *_problems(every, fields, alarm, no),
            *((files_lost(),) if lost_files else ()),
        ),
    )


def about_of(typed: Typed, actor: Actor | None) -> str:
    """The number of the application that it is about, where it is the caller's own."""
    if not typed["about"] or actor is None or actor.kind != "citizen":
        return ""
    try:
        return access_proceeding(actor, typed["about"]).number
    except NotFound:
        return ""


def _placed(typed: Typed) -> Typed:
    """With the place and the district that the text names, before anything else was typed."""
    if typed["type"]:
        return typed
    place, region = place_in(typed["text"])
    known = next((one for one in _districts() if region.startswith(one.code)), None)
    if known is not None and str(known.name["zh"]).startswith(place):
        place = ""
    found = {"place": place, "region": known.code if known else ""}
    kept = {name: typed[name] or one for name, one in found.items()}
    return replace(typed, values={**typed.values, **kept})


def _districts() -> list[RegionView]:
    return [one for one in regions() if one.level == DISTRICT]


def _problems(
    every: Sequence[Field], fields: _Fields, alarm: Any, no: Refusal | None
) -> tuple[Problem, ...]:
    if no is None:
        return ()
    return problems((*every, fields.sure()) if alarm else every, no)


def _alarm(alarm: Mapping[str, Any]) -> Notice:
    return Notice(
        title=_("听起来很紧急：%(what)s") % {"what": say(alarm["name"])},
        text=_("有生命危险、正在发生的事，请马上打电话，不要等网上答复。"),
        tone="alarm",
    )


def _reading(found: Guess) -> str:
    """What the text reads like, and by which words."""
    if not found.domain:
        return _("没有看出是哪一类，请您选一下；不选也可以，由工作人员归类。")
    node = next(one for one in domains() if one.code == found.domain)
    words = _("、").join(f"“{word}”" for word in found.reasons[:4])
    if not words:
        return _("看起来是“%(what)s”。不对就改一下。") % {"what": say(node.name)}
    return _("看起来是“%(what)s”，因为您写了%(words)s。不对就改一下。") % {
        "what": say(node.name),
        "words": words,
    }


def _chosen(code: str) -> Option | None:
    """What the text reads like, or what was chosen, as the first choice; None for neither."""
    node = next((one for one in domains() if one.code == code), None)
    if node is None:
        return None
    name = say(node.name)
    return Option(
        code, name if node.is_leaf else _("%(name)s：其他") % {"name": name}, chosen=True
    )


def _tree(chosen: str) -> tuple[Branch, ...]:
    return tuple(_branch(one, chosen) for one in content()["domains"])


def _branch(one: Mapping[str, Any], chosen: str) -> Branch:
    below = tuple(_branch(each, chosen) for each in one.get("children", ()))
    return Branch(
        code=one["code"],
        name=say(one["name"]),
        chosen=one["code"] == chosen,
        below=below,
    )


def danger(text: str) -> Notice | None:
    """What to say on top where a text speaks of danger; None where it does not."""
    alarm = emergency_in(text, content())
    return _alarm(alarm) if alarm else None


def sure_field(typed: Mapping[str, str], error: str = "") -> Field:
    """The confirmation that somebody in danger was helped by telephone first."""
    return _Fields(Typed(typed), {"sure": error} if error else {}).sure()


def pictures_field() -> Field:
    """Pictures beside a request; nothing that was chosen comes back after a refusal."""
    return _Fields(Typed(), {}).pictures()


def files_lost() -> Problem:
    """A refused form does not keep its files; whoever goes on at its end would not see it."""
    return Problem(_("刚才选的文件需要重新选择。"), pictures_field().key)


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of the whole page with what was typed and what is wrong."""

    typed: Typed
    wrong: Mapping[str, str]

    def _made(self, name: str, label: str, **more: Any) -> Field:
        more.setdefault("value", self.typed[name])
        return Field(name=name, label=label, error=self.wrong.get(name, ""), **more)

    def text(self) -> Field:
        return _text(self.typed, self.wrong)

    def sure(self) -> Field:
        return self._made(
            "sure",
            _("确认"),
            kind="multi",
            options=(
                Option("yes", _("我已经打过电话，或者没有人有危险，仍然在网上提交。"),
                       chosen=self.typed["sure"] == "yes"),
            ),
        )  # fmt: skip

    def kinds(self, chosen: str) -> Field:
        return self._made(
            "type",
            _("您要"),
            kind="choice",
            options=tuple(
                Option(one["code"], say(one["name"]), chosen=one["code"] == chosen)
                for one in content()["types"]
            ),
        )

    def where(self) -> tuple[Field, ...]:
        return (
            self._made(
                "region",
                _("在哪个区县"),
                kind="choice",
                options=tuple(
                    Option(one.code, say(one.name), chosen=one.code == self.typed["region"])
                    for one in _districts()
                ),
            ),
            self._made(
                "place",
                _("具体地点"),
                kind="address",
                required=False,
                max_length=120,
                help=_("路名、小区、门牌，或者旁边显眼的地方。"),
            ),
        )

    def position(self) -> tuple[Field, ...]:
        return (
            self._made("longitude", _("经度"), kind="decimal", required=False, example="87.6168"),
            self._made("latitude", _("纬度"), kind="decimal", required=False, example="43.8256"),
        )

    def pictures(self) -> Field:
        limit = bytes_words(uploads.limit_bytes())
        return self._made(
            "pictures",
            _("照片或者材料"),
            kind="file",
            value="",
            required=False,
            accept=ACCEPT,
            help=_("最多 %(n)s 个，每个不超过 %(size)s。") % {"n": MOST_PICTURES, "size": limit},
        )

    def who(self, actor: Actor | None) -> tuple[Field, ...]:
        if actor is None or actor.kind != "citizen":
            return (self._phone(_("您的电话"), required=True, known=""),)
        whose = self._whose(actor)
        own = contact_of(actor.party_id) if actor.party_id else None
        if self.typed.is_business:
            name = self._made("name", _("联系人"), kind="name", max_length=60)
            return (*whose, name, self._phone(_("联系人的电话"), required=True, known=""))
        known = mask_phone(own.phone) if own and own.phone else ""
        return (*whose, self._phone(_("另外的联系电话"), required=False, known=known))

    def _whose(self, actor: Actor) -> tuple[Field, ...]:
        choices = whose_choices(actor, is_business=self.typed.is_business)
        if len(choices) < 2 and not self.typed.is_business:
            return ()
        chosen = self.typed["whose"] or str(choices[0][0] if choices else "")
        label = _("哪家企业的诉求") if self.typed.is_business else _("谁的诉求")
        options = tuple(Option(str(one), name, chosen=str(one) == chosen) for one, name in choices)
        return (self._made("whose", label, kind="choice", options=options),)

    def _phone(self, label: str, *, required: bool, known: str) -> Field:
        words = _("办理的人会打这个电话；凭编号和后四位可以查进展。举报可以不留。")
        if known:
            words = _("不填就打您账号里的电话 %(phone)s。") % {"phone": known}
        elif self.typed.is_business:
            words = _("承办单位会打这个电话。")
        return self._made(
            "phone",
            label,
            kind="phone",
            required=required,
            help=words,
            autocomplete="tel",
        )


def whose_choices(actor: Actor, *, is_business: bool) -> list[tuple[int, str]]:
    """For whom this person may ask: himself first, or enterprises alone."""
    found = parties(actor.acts_for)
    order = sorted(found, key=lambda one: (one != actor.party_id, one))
    return [
        (one, found[one].name)
        for one in order
        if not is_business or found[one].kind == PartyKind.LEGAL
    ]
