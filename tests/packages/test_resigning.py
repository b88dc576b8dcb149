"""A correction after the filing voids the signature that it touches, and waits for a new one."""

import pytest

from tests.city.lives import applied
from tongban.cases.actions import withdraw_case
from tongban.cases.models import CaseFile
from tongban.cases.rules import SignatureMissing
from tongban.notices.models import Message
from tongban.packages.actions import (
    Supply,
    ask_correction,
    decline_paper,
    resume_application,
    sign_paper,
    supply_correction,
)
from tongban.packages.models import CorrectionNotice, Signature
from tongban.packages.queries import progress_of
from tongban.packages.queries.signing import papers_asked_of, signatures_of
from tongban.packages.states import SignatureState
from tongban.people.models import Birth

ITEM = "birth-certificate"


@pytest.fixture
def noticed(city):
    """A newborn's application; the hospital asks for the name (signed) and the weight (not)."""
    city.go("2026-10-12 10:30")
    life = applied(city, "newborn")
    city.go("2026-10-13 11:00")
    life.require(ITEM, "child.name")
    life.require(ITEM, "child.weight")
    ask_correction(package_id=life.package_id, by=life.window, now=city.now)
    city.rest()
    city.go("2026-10-14 11:00")
    return life


def supply(life, name="阿依古丽·艾力", weight=3300):
    supply_correction(
        package_id=life.package_id,
        supplies=[Supply(ITEM, {"child.name": name, "child.weight": weight})],
        by=life.applicant,
        now=life.house.now,
    )
    life.house.rest()


def of_father(life):
    return Signature.objects.filter(proceeding_id=life.case(ITEM).id, role="father")


def live(life):
    return of_father(life).exclude(state=SignatureState.VOID).get()


def sign(life, login="eli", row=None):
    row = row or live(life)
    sign_paper(
        signature_id=row.pk,
        seen=bytes(row.content_hash),
        by=life.house.actor(login),
        now=life.house.now,
    )
    life.house.rest()


def told(life, login):
    party = life.house.actor(login).party_id
    return set(Message.objects.filter(party_id=party).values_list("key", flat=True))


def clocks(life):
    progress = progress_of(life.applicant, life.number, life.house.now)
    return {one.spec.name for one in progress.clocks if one.reading.state.value == "running"}


def test_a_correction_of_something_else_leaves_the_signature(noticed):
    before = live(noticed)
    supply(noticed, name="阿依努尔·艾力")

    assert noticed.package.state == "received"
    assert live(noticed) == before
    assert "signature_void" not in told(noticed, "eli")


def test_a_correction_of_what_was_signed_waits_for_the_signature(noticed, city):
    old = live(noticed)
    supply(noticed)

    assert noticed.package.state == "correction"
    old.refresh_from_db()
    assert old.state == SignatureState.VOID
    assert live(noticed).content["answers"]["child.name"] == "阿依古丽·艾力"
    assert "signature_void" in told(noticed, "eli")
    assert "signature_again" in told(noticed, "reyhan")
    # Nothing of it reached the department, and the time that runs is the applicant's.
    answers = CaseFile.objects.get(proceeding_id=noticed.case(ITEM).id).answers
    assert answers["child.name"] == "阿依努尔·艾力"
    assert "correction" in clocks(noticed)
    progress = progress_of(noticed.applicant, noticed.number, city.now)
    assert [name for name, *_ in progress.waited_for] == ["艾力·吐尔逊"]
    assert [one.id for one in papers_asked_of(city.actor("eli"), city.now.date())] == [
        live(noticed).pk
    ]

    city.go("2026-10-15 11:00")
    sign(noticed)

    assert noticed.package.state == "received"
    assert CorrectionNotice.objects.get().pending is None
    assert CorrectionNotice.objects.get().supplied_at == city.now
    assert "unsigned" not in noticed.case(ITEM).facts
    assert "acceptance_after_supply" in clocks(noticed)
    answers = CaseFile.objects.get(proceeding_id=noticed.case(ITEM).id).answers
    assert (answers["child.name"], answers["child.weight"]) == ("阿依古丽·艾力", 3300)
    assert progress_of(noticed.applicant, noticed.number, city.now).waited_for == ()
    states = [one.state for one in signatures_of([noticed.case(ITEM).id])]
    assert states.count(SignatureState.VOID) == 2  # the mother's own as well
    assert states.count(SignatureState.SIGNED) == 2


def test_a_case_that_ends_is_not_waited_for(noticed, city):
    """Two items wait for a signature; one ends, so the supply goes on with the other's."""
    from tongban.engine.models import Proceeding

    supply(noticed)
    other = noticed.case("household-registration")
    Proceeding.objects.filter(pk=other.pk).update(facts={**other.facts, "unsigned": 1})
    row = live(noticed)
    Signature.objects.create(
        **{name: getattr(row, name) for name in (
            "draft_id", "item", "material", "name", "code_key", "state", "content",
            "content_hash", "asked_by", "asked_at",
        )},
        role="witness",
        proceeding_id=other.pk,
    )  # fmt: skip
    sign(noticed)
    assert noticed.package.state == "correction"

    withdraw_case(case_id=other.pk, by=noticed.applicant, now=city.now)
    city.rest()
    assert noticed.package.state == "received"
    assert CorrectionNotice.objects.get().pending is None


def test_the_corrected_name_goes_to_every_item_that_asked_for_it(noticed, city):
    supply(noticed)
    sign(noticed)
    for item in ("household-registration", "vaccination-certificate"):
        answers = CaseFile.objects.get(proceeding_id=noticed.case(item).id).answers
        assert answers["child.name"] == "阿依古丽·艾力"
    noticed.accept()
    noticed.grant([ITEM, "household-registration"])
    assert Birth.objects.count() == 1


def test_whoever_does_not_agree_is_asked_again_with_the_next_correction(noticed, city):
    supply(noticed)
    row = live(noticed)
    decline_paper(signature_id=row.pk, reason="说好叫阿依努尔", by=city.actor("eli"), now=city.now)
    city.rest()
    assert noticed.package.state == "correction"

    city.go("2026-10-14 12:00")
    supply(noticed, name="阿依努尔·艾力")
    assert live(noticed).state == SignatureState.ASKED
    sign(noticed)
    assert noticed.package.state == "received"


def test_where_the_window_goes_on_nothing_is_granted_before_the_old_content_is_signed(
    noticed, city
):
    supply(noticed)
    city.go("2026-10-30 11:00")
    resume_application(package_id=noticed.package_id, by=noticed.window, now=city.now)
    city.rest()
    assert CorrectionNotice.objects.get().pending is None
    assert live(noticed).content["answers"]["child.name"] == "阿依努尔·艾力"

    noticed.accept()
    noticed.review(ITEM)
    with pytest.raises(SignatureMissing):
        noticed.decide(ITEM)
    sign(noticed)
    # The mother signed the new name by correcting: the old one is hers to sign again as well.
    mother = Signature.objects.get(
        proceeding_id=noticed.case(ITEM).id, role="mother", state=SignatureState.ASKED
    )
    sign(noticed, "reyhan", mother)
    noticed.decide(ITEM)
    assert noticed.case(ITEM).state == "granted"


def test_a_stranger_signs_nothing(noticed):
    from tongban.packages.rules.signing import NotTheSigner

    supply(noticed)
    with pytest.raises(NotTheSigner):
        sign(noticed, "ali")
