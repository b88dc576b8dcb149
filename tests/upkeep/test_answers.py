"""A consult request answered well becomes an answer behind which three persons stand."""

from datetime import timedelta

import pytest

from tests.hotline.calls import called
from tongban.catalogue.queries import find_answers, forget_live
from tongban.engine.models import Clock
from tongban.hotline.actions import close_ticket
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.kernel.worktime import city_date
from tongban.people.models import Account
from tongban.people.queries import officers_for
from tongban.upkeep import rules
from tongban.upkeep.actions import (
    approve_answer,
    confirm_answer,
    drop_answer,
    publish_answer,
    retire_answer,
    return_answer,
    revise_answer,
    send_back_answer,
    submit_answer,
    write_new_answer,
)
from tongban.upkeep.models import Answer
from tongban.upkeep.queries import answer_page, answers_of

ASKS = "请问共享单车停在小区门口的盲道上，可以找谁挪走？"
REPLY = "由城市管理部门通知企业在两小时内清理，也可以扫车身上的码报告。"
OTHER_REPLY = (
    "已经通知骑行企业的运维人员到场，二十分钟内把车挪到了路边的停放区，以后可以直接拨打企业客服。"
)
WRITTEN = rules.Written(
    title="共享单车占盲道怎么办",
    questions="共享单车停在盲道上找谁\n单车乱停谁来挪",
    text="城市管理部门通知企业两小时内清理；也可以扫车身上的码报告。",
    basis="城市道路管理条例第二十七条",
    translations={"en": {"title": "Shared bicycles on a tactile path", "answer": "Call 12345."},
                  "ug": {"title": "", "answer": ""}},
)  # fmt: skip


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    forget_live()
    yield own_city
    forget_live()


def asked(house, text=ASKS, level=1, *, outcome="solved", kind="consult", reply=REPLY, **more):
    """A consult request from the call to its end."""
    call = called(house, text, type=kind, domain="city-street-parking", **more)
    call.dispatched().signed().replied(reply).passed().said(outcome, level)
    close_ticket(ticket_id=call.ticket_id, reason="说明", by=call.centre(), now=house.now)
    house.rest()
    return call


def holder(house, queue, n=0):
    found = officers_for(queue, "650100")
    return house.actor(Account.objects.get(pk=found[n].account_id).login)


def drafted(house):
    asked(house)
    return Answer.objects.select_related("proceeding").get()


def taken(house, row, step):
    """Whoever holds the open step of an answer, or the first who may take it."""
    from tongban.engine.models import Step

    open_step = Step.objects.get(proceeding_id=row.pk, code=step, state="open")
    if open_step.assignee_id:
        return house.actor(Account.objects.get(pk=open_step.assignee_id).login)
    return holder(house, open_step.queue)


def submitted(house, written=WRITTEN):
    row = drafted(house)
    writer = taken(house, row, "answer_write")
    submit_answer(answer_id=row.pk, written=written, by=writer, now=house.now)
    return row, writer


def approved(house):
    row, _writer = submitted(house)
    head = taken(house, row, "answer_approve")
    approve_answer(answer_id=row.pk, by=head, now=house.now)
    return row, head


def published(house):
    row, _head = approved(house)
    publish_answer(answer_id=row.pk, by=taken(house, row, "answer_check"), now=house.now)
    return row


def state(row):
    row.refresh_from_db()
    row.proceeding.refresh_from_db()
    return row.proceeding.state


def known(house, text="单车乱停占了盲道找谁"):
    return [one for _share, one in find_answers(text, city_date(house.now))]


def test_a_good_answer_to_a_new_question_becomes_a_draft_of_its_unit(house):
    call = asked(house)

    row = Answer.objects.get()
    assert (row.unit, row.source, row.text) == ("urban-management", call.number, REPLY)
    assert row.proceeding.state == "draft"


@pytest.mark.parametrize(
    ("more"),
    [
        {"level": 3},
        {"level": None},
        {"outcome": "unsolved"},
        {"kind": "help"},
        {"text": "请问办营业执照需要什么材料？"},
    ],
)
def test_what_is_not_new_not_a_question_or_not_answered_well_becomes_none(house, more):
    asked(house, **more)

    assert not Answer.objects.exists()


def test_the_same_question_again_counts_and_makes_no_second_draft(house):
    asked(house)
    asked(house, ASKS.replace("请问", "想问一下"), reply=OTHER_REPLY, phone="13800002222")

    row = Answer.objects.get()
    assert row.asked == 2
    assert len(row.questions) == 2


def test_words_of_a_later_caller_reach_nothing_that_left_the_draft(house):
    questions = f"{ASKS}\n单车乱停谁来挪"
    written = rules.Written(
        WRITTEN.title, questions, WRITTEN.text, WRITTEN.basis, WRITTEN.translations
    )
    row, _writer = submitted(house, written)
    asked(house, ASKS.replace("请问", "我是张三，请问"), reply=OTHER_REPLY, phone="13800002222")

    row.refresh_from_db()
    assert row.asked == 2
    assert row.questions == questions.split("\n")


def test_a_draft_keeps_no_more_questions_than_it_may(house):
    row = drafted(house)
    full = [*row.questions, *(f"问法{n}" for n in range(rules.QUESTIONS_MOST - 1))]
    Answer.objects.filter(pk=row.pk).update(questions=full)
    asked(house, ASKS.replace("请问", "想问一下"), reply=OTHER_REPLY, phone="13800002222")

    row.refresh_from_db()
    assert (row.asked, row.questions) == (2, full)


def test_three_persons_stand_behind_what_is_published_with_its_source(house):
    row, writer = submitted(house)
    with pytest.raises((rules.SamePerson, NotAllowed)):
        approve_answer(answer_id=row.pk, by=writer, now=house.now)
    head = taken(house, row, "answer_approve")
    approve_answer(answer_id=row.pk, by=head, now=house.now)
    assert state(row) == "reviewing"
    checker = taken(house, row, "answer_check")
    assert len({writer.id, head.id, checker.id}) == 3
    with pytest.raises(NotAllowed):
        publish_answer(answer_id=row.pk, by=head, now=house.now)

    assert publish_answer(answer_id=row.pk, by=checker, now=house.now) == 1

    (found,) = known(house)[:1]
    assert found.title.say("zh") == "共享单车占盲道怎么办"
    assert found.text.say("en") == "Call 12345."
    assert (found.version, found.unit, found.source) == (1, "urban-management", row.source)
    assert found.author == writer.name
    assert found.updated == city_date(house.now)
    assert found.basis == WRITTEN.basis


def test_whoever_wrote_it_cannot_approve_it_even_as_head(house):
    row = drafted(house)
    Answer.objects.filter(pk=row.pk).update(author_id=None)
    head = holder(house, "urban-management.head")
    row, _writer = submitted_as(house, row, head)

    with pytest.raises(rules.SamePerson):
        approve_answer(answer_id=row.pk, by=head, now=house.now)


def submitted_as(house, row, writer):
    """Handed in by an officer with the head's post as well."""
    submit_answer(
        answer_id=row.pk, written=WRITTEN, by=taken(house, row, "answer_write"), now=house.now
    )
    Answer.objects.filter(pk=row.pk).update(author_id=writer.id)
    return row, writer


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("text", ""), ("basis", ""), ("questions", "只有一种问法")],
)
def test_an_answer_without_text_basis_or_two_questions_is_not_handed_in(house, field, value):
    row = drafted(house)
    short = rules.Written(**{**{name: getattr(WRITTEN, name) for name in (
        "title", "questions", "text", "basis", "translations")}, field: value})  # fmt: skip

    with pytest.raises(BadInput):
        submit_answer(
            answer_id=row.pk, written=short, by=taken(house, row, "answer_write"), now=house.now
        )


def test_it_goes_back_with_reasons_and_is_written_again(house):
    row, _writer = submitted(house)
    head = taken(house, row, "answer_approve")
    return_answer(answer_id=row.pk, reason="写清楚时限", by=head, now=house.now)
    assert state(row) == "draft"
    writer = taken(house, row, "answer_write")
    submit_answer(answer_id=row.pk, written=WRITTEN, by=writer, now=house.now)
    head = taken(house, row, "answer_approve")
    approve_answer(answer_id=row.pk, by=head, now=house.now)
    checker = taken(house, row, "answer_check")
    send_back_answer(answer_id=row.pk, reason="依据不对", by=checker, now=house.now)
    assert state(row) == "draft"
    assert known(house) == []


def test_a_new_version_replaces_the_old_one_only_when_it_is_published(house):
    row = published(house)
    head = holder(house, "urban-management.head")
    revise_answer(answer_id=row.pk, by=head, now=house.now)
    assert known(house)[0].version == 1
    better = rules.Written(
        WRITTEN.title, WRITTEN.questions, "改为一小时内清理。", WRITTEN.basis, {}
    )
    writer = taken(house, row, "answer_write")
    submit_answer(answer_id=row.pk, written=better, by=writer, now=house.now)
    head = taken(house, row, "answer_approve")
    approve_answer(answer_id=row.pk, by=head, now=house.now)
    publish_answer(answer_id=row.pk, by=taken(house, row, "answer_check"), now=house.now)

    assert (known(house)[0].version, known(house)[0].text.say("zh")) == (2, "改为一小时内清理。")


def test_what_is_retired_is_off_at_once(house):
    row = published(house)
    retire_answer(
        answer_id=row.pk, reason="条例修改", by=holder(house, "urban-management.head"),
        now=house.now,
    )  # fmt: skip

    assert state(row) == "retired"
    assert known(house) == []


def revised(house):
    """Published, written anew by the head, and sent back."""
    row = published(house)
    head = holder(house, "urban-management.head")
    revise_answer(answer_id=row.pk, by=head, now=house.now)
    other = rules.Written("另一个题目", "问一\n问二", "改为一小时。", "别的依据", {})
    writer = taken(house, row, "answer_write")
    submit_answer(answer_id=row.pk, written=other, by=writer, now=house.now)
    head = taken(house, row, "answer_approve")
    return_answer(answer_id=row.pk, reason="不对", by=head, now=house.now)
    row.refresh_from_db()
    return row


def test_a_dropped_revision_leaves_what_is_published_and_its_review(house):
    before = published_words(house)
    row = Answer.objects.get()
    writer = taken(house, row, "answer_write")
    drop_answer(answer_id=row.pk, reason="不改了", by=writer, now=house.now)

    assert state(row) == "published"
    assert (row.title, row.text, row.questions, row.translations, row.author_id) == before
    house.go((house.now + timedelta(days=182)).strftime("%Y-%m-%d 10:30"))
    assert state(row) == "due"
    confirm_answer(answer_id=row.pk, by=taken(house, row, "answer_review"), now=house.now)
    assert known(house)[0].text.say("zh") == WRITTEN.text


def published_words(house):
    """What was published of an answer whose revision is being written."""
    row = revised(house)
    spoken = {"en": {"title": "Shared bicycles on a tactile path", "answer": "Call 12345."}}
    author = row.proceeding.facts["behind"][0]
    return WRITTEN.title, WRITTEN.text, WRITTEN.questions.split("\n"), spoken, author


def test_what_is_being_revised_is_taken_off_and_nothing_runs_on(house):
    row = revised(house)
    head = holder(house, "urban-management.head")
    assert (
        "retire_answer" in answer_page(head, Answer.objects.get().proceeding, house.now).open_verbs
    )
    retire_answer(answer_id=row.pk, reason="条例修改", by=head, now=house.now)

    assert state(row) == "retired"
    assert known(house) == []
    assert not Clock.objects.filter(proceeding_id=row.pk, next_fire_at__isnull=False).exists()


def test_what_was_never_published_is_not_taken_off(house):
    row = drafted(house)
    head = holder(house, "urban-management.head")

    with pytest.raises(rules.NotOnShelf):
        retire_answer(answer_id=row.pk, reason="不要", by=head, now=house.now)
    assert "retire_answer" not in answer_page(head, row.proceeding, house.now).open_verbs


def test_the_unit_reads_it_again_in_time_and_it_stays_on(house):
    row = published(house)
    house.go((house.now + timedelta(days=182)).strftime("%Y-%m-%d 10:30"))
    assert state(row) == "due"
    assert known(house)
    confirm_answer(answer_id=row.pk, by=taken(house, row, "answer_review"), now=house.now)

    assert state(row) == "published"
    assert known(house)[0].updated == city_date(house.now)


def test_a_unit_writes_an_answer_nobody_asked_for_and_no_other_unit_does(house):
    head = holder(house, "urban-management.head")
    number = write_new_answer(
        unit="urban-management", title="露天烧烤怎么管", by=head, now=house.now
    )
    assert [one.number for one in answers_of(head)] == [number]
    with pytest.raises(NotAllowed):
        write_new_answer(unit="tax", title="甲", by=head, now=house.now)
    with pytest.raises(BadInput):
        write_new_answer(unit="urban-management", title=" ", by=head, now=house.now)


def test_what_is_dropped_is_no_entry(house):
    row = drafted(house)
    drop_answer(
        answer_id=row.pk, reason="个例", by=taken(house, row, "answer_write"), now=house.now
    )

    assert state(row) == "dropped"


def test_each_sees_his_own_answers(house):
    row = published(house)
    head = holder(house, "urban-management.head")
    assert [one.number for one in answers_of(head)] == [row.proceeding.number]
    for queue in ("tax.head", "market-regulation.reviewer"):
        assert answers_of(holder(house, queue)) == []
    assert state(row) == "published"
    page = answer_page(head, row.proceeding, house.now)
    assert set(page.open_verbs) == {"revise_answer", "retire_answer"}
