"""How a command fails."""

from __future__ import annotations

import sys


def fail(message: str) -> int:
    """Write the message to standard error. Returns the exit status of a failed command."""
    print(message, file=sys.stderr)
    return 1
