"""An application on its way, like a parcel; the list of my things; replying to a notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from tongban.cases.queries import retold
from tongban.catalogue.queries import package_version
from tongban.doors.citizen import hearings, outcomes, pages
from tongban.doors.citizen.guides import evidence
from tongban.doors.parts import (
    Confirm,
    Empty,
    Entry,
    Evidence,
    Fact,
    Field,
    Lane,
    Limit,
    Link,
    Notice,
    Pager,
    Parcel,
    Stop,
    Tag,
)
from tongban.doors.texts import clock, clock_unit, language, named, say
from tongban.doors.units import days
from tongban.kernel.clocks import ClockState
from tongban.packages.states import SignatureState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tongban.cases.queries import SpecialLine
    from tongban.doors.parts import StopState, Tone, Turn
    from tongban.engine.queries import ClockReading
    from tongban.packages import queries

# The way of the whole, and which stop each state of the package stands at.
_STOPS = ("提交", "受理", "各部门同时办", "全部办结", "送达")
_PLACE = {"received": 1, "correction": 1, "accepted": 2, "done": 4, "delivered": 5}
_TONES: dict[str, Tone] = {
    "received": "calm",
    "correction": "you",
    "accepted": "calm",
    "producing": "calm",
    "waiting": "unknown",
    "done": "you",
    "delivered": "done",
    "granted": "done",
    "not_required": "done",
    "denied": "late",
    "refused": "late",
    "terminated": "late",
    "cancelled": "plain",
    "withdrawn": "plain",
}
_WIDE = frozenset({"joint", "legal"})
_ICONS = {"granted": "tick", "delivered": "tick", "not_required": "tick", "waiting": "wait"}


def state_tag(state: str, title: str) -> Tag:
    """A state in words, with its tone."""
    return Tag(_(title), _TONES.get(state, "plain"), _ICONS.get(state, ""))


def nearest(clocks: Sequence[ClockReading]) -> ClockReading | None:
    """The running clock that is due first."""
    dated = [
        (one.reading.due.at, place)
        for place, one in enumerate(clocks)
        if one.reading.state is ClockState.RUNNING and one.reading.due.at is not None
    ]
    return clocks[min(dated)[1]] if dated else None


# ---- the parcel --------------------------------------------------------------------------------


def parcel(one: queries.Progress, *, is_shared: bool = False) -> Parcel:
    """Whose turn it is, what is left, what comes next, and every item on its lane."""
    promised, limits = _apart([each for each in one.clocks if _is_shown(each)])
    clocks = [*one.clocks, *(c for lane in one.lanes for c in lane.clocks)]
    reading = nearest(promised) or nearest(clocks)
    next_clock = clock(reading) if reading else None
    left = reading.reading.remaining if reading else None
    late = next_clock is not None and next_clock.tone == "late"
    turn = _turn(one, late=late)
    return Parcel(
        turn=turn,
        turn_label=_turn_label(one),
        turn_note=_turn_note(one, late=late),
        remaining=abs(left) if left is not None else None,
        remaining_unit=clock_unit(reading) if reading else "",
        remaining_label=_("已经超过") if late else _("还剩"),
        next_name=next_clock.name if next_clock else _end_name(one),
        next_due=next_clock.due if next_clock else one.ended_at,
        stops=_package_stops(one),
        lanes=tuple(lane(each, "" if is_shared else one.number) for each in one.lanes),
        clocks=tuple(clock(each) for each in promised),
        limits=tuple(_limit(each) for each in limits),
    )


def _apart(clocks: Sequence[ClockReading]) -> tuple[list[ClockReading], list[ClockReading]]:
    """What is promised, and the law's wider limits where there is a promise to stand behind.

    Two dates side by side would leave the applicant to guess which one counts.
    """
    if not any(one.spec.name == "promise" for one in clocks):
        return list(clocks), []
    wide = [one for one in clocks if one.spec.name in _WIDE]
    return [one for one in clocks if one not in wide], wide


def _limit(one: ClockReading) -> Limit:
    """A limit of the law in words: how long, since when it runs, by which article."""
    made = clock(one)
    return Limit(
        length=days(one.spec.length, one.spec.unit),
        due=made.due,
        why=made.why,
        evidence=Evidence(one.spec.mark, one.spec.basis) if one.spec.mark else None,
    )


def _turn(one: queries.Progress, *, late: bool) -> Turn:
    if one.turn == "applicant":
        return "you"
    if late:
        return "late"
    return "third" if one.turn == "third" else "government" if one.turn != "none" else "none"


_TURNS = {
    "applicant": gettext_noop("您"),
    "none": gettext_noop("已经结束"),
    "third": gettext_noop("第三方或公众"),
}


def _turn_label(one: queries.Progress) -> str:
    if one.turn in _TURNS:
        return _(_TURNS[one.turn])
    working = [each for each in one.lanes if each.turn == "government"]
    names = list(dict.fromkeys(say(each.department_name) for each in working))
    if one.state == "received" or not names:
        return window_of(one)
    if len(names) == 1:
        return names[0]
    words = ngettext("%(name)s等 %(n)s 个部门", "%(name)s等 %(n)s 个部门", len(names))
    return words % {"name": names[0], "n": len(names)}


def window_of(one: queries.Progress) -> str:
    """The window that accepts and delivers: that of the lead department, as the desk names it."""
    return _("%(department)s窗口") % {"department": say(one.department_name)}


def _turn_note(one: queries.Progress, *, late: bool) -> str:
    if one.state == "correction":
        return _("请一次补齐；时限停在您这里。")
    if one.state == "done":
        return _done_note(one)
    if one.turn in ("none", "applicant"):
        return _("请补交承诺的材料，部门照常审查。") if one.turn == "applicant" else ""
    if late:
        return _("已经超过承诺的时间，监督部门会收到提醒。")
    return _waited(one) if one.turn == "third" else _("您不用做什么，有变化会通知您。")


def _done_note(one: queries.Progress) -> str:
    if outcomes.is_whole(one.lanes):
        return _("全部办好了，请领取。")
    return _("各项都有了结果：%(summary)s。请领取。") % {"summary": outcomes.summary(one.lanes)}


def _waited(one: queries.Progress) -> str:
    """What third parties or the public are waited for."""
    open_steps = [step for each in one.lanes for step in each.steps if step.state == "open"]
    names = dict.fromkeys(say(step.name) for step in open_steps if step.whose == "third")
    return _("正在等：%(steps)s。") % {"steps": _("、").join(names)}


def _end_name(one: queries.Progress) -> str:
    return _("结束时间") if one.ended_at else ""


def _package_stops(one: queries.Progress) -> tuple[Stop, ...]:
    times: dict[int, datetime | None] = {0: one.opened_at, 1: one.accepted_at}
    if one.state == "withdrawn":
        reached = 2 if one.accepted_at else 1
        done = [Stop(_(_STOPS[n]), "done", times.get(n)) for n in range(reached)]
        return (*done, Stop(_("已撤回"), "stopped", one.ended_at))
    place = _PLACE.get(one.state, 1)
    times[4] = one.ended_at
    stops = []
    for n, label in enumerate(_STOPS):
        state: StopState = "done" if n < place else "now" if n == place else "ahead"
        if n == place and one.state == "correction":
            stops.append(Stop(_("补正"), "stopped", one.notice.sent_at if one.notice else None))
            continue
        stops.append(Stop(_(label), state, times.get(n) if n < place else None))
    return tuple(stops)


def lane(one: queries.Lane, package: str = "") -> Lane:
    """One item on its way through its department; ``package`` is the number for its applicant."""
    ended = one.state in outcomes.ENDED
    promised, limits = _apart([each for each in one.clocks if _is_shown(each)])
    return Lane(
        name=say(one.item_name),
        department=say(one.department_name),
        state=state_tag(one.state, outcomes.end_word(one) or one.state_title),
        stops=_lane_stops(one),
        number=one.number,
        turn="",
        clocks=tuple(clock(each) for each in promised),
        limits=tuple(_limit(each) for each in limits),
        waits_for=tuple(say(name) for name in one.waits_for),
        note=_lane_note(one),
        specials=(
            *(_special(each) for each in one.specials),
            *(hearings.lane_words(each) for each in one.hearings),
            *_debt(one),
            *_early(one),
        ),
        actions=tuple(_lane_actions(one, package)),
        ended=ended,
        licence=Link(_("看证照"), f"/my/licences/{one.licence}/") if one.licence else None,
    )


def _lane_actions(one: queries.Lane, package: str) -> Iterator[Link]:
    """What the applicant may do about one item on a page of its own."""
    if package:
        for each in one.hearings:
            yield Link(_("听证"), f"/my/{package}/hearing/{each.proceeding.number}/")
        if "urge" in one.open_verbs:
            yield Link(_("催办"), f"/my/{package}/urge/?item={one.item_code}")
        if "leave_commitment" in one.open_verbs:
            here = f"/my/{package}/ordinary/?item={one.item_code}"
            yield Link(_("撤回承诺，改按一般程序"), here)
        if one.goes_general:
            words = _("解决异议以后，按普通程序重新申请")
            yield Link(words, f"/packages/{one.package_slug}/ask/")
        if one.set_aside.get("again"):
            yield Link(_("看重新办理的进度"), f"/my/{one.set_aside['again']}/")


def _is_shown(one: ClockReading) -> bool:
    """The running promise and the law's limit; stopped clocks are history."""
    return one.reading.state is not ClockState.STOPPED


def _lane_stops(one: queries.Lane) -> tuple[Stop, ...]:
    got: StopState = "done"
    stops = [Stop(_("收件"), got)]
    accepted = one.accepted_at is not None
    now = one.state == "received"
    stops.append(Stop(_("受理"), "done" if accepted else "now" if now else "ahead"))
    for step in one.steps:
        if step.code == "intake_check":
            continue
        state: StopState = _STEP_STATES.get(step.state, "ahead")
        name = say(step.name) or _(_STEP_NAMES.get(step.code, step.code))
        stops.append(Stop(name, state, step.closed_at))
    last: StopState = "done" if one.state in ("granted", "not_required") else "ahead"
    if one.state in ("denied", "refused"):
        last = "failed"
    elif one.state in ("withdrawn", "cancelled", "terminated"):
        last = "stopped"
    elif one.state == "producing":
        last = "now"
    stops.append(Stop(outcomes.end_word(one) or _("办结"), last))
    return tuple(stops)


_STEP_NAMES = {"human_review": "人工复核"}
_STEP_STATES: dict[str, StopState] = {"open": "now", "done": "done"}


def _special(one: SpecialLine) -> str:
    """A special procedure in a sentence: since when, how many days were told, what it stops."""
    told = {
        "name": say(one.procedure.name),
        "since": date_format(localtime(one.opened_at), "DATE_FORMAT"),
        "days": days(one.days),
    }
    if one.ended_at is None:
        return _("正在%(name)s：从 %(since)s 开始，告知需要 %(days)s，期间不计入办理期限。") % told
    told["until"] = date_format(localtime(one.ended_at), "DATE_FORMAT")
    return (
        _("%(name)s：%(since)s 至 %(until)s，告知需要 %(days)s，已经结束，期间不计入办理期限。")
        % told
    )


def _early(one: queries.Lane) -> Iterator[str]:
    """What the department had answered in writing before the application."""
    for at, answer in one.early:
        told = {"day": date_format(localtime(at), "DATE_FORMAT"), "answer": answer}
        yield _("申请以前的书面答复（%(day)s）：%(answer)s") % told


def _debt(one: queries.Lane) -> tuple[str, ...]:
    """What is owed in a sentence, and until when."""
    debt = one.debt
    if debt is None or not debt.is_open:
        return ()
    compiled = package_version(debt.version_id).compiled
    due = debt.clock.reading.due.on
    told = {
        "names": _("、").join(say(compiled.material(code).name) for code in debt.owed),
        "due": date_format(due, "DATE_FORMAT") if due else _("日历公布后确定的日期"),
    }
    return (_("已先受理，还差：%(names)s，请在 %(due)s 前补交；补齐以前不作出准予决定。") % told,)


def _lane_note(one: queries.Lane) -> str:
    if one.set_aside:
        words = _("这个决定已被撤销（%(document)s）。") % {"document": one.set_aside["document"]}
        return words + (_("申请正在重新办理。") if one.set_aside["again"] else "")
    if one.cancelled_because:
        return _("因为“%(name)s”没有通过而取消；其他事项照常办理。") % {
            "name": say(one.cancelled_because)
        }
    if one.debt is not None and one.debt.state == "lapsed":
        return _("承诺补交的材料到期没有补齐，申请视为撤回；材料齐全后可以重新申请。")
    if one.broken_licences:
        return _("办理所依据的证照状态有变化，部门会先核实。")
    return _end_note(one) or _urged_note(one)


def _end_note(one: queries.Lane) -> str:
    """Why it ended against the applicant."""
    if one.ended_because:
        return _("终止办理的理由：%(reasons)s") % {"reasons": one.ended_because}
    if one.decision and one.decision.result == "deny" and one.decision.reasons:
        return _("%(denial)s的理由：%(reasons)s") % {
            "denial": outcomes.end_word(one),
            "reasons": one.decision.reasons,
        }
    return ""


def _urged_note(one: queries.Lane) -> str:
    if one.urged_at and one.state not in outcomes.ENDED:
        return _("已于 %(day)s 催办。") % {
            "day": date_format(localtime(one.urged_at), "DATE_FORMAT")
        }
    return ""


# ---- the page of progress ----------------------------------------------------------------------


def progress_page(
    one: queries.Progress,
    *,
    papers: tuple[Link, ...] = (),
    copies: tuple[Link, ...] = (),
    fees: tuple[Notice, ...] = (),
    asked: tuple[pages.AskedLine, ...] = (),
) -> pages.ProgressPage:
    """The page of the applicant."""
    here = f"/my/{one.number}"
    human = tuple(
        Link(
            _("请工作人员复核“%(name)s”") % {"name": say(each.item_name)},
            f"{here}/ask-human/?item={each.item_code}",
        )
        for each in one.lanes
        if "ask_human" in each.open_verbs
    )
    return pages.ProgressPage(
        name=say(one.package_name),
        number=one.number,
        filed_at=one.opened_at,
        applicant=one.party_name,
        parcel=parcel(one),
        timeline=timeline(one),
        state=state_tag(one.state, one.state_title),
        notices=(*_waiting_signers(one), *_notices(one), *fees),
        documents=papers,
        copies=copies,
        licences=tuple(
            Link(say(each.item_name), f"/my/licences/{each.licence}/")
            for each in one.lanes
            if each.licence
        ),
        supply=Link(_("去补正"), f"{here}/supply/") if "supply" in one.open_verbs else None,
        collect=f"{here}/collect/" if "collect" in one.open_verbs else "",
        withdraw=Link(_("撤回申请"), f"{here}/withdraw/")
        if "withdraw" in one.open_verbs
        else None,
        share=Link(_("分享进度"), f"{here}/share/"),
        ask_human=human,
        remedies=_remedies(one),
        explanation=_explanation(one),
        back=Link(_("我的办件"), "/my/"),
        call=Link(_("就这件事问 12345"), f"/12345/?about={one.number}"),
        asked=asked,
    )


def _waiting_signers(one: queries.Progress) -> tuple[Notice, ...]:
    """Who must sign anew before the correction goes to the departments."""
    if not one.waited_for:
        return ()
    names = _("、").join(f"{say(role)}{name}" for name, role, _state in one.waited_for)
    declined = any(state is SignatureState.DECLINED for *_rest, state in one.waited_for)
    return (
        Notice(
            title=_("等待%(names)s重新签名") % {"names": names},
            text=_("对方不同意签名。请商量好以后，再补正一次。")
            if declined
            else _(
                "补正改动了对方签过的内容，原来的签名已作废。请对方登录“我的办件”看清新的内容再签；都签好以后，补正自动交给受理部门。补正期限照常计算。"
            ),
            tone="care",
        ),
    )


def shared_page(one: queries.Progress) -> pages.ProgressPage:
    """What a read-only link shows: the way, no papers, no verbs."""
    return pages.ProgressPage(
        name=say(one.package_name),
        number=one.number,
        filed_at=one.opened_at,
        applicant=one.party_name,
        parcel=parcel(one, is_shared=True),
        timeline=timeline(one, public=True),
        state=state_tag(one.state, one.state_title),
        is_shared=True,
    )


def _notices(one: queries.Progress) -> tuple[Notice, ...]:
    notices = (*_owing(one), *_waiting(one), *_heard(one), *_visited(one))
    return (*notices, _failures(one)) if outcomes.failed(one.lanes) else notices


def _failures(one: queries.Progress) -> Notice:
    """What was not granted and what was, by name, with the way to the remedies."""
    return Notice(
        title=outcomes.headline(one.lanes),
        tone="care",
        facts=outcomes.facts(one.lanes),
        link=Link(_("不同意的话，可以怎么办"), "#remedies"),
    )


def _owing(one: queries.Progress) -> tuple[Notice, ...]:
    """That something is to be supplied, with the way to do it."""
    if any(lane.proofs for lane in one.lanes):
        return (
            Notice(
                title=_("请提交证明材料"),
                text=_("您已改按一般程序办理。交齐以前，办理时限停止计算，不能作出准予决定。"),
                tone="care",
                link=Link(_("去提交"), f"/my/{one.number}/owed/"),
            ),
        )
    if not any(lane.debt is not None and lane.debt.is_open for lane in one.lanes):
        return ()
    return (
        Notice(
            title=_("请补交承诺的材料"),
            text=_("部门照常审查；到期没有补齐的，视为撤回申请，并记入信用档案。"),
            tone="care",
            link=Link(_("去补交"), f"/my/{one.number}/owed/"),
        ),
    )


def _heard(one: queries.Progress) -> tuple[Notice, ...]:
    """What a hearing asks of the applicant now: to ask for it, to come, to confirm the minutes."""
    return tuple(
        Notice(
            title=_(_HEARD[line.proceeding.state]) % {"name": say(each.item_name)},
            tone="care",
            link=Link(_("看听证"), f"/my/{one.number}/hearing/{line.proceeding.number}/"),
        )
        for each in one.lanes
        for line in each.hearings
        if line.proceeding.state in _HEARD
    )


def _visited(one: queries.Progress) -> tuple[Notice, ...]:
    """When all departments come together to the place, while something is checked there."""
    visit = one.facts.get("visit")
    if not visit or one.state != "accepted":
        return ()
    known = {lane.item_code: say(lane.item_name) for lane in one.lanes}
    at = date_format(localtime(datetime.fromisoformat(visit["at"])), "DATETIME_FORMAT")
    return (
        Notice(
            title=_("综合踏勘：%(at)s，%(place)s") % {"at": at, "place": visit["place"]},
            text=_("一次到场，核查：%(items)s。各部门分别作记录。")
            % {"items": _("、").join(known[code] for code in visit["items"])},
            tone="care",
        ),
    )


_HEARD = {
    "told": gettext_noop("您可以就“%(name)s”申请听证"),
    "called": gettext_noop("“%(name)s”的听证定了时间和地点"),
    "recorded": gettext_noop("请确认“%(name)s”的听证笔录"),
}


def _waiting(one: queries.Progress) -> tuple[Notice, ...]:
    if one.state == "correction" and one.notice:
        count = len(one.notice.lines)
        title = ngettext("请补正 %(n)s 处", "请补正 %(n)s 处", count) % {"n": count}
        return (
            Notice(
                title=title,
                text=_("这是一次性告知，各部门不会再提新的要求。"),
                tone="care",
                link=Link(_("去补正"), f"/my/{one.number}/supply/"),
            ),
        )
    if one.state == "received" and not one.notice:
        return (
            Notice(
                title=_("已收件"),
                text=_("提交就是收件。请记下编号，随时可以查进度。"),
                facts=(Fact(_("编号"), one.number, is_code=True),),
            ),
        )
    return ()


def timeline(one: queries.Progress, *, public: bool = False) -> tuple[Entry, ...]:
    """The public history, newest first."""
    return tuple(
        Entry(
            at=line.at,
            what=outcomes.denial(line.act) if line.verb == "deny" else _(line.title),
            about=say(line.item_name) if line.item_name else "",
            basis=line.basis,
            note="" if public else _timeline_note(line, one.party_name),
            tone="late" if line.verb in ("deny", "refuse_acceptance", "terminate") else "plain",
        )
        for line in reversed(one.timeline)
    )


def _timeline_note(line: queries.TimelineLine, party: str) -> str:
    said = _told_in(line.body)
    if line.guardian:
        words = _("%(who)s作为%(child)s的监护人办理。") % {"who": line.guardian, "child": party}
        return f"{words}{said}"
    return said


def _told_in(body: Mapping[str, object]) -> str:
    if body.get("right_body"):
        return _("请向%(body)s申请。%(reason)s") % {
            "body": body["right_body"],
            "reason": body.get("reason", ""),
        }
    if body.get("tracking"):
        return _("%(carrier)s，运单号 %(tracking)s") % {
            "carrier": body["carrier"],
            "tracking": body["tracking"],
        }
    return str(body.get("reason", "") or "")


def _remedies(one: queries.Progress) -> tuple[Fact, ...]:
    """Where an applicant can turn who was refused or whose case was ended, as pinned at filing.

    行政许可法 32 and 38; an end without a decision can be contested like a decision.
    """
    compiled = package_version(one.version_id).compiled
    rows: list[Fact] = []
    for each in one.lanes:
        if each.state not in ("denied", "refused", "terminated"):
            continue
        remedies = compiled.item(each.item_code).remedies
        name = {"name": say(each.item_name)}
        review = _("%(body)s，收到决定之日起 %(time)s内") % {
            "body": say(remedies.review_body),
            "time": days(remedies.days.value, "day"),
        }
        rows.append(
            Fact(_("%(name)s：申请行政复议") % name, review, evidence=evidence(remedies.days))
        )
        court = say(remedies.court)
        if remedies.suit_months:
            court = _("%(body)s，收到决定之日起 %(time)s内") % {
                "body": court,
                "time": days(remedies.suit_months.value, "month"),
            }
        rows.append(
            Fact(
                _("%(name)s：提起行政诉讼") % name, court, evidence=evidence(remedies.suit_months)
            )
        )
    return tuple(rows)


def _explanation(one: queries.Progress) -> tuple[Fact, ...]:
    """Every fact that a machine's decision rested on."""
    return tuple(
        Fact(retold(line, language(), named), "")
        for each in one.lanes
        if each.decision and each.decision.is_automatic
        for line in each.decision.explanation
    )


# ---- my things ---------------------------------------------------------------------------------


def application(row: queries.ApplicationRow, own_name: str) -> pages.Application:
    """One line of my things."""
    turns = {
        "applicant": _("轮到您"),
        "government": _("轮到部门办理"),
        "third": _("在等第三方或公众"),
    }
    done = _("已办结 %(done)s 项，共 %(total)s 项") % {"done": row.done, "total": row.total}
    if outcomes.failed(row.results):
        done = outcomes.names(row.results)
    return pages.Application(
        name=say(row.package_name),
        number=row.number,
        href=f"/my/{row.number}/",
        state=state_tag(row.state, row.state_title),
        filed_at=row.opened_at,
        turn=turns.get(row.turn, ""),
        note=done,
        # A limit in days ends at 24:00: the instant belongs to the day before.
        due=row.due_at - timedelta(microseconds=1) if row.due_at else None,
        applicant=row.party_name if row.party_name != own_name else "",
    )


def todo(row: queries.ApplicationRow) -> Notice | None:
    """What waits for the applicant in one application; None where nothing does."""
    if row.turn != "applicant":
        return None
    whole = outcomes.is_whole(row.results)
    words = {
        "correction": (_("%(name)s：请补正"), _("去补正"), "supply/"),
        "done": (
            _("%(name)s：全部办好了，请领取") if whole else _("%(name)s：各项都有了结果，请领取"),
            _("去领取"),
            "",
        ),
    }
    title, verb, path = words.get(row.state, (_("%(name)s：轮到您了"), _("去看看"), ""))
    return Notice(
        title=title % {"name": say(row.package_name)},
        text=row.party_name,
        tone="care",
        facts=outcomes.facts(row.results) if outcomes.failed(row.results) else (),
        link=Link(verb, f"/my/{row.number}/{path}"),
    )


def my_page(
    name: str,
    rows: Sequence[queries.ApplicationRow],
    drafts: tuple[pages.OpenDraft, ...],
    pager: Pager,
    asked: tuple[Notice, ...] = (),
) -> pages.MyPage:
    """My things."""
    return pages.MyPage(
        name=name,
        todo=(*asked, *(notice for row in rows if (notice := todo(row)))),
        drafts=drafts,
        applications=tuple(application(row, name) for row in rows),
        empty=Empty(
            _("还没有提交过申请"),
            _("从“一件事”里选一件，先看看要办什么，不登录也可以看。"),
            Link(_("看看能办什么"), "/"),
        ),
        pager=pager,
    )


# ---- verbs of the applicant --------------------------------------------------------------------


def withdraw_page(one: queries.Progress) -> Confirm:
    """Asks once more before everything that is not decided is withdrawn."""
    decided = [say(each.item_name) for each in one.lanes if each.decision]
    consequences = [
        _("还没有作出决定的事项全部停止办理。"),
        _("交过的材料会保留，下次可以沿用。"),
        _("撤回后不能恢复，需要时请重新申请。"),
    ]
    if decided:
        kept = _("已经作出决定的不受影响：%(names)s。") % {"names": _("、").join(decided)}
        consequences.insert(1, kept)
    return Confirm(
        title=_("撤回申请"),
        sentence=_("您要撤回“%(name)s”吗？") % {"name": say(one.package_name)},
        action=f"/my/{one.number}/withdraw/",
        verb=_("确认撤回"),
        back=Link(_("不撤回，返回进度"), f"/my/{one.number}/"),
        consequences=tuple(consequences),
        grave=True,
    )


def urge_page(one: queries.Progress, item: queries.Lane) -> Confirm:
    """Asks once more before a department is urged."""
    told = {"name": say(item.item_name), "department": say(item.department_name)}
    return Confirm(
        title=_("催办"),
        sentence=_("要请%(department)s尽快办理“%(name)s”吗？") % told,
        action=f"/my/{one.number}/urge/",
        verb=_("催办"),
        back=Link(_("返回进度"), f"/my/{one.number}/"),
        consequences=(
            _("经办人会在他的收件箱里看到。"),
            _("每个工作日可以催办一次。"),
        ),
        hidden={"item": item.item_code},
    )


def ordinary_page(one: queries.Progress, item: queries.Lane) -> Confirm:
    """Asks once more before a commitment is withdrawn."""
    return Confirm(
        title=_("撤回承诺，改按一般程序"),
        sentence=_("“%(name)s”改按一般程序办理吗？") % {"name": say(item.item_name)},
        action=f"/my/{one.number}/ordinary/",
        verb=_("撤回承诺"),
        back=Link(_("返回进度"), f"/my/{one.number}/"),
        consequences=(
            _("承诺书不再有效，改后不能再换回来。"),
            _("要交证明材料；交齐以前，办理时限停止计算。"),
            _("交齐以后，部门按一般程序审查。"),
        ),
        hidden={"item": item.item_code},
    )


def ask_human_page(one: queries.Progress, item: queries.Lane) -> Confirm:
    """Asks for a person to look at a machine's decision."""
    return Confirm(
        title=_("申请人工复核"),
        sentence=_("“%(name)s”是系统自动作出的决定。您有权要求工作人员复核。")
        % {"name": say(item.item_name)},
        action=f"/my/{one.number}/ask-human/",
        verb=_("申请复核"),
        back=Link(_("返回进度"), f"/my/{one.number}/"),
        consequences=(
            _("复核期间，已经作出的决定继续有效。"),
            _("每个决定可以复核一次，结果会通知您。"),
        ),
        fields=(
            Field(
                name="reason",
                label=_("为什么想复核"),
                kind="longtext",
                max_length=500,
                required=False,
            ),
        ),
        hidden={"item": item.item_code},
    )
