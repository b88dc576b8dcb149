"""Materials: given once, offered again, never against the rules."""

from datetime import date, timedelta

import pytest

from tests.documents import samples
from tests.documents.samples import CLERK, HOLDER, NOW, STRANGER
from tongban.documents.actions import (
    MaterialNotReusable,
    attach,
    bind_materials,
    reject_material,
    reuse_material,
    store_file,
    withdraw_material,
)
from tongban.documents.queries import attachments_of, file_in_proceeding, materials_of, offer_reuse
from tongban.documents.states import TrustGrade
from tongban.kernel.refusals import MoveNotAllowed, NotAllowed, NotFound
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db


def upload(colour=(1, 2, 3), by=HOLDER, owner=1):
    return store_file(
        content=samples.picture("PNG", colour=colour), name="图.png", owner_party_id=owner,
        purpose="material", by=by, now=NOW,
    )  # fmt: skip


def give(code="floor-plan", *, now=NOW, **more):
    words = {"party_id": 1, "trust": TrustGrade.C, "given_for": "food-licence", "by": HOLDER}
    file = more.pop("file", None) or upload()
    return attach(material_code=code, file_id=file.pk, now=now, **(words | more))


def offered(codes=("floor-plan",), now=NOW, item="fire-check", party=1):
    return offer_reuse(party_id=party, material_codes=codes, now=now, item_code=item)


def test_a_material_is_offered_again_with_the_day_and_the_item():
    material = give()

    offer = offered()["floor-plan"]

    assert offer.material_id == material.pk
    assert (offer.given_at, offer.given_for) == (NOW, "food-licence")
    assert offer.trust == "C"
    assert offered(party=2) == {}


def test_the_newest_copy_is_offered():
    give(file=upload((1, 1, 1)))
    newer = give(file=upload((2, 2, 2)), now=NOW + timedelta(days=1))

    assert offered(now=NOW + timedelta(days=2))["floor-plan"].material_id == newer.pk


@pytest.mark.parametrize("last", range(-3, 4))
def test_after_its_last_day_nothing_is_offered_or_used(last):
    material = give(valid_until=date(2026, 1, 5) + timedelta(days=last))

    if last >= 0:
        assert offered()["floor-plan"].material_id == material.pk
        use(material)
    else:
        assert offered() == {}
        with pytest.raises(MaterialNotReusable, match="有效期"):
            use(material)


def use(material, item="fire-check", proceeding=70, by=HOLDER):
    return reuse_material(
        material_id=material.pk, proceeding_id=proceeding, item_code=item, by=by, now=NOW
    )


def test_a_sensitive_material_is_used_for_its_own_item_only():
    material = give(is_sensitive=True)

    assert offered(item="fire-check") == {}
    assert offered(item="food-licence")["floor-plan"].material_id == material.pk
    with pytest.raises(MaterialNotReusable, match="敏感"):
        use(material)


def test_using_again_is_marked_and_only_the_owner_may():
    material = give(proceeding_id=60)

    attachment = use(material)

    assert attachment.is_reuse
    assert not attachments_of([60])[0].is_reuse
    with pytest.raises(NotFound):
        use(material, by=STRANGER)


def test_a_file_attached_twice_is_one_material():
    file = upload()

    assert give(file=file, proceeding_id=60) == give(file=file, proceeding_id=60)
    assert attachments_of([60]).count() == 1


def test_a_file_of_somebody_else_cannot_be_used():
    foreign = upload(by=STRANGER, owner=2)

    with pytest.raises(NotFound):
        give(file=foreign)
    mine = give()
    with pytest.raises(NotFound):
        bind_materials(material_ids=[mine.pk], proceeding_id=60, party_id=2, by=STRANGER, now=NOW)


@pytest.mark.parametrize(
    ("by", "trust", "allowed"),
    [
        (HOLDER, TrustGrade.A, False),
        (HOLDER, TrustGrade.B, False),
        (HOLDER, TrustGrade.C, True),
        (HOLDER, TrustGrade.D, True),
        (CLERK, TrustGrade.A, False),
        (CLERK, TrustGrade.B, True),
    ],
)
def test_nobody_grades_their_own_paper_higher(by, trust, allowed):
    if allowed:
        assert give(by=by, trust=trust).trust == trust.value
    else:
        with pytest.raises(NotAllowed):
            give(by=by, trust=trust)


def test_a_withdrawn_or_rejected_material_is_offered_no_more_and_that_is_written_down():
    taken_back = give("floor-plan")
    found_false = give("menu", file=upload((9, 9, 9)))

    withdraw_material(material_id=taken_back.pk, by=HOLDER, now=NOW)
    reject_material(material_id=found_false.pk, reason="图章系伪造", by=CLERK, now=NOW)

    assert offered(("floor-plan", "menu")) == {}
    assert materials_of(1).count() == 2
    verbs = Entry.objects.filter(stream="material").values_list("verb", flat=True)
    assert sorted(verbs) == ["material_reject", "material_withdraw"]
    with pytest.raises(MoveNotAllowed):
        withdraw_material(material_id=taken_back.pk, by=HOLDER, now=NOW)
    with pytest.raises(MaterialNotReusable):
        give("menu", file=found_false.file)
    with pytest.raises(NotAllowed):
        reject_material(material_id=found_false.pk, reason="x", by=HOLDER, now=NOW)


def test_a_file_is_shown_in_the_proceeding_where_it_was_handed_in_only():
    material = give(proceeding_id=60)

    assert file_in_proceeding(material.file_id, [59, 60]) == material.file
    with pytest.raises(NotFound):
        file_in_proceeding(material.file_id, [61])
