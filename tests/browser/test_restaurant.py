"""A restaurant in Urumqi, from the first question to the verified licence, in Chromium."""

import re

import pytest

pytestmark = pytest.mark.browser

SITUATION = {
    "area": "360",
    "staff": "12",
    "projects": ["hot", "cold"],
    "tenure": "lease",
    "signboard": "yes",
    "tobacco": "yes",
    "drainage": "yes",
}
FORM = {
    "applicant.role": "principal",
    "site.kitchen_area": "80",
    "site.seats": "120",
    "site.floors": "1层",
    "site.lease_until": "2030-12-31",
    "staff.health_certificates": "12",
    "food.business_form": "restaurant",
    "food.online": "no",
    "food.open_kitchen": "yes",
    "food.safety_officer_post": "full_time",
    "food.disinfection": "heat",
    "food.water": "municipal",
    "food.waste_contract": "yes",
    "fire.building_nature": "public",
    "fire.building_floors": "6",
    "fire.capacity": "150",
    "fire.exits": "3",
    "fire.stairs": "2",
    "fire.facilities": ["hydrant", "sprinkler", "alarm"],
    "fire.fuel": "electric",
    "fire.manager_name": "古丽巴哈尔·阿不都热合曼",
    "fire.fitted_on": "2026-08-30",
    "signboard.text": "天山雪餐厅",
    "signboard.width": "6",
    "signboard.height": "1.2",
    "signboard.mounting_height": "3.5",
    "signboard.position": "above_door",
    "signboard.material": "metal",
    "signboard.lit": "yes",
    "tobacco.range": ["cigarettes"],
    "tobacco.sales_area": "6",
    "tobacco.separate_home": "yes",
    "tobacco.school_distance": "600",
    "tobacco.fund_promise": "yes",
    "drainage.daily_volume": "8",
    "drainage.outlets": "1",
    "drainage.outlet_place": "后厨北侧市政井",
    "drainage.grease_trap": "yes",
    "drainage.grease_trap_volume": "2",
    "delivery.mode": "online",
}


def test_a_restaurant_from_the_first_question_to_the_verified_licence(
    enter, city, rest, drawing, city_at, pictures
):
    ali = enter("ali")
    number = apply(ali, drawing)
    rest()
    ali.photograph("05-submitted")

    window = enter("li.window")
    window.open(f"/desk/{number}/")
    window.photograph("06-window")
    window.press("予以受理")
    rest()

    work_through(enter, city, rest, number)

    ali.open(f"/my/{number}/")
    ali.photograph("08-done")
    licences = ali.page.locator("main a[href^='/my/licences/']")
    assert licences.count() >= 5

    ali.open("/my/licences/")
    ali.photograph("09-licences")
    identifier = issued(ali, "食品经营许可证")
    page = ali.open(f"/verify/{identifier}/")
    ali.photograph("10-verified")
    assert "证照真实，当前有效" in page.inner_text("main")


def apply(person, drawing):
    """Answer, fill in, upload and submit; the number of the application."""
    person.open("/packages/open-restaurant/ask/")
    person.choose(**SITUATION)
    person.press("看我的清单")
    person.choose(fire_lane="inspection")
    person.press("看我的清单")
    person.photograph("01-guide")
    person.press("开始填表")
    for name, value in FORM.items():
        person.fill(name, value)
    person.photograph("02-form")
    person.press("保存，下一步交材料")
    upload_everything(person, drawing)
    person.photograph("03-materials")
    person.press("保存，下一步检查")
    person.photograph("04-check")
    for box in person.page.locator("main form input[type=checkbox]").all():
        if box.get_attribute("name") != "human":
            box.check(force=True)
    person.press("提交申请")
    return re.search(r"YJS[0-9A-Z]+", person.page.url).group()


def upload_everything(person, drawing):
    for field in person.page.locator("input[type=file]").all():
        field.set_input_files(drawing)


def work_through(enter, city, rest, number):
    """Officers of five departments do what waits for them until nothing waits any more."""
    seen = set()
    for login, account in city.items():
        if account.role not in ("reviewer", "checker", "decider"):
            continue
        person = None
        for case in waiting_for(account, number):
            person = person or enter(login)
            person.open(f"/desk/{case}/")
            button = person.page.locator(
                "form[action*='/pass_step/'] button.button, form[action*='/grant'] button.button"
            )
            if not button.count():
                continue
            person.photograph(f"07-{login}")
            for area in person.page.locator("details[open] textarea[required]").all():
                area.fill("经审查，材料齐全，符合要求，同意。")
            # A check on site takes two officers.
            for choice in person.page.locator("details[open] [name=companion]").all()[:1]:
                choice.check(force=True)
            with person.page.expect_navigation():
                button.first.click()
            assert "已办理" in person.page.inner_text("main")
            seen.add(account.department)
            rest()
    if still_waiting(number):
        work_through(enter, city, rest, number)


def waiting_for(account, number):
    """Numbers of the cases of this application in which a step waits for that officer."""
    from tongban.engine.models import Step
    from tongban.people.models import Account

    me = Account.objects.get(login=account.login).pk
    steps = Step.objects.filter(
        state="open", assignee_id=me, proceeding__parent__number=number
    ).exclude(code="intake_check")
    return sorted(set(steps.values_list("proceeding__number", flat=True)))


def still_waiting(number):
    from tongban.engine.models import Step

    return Step.objects.filter(state="open", proceeding__parent__number=number).exists()


def issued(person, name):
    """The identifier of the newest licence of that name in the list."""
    link = person.page.locator("a[href^='/my/licences/1.2.156']").filter(has_text=name).first
    return link.get_attribute("href").split("/")[3]
