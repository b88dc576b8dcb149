"""Jobs that run again: by the one rule of pauses, for their own reasons only."""

from procrastinate.jobs import Job

from tongban.kernel.retries import Retries
from tongban.records.tasks import Later

RULE = Retries(most=3)


class BusyError(Exception):
    """The other side has no time."""


def decided(error, attempts):
    job = Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name="tell", attempts=attempts
    )
    return Later(RULE, BusyError).get_retry_decision(exception=error, job=job)


def test_a_job_waits_longer_each_time_and_is_given_up_at_last():
    first, second = decided(BusyError(), 0), decided(BusyError(), 1)

    # Pauses of 15 and of 30 seconds, both reckoned from now.
    assert abs((second.retry_at - first.retry_at).total_seconds() - 15) < 2
    assert decided(BusyError(), 2) is None


def test_another_fault_is_not_tried_again():
    assert decided(ValueError(), 0) is None
