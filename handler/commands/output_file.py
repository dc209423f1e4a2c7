"""A file that a command writes. It appears when it is complete, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE, S_ISCHR, S_ISDIR, S_ISFIFO, S_ISREG
from typing import IO

STDOUT = ("-", "/dev/stdout", "/dev/fd/1")


@dataclass(frozen=True)
class OutputFile:
    """Where an option's name leads."""

    name: str  # as it was given, for messages
    path: Path  # of the file itself, if links lead to it
    mode: int | None  # of the file that is replaced
    is_stream: bool  # a pipe or a device, which is written as it is


def find_output(name: str) -> OutputFile:
    """Where the name leads. Raises ValueError and OSError, whose filename is the name."""
    if not name:
        raise ValueError("The name of the output is empty; name a file, or - for standard output.")
    with naming(name):
        try:
            mode = Path(name).stat().st_mode
        except FileNotFoundError:
            mode = None
        path = Path(name).resolve()
        path.parent.stat()
    if name.rpartition("/")[2] in ("", ".", "..") or (mode and S_ISDIR(mode)):
        raise ValueError(f"{name} is a folder; name a file in it.")
    if mode is None:
        return OutputFile(name, path, None, is_stream=False)
    if S_ISREG(mode):
        return OutputFile(name, path, S_IMODE(mode), is_stream=False)
    if S_ISFIFO(mode) or S_ISCHR(mode):
        # Not the path: that of a pipe of the shell's (`>(gzip)`) leads nowhere.
        return OutputFile(name, Path(name), None, is_stream=True)
    raise ValueError(f"{name} is neither a file nor a pipe; name another output.")


@contextmanager
def writing(output: OutputFile) -> Iterator[IO[bytes]]:
    """A file that takes its name when the block has ended without an error.

    Raises OSError whose filename is the name, unless what the block raises has another one.
    """
    if output.is_stream:
        with naming(output.name, unless_named=True), output.path.open("wb") as file:
            yield file
        return
    part = output.path.with_name(f".{output.path.name}.{os.getpid()}")
    with naming(output.name, part, unless_named=True):
        try:
            with part.open("wb") as file:
                if output.mode is not None:
                    part.chmod(output.mode)
                yield file
            part.replace(output.path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def naming(name: str, *hidden: Path, unless_named: bool = False) -> Iterator[None]:
    """Give the OSErrors of the block this filename.

    unless_named: only those without a filename, or with a hidden one.
    """
    try:
        yield
    except OSError as error:
        named = error.filename
        if not unless_named or named is None or Path(str(named)) in hidden:
            error.filename, error.filename2 = name, None
        raise
