"""The arguments of a command, read by argparse."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from pathlib import Path
from typing import Literal, NoReturn

from handler.commands.terminal import shown

INSTALLED = "minilm"
WIDTH = 88  # characters of a line of help


def program() -> str:
    """How the shell calls all commands: by the installed program, or by the module.

    What follows the image in `docker run` follows the installed program elsewhere.
    """
    is_installed = Path(sys.argv[0]).name == INSTALLED or is_called_by("container")
    return INSTALLED if is_installed else "python -m handler.commands"


def is_called_by(caller: Literal["make", "container"]) -> bool:
    """Whether a target of the Makefile, or the container's entrypoint, runs the command."""
    return os.environ.get("MINILM_CALLED_BY") == caller


class ArgumentParser(argparse.ArgumentParser):
    """argparse's, with examples, and with messages that reach the terminal escaped."""

    def __init__(
        self, command: str | None, description: str, *, examples: str, more: str = ""
    ) -> None:
        """command: its name; None: the program itself. more: what follows the examples."""
        lines = textwrap.indent(examples.strip().replace(INSTALLED, program()), "  ")
        super().__init__(
            prog=f"{program()} {command}" if command else program(),
            description="\n".join(textwrap.fill(line, WIDTH) for line in description.split("\n")),
            epilog=f"examples:\n{lines}\n\n{more}".rstrip(),
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """End the process with status 2, as argparse does."""
        if message.startswith("unrecognized arguments"):
            message += " (if it is no option, put -- before it)"
        super().error(shown(message))
