"""The hotline on the desk: who sees which ticket, what each may do, what is hidden from whom."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import REPLY, called
from tongban.records.models import AccessRead, Entry

CENTRE = ("qiu.line", "erkin.line")
FOR_THE_CALLER = {"add_to", "urge", "withdraw", "hide_caller"}
CLASSES = {
    "dispatch", "classify", "correct_place", "answer_directly", "refuse", "transfer", "merge",
    *FOR_THE_CALLER,
}  # fmt: skip
UNIT_WORKS = {"contact", "reply", "note_progress", "ask_return", "ask_extension"}


def login_of(actor):
    from tongban.people.models import Account

    return Account.objects.get(pk=actor.id).login


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    return city


@pytest.fixture
def call(house):
    """A complaint on building noise in Tianshan, received and not dispatched yet."""
    return called(house)


def unit_of(call, role="reviewer"):
    return Clerk(login_of(call.unit(role)))


def task_of(call):
    return call.task.proceeding.number


# Everybody × every moment, against what the posts of the demo city say.


def offered(login, number):
    page = Clerk(login).see(number)
    return page.verbs if page.status == 200 else None


def test_a_received_ticket_is_the_centres_alone(call):
    for login in CENTRE:
        assert offered(login, call.number) == CLASSES
    assert offered("su.line", call.number) == set()
    assert offered("bai.line", call.number) == set()
    for login in ("tan.line", "zhang.urban", "li.window", "zhang.reviewer"):
        assert (login, offered(login, call.number)) == (login, None)
    assert Clerk("ali").see(call.number).status == 403
    assert Clerk(None).see(call.number).location.startswith("/login/")


def test_a_unit_sees_its_own_task_and_nobody_elses(call):
    call.dispatched()
    holder, head = login_of(call.unit()), login_of(call.unit("head"))
    number = task_of(call)

    assert offered(holder, number) == {"sign", "ask_return"}
    assert offered(head, number) >= {"reassign"}
    assert not offered(head, number) & {"sign", "ask_return", "reply"}
    for login in (holder, head):
        assert offered(login, call.number) is None
    for login in ("zhang.reviewer", "yan.fire", "li.window", *CENTRE):
        assert (login, offered(login, number)) == (login, None)
    for login in CENTRE:
        assert offered(login, call.number) == {
            "merge", "add_unit", "supervise", *FOR_THE_CALLER,
        }  # fmt: skip


def test_each_state_offers_what_it_allows(call):
    call.dispatched().signed()
    holder = login_of(call.unit())
    assert offered(holder, task_of(call)) == UNIT_WORKS
    call.replied()
    assert offered(holder, task_of(call)) == set()
    assert offered("qiu.line", call.number) == {
        "pass_reply", "send_back", "supervise", *FOR_THE_CALLER,
    }  # fmt: skip
    call.passed()
    assert offered("qiu.line", call.number) == {
        "call_back", "supervise", *FOR_THE_CALLER,
    }  # fmt: skip
    call.said("unsolved", 5)
    assert offered("qiu.line", call.number) == {
        "call_back", "rehandle", "confer", "close", "supervise", *FOR_THE_CALLER,
    }  # fmt: skip


def test_nobody_does_what_he_is_not_offered(call):
    call.dispatched()
    number = task_of(call)
    data = {"text": REPLY, "reason": "理由", "basis": "依据", "plan": "计划", "step": number,
            "unit": "fire-rescue", "to": "1", "trigger": "harm"}  # fmt: skip
    for login in ("zhang.reviewer", "yan.fire", "li.window", "tan.line", "ali", None):
        for verb, where in (("sign", number), ("reply", number), ("pass_reply", call.number),
                            ("supervise", call.number)):  # fmt: skip
            before = Entry.objects.count()
            with transaction.atomic():
                page = Clerk(login).do(where, verb, data)
                transaction.set_rollback(True)
            assert (login, verb, page.status in (302, 403, 404)) == (login, verb, True)
            assert Entry.objects.count() == before


# From the inbox to the end, by forms alone.


def test_a_request_goes_through_the_desk(call, house):
    centre = Clerk("qiu.line")
    assert call.number in centre.open("/desk/").numbers
    page = centre.see(call.number)
    assert "建议 乌鲁木齐市天山区" in page.words
    assert "urban-management-tianshan" in page.source
    page = centre.do(call.number, "dispatch", {"unit": "urban-management-tianshan"})
    assert page.status == 302
    house.rest()

    unit, number = unit_of(call), task_of(call)
    assert number in unit.open("/desk/").numbers
    assert unit.do(number, "sign").status == 302
    refused = unit.do(number, "reply", {"text": "高度重视，请耐心等待。"})
    assert refused.status == 422
    assert "答复没有具体内容" in refused.words
    assert "还没有联系过诉求人" in refused.words
    assert refused.value("do-reply-text") == "高度重视，请耐心等待。"
    assert unit.do(number, "contact", {"text": "上午电话联系，说了地点。"}).status == 302
    assert unit.do(number, "reply", {"text": REPLY}).status == 302

    assert "单位已答复" in centre.see(call.number).words
    assert centre.do(call.number, "pass_reply").status == 302
    said = {"outcome": "solved", "contacted": "yes", "satisfied": "1", "note": "很快"}
    assert centre.do(call.number, "call_back", said).status == 302
    assert "已解决 · 非常满意" in centre.see(call.number).words
    assert centre.do(call.number, "close", {}).status == 302
    assert call.state == "closed"


def test_a_return_is_disputed_and_a_unit_designated(call, house):
    call.dispatched("fire-rescue")
    unit, number, centre = unit_of(call), task_of(call), Clerk("erkin.line")
    missing = unit.do(number, "ask_return", {"reason": "不是消防职责", "basis": ""})
    assert missing.status == 422
    given = {"reason": "不是消防职责", "basis": "三定规定第四条"}
    assert unit.do(number, "ask_return", given).status == 302
    assert offered("erkin.line", call.number) >= {"approve_return", "refuse_return"}
    assert centre.do(call.number, "approve_return", {"step": number}).status == 302
    assert offered("tan.line", call.number) is None
    asked = {"reason": "消防和城管都说不是自己的职责"}
    assert centre.do(call.number, "ask_designation", asked).status == 302
    assert "ask_designation" not in offered("erkin.line", call.number)
    decider = Clerk("tan.line")
    assert call.number in decider.open("/desk/").numbers
    assert offered("tan.line", call.number) == {"designate"}
    given = {"unit": "urban-management", "reason": "属于城市管理职责"}
    assert decider.do(call.number, "designate", given).status == 302
    house.rest()
    assert "ask_return" not in offered(login_of(call.unit()), task_of(call))
    assert "指定办理，不能退单。" in unit_of(call).see(task_of(call)).words


def test_time_is_asked_endorsed_and_granted_by_forms(call, house):
    call.dispatched().signed()
    unit, head, number = unit_of(call), unit_of(call, "head"), task_of(call)
    assert unit.do(number, "ask_extension", {"reason": "等检测报告"}).status == 302
    assert "endorse_extension" in head.see(number).verbs
    assert head.do(number, "endorse_extension").status == 302
    centre = Clerk("qiu.line")
    assert "grant_extension" in centre.see(call.number).verbs
    assert centre.do(call.number, "grant_extension", {"step": number}).status == 302
    assert "ask_extension" not in unit.see(number).verbs


def test_a_head_who_does_not_agree_says_why_and_the_clerk_may_ask_again(call, house):
    call.dispatched().signed()
    unit, head, number = unit_of(call), unit_of(call, "head"), task_of(call)
    unit.do(number, "ask_extension", {"reason": "等检测报告"})
    assert head.do(number, "decline_extension", {"reason": " "}).status != 302
    assert head.do(number, "decline_extension", {"reason": "写明检测机构"}).status == 302

    page = unit.see(number)
    assert "写明检测机构" in page.words
    assert "ask_extension" in page.verbs
    assert "decline_extension" not in head.see(number).verbs
    assert "延期待" not in head.open("/desk/").words
    assert unit.do(number, "ask_extension", {"reason": "等市监测站的报告"}).status == 302
    assert "endorse_extension" in head.see(number).verbs


def test_an_order_reaches_the_unit_and_is_closed(call, house):
    call.dispatched().signed()
    centre = Clerk("qiu.line")
    given = {"trigger": "unsolved", "text": "两日内查清并答复"}
    assert centre.do(call.number, "supervise", given).status == 302
    house.rest()
    order = call.orders[0].proceeding.number
    unit = Clerk(login_of(call.holder(f"{call.task.unit}.reviewer", call.orders[0].proceeding)))
    assert unit.see(order).verbs == {"answer_order"}
    assert unit.do(order, "answer_order", {"text": "已加派人手，明天完成。"}).status == 302
    assert "close_order" in centre.see(call.number).verbs
    assert centre.do(call.number, "close_order", {"step": order}).status == 302


# Who asked


def test_the_contact_of_a_caller_is_shown_on_request_and_the_reading_is_kept(call):
    call.dispatched()
    unit, number = unit_of(call), task_of(call)
    assert "13800001111" not in unit.see(number).source
    before = AccessRead.objects.filter(what=f"caller:{call.number}").count()

    page = unit.send(f"/desk/tickets/{number}/caller/", {})

    assert "13800001111" in page.words
    assert AccessRead.objects.filter(what=f"caller:{call.number}").count() == before + 1
    assert unit.open(f"/desk/tickets/{number}/caller/").status == 405
    for login in ("zhang.reviewer", "li.window"):
        assert Clerk(login).send(f"/desk/tickets/{number}/caller/", {}).status == 404


def test_who_gave_a_number_alone_has_no_name_rather_than_its_mask(call):
    page = Clerk("qiu.line").send(f"/desk/tickets/{call.number}/caller/", {})

    assert "姓名 没有留" in page.words


def test_every_reason_against_a_reply_is_a_line_of_its_own(call):
    call.dispatched()
    unit, number = unit_of(call), task_of(call)
    unit.do(number, "sign")
    page = unit.do(number, "reply", {"text": "高度重视，正在处理。"})

    reasons = re.search(r'role="alert".*?<ul>(.*?)</ul>', page.source, re.S)[1]
    assert reasons.count("<li>") == 2


def test_the_head_sees_in_the_list_who_waits_for_his_word(call):
    call.dispatched().signed()
    number = task_of(call)
    assert "延期待" not in unit_of(call, "head").open("/desk/").source
    unit_of(call).do(number, "ask_extension", {"reason": "等检测报告"})
    head = unit_of(call, "head")

    assert "延期待单位负责人同意" in head.open("/desk/").words
    assert "延期申请：已申请，等单位负责人同意 等检测报告" in head.see(number).words
    head.do(number, "endorse_extension")
    assert "延期待热线中心审核" in unit_of(call).open("/desk/").words


def test_the_centre_reads_why_more_time_is_asked_for_and_answers_that_first(call):
    call.dispatched().signed()
    number = task_of(call)
    unit_of(call).do(number, "ask_extension", {"reason": "等检测报告"})
    unit_of(call, "head").do(number, "endorse_extension")
    page = Clerk("qiu.line").see(call.number)

    assert "延期的理由 等检测报告" in page.words
    offered = re.findall(r'<details class="act"[^>]* id="do-(\w+)', page.source)
    assert offered[:2] == ["grant_extension", "refuse_extension"]


def test_who_asked_to_return_a_task_is_told_for_whom_it_waits(call):
    call.dispatched().signed()
    number, unit = task_of(call), unit_of(call)
    unit.do(number, "ask_return", {"reason": "不是本单位职责", "basis": "三定规定"})

    assert "等热线中心审核" in unit.see(number).words
    assert "退单审核中" in unit.open("/desk/").words


def test_the_page_names_the_keys_of_its_own_verbs(call):
    call.dispatched().signed()
    page = unit_of(call).see(task_of(call))

    keys = re.search(r'<aside class="keys-hint.*?</aside>', page.source, re.S)[0]
    found = dict(re.findall(r'<kbd class="key">(\S+)</kbd> (\S+)</span>', keys))
    assert found["c"] == "登记联系诉求人"
    assert found["a"] == "答复"
    assert "d" not in found


def test_whoever_an_enterprise_names_is_the_one_to_call(call):
    row = called(call.house, party_id=call.ticket.caller_id, phone="13900005555", name="阿依努尔")
    page = Clerk("qiu.line").send(f"/desk/tickets/{row.number}/caller/", {})

    assert "阿依努尔" in page.words
    assert "13900005555" in page.words
    read = AccessRead.objects.filter(what=f"caller:{row.number}").latest("pk")
    assert read.subject == row.ticket.contact_id


def test_the_centre_adds_urges_and_takes_back_for_a_caller(call):
    centre = Clerk("qiu.line")
    assert centre.do(call.number, "add_to", {"text": "来电人说昨晚又施工了。"}).status == 302
    assert centre.do(call.number, "urge", {"remark": "催第二次"}).status == 302
    assert centre.do(call.number, "withdraw", {"reason": ""}).status == 422
    assert "昨晚又施工" in call.ticket.text
    given = {"reason": "来电人上午来电说已经停工，要求撤回"}
    assert centre.do(call.number, "withdraw", given).status == 302
    assert call.state == "withdrawn"


def test_who_reports_a_wrong_is_told_to_no_unit(house):
    text = "举报黑作坊无证生产，使用过期变质食品"
    call = called(house, text, type="report", domain="market-food-expired", name="古丽娜尔")
    call.dispatched("market-regulation-tianshan")
    unit, number = unit_of(call), task_of(call)

    page = unit.see(number)

    assert page.status == 200
    for told in ("古丽娜尔", "13800001111", "138****1111"):
        assert told not in page.source
    assert "caller/" not in page.source
    assert unit.send(f"/desk/tickets/{number}/caller/", {}).status == 404
    assert unit.open("/desk/find/", q="古丽娜尔").numbers == []
    assert "138****1111" not in unit.open("/desk/").source


def test_a_reply_is_read_while_it_is_written(call):
    call.dispatched().signed()
    unit, number = unit_of(call), task_of(call)
    path = f"/desk/tickets/{number}/check/"
    assert "答复没有具体内容" in unit.client.post(path, {"text": "已收到"}).json()["faults"][0]
    assert unit.client.post(path, {"text": REPLY}).json() == {"faults": []}
    assert Clerk("zhang.reviewer").send(path, {"text": REPLY}).status == 404
    assert f'data-check="{path}"' in unit.see(number).source


HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}\u202e\x00'


def test_a_strangers_words_are_shown_and_never_run(house):
    call = called(house, f"工地噪音 {HOSTILE} 请处理", place=HOSTILE, name="甲<b>乙")
    page = Clerk("qiu.line").see(call.number)

    assert page.status == 200
    assert "<script>alert" not in page.source
    assert "\u202e" not in page.source
    assert "{{ 7|add:7 }}" in page.words


# Lists and figures


def test_the_centre_lists_all_and_a_unit_its_own(call):
    call.dispatched()
    other = called(call.house, phone="13800002222")
    listed = Clerk("qiu.line").open("/desk/tickets/")
    assert listed.numbers == [other.number, call.number]
    assert Clerk("qiu.line").open("/desk/tickets/", state="handling").numbers == [call.number]
    assert unit_of(call, "head").open("/desk/tickets/").numbers == [task_of(call)]
    for login in ("li.window", "zhang.reviewer", "zhou.head"):
        assert Clerk(login).open("/desk/tickets/").numbers == []
    for query in ({"state": HOSTILE}, {"before": "\x00"}, {"domain": "nothing"}, {"late": "x"}):
        assert Clerk("qiu.line").open("/desk/tickets/", **query).status == 200


def test_special_desks_have_lists_of_their_own(house):
    text = "我们公司是招商引资企业，营业执照变更一直不给办，影响涉企贷款。"
    business = called(house, text, domain="")
    plain = called(house)
    found = Clerk("qiu.line").open("/desk/tickets/", special="business").numbers
    assert business.number in found
    assert plain.number not in found


def test_figures_are_for_the_centre_and_for_heads(call):
    call.dispatched().signed().replied().passed().said("solved", 1)
    page = Clerk("su.line").open("/desk/tickets/figures/")
    assert "已退单 ÷ 派出的任务" in page.words
    assert "城市管理局" in page.words
    head = unit_of(call, "head").open("/desk/tickets/figures/")
    assert head.status == 200
    assert Clerk("li.window").open("/desk/tickets/figures/").status == 404
    assert Clerk("ali").open("/desk/tickets/figures/").status == 403
    for query in ({"since": "x"}, {"since": "2026-09-09", "until": "2026-09-01"}):
        assert Clerk("su.line").open("/desk/tickets/figures/", **query).status == 200


@pytest.mark.budget
def test_a_list_costs_the_same_for_one_ticket_and_for_many(call, budget):
    centre = Clerk("qiu.line")
    for n in range(2):
        for name, path in (("desk tickets", "/desk/tickets/"),
                           ("desk ticket", f"/desk/{call.number}/"),
                           ("desk ticket figures", "/desk/tickets/figures/")):  # fmt: skip
            centre.open(path)
            with budget(name):
                assert centre.open(path).status == 200
        if not n:
            for again in range(8):
                called(call.house, phone=f"138000022{again:02}")


@pytest.mark.parametrize("login", [*CENTRE, "ning.line", "su.line", "zhou.head"])
def test_beside_the_desk_each_list_stands_once(house, login):
    source = Clerk(login).open("/desk/").source
    lists = re.search(r'<nav class="queues".*?</nav>', source, re.DOTALL)
    found = re.findall(r'href="([^"]+)"', lists[0])

    assert found
    assert len(found) == len(set(found))


def test_what_a_caller_sent_along_is_seen_by_whoever_works_on_it_and_by_no_name(call):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.documents.samples import picture
    from tongban.doors.citizen import uploads
    from tongban.hotline.actions import hide_caller
    from tongban.kernel.actors import SYSTEM

    uploads.store_picture(
        by=SYSTEM, party_id=call.ticket.caller_id, code="hotline-picture",
        proceeding_id=call.ticket_id, now=call.house.now,
        file=SimpleUploadedFile("王小明.jpg", picture(), "image/jpeg"),
    )  # fmt: skip
    call.dispatched()
    hide_caller(ticket_id=call.ticket_id, by=call.centre("window"), now=call.house.now)
    unit, number = unit_of(call), task_of(call)
    for clerk, page in (
        (unit, unit.see(number)),
        (Clerk("qiu.line"), Clerk("qiu.line").see(call.number)),
    ):
        address = re.search(r"/desk/tickets/[\w-]+/files/\d+/", page.source)[0]
        answer = clerk.client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert "王小明" not in page.source
        assert "%E7%8E%8B" not in answer["Content-Disposition"]
        assert AccessRead.objects.filter(what__startswith="file:").exists()
        assert Clerk("yan.fire").open(address).status == 404
        assert Clerk("ali").open(address).status == 403


def test_the_place_is_corrected_at_the_desk_when_a_unit_sends_it_back(call):
    call.dispatched()
    number = task_of(call)
    assert "correct_place" not in offered("qiu.line", call.number)
    unit_of(call).do(number, "ask_return", {"reason": "在新市区", "basis": "派单目录"})
    assert {"approve_return", "correct_place"} <= offered("qiu.line", call.number)
    data = {"place": "新市区天津南路", "region": "650104"}
    assert Clerk("qiu.line").do(call.number, "correct_place", data).status == 302

    assert (call.ticket.place, call.ticket.region) == ("新市区天津南路", "650104")
    assert call.state == "handling"


def test_who_calls_back_rings_from_the_page_of_the_ticket_and_hangs_up_there(call, settings):
    from tongban.voice.models import Call as Rung

    call.dispatched().signed().replied().passed()
    checker = Clerk("erkin.line")
    assert "拨打诉求人" not in checker.see(call.number).words
    settings.VOICE_KEY = "k"
    assert "拨打诉求人" in checker.see(call.number).words
    assert "拨打诉求人" not in Clerk("su.line").see(call.number).words
    ring, hang_up = (f"/desk/tickets/{call.number}/{one}/" for one in ("ring", "hang-up"))
    assert checker.send(ring, {}).location == f"/desk/{call.number}/"
    row = Rung.objects.get()
    page = checker.see(call.number)
    assert f'name="call" value="{row.pk}"' in page.source
    assert "拨打诉求人" not in page.words
    assert Clerk("qiu.line").send(hang_up, {"call": row.pk}).status == 404
    assert checker.send(hang_up, {"call": row.pk}).status == 302

    row.refresh_from_db()
    assert row.state == "ended"
    assert "拨打诉求人" in checker.see(call.number).words
    assert Clerk("yan.fire").send(ring, {}).status == 404


def test_the_return_of_a_helping_unit_is_approved_at_the_desk(call):
    from tongban.hotline.actions import dispatch_ticket
    from tongban.hotline.models import Task

    dispatch_ticket(
        ticket_id=call.ticket_id, unit="urban-management", with_units=["fire-rescue"],
        by=call.centre(), now=call.house.now,
    )  # fmt: skip
    call.house.rest()
    helping = Task.objects.select_related("proceeding").get(unit="fire-rescue")
    clerk = Clerk(login_of(call.holder("fire-rescue.reviewer", helping.proceeding)))
    clerk.do(helping.proceeding.number, "ask_return", {"reason": "没有险情", "basis": "三定"})
    data = {"step": helping.proceeding.number}
    assert Clerk("qiu.line").do(call.number, "approve_return", data).status == 302

    helping.proceeding.refresh_from_db()
    assert helping.proceeding.state == "returned"
    assert call.state == "handling"
