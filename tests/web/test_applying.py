"""The form, the materials, the pre-check, the submission; nothing typed is ever lost."""

import json
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.city.applying import write_draft
from tests.city.wishes import wish
from tests.documents.samples import picture, readable
from tests.web.walks import Walker, form_of, main_of


@pytest.fixture
def ali(city):
    return Walker(city, "ali")


@pytest.fixture
def other(city):
    return Walker(city, "gulbahar")


@pytest.fixture
def draft(ali):
    return ali.draft()


PROMISED = "food-safety-rules"


def upload_everything(walker, draft):
    """Everything but the proof that is promised instead."""
    path = f"/apply/{draft}/materials/"
    names = [name for name in form_of(walker.get(path)).files if PROMISED not in name]
    files = {
        name: SimpleUploadedFile(f"{n}.jpg", readable(colour=(n * 20, 80, 90)), "image/jpeg")
        for n, name in enumerate(names)
    }
    return walker.client.post(path, {**files, "then": "next"})


def ready(walker, draft):
    walker.fill(draft)
    upload_everything(walker, draft)
    response = walker.get(f"/apply/{draft}/check/")
    form = form_of(response)
    ticks = {name: "yes" for name in form.options if name != "human"}
    return {**{name: values[0] for name, values in form.data.items()}, **ticks}


def test_a_draft_of_somebody_else_does_not_exist(other, draft):
    for page in ("form", "materials", "check", "discard"):
        assert other.get(f"/apply/{draft}/{page}/").status_code == 404


def test_a_stranger_is_sent_to_sign_in_and_back(city, draft):
    response = Walker(city).get(f"/apply/{draft}/form/")

    assert response["Location"] == f"/login/?next=%2Fapply%2F{draft}%2Fform%2F"


def test_a_pause_in_typing_saves_the_draft(ali, draft):
    form = form_of(ali.get(f"/apply/{draft}/form/"))
    data = {**form.data, "site.seats": "48"}
    response = ali.client.post(
        f"/apply/{draft}/form/", data, headers={"X-Requested-With": "autosave"}
    )
    told = json.loads(response.content)

    assert told["revision"] == 1
    assert "已保存" in told["text"]
    assert form_of(ali.get(f"/apply/{draft}/form/")).data["site.seats"] == ["48"]


def test_wrong_answers_are_kept_and_told_at_their_fields(ali, draft):
    form = form_of(ali.get(f"/apply/{draft}/form/"))
    ali.client.post(f"/apply/{draft}/form/", {**form.data, "site.seats": "四十八", "then": "next"})
    text = ali.get(f"/apply/{draft}/form/", check="1").content.decode()

    assert 'value="四十八"' in text
    assert 'href="#f-site-seats"' in text


NUMBERS = r"共 (\d+) 项，已按证照、登记信息和您的回答替您填好 (\d+) 项"


def numbers(response):
    """How many fields there are and how many are filled in, as a page says it."""
    return re.search(NUMBERS, main_of(response)).groups()


def test_guide_form_and_figures_count_the_same_fields_and_materials(ali):
    ali.ask()
    guide = ali.get("/packages/open-restaurant/guide/")
    draft = ali.draft()
    form, materials = ali.get(f"/apply/{draft}/form/"), ali.get(f"/apply/{draft}/materials/")
    text = main_of(guide)
    total, known = numbers(form)
    given = re.search(r"您要交 (\d+) 份材料", text)[1]

    assert numbers(guide) == (total, known)
    assert re.search(r"填写内容 (\d+)", text)[1] == total
    assert re.search(r"申请材料 (\d+)", text)[1] == given
    assert f"要交的 {given} 份" in main_of(materials)
    page = form.content.decode()
    page = page[page.index("<main") : page.index("</main>")]
    shown = set(re.findall(r'name="([a-z_]+\.[a-z_.]+)"', page))
    assert int(total) == len(shown) + page.count("<dt>")
    assert int(known) == page.count("<dt>") + page.count('class="field-source"')


def test_what_may_be_left_out_is_never_called_due(ali):
    ali.ask()
    draft = ali.draft()
    for path in ("/packages/open-restaurant/guide/", f"/apply/{draft}/materials/"):
        heads = re.findall(
            r'class="material-head">(.*?)</div>', ali.get(path).content.decode(), re.S
        )
        tags = [re.sub(r"<[^>]+>", " ", one).split() for one in heads]
        assert any("有就交" in one for one in tags)
        assert not any("有就交" in one and "要交" in one for one in tags)


def test_a_value_that_is_changed_and_put_back_has_its_source_again(ali, draft):
    path = f"/apply/{draft}/form/"
    before = dict(form_of(ali.get(path)).data)
    phone = next(name for name in before if name.endswith("phone"))
    ali.client.post(path, {**before, phone: "13911112222"})
    changed = ali.get(path).content.decode()
    ali.client.post(path, {**form_of(ali.get(path)).data, phone: before[phone][0]})
    back = ali.get(path).content.decode()

    key = "f-" + phone.replace(".", "-")
    assert "您已改动；您的实名信息是" in changed
    assert "登记的是" not in changed
    assert "您的实名信息" in back[back.index(f'id="{key}-source"') :][:400]
    assert "您已改动" not in back
    review = main_of(ali.get(f"/apply/{draft}/check/"))
    assert f"{before[phone][0]} 来自您的实名信息" in review


def test_a_source_carries_the_day_of_the_licence(ali, draft):
    text = main_of(ali.get(f"/apply/{draft}/form/"))

    assert set(re.findall(r"来自营业执照 · (\S+)", text)) == {"2024-05-20"}
    assert "来自您的实名信息 ·" not in text


def test_the_whole_form_can_be_filled_in_without_scripts(ali, draft):
    assert ali.fill(draft)["Location"] == f"/apply/{draft}/materials/"


def test_the_check_lists_every_problem_at_once_with_its_place(ali, draft):
    text = ali.get(f"/apply/{draft}/check/").content.decode()

    assert f'href="/apply/{draft}/form/#f-site-seats"' in text
    assert re.search(rf'href="/apply/{draft}/materials/#m-[a-z-]+"', text)
    assert "提交申请" not in text


def test_a_file_that_is_no_picture_is_refused_and_the_others_are_kept(ali, draft):
    path = f"/apply/{draft}/materials/"
    good, bad, *_rest = form_of(ali.get(path)).files
    response = ali.client.post(
        path,
        {
            good: SimpleUploadedFile("图.jpg", readable(colour=(9, 9, 9)), "image/jpeg"),
            bad: SimpleUploadedFile("坏.jpg", b"not a picture at all", "image/jpeg"),
        },
    )
    text = response.content.decode()

    assert response.status_code == 422
    assert "图.jpg" in text
    assert 'role="alert"' in text


def test_a_file_can_be_looked_at_and_taken_away(ali, draft, other):
    upload_everything(ali, draft)
    text = ali.get(f"/apply/{draft}/materials/").content.decode()
    file = re.search(r'href="(/my/files/\d+/)"', text)[1]
    remove = re.search(r'name="remove" value="(\d+)"', text)[1]

    assert ali.get(file).status_code == 200
    assert other.get(file).status_code == 404
    ali.post(f"/apply/{draft}/materials/", remove=remove)
    after = ali.get(f"/apply/{draft}/materials/").content.decode()
    assert f'name="remove" value="{remove}"' not in after
    assert "沿用以前交过的" in after


def test_a_copy_given_before_is_used_again_by_a_tick(ali, draft):
    upload_everything(ali, draft)
    path = f"/apply/{draft}/materials/"
    page = ali.get(path).content.decode()
    before = page.count('name="remove"')
    ali.post(path, remove=re.search(r'name="remove" value="(\d+)"', page)[1])
    offer = re.search(r'name="(m\.[\w.-]+\.reuse)" value="(\d+)"', ali.get(path).content.decode())
    ali.client.post(path, {offer[1]: offer[2]})

    assert ali.get(path).content.decode().count('name="remove"') == before


def test_a_copy_of_somebody_else_cannot_be_taken(ali, other, draft):
    upload_everything(ali, draft)
    ids = re.findall(r"/my/files/(\d+)/", ali.get(f"/apply/{draft}/materials/").content.decode())
    theirs = other.draft()
    name = form_of(other.get(f"/apply/{theirs}/materials/")).files[0]
    other.client.post(f"/apply/{theirs}/materials/", {f"{name}.reuse": ids[0]})

    assert 'name="remove"' not in other.get(f"/apply/{theirs}/materials/").content.decode()


def test_what_must_be_confirmed_is_asked_for_before_filing(ali, draft):
    data = ready(ali, draft)
    response = ali.post(f"/apply/{draft}/check/", key=data["key"])

    assert response.status_code == 422
    assert "请阅读并勾选“如实申报”" in main_of(response)
    assert data["key"] in response.content.decode()


def test_a_commitment_is_read_in_full_beside_its_box_and_named_when_it_is_missing(ali, draft):
    data = ready(ali, draft)
    box = 'id="f-commit-food-safety-rules-box"'
    page = ali.get(f"/apply/{draft}/check/").content.decode()
    beside = page[page.index(box) :].partition("</fieldset>")[0]
    refused = ali.post(f"/apply/{draft}/check/", key=data["key"], truth="yes")
    told = refused.content.decode()

    assert "两小时内报告市场监管部门" in beside
    assert "依法承担责任" in beside
    assert 'aria-describedby="f-commit-food-safety-rules-statement"' in beside
    assert "请阅读并勾选“食品安全管理制度（承诺）”" in main_of(refused)
    assert 'href="#f-commit-food-safety-rules"' in told
    assert "field-error" in told[told.index(box) :].partition("</fieldset>")[0]


def test_submitting_twice_files_once(ali, draft):
    data = ready(ali, draft)
    first = ali.client.post(f"/apply/{draft}/check/", data)
    second = ali.client.post(f"/apply/{draft}/check/", data)

    assert re.fullmatch(r"/my/YJS[0-9A-Z]+/", first["Location"])
    assert second["Location"] == first["Location"]
    assert "已收件" in main_of(ali.get(first["Location"]))


def test_a_submitted_draft_leads_to_my_applications(ali, draft):
    ali.client.post(f"/apply/{draft}/check/", ready(ali, draft))

    assert ali.get(f"/apply/{draft}/form/")["Location"] == "/my/"


def test_a_draft_is_deleted_after_asking_once_more(ali, draft):
    assert "您要删除" in main_of(ali.get(f"/apply/{draft}/discard/"))
    ali.post(f"/apply/{draft}/discard/")

    assert draft not in ali.get("/my/").content.decode()


def test_who_acts_for_an_enterprise_is_told_that_she_may_and_who_applies_for_herself_is_not(
    ali, draft, city
):
    line = "您可以代表申请人提交"
    assert line in main_of(ali.get(f"/apply/{draft}/check/"))

    city.go("2026-10-12 09:30")
    own = write_draft(city, wish("newborn"))
    assert line not in main_of(Walker(city, "reyhan").get(f"/apply/{own}/check/"))


def test_a_field_that_another_answer_can_make_required_is_not_called_optional(city):
    city.go("2026-10-12 09:30")
    wished = wish("newborn")
    left = {k: v for k, v in wished.answers.items() if k != "delivery.mode"}
    own = write_draft(city, replace(wished, answers=left))
    text = Walker(city, "reyhan").get(f"/apply/{own}/form/").content.decode()
    address = text[text.index('id="f-delivery-address"') - 600 :][:700]

    assert "看别的回答，可能要填" in address
    assert "选填" not in address


def test_a_check_of_the_content_is_told_in_the_readers_language(ali, draft):
    path = f"/apply/{draft}/form/"
    form = form_of(ali.get(path))
    late = {**form.data, "site.lease_until": "2020-12-31"}
    ali.client.post(path, {**late, "then": "next"})
    assert "租赁（使用）期限已经届满" in ali.get(path, check="1").content.decode()

    ali.post("/language/", language="en", next="/")
    told = (
        ali.get(path, check="1").content.decode()
        + ali.get(f"/apply/{draft}/check/").content.decode()
    )

    assert "The lease has ended." in told
    assert "租赁（使用）期限已经届满" not in told


def test_a_picture_that_nobody_could_read_is_refused_and_the_least_size_is_said(ali, draft):
    path = f"/apply/{draft}/materials/"
    small = SimpleUploadedFile("小.jpg", picture(size=(599, 900)), "image/jpeg")
    response = ali.client.post(path, {"m.signboard-picture": small})
    text = response.content.decode()

    assert response.status_code == 422
    assert "照片太小，看不清细节" in text
    assert "照片短边不少于 600 像素" in text
    large = SimpleUploadedFile("大.jpg", picture(size=(600, 900)), "image/jpeg")
    assert ali.client.post(path, {"m.signboard-picture": large}).status_code == 302
