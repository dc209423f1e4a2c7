"""Drop root's privileges, and become a program. The container's entrypoint does so.

The image names no user: `sam local` changes the image as its user, who must be root.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from handler.commands.failure import fail

USER = 1000


def main(program: list[str]) -> NoReturn:
    """Replace this process by the program with its arguments, or end it if it stays root."""
    if os.getuid() == 0:
        try:
            os.setgroups([])
            os.setgid(USER)
            os.setuid(USER)
        except PermissionError:
            message = (
                "This container starts as root, and may not become another user. Name one: "
                f"docker run --user {USER}, or give it the capabilities SETGID and SETUID."
            )
            sys.exit(fail(message))
    os.execvp(program[0], program)  # noqa: S606  # it takes no shell


if __name__ == "__main__":
    main(sys.argv[1:])
