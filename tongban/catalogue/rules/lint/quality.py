"""Rules Q1 to Q14: the data quality of the list of items (domain-01 §1.5)."""

import re
from collections.abc import Callable, Iterator

from tongban.catalogue.content import Item, ItemType, Limit
from tongban.catalogue.content.findings import Finding
from tongban.catalogue.rules.lint.references import steps_of
from tongban.catalogue.rules.lint.view import Found, Place, View
from tongban.kernel.clocks import Unit

CATCH_ALL = ("其他材料", "其它材料", "有关材料", "相关材料", "等材料", "其他条件", "其他有关")
LANDLINE = re.compile(r"^0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]+)?$")
CLOSING_FORM = {"证": "出证", "文": "出文"}
GENERAL_LIMIT_WORKDAYS = 20
GENERAL_LAW = "行政许可法"
PERSON_AUDIENCE = {"natural"}


Faults = Iterator[tuple[str, str, str]]
"""For each fault of an item: the key where it stands, what is wrong, what to write instead."""


def _each(view: View, code: str, why: str, faults: Callable[[Item], Faults]) -> Found:
    for place, item in view.items:
        for key, what, instead in faults(item):
            yield view.find(_at(place, key), code, what, why, instead)


def _at(place: Place, key: str) -> Place:
    for step in key.split("."):
        place = place / (int(step) if step.isdigit() else step)
    return place


def q1_instant_means_on_the_spot(view: View) -> Found:
    """Q1: the promise is "on the spot" exactly where the item is an instant one."""

    def faults(item: Item) -> Faults:
        if item.limits.promise.is_instant != (item.project_type == "INSTANT"):
            yield (
                "limits.promise",
                f"承诺 {item.limits.promise.value:g} 天与办件类型 {item.project_type} 不一致",
                "即办件写 value: 0，承诺件写天数",
            )

    return _each(view, "Q1", "群众会以为能当场办完", faults)


def q2_results_close_in_their_form(view: View) -> Found:
    """Q2: a result ending in 证 closes by 出证, in 文 by 出文, in 批复 by 审批."""

    def faults(item: Item) -> Faults:
        name = item.result.name.zh if item.result.name else ""
        wanted = "审批" if name.endswith("批复") else CLOSING_FORM.get(name[-1:], "")
        if wanted and item.result.form != wanted:
            yield ("result.form", f"结果“{name}”的办结方式是“{item.result.form}”", f"写 {wanted}")

    return _each(view, "Q2", "办结方式与结果名称对不上，统计会出错", faults)


def q3_visits_have_a_reason(view: View) -> Found:
    """Q3: a visit needs a reason; no visit needs none, and a way to apply from afar."""

    def faults(item: Item) -> Faults:
        visits, remote = item.visits, item.channels.online_depth != "I" or item.channels.post
        if visits.value > 0 and visits.reason is None:
            yield ("visits", f"要跑 {visits.value} 次却没有写原因", "写 reason，或改为 0")
        if visits.value == 0 and visits.reason is not None:
            yield ("visits", "不用跑却写了到场原因", "删去 reason")
        if visits.value == 0 and not remote and not item.internal:
            yield ("visits", "不用跑，却没有网上或邮寄的办法", "提高 online_depth 或写 post: true")

    return _each(view, "Q3", "群众要知道为什么必须到场", faults)


def q4_whole_online_needs_no_visit(view: View) -> Found:
    """Q4: depth IV means no visit."""

    def faults(item: Item) -> Faults:
        if item.channels.online_depth == "IV" and item.visits.value > 0:
            yield (
                "channels.online_depth",
                f"全程网办（IV）却要跑 {item.visits.value} 次",
                "降低 online_depth，或把 visits 改为 0",
            )

    return _each(view, "Q4", "“全程网办”不能名不副实", faults)


def q5_fees_are_complete(view: View) -> Found:
    """Q5: a charge has its basis, lines, standard and online payment; none means none."""

    def faults(item: Item) -> Faults:
        fee = item.fee
        if fee.charged and not (fee.basis and fee.lines and fee.standard and fee.online):
            yield (
                "fee",
                "收费却缺少依据、项目、标准或网上缴费",
                "补全 basis、lines、standard、online",
            )
        if not fee.charged and fee.online:
            yield ("fee", "不收费却写了网上缴费", "写 online: false")

    return _each(view, "Q5", "没有法定依据不得收费（行政许可法第五十八条）", faults)


def q6_phones_differ(view: View) -> Found:
    """Q6: the phone for questions is not the one for complaints; both carry the area code."""
    city = view.content.city.area_code
    area = str(city.value) if city else ""

    def faults(item: Item) -> Faults:
        consult, complain = item.contacts.consult, item.contacts.complain
        if consult == complain:
            yield ("contacts.complain", "咨询电话与投诉电话相同", "写另一个部门或科室的电话")
        for key, phone in (("consult", consult), ("complain", complain)):
            if not LANDLINE.fullmatch(phone) or not phone.startswith(area):
                yield (
                    f"contacts.{key}",
                    f"电话“{phone}”没有本地区号",
                    f"写 {area or '区号'}-号码",
                )

    return _each(view, "Q6", "打不通、或投诉打到被投诉人手里", faults)


def q7_themes_fit_the_audience(view: View) -> Found:
    """Q7: a person's theme holds items for persons, an enterprise's those for enterprises."""

    def faults(item: Item) -> Faults:
        audience = set(item.audience)
        if item.themes.person and not audience & PERSON_AUDIENCE:
            yield (
                "themes.person",
                "不面向个人的事项放进了个人主题",
                "删去，或补 audience: natural",
            )
        if item.themes.enterprise and not audience - PERSON_AUDIENCE:
            yield ("themes.enterprise", "不面向单位的事项放进了法人主题", "删去，或补 audience")

    return _each(view, "Q7", "群众在自己的主题里找不到能办的事", faults)


def q8_licences_are_explained(view: View) -> Found:
    """Q8: a licence item has a question and answer, and a route with review and decision."""

    def faults(item: Item) -> Faults:
        if item.type is not ItemType.LICENSE:
            return
        if not item.faq:
            yield ("faq", "许可事项没有常见问题", "至少写一问一答")
        codes = {step.step for _, step in steps_of(Place(""), item)}
        if "decide" not in codes or len(codes) < 2:
            yield ("route", "许可事项的路径缺少审查或决定", "先写审查，再写 decide")

    return _each(view, "Q8", "受理、送达由平台统一办，审查和决定必须由部门写明", faults)


def q9_results_have_a_sample(view: View) -> Found:
    """Q9: a result with a name has a sample."""

    def faults(item: Item) -> Faults:
        if item.result.name is not None and not item.result.sample:
            yield ("result.sample", f"结果“{item.result.name.zh}”没有样本", "写 sample: true")

    return _each(view, "Q9", "群众要看得到会拿到什么", faults)


def q10_nothing_is_a_catch_all(view: View) -> Found:
    """Q10: no material and no condition says "other" or "relevant" things."""
    for index, (code, material) in enumerate(view.content.materials.items()):
        if word := _catch_all(material.name.zh, exact=True):
            yield _vague(view, Place("materials.yaml", (index, "name")), f"材料“{code}”", word)
    for place, item in view.items:
        for index, condition in enumerate(item.conditions):
            if word := _catch_all(condition.text.zh, exact=False):
                yield _vague(view, place / "conditions" / index, "受理条件", word)


def _catch_all(text: str, *, exact: bool) -> str:
    found = [word for word in CATCH_ALL if word in text]
    if exact:
        found += [word for word in ("其他", "其它", "有关", "相关") if text.startswith(word)]
    return found[0] if found else ""


def _vague(view: View, place: Place, what: str, word: str) -> Finding:
    return view.find(
        place,
        "Q10",
        f"{what}有兜底词“{word}”",
        "不得用“其他”“有关”等兜底要求材料（优化营商环境的通行规则）",
        "写明具体的名称，或删去",
    )


def q11_promises_keep_the_law(view: View) -> Found:
    """Q11: a promise is never longer than the law; a plain licence has at most 20 working days."""
    for place, item in view.items:
        limits = place / "limits"
        pairs = [(limits / "promise", item.limits.promise, item.limits.legal)]
        pairs += [
            (limits / "variants" / i / "promise", v.promise, v.legal or item.limits.legal)
            for i, v in enumerate(item.limits.variants)
        ]
        for here, promise, legal in pairs:
            if legal and promise.unit is legal.unit and promise.value > legal.value:
                yield view.find(
                    here,
                    "Q11",
                    f"承诺时限 {promise.value:g} 长于法定时限 {legal.value:g}",
                    "承诺只能更快，不能更慢",
                    "缩短承诺，或核对法定时限",
                )
        if item.type is ItemType.LICENSE and _is_too_long(item.limits.legal):
            yield view.find(
                limits / "legal",
                "Q11",
                f"许可的法定时限超过 {GENERAL_LIMIT_WORKDAYS} 个工作日，又没有单行法依据",
                "行政许可法第四十二条：一般不超过二十日",
                "缩短，或在 basis 中写明另有规定的法律",
            )


def _is_too_long(legal: Limit | None) -> bool:
    if legal is None or legal.unit is not Unit.WORKDAY or legal.value <= GENERAL_LIMIT_WORKDAYS:
        return False
    return not legal.basis or legal.basis.startswith(GENERAL_LAW)


def q12_legal_bases_are_complete(view: View) -> Found:
    """Q12: every legal basis has law, article and text; a repealed one blocks publishing."""
    parts = [(p, x.basis) for p, x in view.items] + [(p, x.basis) for p, x in view.packages]
    for place, bases in parts:
        if not bases:
            yield view.find(
                place,
                "Q12",
                "没有设定依据",
                "没有依据的事项不得设立",
                "写 basis：法律、条款、原文",
            )
        for index, basis in enumerate(bases):
            here = place / "basis" / index
            if not (basis.law.strip() and basis.article.strip() and basis.text.strip()):
                yield view.find(
                    here,
                    "Q12",
                    "依据缺少法律名称、条款或原文",
                    "群众和法院都要看得到原文",
                    "补全 law、article、text",
                )
            if basis.repealed_on:
                yield view.find(
                    here,
                    "Q12",
                    f"《{basis.law}》已于 {basis.repealed_on} 废止",
                    "依据已废止的事项不得再办",
                    "换成现行依据，或取消该事项",
                )


def q13_nothing_stands_without_basis(view: View) -> Found:
    """Q13: no condition of acceptance is added without a basis of its own."""

    def faults(item: Item) -> Faults:
        for index, condition in enumerate(item.conditions):
            if not condition.basis:
                yield (
                    f"conditions.{index}",
                    f"受理条件“{condition.text.zh[:16]}”没有依据",
                    "写 basis，或删去这个条件",
                )

    why = "不得违法增设条件和环节（优化营商环境条例第三十五条）"
    return _each(view, "Q13", why, faults)


def q14_the_hall_offers_everything_else(view: View) -> Found:
    """Q14: only what is on the negative list is missing at the hall, and all of that is."""
    banned = {entry.item for entry in view.content.city.hall_negative_list}

    def faults(item: Item) -> Faults:
        if item.channels.hall and item.code in banned:
            yield ("channels.hall", "事项在进驻负面清单中，却可以到大厅办", "写 hall: false")
        if not item.channels.hall and item.code not in banned and not item.internal:
            yield (
                "channels.hall",
                "事项不进大厅，又不在进驻负面清单中",
                "写 hall: true，或在 city.yaml 的 hall_negative_list 中写明理由",
            )

    return _each(view, "Q14", "应进必进：群众进一扇门要能办所有事", faults)


RULES = (
    q1_instant_means_on_the_spot,
    q2_results_close_in_their_form,
    q3_visits_have_a_reason,
    q4_whole_online_needs_no_visit,
    q5_fees_are_complete,
    q6_phones_differ,
    q7_themes_fit_the_audience,
    q8_licences_are_explained,
    q9_results_have_a_sample,
    q10_nothing_is_a_catch_all,
    q11_promises_keep_the_law,
    q12_legal_bases_are_complete,
    q13_nothing_stands_without_basis,
    q14_the_hall_offers_everything_else,
)
