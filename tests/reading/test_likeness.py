"""How alike two texts are, and signatures that find alike texts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tongban.reading.rules.likeness import (
    bands,
    containment,
    estimated_likeness,
    jaccard,
    likeness,
    shingles,
    signature,
)

WORDS = st.text(alphabet="路灯不亮物业费停水公交车学区划分", min_size=0, max_size=60)


def test_pairs_of_characters_are_compared_without_blanks_and_punctuation():
    assert shingles("路灯不亮") == shingles(" 路灯，不亮！\n")
    assert len(shingles("路灯不亮")) == 3
    assert likeness("路灯不亮", "路灯亮") == 1 / 4
    assert likeness("", "") == 0
    assert likeness("灯", "灯") == 1


def test_a_quotation_is_contained_in_what_quotes_it():
    reply = "您反映的问题已经收悉"

    assert containment(reply, reply + "，我单位高度重视，已派人处理。") == 1
    assert containment("", reply) == 0


@given(WORDS, WORDS)
def test_likeness_is_the_jaccard_of_the_pairs(one, other):
    def plain(text):
        return {text[at : at + 2] for at in range(max(1, len(text) - 1))} - {""}

    left, right = plain(one), plain(other)
    exact = len(left & right) / len(left | right) if left or right else 0

    assert likeness(one, other) == exact == likeness(other, one)


@given(WORDS, WORDS)
def test_a_signature_estimates_likeness(one, other):
    exact = jaccard(shingles(one), shingles(other))
    guess = estimated_likeness(signature(one), signature(other))

    # Five standard deviations of the mean of 64 coins.
    assert abs(exact - guess) <= 5 * max(0.03, (exact * (1 - exact) / 64) ** 0.5)
    if exact == 1:
        assert guess == 1


def test_alike_texts_share_a_band_and_others_do_not():
    base = "小区门口的垃圾没人清运，已经一个星期，味道很大，请尽快处理，多次反映没有结果"
    copies = [base[:at] + base[at + 1 :] for at in range(len(base))]
    mine = set(bands(signature(base)))

    assert all(mine & set(bands(signature(copy))) for copy in copies)
    assert not mine & set(
        bands(signature("公司拖欠三个月工资，老板不接电话，劳动仲裁需要什么材料"))
    )
    assert all(-(2**63) <= band < 2**63 for band in mine)
    assert bands(signature("！！")) == []


def test_signatures_stay_the_same_for_ever():
    assert signature("路灯不亮")[:3].tolist() == [99207466, 419780877, 1831035569]
    assert signature("路灯不亮").dtype == np.uint32
