"""Signatures of others: asked for by a link, real-named, void when the content changes."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.city import applying
from tests.city.wishes import wish
from tongban.engine.models import Proceeding
from tongban.kernel.hashes import hash_json
from tongban.kernel.machines import MoveNotAllowed
from tongban.kernel.refusals import BadInput, NotFound
from tongban.notices.models import Message
from tongban.packages.actions import (
    Typed,
    ask_again,
    ask_signatures,
    decline_paper,
    remind_signer,
    renew_sign_link,
    sign_paper,
    submit_application,
    write_answers,
)
from tongban.packages.actions.signing import statement_of
from tongban.packages.models import Signature
from tongban.packages.queries import check_draft
from tongban.packages.queries.signing import paper_by_token, papers_asked_of, signatures_of
from tongban.packages.rules.signing import (
    NotReadyToSign,
    NotTheSigner,
    PaperChanged,
    RemindedToday,
)
from tongban.packages.states import SignatureState
from tongban.records.models import Entry

NAME = "child.name"


@pytest.fixture
def newborn(city):
    """A newborn's draft by the mother, complete; the father has not signed."""
    city.go("2026-10-12 10:30")
    return Draft(city, applying.write_draft(city, wish("newborn")), "reyhan", "eli")


class Draft:
    """A draft, whoever writes it and whoever must sign it."""

    def __init__(self, house, id_, writer, signer):
        self.house, self.id, self._writer, self._signer = house, id_, writer, signer

    @property
    def writer(self):
        return self.house.actor(self._writer)

    @property
    def signer(self):
        return self.house.actor(self._signer)

    def ask(self):
        """Ask; the one signature and its token."""
        ((pk, token),) = ask_signatures(
            draft_id=self.id, by=self.writer, now=self.house.now
        ).items()
        return pk, token

    def sign(self, pk, by=None):
        row = Signature.objects.get(pk=pk)
        sign_paper(
            signature_id=pk,
            seen=bytes(row.content_hash),
            by=by or self.signer,
            now=self.house.now,
        )

    def change(self, **answers):
        check = check_draft(self.writer, self.id, self.house.now)
        write_answers(
            draft_id=self.id,
            typed=Typed(
                {code.replace("__", "."): v for code, v in answers.items()}, check.draft.revision
            ),
            fields=check.published.compiled.fields,
            by=self.writer,
            now=self.house.now,
        )

    def submit(self):
        return submit_application(draft_id=self.id, key="k", by=self.writer, now=self.house.now)

    @property
    def live(self):
        return Signature.objects.exclude(state="void").get(draft_id=self.id)


def test_nothing_is_filed_before_everybody_has_signed(newborn):
    with pytest.raises(BadInput) as told:
        newborn.submit()

    assert [one.sentence for one in told.value.problems] == [
        "还差爸爸艾力·吐尔逊的签名，请把签名链接发给对方。"
    ]
    assert not Signature.objects.exists()


def test_who_submits_signs_by_submitting(newborn):
    pk, _ = newborn.ask()
    newborn.sign(pk)

    filed = newborn.submit()

    case = Proceeding.objects.get(parent_id=filed.proceeding_id, facts__item="birth-certificate")
    found = signatures_of([case.pk])
    assert {(one.role.zh, one.name) for one in found} == {
        ("爸爸", "艾力·吐尔逊"),
        ("妈妈", "热依汗古丽·托合提"),
    }
    assert all(one.state is SignatureState.SIGNED for one in found)


def test_the_seal_is_over_the_content_that_was_signed(newborn):
    pk, _ = newborn.ask()
    newborn.sign(pk)

    row = Signature.objects.get(pk=pk)

    assert hash_json(row.content) == bytes(row.content_hash)
    assert row.content["answers"][NAME] == "阿依努尔·艾力"
    key = Ed25519PublicKey.from_public_bytes(bytes(row.seal_key))
    key.verify(bytes(row.seal), statement_of(row))
    verbs = Entry.objects.filter(stream="signature", stream_id=pk).values_list("verb", flat=True)
    assert list(verbs.order_by("seq")) == ["signature_asked", "signature_signed"]


def test_a_change_of_what_was_signed_voids_the_signature_and_both_are_told(newborn):
    pk, token = newborn.ask()
    newborn.sign(pk)

    newborn.change(child__name="阿依古丽·艾力")

    assert Signature.objects.get(pk=pk).state == "void"
    fresh = newborn.live
    assert (fresh.state, fresh.content["answers"][NAME]) == ("asked", "阿依古丽·艾力")
    # The link that the father holds leads to the new content.
    paper = paper_by_token(newborn.signer, token, newborn.house.now.date())
    assert (paper.id, paper.is_mine) == (fresh.pk, True)
    keys = set(
        Message.objects.filter(dedup__startswith="signature/").values_list("key", flat=True)
    )
    assert keys == {"signature_asked", "signature_given", "signature_void", "signature_lost"}
    with pytest.raises(BadInput):
        newborn.submit()


def test_a_change_of_anything_else_leaves_the_signature_alone(newborn):
    pk, _ = newborn.ask()
    newborn.sign(pk)

    newborn.change(payee__account="6200000000000000025")

    assert Signature.objects.get(pk=pk).state == "signed"
    assert newborn.submit().is_new


def test_changing_there_and_back_does_not_bring_a_signature_back(newborn):
    pk, _ = newborn.ask()
    newborn.sign(pk)

    newborn.change(child__name="阿依古丽·艾力")
    newborn.change(child__name="阿依努尔·艾力")

    assert Signature.objects.get(pk=pk).state == "void"
    assert newborn.live.state == "asked"


def test_only_the_person_with_that_name_and_number_signs(newborn):
    pk, _ = newborn.ask()

    for login in ("ali", "reyhan"):
        with pytest.raises(NotTheSigner) as told:
            newborn.sign(pk, newborn.house.actor(login))
        assert "艾力·吐尔逊" not in str(told.value.sentence)
    with pytest.raises(NotTheSigner):
        newborn.sign(pk, newborn.house.actor("li.window"))

    assert newborn.live.state == "asked"


def test_what_was_read_is_what_is_signed(newborn):
    pk, _ = newborn.ask()
    seen = bytes(newborn.live.content_hash)
    newborn.change(child__name="阿依古丽·艾力")

    with pytest.raises(PaperChanged):
        sign_paper(signature_id=pk, seen=seen, by=newborn.signer, now=newborn.house.now)

    assert newborn.live.state == "asked"


def test_a_refusal_is_told_with_its_reason_and_can_be_asked_again(newborn):
    pk, _ = newborn.ask()
    now = newborn.house.now

    with pytest.raises(BadInput):
        decline_paper(signature_id=pk, reason=" ", by=newborn.signer, now=now)
    decline_paper(signature_id=pk, reason="名字还没有商量好。", by=newborn.signer, now=now)

    check = check_draft(newborn.writer, newborn.id, now)
    assert [one.sentence for one in check.problems] == [
        "爸爸艾力·吐尔逊不同意签名：名字还没有商量好。请商量好、改好以后，再请一次。"
    ]
    with pytest.raises(MoveNotAllowed):
        newborn.sign(pk)
    ask_again(signature_id=pk, by=newborn.writer, now=now)
    newborn.sign(newborn.live.pk)
    assert newborn.submit().is_new


def test_a_new_link_closes_the_old_one(newborn):
    pk, old = newborn.ask()
    on = newborn.house.now.date()

    new = renew_sign_link(signature_id=pk, by=newborn.writer, now=newborn.house.now)

    assert paper_by_token(None, new, on).is_mine is False
    with pytest.raises(NotFound):
        paper_by_token(newborn.signer, old, on)


def test_strangers_neither_ask_nor_renew_nor_remind(newborn):
    pk, _ = newborn.ask()
    ali, now = newborn.house.actor("ali"), newborn.house.now

    for verb in (
        lambda: ask_signatures(draft_id=newborn.id, by=ali, now=now),
        lambda: renew_sign_link(signature_id=pk, by=ali, now=now),
        lambda: remind_signer(signature_id=pk, by=ali, now=now),
        lambda: renew_sign_link(signature_id=pk, by=newborn.signer, now=now),
    ):
        with pytest.raises(NotFound):
            verb()


def test_one_reminder_a_day(newborn):
    pk, _ = newborn.ask()

    remind_signer(signature_id=pk, by=newborn.writer, now=newborn.house.now)
    with pytest.raises(RemindedToday):
        remind_signer(signature_id=pk, by=newborn.writer, now=newborn.house.now)
    newborn.house.go("2026-10-13 10:30")
    remind_signer(signature_id=pk, by=newborn.writer, now=newborn.house.now)

    assert Message.objects.filter(key="signature_asked").count() == 3


def test_nobody_is_asked_to_sign_what_is_not_filled_in(newborn):
    newborn.change(child__name="")

    with pytest.raises(NotReadyToSign):
        newborn.ask()


def test_what_waits_for_my_signature_is_found_without_the_link(newborn):
    newborn.ask()
    on = newborn.house.now.date()

    assert [one.role.zh for one in papers_asked_of(newborn.signer, on)] == ["爸爸"]
    assert papers_asked_of(newborn.writer, on) == []
    assert papers_asked_of(newborn.house.actor("ali"), on) == []


def test_every_investor_signs_the_promise_of_the_simplified_lane(city):
    city.go("2026-10-12 10:30")
    want = wish("close-company")
    investors = "孟志远，650102197506201354\n李娜，650103198512310021\n\n"
    draft = Draft(
        city,
        applying.write_draft(
            city,
            type(want)(
                **{**vars(want), "answers": {**want.answers, "closing.investors": investors}}
            ),
        ),
        "meng.zhiyuan",
        "li.na",
    )

    with pytest.raises(BadInput):
        draft.submit()
    pk, _ = draft.ask()
    draft.sign(pk)

    assert draft.submit().is_new
    assert Signature.objects.filter(state="signed").count() == 2


def test_a_name_that_is_not_the_holders_is_no_match(city):
    city.go("2026-10-12 10:30")
    want = wish("close-company")
    answers = {
        **want.answers,
        "closing.investors": "孟志远，650102197506201354\n李那，650103198512310021",
    }
    id_ = applying.write_draft(city, type(want)(**{**vars(want), "answers": answers}))
    draft = Draft(city, id_, "meng.zhiyuan", "li.na")

    pk, _ = draft.ask()

    with pytest.raises(NotTheSigner):
        draft.sign(pk)


def test_a_line_that_names_nobody_is_told_at_its_field(city):
    city.go("2026-10-12 10:30")
    want = wish("close-company")
    answers = {**want.answers, "closing.investors": "孟志远，650102197506201354\n某某"}
    id_ = applying.write_draft(city, type(want)(**{**vars(want), "answers": answers}))

    check = check_draft(city.actor("meng.zhiyuan"), id_, city.now)

    assert [(one.path, one.code) for one in check.problems] == [
        ("closing.investors", "signer-unreadable")
    ]
