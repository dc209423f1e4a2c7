"""The schema of a store's file, and the steps from the schemas before it.

`PRAGMA user_version` holds the number of the schema, and `PRAGMA application_id` says that the file
is ours. Version 0.1 set neither: its files have number 0. (sqlite.org/pragma.html)
"""

from __future__ import annotations

import apsw

from handler.settings import TextLanguage
from handler.stores.sqlite.tables import SOURCE, StoreTables
from handler.stores.sqlite.words import fill, noted_language

APPLICATION_ID = 0x6D4C6D31  # "mLm1"
VERSION = 3
WITHOUT_WORDS = 1  # no version that was released wrote this schema, or the next
WITHOUT_CATALOG = 2

TABLES = """
CREATE TABLE ledger (
    store TEXT, document TEXT, revision INTEGER, status TEXT, current TEXT, created REAL,
    removed REAL, row TEXT,
    PRIMARY KEY (store, document)
) WITHOUT ROWID;
CREATE INDEX shown ON ledger (store, document, current);
CREATE INDEX by_creation ON ledger (store, created, document) WHERE removed = 0;
CREATE INDEX by_removal ON ledger (store, removed) WHERE removed > 0;
CREATE INDEX by_document ON ledger (document);
CREATE TABLE catalog (
    kind TEXT, id TEXT, revision INTEGER, deleted INTEGER NOT NULL, item TEXT,
    in_progress INTEGER NOT NULL DEFAULT 0, completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,
    usage_bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, task TEXT UNIQUE, available REAL NOT NULL, owner TEXT,
    tries INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX due ON tasks (available);
CREATE TABLE text_language (language TEXT);
INSERT INTO catalog (kind, id, revision, deleted) VALUES ('vector_store', '', 0, 0);
"""
SPACE = "CREATE TABLE space (fingerprint TEXT);"

# A key of 0.1 is <document>#<chunk>. Its rows say nothing of generations; see `Row.from_json`.
VECTORS_FROM_0_1 = """
INSERT INTO vectors (document, generation, chunk, vector, metadata)
    SELECT substr(key, 1, instr(key, '#') - 1), '',
        CAST(substr(key, instr(key, '#') + 1) AS INTEGER), vector, metadata
    FROM vectors_0_1 WHERE instr(key, '#') > 0;
DROP TABLE vectors_0_1;
"""
LEDGER_FROM_0_1 = "CASE status WHEN 'completed' THEN '' END"
# Rows from before the counts are counted here; see `Row.from_json`.
LEDGER_FROM_OLD = """
INSERT INTO ledger
    SELECT '', document, revision, status, {current}, ifnull(json_extract(row, '$.created'), 0.0),
        0.0, row
    FROM ledger_old;
UPDATE catalog SET
    in_progress = (SELECT count(*) FROM ledger WHERE status = 'in_progress'),
    completed = (SELECT count(*) FROM ledger WHERE status = 'completed'),
    failed = (SELECT count(*) FROM ledger WHERE status = 'failed'),
    usage_bytes = (
        SELECT ifnull(sum(json_extract(row, '$.size')), 0) FROM ledger WHERE status = 'completed'
    )
WHERE kind = 'vector_store' AND id = '';
DROP TABLE ledger_old;
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
    """Whether a file that `is_current` knows, and that cannot be written, can be read."""
    return bool(connection.pragma("user_version") == VERSION)


def migrate(connection: apsw.Connection, language: TextLanguage) -> None:
    """Bring the file to the schema of this version, inside the caller's transaction.

    The words of all texts are indexed if they are not, or were indexed in another language. Raises
    WrongSchema as `is_current` does.
    """
    if is_current(connection, language):  # another process was faster
        return
    version = connection.pragma("user_version")
    if version < VERSION:
        _bring_tables_up(connection, version)
    fill(connection, language)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}")


def _bring_tables_up(connection: apsw.Connection, version: int) -> None:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    names = {name for name in names if not name.startswith("sqlite_")}
    if version == 0 and names and not names >= OF_0_1:
        raise WrongSchema(FOREIGN)
    tables = StoreTables.of(SOURCE)
    if not names:
        tables.make(connection)
        connection.execute(TABLES + SPACE)
        return
    if version == 0:
        connection.execute("ALTER TABLE vectors RENAME TO vectors_0_1")
        tables.make_vectors(connection)
        connection.execute(VECTORS_FROM_0_1)
    if version <= WITHOUT_WORDS:
        tables.make_words(connection)
    else:
        connection.execute("DROP TABLE text_language")
    connection.execute("DROP INDEX IF EXISTS shown; ALTER TABLE ledger RENAME TO ledger_old")
    connection.execute(TABLES)
    current = LEDGER_FROM_0_1 if version == 0 else "current"
    connection.execute(LEDGER_FROM_OLD.format(current=current))
