"""How a command fails."""

from __future__ import annotations

import sys

from handler.commands.terminal import shown

FAILED, WRONG_USAGE = 1, 2


def fail(message: str, *, status: int = FAILED) -> int:
    """Write the message to standard error, on one line. Returns the exit status."""
    print(shown(message), file=sys.stderr)
    return status


def reason_of(error: Exception) -> str:
    """What a person is told of the error: of the system's, the file and the reason."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."


def say(message: str) -> None:
    """Write a note or a warning to standard error, on one line."""
    print(shown(message), file=sys.stderr, flush=True)
