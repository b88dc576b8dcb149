"""States, expiry, mirrors, use: each change is a version that nobody edits."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.licences import scenes
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed, NotFound, Refusal
from tongban.licences.actions import (
    MirroredLicence,
    change_state,
    expire_licences,
    mirror_licence,
    record_use,
)
from tongban.licences.models import Licence, LicenceVersion
from tongban.licences.queries import (
    access_licence,
    expiring,
    facts_for,
    find_valid,
    get_licence,
    held_types,
    licences_of,
    uses_of,
    uses_of_party,
    valid_licences_of,
    versions_of,
)
from tongban.licences.states import LicenceState
from tongban.records.models import Entry

S = LicenceState


def change(identifier, to, *, by=scenes.DECIDER, reason="检查发现严重问题", basis="行政许可法",
           now=scenes.NOW):  # fmt: skip
    return change_state(identifier=identifier, to=to, reason=reason, basis=basis, by=by, now=now)


def test_a_suspended_licence_keeps_its_identifier_and_its_file(city):
    identifier = scenes.issued(city)
    before = get_licence(identifier, scenes.TODAY)

    change(identifier, S.SUSPENDED)

    after = get_licence(identifier, scenes.TODAY)
    assert (after.state, after.seq, after.edition) == (S.SUSPENDED, before.seq + 1, 1)
    assert (after.identifier, after.file_id) == (before.identifier, before.file_id)
    assert find_valid(city.shop, "tea-house-licence", scenes.TODAY) is None
    change(identifier, S.VALID)
    assert find_valid(city.shop, "tea-house-licence", scenes.TODAY).identifier == identifier


def test_everybody_hears_of_a_change_of_state(city):
    identifier = scenes.issued(city)

    change(identifier, S.REVOKED, reason="隐瞒有关情况取得许可", basis="行政许可法第六十九条")

    entry = Entry.objects.filter(stream="licence").latest("seq")
    assert entry.verb == "licence_state_changed"
    assert (entry.body["identifier"], entry.body["from"], entry.body["to"]) == (
        identifier, "valid", "revoked",
    )  # fmt: skip
    assert entry.basis == "行政许可法第六十九条"


@pytest.mark.parametrize("by", [scenes.CLERK, scenes.OTHER_DECIDER])
def test_only_a_decider_of_the_issuing_organ_changes_a_state(city, by):
    identifier = scenes.issued(city)

    with pytest.raises(NotAllowed):
        change(identifier, S.SUSPENDED, by=by)
    with pytest.raises(NotAllowed):
        change(identifier, S.SUSPENDED, by=city.owner)


def test_a_change_needs_a_reason_and_a_basis(city):
    identifier = scenes.issued(city)

    with pytest.raises(BadInput) as caught:
        change(identifier, S.SUSPENDED, reason=" ", basis="")

    assert [problem.path for problem in caught.value.problems] == ["reason", "basis"]


def test_an_unknown_licence_is_not_found(city):
    with pytest.raises(NotFound):
        change("1.2.156.3005.2.x", S.SUSPENDED)


def test_a_licence_ends_at_midnight_however_late_anybody_looks(city):
    identifier = scenes.issued(city, valid_to=date(2026, 1, 31))
    late = scenes.NOW + timedelta(days=40)

    assert get_licence(identifier, date(2026, 1, 31)).is_in_force
    assert get_licence(identifier, date(2026, 2, 1)).state is S.EXPIRED
    assert expire_licences(now=scenes.NOW) == 0
    assert expire_licences(now=late) == 1
    assert expire_licences(now=late) == 0
    version = versions_of(get_licence(identifier, scenes.TODAY).id).last()
    assert version.at.isoformat() == "2026-01-31T16:00:00+00:00"
    assert version.basis == "行政许可法第七十条"


def test_an_ended_licence_is_not_suspended_even_before_the_sweep(city):
    identifier = scenes.issued(city, valid_to=date(2026, 1, 31))

    with pytest.raises(MoveNotAllowed, match="失效"):
        change(identifier, S.SUSPENDED, now=scenes.NOW + timedelta(days=40))
    change(identifier, S.CANCELLED, now=scenes.NOW + timedelta(days=40))

    states = [version.state for version in versions_of(Licence.objects.get().pk)]
    assert states == ["producing", "valid", "expired", "cancelled"]


def test_expiring_is_told_by_the_content(city):
    identifier = scenes.issued(city, valid_to=date(2026, 4, 5))

    assert get_licence(identifier, date(2026, 1, 4)).is_expiring is False
    assert get_licence(identifier, date(2026, 1, 5)).is_expiring is True
    assert [one.identifier for one in expiring(date(2026, 1, 5))] == [identifier]
    assert expiring(date(2026, 1, 4)) == ()
    assert expiring(date(2026, 4, 6)) == ()


@given(wishes=st.lists(st.sampled_from(S), max_size=12))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_history_is_dense_and_one_version_is_current_whatever_is_tried(in_force, wishes):
    """Random wishes: those that are refused change nothing, the others add one version each."""
    with transaction.atomic():
        done = sum(succeeds(in_force, wish) for wish in wishes)

        licence = Licence.objects.get()
        versions = list(versions_of(licence.pk))
        assert [version.seq for version in versions] == list(range(1, 3 + done))
        assert [v.succeeded_at is None for v in versions] == [False] * (1 + done) + [True]
        assert licence.state == versions[-1].state
        assert {version.identifier for version in versions} == {in_force}
        told = Entry.objects.filter(stream="licence", stream_id=licence.pk)
        assert told.count() == 2 + done
        transaction.set_rollback(True)


@pytest.fixture
def in_force(city):
    return scenes.issued(city)


def succeeds(identifier, to) -> bool:
    try:
        with transaction.atomic():
            change(identifier, to)
    except Refusal:
        return False
    return True


def test_the_database_refuses_a_changed_or_deleted_version(city):
    scenes.issued(city)
    version = LicenceVersion.objects.get(seq=1)

    for spoil in (
        lambda: LicenceVersion.objects.filter(pk=version.pk).update(face=[]),
        lambda: LicenceVersion.objects.filter(pk=version.pk).update(succeeded_at=None),
        lambda: LicenceVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil()


def test_two_deciders_at_the_same_second_change_the_state_once(real_city, race):
    identifier = scenes.issued(real_city)

    results = race(*[lambda: change(identifier, S.SUSPENDED)] * 2)

    assert sum(isinstance(one, MoveNotAllowed) for one in results) == 1
    assert Licence.objects.get().state == "suspended"


# Mirrors


def mirrored(city, **changes):
    words = {
        "type_code": "tea-house-licence", "holder_id": city.shop, "number": "CG-OLD-1",
        "face": {"address": "东街1号"}, "valid_from": date(2024, 5, 1), "region": "659901",
        "source": "old-system", "source_id": "17",
    }  # fmt: skip
    return mirror_licence(
        licence=MirroredLicence(**(words | changes)), licence_type=scenes.LICENCE, by=SYSTEM,
        now=scenes.NOW,
    )  # fmt: skip


def test_a_mirror_has_everything_but_a_file(city):
    licence = mirrored(city)

    held = find_valid(city.shop, "tea-house-licence", scenes.TODAY)
    assert (held.number, held.face["address"], held.origin) == ("CG-OLD-1", "东街1号", "mirrored")
    assert held.file_id is None
    assert held.issued_on == date(2024, 5, 1)
    assert Entry.objects.get(stream="licence", stream_id=licence.pk).verb == "licence_mirrored"


def test_the_codes_of_the_citys_own_forms_become_words_on_a_mirror(city):
    from tongban.catalogue.content.loader import load_content
    from tongban.config.options import CHECKOUT

    kind = (
        load_content(CHECKOUT / "content")
        .licences["business-licence"]
        .model_copy(update={"issuer": "trade"})
    )
    face = {"name": "试验市阿依古丽茶馆", "kind": "limited_company", "district": "650102",
            "capital": 500000}  # fmt: skip
    mirror_licence(
        licence=MirroredLicence(
            type_code="business-licence", holder_id=city.shop, number="92650102MA7TE5T192",
            face=face, valid_from=date(2024, 5, 1), region="659901", source="x", source_id="1",
        ), licence_type=kind, by=SYSTEM, now=scenes.NOW,
    )  # fmt: skip

    held = find_valid(city.shop, "business-licence", scenes.TODAY)

    words = {item.field: item.text for item in held.items}
    assert held.face["kind"] == "limited_company"
    assert (words["kind"], words["district"], words["capital"]) == (
        "有限责任公司", "天山区", "50万元",
    )  # fmt: skip


def test_mirrored_again_the_same_changes_nothing(city):
    first = mirrored(city)

    assert mirrored(city) == first
    assert LicenceVersion.objects.count() == 1


def test_a_change_elsewhere_is_a_new_edition_or_a_new_state_here(city):
    licence = mirrored(city)
    old = scenes.identifier(licence)

    mirrored(city, face={"address": "西街2号"})
    new = get_licence(old, scenes.TODAY)
    assert (new.seq, new.edition, new.face["address"]) == (2, 2, "西街2号")
    assert new.identifier != old

    mirrored(city, face={"address": "西街2号"}, state="suspended", state_reason="停业整顿")
    now = get_licence(old, scenes.TODAY)
    assert (now.seq, now.edition, now.state, now.state_reason) == (3, 2, S.SUSPENDED, "停业整顿")
    assert Entry.objects.filter(verb="licence_state_changed").count() == 1


def test_a_mirror_keeps_the_identifier_of_its_issuer(city):
    theirs = "1.2.156.3005.2.11650100MB0U001T1C901.11650100MB0U001T1C.2024000017.003."
    from tongban.kernel.identifiers import certificate_identifier

    whole = certificate_identifier("11650100MB0U001T1C901", "11650100MB0U001T1C", "2024000017", 3)
    assert whole.startswith(theirs)

    licence = mirrored(city, identifier=whole)

    assert scenes.identifier(licence) == whole
    with pytest.raises(BadInput):
        mirrored(city, identifier=whole[:-1] + "?", source_id="18")


def test_nobody_here_changes_the_state_of_a_mirror(city):
    licence = mirrored(city)

    with pytest.raises(NotAllowed, match="其他系统"):
        change(scenes.identifier(licence), S.SUSPENDED)


# Reading and using


def test_holders_see_their_own_and_strangers_see_nothing(city):
    identifier = scenes.issued(city)

    assert access_licence(city.owner, identifier, scenes.TODAY).identifier == identifier
    with pytest.raises(NotFound):
        access_licence(scenes.DECIDER, identifier, scenes.TODAY)
    assert [one.identifier for one in licences_of([city.shop], scenes.TODAY)] == [identifier]
    assert licences_of([city.person], scenes.TODAY) == ()


def test_facts_come_from_licences_in_force_with_their_source(city):
    mirrored(city)
    suspended = mirrored(
        city, holder_id=city.person, source_id="18", number="CG-OLD-2", state="suspended"
    )
    wanted = {
        "enterprise.address": ("tea-house-licence", "address"),
        "enterprise.phone": ("tea-house-licence", "phone"),
        "person.address": ("resident-id-card", "address"),
    }

    facts = facts_for(party_ids=[city.person, city.shop], wanted=wanted, on=scenes.TODAY)

    assert suspended.holder_id == city.person
    assert list(facts) == ["enterprise.address"]
    fact = facts["enterprise.address"]
    assert (fact.value, fact.source, fact.as_of) == ("东街1号", "茶馆经营许可证", scenes.TODAY)
    assert held_types([city.shop], scenes.TODAY).value == ["tea-house-licence"]
    assert held_types([city.person], scenes.TODAY).value == []


def test_the_holder_sees_who_used_the_licence_and_for_what(city):
    identifier = scenes.issued(city)
    words = {
        "identifier": identifier, "purpose": "办理户外招牌备案时核验", "by": scenes.CLERK,
        "now": scenes.NOW, "department": "fire", "case_number": "C9", "item_code": "fire-check",
        "fields": ["address"],
    }  # fmt: skip

    first = record_use(**words)
    assert record_use(**words) == first
    record_use(identifier=identifier, purpose="亮证", by=city.owner, now=scenes.NOW)
    record_use(identifier=identifier, purpose="亮证", by=city.owner, now=scenes.NOW)

    assert [use.purpose for use in uses_of(identifier)] == [
        "亮证", "亮证", "办理户外招牌备案时核验",
    ]  # fmt: skip
    assert uses_of_party(city.shop).count() == 3
    assert uses_of_party(city.person).count() == 0


def test_reading_what_somebody_holds_costs_the_same_for_one_and_for_many(
    city, django_assert_num_queries
):
    for proceeding in range(1, 5):
        scenes.issued(city, proceeding=proceeding)
    valid_licences_of([city.shop], scenes.TODAY)  # the content's live parts are known now

    with django_assert_num_queries(1):
        assert len(valid_licences_of([city.shop], scenes.TODAY)) == 4
