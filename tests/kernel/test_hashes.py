import hashlib
import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.hashes import (
    EMPTY_ROOT,
    MerkleTree,
    Proof,
    canonical_json,
    hash_json,
    leaf_hash,
    merkle_proof,
    merkle_root,
    node_hash,
    sha256,
    verify_proof,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
LEAVES = st.lists(st.binary(max_size=4), max_size=40)


@given(JSON)
def test_the_canonical_form_is_the_same_value(value):
    assert json.loads(canonical_json(value)) == value


@given(FLOATS)
def test_a_float_is_written_so_that_it_reads_back(value):
    assert float(canonical_json(value)) == value


@given(st.dictionaries(TEXT, JSON, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(value, random):
    keys = list(value)
    random.shuffle(keys)

    assert canonical_json({key: value[key] for key in keys}) == canonical_json(value)


@given(JSON, JSON)
def test_different_values_have_different_forms(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

    assert (canonical_json(one) == canonical_json(other)) == same


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"b": 1, "a": [True, None, "中"]}, '{"a":[true,null,"中"],"b":1}'),
        ({}, "{}"),
        ([], "[]"),
        ((1, 2), "[1,2]"),
        ('\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        (1e30, "1e+30"),
        (4.50, "4.5"),
        (6, "6"),
        (2e-3, "0.002"),
        (1e-27, "1e-27"),
        (333333333.33333329, "333333333.3333333"),
        (1e21, "1e+21"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (-0.0, "0"),
        (1.0, "1"),
        (date(2026, 3, 2), '"2026-03-02"'),
        (Decimal("50.00"), '"50"'),
        (Decimal("0.0"), '"0"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (
            datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8))),
            '"2026-03-02T00:00:00.000000Z"',
        ),
    ],
)
def test_values_are_written_as_in_rfc_8785(value, form):
    assert canonical_json(value).decode() == form


def test_keys_are_sorted_by_utf_16_units():
    # The example of RFC 8785: the emoji sorts before the Hebrew presentation form.
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]

    form = canonical_json(dict.fromkeys(keys, 0)).decode()

    assert list(json.loads(form)) == [
        "\r",
        "1",
        "\x80",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({1: 2}, TypeError),
        (b"bytes", TypeError),
        ({1, 2}, TypeError),
        (float("nan"), ValueError),
        (float("-inf"), ValueError),
        (Decimal("NaN"), TypeError),
        (datetime(2026, 3, 2), ValueError),
        ("\ud800", ValueError),
    ],
)
def test_what_has_no_one_form_is_refused(value, fault):
    with pytest.raises(fault):
        canonical_json([value])


def test_hashes_are_sha_256():
    assert sha256(b"") == hashlib.sha256().digest() == EMPTY_ROOT
    assert hash_json({"a": 1}) == hashlib.sha256(b'{"a":1}').digest()


def slow_root(leaves):
    """The definition of RFC 6962, 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + slow_root(leaves[:half]) + slow_root(leaves[half:])).digest()


def slow_path(index, leaves):
    """The audit path of RFC 6962, 2.1.1, word by word."""
    if len(leaves) <= 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*slow_path(index, leaves[:half]), slow_root(leaves[half:])]
    return [*slow_path(index - half, leaves[half:]), slow_root(leaves[:half])]


@given(LEAVES)
def test_roots_and_proofs_are_those_of_rfc_6962(leaves):
    tree = MerkleTree.of(leaves)

    assert tree.root == merkle_root(leaves) == slow_root(leaves)
    assert tree.size == len(leaves)
    for index in range(len(leaves)):
        assert list(tree.proof(index).path) == slow_path(index, leaves)


def test_known_roots_of_certificate_transparency_hold():
    leaves = [bytes.fromhex(text) for text in ["", "00", "10", "2021", "3031", "40414243"]]

    assert merkle_root(leaves[:1]).hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert merkle_root(leaves).hex() == (
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"
    )


@given(leaves=LEAVES.filter(bool), data=st.data())
def test_every_leaf_is_proved_and_no_other(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle_proof(leaves, index)
    root = merkle_root(leaves)

    assert verify_proof(leaf=leaves[index], proof=proof, root=root)
    assert not verify_proof(leaf=leaves[index] + b"!", proof=proof, root=root)
    assert not verify_proof(leaf=leaves[index], proof=proof, root=sha256(root))


@given(leaves=LEAVES.filter(lambda many: len(many) > 1), data=st.data())
def test_a_proof_that_was_tampered_with_proves_nothing(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle_proof(leaves, index)
    root = merkle_root(leaves)
    place = data.draw(st.integers(0, len(proof.path) - 1))
    bent = (*proof.path[:place], sha256(proof.path[place]), *proof.path[place + 1 :])

    forgeries = [
        Proof(index, proof.size, bent),
        Proof(index, proof.size, proof.path[:-1]),
        Proof(index, proof.size, (*proof.path, root)),
        Proof(proof.size, proof.size, proof.path),
        Proof(-1, proof.size, proof.path),
    ]

    for forgery in forgeries:
        assert not verify_proof(leaf=leaves[index], proof=forgery, root=root)


def test_a_proof_of_the_wrong_length_for_its_size_proves_nothing():
    two, three = merkle_root([b"a", b"b"]), merkle_root([b"a", b"b", b"c"])
    (path_of_b,) = merkle_proof([b"a", b"b"], 1).path
    (path_of_c,) = merkle_proof([b"a", b"b", b"c"], 2).path

    assert not verify_proof(leaf=b"b", proof=Proof(0, 1, (path_of_b,)), root=two)
    assert not verify_proof(leaf=b"c", proof=Proof(3, 4, (path_of_c,)), root=three)


def test_a_node_cannot_pose_as_a_leaf():
    one, other = leaf_hash(b"a"), leaf_hash(b"b")

    assert merkle_root([b"a", b"b"]) == node_hash(one, other)
    assert merkle_root([one + other]) != merkle_root([b"a", b"b"])


def test_a_leaf_that_is_not_there_has_no_proof():
    with pytest.raises(IndexError):
        merkle_proof([b"a"], 1)
