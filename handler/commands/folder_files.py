"""The files of a folder that are documents, and the sources whose files are gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_ISREG

from handler.ingestion.sources.files import NO_FILE, path_of
from handler.ingestion.sources.left_out import is_left_out
from handler.settings import SqliteAddress, StoreAddress
from handler.stores.sqlite.beside import OF_SQLITE, belongs_to_store, is_beside_store


def files(folder: Path, onerror: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """The files in a folder and its subfolders, in order, without hidden ones and lock files.

    What belongs to a vector store and lies beside its file is left out, too. Links to files are
    followed. Links to folders are not, since they may lead back. onerror is called for each folder
    that cannot be listed.
    """
    if belongs_to_store(folder):
        return
    for place, folders, names in os.walk(folder, onerror=onerror):
        folders[:] = sorted(name for name in folders if _may_be_read(Path(place, name)))
        for name in sorted(names):
            path = Path(place, name)
            if _may_be_read(path) and not is_left_out(name) and _is_file(path):
                yield path


def _may_be_read(path: Path) -> bool:
    return not path.name.startswith(".") and not is_beside_store(path)


def _is_file(path: Path) -> bool:
    """Whether it is a file, or may be one: reading it then says why it is not accessible."""
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno not in NO_FILE  # a link to nothing, or to itself


def files_of(address: StoreAddress | None) -> set[Path]:
    """The store's own files. They may lie beside the documents, but are not documents."""
    if not isinstance(address, SqliteAddress):
        return set()
    given = Path(address.path)
    path = given.resolve()
    link = given.parent.resolve() / given.name  # the same path, unless the store is a link
    return {link, *(path.with_name(path.name + end) for end in ("", *OF_SQLITE))}


def is_below(source: str, folder: Path) -> bool:
    """Whether a source (`file:///path`) is in a folder, or has the folder's own path."""
    uri = folder.as_uri().rstrip("/")
    return source == uri or source.startswith(f"{uri}/")


def is_gone(source: str) -> bool:
    """Whether nothing exists at a source's path. False if that cannot be determined."""
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
