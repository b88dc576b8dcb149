"""The family page and the licences of a child: its guardians see them, nobody else does."""

import re
from datetime import date

import pytest

from tests.city.lives import child_of_reyhan
from tests.web.walks import Walker, main_of
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.licences.models import Licence
from tongban.notices.models import Message
from tongban.people.actions import (
    Grant,
    NewBirth,
    NewGuardian,
    ParentNamed,
    authorise_agent,
    confirm_authorisation,
    end_guardianship,
    record_birth,
    record_guardian,
)
from tongban.people.models import Guardianship
from tongban.people.queries import parties, party
from tongban.records.models import AccessRead

CHILD = "阿依努尔·艾力"


@pytest.fixture
def born(city):
    """The birth certificate of a child of Reyhan and Eli is made."""
    return child_of_reyhan(city)


def licence_of_child():
    return Licence.objects.get(type_code="birth-certificate")


def page_of(one):
    return f"/my/licences/{one.versions.get(succeeded_at=None).identifier}/"


@pytest.mark.law("民法典 27")
def test_both_parents_find_the_child_and_its_licence(city, born):
    one = licence_of_child()
    assert parties([one.holder_id])[one.holder_id].name == CHILD
    for login in ("reyhan", "eli"):
        walker = Walker(city, login)
        text = main_of(walker.get("/my/family/"))
        assert CHILD in text
        assert "出生医学证明" in text
        assert "落户时编定" in text
        assert walker.get(page_of(one)).status_code == 200
        assert CHILD in main_of(walker.get("/my/licences/"))
        assert "您已登记为" in main_of(walker.get("/my/messages/"))
    said = AccessRead.objects.filter(subject=one.holder_id)
    assert {row.why for row in said} == {f"as_guardian_of:{one.holder_id}"}
    assert said.count() == 2


def test_a_stranger_and_the_parents_of_other_children_find_nothing(city, born):
    one, ali = licence_of_child(), party(city.actor("ali").party_id)
    other = NewBirth(
        "迪丽努尔", "female", date(2026, 10, 1), [ParentNamed(ali.name, ali.code)],
        date(2044, 10, 1), "CS2",
    )  # fmt: skip
    assert "还没有登记的孩子" in main_of(Walker(city, "ali").get("/my/family/"))
    record_birth(birth=other, now=city.now)
    assert "迪丽努尔" in main_of(Walker(city, "ali").get("/my/family/"))
    walker = Walker(city, "ali")
    assert CHILD not in walker.get("/my/family/").content.decode()
    for path in (page_of(one), f"{page_of(one)}file/", f"{page_of(one)}grant/"):
        assert walker.get(path).status_code == 404


def test_whoever_acts_for_the_mother_gets_no_link_to_the_childs_licence(city, born):
    from tongban.catalogue.queries import package_in_force
    from tongban.kernel.worktime import city_date
    from tongban.packages.queries import known_of, progress_of

    mother, aunt = city.actor("reyhan"), city.actor("ali")
    grant = Grant(
        principal_id=mother.party_id,
        agent_code=party(aunt.party_id).code,
        agent_name=aunt.name,
        functions=frozenset({"submit"}),
        starts_on=date(2026, 10, 12),
        ends_on=date(2026, 10, 12),
    )
    number = authorise_agent(grant=grant, by=mother, now=city.now)
    confirm_authorisation(authorisation_id=number, by=aunt, now=city.now)

    assert progress_of(mother, born.number, city.now).lanes[0].licence
    assert progress_of(city.actor("ali"), born.number, city.now).lanes[0].licence == ""
    with pytest.raises(NotFound):
        progress_of(city.actor("eli"), born.number, city.now)
    # A form opened in the mother's name is not filled from what the child holds.
    on = city_date(city.now)
    compiled = package_in_force("P05", on).compiled
    held = {
        login: known_of(
            compiled, mother.party_id, on, person_id=city.actor(login).party_id
        ).licences
        for login in ("reyhan", "ali")
    }
    assert "birth-certificate" in held["reyhan"]
    assert "birth-certificate" not in held["ali"]


def test_a_guardian_finds_nothing_of_what_the_child_reports_hidden(city, born):
    from tongban.hotline.actions import Request, receive_ticket
    from tongban.hotline.queries import mine_about, ticket_of, tickets_of

    child = licence_of_child().holder_id
    mother = city.actor("reyhan")
    asked = [
        receive_ticket(
            request=Request(
                text="家里的大人经常打我，请来看看。", channel="web", type="help",
                domain="city-noise-construction", party_id=child, hides_caller=hides,
                of_number=born.number,
            ),
            by=SYSTEM,
            now=city.now,
        ).number
        for hides in (True, False)
    ]  # fmt: skip
    city.rest()
    hidden, open_one = asked
    own = Actor(kind="citizen", id=0, name="", party_id=child, acts_for=frozenset({child}))

    assert [one.number for one in tickets_of(own)] == [open_one, hidden]
    assert [one.number for one in tickets_of(mother)] == [open_one]
    assert [one.number for one in mine_about(mother, [born.number])] == [open_one]
    assert ticket_of(own, hidden).proceeding.number == hidden
    with pytest.raises(NotFound):
        ticket_of(mother, hidden)
    about = Message.objects.filter(party_id=child, proceeding=hidden)
    assert about.exists()
    walker = Walker(city, "reyhan")
    text = walker.get("/my/messages/").content.decode()
    assert hidden not in text
    assert open_one in text
    walker.client.post("/my/messages/", {"read": str(about.latest("pk").pk)})
    walker.client.post("/my/messages/", {})
    assert not about.exclude(read_at=None).exists()


@pytest.mark.law("民法典 36")
def test_the_end_of_a_guardianship_ends_the_access(city, born):
    father, window = Walker(city, "eli"), born.window
    row = Guardianship.objects.get(guardian_id=city.actor("eli").party_id)
    end_guardianship(guardianship_id=row.pk, reason="判决书 1 号", by=window, now=city.now)
    city.rest()

    assert father.get(page_of(licence_of_child())).status_code == 404
    assert CHILD not in main_of(father.get("/my/family/"))
    assert "判决书 1 号" in main_of(father.get("/my/messages/"))
    assert Walker(city, "reyhan").get(page_of(licence_of_child())).status_code == 200


def test_the_parents_hear_of_a_guardian_who_is_appointed(city, born):
    aunt = party(city.actor("ali").party_id)
    said = NewGuardian(
        licence_of_child().holder_id, aunt.name, aunt.code, "判决书 2 号", date(2026, 11, 1)
    )
    record_guardian(guardian=said, by=born.window, now=city.now)
    city.rest()

    for login in ("reyhan", "eli"):
        text = main_of(Walker(city, login).get("/my/messages/"))
        assert "孩子登记了另一位监护人" in text
        assert aunt.name in text


def test_a_guardian_applies_for_the_child_and_a_stranger_does_not(city, born):
    from tongban.catalogue.queries import package_in_force
    from tongban.forms.actions import NewDraft, Situation, open_draft
    from tongban.kernel.worktime import city_date
    from tongban.packages.actions.agents import need_function
    from tongban.people.states import AgentFunction

    child = licence_of_child().holder_id
    published = package_in_force("P01", city_date(city.now))
    draft = NewDraft(child, published.code, published.version_id, Situation({}))
    assert open_draft(draft=draft, by=city.actor("eli"), now=city.now).party_id == child
    with pytest.raises((NotAllowed, NotFound)):
        open_draft(draft=draft, by=city.actor("ali"), now=city.now)
    for login in ("reyhan", "eli"):
        need_function(by=city.actor(login), party_id=child, function=AgentFunction.SUBMIT,
                      items=("enterprise-registration",), now=city.now)  # fmt: skip
    with pytest.raises(NotAllowed):
        need_function(by=city.actor("ali"), party_id=child, function=AgentFunction.SUBMIT,
                      items=(), now=city.now)  # fmt: skip


def test_the_guide_asks_for_whom_with_the_applicant_first(city, born):
    text = Walker(city, "reyhan").get("/packages/open-enterprise/ask/").content.decode()
    names = re.findall(r"\?for=\d+[^>]*>\s*(?:<[^>]+>\s*)*([^<]+)", text)
    assert names[0].strip().startswith("热依汗古丽")
    assert any(CHILD in one for one in names)
    # What is done about a child is not applied for by that child.
    newborn = Walker(city, "reyhan").get("/packages/newborn/ask/").content.decode()
    assert not any(CHILD in one for one in re.findall(r"\?for=\d+[^>]*>([^<]+)", newborn))


def test_a_licence_has_a_copy_in_uyghur_for_its_guardians_alone(city, born, real_papers):
    path = f"{page_of(licence_of_child())}copy/ug/"
    mother = Walker(city, "reyhan")
    answer = mother.get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert path in mother.get(page_of(licence_of_child())).content.decode()
    assert mother.get(path.replace("/ug/", "/kk/")).status_code == 404
    assert Walker(city, "ali").get(path).status_code == 404
