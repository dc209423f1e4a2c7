"""Give up root, and become a program. The container's entrypoint begins with it.

The image names no user: `sam local` changes the image as its user, who must be root.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn

USER = 1000


def main(program: list[str]) -> NoReturn:
    """Replace this process by the program with its arguments."""
    if os.getuid() == 0:
        with suppress(PermissionError):  # root without this right has no other to give up
            os.setgroups([])
            os.setgid(USER)
            os.setuid(USER)
    os.execvp(program[0], program)  # noqa: S606  # it takes no shell


if __name__ == "__main__":
    main(sys.argv[1:])
