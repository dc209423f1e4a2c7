"""Commands as a person would type them: `minilm …` or `make …`, as this one was called."""

from __future__ import annotations

import shlex
from pathlib import Path

from handler.commands.arguments import is_called_by_make, program


def ingest_command(folder: Path | str, *, remove: bool = False, store: str | None = None) -> str:
    """What ingests the folder. remove: also if all of its files are gone. store: `--store`."""
    name = shlex.quote(str(folder))
    if is_called_by_make():
        return f"make ingest DIR={name}{' REMOVE=1' if remove else ''}"
    options = ["--remove"] if remove else []
    options += ["--store", shlex.quote(store)] if store else []
    return " ".join([program(), "ingest", *options, name])


def text_command(path: str) -> str:
    """What shows the text of a file."""
    return f"make text FILE={path}" if is_called_by_make() else f"{program()} text {path}"


def key_command() -> str:
    """What makes a key."""
    return "make key" if is_called_by_make() else f"{program()} key"


def port_setting() -> str:
    """What chooses another port."""
    return "PORT=…" if is_called_by_make() else "--port …"


def host_setting() -> str:
    """What chooses another address to listen on."""
    return "HOST=…" if is_called_by_make() else "--host …"
