"""What parsers of other people's files may raise."""

import zlib

MADE_UP: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)
"""For bytes that somebody made up; none of it is a fault of this program.

A parser's own exceptions stand beside it where it is called.
"""
