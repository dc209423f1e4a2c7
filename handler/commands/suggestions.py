"""Commands as a person would type them: `minilm …` or `make …`, as this one was called."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from handler.commands.arguments import is_called_by, program
from handler.commands.store import default_store


def ingest_command(folder: Path | str, *, remove: bool = False, store: str | None = None) -> str:
    """What ingests the folder. remove: also if all of its files are gone. store: `--store`.

    It names the store unless it is the default: in another shell, VECTOR_STORE may not be set, and
    the command would delete from another store.
    """
    name = shlex.quote(str(folder))
    named = store or os.environ.get("VECTOR_STORE")
    address = shlex.quote(named) if named and named != default_store() else None
    if is_called_by("make"):
        options = [f"VECTOR_STORE={address}"] if address else []
        return " ".join(["make", "ingest", f"DIR={name}", *options, *["REMOVE=1"] * remove])
    options = ["--store", address] if address else []
    return " ".join([program(), "ingest", *["--remove"] * remove, *options, name])


def text_command(path: str) -> str:
    """What shows the text of a file."""
    return f"make text FILE={path}" if is_called_by("make") else f"{program()} text {path}"


def key_command() -> str:
    """What makes a key."""
    return "make key" if is_called_by("make") else f"{program()} key"


def port_setting() -> str:
    """What chooses another port."""
    return "PORT=…" if is_called_by("make") else "--port …"


def host_setting() -> str:
    """What chooses another address to listen on."""
    return "HOST=…" if is_called_by("make") else "--host …"
