"""What a page costs: the same number of queries for one row and for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.test_applying import ready
from tests.web.walks import Walker

# Session, account, the city's time (twice), parties acted for, unread messages: on every page.
FRAME = 6
LISTS = {"/my/": FRAME + 6, "/my/messages/": FRAME + 2, "/my/licences/": FRAME + 2,
         "/my/materials/": FRAME + 2}  # fmt: skip
PAGES = {
    "/": FRAME + 2,
    "/packages/open-restaurant/": FRAME + 5,
    "/packages/open-restaurant/ask/": FRAME + 12,
    "/packages/open-restaurant/guide/": FRAME + 12,
    "/my/settings/": FRAME + 2,
}


@pytest.fixture
def ali(city):
    return Walker(city, "ali")


def file_one(ali):
    draft = ali.draft()
    return ali.client.post(f"/apply/{draft}/check/", ready(ali, draft))["Location"]


def queries(ali, path):
    ali.get(path)
    costs = []
    # Every few seconds a process asks for the newest content; one of the two times it does not.
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert ali.get(path).status_code == 200
        costs.append(len(seen))
    return min(costs)


def test_lists_cost_the_same_with_one_row_and_with_three(ali, city):
    costs = []
    for filed in (1, 2):
        for _ in range(filed):
            file_one(ali)
        city.rest(jobs=False)
        costs.append({path: queries(ali, path) for path in LISTS})

    assert costs[0] == costs[1]
    assert all(costs[0][path] <= most for path, most in LISTS.items()), costs[0]


def test_the_progress_of_an_application_stays_within_its_budget(ali, city):
    path = file_one(ali)
    city.rest(jobs=False)

    assert queries(ali, path) <= FRAME + 15


def test_pages_stay_within_their_budgets(ali):
    ali.ask()

    costs = {path: queries(ali, path) for path in PAGES}

    assert {path: cost for path, cost in costs.items() if cost > PAGES[path]} == {}


def test_a_draft_of_sixty_fields_costs_no_query_for_each(ali):
    draft = ali.draft()

    for page in ("form", "materials", "check"):
        assert queries(ali, f"/apply/{draft}/{page}/") <= FRAME + 14
