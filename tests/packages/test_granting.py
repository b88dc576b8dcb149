"""授权用证: lent for one thing, so often, until a day; taken back at any time; every use noted."""

from dataclasses import replace
from datetime import date

import pytest

from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.licences.actions import NewGrant, grant_use, revoke_grant, use_grant
from tongban.licences.actions.granting import GrantedAlready, GranteeUnknown, GrantNotUsable
from tongban.licences.models import LicenceGrant, LicenceUse
from tongban.licences.queries import find_valid, grants_by, grants_to
from tongban.records.models import Entry

MOTHER = ("650102199403121262", "热依汗古丽·托合提")


@pytest.fixture
def father(city):
    city.go("2026-10-12 10:30")
    return city.actor("eli")


@pytest.fixture
def wanted(city, father):
    held = find_valid(father.party_id, "resident-id-card", city.now.date())
    return NewGrant(
        held.identifier, ("name", "id_number"), *MOTHER, "P05", "father", 1, date(2026, 11, 30)
    )


@pytest.fixture
def lend(city, father):
    return lambda grant, by=None: grant_use(grant=grant, by=by or father, now=city.now)


def use(city, grant_id, by="reyhan", number="YJS1"):
    use_grant(
        grant_id=grant_id,
        fields=("name",),
        purpose="新生儿出生",
        case_number=number,
        grantees=[city.actor(by).party_id],
        by=city.actor(by),
        now=city.now,
    )


def test_a_grant_is_used_once_and_the_holder_sees_it(city, wanted, lend):
    grant_id = lend(wanted)

    use(city, grant_id)

    row = LicenceUse.objects.get(grant_id=grant_id)
    assert (row.purpose, row.fields, row.case_number) == ("新生儿出生", ["name"], "YJS1")
    with pytest.raises(GrantNotUsable, match="次数已经用完"):
        use(city, grant_id, number="YJS2")
    verbs = Entry.objects.filter(stream="licence", body__grant=grant_id)
    assert list(verbs.order_by("seq").values_list("verb", flat=True)) == [
        "licence_use_granted",
        "licence_grant_used",
    ]


def test_a_grant_that_was_taken_back_is_not_used(city, wanted, lend, father):
    grant_id = lend(wanted)

    revoke_grant(grant_id=grant_id, by=father, now=city.now)

    with pytest.raises(GrantNotUsable, match="收回"):
        use(city, grant_id)
    assert [one.why_not for one in grants_to([city.actor("reyhan").party_id], city.now.date())]
    assert lend(wanted) != grant_id


def test_a_grant_ends_with_its_last_day(city, wanted, lend):
    grant_id = lend(replace(wanted, times=None))

    city.go("2026-11-30 23:00")
    use(city, grant_id)
    city.go("2026-12-01 09:00")

    with pytest.raises(GrantNotUsable, match="到期"):
        use(city, grant_id, number="YJS2")


def test_only_the_holder_lends_and_takes_back(city, wanted, lend, father):
    with pytest.raises(NotFound):
        lend(wanted, by=city.actor("ali"))
    grant_id = lend(wanted)

    for login in ("ali", "reyhan"):
        with pytest.raises(NotFound):
            revoke_grant(grant_id=grant_id, by=city.actor(login), now=city.now)
    with pytest.raises(NotFound):
        use(city, grant_id, by="ali")
    assert grants_by([city.actor("ali").party_id], city.now.date()) == []


def test_an_agent_does_not_hand_on_what_is_not_his(city, father, wanted, lend):
    agent = replace(city.actor("ali"), acts_for=frozenset({father.party_id}))

    with pytest.raises(NotAllowed):
        lend(wanted, by=agent)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"grantee_name": "热依汗"}, GranteeUnknown),
        ({"grantee_code": "650102199403121263"}, GranteeUnknown),
        ({"grantee_code": "650102199108091179", "grantee_name": "艾力·吐尔逊"}, BadInput),
        ({"until": date(2026, 10, 11)}, BadInput),
        ({"times": 0}, BadInput),
        ({"times": 101}, BadInput),
        ({"fields": ("no_such",)}, BadInput),
        ({"fields": ()}, BadInput),
    ],
)
def test_what_cannot_be_lent_is_refused(wanted, lend, change, refusal):
    with pytest.raises(refusal):
        lend(replace(wanted, **change))

    assert not LicenceGrant.objects.exists()


def test_the_same_is_not_lent_twice(wanted, lend):
    lend(wanted)

    with pytest.raises(GrantedAlready):
        lend(wanted)
