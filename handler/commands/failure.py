"""How a command fails."""

from __future__ import annotations

import sys

from handler.commands.terminal import shown


def fail(message: str) -> int:
    """Write the message to standard error, on one line. Returns a failed command's exit status."""
    print(shown(message), file=sys.stderr)
    return 1
