"""The closed word lists of the journal."""

from enum import StrEnum


class ClockMode(StrEnum):
    """How the city's clock runs: with the machine's clock at a distance, or not at all."""

    RUNNING = "running"
    FROZEN = "frozen"


class Stream(StrEnum):
    """The streams that the journal itself writes; the rooms above name their own."""

    CLOCK = "clock"
    SUBJECT = "subject"
