"""Publishing: immutable versions, in force by day, journalled, told in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tests.catalogue.club import VERBS, club, item, limit, place, text, write
from tongban.catalogue import queries
from tongban.catalogue.actions import publish
from tongban.catalogue.content.loader import ContentBroken
from tongban.catalogue.models import Version
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotFound
from tongban.records.models import Entry

NOW = datetime(2040, 6, 1, 4, 0, tzinfo=UTC)
TODAY, TOMORROW = date(2040, 6, 1), date(2040, 6, 2)


@pytest.fixture(autouse=True)
def _fresh():
    """Nothing is remembered of versions that a rolled-back test has published."""
    queries.forget_live()
    yield
    queries.forget_live()


@pytest.fixture
def folder(tmp_path, db):
    """A content folder, and a database in which nothing else is published."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM catalogue_version WHERE code IN ('P90', 'membership')"
        )
        assert cursor.fetchone() == (0,)
    return tmp_path


def _publish(folder, raw, at=NOW):
    return publish(write(raw, folder), by=SYSTEM, now=at, verbs=VERBS)


def _without_package():
    raw = club()
    raw["packages"] = {}
    raw["halls"][0]["windows"] = []
    raw["items"]["locker"]["fields"].pop()
    return raw


def _lines(done, language="zh"):
    return [line.say(language) for change in done.changes for line in change.lines]


def test_a_package_is_in_force_from_the_day_of_its_publication(folder):
    _publish(folder, club())

    found = queries.package_in_force("join-club", TODAY)

    assert (found.code, found.number) == ("P90", 1)
    assert found.compiled.promised_days == 3.5
    assert queries.package_in_force("P90", TOMORROW).version_id == found.version_id
    with pytest.raises(NotFound):
        queries.package_in_force("P90", TODAY - timedelta(days=1))


def test_publishing_the_same_twice_changes_nothing(folder):
    _publish(folder, club())
    before = Version.objects.count()

    done = _publish(folder, club())

    assert done.changes == ()
    assert Version.objects.count() == before


def test_a_version_says_in_words_what_changed_for_citizens(folder):
    _publish(folder, club())
    raw = club()
    membership = raw["items"]["membership"]
    membership["limits"]["promise"] = limit(2)
    membership["materials"][0]["exempt"] = "REUSE"
    raw["items"]["coach"]["materials"][0]["exempt"] = "REUSE"
    raw["items"]["locker"]["fields"].pop()

    done = _publish(folder, raw, NOW + timedelta(days=1))

    assert _lines(done) == [
        "事项coach：材料“材料photo”不用交了（使用您以前交过的材料）",
        "事项locker：取消填报项“数据项locker.size”",
        "事项membership：承诺时限由 3 个工作日改为 2 个工作日",
        "事项membership：材料“材料photo”不用交了（使用您以前交过的材料）",
        "入会：承诺总时限由 3.5 个工作日改为 2.5 个工作日",
        "入会：要交的材料由 1 份改为 0 份",
    ]
    assert "item membership: promised time changed from 3 working days to 2 working days" in (
        _lines(done, "en")
    )


def test_a_running_case_keeps_its_version(folder):
    _publish(folder, club())
    pinned = queries.package_in_force("P90", TODAY)
    raw = club()
    raw["items"]["membership"]["limits"]["promise"] = limit(1)

    _publish(folder, raw, NOW + timedelta(days=1))

    assert queries.package_version(pinned.version_id).compiled.promised_days == 3.5
    assert queries.package_in_force("P90", TODAY).version_id == pinned.version_id
    assert queries.package_in_force("P90", TOMORROW).compiled.promised_days == 2


def test_the_later_of_two_publications_of_a_day_holds(folder):
    _publish(folder, club())
    raw = club()
    raw["packages"]["P90"]["summary"] = text("更好了。")

    _publish(folder, raw, NOW + timedelta(hours=1))

    assert queries.package_in_force("P90", TODAY).number == 2
    assert Version.objects.get(kind="package", code="P90", number=1).valid.isempty


def test_a_version_may_come_into_force_later(folder):
    _publish(folder, club())
    raw = club()
    raw["packages"]["P90"] |= {"valid_from": "2040-07-01", "summary": text("夏天更好。")}

    _publish(folder, raw)

    assert queries.package_in_force("P90", date(2040, 6, 30)).number == 1
    assert queries.package_in_force("P90", date(2040, 7, 1)).number == 2


def test_the_first_version_may_have_been_in_force_before(folder):
    raw = club()
    raw["packages"]["P90"]["valid_from"] = "2040-01-01"
    _publish(folder, raw)

    assert queries.package_in_force("P90", date(2040, 1, 1)).number == 1


def test_a_later_version_never_reaches_back(folder):
    _publish(folder, club())
    raw = club()
    raw["packages"]["P90"] |= {"valid_from": "2040-01-01", "summary": text("更好了。")}

    _publish(folder, raw, NOW + timedelta(days=1))

    assert queries.package_in_force("P90", TODAY).number == 1
    assert queries.package_in_force("P90", TOMORROW).number == 2


def test_what_would_have_come_later_can_be_replaced_first(folder):
    _publish(folder, club())
    raw = club()
    raw["packages"]["P90"] |= {"valid_from": "2040-07-01", "summary": text("夏天更好。")}
    _publish(folder, raw)
    raw["packages"]["P90"] |= {"summary": text("现在就好。"), "valid_from": None}

    _publish(folder, raw, NOW + timedelta(days=1))

    assert queries.package_in_force("P90", TOMORROW).number == 3
    assert queries.package_in_force("P90", date(2040, 7, 2)).number == 3


def test_what_has_gone_from_the_folder_is_not_offered_any_more(folder):
    _publish(folder, club())
    raw = _without_package()

    done = _publish(folder, raw, NOW + timedelta(days=1))

    assert "入会：停止办理，已经受理的继续办完" in _lines(done)
    assert queries.package_in_force("P90", TODAY).number == 1
    with pytest.raises(NotFound):
        queries.package_in_force("P90", TOMORROW)


def test_what_comes_back_is_a_new_version(folder):
    _publish(folder, club())
    _publish(folder, _without_package(), NOW + timedelta(days=1))

    _publish(folder, club(), NOW + timedelta(days=2))

    assert queries.package_in_force("P90", date(2040, 6, 3)).number == 2


def test_broken_content_publishes_nothing(folder):
    raw = club()
    raw["items"]["membership"]["limits"]["promise"] = limit(30)

    with pytest.raises(ContentBroken) as refused:
        _publish(folder, raw)

    assert [finding.code for finding in refused.value.findings] == ["Q11"]
    assert not Version.objects.filter(code="P90").exists()


def test_advice_does_not_stop_publishing(folder):
    raw = club()
    raw["items"]["locker"]["route"][0]["role"] = "checker"

    assert "P90" in _publish(folder, raw).packages


def test_translations_are_live(folder):
    _publish(folder, club())
    pinned = queries.package_in_force("P90", TODAY)
    raw = club()
    raw["packages"]["P90"]["name"]["ug"] = "كۇلۇب"

    done = _publish(folder, raw, NOW + timedelta(days=1))

    assert done.packages == ()
    assert queries.package_version(pinned.version_id).compiled.name.say("ug") == "كۇلۇب"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE catalogue_version SET data = '{}'",
        "UPDATE catalogue_version SET hash = 'other'",
        "UPDATE catalogue_version SET number = number + 1",
        "UPDATE catalogue_version SET valid = daterange('2030-01-01', null)",
    ],
)
def test_a_published_version_cannot_be_changed(folder, change):
    _publish(folder, club())
    refused = pytest.raises(DatabaseError, match=r"permission denied|published version")

    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change + " WHERE code = 'P90'")


def test_a_published_version_cannot_be_deleted(folder):
    _publish(folder, club())

    with (
        pytest.raises(DatabaseError, match=r"permission denied|never deleted"),
        transaction.atomic(),
    ):
        Version.objects.filter(code="P90").delete()


def test_two_versions_never_overlap(folder):
    _publish(folder, club())
    row = Version.objects.get(kind="package", code="P90")
    twin = Version(
        kind="package",
        code="P90",
        slug="x",
        number=9,
        hash="x",
        data={},
        valid=DateRange(TOMORROW, None),
        published_at=NOW,
        published_by=0,
    )

    with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
        twin.save(force_insert=True)
    assert row.valid.upper is None


def test_every_publication_is_journalled(folder):
    _publish(folder, club())
    raw = club()
    raw["packages"]["P90"]["summary"] = text("更好了。")

    _publish(folder, raw, NOW + timedelta(days=1))

    first, second = Version.objects.filter(kind="package", code="P90").order_by("number")
    told = Entry.objects.filter(stream="content", stream_id=first.pk).order_by("seq")
    assert [(entry.verb, entry.body["number"], entry.body["hash"]) for entry in told] == [
        ("publish_package", 1, first.hash),
        ("publish_package", 2, second.hash),
    ]
    assert all(entry.public for entry in told)


def test_a_new_year_of_the_calendar_is_published_by_itself(folder):
    _publish(folder, club())
    assert queries.calendar("650100").published_years == (2026,)
    raw = club()
    raw["calendars"]["national", 2027] = [{"date": "2027-01-01", "kind": "off", "name": "元旦"}]

    done = _publish(folder, raw, NOW + timedelta(days=1))

    assert (done.packages, done.live) == ((), ("calendars",))
    assert _lines(done) == ["公布 2027 年放假安排"]
    assert queries.calendar("650100").published_years == (2026, 2027)
    assert Entry.objects.order_by("-id")[0].verb == "publish_calendar"


def test_a_regional_day_counts_only_with_a_notice(folder):
    raw = club()
    raw["calendars"]["650000", 2026] = [
        {"date": "2026-03-20", "kind": "off", "name": "肉孜节", "mark": "V2"},
        {"date": "2026-05-27", "kind": "off", "name": "古尔邦节", "mark": "M"},
    ]

    _publish(folder, raw)

    days = queries.calendar("650102003")
    assert not days.is_working(date(2026, 3, 20))
    assert days.is_working(date(2026, 5, 27))
    assert queries.calendar("110000").is_working(date(2026, 3, 20))


def test_live_parts_can_be_read(folder):
    _publish(folder, club())

    assert queries.parameters(TODAY)["adult_age"] == ((date(2020, 1, 1), 18),)
    assert queries.parameters(date(2019, 1, 1))["adult_age"] == ()
    assert queries.clock_texts()["promise"].say("en") == "promise"
    assert queries.department_names()["club"].zh == "网球俱乐部"
    assert queries.live("city")["code"] == "650100"


def test_ready_phrases_of_the_item_come_first(folder):
    _publish(folder, club())

    assert [one.code for one in queries.opinions("review", "pass", "locker")] == [
        "fine-locker",
        "fine",
    ]
    assert [one.code for one in queries.opinions("review", "pass")] == ["fine"]
    assert queries.opinions("review", "return") == ()


def test_an_item_has_versions_of_its_own(folder):
    _publish(folder, club())

    found = queries.item_version("locker", TODAY)

    assert (found.number, found.item.name.en) == (1, "item locker")
    with pytest.raises(NotFound):
        queries.item_version("no-such", TODAY)


def test_a_package_is_found_by_everyday_words(folder):
    raw = club()
    raw["packages"]["P91"] = {
        **raw["packages"]["P90"],
        "code": "P91",
        "slug": "hire-court",
        "name": text("租场地", "Hire a court"),
        "everyday_words": ["包场"],
        "items": [place("coach", 1)],
        "questions": [],
    }
    _publish(folder, raw)

    def found(words):
        return [one.code for one in queries.search(words, TODAY)]

    assert found("我想打网球")[0] == "P90"
    assert found("包场") == ["P91"]
    assert found("hire a COURT")[0] == "P91"
    assert found("") == found("火星") == []


def test_what_is_pending_is_told_before_publishing(folder):
    _publish(folder, club())
    raw = club()
    raw["items"]["extra"] = item("extra", catalog_code="652000004000")
    raw["items"]["coach"]["contacts"]["consult"] = "0991-5555555"
    write(raw, folder)

    changes = queries.pending_changes(folder)

    assert [line.zh for change in changes for line in change.lines] == [
        "事项coach：咨询电话由 0991-1111111 改为 0991-5555555",
        "事项extra：开始办理",
    ]
    assert not Version.objects.filter(code="extra").exists()


def test_an_unknown_version_is_not_found(db):
    with pytest.raises(NotFound):
        queries.package_version(-1)
