import pytest
import yaml

from tongban.kernel.yamltext import read_yaml


def test_a_text_becomes_plain_values():
    text = "say: {zh: 办好了, en: done}\nnumbers: [1, 0.5]\nlong: |\n  第一行\n  第二行\n"

    assert read_yaml(text) == {
        "say": {"zh": "办好了", "en": "done"},
        "numbers": [1, 0.5],
        "long": "第一行\n第二行\n",
    }


@pytest.mark.parametrize("text", ["a: [1", "a: !!python/object/apply:os.getcwd []"])
def test_what_is_none_or_does_something_is_refused(text):
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)
