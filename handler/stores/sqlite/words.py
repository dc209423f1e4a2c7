"""The words of a store's file: an FTS5 index of the terms of each record's text and heading.

The index holds terms only, by the ids of the table `vectors`. Scores are FTS5's BM25: k1 is 1.2 and
b 0.75, and a term in more than half of the records has next to no weight. (sqlite.org/fts5.html)
Does not know what a term is; see `words`.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, cast

import apsw
import numpy as np
import orjson
from numpy.typing import NDArray

from handler.settings import TextLanguage
from handler.stores.attributes import Attribute
from handler.stores.contract import NoTextIndex
from handler.stores.filters import Filter
from handler.stores.row_values import MalformedRow, read_object
from handler.stores.sqlite.filters import condition
from handler.stores.words import query_terms, stemmed, terms

# `terms` never has ASCII capitals or punctuation, so the tokenizer changes nothing.
WORDS = """
CREATE VIRTUAL TABLE words USING fts5 (
    text, heading, content = '', contentless_delete = 1, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE terms USING fts5vocab (words, row);
CREATE TABLE text_language (language TEXT);
"""

# FTS5 sorts by `rank`, its BM25 below 0, and joins only the rows that are asked for. The cross join
# keeps this order of work.
BEST = """
SELECT document, generation, chunk, 1 - vec_distance_cosine(vector, ?), metadata, -score,
    ledger.current IS vectors.generation
FROM (
    SELECT id, rank AS score FROM words CROSS JOIN vectors ON id = words.rowid
    WHERE words MATCH ? AND {holds} ORDER BY {order} LIMIT ?
) JOIN vectors USING (id) LEFT JOIN ledger USING (document)
ORDER BY score, document, chunk
"""
# With this order SQLite sorts, which takes several times as long.
OF_EQUALS = "rank, document, chunk"
COUNTS = "SELECT doc, term FROM terms WHERE term IN (SELECT value FROM json_each(?))"

# A term counts as common, and is left out, if more than half of the records have it. This does not
# hold for fewer records, where that says nothing.
MANY_RECORDS = 20
# Records that the terms of a query are found in, at most, added up. The rarest come first, so that
# what is left out says least. Scoring so many takes some 70 ms.
MAX_SCORED = 100_000

BATCH = 1_000  # records
PROGRESS_SECONDS = 3.0
BUILD_MEMORY = 67_108_864  # bytes; FTS5's own 1 MB makes many small parts, which it then joins

CURE = (
    "the file was written by an earlier version, without an index of the words, and cannot be "
    "written now. Let a user who may write it and its folder open it once."
)


def noted_language(connection: apsw.Connection) -> TextLanguage:
    """The language of the words in a file of this schema. Raises MalformedRow if it is damaged."""
    rows = _rows(connection, "SELECT language FROM text_language")
    if len(rows) != 1:
        raise MalformedRow(f"the language of its words is noted {len(rows)} times")
    return cast(TextLanguage, rows[0][0])


def fill(connection: apsw.Connection, language: TextLanguage) -> None:
    """Index the words of all records anew, inside the caller's transaction.

    What takes long says on standard error how far it is.
    """
    connection.execute("DELETE FROM text_language")
    connection.execute("INSERT INTO text_language VALUES (?)", (language,))
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    connection.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", (BUILD_MEMORY,))
    index = TextIndex(connection)
    total = _value(connection, "SELECT count(*) FROM vectors")
    done, last = 0, -1
    shown = time.monotonic()
    while rows := _rows(
        connection,
        "SELECT id, metadata FROM vectors WHERE id > ? ORDER BY id LIMIT ?",
        last,
        BATCH,
    ):
        index.put((key, _metadata(text)) for key, text in rows)
        done, last = done + len(rows), rows[-1][0]
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            sys.stderr.write(f"Indexing the words of the store: {done:,} of {total:,} chunks.\n")
            sys.stderr.flush()
    connection.execute("INSERT INTO words (words, rank) VALUES ('hashsize', 1048576)")


def _metadata(text: str) -> Mapping[str, Attribute]:
    """Of a damaged record, none: the searches that find it by its vector say so."""
    try:
        return read_object(text)
    except MalformedRow:
        return {}


class TextIndex:
    """The words, within a transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    @property
    def language(self) -> TextLanguage:
        """Of the words."""
        return noted_language(self._connection)

    def put(self, records: Iterable[tuple[int, Mapping[str, Attribute]]]) -> None:
        """Index records, each an id with its metadata. They replace those of the same ids."""
        language = self.language
        self._connection.executemany(
            "INSERT OR REPLACE INTO words (rowid, text, heading) VALUES (?, ?, ?)",
            (
                (
                    key,
                    _terms(metadata.get("text"), language),
                    _terms(metadata.get("heading"), language),
                )
                for key, metadata in records
            ),
        )

    def delete(self, ids: Iterable[int]) -> None:
        self._connection.executemany("DELETE FROM words WHERE rowid = ?", [(key,) for key in ids])

    def search(
        self, query: str, vector: NDArray[np.float32], *, limit: int, where: Filter | None
    ) -> list[tuple[str, str, int, float, str, float]]:
        """The best records: document, generation, chunk, cosine, metadata and BM25.

        Raises NoTextIndex.
        """
        if not _rows(self._connection, "SELECT 1 FROM sqlite_schema WHERE name = 'text_language'"):
            raise NoTextIndex(CURE)
        chosen = self._choose(query)
        if not chosen:
            return []
        of_query = (vector.astype("<f4").tobytes(), " OR ".join(f'"{term}"' for term in chosen))
        holds, values = condition(where)
        best, order = 2 * limit, "rank"  # hardly any of them is not current
        while True:
            sql = BEST.format(holds=holds, order=order)
            rows = _rows(self._connection, sql, *of_query, *values, best)
            current = [row[:-1] for row in rows if row[-1]]
            if len(rows) < best:
                return current[:limit]
            if len(current) < limit:
                best *= 8
            elif order == OF_EQUALS or current[limit - 1][5] > rows[-1][5]:
                return current[:limit]
            else:  # of the records equal to the last, others may come first
                order = OF_EQUALS

    def _choose(self, query: str) -> list[str]:
        """The terms of the query that are looked up: the rare ones, the rarest first."""
        asked = stemmed(query_terms(query, self.language), self.language)
        asked = list(dict.fromkeys(asked))
        counts = sorted(_rows(self._connection, COUNTS, orjson.dumps(asked).decode()))
        records = _value(self._connection, "SELECT count(*) FROM words_docsize")
        most = records / 2 if records >= MANY_RECORDS else records
        uncommon = [(count, term) for count, term in counts if count <= most]
        if len(counts) - len(uncommon) < len(asked):
            counts = uncommon
        scored = itertools.accumulate(count for count, _ in counts)
        return [
            term
            for place, ((_, term), total) in enumerate(zip(counts, scored, strict=True))
            if place == 0 or total <= MAX_SCORED
        ]


def _rows(connection: apsw.Connection, query: str, *values: Any) -> list[Any]:
    return list(connection.execute(query, values))


def _value(connection: apsw.Connection, query: str) -> Any:
    ((value,),) = _rows(connection, query)
    return value


def _terms(text: Any, language: TextLanguage) -> str:
    return " ".join(terms(text, language)) if isinstance(text, str) else ""
