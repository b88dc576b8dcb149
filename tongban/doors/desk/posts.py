"""Posts, leave and cover: everybody's own; for a head those of his department."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tongban.cases.actions.phrases import drop_phrase
from tongban.cases.queries.phrases import own_phrases
from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.build.words import queue_name, step_name
from tongban.doors.desk.forms import plain
from tongban.doors.desk.pages import Colleague, OwnPhrase, PostsPage, VerbForm
from tongban.doors.parts import Fact, Field, Notice, Option, Problem, Tag
from tongban.doors.texts import in_words
from tongban.engine.actions import hand_over_steps
from tongban.engine.queries import held_steps
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.people import actions as people
from tongban.people.queries import members_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from django.http import HttpResponse

    from tongban.doors.parts import FieldKind
    from tongban.doors.visits import KnownVisit
    from tongban.people.queries import LeaveView, Member, PostView

    Typed = Mapping[str, str]

TYPED = ("form", "who", "first_on", "last_on", "deputy", "to", "reason")
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class _Tried:
    """A form that was refused, with what was typed into it."""

    typed: Typed = field(default_factory=dict)
    refusal: Refusal | None = None

    def is_for(self, form: str) -> bool:
        return self.refusal is not None and self.typed.get("form") == form


@require_http_methods(["GET", "POST"])
@permission("staff")
def posts(request: KnownVisit) -> HttpResponse:
    """My posts and leave, and for a head who of his department is away and who stands in."""
    if request.method == "GET":
        return _show(request, _Tried())
    typed = {name: plain(request.POST.get(name, ""))[:LONGEST_REASON] for name in TYPED}
    verb = _VERBS.get(typed["form"].partition("-")[0])
    if verb is None:
        raise NotFound(_("没有这个办理动作。"))
    try:
        told = verb(request, typed)
    except Refusal as no:
        return _show(request, _Tried(typed, no))
    messages.success(request, told)
    return redirect("desk-posts")


# What the forms do


def _days(typed: Typed) -> tuple[date, date]:
    return _day(typed, "first_on"), _day(typed, "last_on")


def _day(typed: Typed, name: str) -> date:
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        raise BadInput.at(name, "unknown", _("请填写日期，例如 2026-09-18。")) from None


def _number(text: str) -> int:
    if not (text.isdecimal() and len(text) < 19):
        raise NotFound(_("没有找到，请刷新页面后再试。"))
    return int(text)


def _account(text: str) -> int | None:
    return (_number(text) if text else 0) or None


def _ask(request: KnownVisit, typed: Typed) -> str:
    first_on, last_on = _days(typed)
    people.ask_leave(
        first_on=first_on, last_on=last_on, deputy_id=_account(typed["deputy"]),
        by=request.actor, now=request.now,
    )  # fmt: skip
    return _("休假申请已交给本部门负责人。")


def _record(request: KnownVisit, typed: Typed) -> str:
    first_on, last_on = _days(typed)
    people.record_leave(
        account_id=_number(typed["who"]), first_on=first_on, last_on=last_on,
        deputy_id=_account(typed["deputy"]), by=request.actor, now=request.now,
    )  # fmt: skip
    return _("休假已登记，期间不再分给新的办件。")


def _cancel(request: KnownVisit, typed: Typed) -> str:
    people.cancel_leave(
        account_id=_number(typed["who"]), first_on=_day(typed, "first_on"),
        by=request.actor, now=request.now,
    )  # fmt: skip
    return _("休假已撤销。")


def _approve(request: KnownVisit, typed: Typed) -> str:
    people.approve_leave(leave_id=_number(typed["who"]), by=request.actor, now=request.now)
    return _("休假已批准。")


def _decline(request: KnownVisit, typed: Typed) -> str:
    people.decline_leave(leave_id=_number(typed["who"]), by=request.actor, now=request.now)
    return _("休假申请已退回。")


def _cover(request: KnownVisit, typed: Typed) -> str:
    people.set_deputy(
        post_id=_number(typed["who"]), deputy_id=_account(typed["deputy"]),
        by=request.actor, now=request.now,
    )  # fmt: skip
    return _("B 岗已安排。")


def _hand_over(request: KnownVisit, typed: Typed) -> str:
    done = hand_over_steps(
        from_account=_number(typed["who"]), to_account=_account(typed["to"]),
        reason=typed["reason"], by=request.actor, now=request.now,
    )  # fmt: skip
    words = ngettext("移交了 %(n)s 个在办环节", "移交了 %(n)s 个在办环节", done.moved)
    told = words % {"n": done.moved}
    if done.left:
        kept = _("还有 %(n)s 个没有可以接手的同事") % {"n": done.left}
        told = _("；").join((told, kept))
    return _("%(what)s。") % {"what": told}


def _drop_phrase(request: KnownVisit, typed: Typed) -> str:
    drop_phrase(phrase_id=_number(typed["who"]), by=request.actor)
    return _("已删去这条常用意见。")


_VERBS: Mapping[str, Callable[[KnownVisit, Typed], str]] = {
    "ask": _ask, "record": _record, "cancel": _cancel, "approve": _approve,
    "decline": _decline, "cover": _cover, "handover": _hand_over,
    "phrase": _drop_phrase,
}  # fmt: skip


# The page


def _show(request: KnownVisit, tried: _Tried) -> HttpResponse:
    on = city_date(request.now)
    actor = request.actor
    staff = members_of(actor.departments, on=on)
    names = {one.account_id: one.name for one in staff}
    me = next((one for one in staff if one.account_id == actor.id), None)
    headed = {q.rpartition(".")[0] for q in actor.queues if q.endswith(".head")}
    mine = [one for one in staff if headed & {post.department for post in one.posts}]
    held = held_steps([one.account_id for one in mine])
    form = _Forms(on, names, staff, tried)
    no = tried.refusal
    page = PostsPage(
        queues=build.sidebar(request),
        keys=build.keys(),
        facts=tuple(_facts(me, names, actor.stands_for)),
        verbs=tuple(form.own(me)) if me else (),
        colleagues=tuple(
            form.colleague(one, held.get(one.account_id, 0), headed)
            for one in mine
            if one.account_id != actor.id
        ),
        phrases=tuple(
            OwnPhrase(id=str(one.id), where=step_name(one.step, None), text=one.text)
            for one in own_phrases(actor)
        ),
        notices=(Notice(title=in_words(no.sentence), tone="alarm"),) if no else (),
    )
    status = no.status if no else 200
    return render(request, "desk/posts.html", {"page": page}, status=status)


def _facts(
    me: Member | None, names: Mapping[int, str], stands_for: frozenset[int]
) -> Iterator[Fact]:
    for post in me.posts if me else ():
        department, role = queue_name(f"{post.department}.{post.role}")
        yield Fact(role, _("；").join((department, _deputy(post.deputy_id, names))))
    if stands_for:
        who = _("、").join(names.get(one, "") for one in sorted(stands_for))
        yield Fact(_("正在代理"), _("%(names)s（休假）") % {"names": who})
    for leave in me.leaves if me else ():
        yield Fact(_("休假"), _leave(leave, names))


def _deputy(account: int | None, names: Mapping[int, str]) -> str:
    if account is None:
        return _("没有 B 岗")
    return _("B 岗：%(name)s") % {"name": names.get(account) or _("其他部门同事")}


def _leave(leave: LeaveView, names: Mapping[int, str]) -> str:
    days = _("%(first)s 至 %(last)s") % {
        "first": date_format(leave.first_on, "DATE_FORMAT"),
        "last": date_format(leave.last_on, "DATE_FORMAT"),
    }
    state = _("已批准") if leave.is_approved else _("等待负责人批准")
    parts = [days, state]
    if leave.deputy_id is not None:
        parts.append(_("代理：%(name)s") % {"name": names.get(leave.deputy_id, "")})
    return _("；").join(parts)


@dataclass(frozen=True, slots=True)
class _Forms:
    """The forms of the page, each with what was typed where it was refused."""

    on: date
    names: Mapping[int, str]
    staff: Sequence[Member]
    tried: _Tried

    def own(self, me: Member) -> Iterator[VerbForm]:
        yield self._form(
            "ask", _("申请休假"), self._leave_fields(me, "ask"), main=True,
            note=_("负责人批准后生效：期间不分给您新的办件，代理人可以办理您的办件。"),
        )  # fmt: skip
        for leave in me.leaves:
            yield self._cancel(leave)

    def colleague(self, one: Member, held: int, headed: set[str]) -> Colleague:
        words = ngettext("在办 %(n)s 件", "在办 %(n)s 件", held)
        tag = Tag(_("休假中"), "soon") if one.is_away(self.on) else None
        if tag is None and any(not leave.is_approved for leave in one.leaves):
            tag = Tag(_("申请休假"), "you")
        return Colleague(
            name=one.name,
            tag=tag,
            held=words % {"n": held},
            facts=tuple(_facts(one, self.names, frozenset())),
            verbs=tuple(self._arrange(one, held, headed)),
        )

    def _arrange(self, one: Member, held: int, headed: set[str]) -> Iterator[VerbForm]:
        for leave in one.leaves:
            if leave.is_approved:
                yield self._cancel(leave)
                continue
            about = _leave(leave, self.names)
            yield self._form(
                f"approve-{leave.id}", _("批准休假"), (), who=leave.id, lines=(about,),
                main=True, is_open=True,
            )  # fmt: skip
            yield self._form(f"decline-{leave.id}", _("退回休假申请"), (), who=leave.id)
        name = f"record-{one.account_id}"
        yield self._form(name, _("登记休假"), self._leave_fields(one, name), who=one.account_id)
        for post in one.posts:
            if post.department in headed:
                yield self._cover(one, post)
        if held:
            yield self._hand_over(one)

    def _cover(self, one: Member, post: PostView) -> VerbForm:
        name = f"cover-{post.id}"
        value = str(post.deputy_id or "")
        title = _("安排 B 岗：%(post)s") % {"post": queue_name(f".{post.role}")[1]}
        return self._form(
            name, title, (self._colleagues(one, name, "deputy", _("谁做 B 岗"), value),),
            who=post.id, note=_("本岗休假时，B 岗可以办理这个岗位的办件；回来以后自动交还。"),
        )  # fmt: skip

    def _hand_over(self, one: Member) -> VerbForm:
        name = f"handover-{one.account_id}"
        nobody = _("随机分给同岗位的同事")
        return self._form(
            name,
            _("移交全部在办环节"),
            (
                self._colleagues(one, name, "to", _("移交给谁"), "", nobody=nobody),
                self._field(name, "reason", _("移交的理由")),
            ),
            who=one.account_id,
            note=_("每个办件各记一笔。随机分办可以凭公开的记录复核。"),
            grave=True,
        )  # fmt: skip

    def _cancel(self, leave: LeaveView) -> VerbForm:
        return self._form(
            f"cancel-{leave.id}", _("撤销休假"), (), who=leave.account_id,
            lines=(_leave(leave, self.names),), more=(("first_on", leave.first_on.isoformat()),),
        )  # fmt: skip

    def _leave_fields(self, one: Member, form: str) -> tuple[Field, ...]:
        return (
            self._field(form, "first_on", _("从哪一天"), "date"),
            self._field(form, "last_on", _("到哪一天（含）"), "date"),
            self._colleagues(one, form, "deputy", _("代理人"), "", nobody=_("按各岗位的 B 岗")),
        )

    def _field(self, form: str, name: str, label: str, kind: FieldKind = "text") -> Field:
        return Field(
            name=name, id=f"{form}-{name}", label=label, kind=kind,
            value=self._value(form, name), error=self._error(form, name),
            max_length=LONGEST_REASON if kind == "text" else None,
        )  # fmt: skip

    def _colleagues(
        self, one: Member, form: str, name: str, label: str, value: str, *, nobody: str = ""
    ) -> Field:
        chosen = self._value(form, name) or value
        nearby = {post.department for post in one.posts}
        options = [Option("0", nobody or _("没有人"), chosen=chosen in ("", "0"))]
        options += [
            Option(str(other.account_id), other.name, chosen=chosen == str(other.account_id))
            for other in self.staff
            if other.account_id != one.account_id
            and nearby & {post.department for post in other.posts}
        ]
        return Field(
            name=name, id=f"{form}-{name}", label=label, kind="choice", required=False,
            options=tuple(options), error=self._error(form, name),
        )  # fmt: skip

    def _value(self, form: str, name: str) -> str:
        return self.tried.typed.get(name, "") if self.tried.is_for(form) else ""

    def _error(self, form: str, name: str) -> str:
        no = self.tried.refusal
        if not self.tried.is_for(form) or not isinstance(no, BadInput):
            return ""
        return next((in_words(one.sentence) for one in no.problems if one.path == name), "")

    def _form(
        self,
        name: str,
        title: str,
        fields: tuple[Field, ...],
        *,
        who: int | str = "",
        more: tuple[tuple[str, str], ...] = (),
        **look: Any,
    ) -> VerbForm:
        """A form by its name; ``look`` is what the part of the page takes besides."""
        is_tried = self.tried.is_for(name)
        return VerbForm(
            id=f"do-{name}",
            title=title,
            button=title,
            action=reverse("desk-posts"),
            fields=fields,
            hidden=(("form", name), ("who", str(who)), *more),
            is_tried=is_tried,
            problems=tuple(Problem(one.error, one.key) for one in fields if one.error),
            **{**look, "is_open": look.get("is_open", False) or is_tried},
        )
