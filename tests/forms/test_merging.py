"""Two devices, one draft: nothing typed is lost or overwritten unseen."""

from hypothesis import given
from hypothesis import strategies as st

from tongban.forms.rules import DraftState, merge

EMPTY = DraftState({}, {}, {}, 0)


def after(*saves):
    """The draft after saves of (patch, base) or (patch, base, chosen)."""
    draft = EMPTY
    for patch, base, *chosen in saves:
        draft = merge(draft, patch, base=base, chosen=chosen[0] if chosen else ()).draft
    return draft


class TestOneDevice:
    def test_saves_follow_each_other(self):
        draft = after(({"a": "1"}, 0), ({"a": "2", "b": "x"}, 1))

        assert (draft.answers, draft.revision, draft.disputed) == ({"a": "2", "b": "x"}, 2, {})

    def test_saving_the_same_again_keeps_the_revision(self):
        draft = after(({"a": "1"}, 0), ({"a": "1"}, 1))

        assert draft.revision == 1

    def test_a_repeated_request_after_a_lost_answer_is_no_dispute(self):
        draft = after(({"a": "1"}, 0), ({"a": "1"}, 0))

        assert (draft.revision, draft.disputed) == (1, {})


class TestTwoDevices:
    def test_different_elements_come_together(self):
        draft = after(({"a": "1"}, 0), ({"b": "2"}, 0))

        assert (draft.answers, draft.disputed) == ({"a": "1", "b": "2"}, {})

    def test_the_same_element_is_disputed_and_both_values_are_kept(self):
        draft = after(({"a": "phone"}, 0), ({"a": "desk", "b": "2"}, 0))

        assert draft.answers == {"a": "phone", "b": "2"}
        assert draft.disputed == {"a": ["desk"]}

    def test_the_save_says_what_is_disputed(self):
        merged = merge(after(({"a": "phone"}, 0)), {"a": "desk"}, base=0)

        assert merged.conflicts == ("a",)

    def test_typing_on_does_not_settle_it(self):
        draft = after(({"a": "ph"}, 0), ({"a": "de"}, 0), ({"a": "desk"}, 2), ({"a": "phone"}, 1))

        assert (draft.answers["a"], draft.disputed["a"]) == ("phone", ["desk"])

    def test_the_persons_choice_settles_it(self):
        draft = after(({"a": "phone"}, 0), ({"a": "desk"}, 0), ({"a": "desk"}, 2, ["a"]))

        assert (draft.answers, draft.disputed) == ({"a": "desk"}, {})

    def test_a_choice_made_before_another_value_came_in_does_not_count(self):
        draft = after(
            ({"a": "phone"}, 0),
            ({"a": "desk"}, 0),
            ({"a": "hall"}, 0),
            ({"a": "desk"}, 2, ["a"]),
        )

        assert sorted([draft.answers["a"], *draft.disputed["a"]]) == ["desk", "hall", "phone"]


values = st.sampled_from(["", "x", "y", "zz", "zzz"])
saves = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), values, min_size=1, max_size=3),
        st.integers(0, 6),
    ),
    max_size=8,
)


@given(saves)
def test_what_was_saved_last_stands_or_is_kept_beside_as_it_was_or_longer(history):
    draft = EMPTY
    for patch, back in history:
        base = max(0, draft.revision - back)
        draft = merge(draft, patch, base=base).draft
        for code, value in patch.items():
            seen = [draft.answers[code], *draft.disputed.get(code, [])]
            assert value in seen


@given(saves)
def test_nothing_that_somebody_else_typed_goes_unseen(history):
    draft = EMPTY
    for patch, back in history:
        base = max(0, draft.revision - back)
        before = draft
        draft = merge(draft, patch, base=base).draft
        for code, old in before.answers.items():
            unseen = before.touched[code] > base
            now = [draft.answers[code], *draft.disputed.get(code, [])]
            if unseen:
                assert any(
                    text.startswith(old) or (old and text and old.startswith(text)) for text in now
                )


@given(saves)
def test_revisions_only_grow(history):
    draft = EMPTY
    for patch, back in history:
        after_save = merge(draft, patch, base=max(0, draft.revision - back)).draft
        assert after_save.revision in (draft.revision, draft.revision + 1)
        assert all(at <= after_save.revision for at in after_save.touched.values())
        draft = after_save
