"""The pages of reviews: anybody with the link, the unit, the administration, everybody."""

import re

from django.test import Client

from tests.doors.desk.clerk import Clerk
from tests.ratings.lives import invitation, rectification, said
from tongban.kernel.worktime import city_date
from tongban.ratings.actions import register_device
from tongban.ratings.models import Device, Flag, Review
from tongban.ratings.queries import ratings
from tongban.records.models import Entry


def visit(login):
    return Clerk(login).client


def test_whoever_has_the_link_rates_and_nothing_is_filled_in(life):
    client = Client()
    address = f"/rate/{invitation(life).token}/"

    page = client.get(address)
    assert page.status_code == 200
    assert b"checked" not in page.content.split(b'name="level"')[1].split(b"</fieldset>")[0]
    assert client.post(address, {"opened": "x"}).status_code == 422
    assert client.post(address, {"level": "2"}, follow=True).status_code == 200

    row = Review.objects.get()
    assert (row.level, row.channel, row.officer_id) == (2, "web", None)
    assert client.post(address, {"level": "1"}, follow=True).status_code == 200
    assert client.post(address, {"level": "1"}).status_code == 409


def test_a_link_that_nobody_gave_leads_nowhere(life):
    assert Client().get("/rate/abc/").status_code == 404


def test_number_and_code_of_the_slip_lead_to_the_same_page(life):
    row = invitation(life)

    wrong = Client().post("/rate/", {"number": row.number, "code": "x"})
    right = Client().post("/rate/?via=kiosk", {"number": row.number, "code": row.code})

    assert wrong.status_code == 404
    assert right["Location"] == f"/rate/{row.token}/?via=kiosk"


def test_the_person_sees_what_may_be_rated_and_what_came_of_it(life):
    client = visit("gulbahar")

    assert invitation(life).token in client.get("/my/ratings/").content.decode()
    assert client.get(f"/my/{life.number}/rate/")["Location"].startswith("/rate/")


def test_the_head_puts_a_bad_review_right_on_the_desk(life):
    said(life, 5, text="电话13812345678", tags=["slow"], real_name=True)
    number = rectification(life).proceeding.number
    head = visit("zhou.head")

    listed = head.get("/desk/ratings/").content.decode()
    assert number in listed
    page = head.get(f"/desk/{number}/").content.decode()
    assert "13812345678" in page
    for verb, words in (
        ("contact", {"note": "电话联系"}),
        ("verify", {"finding": "属实"}),
        ("reply", {"answer": "已经整改"}),
    ):
        assert head.post(f"/desk/{number}/{verb}/", words).status_code == 302
    life.house.rest()

    centre = visit("han.supervisor")
    page = centre.get(f"/desk/{number}/").content.decode()
    assert "13812345678" not in page
    assert centre.post(f"/desk/{number}/satisfy/", {"note": ""}).status_code == 302
    public = Client().get("/open/ratings/").content.decode()
    assert "已经整改" in public
    assert "13812345678" not in public


def test_an_officer_who_is_no_head_sees_no_reviews(life):
    said(life, 5)

    assert visit("ma.reviewer").get("/desk/ratings/").status_code == 404
    number = rectification(life).proceeding.number
    assert visit("ma.reviewer").get(f"/desk/{number}/").status_code == 404


def test_the_person_answers_the_callback_himself(life):
    said(life, 5)
    number = rectification(life).proceeding.number
    head = visit("zhou.head")
    head.post(f"/desk/{number}/verify/", {"finding": "属实"})
    head.post(f"/desk/{number}/reply/", {"answer": "已经整改"})
    address = f"/rate/{invitation(life).token}/"

    assert "已经整改" in Client().get(address).content.decode()
    assert Client().post(address, {"do": "callback", "solved": "0"}).status_code == 422
    assert Client().post(address, {"do": "callback", "solved": "1"}).status_code == 302
    assert rectification(life).proceeding.state == "closed"
    assert Client().post(address, {"level": "2"}).status_code == 302


def test_unit_administration_and_person_see_that_it_is_the_second_round(life):
    said(life, 5, text="让我跑了两次")
    first = rectification(life).proceeding.number
    head = visit("zhou.head")
    for turn, answer in enumerate(("已经改为一次告知", "已经取消到场")):
        number = rectification(life).proceeding.number
        head.post(f"/desk/{number}/verify/", {"finding": "属实"})
        head.post(f"/desk/{number}/reply/", {"answer": answer})
        life.house.rest()
        if not turn:
            Client().post(f"/rate/{invitation(life).token}/", {"do": "callback", "solved": "1"})
            said(life, 4, text="还是要跑两次")
    second = rectification(life).proceeding.number

    page = head.get(f"/desk/{second}/").content.decode()
    assert "差评第二次整改" in page
    assert "已经改为一次告知" in page
    assert f'href="/desk/{first}/"' in page
    listed = visit("han.supervisor").get("/desk/ratings/").content.decode()
    assert "第二次整改 · 已答复，待回访" in listed
    assert first in listed
    mine = Client().get(f"/rate/{invitation(life).token}/").content.decode()
    assert "第二次整改 · 已答复，待回访" in mine
    assert mine.index("已经改为一次告知") < mine.index("第二次整改的答复")
    assert "第二次整改 · 已答复，待回访" in Client().get("/open/ratings/").content.decode()


def test_the_tablet_shows_the_visit_of_its_window_alone(life):
    han = life.house.actor("han.supervisor")
    row = register_device(
        window="market-regulation.window", channel="tablet", region="6501", name="A02 评价器",
        by=han, now=life.house.now,
    )  # fmt: skip

    idle = Client().get(f"/hall/rate/{row.code}/")
    assert idle.status_code == 200
    assert b"http-equiv" in idle.content
    assert Client().get("/hall/rate/none/").status_code == 404
    Device.objects.update(is_active=False)
    assert Client().get(f"/hall/rate/{row.code}/").status_code == 404


def test_boards_and_the_report_of_a_month_are_there(life):
    said(life, 1)

    assert "—" in Client().get("/open/ratings/board/").content.decode()
    page = visit("han.supervisor").get("/desk/ratings/?kind=all")
    assert page.status_code == 200
    pdf = visit("han.supervisor").get("/desk/ratings/report/2026-09/")
    assert pdf["Content-Type"] == "application/pdf"
    assert visit("han.supervisor").get("/desk/ratings/flags/").status_code == 200
    assert visit("zhou.head").get("/desk/ratings/flags/").status_code == 404


def test_a_board_turns_its_own_pages(life):
    """Nobody scrolls a screen of the hall: forty units stood below its edge."""
    from tongban.people.queries import departments
    from tongban.ratings import sql

    lines = ratings().board_lines.value
    day = city_date(life.house.now)
    units = [one.code for one in departments()][: lines + 1]
    sql.write_changes([(day, unit, "", "", "web", 1, 40, 0, 0) for unit in units])

    first = Client().get("/open/ratings/board/").content.decode()
    second = Client().get("/open/ratings/board/?page=2").content.decode()

    assert first.count("<tr") - 1 == lines
    assert second.count("<tr") - 1 == 1
    assert 'data-next="?page=2"' in first
    assert 'data-next="?page=1"' in second
    assert Client().get("/open/ratings/board/?page=99").status_code == 200


def test_the_month_and_the_kind_stay_while_one_looks_around(life):
    said(life, 5)
    page = visit("han.supervisor").get("/desk/ratings/?kind=all&month=2026-09").content.decode()

    assert 'href="?kind=bad&amp;month=2026-09"' in page
    assert 'href="?kind=all&amp;month=2026-08"' in page
    assert "?month=2026-09&amp;department=market-regulation" in page
    one = visit("han.supervisor").get("/desk/ratings/?month=2026-09&department=market-regulation")
    assert 'href="?month=2026-09"' in one.content.decode(), "the way back to the whole city"


def test_a_flag_without_a_reason_is_marked_at_its_field(life):
    said(life, 1, channel="tablet", seconds=60, staff_session=True)
    flag = Flag.objects.get()
    han = visit("han.supervisor")
    address = "/desk/ratings/flags/"
    group = "F3-market-regulation"
    assert f'id="reason-{group}"' in han.get(address).content.decode()

    told = {"do": "clears", "group": group, "flag": str(flag.pk), "reason": " "}
    page = han.post(address, told)
    assert page.status_code == 422
    assert f'href="#reason-{group}"' in page.content.decode()
    assert re.search(rf'value="{flag.pk}"[^>]*checked', page.content.decode()), "kept as ticked"
    assert han.post(address, {**told, "flag": [], "reason": "看过"}).status_code == 422
    assert (
        han.post(address, {"do": "register", "name": "", "channel": "tablet"}).status_code == 422
    )
    assert "工作账号代评" in han.get("/desk/ratings/?kind=flagged").content.decode()


def test_what_one_rule_found_at_one_window_is_settled_together_on_the_desk(life):
    from tests.ratings.lives import forged

    flags = [str(one.pk) for one in forged(life, 3)]
    han = visit("han.supervisor")
    page = han.get("/desk/ratings/flags/").content.decode()
    assert page.count('name="flag"') == 3
    assert page.count("打开后立刻评价") == 1, "one card for the rule at that window"

    told = {"do": "holds", "group": "F2-x", "flag": flags[:2], "reason": "看过监控"}
    assert han.post("/desk/ratings/flags/", told).status_code == 302

    assert list(Flag.objects.order_by("pk").values_list("holds", flat=True)) == [True, True, None]
    assert Entry.objects.filter(stream="review", verb="settle_flag").count() == 2


def test_a_flag_leads_to_each_review_that_its_rule_saw(life):
    from tests.ratings.lives import forged

    flag = forged(life, 6, device="one-phone", channel="mobile")[-1]
    assert flag.detector == "F1"
    page = visit("han.supervisor").get(f"/desk/ratings/flags/{flag.pk}/").content.decode()

    assert page.count("<tr") - 1 == 6, "all of the device's day, those before the limit too"
    assert visit("zhou.head").get(f"/desk/ratings/flags/{flag.pk}/").status_code == 404


def test_the_figures_of_a_month_lead_to_the_reviews_of_that_month(life):
    said(life, 5, text="太慢")
    han = visit("han.supervisor")
    one = "/desk/ratings/?kind=all&department=market-regulation&month="

    assert "太慢" in han.get(f"{one}2026-09").content.decode()
    assert "太慢" not in han.get(f"{one}2026-08").content.decode()
    assert "item=P02" in han.get(f"{one}2026-09").content.decode()
    assert "太慢" in han.get(f"{one}2026-09&item=P02").content.decode()
    assert "太慢" not in han.get(f"{one}2026-09&item=P01").content.decode()


def test_a_tablet_is_registered_for_a_window_and_taken_out_of_use(life):
    han = visit("han.supervisor")
    address = "/desk/ratings/flags/"
    assert "停用评价器" not in han.get(address).content.decode()
    told = {"do": "register", "name": "A02 评价器", "channel": "tablet",
            "window": "market-regulation.window"}  # fmt: skip
    assert han.post(address, told).status_code == 302

    row = Device.objects.get()
    assert row.window == "market-regulation.window"
    assert "停用评价器" in han.get(address).content.decode()
    assert han.post(address, {"do": "retire", "id": str(row.pk)}).status_code == 302
    assert Client().get(f"/hall/rate/{row.code}/").status_code == 404
    assert "停用评价器" not in han.get(address).content.decode()
