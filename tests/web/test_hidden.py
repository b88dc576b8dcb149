"""What a child reports hidden stays hidden from its guardian: by every door, verb and message."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.city.lives import child_of_reyhan
from tests.hotline.calls import Call
from tests.web.walks import Walker
from tongban.documents.models import Attachment
from tongban.doors.citizen import uploads
from tongban.engine.queries import access_proceeding, address_of, search, visible_to
from tongban.engine.rules import may_do
from tongban.hotline.actions import (
    Request,
    Said,
    add_to_ticket,
    call_back,
    receive_ticket,
    urge_ticket,
    withdraw_ticket,
)
from tongban.hotline.models import Ticket
from tongban.hotline.queries import hidden_from, reach_of
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.licences.models import Licence
from tongban.notices.models import Delivery, Message
from tongban.people.queries import contact_of
from tongban.ratings.actions import rate
from tongban.ratings.models import Invitation, Rectification
from tongban.ratings.queries import my_invitations, public_replies
from tongban.ratings.rules import Rating
from tongban.records.models import Entry

WORDS = "家里的大人经常打我"
GUARDIANS = ("reyhan", "eli")


@pytest.fixture(scope="module")
def prepared(shared_city):
    """A child with both parents, and two requests of the child, the first of them hidden.

    A picture lies beside each. What it answers are the numbers of the requests.
    """
    child_of_reyhan(shared_city)
    mine, told = child_in_city(), []
    for hides in (True, False):
        made = receive_ticket(
            request=Request(
                text=f"{WORDS}，请来看看。", channel="web", type="help",
                domain="city-noise-construction", party_id=mine, hides_caller=hides,
            ),
            by=SYSTEM, now=shared_city.now,
        )  # fmt: skip
        uploads.store_picture(
            by=itself(mine), party_id=mine, code="hotline-picture",
            proceeding_id=made.ticket_id, now=shared_city.now,
            file=SimpleUploadedFile(f"{hides}.png", picture(), "image/png"),
        )  # fmt: skip
        told.append((made.ticket_id, made.number))
    shared_city.rest()
    return tuple(told)


@pytest.fixture
def home(prepared, scene):
    """The city with that child, for one test."""
    return scene


@pytest.fixture
def child(home):
    return child_in_city()


@pytest.fixture
def reported(home, prepared):
    """The two requests, the hidden one first."""
    return [Call(home, *one) for one in prepared]


def child_in_city():
    return Licence.objects.get(type_code="birth-certificate").holder_id


def picture():
    data = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(data, "PNG")
    return data.getvalue()


def itself(child):
    return Actor(kind="citizen", id=0, name="", party_id=child, acts_for=frozenset({child}))


def file_of(call):
    found = Attachment.objects.select_related("material").get(proceeding_id=call.ticket_id)
    return found.material


PAGES = (
    "/", "/my/", "/my/tickets/", "/my/messages/", "/my/ratings/", "/my/materials/", "/my/family/",
    "/my/signatures/", "/my/agents/", "/my/credit/", "/my/settings/", "/12345/", "/open/ratings/",
    "/12345/follow/", "/my/licences/", "/packages/newborn/",
)  # fmt: skip


@pytest.mark.parametrize("login", GUARDIANS)
@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_a_guardian_names_it(home, reported, login, path):
    hidden, _open = reported
    text = Walker(home, login).client.get(path, follow=True).content.decode()

    assert hidden.number not in text
    assert "True.png" not in text


@pytest.mark.parametrize("login", GUARDIANS)
@pytest.mark.parametrize(
    "path",
    [
        "/my/tickets/{number}/", "/my/tickets/{number}/received/", "/my/{number}/",
        "/my/tickets/{number}/files/{file}/", "/my/files/{file}/", "/my/{number}/rate/",
        "/my/{number}/files/{file}/", "/desk/{number}/", "/desk/find/?q={number}",
        "/line/done/{number}/", "/open311/v2/requests/{number}.json",
        "/open311/v2/requests.json?service_request_id={number}",
    ],
)  # fmt: skip
def test_no_address_leads_a_guardian_to_it(home, reported, login, path):
    hidden, shown = reported
    walker = Walker(home, login)
    answer, other = (
        walker.client.get(path.format(number=one.number, file=file_of(one).file_id))
        for one in (hidden, shown)
    )

    assert WORDS not in answer.content.decode()
    assert answer.status_code != 200 or answer.json() == []
    if path.startswith(("/my/tickets/", "/my/files/")):
        assert other.status_code == 200


@pytest.mark.parametrize("login", GUARDIANS)
@pytest.mark.parametrize("verb", ["add", "urge", "withdraw", "rate"])
def test_no_button_of_it_is_a_guardians(home, reported, login, verb):
    hidden, _shown = reported
    before = Entry.objects.filter(stream="proceeding", stream_id=hidden.ticket_id).count()
    said = {"text": "不要了", "outcome": "solved"}
    answer = Walker(home, login).client.post(f"/my/tickets/{hidden.number}/{verb}/", said)

    assert answer.status_code == 404
    entries = Entry.objects.filter(stream="proceeding", stream_id=hidden.ticket_id)
    assert entries.count() == before


def test_what_was_given_with_it_cannot_be_taken_back_by_a_guardian(home, reported):
    hidden, shown = reported
    walker = Walker(home, "reyhan")
    states = []
    for one in (hidden, shown):
        material = file_of(one)
        walker.client.post("/my/materials/", {"withdraw": str(material.pk)})
        material.refresh_from_db()
        states.append(material.state)

    assert states[0] != "withdrawn"
    assert states[1] == "withdrawn"


# The engine's own roles, whichever door asks


VERBS = {
    "add_to": lambda pk, by, now: add_to_ticket(ticket_id=pk, text="再说一点", by=by, now=now),
    "urge": lambda pk, by, now: urge_ticket(ticket_id=pk, by=by, now=now),
    "withdraw": lambda pk, by, now: withdraw_ticket(ticket_id=pk, by=by, now=now),
}


@pytest.mark.parametrize("login", GUARDIANS)
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_guardian_is_no_applicant_of_what_the_child_hides(home, reported, login, verb):
    hidden, shown = reported
    guardian = home.actor(login)
    with pytest.raises(NotAllowed):
        VERBS[verb](hidden.ticket_id, guardian, home.now)
    assert hidden.state == shown.state

    VERBS[verb](shown.ticket_id, guardian, home.now)


def test_a_guardian_does_not_answer_the_callback_of_it(home, reported, child):
    hidden, _shown = reported
    hidden.dispatched().signed().replied().passed()
    said = Said("solved", contacted=True, satisfied=1)
    given = {"ticket_id": hidden.ticket_id, "said": said, "now": home.now}
    with pytest.raises(NotAllowed):
        call_back(by=home.actor("reyhan"), **given)
    assert hidden.ticket.outcome == ""

    call_back(by=itself(child), **given)
    assert hidden.ticket.outcome == "solved"


@pytest.mark.parametrize("login", GUARDIANS)
def test_the_predicate_the_role_the_search_and_the_child_agree(home, reported, child, login):
    hidden, shown = reported
    guardian = home.actor(login)
    one, other = (call.ticket.proceeding for call in reported)

    assert child in guardian.wards
    assert set(visible_to(guardian).filter(kind="ticket")) == {other}
    assert [p.number for p in search(guardian, hidden.number)] == []
    assert search(guardian, shown.number) == [other]
    assert not may_do(guardian, one, "applicant")
    assert may_do(guardian, other, "applicant")
    assert may_do(itself(child), one, "applicant")
    with pytest.raises(NotFound):
        access_proceeding(guardian, hidden.number)


# Telling


def test_a_guardian_is_not_told_by_telephone_what_the_child_hides(home, reported, child):
    hidden, shown = reported
    mother = contact_of(home.actor("reyhan").party_id)

    assert address_of(child, shown.number).phone == mother.phone
    assert address_of(child, hidden.number) is None
    sent = Delivery.objects.filter(message__party_id=child)
    assert sent.filter(message__proceeding=shown.number).exists()
    assert not sent.filter(message__proceeding=hidden.number).exists()


def test_nobody_who_handles_it_is_given_the_guardians_telephone(home, reported):
    hidden, shown = reported

    assert reach_of(Ticket.objects.select_related("caller").get(pk=hidden.ticket_id)) is None
    assert reach_of(Ticket.objects.select_related("caller").get(pk=shown.ticket_id)) is not None


def test_to_its_end_and_its_rating_nothing_of_it_reaches_a_guardian(home, reported, child):
    hidden, _shown = reported
    hidden.dispatched().signed().replied().passed().said("solved", 1)
    home.go("2026-10-30 10:00")
    mother = home.actor("reyhan")

    about = Message.objects.filter(proceeding=hidden.number)
    assert about.filter(party_id=child).exists()
    assert not about.exclude(party_id=child).exists()
    assert not Delivery.objects.filter(message__in=about).exists()
    assert hidden.number in hidden_from(mother)
    assert Invitation.objects.filter(number=hidden.number).exists()
    invited = [one.number for one in my_invitations(mother, home.now)]
    assert hidden.number not in invited
    text = Walker(home, "reyhan").client.get("/my/messages/").content.decode()
    assert hidden.number not in text


@pytest.mark.parametrize("hides", [True, False])
def test_words_about_a_hidden_request_are_not_published(home, reported, hides):
    call = reported[0 if hides else 1]
    call.dispatched().signed().replied().passed().said("solved", 1)
    home.go("2026-10-20 10:00")
    words = "我爸爸知道了又打我"
    row = Invitation.objects.get(number=call.number)
    rate(invitation=row, rating=Rating(level=5, channel="web", text=words), now=home.now)
    home.rest()
    Rectification.objects.update(answered_at=home.now, answer="已上门")

    shown = [one.text for one in public_replies()]
    assert shown == ([] if hides else [words])
    text = Walker(home).client.get("/open/ratings/").content.decode()
    assert (words in text) is not hides


def test_once_of_age_it_is_the_childs_own_still(home, reported, child):
    hidden, _shown = reported
    found = access_proceeding(itself(child), hidden.number)

    assert found.pk == hidden.ticket_id
