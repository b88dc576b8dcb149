"""Telling the applicant: which entry of the journal becomes which message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext, override

from tongban.cases.queries import debts_of, decisions_of, last_opinion
from tongban.cases.rules import retold
from tongban.cases.states import LIFE as CASE_LIFE
from tongban.catalogue.queries import in_languages
from tongban.kernel.worktime import city_date
from tongban.licences.queries import get_licence
from tongban.notices.actions import send_message
from tongban.notices.queries import word
from tongban.packages.models import CorrectionNotice
from tongban.packages.queries import (
    Story,
    cancelled_with,
    due_on,
    results_of,
    story_of,
    target_of,
)
from tongban.packages.rules import unstopped
from tongban.packages.states import PackageState
from tongban.people.queries import department
from tongban.records.events import FedEntry, subscribe

Params = Mapping[str, Any]
Words = Callable[[Story, FedEntry], Params | None]

_LANGUAGES = ("zh", "en", "ug")


def _said(chinese: str) -> dict[str, str]:
    """A sentence of the program in every language, by its catalogue."""
    said = {"zh": chinese}
    for language in _LANGUAGES[1:]:
        with override(language):
            said[language] = gettext(chinese)
    return said


def _texts(words: Any) -> dict[str, str]:
    """A text of the content as a message takes it."""
    return {language: words.say(language) for language in _LANGUAGES}


def _department(story: Story) -> Any:
    return dict(department(story.subject.department).name)


def _thing(story: Story) -> dict[str, Any]:
    return {"number": story.package.number, "thing": _texts(story.compiled.name)}


def _item(story: Story) -> dict[str, Any]:
    if story.item is None:
        return {"number": story.package.number}
    return {
        "number": story.package.number,
        "item": _texts(story.item.name),
        "department": _department(story),
    }


def _with_due(*clocks: str) -> Callable[[Story, FedEntry], Params]:
    def words(story: Story, entry: FedEntry) -> Params:
        del entry
        return {**_thing(story), "due": due_on(story.package, *clocks) or word("unknown_day")}

    return words


def _correction(story: Story, entry: FedEntry) -> Params:
    """Everything that is missing, in the message itself (行政许可法 32(4): all of it, once)."""
    notice = CorrectionNotice.objects.get(proceeding_id=story.package.id)
    points = [_point(story, place, line) for place, line in enumerate(notice.lines, start=1)]
    return {**_with_due("correction")(story, entry), "points": points}


def _point(story: Story, place: int, line: Mapping[str, str]) -> dict[str, str]:
    """A point of the notice; what the officer wrote stands as it was written."""
    target = target_of(story.compiled, line["target"])[0]
    item = story.compiled.item(line["item"]).name
    clause = f"（{line['clause']}）" if line["clause"] else ""
    problem, remedy = unstopped(line["problem"]), unstopped(line["remedy"])
    return {
        "zh": f"{place}. {item.zh}“{target.zh}”：{problem}{clause}，{remedy}",
        "en": f"{place}. {item.say('en')}, {target.say('en')}: {problem}{clause}; {remedy}",
        "ug": f"{place}. {item.say('ug')}، {target.say('ug')}: {problem}{clause}؛ {remedy}",
    }


def _deemed(story: Story, entry: FedEntry) -> Params:
    return {
        **_with_due("promise", "joint")(story, entry),
        "since": story.package.accepted_at or word("unknown_day"),
    }


def _refused(story: Story, entry: FedEntry) -> Params:
    body = entry.body.get("right_body", "")
    return {
        **_item(story),
        "reasons": unstopped(entry.body["reason"]),
        "instead": {
            "zh": f"请向{body}申请。",
            "en": f"Please apply to {body}.",
            "ug": f"{body} غا ئىلتىماس قىلىڭ.",
        }
        if body
        else "",
    }


def _denied(story: Story, entry: FedEntry) -> Params:
    del entry
    decision = decisions_of([story.subject.id])[story.subject.id]
    return {**_item(story), "reasons": unstopped(decision.reasons), "remedies": _remedies(story)}


def _remedies(story: Story) -> Any:
    """Where to turn and how long there is time for it (行政许可法 38)."""
    if story.item is None:
        return ""
    known = story.item.remedies
    days, months = known.days.value, known.suit_months
    suit_zh = f"，或者在{months.value:g}个月内" if months else "，或者"
    suit_en = f", or within {months.value:g} months" if months else ", or"
    suit_ug = f" ياكى {months.value:g} ئاي ئىچىدە" if months else " ياكى"
    return {
        "zh": f"可以自收到决定之日起{days:g}日内向{known.review_body.zh}申请行政复议"
        f"{suit_zh}向{known.court.zh}提起行政诉讼。",
        "en": f"you may ask {known.review_body.say('en')} for review within {days:g} days"
        f"{suit_en} go to {known.court.say('en')}.",
        "ug": f"قارارنى تاپشۇرۇۋالغان كۈندىن باشلاپ {days:g} كۈن ئىچىدە "
        f"{known.review_body.say('ug')} غا مەمۇرىي قايتا قاراپ چىقىشنى ئىلتىماس قىلسىڭىز"
        f"{suit_ug} {known.court.say('ug')} غا مەمۇرىي دەۋا قىلسىڭىز بولىدۇ.",
    }


def _cancelled(story: Story, entry: FedEntry) -> Params:
    """One notice for everything that ends because of the same item (domain-02 §2.1 rule 4)."""
    root, ended = cancelled_with(story.package, entry.body["because"])
    return {
        **_item(story),
        "item": {
            "zh": "、".join(item.name.zh for item in ended),
            "en": ", ".join(item.name.say("en") for item in ended),
            "ug": "، ".join(item.name.say("ug") for item in ended),
        },
        "because": _texts(root.name),
    }


def _by_machine(story: Story, entry: FedEntry) -> Params:
    del entry
    decision = decisions_of([story.subject.id])[story.subject.id]
    between = {"zh": "；", "en": "; ", "ug": "؛ "}

    def told(language: str) -> str:
        def say(chinese: str) -> str:
            return in_languages(chinese).say(language)

        return between[language].join(retold(x, language, say) for x in decision.explanation)

    return {**_item(story), "explanation": {one: told(one) for one in _LANGUAGES}}


def _special_started(story: Story, entry: FedEntry) -> Params | None:
    if story.item is None:
        return None
    told = story.item.procedure(entry.body["procedure"])
    if told.life != "told":
        return None
    days = {
        "zh": f"{entry.body['days']}个工作日",
        "en": f"{entry.body['days']} working days",
        "ug": f"{entry.body['days']} خىزمەت كۈنى",
    }
    reasons = entry.body["reason"].rstrip("。")
    return {**_item(story), "what": _texts(told.name), "days": days, "reasons": reasons}


def _special_ended(story: Story, entry: FedEntry) -> Params | None:
    if story.item is None:
        return None
    told = story.item.procedure(entry.body["procedure"])
    due = due_on(story.subject, "promise", "legal", "legal_from_receipt") or word("unknown_day")
    return {**_item(story), "what": _texts(told.name), "due": due}


def _extended(story: Story, entry: FedEntry) -> Params:
    due = due_on(story.subject, "legal", "legal_from_receipt") or word("unknown_day")
    return {**_item(story), "reasons": entry.body["reason"].rstrip("。"), "due": due}


def _joint_extended(story: Story, entry: FedEntry) -> Params:
    due = due_on(story.package, "joint") or word("unknown_day")
    return {**_thing(story), "reasons": entry.body["reason"].rstrip("。"), "due": due}


def _visit(story: Story, entry: FedEntry) -> Params:
    """When and where the departments come together, and which they are."""
    items = [story.compiled.item(code).name for code in entry.body["items"]]
    at = localtime(datetime.fromisoformat(entry.body["at"]))
    return {
        **_thing(story),
        "when": f"{at:%Y-%m-%d %H:%M}",
        "place": entry.body["place"],
        "items": {
            "zh": "、".join(one.zh for one in items),
            "en": ", ".join(one.say("en") for one in items),
            "ug": "، ".join(one.say("ug") for one in items),
        },
    }


def _visit_off(story: Story, entry: FedEntry) -> Params:
    return {**_thing(story), "reasons": unstopped(entry.body["reason"])}


def _barred(story: Story, entry: FedEntry) -> Params:
    return {
        **_item(story),
        "reasons": entry.body["reason"].rstrip("。"),
        "until": date.fromisoformat(entry.body["until"]),
        "remedies": _remedies(story),
    }


def _set_aside(story: Story, entry: FedEntry) -> Params:
    told = entry.body
    again = {
        "zh": f"申请已重新立件（{told['again']}），期限重新计算，由没有参与原决定的人员办理。",
        "en": f"It is handled again under {told['again']}, with fresh time limits, by officers who"
        " took no part in the old decision.",
        "ug": f"ئىلتىماس {told['again']} نومۇرى بىلەن قايتا بېجىرىلىدۇ، مۆھلەت باشتىن"
        " ھېسابلىنىدۇ، ئەسلىي قارارغا قاتناشمىغان خادىملار بېجىرىدۇ.",
    }
    return {
        **_item(story),
        "body": told["body"],
        "document": told["document"],
        "reasons": unstopped(told["reason"]),
        "again": again if told["again"] else "",
    }


def _rejected(story: Story, entry: FedEntry) -> Params:
    return {**_item(story), "reasons": unstopped(entry.body["reason"])}


def _terminated(story: Story, entry: FedEntry) -> Params:
    return {
        **_item(story),
        "reasons": entry.body["reason"].rstrip("。"),
        "remedies": _remedies(story),
    }


def _materials(story: Story, codes: Any) -> dict[str, str]:
    names = [story.compiled.material(code).name for code in codes]
    return {
        "zh": "、".join(name.zh for name in names),
        "en": ", ".join(name.say("en") for name in names),
    }


def _debt(story: Story, codes: Any) -> Params:
    """What is owed and until when."""
    debt = debts_of([story.subject.id], story.subject.opened_at).get(story.subject.id)
    due = debt.clock.reading.due.on if debt else None
    return {**_item(story), "what": _materials(story, codes), "due": due or word("unknown_day")}


def _owing(story: Story, entry: FedEntry) -> Params:
    return _debt(story, entry.body["materials"])


def _paid(story: Story, entry: FedEntry) -> Params:
    return {**_item(story), "what": _materials(story, [entry.body["material"]])}


def _more_time(story: Story, entry: FedEntry) -> Params:
    return {
        **_debt(story, story.subject.facts["owed"]),
        "reasons": unstopped(entry.body["reason"]),
    }


def _lapsed(story: Story, entry: FedEntry) -> Params:
    return {**_debt(story, entry.body["owed"]), "remedies": _remedies(story)}


def _finished(story: Story, entry: FedEntry) -> Params:
    del entry
    ended = [
        {
            "zh": f"{item.name.zh}：{end['zh']}",
            "en": f"{item.name.say('en')}: {end['en']}",
            "ug": f"{item.name.say('ug')}: {end['ug']}",
        }
        for item, case in results_of(story.package)
        for end in [_said(CASE_LIFE.title(case.state))]
    ]
    return {**_thing(story), "results": ended}


def _how(chinese: str) -> Words:
    return lambda story, entry: {**_thing(story), "how": _said(chinese)}


def _consigned(story: Story, entry: FedEntry) -> Params:
    return {
        **_thing(story),
        "carrier": entry.body["carrier"],
        "tracking": entry.body["tracking"],
    }


def _granted(story: Story, entry: FedEntry) -> Params | None:
    """What is decided; an inner check brings nothing that would have to be told."""
    del entry
    if story.item is None or story.item.internal:
        return None
    if story.item.licence:
        result = _said("证照制作完成后会送到您的“我的证照”。")
    else:
        result = _said("决定书可以在这件申请的办理进度里查看和下载。")
    return {**_item(story), "result": result}


def _issued(story: Story, entry: FedEntry) -> Params:
    licence = get_licence(entry.body["licence"], city_date(entry.at))
    return {"licence": _texts(in_languages(licence.name)), "licence_number": licence.number}


def _withdrawn_item(story: Story, entry: FedEntry) -> Params | None:
    """One item alone; with the whole application the whole is told."""
    del entry
    if story.item is None or story.package.state == PackageState.WITHDRAWN:
        return None
    return {**_thing(story), "thing": _texts(story.item.name)}


def _answered(story: Story, entry: FedEntry) -> Params:
    del entry
    return {**_item(story), "opinion": last_opinion(story.subject.id, "human_review")}


def _known_due(story: Story, entry: FedEntry) -> Params | None:
    del entry
    due = due_on(story.package, "promise", "joint")
    return {**_thing(story), "due": due} if due else None


_PACKAGE: dict[str, tuple[str, Words]] = {
    "submit": ("submitted", _with_due("acceptance")),
    "submit_accepted": ("accepted", _with_due("promise", "joint")),
    "ask_correction": ("correction_notice", _correction),
    "supply": ("supplied", _with_due("acceptance_after_supply")),
    "accept": ("accepted", _with_due("promise", "joint")),
    "deem_accept": ("deemed_accepted", _deemed),
    "finish": ("package_done", _finished),
    "deliver": ("delivered", _how("窗口领取")),
    "post": ("posted", _consigned),
    "post_returned": ("post_returned", _consigned),
    "post_arrived": ("delivered", _how("邮寄签收")),
    "collect": ("delivered", _how("在线领取")),
    "withdraw": ("withdrawn", lambda story, entry: _thing(story)),
    "extend_joint": ("joint_extended", _joint_extended),
    "propose_visit": ("visit_called", _visit),
    "cancel_visit": ("visit_off", _visit_off),
    "clocks_reindexed": ("due_date_known", _known_due),
}
_CASE: dict[str, tuple[str, Words]] = {
    "refuse_acceptance": ("acceptance_refused", _refused),
    "not_require": ("not_required", _refused),
    "grant_at_once": ("case_granted", _granted),
    "grant": ("case_granted", _granted),
    "issue": ("licence_issued", _issued),
    "auto_grant": ("machine_decided", _by_machine),
    "auto_grant_at_once": ("machine_decided", _by_machine),
    "deny": ("case_denied", _denied),
    "cancel": ("case_cancelled", _cancelled),
    "withdraw": ("withdrawn", _withdrawn_item),
    "start_special": ("special_started", _special_started),
    "end_special": ("special_ended", _special_ended),
    "extend": ("limit_extended", _extended),
    "terminate": ("case_terminated", _terminated),
    "begin_debt": ("debt_begun", _owing),
    "pay_owed": ("debt_paid", _paid),
    "extend_debt": ("debt_extended", _more_time),
    "lapse": ("debt_lapsed", _lapsed),
    "bar": ("barred", _barred),
    "set_aside": ("decision_set_aside", _set_aside),
    "object_to_notice": ("notice_objected", lambda story, entry: _item(story)),
    "reject_objection": ("objection_rejected", _rejected),
    "lift_bar": ("bar_lifted", lambda story, entry: _item(story)),
    "ask_human": ("human_asked", lambda story, entry: _item(story)),
    "confirm_review": ("human_answered", _answered),
}


def tell(entry: FedEntry) -> None:
    """Send the message that an entry calls for; the entry's id keeps it to one."""
    story = story_of(entry.stream_id)
    if story is None:
        return
    found = (_CASE if story.case else _PACKAGE).get(entry.verb)
    if found is None:
        return
    key, words = found
    params = words(story, entry)
    if params is not None:
        _send(story, entry, key, params)


def tell_deadline(entry: FedEntry) -> None:
    """The applicant's own time is running out or is over: say so, and what is possible still."""
    story = story_of(entry.stream_id)
    if story is None:
        return
    if entry.body.get("clock") == "debt" and entry.verb == "clock_warned":
        owed = _debt(story, story.subject.facts.get("owed", ()))
        _send(story, entry, "debt_near", owed)
    if entry.body.get("clock") != "correction":
        return
    params = _with_due("correction")(story, entry)
    if entry.verb == "clock_expired":
        _send(story, entry, "correction_overdue", params)
    else:
        _send(story, entry, "deadline_near", {**params, "what": _said("补正材料")})


def tell_deemed_renewal(entry: FedEntry) -> None:
    """A licence counts as renewed because nothing was decided in time (行政许可法 50)."""
    story = story_of(entry.body["renewal"])
    if story is None:
        return
    licence = get_licence(entry.body["identifier"], city_date(entry.at))
    until = licence.valid_to or word("unknown_day")
    params = {**_item(story), "licence": licence.name, "until": until}
    _send(story, entry, "deemed_renewed", params)


def _send(story: Story, entry: FedEntry, key: str, params: Params) -> None:
    happening = f"entry/{entry.id}"
    if key == "case_cancelled":
        root, _ended = cancelled_with(story.package, entry.body["because"])
        happening = f"cancelled/{story.package.id}/{root.code}"
    send_message(
        party_id=story.package.party_id,
        key=key,
        params=params,
        dedup=happening,
        now=entry.at,
        proceeding=story.package.number,
    )


subscribe("packages.messages", tell, verbs={*_PACKAGE, *_CASE}, streams={"proceeding"})
subscribe(
    "packages.deadlines",
    tell_deadline,
    verbs={"clock_warned", "clock_expired"},
    streams={"proceeding"},
)
subscribe(
    "packages.deemed_renewals",
    tell_deemed_renewal,
    verbs={"licence_deemed_renewed"},
    streams={"licence"},
)
