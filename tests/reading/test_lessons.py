"""Learning labels from examples: what is learnt, what is said about it, how it is kept."""

from dataclasses import replace

import numpy as np
import pytest

from tests.reading.corpus import messages
from tongban.reading.rules import store
from tongban.reading.rules.folds import stratified
from tongban.reading.rules.judging import (
    Labelled,
    calibration_error,
    class_lines,
    cross_validate,
)
from tongban.reading.rules.lessons import learn
from tongban.reading.rules.rows import Column, Kind, learn_columns

TEXT = (Column("text", Kind.TEXT),)


def lesson_of(rows, label="class", columns=TEXT):
    return learn(rows, [row[label] for row in rows], columns)


@pytest.fixture(scope="module")
def topics():
    return lesson_of(messages(220))


@pytest.fixture(scope="module")
def units():
    rows = messages(260, noise=0.0)
    return lesson_of(rows, "unit", learn_columns(rows, ("text",), ("place", "at", "number")))


def share_right(lesson, rows, label):
    said = [name for name, _ in lesson.label_all(rows)]
    return np.mean([name == row[label] for name, row in zip(said, rows, strict=True)])


def test_messages_that_were_never_seen_are_labelled(topics):
    assert share_right(topics, messages(150, seed=2, noise=0), "class") > 0.97


def test_a_place_beside_the_text_leads_to_the_unit(units):
    rows = messages(150, seed=2, noise=0)

    assert share_right(units, rows, "unit") > 0.85
    assert "number" not in {one.name for one in units.space.columns}


def test_the_reasons_are_pieces_of_the_text_and_named_values(topics, units):
    found = topics.read({"text": "您好，学校旁边公司拖欠工资，希望尽快处理。"})
    there = units.read({"text": "垃圾没人清运", "place": "南湖街道"})

    assert found.label == "劳动社保"
    assert "拖欠工资" in "".join(reason.piece for reason in found.reasons)
    assert found.ranked[0] == (found.label, found.confidence)
    assert "place=南湖街道" in [reason.piece for reason in there.reasons]


@pytest.mark.parametrize("name", ["topics", "units"])
def test_a_lesson_that_was_kept_says_the_same(name, request):
    lesson = request.getfixturevalue(name)
    rows = messages(40, seed=5)

    again = store.from_bytes(store.to_bytes(lesson))

    assert np.allclose(again.probabilities(rows), lesson.probabilities(rows), atol=1e-6)
    assert again.read(rows[0]) == lesson.read(rows[0])


def test_a_lesson_holds_no_text_of_anybody(topics):
    content = store.to_bytes(topics)

    assert "拖欠工资".encode() not in content


def test_bytes_that_are_no_lesson_are_refused(topics):
    content = store.to_bytes(topics)
    changed = content[:-10] + bytes([content[-10] ^ 1]) + content[-9:]

    for wrong in (
        b"",
        b"PK\x03\x04",
        content[:200],
        changed,
        content.replace(b" 1\n", b" 9\n", 1),
    ):
        with pytest.raises(store.LessonDamaged):
            store.from_bytes(wrong)


def test_arrays_that_contradict_each_other_are_refused(topics):
    import hashlib
    import io

    content = store.to_bytes(topics)
    packed = content[len(store.MAGIC) + 65 :]
    with np.load(io.BytesIO(packed)) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    for name, wrong in {
        "constant": kept["constant"][:-1],
        "hashes_0": kept["hashes_0"][::-1],
        "scales": np.array([np.nan, 1.0]),
        "weights": kept["weights"].astype(np.float64),
        "about": np.frombuffer(b"{}", dtype=np.uint8),
    }.items():
        file = io.BytesIO()
        np.savez(file, **(kept | {name: wrong}))
        digest = hashlib.sha256(file.getvalue()).hexdigest().encode()
        with pytest.raises(store.LessonDamaged):
            store.from_bytes(store.MAGIC + digest + b"\n" + file.getvalue())


def test_cross_validation_is_told_for_each_label_and_for_new_texts():
    rows = messages(160, noise=0.1)
    rows += rows[:20]
    told = []
    found = cross_validate(
        Labelled(rows, [row["class"] for row in rows], ("text",), ()), 3, 0, told.append
    )

    assert len(told) == found.folds == 3
    assert found.count == 180
    assert 0.6 < found.accuracy_new <= 1
    assert found.repeated >= 10
    assert sum(one.count for one in found.classes) == 180
    assert found.macro_f1 == pytest.approx(np.mean([one.f1 for one in found.classes]))


def test_the_same_seed_gives_the_same_answers():
    rows = messages(120)

    assert np.array_equal(
        lesson_of(rows).probabilities(rows[:20]), lesson_of(rows).probabilities(rows[:20])
    )


def test_a_label_with_one_example_and_an_empty_text_do_no_harm():
    rows = [*messages(80), {"text": "", "class": "环境卫生"}, {"text": "孤例", "class": "其他"}]

    lesson = lesson_of(rows)

    assert "其他" in lesson.labels
    assert np.isfinite(lesson.probabilities([{"text": ""}, {}])).all()
    assert lesson.read({"text": ""}).reasons == ()


def test_one_label_alone_teaches_nothing():
    with pytest.raises(ValueError, match="two different labels"):
        learn([{"text": "a"}, {"text": "b"}], ["x", "x"], TEXT)


def test_parts_have_their_share_of_every_label():
    labels = np.array([0] * 10 + [1] * 7 + [2])
    parts = stratified(labels, 5, seed=3)

    assert sorted(np.concatenate(parts).tolist()) == list(range(18))
    assert all(sum(labels[part] == 0) == 2 for part in parts)


def test_measures_are_those_of_the_textbook():
    lines = class_lines(["a", "a", "b", "c"], ["a", "b", "b", "b"])

    assert {one.label: round(one.f1, 4) for one in lines} == {"a": 0.6667, "b": 0.5, "c": 0.0}
    assert calibration_error([1.0, 1.0, 0.5, 0.5], [1, 1, 1, 0]) == 0


def test_a_text_that_is_strange_to_the_lesson_says_so(topics):
    usual = [topics.read(row).familiarity for row in messages(40)]
    strange = topics.read({"text": "量子计算机的超导比特如何纠缠，薛定谔方程怎样求解"})

    assert sum(one == 1.0 for one in usual) >= 36
    assert strange.familiarity < 0.5


def test_what_is_usual_is_kept_with_the_lesson_and_an_old_lesson_finds_nothing_strange(topics):
    kept = store.from_bytes(store.to_bytes(topics))
    old = replace(topics, usual=0.0)

    assert kept.usual == topics.usual > 0
    assert old.read({"text": "量子计算机"}).familiarity == 1.0
