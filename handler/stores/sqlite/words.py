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
from handler.stores.filters import Filter
from handler.stores.row_values import MalformedRow, read_object
from handler.stores.sqlite.filters import condition
from handler.stores.sqlite.tables import StoreTables, all_tables
from handler.stores.words import query_terms, stemmed, terms

# FTS5 sorts by `rank`, its BM25 below 0, and joins only the rows that are asked for. The cross join
# keeps this order of work.
BEST = """
SELECT vectors.document, generation, chunk, 1 - vec_distance_cosine(vector, ?), metadata, -score,
    ledger.current IS vectors.generation
FROM (
    SELECT id, rank AS score FROM {words} CROSS JOIN {vectors} ON id = {words}.rowid
    WHERE {words} MATCH ? AND {holds} ORDER BY {order} LIMIT ?
) JOIN {vectors} AS vectors USING (id)
LEFT JOIN ledger ON ledger.store = ? AND ledger.document = vectors.document
ORDER BY score, vectors.document, chunk
"""
# With this order SQLite sorts, which takes several times as long.
OF_EQUALS = "rank, document, chunk"
COUNTS = "SELECT doc, term FROM {terms} WHERE term IN (SELECT value FROM json_each(?))"

# A term counts as common, and is left out, if more than half of the records have it. This does not
# hold for fewer records, where that says nothing.
MANY_RECORDS = 20
# Records that the terms of a query are found in, at most, added up. The rarest come first, so that
# what is left out says least. Scoring so many takes some 70 ms.
MAX_SCORED = 100_000

BATCH = 1_000  # records
PROGRESS_SECONDS = 3.0
# Bytes; FTS5's own 1 MB makes many small parts, which it then joins.
BUILD_MEMORY, MEMORY = 67_108_864, 1_048_576


def noted_language(connection: apsw.Connection) -> TextLanguage:
    """The language of the words in a file of this schema. Raises MalformedRow if it is damaged."""
    rows = _rows(connection, "SELECT language FROM text_language")
    if len(rows) != 1:
        raise MalformedRow(f"the language of its words is noted {len(rows)} times")
    return cast(TextLanguage, rows[0][0])


def fill(connection: apsw.Connection, language: TextLanguage) -> None:
    """Index the words of all records of all stores anew, inside the caller's transaction.

    What takes long says on standard error how far it is.
    """
    connection.execute("DELETE FROM text_language")
    connection.execute("INSERT INTO text_language VALUES (?)", (language,))
    stores = all_tables(connection)
    total = sum(_value(connection, f"SELECT count(*) FROM {one.vectors}") for one in stores)
    progress = _Progress(total)
    for tables in stores:
        _fill(connection, tables, progress)


def _fill(connection: apsw.Connection, tables: StoreTables, progress: _Progress) -> None:
    words = tables.words
    connection.execute(f"INSERT INTO {words} ({words}) VALUES ('delete-all')")
    remember = f"INSERT INTO {words} ({words}, rank) VALUES ('hashsize', ?)"
    connection.execute(remember, (BUILD_MEMORY,))
    index, last = TextIndex(connection, tables), -1
    while rows := _rows(
        connection,
        f"SELECT id, metadata FROM {tables.vectors} WHERE id > ? ORDER BY id LIMIT ?",
        last,
        BATCH,
    ):
        index.put((key, _metadata(text)) for key, text in rows)
        last = rows[-1][0]
        progress.add(len(rows))
    connection.execute(remember, (MEMORY,))


class _Progress:
    """Says every few seconds how many records are indexed."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._shown = time.monotonic()

    def add(self, records: int) -> None:
        self._done += records
        if time.monotonic() - self._shown > PROGRESS_SECONDS:
            self._shown = time.monotonic()
            sys.stderr.write(
                f"Indexing the words of the store: {self._done:,} of {self._total:,} chunks.\n"
            )
            sys.stderr.flush()


def _metadata(text: str) -> Mapping[str, Attribute]:
    """Of a damaged record, none: the searches that find it by its vector say so."""
    try:
        return read_object(text)
    except MalformedRow:
        return {}


class TextIndex:
    """The words, within a transaction."""

    def __init__(self, connection: apsw.Connection, tables: StoreTables) -> None:
        self._connection, self._tables = connection, tables

    @property
    def language(self) -> TextLanguage:
        """Of the words."""
        return noted_language(self._connection)

    def count_records(self) -> int:
        """How many records the store has: each is indexed, even without a text.

        The table of their lengths is the smallest that has a row for each. To count a million takes
        some 5 ms there, and 75 ms in the table of the vectors.
        """
        query = f"SELECT count(*) FROM {self._tables.words}_docsize"
        return int(_value(self._connection, query))

    def put(self, records: Iterable[tuple[int, Mapping[str, Attribute]]]) -> None:
        """Index records, each an id with its metadata. They replace those of the same ids."""
        language = self.language
        self._connection.executemany(
            f"INSERT OR REPLACE INTO {self._tables.words} (rowid, text, heading) VALUES (?, ?, ?)",
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
        self._connection.executemany(
            f"DELETE FROM {self._tables.words} WHERE rowid = ?", [(key,) for key in ids]
        )

    def search(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        store: str,
        limit: int,
        where: Filter | None,
    ) -> list[tuple[str, str, int, float, str, float]]:
        """The best records: document, generation, chunk, cosine, metadata and BM25.

        store: as the ledger has it.
        """
        chosen = self._choose(query)
        if not chosen:
            return []
        of_query = (vector.astype("<f4").tobytes(), " OR ".join(f'"{term}"' for term in chosen))
        holds, values = condition(where)
        best, order = 2 * limit, "rank"  # hardly any of them is not current
        names = {"words": self._tables.words, "vectors": self._tables.vectors, "holds": holds}
        while True:
            sql = BEST.format(order=order, **names)
            rows = _rows(self._connection, sql, *of_query, *values, best, store)
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
        found = COUNTS.format(terms=self._tables.terms)
        counts = sorted(_rows(self._connection, found, orjson.dumps(asked).decode()))
        records = self.count_records()
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
