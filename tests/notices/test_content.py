"""`content/messages.yaml` and its schema."""

import pytest
from pydantic import ValidationError

from tongban.notices.content import Messages
from tongban.notices.queries import messages, word

WANTED = {
    "submitted",
    "correction_notice",
    "accepted",
    "deemed_accepted",
    "case_granted",
    "case_denied",
    "case_cancelled",
    "package_done",
    "licence_issued",
    "licence_revoked",
    "deadline_near",
    "machine_decided",
    "withdrawn",
    "ticket_received",
    "ticket_refused",
    "ticket_dispatched",
    "ticket_replied",
}


def file(**changes):
    template = {
        "key": "greeting",
        "kind": "system",
        "statutory": False,
        "params": ["name"],
        "title": {"zh": "您好", "en": "Hello"},
        "body": {"zh": "{name}您好", "en": "Hello {name}"},
    } | changes
    return {
        "signature": {"zh": "【通办】", "en": "[T] "},
        "quiet_hours": {"since": "22:00", "until": "08:00", "mark": "A"},
        "messages": [template],
    }


def test_every_happening_of_an_application_has_words():
    assert {template.key for template in messages().messages} >= WANTED


def test_short_messages_fit_into_two_parts():
    for template in messages().messages:
        if template.sms:
            assert len(template.sms.zh) <= 100, template.key


@pytest.mark.parametrize(
    "changes",
    [
        {"params": []},
        {"params": ["name", "more"]},
        {"body": {"zh": "{name}{typo}", "en": "{name}"}},
        {"body": {"zh": "{name}"}},
        {"kind": "gossip"},
        {"extra": 1},
        {"key": "Not A Word"},
    ],
)
def test_a_faulty_template_is_refused(changes):
    with pytest.raises(ValidationError):
        Messages.model_validate(file(**changes))


def test_a_key_stands_once():
    twice = file()
    twice["messages"] *= 2

    with pytest.raises(ValidationError, match="written twice"):
        Messages.model_validate(twice)


def test_a_language_that_is_not_written_falls_back_to_chinese():
    template = Messages.model_validate(file()).template("greeting")

    assert template.title.say("ug") == "您好"


def test_words_of_parameters_are_there_in_every_language():
    for key in ("unknown_day", "unknown_place", "ticket_silent"):
        assert set(word(key)) >= {"zh", "en", "ug"}
    with pytest.raises(KeyError):
        word("no_such_words")
