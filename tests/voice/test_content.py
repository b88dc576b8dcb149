"""What `content/voice.yaml` may say: numbers within bounds, one meaning for each key."""

import pytest
from django.conf import settings
from pydantic import ValidationError

from tongban.hotline.actions.offices import TICKET_PREFIX
from tongban.kernel.yamltext import read_yaml
from tongban.packages.actions.filing import PREFIX
from tongban.voice.content import FILE, SAYINGS, Voice


@pytest.fixture
def said():
    return read_yaml((settings.CONTENT / FILE.place).read_text(encoding="utf-8"))


def test_the_content_of_the_city_is_whole(said):
    found = Voice.model_validate(said)

    assert found.prompt.value == 15
    assert found.prompt.basis
    assert set(found.says) == set(SAYINGS)
    assert set(found.prefixes) == {TICKET_PREFIX, PREFIX}


def _prompt(value):
    def change(said):
        said["prompt"]["value"] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _prompt(0), _prompt(-1), _prompt("fifteen"), _prompt("15"), _prompt(None),
        _prompt(601),
        lambda said: said.pop("prompt"),
        lambda said: said["prompt"].pop("mark"),
        lambda said: said.update(prefixes=[]),
        lambda said: said.update(farewells=[]),
        lambda said: said.update(farewells=["", "再见"]),
        lambda said: said.update(prefixes=["gd1"]),
        lambda said: said["intents"].pop(3),
        lambda said: said["says"].pop("rating"),
        lambda said: said["intents"][3].update(key="1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_before_anybody_calls(said, change):
    change(said)

    with pytest.raises(ValidationError):
        Voice.model_validate(said)
