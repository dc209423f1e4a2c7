"""A store's file with schema 1, which had the same tables as schema 2 but those of the words."""

from __future__ import annotations

from pathlib import Path

import apsw


def drop_words(path: Path) -> None:
    """Make a file of schema 1 of one of schema 2."""
    connection = apsw.Connection(str(path))
    connection.execute(
        "DROP TABLE terms; DROP TABLE words; DROP TABLE text_language; PRAGMA user_version = 1"
    )
    connection.close()
