"""What a new request is compared with costs the same among two hundred thousand others."""

import re

import pytest
from django.db import connection

from tests.hotline.test_hot import WORDS, outage
from tongban.hotline import sql
from tongban.hotline.models import Hot, Ticket
from tongban.hotline.queries.hot import heard, measure, near, usual_of

pytestmark = pytest.mark.slow

MANY = 200_000
_PROCEEDINGS = """
INSERT INTO engine_proceeding (id, number, kind, region, department, party_id, version_id, state,
    facts, opened_at, open_children)
SELECT 10000000 + n, 'GDX' || n, 'ticket', region, 'hotline-centre', %(party)s, %(version)s,
    'closed', '{}', %(now)s, 0
FROM (SELECT n, (ARRAY['650105006', '650103004', '650104001', '650102003'])[1 + n %% 4] AS region
      FROM generate_series(1, %(many)s) n) made
"""
_TICKETS = """
INSERT INTO hotline_ticket (proceeding_id, region, channel, type, urgency, domain, special, title,
    text, place, caller_id, hides_caller, unit, round, of_number, of_item, received_at, reading,
    reply, outcome, contact_name, closed_at)
SELECT p.id, p.region, 'phone', 'help', 'normal',
    (ARRAY['utility-water-outage', 'city-noise-square', 'market-food-eatery'])[1 + p.id %% 3],
    '', '停水了', '停水了', '某小区' || p.id %% 997, %(party)s, false, '', 1, '', '',
    %(now)s::timestamptz - make_interval(mins => (p.id %% 129600)::int), '{}', '', '', '',
    %(now)s
FROM engine_proceeding p WHERE p.id > 10000000
"""


@pytest.fixture
def many(own_city):
    own_city.go("2026-09-07 10:30")
    outage(own_city, 3)
    one = Ticket.objects.select_related("proceeding").latest("pk")
    values = {
        "party": one.caller_id, "version": one.proceeding.version_id, "now": own_city.now,
        "many": MANY,
    }  # fmt: skip
    with own_city.database.server.connect(own_city.database.name) as writing:
        # What is looked for is not how they are written: foreign keys are right here.
        writing.execute("set session_replication_role = replica")
        for statement in (_PROCEEDINGS, _TICKETS, "ANALYZE hotline_ticket"):
            writing.execute(statement, values if "%(" in statement else None)
    return own_city


def plan_of(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
        found = cursor.fetchone()[0]
    return found[0]["Plan"], str(found)


def test_what_lies_near_is_found_by_its_index_and_bounded(many):
    new, by = heard(Ticket.objects.get(hot=Hot.objects.get(), text=WORDS[0])), measure()
    values = {
        "districts": ["650100", "650105"], "domains": [new.domain], "since": new.at - by.window,
        "until": new.at, "apart_from": new.id, "apart": ["praise"], "limit": 200,
    }  # fmt: skip
    plan, told = plan_of(sql._NEAR, values)

    # By whichever index the planner thinks best; never by reading all of a large table.
    read_whole = re.findall(r"'Seq Scan'.*?'Relation Name': '(\w+)'", told)
    assert {"hotline_ticket", "engine_proceeding"}.isdisjoint(read_whole), told
    # Three days of one domain in one district, at most: a few hundred pages, not the table.
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 3_000
    assert len(near(new, by)) <= 200
    days, told = plan_of(
        sql._DAYS,
        {"district": "650105", "domain": new.domain, "until": new.at, "days": 28},
    )
    assert "hotline_ticket_near" in told
    assert days["Actual Rows"] <= 28
    assert usual_of([new], by).mean > 1


def test_a_new_issue_is_still_found_among_them(many):
    before = Hot.objects.count()
    outage(many, 4, first=3, place="新开小区一期")

    assert Hot.objects.count() == before + 1
