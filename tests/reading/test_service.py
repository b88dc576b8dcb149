"""What the rooms above call: lessons are learnt, kept, used, and never replaced by worse ones."""

from datetime import UTC, datetime

import pytest

from tests.reading.corpus import TOPICS, messages
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput
from tongban.reading import actions, queries
from tongban.reading.actions import Example
from tongban.records.models import Entry

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def examples(count=90, seed=1):
    return [
        Example(row["text"], row["class"], (("place", row["place"]),))
        for row in messages(count, seed=seed, noise=0)
    ]


def test_before_a_lesson_words_decide_and_without_words_nobody():
    assert queries.read("topic", "公司拖欠工资") is None

    found = queries.read(
        "topic", "公司拖欠工资", words={"劳动": ["工资", "社保"], "市政": ["路灯"]}
    )

    assert found.version == 0
    assert found.reading.label == "劳动"
    assert found.reading.confidence < 0.8
    assert [reason.piece for reason in found.reading.reasons] == ["工资"]


def test_words_that_are_not_found_leave_it_open():
    found = queries.read("topic", "你好", words={"劳动": ["工资"], "市政": ["路灯"]})

    assert found.reading.confidence == 0.5
    assert found.reading.reasons == ()


def test_a_lesson_is_kept_with_its_measures_and_reads():
    learnt = actions.learn(task="topic", examples=examples(), by=SYSTEM, now=NOW)
    found = queries.read("topic", "公司拖欠工资，求解决", also={"place": "红山街道"})
    (line,) = queries.lessons("topic")

    assert (learnt.version, learnt.is_used, learnt.before) == (1, True, None)
    assert found.version == 1
    assert found.reading.label == "劳动社保"
    assert (line.examples, line.labels, line.is_used) == (90, len(TOPICS), True)
    assert line.accuracy == learnt.accuracy > 0.7
    assert line.size > 1000
    assert queries.read_all("topic", [{"text": "电梯坏了没人修"}])[0][0] == "物业管理"


def test_a_worse_lesson_is_kept_but_not_used_and_one_can_go_back():
    actions.learn(task="topic", examples=examples(), by=SYSTEM, now=NOW)
    wrong = [
        Example(one.text, "环境卫生" if at % 3 else "其他") for at, one in enumerate(examples(60))
    ]
    worse = actions.relearn(task="topic", examples=[*examples(60), *wrong], by=SYSTEM, now=NOW)

    assert worse.before is not None
    assert worse.is_used == (worse.accuracy >= worse.before)

    again = actions.relearn(task="topic", examples=examples(110), by=SYSTEM, now=NOW)
    assert again.version == 3
    assert queries.version_in_use("topic") in {1, 2, 3}

    actions.use_version(task="topic", version=1, by=SYSTEM, now=NOW)
    assert queries.version_in_use("topic") == 1
    verbs = Entry.objects.filter(stream="lesson").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["learn_lesson"] * 3 + ["use_lesson"]


def test_what_cannot_be_learnt_or_used_is_refused():
    with pytest.raises(BadInput, match="至少"):
        actions.learn(
            task="t", examples=[Example("a", "x"), Example("b", "y")], by=SYSTEM, now=NOW
        )
    with pytest.raises(BadInput, match="没有这一版"):
        actions.use_version(task="t", version=7, by=SYSTEM, now=NOW)
