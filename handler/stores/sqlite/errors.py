"""SQLite's errors as sentences: which file, what is wrong with it, and the cure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from handler.errors import ServiceUnavailable, StoreLocked, UnusableStore
from handler.stores.row_values import MalformedRow
from handler.stores.sqlite.schema import WrongSchema

ANOTHER = "set VECTOR_STORE to another file"
DAMAGED = f"it is damaged ({{}}). Move it away and ingest the documents again, or {ANOTHER}."
NO_ACCESS = f"it cannot be opened. Give this user access to it and to its folder, or {ANOTHER}."
READ_ONLY = f"it cannot be written. Let this user write to it and to its folder, or {ANOTHER}."
# sqlite.org/rescode.html
REASONS: list[tuple[type[apsw.Error], str]] = [
    (apsw.NotADBError, f"it is not a SQLite database. Move it away, or {ANOTHER}."),
    (apsw.FullError, "the disk is full. Free some space, and try again."),
    (apsw.IOError, f"the disk reports an error ({{}}). Check the disk, or {ANOTHER}."),
    (apsw.ReadOnlyError, READ_ONLY),
    (apsw.CantOpenError, NO_ACCESS),
    (apsw.PermissionsError, NO_ACCESS),
    (apsw.CorruptError, DAMAGED),
    (apsw.FormatError, DAMAGED),
    (apsw.TooBigError, DAMAGED),
    (apsw.MismatchError, DAMAGED),
    (apsw.SQLError, DAMAGED),  # the statements are right, so a table or a value is not
]


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite, or the file's content, raises inside the block into an error of ours.

    Raises StoreLocked, UnusableStore, and ServiceUnavailable for what SQLite does not explain.
    """
    try:
        yield
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreLocked(_sentence(path, "another process is writing it. Try again.")) from error
    except apsw.Error as error:
        for kind, reason in REASONS:
            if isinstance(error, kind):
                raise unusable(path, reason.format(error)) from error
        raise ServiceUnavailable(_sentence(path, f"{error}.")) from error
    except WrongSchema as wrong:
        raise unusable(path, str(wrong)) from wrong
    except OSError as error:
        raise unusable(path, f"{error.strerror}. Check the path, or {ANOTHER}.") from error
    except (MalformedRow, UnicodeDecodeError) as error:
        raise unusable(path, DAMAGED.format(error)) from error


def unusable(path: Path, reason: str) -> UnusableStore:
    """The error of a file that cannot be used. reason: ends with the cure, and a full stop."""
    return UnusableStore(_sentence(path, reason), place=str(path))


def _sentence(path: Path, reason: str) -> str:
    return f"The vector store {path} cannot be used: {reason}"
