"""What a call may say, where it may be, and where in the spoken menu somebody stands."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What a telephone system tells of a call."""

    STARTED = "started"
    RINGING = "ringing"
    ANSWERED = "answered"  # the machine or a person lifts; body: by
    KEY = "key"  # one key or several before the caller pauses
    SAID = "said"  # a line of the transcript; the caller's is an answer to the menu
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"  # connected on to another number
    ENDED = "ended"


class CallState(StrEnum):
    """Where a call is."""

    MENU = "menu"  # with the machine
    WAITING = "waiting"  # for an operator
    TAKEN = "taken"  # an operator has it
    ENDED = "ended"


class EventState(StrEnum):
    """What became of an event."""

    WAITING = "waiting"  # one before it has not come yet
    APPLIED = "applied"
    LATE = "late"  # came after it had been given up: kept, changes nothing


class Speaker(StrEnum):
    """Who says a line."""

    CALLER = "caller"
    OPERATOR = "operator"
    MACHINE = "machine"


class Node(StrEnum):
    """Where in the menu a caller stands: what his next words answer."""

    MAIN = "main"
    QUESTION = "question"  # asks what he wants to know
    ANSWERED = "answered"  # was given an answer
    NUMBER = "number"  # asks for the number of a ticket
    CODE = "code"  # asks for the last digits of the telephone
    REQUEST = "request"  # asks what has happened
    PLACE = "place"  # asks where
    CONFIRM = "confirm"  # has read the request back
    WRONG = "wrong"  # asks what was read back wrong
    PERSON = "person"  # an operator is called
    RATE_NUMBER = "rate_number"  # asks for the number of what is to be rated
    RATE_CODE = "rate_code"  # asks for the code that proves that it is his to rate
    RATING = "rating"  # asks how content he is, from 1 to 5


class Ending(StrEnum):
    """What became of a call that its operator ended."""

    CUT = "cut"  # the telephone is told to hang up
    RATING = "rating"  # the machine goes on and asks how content the caller is
    GONE = "gone"  # the caller had hung up already


class Do(StrEnum):
    """What the telephone system does after what is said to the caller."""

    LISTEN = "listen"
    CONNECT = "connect"  # to an operator
    HANG_UP = "hang_up"
    RING = "ring"  # the city calls: dial the number of the order
    NOTHING = "nothing"
