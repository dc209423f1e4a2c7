"""The tables of each store in a SQLite file: its vectors, and their words.

Each store has its own, so no search looks at another store's vectors, no store's words count in
another's scores, and a store is deleted by dropping them. The store of the folder has those that
files had before there were others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import apsw

from handler.stores.catalog import VectorStoreItem

SOURCE = ""  # the folder's store, in the column `store` of the ledger: files can be renamed
STORE_ID = re.compile(VectorStoreItem.prefix + "[0-9a-z]{1,64}")

VECTORS = """
CREATE TABLE {vectors} (
    id INTEGER PRIMARY KEY, document TEXT, generation TEXT, chunk INTEGER,
    vector BLOB, metadata TEXT,
    UNIQUE (document, generation, chunk)
);
"""
# `words.terms` never has ASCII capitals or punctuation, so the tokenizer changes nothing.
WORDS = """
CREATE VIRTUAL TABLE {words} USING fts5 (
    text, heading, content = '', contentless_delete = 1, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE {terms} USING fts5vocab ({words}, row);
"""


@dataclass(frozen=True)
class StoreTables:
    """The names of a store's tables."""

    vectors: str
    words: str
    terms: str

    @classmethod
    def of(cls, store: str) -> StoreTables:
        """Of a store, as the ledger's column `store` has it. Raises ValueError if it is no id."""
        if store == SOURCE:
            return cls("vectors", "words", "terms")
        if not STORE_ID.fullmatch(store):
            raise ValueError(f"{store[:100]!r} is not the id of a vector store.")
        return cls(f"vectors_{store}", f"words_{store}", f"terms_{store}")

    def exist(self, connection: apsw.Connection) -> bool:
        """Whether they have been made."""
        found = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (self.vectors,))
        return found.fetchone() is not None

    def make(self, connection: apsw.Connection) -> None:
        """Make them, inside the caller's transaction."""
        self.make_vectors(connection)
        self.make_words(connection)

    def make_vectors(self, connection: apsw.Connection) -> None:
        """Make the one of the vectors."""
        connection.execute(VECTORS.format(vectors=self.vectors))

    def make_words(self, connection: apsw.Connection) -> None:
        """Make those of the words."""
        connection.execute(WORDS.format(words=self.words, terms=self.terms))

    def drop(self, connection: apsw.Connection) -> None:
        """Delete them, and all that is in them, inside the caller's transaction."""
        for name in (self.terms, self.words, self.vectors):
            connection.execute(f"DROP TABLE IF EXISTS {name}")


def all_tables(connection: apsw.Connection) -> list[StoreTables]:
    """Those of all stores in the file."""
    names = connection.execute(
        "SELECT substr(name, 9) FROM sqlite_schema "
        "WHERE name GLOB 'vectors_vs_*' AND type = 'table'"
    )
    return [StoreTables.of(SOURCE), *(StoreTables.of(name) for (name,) in names)]
