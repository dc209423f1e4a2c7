"""A store's file with one of the schemas between version 0.1 and this one.

Neither was released, and whoever ran what was not has files of them. Schema 2 had one store, and no
catalog. Schema 1 had no words, either.
"""

from __future__ import annotations

from pathlib import Path

import apsw

WITHOUT_CATALOG = """
ALTER TABLE ledger RENAME TO newer;
DROP INDEX shown;
CREATE TABLE ledger (
    document TEXT PRIMARY KEY, revision INTEGER, status TEXT, current TEXT, row TEXT
) WITHOUT ROWID;
CREATE INDEX shown ON ledger (document, current);
INSERT INTO ledger SELECT document, revision, status, current,
    json_remove(row, '$.requested', '$.counted', '$.counted_bytes', '$.removed', '$.batches')
    FROM newer;
DROP TABLE newer;
DROP TABLE catalog;
DROP TABLE tasks;
PRAGMA user_version = 2;
"""
WITHOUT_WORDS = """
DROP TABLE terms;
DROP TABLE words;
DROP TABLE text_language;
PRAGMA user_version = 1;
"""


def bring_down(path: Path, *, schema: int) -> None:
    """Make a file of schema 2 or 1 of one of this version, with its one store."""
    connection = apsw.Connection(str(path))
    connection.execute(WITHOUT_CATALOG)
    if schema == 1:
        connection.execute(WITHOUT_WORDS)
    connection.close()
