"""The documents of a folder: which of its files they are, and which are not there any more."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_ISREG

from handler.ingestion.sources.files import NO_FILE, path_of
from handler.ingestion.sources.left_out import is_left_out
from handler.settings import SqliteAddress, StoreAddress


def files(folder: Path, onerror: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """The files in a folder and its subfolders, in order, without hidden ones and lock files.

    Links to files are followed. Links to folders are not, since they may lead back. onerror is
    called for each folder that cannot be listed.
    """
    for place, folders, names in os.walk(folder, onerror=onerror):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and not is_left_out(name) and _is_file(path):
                yield path


def _is_file(path: Path) -> bool:
    """Whether it is a file, or may be: reading it will tell why it cannot be looked at."""
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno not in NO_FILE  # a link to nothing, or to itself


def files_of(address: StoreAddress | None) -> set[Path]:
    """The store's own files. They may lie beside the documents, but are none."""
    if not isinstance(address, SqliteAddress):
        return set()
    path = Path(address.path).resolve()
    return {path.with_name(path.name + end) for end in ("", "-wal", "-shm")}


def is_below(source: str, folder: Path) -> bool:
    """Whether a source (`file:///path`) is in a folder, or is what has this name itself."""
    uri = folder.as_uri().rstrip("/")
    return source == uri or source.startswith(f"{uri}/")


def is_gone(source: str) -> bool:
    """Whether there is nothing with the name of a source. False if that cannot be found out."""
    try:
        os.lstat(path_of(source))
    except OSError as error:
        return error.errno in NO_FILE
    except ValueError:  # a zero byte
        return True
    return False


def topmost_gone(source: str) -> Path:
    """The folder that is gone with the source, or the file if its folder is there."""
    path = path_of(source)
    for parent in reversed(path.parents):
        if is_gone(parent.as_uri()):
            return parent
    return path
