import pytest

from tests.notices.scenes import FakeSms


@pytest.fixture(autouse=True)
def sms(settings):
    settings.ADDRESS_BOOK = "tests.notices.scenes.address_book"
    settings.SMS_GATEWAY = ("tests.notices.scenes.FakeSms", {})
    FakeSms.sent.clear()
    FakeSms.answers.clear()
    return FakeSms
