"""The inbox: told once, read in one's language, nobody else's."""

import pytest

from tests.notices.scenes import ALIYA, HASAN, NOON, SILENT, accepted, citizen, withdrawn
from tongban.kernel.refusals import NotFound
from tongban.notices import actions, queries
from tongban.notices.actions import NewMessage
from tongban.notices.models import Delivery, Message
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db


class TestSending:
    def test_it_lies_in_the_inbox_at_once(self):
        number = accepted()

        (message,) = queries.messages_of([ALIYA]).messages
        assert (message.id, message.title, message.proceeding) == (number, "申请已受理", "P02-1")
        assert message.body == (
            "您的“开办餐饮店”申请（P02-1）已受理，各部门同时开始办理，承诺在2026年10月8日前全部办结。"
        )
        assert (message.kind, message.statutory, message.read_at) == ("progress", True, None)

    def test_it_is_read_in_english(self):
        accepted()

        (message,) = queries.messages_of([ALIYA], language="en").messages

        assert message.title == "Application accepted"
        assert "“" not in message.body
        assert "8 October 2026" in message.body

    def test_the_same_happening_is_told_once(self):
        first = withdrawn()

        again = withdrawn()

        assert again == first
        assert Message.objects.count() == 1
        assert Delivery.objects.count() == 1

    def test_the_same_happening_is_told_to_each_party(self):
        withdrawn(ALIYA)

        withdrawn(HASAN)

        assert Message.objects.count() == 2

    @pytest.mark.parametrize(
        ("key", "params"),
        [("no_such", {}), ("withdrawn", {}), ("withdrawn", {"number": "1", "x": 3})],
    )
    def test_a_wrong_template_or_a_missing_parameter_is_a_fault(self, key, params):
        with pytest.raises(ValueError, match=key):
            actions.send_message(party_id=ALIYA, key=key, params=params, dedup="d", now=NOON)

    def test_what_was_said_does_not_change_with_the_template(self, settings, tmp_path):
        number = accepted()
        path = settings.CONTENT / "messages.yaml"
        other = path.read_text(encoding="utf-8").replace("已受理，各部门", "改了字，各部门")
        (tmp_path / "messages.yaml").write_text(other, encoding="utf-8")
        settings.CONTENT = tmp_path

        assert "已受理，各部门" in queries.access_message(citizen(), number).body

    def test_hostile_words_stay_words(self):
        withdrawn(number="{thing}<script>")

        (message,) = queries.messages_of([ALIYA]).messages

        assert "{thing}<script>" in message.body

    def test_many_make_one_job(self, django_assert_max_num_queries):
        new = [
            NewMessage(ALIYA, "withdrawn", {"number": str(n), "thing": "店"}, f"d{n}")
            for n in range(3)
        ]

        ids = actions.send_messages(new, now=NOON)

        from procrastinate.contrib.django.models import ProcrastinateJob

        (job,) = ProcrastinateJob.objects.filter(task_name="notices.deliver")
        assert len(ids) == 3
        assert job.args["delivery_ids"] == list(
            Delivery.objects.order_by("id").values_list("id", flat=True)
        )


class TestReading:
    def test_unread_ones_are_counted(self, django_assert_num_queries):
        first = withdrawn()
        accepted()

        actions.mark_read(message_id=first, by=citizen(), now=NOON)

        with django_assert_num_queries(1):
            assert queries.unread_count([ALIYA]) == 1

    def test_reading_a_statutory_notice_is_journalled_once(self):
        number = accepted()

        for _ in range(2):
            actions.mark_read(message_id=number, by=citizen(), now=NOON)

        (entry,) = Entry.objects.filter(verb="notice_read")
        assert entry.body == {"message": number, "proceeding": "P02-1"}

    def test_reading_another_message_is_not(self):
        actions.mark_read(message_id=withdrawn(), by=citizen(), now=NOON)

        assert not Entry.objects.filter(verb="notice_read").exists()

    def test_a_stranger_finds_nothing(self):
        number = withdrawn()

        with pytest.raises(NotFound):
            actions.mark_read(message_id=number, by=citizen(HASAN), now=NOON)
        with pytest.raises(NotFound):
            queries.access_message(citizen(HASAN), number)
        assert queries.access_message(citizen(), number).id == number

    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_page_costs_one_query(self, rows, django_assert_num_queries):
        for n in range(rows):
            withdrawn(dedup=f"d{n}")

        with django_assert_num_queries(1):
            page = queries.messages_of([ALIYA, HASAN])

        assert len(page.messages) == rows

    def test_pages_follow_each_other_without_gap_or_double(self):
        ids = [withdrawn(dedup=f"d{n}") for n in range(7)]
        withdrawn(HASAN)
        seen, cursor = [], None
        while True:
            page = queries.messages_of([ALIYA], cursor=cursor, limit=3)
            seen += [message.id for message in page.messages]
            withdrawn(dedup=f"while reading {len(seen)}")
            cursor = page.cursor
            if cursor is None:
                break

        assert seen == ids[::-1]

    def test_a_full_last_page_has_no_next(self):
        for n in range(3):
            withdrawn(dedup=f"d{n}")

        assert queries.messages_of([ALIYA], limit=3).cursor is None


class TestChannels:
    def test_no_telephone_no_delivery(self):
        withdrawn(SILENT)
        withdrawn(10**12)

        assert not Delivery.objects.exists()

    def test_a_template_without_short_words_stays_in_the_inbox(self):
        actions.send_message(
            party_id=ALIYA,
            key="delivered",
            params={"number": "1", "thing": "店", "how": "邮寄"},
            dedup="d",
            now=NOON,
        )

        assert not Delivery.objects.exists()

    def test_who_wants_no_short_messages_still_gets_the_statutory_ones(self):
        actions.choose_sms(party_id=ALIYA, sms=False, by=citizen(), now=NOON)

        withdrawn()
        number = accepted()

        assert list(Delivery.objects.values_list("message_id", flat=True)) == [number]

    def test_the_choice_can_be_taken_back(self):
        for sms in (False, True):
            actions.choose_sms(party_id=ALIYA, sms=sms, by=citizen(), now=NOON)

        assert queries.wants_sms(ALIYA)

    def test_nobody_chooses_for_another(self):
        with pytest.raises(NotFound):
            actions.choose_sms(party_id=ALIYA, sms=False, by=citizen(HASAN), now=NOON)
