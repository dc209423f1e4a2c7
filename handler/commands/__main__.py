"""`minilm COMMAND …` (`python -m handler.commands COMMAND …`): the way in, which loads nothing.

A Ctrl-C while modules load ends the process, as it does any; an exception would show where it was.
"""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Run the command that the arguments name. Returns its exit status."""
    # A parent may have chosen to ignore it, as a shell without job control does for `&`.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from handler.commands.program import run

    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run()


if __name__ == "__main__":
    sys.exit(main())
