"""Agents: both sides agree, scope and days count, strangers see nothing."""

from datetime import date

import pytest

from tests.people.scenes import NOW, NUMBERS, citizen
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed, NotFound
from tongban.people import actions, queries
from tongban.people.actions import Grant
from tongban.people.models import Account
from tongban.people.states import AgentFunction
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 21)


@pytest.fixture
def aliya():
    return citizen()


@pytest.fixture
def hasan():
    return citizen("hasan", "艾山", NUMBERS[0])


def actor(account):
    return queries.actor_of(account, on=TODAY)


def propose(principal, by, **changes):
    grant = {
        "principal_id": principal,
        "agent_code": NUMBERS[0],
        "agent_name": "艾山",
        "functions": frozenset({"fill", "submit"}),
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2026, 9, 30),
    } | changes
    return actions.authorise_agent(grant=Grant(**grant), by=by, now=NOW)


def agreed(aliya, hasan, **changes):
    number = propose(aliya.party_id, actor(aliya), **changes)
    actions.confirm_authorisation(authorisation_id=number, by=actor(hasan), now=NOW)
    return number


def reasons(aliya, hasan, function="submit", items=(), on=TODAY):
    return queries.why_not_agent(
        agent_id=hasan.party_id,
        principal_id=aliya.party_id,
        function=AgentFunction(function),
        items=items,
        on=on,
    )


class TestTwoSides:
    def test_it_works_once_the_agent_has_confirmed(self, aliya, hasan):
        number = propose(aliya.party_id, actor(aliya))
        before = actor(hasan).acts_for

        actions.confirm_authorisation(authorisation_id=number, by=actor(hasan), now=NOW)

        assert before == {hasan.party_id}
        assert actor(hasan).acts_for == {hasan.party_id, aliya.party_id}
        assert reasons(aliya, hasan) == []

    def test_the_principal_cannot_confirm_for_the_agent(self, aliya, hasan):
        number = propose(aliya.party_id, actor(aliya))

        with pytest.raises(NotAllowed):
            actions.confirm_authorisation(authorisation_id=number, by=actor(aliya), now=NOW)

    def test_a_stranger_does_not_learn_of_it(self, aliya, hasan):
        stranger = citizen("guli", "古丽", NUMBERS[3])
        number = propose(aliya.party_id, actor(aliya))

        for verb in (
            actions.confirm_authorisation,
            actions.decline_authorisation,
            actions.revoke_authorisation,
        ):
            with pytest.raises(NotFound):
                verb(authorisation_id=number, by=actor(stranger), now=NOW)
            with pytest.raises(NotFound):
                verb(authorisation_id=10**15, by=actor(stranger), now=NOW)

    @pytest.mark.parametrize("side", ["aliya", "hasan"])
    def test_either_side_ends_it(self, aliya, hasan, side):
        number = agreed(aliya, hasan)

        actions.revoke_authorisation(
            authorisation_id=number, by=actor({"aliya": aliya, "hasan": hasan}[side]), now=NOW
        )

        assert actor(hasan).acts_for == {hasan.party_id}
        with pytest.raises(MoveNotAllowed):
            actions.confirm_authorisation(authorisation_id=number, by=actor(hasan), now=NOW)

    def test_a_declined_one_never_worked(self, aliya, hasan):
        number = propose(aliya.party_id, actor(aliya))

        actions.decline_authorisation(authorisation_id=number, by=actor(hasan), now=NOW)

        assert reasons(aliya, hasan) == ["您没有对方的有效授权。"]

    def test_both_histories_tell_of_it_under_one_action(self, aliya, hasan):
        agreed(aliya, hasan)

        entries = Entry.objects.filter(verb="authorisation_confirm", stream="account")
        assert {entry.stream_id for entry in entries} == {aliya.pk, hasan.pk}
        assert len({entry.action_id for entry in entries}) == 1

    def test_both_sides_see_it(self, aliya, hasan):
        agreed(aliya, hasan)

        (mine,) = queries.authorisations_of(aliya.party_id)
        (theirs,) = queries.authorisations_of(hasan.party_id)
        assert (mine.side, theirs.side) == ("principal", "agent")
        assert (mine.principal, mine.agent) == ("阿丽娅·买买提", "艾山")


class TestScope:
    @pytest.mark.parametrize(
        ("on", "works"),
        [("2026-08-31", False), ("2026-09-01", True), ("2026-09-30", True), ("2026-10-01", False)],
    )
    def test_its_days_are_the_citys(self, aliya, hasan, on, works):
        agreed(aliya, hasan)
        day = date.fromisoformat(on)

        assert (reasons(aliya, hasan, on=day) == []) is works
        assert (aliya.party_id in queries.parties_acted_for(hasan.party_id, on=day)) is works

    def test_a_function_that_was_not_granted_is_refused(self, aliya, hasan):
        agreed(aliya, hasan)

        assert reasons(aliya, hasan, "sign") == ["对方的授权不包括这项操作。"]

    def test_an_item_that_was_not_granted_is_refused(self, aliya, hasan):
        agreed(aliya, hasan, items=frozenset({"food-licence"}))

        assert reasons(aliya, hasan, items=["food-licence"]) == []
        assert reasons(aliya, hasan, items=["food-licence", "fire-check"]) == [
            "对方的授权不包括这个事项。"
        ]

    def test_two_scopes_together_cover_both_items(self, aliya, hasan):
        agreed(aliya, hasan, items=frozenset({"food-licence"}))
        agreed(aliya, hasan, items=frozenset({"fire-check"}))

        assert reasons(aliya, hasan, items=["food-licence", "fire-check"]) == []

    def test_the_own_party_needs_no_authorisation(self, aliya):
        assert reasons(aliya, aliya, "sign") == []


class TestEnterprises:
    @pytest.fixture
    def company(self, aliya):
        return actions.register_legal_party(
            uscc="91650100MA7TE5T198",
            name="石榴餐饮有限公司",
            representative_id=aliya.party_id,
            by=SYSTEM,
            now=NOW,
        )

    def confirm(self, number, account):
        actions.confirm_authorisation(authorisation_id=number, by=actor(account), now=NOW)

    def test_the_representative_appoints_an_administrator_who_appoints_staff(
        self, aliya, hasan, company
    ):
        staff_member = citizen("guli", "古丽", NUMBERS[3])
        first = propose(company, actor(aliya), functions=frozenset({"administer"}))
        self.confirm(first, hasan)

        second = propose(company, actor(hasan), agent_code=NUMBERS[3], agent_name="古丽")
        self.confirm(second, staff_member)

        assert company in actor(staff_member).acts_for

    def test_an_administrator_cannot_make_administrators(self, aliya, hasan, company):
        citizen("guli", "古丽", NUMBERS[3])
        first = propose(company, actor(aliya), functions=frozenset({"administer"}))
        self.confirm(first, hasan)

        with pytest.raises(NotAllowed):
            propose(
                company,
                actor(hasan),
                agent_code=NUMBERS[3],
                agent_name="古丽",
                functions=frozenset({"administer"}),
            )

    def test_an_ordinary_agent_cannot_hand_on(self, aliya, hasan, company):
        citizen("guli", "古丽", NUMBERS[3])
        self.confirm(propose(company, actor(aliya)), hasan)

        with pytest.raises(NotFound):
            propose(company, actor(hasan), agent_code=NUMBERS[3], agent_name="古丽")

    def test_the_same_enterprise_registered_again_changes_nothing(self, aliya, company):
        entries = Entry.objects.filter(stream="party", stream_id=company)

        again = actions.register_legal_party(
            uscc="91650100MA7TE5T198",
            name="石榴餐饮有限公司",
            representative_id=aliya.party_id,
            by=SYSTEM,
            now=NOW,
        )

        assert again == company
        assert entries.count() == 1

    def test_a_new_representative_takes_over(self, aliya, hasan, company):
        actions.register_legal_party(
            uscc="91650100MA7TE5T198",
            name="石榴餐饮有限公司",
            representative_id=hasan.party_id,
            by=SYSTEM,
            now=NOW,
        )

        assert company not in actor(aliya).acts_for
        assert company in actor(hasan).acts_for

    def test_citizens_register_no_enterprises(self, aliya):
        with pytest.raises(NotAllowed):
            actions.register_legal_party(
                uscc="91650104MA7TE5T192",
                name="某店",
                representative_id=aliya.party_id,
                by=actor(aliya),
                now=NOW,
            )


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"functions": frozenset()}, "functions"),
            ({"functions": frozenset({"fly"})}, "functions"),
            ({"ends_on": date(2026, 8, 1)}, "ends_on"),
            ({"ends_on": date(2026, 9, 20)}, "ends_on"),
        ],
    )
    def test_functions_and_days_are_checked(self, aliya, hasan, changes, path):
        with pytest.raises(BadInput) as no:
            propose(aliya.party_id, actor(aliya), **changes)

        assert path in {problem.path for problem in no.value.problems}

    def test_a_wrong_name_and_an_unknown_number_read_the_same(self, aliya, hasan):
        with pytest.raises(actions.AgentUnknown) as wrong:
            propose(aliya.party_id, actor(aliya), agent_name="别人")
        with pytest.raises(actions.AgentUnknown) as unknown:
            propose(aliya.party_id, actor(aliya), agent_code=NUMBERS[3])

        assert wrong.value.sentence == unknown.value.sentence

    def test_nobody_authorises_themselves(self, aliya):
        with pytest.raises(BadInput):
            propose(
                aliya.party_id, actor(aliya), agent_code=NUMBERS[1], agent_name="阿丽娅·买买提"
            )

    def test_nobody_authorises_in_the_name_of_another(self, aliya, hasan):
        with pytest.raises(NotFound):
            propose(hasan.party_id, actor(aliya))

    def test_an_account_that_is_staff_speaks_for_nobody(self, aliya, hasan):
        assert Account.objects.filter(kind="staff").count() == 0
        with pytest.raises(NotFound):
            propose(aliya.party_id, SYSTEM)
