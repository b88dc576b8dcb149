"""How a line of the log looks: for eyes (text) or for programs (json)."""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

# What every record has; anything else was given by the caller and belongs on the line.
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Frames that only hand a request on: they say nothing of where it failed.
_HANDING_ON = (
    "django/core/handlers/exception.py",
    "django/utils/deprecation.py",
    "whitenoise/middleware.py",
    "tongban/config/middleware.py",
)

_ANSWERS = frozenset({409, 422})

REQUEST_NUMBER: ContextVar[str] = ContextVar("REQUEST_NUMBER", default="")
"""The number of the request that is being answered; the same on the page of a fault."""


def _extras(record: logging.LogRecord) -> dict[str, object]:
    given = {
        name: value
        for name, value in vars(record).items()
        if name not in _KNOWN and name not in ("request", "server_time")
    }
    number = REQUEST_NUMBER.get()
    return given | {"request": number} if number else given


class AnswersAreNoWarnings(logging.Filter):
    """A refusal (409, 422) is an answer to a person: one line of INFO, not a warning."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lower the level of an answer; whether the line is still wanted."""
        if getattr(record, "status_code", 0) in _ANSWERS:
            record.levelno, record.levelname = logging.INFO, "INFO"
            return logging.getLogger(record.name).isEnabledFor(logging.INFO)
        return True


class _Brief(logging.Formatter):
    """Tracebacks without the frames that only hand a request on."""

    def formatException(  # noqa: N802 -- the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        if ei[1] is None:
            return ""
        told = traceback.TracebackException.from_exception(ei[1], compact=True)
        _shorten(told)
        return "".join(told.format()).rstrip("\n")


def _shorten(told: traceback.TracebackException) -> None:
    telling = [frame for frame in told.stack if not frame.filename.endswith(_HANDING_ON)]
    told.stack = traceback.StackSummary.from_list(telling or list(told.stack)[-1:])
    for other in (told.__cause__, told.__context__):
        if other is not None:
            _shorten(other)


class TextFormatter(_Brief):
    """`2026-10-01T08:00:00Z INFO tongban.worker: text key=value`."""

    def format(self, record: logging.LogRecord) -> str:
        extras = "".join(f" {name}={value}" for name, value in _extras(record).items())
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = f"{at} {record.levelname} {record.name}: {record.getMessage()}{extras}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class JsonFormatter(_Brief):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
