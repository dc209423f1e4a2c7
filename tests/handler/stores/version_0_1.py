"""A store as version 0.1 wrote it: keys without generations, a file without a schema's number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import apsw
import orjson

from handler.stores.attributes import Attribute
from tests.handler.stores.vectors import vector_at

SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB, metadata TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (
    document TEXT PRIMARY KEY, revision INTEGER, status TEXT, row TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS space (fingerprint TEXT);
"""
REVISION = 1_795_555_555_123_457


def old_row(document: str, **values: Any) -> dict[str, Any]:
    """A row's JSON in 0.1: all of its fields, and none of those that came later."""
    return {
        "document": document,
        "source": f"s3://bucket/{document}",
        "status": "completed",
        "error_code": None,
        "error": None,
        "warnings": [],
        "etag": "e1",
        "version": None,
        "size": 10,
        "modified": 1_700_000_000.5,
        "content_type": "text/plain",
        "attributes": {"team": "support"},
        "stated_attributes": {},
        "recipe": "r1",
        "sequencer": None,
        "chunks": 2,
        "written": 2,
        "offset": 40,
        "tokens": 20,
        "created": 1_700_000_001.0,
        "updated": 1_700_000_002.0,
        "owner": None,
        "leased_until": 0.0,
        "revision": REVISION,
        **values,
    }


def write_old_store(
    path: Path, rows: list[dict[str, Any]], *, fingerprint: str = "model-a"
) -> None:
    """Write a store with these rows, and a record for each of their chunks."""
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
    connection.execute(SCHEMA)
    with connection:
        connection.execute("INSERT INTO space VALUES (?)", (fingerprint,))
        for row in rows:
            connection.execute(
                "INSERT INTO ledger VALUES (?, ?, ?, ?)",
                (row["document"], row["revision"], row["status"], orjson.dumps(row).decode()),
            )
            for chunk in range(row["chunks"]):
                metadata: Mapping[str, Attribute] = {"text": f"{row['document']} {chunk}"}
                connection.execute(
                    "INSERT INTO vectors VALUES (?, ?, ?)",
                    (
                        f"{row['document']}#{chunk}",
                        vector_at(1 - chunk / 100).astype("<f4").tobytes(),
                        orjson.dumps(metadata).decode(),
                    ),
                )
    connection.close()
