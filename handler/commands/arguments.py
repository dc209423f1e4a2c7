"""The arguments of a command, read by argparse."""

from __future__ import annotations

import argparse
from typing import NoReturn

from handler.commands.terminal import shown


class ArgumentParser(argparse.ArgumentParser):
    """argparse's, whose messages reach the terminal escaped."""

    def __init__(self, command: str, description: str | None) -> None:
        """command: the module's name in this package."""
        super().__init__(
            prog=f"python -m handler.commands.{command}",
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """End the process with status 2, as argparse does."""
        super().error(shown(message))
