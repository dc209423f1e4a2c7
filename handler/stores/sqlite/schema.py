"""The schema of a store's file, and the steps from the schemas before it.

`PRAGMA user_version` holds the number of the schema, and `PRAGMA application_id` says that the file
is ours. Version 0.1 set neither: its files have number 0. (sqlite.org/pragma.html)
"""

from __future__ import annotations

import apsw

from handler.settings import TextLanguage
from handler.stores.sqlite.words import WORDS, fill, noted_language

APPLICATION_ID = 0x6D4C6D31  # "mLm1"
VERSION = 2
WITHOUT_WORDS = 1  # the schema before it: the same tables but those of the words

TABLES = """
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY, document TEXT, generation TEXT, chunk INTEGER,
    vector BLOB, metadata TEXT,
    UNIQUE (document, generation, chunk)
);
CREATE TABLE ledger (
    document TEXT PRIMARY KEY, revision INTEGER, status TEXT, current TEXT, row TEXT
) WITHOUT ROWID;
CREATE INDEX shown ON ledger (document, current);
"""
SPACE = "CREATE TABLE space (fingerprint TEXT);"

# A key of 0.1 is <document>#<chunk>. Its rows say nothing of generations; see `Row.from_json`.
FROM_0_1 = f"""
ALTER TABLE vectors RENAME TO vectors_0_1;
ALTER TABLE ledger RENAME TO ledger_0_1;
{TABLES}
INSERT INTO vectors (document, generation, chunk, vector, metadata)
    SELECT substr(key, 1, instr(key, '#') - 1), '',
        CAST(substr(key, instr(key, '#') + 1) AS INTEGER), vector, metadata
    FROM vectors_0_1 WHERE instr(key, '#') > 0;
INSERT INTO ledger
    SELECT document, revision, status, CASE status WHEN 'completed' THEN '' END, row
    FROM ledger_0_1;
DROP TABLE vectors_0_1;
DROP TABLE ledger_0_1;
"""
OF_0_1 = {"vectors", "ledger", "space"}


class WrongSchema(Exception):
    """The file has a schema that this version cannot use. The message says which, and the cure."""


FOREIGN = "it is a database of another program. Set VECTOR_STORE to another file."


def is_current(connection: apsw.Connection, language: TextLanguage) -> bool:
    """Whether the file has the schema of this version, and its words are of `language`.

    Raises WrongSchema if it has that of a newer one, or of another program.
    """
    application = connection.pragma("application_id")
    version = connection.pragma("user_version")
    if application not in (0, APPLICATION_ID) or (application == 0 and version != 0):
        raise WrongSchema(FOREIGN)
    if version > VERSION:
        raise WrongSchema(
            f"it was written by a newer version of this program (its schema is {version}, the "
            f"newest known here {VERSION}). Update the program, or set VECTOR_STORE to another "
            "file."
        )
    return bool(version == VERSION) and noted_language(connection) == language


def is_readable(connection: apsw.Connection) -> bool:
    """Whether a file that `is_current` knows, and that cannot be written, can be searched."""
    return bool(connection.pragma("user_version") >= WITHOUT_WORDS)


def migrate(connection: apsw.Connection, language: TextLanguage) -> None:
    """Bring the file to the schema of this version, inside the caller's transaction.

    The words of all texts are indexed if they are not, or were indexed in another language. Raises
    WrongSchema as `is_current` does.
    """
    if is_current(connection, language):  # another process was faster
        return
    version = connection.pragma("user_version")
    if version == 0:
        _make_tables(connection)
    if version < VERSION:
        connection.execute(WORDS)
    fill(connection, language)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}")


def _make_tables(connection: apsw.Connection) -> None:
    """Make the tables of schema 1, with what those of version 0.1 have."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    tables = {name for name in tables if not name.startswith("sqlite_")}
    if tables and not tables >= OF_0_1:
        raise WrongSchema(FOREIGN)
    connection.execute(FROM_0_1 if tables else TABLES + SPACE)
