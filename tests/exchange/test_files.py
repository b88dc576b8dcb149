"""Contents of materials: named by hash in the message, fetched by the system that was sent it."""

import hashlib

import pytest
from django.test import Client

from tests.documents.fakes import fake
from tests.exchange.conftest import KEYS, REGISTRATION, TOBACCO
from tests.exchange.saying import ANY_TIME, ITEM, outbound
from tongban.exchange import actions
from tongban.exchange.actions import fetch_words
from tongban.exchange.gateways import Simulator
from tongban.exchange.models import Sending
from tongban.kernel.signatures import signature_of
from tongban.records.models import AccessRead


def ask(number, file_id, *, system=TOBACCO, key=None):
    signature = signature_of(key or KEYS[system], fetch_words(number, file_id), line=system)
    path = f"/exchange/{system}/files/{number}/{file_id}/"
    return Client().get(path, headers={"X-Tongban-Signature": signature})


@pytest.fixture
def attached(handed):
    (told,) = outbound()
    return told["payload"]["attachments"]


def test_each_file_is_named_with_its_hash_and_fetched_with_a_signature(handed, attached):
    assert attached
    number = handed.case(ITEM).number
    for one in attached:
        answer = ask(number, one["file"])
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        assert answer["X-Tongban-Sha256"] == one["sha256"]
        assert len(answer.content) == one["size"]


def test_nobody_else_and_nothing_else_is_given_out(handed, attached):
    number, file_id = handed.case(ITEM).number, attached[0]["file"]
    assert ask(number, file_id, key="another").status_code == 403
    assert ask(number, file_id, system=REGISTRATION).status_code == 404
    assert ask(handed.case("food-licence").number, file_id).status_code == 404
    assert ask(number, 10**9).status_code == 404
    assert Client().get(f"/exchange/nobody/files/{number}/{file_id}/").status_code == 404


def fetching(settings, folders, fetch):
    settings.DEPARTMENT_SYSTEMS = settings.DEPARTMENT_SYSTEMS | {
        TOBACCO: fake(
            Simulator, code=TOBACCO, folder=folders / "looking", key=KEYS[TOBACCO], fetch=fetch
        )
    }
    Sending.objects.update(state="queued", attempts=0, retry_at="2000-01-01T00:00Z")


def fetched(number, file_id):
    return ask(number, file_id).content


def falsified(number, file_id):
    return fetched(number, file_id) + b"x"


@pytest.mark.parametrize(("fetch", "state"), [(fetched, "acknowledged"), (falsified, "failed")])
def test_the_simulator_looks_whether_a_content_is_what_its_hash_says(
    handed, settings, folders, fetch, state
):
    fetching(settings, folders, fetch)
    actions.send_due(now=handed.house.now, wall=ANY_TIME)
    row = Sending.objects.get()
    assert row.state == state
    assert ("is not what its hash says" in row.last_error) == (state == "failed")
    looked = AccessRead.objects.filter(actor_kind="system", what__startswith="file:")
    assert looked.exists()
