"""Every address of the hall against every kind of person."""

import pytest

from tests.doors.desk.clerk import Clerk
from tongban.config import urls
from tongban.doors.hall.urls import urlpatterns

# For everybody: the screen that faces the applicant has no account, its code is the key; so has
# the tablet, and the board hangs in the hall.
PUBLIC = {
    *("hall-screen-enter", "hall-screen", "hall-screen-state"),
    *("hall-rate", "ratings-board"),
}
STRANGERS = ("ali", "zhang.reviewer", "sun.decider", "zhou.head", "han.supervisor")


def addresses(draft="00000000-0000-4000-8000-000000000000"):
    """Each address of the hall with plausible parts."""
    known = {
        "draft": draft,
        "file_id": "1",
        "number": "YJS6501002609000000000A",
        "code": "ABCD-EFGH-JKLM",
    }
    for one in urlpatterns:
        text = str(one.pattern)
        for name, value in known.items():
            for kind in ("uuid", "str", "int"):
                text = text.replace(f"<{kind}:{name}>", value)
        yield one.name, f"/{text}"


INSIDE = [pytest.param(path, id=name) for name, path in addresses() if name not in PUBLIC]


@pytest.mark.parametrize("path", INSIDE)
def test_a_stranger_is_sent_to_sign_in(monday, path):
    for page in (Clerk(None).open(path), Clerk(None).send(path, {})):
        assert page.location.startswith("/login/") or page.status == 405


@pytest.mark.parametrize("path", INSIDE)
def test_whoever_holds_no_window_is_refused(monday, path):
    for login in STRANGERS:
        for page in (Clerk(login).open(path), Clerk(login).send(path, {})):
            assert page.status in (403, 405), login


def test_every_address_of_the_hall_is_known_to_this_test():
    assert all("<" not in path for _name, path in addresses())
    assert any("hall" in str(one.urlconf_name) for one in urls.urlpatterns)


def test_a_draft_of_another_window_does_not_exist(served, window):
    served.sign()
    # Wang sits at the service centre's window, the draft is held by market regulation's.
    for login in ("wang.window", "zhao.window"):
        other = window(login)
        for name, path in addresses(served.draft):
            if "<" in path or served.draft not in path:
                continue
            for page in (other.open(path), other.send(path, {"key": "x"})):
                assert page.status in (404, 405) or page.location == "/hall/", (login, name)
    assert served.open(f"{served.here}/form/").status == 200


def test_a_clerk_of_the_district_does_not_take_in_for_the_city(window, shop):
    zhao = window("zhao.window")
    zhao.receive()

    assert zhao.choose(shop).status == 422


def test_the_service_centres_window_takes_in_what_its_hall_does(window, shop):
    wang = window("wang.window")
    wang.serve(shop)
    wang.sign()

    assert "/hall/done/" in wang.submit().location


def test_nobody_is_served_for_a_party_that_he_does_not_act_for(window, monday):
    li = window("li.window")
    li.receive()

    assert li.choose(monday.party("650102199001010017")).status == 422


def test_an_online_draft_is_not_open_at_the_window(window, monday):
    from tests.city.applying import write_draft
    from tests.city.wishes import wish

    draft = write_draft(monday, wish("snack-shop"))
    li = window("li.window")
    li.receive()

    assert li.open(f"/hall/{draft}/form/").status == 404
    assert li.send(f"/hall/{draft}/take-up/", {}).status == 404


def test_a_draft_of_the_window_is_not_the_citizens(served):
    mine = Clerk("gulbahar")

    assert mine.open(f"/apply/{served.draft}/form/").status == 404
    assert served.draft not in mine.open("/my/").source


def test_a_file_of_another_draft_is_not_shown(served):
    from tongban.documents.models import StoredFile

    own = StoredFile.objects.filter(materials__draftmaterial__draft_id=served.draft).first()
    served.sign()
    other = StoredFile.objects.get(purpose="confirmation")

    assert served.client.get(f"{served.here}/file/{own.pk}/").status_code == 200
    assert served.client.get(f"{served.here}/file/{other.pk}/").status_code == 404
