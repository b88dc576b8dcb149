import re
from dataclasses import FrozenInstanceError
from datetime import date

import pytest

import tongban.kernel.worktime  # noqa: F401 -- its refusal counts among the kernel's
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import (
    BadInput,
    MoveNotAllowed,
    NotAllowed,
    NotFound,
    Problem,
    Refusal,
    worded,
)
from tongban.kernel.worktime import CalendarUnpublished


def subclasses(of):
    return {below for cls in of.__subclasses__() for below in (cls, *subclasses(cls))}


def in_the_kernel():
    return [cls for cls in subclasses(Refusal) if cls.__module__.startswith("tongban.kernel.")]


def test_codes_of_refusals_are_unique():
    codes = [cls.code for cls in in_the_kernel()]

    assert len(codes) == len(set(codes))
    assert {"not-found", "not-allowed", "bad-input", "move-not-allowed"} < set(codes)


@pytest.mark.parametrize(
    "refusal", [NotFound(), NotAllowed(), BadInput(), CalendarUnpublished(2027)]
)
def test_a_refusal_speaks_a_whole_chinese_sentence(refusal):
    assert re.fullmatch(r".*[\u4e00-\u9fff].*。", refusal.sentence)
    assert str(refusal) == refusal.sentence


def test_a_refusal_carries_facts_basis_and_what_is_possible_instead():
    refusal = MoveNotAllowed(
        "不能受理。", facts={"state": "done"}, basis="行政许可法 32", instead=["withdraw"]
    )

    assert refusal.facts == {"state": "done"}
    assert refusal.basis == "行政许可法 32"
    assert refusal.instead == ("withdraw",)
    assert (refusal.code, refusal.status) == ("move-not-allowed", 409)


def test_the_kind_of_no_gives_the_status():
    assert [cls.status for cls in (NotFound, NotAllowed, BadInput)] == [404, 403, 422]


def test_bad_input_names_every_problem():
    problems = [Problem("a", "empty", "请填写。"), Problem("b", "empty", "请填写。")]

    assert BadInput(problems=problems).problems == tuple(problems)
    assert BadInput.at("a", "empty", "请填写。").problems == (problems[0],)


def test_a_refusal_with_a_careless_code_or_status_cannot_be_defined():
    with pytest.raises(TypeError, match="Not_Dashed"):
        type("Careless", (Refusal,), {"code": "Not_Dashed"})
    with pytest.raises(TypeError, match="500"):
        type("Careless", (Refusal,), {"code": "careless", "status": 500})


def test_an_actor_acts_for_parties_and_covers_regions():
    actor = Actor(
        kind="staff", id=7, name="王", acts_for=frozenset({1, 2}), regions=("6501", "652301")
    )

    assert actor.may_act_for(2)
    assert not actor.may_act_for(3)
    assert actor.covers_region("650102")
    assert not actor.covers_region("652302")


def test_the_system_is_an_actor_without_an_account():
    assert (SYSTEM.kind, SYSTEM.id, SYSTEM.party_id) == ("system", 0, None)
    with pytest.raises(FrozenInstanceError):
        SYSTEM.name = "other"


def test_an_unknown_kind_of_actor_is_a_fault():
    with pytest.raises(ValueError, match="robot"):
        Actor(kind="robot", id=1, name="")


def test_a_sentence_with_values_is_itself_in_chinese():
    one = worded("最早可以定在 {day} 之后：{names}。", day=date(2026, 10, 9), names=("甲", "乙"))

    assert one == "最早可以定在 2026年10月9日 之后：甲、乙。"
    assert one.template == "最早可以定在 {day} 之后：{names}。"
    assert isinstance(one, str)


def test_a_sentence_within_a_sentence_keeps_its_own_values():
    inner = worded("最多{most}个字。", most=40)
    outer = worded("{why}请删减。", why=inner)

    assert outer == "最多40个字。请删减。"
    assert outer.values["why"].values == {"most": 40}


def test_what_a_value_looks_like_is_never_read_as_a_template():
    assert worded("没有“{role}”。", role="{x}{role}") == "没有“{x}{role}”。"
