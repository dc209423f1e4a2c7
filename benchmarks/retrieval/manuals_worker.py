"""Ingests files and asks questions, with the code of any checkout of this project.

    python -P manuals_worker.py FOLDER STORE

The checkout is the one on PYTHONPATH, so this file imports nothing else of the benchmarks, and uses
only what checkouts have in common: the pipeline, and the store's index. STORE is the path of a new
SQLite file. Input: a JSON array of queries. Output: `{"chunks": [text …], "found": [[[id, text] …]
…]}`, the chunks of all documents and the nearest ones of each query.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from handler.documents.sandbox import Sandbox
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import load_document_encoder
from handler.ingestion.pipeline import build_pipeline
from handler.ingestion.sources.files import FileReader
from handler.settings import read_settings
from handler.stores.contract import Record
from model_layer import load_encoder

LIMIT = 50  # chunks asked for
THREADS = "2"


def main(folder: Path, store: str, queries: Sequence[str]) -> None:
    settings = read_settings(
        {"VECTOR_STORE": f"sqlite:///{store}", "ENCODER_THREADS": THREADS, "CHUNK_OVERLAP": "32"}
    )
    chunks: list[str] = []
    with Sandbox() as sandbox:
        pipeline = build_pipeline(settings, FileReader(), load_document_encoder(settings, sandbox))
        index = pipeline.store.index
        upsert = index.upsert

        def recorded(records: Sequence[Record], *, deadline: float | None = None) -> None:
            chunks.extend(str(record.metadata["text"]) for record in records)
            upsert(records, deadline=deadline)

        index.upsert = recorded  # type: ignore[method-assign]
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            outcome = pipeline.reconcile(Change(path.as_uri()))
            assert outcome.result in ("ingested", "failed"), outcome
    vectors = load_encoder(threads=int(THREADS)).encode(queries).vectors
    found = [
        [(match.key.partition("#")[0], match.metadata["text"]) for match in matches]
        for matches in (index.search_vectors(vector, limit=LIMIT) for vector in vectors)
    ]
    print(json.dumps({"chunks": chunks, "found": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2], json.load(sys.stdin))
