"""What happens when a page fails: one line with the number of the request, one traceback."""

import logging
import sys

import pytest
from django.http import HttpResponse
from django.urls import path

from tongban.config.logs import AnswersAreNoWarnings, JsonFormatter, TextFormatter


class BrokenError(Exception):
    pass


def fails(request):
    raise BrokenError("the first line\nand a row of the database")


urlpatterns = [path("fails/", fails), path("works/", lambda request: HttpResponse("yes"))]


@pytest.fixture
def visitor(client, db, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    return client


def test_a_fault_is_logged_once_with_the_number_on_the_page(visitor, caplog):
    answer = visitor.get("/fails/")

    number = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert number in answer.content.decode()
    assert answer.headers["Content-Security-Policy"]
    (record,) = caplog.records
    assert record.getMessage() == "GET /fails/ failed: BrokenError: the first line"
    assert record.exc_info


def test_broken_addresses_are_logged_once_too(visitor, caplog, settings):
    settings.ROOT_URLCONF = "tests.config.no_such_addresses"

    answer = visitor.get("/works/")

    assert answer.status_code == 500
    assert len(caplog.records) == 1
    assert caplog.text.count("Traceback") == 1


def test_the_number_of_a_proxy_is_kept_if_it_is_one(visitor):
    def asked_as(number):
        return visitor.get("/works/", headers={"X-Request-ID": number}).headers["X-Request-ID"]

    assert asked_as("proxy-2026.42") == "proxy-2026.42"
    assert asked_as("<script>alert</script>") != "<script>alert</script>"
    assert asked_as("x") != asked_as("x")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_a_traceback_shows_where_it_failed_and_not_the_way_there(visitor, caplog, formatter):
    visitor.get("/fails/")

    text = formatter.format(caplog.records[0])

    assert "in fails" in text
    assert "core/handlers/exception.py" not in text
    assert "config/middleware.py" not in text
    assert text.count("File ") <= 6


def test_a_traceback_of_nothing_but_handing_on_keeps_its_last_frame():
    code = compile("raise ValueError('here')", "x/django/utils/deprecation.py", "exec")
    try:
        exec(code, {})  # noqa: S102 -- a frame with the name of a file that hands on
    except ValueError:
        error = sys.exc_info()
        error = (error[0], error[1], error[2].tb_next)
    error[1].with_traceback(error[2])
    record = logging.makeLogRecord({"msg": "m", "exc_info": error})

    assert "deprecation.py" in TextFormatter().format(record)


@pytest.mark.parametrize(("status", "level"), [(422, "INFO"), (409, "INFO"), (404, "WARNING")])
def test_an_answer_to_a_person_is_no_warning(status, level):
    record = logging.makeLogRecord(
        {"name": "django.request", "levelno": 30, "levelname": "WARNING", "status_code": status}
    )

    AnswersAreNoWarnings().filter(record)

    assert record.levelname == level
