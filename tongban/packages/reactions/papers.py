"""The documents of domain-03 §3.9: which entry of the journal issues which paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tongban.cases.queries import debts_of, decisions_of, files_of, specials_of
from tongban.cases.states import LIFE as CASE_LIFE
from tongban.documents.actions import issue_document
from tongban.documents.gateways.seals import Organ
from tongban.documents.states import DocumentKind
from tongban.kernel.actors import SYSTEM
from tongban.packages.models import CorrectionNotice
from tongban.packages.queries import Story, due_on, results_of, story_of
from tongban.packages.queries.signing import FiledSignature, signatures_of
from tongban.packages.rules import act_name
from tongban.packages.states import PackageState, SignatureState
from tongban.people.queries import department, party
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from tongban.catalogue.rules import CompiledField

Data = dict[str, Any]
Paper = Callable[[Story, FedEntry], Data | None]

_HEARD = "本机关依法举行了听证（编号 {}），本决定根据听证笔录作出。"
_RIBBON = "演示材料：时限等数值带证据标记，不是法定文书"


def moment_words(at: datetime) -> str:
    """A moment as it stands on a paper."""
    return timezone.localtime(at).strftime("%Y年%m月%d日 %H:%M")


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y年%m月%d日")


def page_of(story: Story) -> Data:
    """What every paper says: to whom, about what, by whom."""
    body = department(story.subject.department)
    contact = None
    if body.phone and body.address:
        contact = {"phone": body.phone, "address": body.address.get("zh", "—") or "—"}
    return {
        "addressee": party(story.package.party_id).name,
        "matter": story.item.name.zh if story.item else story.compiled.name.zh,
        "proceeding_number": story.subject.number,
        "contact": contact,
        "ribbon": _RIBBON,
        "ribbon_short": "演示",
    }


def _limit(evidenced: Any) -> str:
    return f"{evidenced.value:g} 个工作日" if evidenced and evidenced.value else "—"


def _items(story: Story) -> list[Data]:
    return [
        {
            "name": item.name.zh,
            "department": department(item.department).name["zh"],
            "legal": _limit(item.legal),
            "promise": _limit(item.promise),
        }
        for item, _case in results_of(story.package)
    ]


def _materials(story: Story) -> list[Data]:
    cases = results_of(story.package)
    files = files_of([case.id for _item, case in cases])
    seen: dict[str, Data] = {}
    for file in files.values():
        for one in file.materials:
            given = one.get("files")
            seen.setdefault(
                one["material"],
                {
                    "name": story.compiled.material(one["material"]).name.zh,
                    "note": "已上传" if given else "受理后补交" if one.get("owed") else "免提交",
                },
            )
    return list(seen.values())


def _receipt(story: Story, entry: FedEntry) -> Data:
    due = due_on(story.package, "acceptance")
    return {
        **page_of(story),
        "received_at": moment_words(entry.at),
        "channel": "网上申请",
        "answer_by": due.strftime("%Y年%m月%d日") if due else "",
        "items": _items(story),
        "materials": _materials(story),
    }


def _acceptance(story: Story, entry: FedEntry) -> Data:
    promise = due_on(story.package, "promise", "joint")
    return {
        **page_of(story),
        "received_at": moment_words(story.package.opened_at),
        "accepted_at": moment_words(story.package.accepted_at or entry.at),
        "promise": promise.strftime("%Y年%m月%d日") if promise else "日历公布后确定",
        "deemed": entry.verb == "deem_accept",
        "items": _items(story),
        "fee": "不收费" if not story.compiled.fee_yuan else f"{story.compiled.fee_yuan} 元",
    }


def _correction(story: Story, entry: FedEntry) -> Data:
    notice = CorrectionNotice.objects.get(proceeding_id=story.package.id)
    due = due_on(story.package, "correction")
    problems = []
    for line in notice.lines:
        known = any(m.code == line["target"] for m in story.compiled.materials)
        spec = (story.compiled.material if known else story.compiled.field)(line["target"])
        problems.append(
            {
                "target": spec.name.zh,
                "problem": line["problem"],
                "remedy": line["remedy"],
                "item": story.compiled.item(line["item"]).name.zh,
                "clause": line["clause"],
            }
        )
    return {
        **page_of(story),
        "problems": problems,
        "due": due.strftime("%Y年%m月%d日") if due else "日历公布后确定",
        "how": "登录“我的办件”，按本告知书逐项补齐后一次提交；也可以到政务服务大厅窗口补正。",
        "consequence": "逾期未补正的，部门将依据已有材料依法作出决定并说明理由。",
    }


def remedies_of(story: Story) -> Data:
    """Where to turn against a decision, as a paper says it (行政许可法 38)."""
    remedies = story.item.remedies if story.item else None
    if remedies is None or not remedies.days.value:
        return {"days": 60, "review_body": "本级人民政府"}
    return {
        "days": int(remedies.days.value),
        "review_body": remedies.review_body.zh,
        "court": remedies.court.zh,
        "suit_term": f"{remedies.suit_months.value:g} 个月" if remedies.suit_months else "",
    }


def _refusal(story: Story, entry: FedEntry) -> Data:
    return {
        **page_of(story),
        "received_at": moment_words(story.package.opened_at),
        "reasons": [entry.body["reason"]],
        "competent": entry.body.get("right_body", ""),
        "remedies": remedies_of(story),
    }


def _decision(story: Story, entry: FedEntry) -> Data:
    decision = decisions_of([story.subject.id])[story.subject.id]
    articles = story.item.basis if story.item else ()
    heard = "、".join(story.subject.facts.get("heard", ()))
    automatic = "；".join(str(x["text"]) for x in decision.explanation)
    return {
        **page_of(story),
        "act": act_name(story.item.kind, story.item.name.zh) if story.item else "行政许可",
        "licensed": bool(story.item and story.item.licence),
        "facts": f"本机关依法举行了听证（编号 {heard}），本决定根据听证笔录作出。"
        if heard
        else "",
        "applied_on": _day(story.package.opened_at),
        "accepted_on": _day(story.subject.accepted_at or entry.at),
        "basis": [{"law": a.law, "article": a.article, "text": a.text} for a in articles],
        "reasons": [decision.reasons] if decision.reasons else [],
        "automatic": automatic if decision.is_automatic else "",
        "remedies": remedies_of(story),
    }


def _due_day(story: Story, *clocks: str) -> str:
    due = due_on(story.subject, *clocks)
    return due.strftime("%Y年%m月%d日") if due else "日历公布后确定的日期"


def _extension(story: Story, entry: FedEntry) -> Data:
    return {
        **page_of(story),
        "accepted_at": _day(story.subject.accepted_at or entry.at),
        "days": f"{entry.body['days']:g}",
        "reasons": [entry.body["reason"]],
        "basis": entry.basis,
        "due": _due_day(story, "legal", "legal_from_receipt"),
    }


def _special(story: Story, entry: FedEntry) -> Data | None:
    """Of a hearing its own first paper tells."""
    if story.item and story.item.procedure(entry.body["procedure"]).life != "told":
        return None
    specials = specials_of([story.subject.id], entry.at)[story.subject.id]
    special = next(one for one in specials if one.number == entry.body["special"])
    told, until = special.procedure, special.clock.reading.due.on
    return {
        **page_of(story),
        "procedure": told.name.zh,
        "days": str(entry.body["days"]),
        "reasons": [entry.body["reason"]],
        "basis": told.basis,
        "until": until.strftime("%Y年%m月%d日") if until else "日历公布后确定的日期",
        "note": told.text.zh,
    }


def _joint_extension(story: Story, entry: FedEntry) -> Data:
    due = due_on(story.package, "joint")
    return {
        **page_of(story),
        "accepted_at": _day(story.package.accepted_at or entry.at),
        "days": f"{entry.body['days']:g}",
        "reasons": [entry.body["reason"], f"批准：{entry.body['approval']}"],
        "basis": entry.basis,
        "due": due.strftime("%Y年%m月%d日") if due else "日历公布后确定的日期",
    }


def _bar(story: Story, entry: FedEntry) -> Data:
    until = datetime.fromisoformat(entry.body["until"])
    return {
        **page_of(story),
        "ground": _GROUNDS[entry.body["ground"]],
        "reasons": [entry.body["reason"]],
        "years": str(entry.body["years"]),
        "until": until.strftime("%Y年%m月%d日"),
        "basis": entry.basis,
        "remedies": remedies_of(story),
    }


def _handled_again(story: Story, entry: FedEntry) -> Data | None:
    """Of a decision that is made anew; one that was only quashed is told by a message."""
    told = entry.body
    if not told["again"]:
        return None
    return {
        **page_of(story),
        "body": told["body"],
        "document": told["document"],
        "dated": date.fromisoformat(told["dated"]).strftime("%Y年%m月%d日"),
        "reasons": [told["reason"]],
        "again": told["again"],
        "basis": entry.basis,
    }


_GROUNDS = {
    "false": "隐瞒有关情况或者提供虚假材料申请行政许可",
    "fraud": "以欺骗、贿赂等不正当手段取得行政许可",
}


def _withdrawal(story: Story, entry: FedEntry) -> Data | None:
    """Of the whole application, or of one item; of an item that went with the whole the whole."""
    if story.case is not None and story.package.state == PackageState.WITHDRAWN:
        return None
    items = [] if story.case else [item.name.zh for item, _case in results_of(story.package)]
    return {
        **page_of(story),
        "applied_on": _day(story.package.opened_at),
        "withdrawn_on": _day(entry.at),
        "items": items,
    }


def _delivery(story: Story, entry: FedEntry) -> Data:
    applicant = party(story.package.party_id).name
    at_window = entry.verb == "deliver"
    return {
        **page_of(story),
        "delivered_at": moment_words(entry.at),
        "how": "窗口领取" if at_window else "在线领取，打开即为签收",
        "receiver": "领取人姓名记入办件档案" if at_window else applicant,
        "results": _closing(story, entry)["results"],
    }


def _termination(story: Story, entry: FedEntry) -> Data:
    return {
        **page_of(story),
        "applied_on": _day(story.package.opened_at),
        "reasons": [entry.body["reason"]],
        "remedies": remedies_of(story),
    }


def _names(story: Story, codes: Any) -> list[str]:
    return [story.compiled.material(code).name.zh for code in codes]


def _debt_due(story: Story) -> str:
    """The last day of the debt of a case."""
    found = debts_of([story.subject.id], story.subject.opened_at).get(story.subject.id)
    on = found.clock.reading.due.on if found else None
    return on.strftime("%Y年%m月%d日") if on else "日历公布后确定的日期"


def _deficiency(story: Story, entry: FedEntry) -> Data:
    assert story.item is not None  # noqa: S101 -- a debt stands below a case
    rule = story.item.deficiency
    assert rule is not None  # noqa: S101 -- nothing is owed without a rule
    materials = _names(story, entry.body["materials"])
    words = {
        "item": story.item.name.zh,
        "materials": "、".join(materials),
        "days": f"{entry.body['days']} 个工作日",
    }
    return {
        **page_of(story),
        "accepted_at": moment_words(story.subject.accepted_at or entry.at),
        "materials": materials,
        "days": words["days"],
        "due": _debt_due(story),
        "clauses": [clause.zh.format(**words) for clause in rule.letter.clauses],
        "consequence": rule.letter.consequence.zh.format(**words),
        "version": f"{rule.letter.code} 第 {rule.letter.version} 版",
        "signed_by": party(story.package.party_id).name,
        "signed_at": moment_words(story.package.opened_at),
        "basis": rule.basis,
    }


def _lapse(story: Story, entry: FedEntry) -> Data:
    return {
        **page_of(story),
        "materials": _names(story, entry.body["owed"]),
        "due": _debt_due(story),
        "basis": entry.basis,
        "remedies": remedies_of(story),
    }


def _closing(story: Story, entry: FedEntry) -> Data:
    return {
        **page_of(story),
        "finished_on": _day(entry.at),
        "results": [
            {
                "item": item.name.zh,
                "department": department(item.department).name["zh"],
                "outcome": CASE_LIFE.title(case.state),
                "paper": case.facts.get("licence", ""),
            }
            for item, case in results_of(story.package)
        ],
        "delivery": story.compiled.delivery_text.zh,
    }


def _in_words(field: CompiledField, value: Any) -> str:
    """A kept answer as it stands on a paper."""
    if isinstance(value, bool):
        return "是" if value else "否"
    names = {option.code: option.name.zh for option in field.options}
    if isinstance(value, list | tuple):
        return "、".join(names.get(str(part), str(part)) for part in value)
    return names.get(str(value), str(value))


def _signed_paper(story: Story, signed: list[FiledSignature]) -> Data:
    """One paper with everybody who signed it; what each signature covers is shown once."""
    compiled = story.compiled
    answers: dict[str, Any] = {}
    for one in signed:
        answers |= one.content["answers"]
    material = compiled.material(signed[0].material)
    signings = {one.role: one for one in compiled.item(signed[0].item).signers}
    return {
        **page_of(story),
        "paper": material.name.zh,
        "statement": [point.zh for point in material.statement],
        "texts": list(dict.fromkeys(one.content["text"] for one in signed)),
        "answers": [
            {"label": field.name.zh, "value": _in_words(field, answers[field.code])}
            for field in compiled.fields
            if field.code in answers
        ],
        "signatures": [
            {
                "name": one.name,
                "role": one.role.zh,
                "signed_at": moment_words(one.signed_at) if one.signed_at else "—",
                "content": one.content_hash.hex(),
            }
            for one in signed
        ],
        "basis": next(iter(signings.values())).basis if signings else "",
    }


def keep_signatures(entry: FedEntry) -> None:
    """With the filing, each signed paper goes to the case that it belongs to, sealed.

    What was signed anew after a correction is a paper of its own; the first one stays.
    """
    story = story_of(entry.stream_id)
    if story is None or story.case is not None:
        return
    cases = [case.id for _item, case in results_of(story.package)]
    papers: dict[tuple[int, str], list[FiledSignature]] = {}
    filed = signatures_of(cases)
    void = {(one.case_id, one.material) for one in filed if one.state is SignatureState.VOID}
    again = entry.verb == "supply"
    for one in filed:
        if one.state is SignatureState.SIGNED and (
            not again or (one.case_id, one.material) in void
        ):
            papers.setdefault((one.case_id, one.material), []).append(one)
    for (case_id, material), signed in papers.items():
        of_case = story_of(case_id)
        if of_case is not None:
            issue_paper(
                of_case,
                DocumentKind.SIGNATURES,
                _signed_paper(of_case, signed),
                entry,
                f"{material}/{entry.id}" if again else material,
            )


_PACKAGE: dict[str, tuple[DocumentKind, Paper]] = {
    "submit": (DocumentKind.RECEIPT, _receipt),
    "submit_accepted": (DocumentKind.RECEIPT, _receipt),
    "ask_correction": (DocumentKind.CORRECTION, _correction),
    "accept": (DocumentKind.ACCEPTANCE, _acceptance),
    "deem_accept": (DocumentKind.ACCEPTANCE, _acceptance),
    "finish": (DocumentKind.CLOSING, _closing),
    "extend_joint": (DocumentKind.EXTENSION, _joint_extension),
    "withdraw": (DocumentKind.WITHDRAWAL, _withdrawal),
    "deliver": (DocumentKind.DELIVERY_PROOF, _delivery),
    "collect": (DocumentKind.DELIVERY_PROOF, _delivery),
}
_CASE: dict[str, tuple[DocumentKind, Paper]] = {
    "refuse_acceptance": (DocumentKind.NON_ACCEPTANCE, _refusal),
    "grant": (DocumentKind.GRANT, _decision),
    "grant_at_once": (DocumentKind.GRANT, _decision),
    "auto_grant": (DocumentKind.GRANT, _decision),
    "auto_grant_at_once": (DocumentKind.GRANT, _decision),
    "deny": (DocumentKind.DENIAL, _decision),
    "extend": (DocumentKind.EXTENSION, _extension),
    "start_special": (DocumentKind.SPECIAL, _special),
    "terminate": (DocumentKind.TERMINATION, _termination),
    "begin_debt": (DocumentKind.DEFICIENCY, _deficiency),
    "lapse": (DocumentKind.LAPSE, _lapse),
    "withdraw": (DocumentKind.WITHDRAWAL, _withdrawal),
    "bar": (DocumentKind.BAR, _bar),
    "set_aside": (DocumentKind.HANDLED_AGAIN, _handled_again),
}


def issue(entry: FedEntry) -> None:
    """Issue the paper that an entry calls for, once.

    An inner check that goes well leaves no paper; one that does not ends what the applicant asked
    for, and he gets the decision with its reasons and remedies (行政许可法 38). What a department
    decided in its own system has the document of the department; a second one would be another
    decision.
    """
    if entry.body.get("system"):
        return
    story = story_of(entry.stream_id)
    if story is None or (story.item is not None and story.item.internal and entry.verb != "deny"):
        return
    found = (_CASE if story.case else _PACKAGE).get(entry.verb)
    if found is None:
        return
    kind, paper = found
    data = paper(story, entry)
    if data is not None:
        issue_paper(story, kind, data, entry)


def issue_paper(
    story: Story, kind: DocumentKind, data: Data, entry: FedEntry, cause: str = ""
) -> None:
    """Issue a paper of the organ that the story's proceeding belongs to."""
    body = department(story.subject.department)
    issue_document(
        kind=kind,
        data=data,
        proceeding_id=story.subject.id,
        region=story.subject.region,
        party_id=story.package.party_id,
        by=SYSTEM,
        now=entry.at,
        organ=Organ(body.code, body.name["zh"], body.uscc, body.short.get("zh", "")),
        cause=cause,
    )


subscribe("packages.papers", issue, verbs={*_PACKAGE, *_CASE}, streams={"proceeding"})
subscribe(
    "packages.signatures",
    keep_signatures,
    verbs={"submit", "submit_accepted", "supply"},
    streams={"proceeding"},
)
