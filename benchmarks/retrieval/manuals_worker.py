"""Ingests files and asks questions, with the code of any checkout of this project.

    python -P manuals_worker.py FOLDER STORE

The checkout is the one on PYTHONPATH, so this file imports nothing else of the benchmarks, and uses
only what checkouts have in common: the pipeline, and the operation behind the search route. STORE
is the path of a new SQLite file. Input: `{"queries": [text …], "ranking_options": {…}}`. Output:
`{"chunks": [text …], "found": [[[id, text] …] …]}`, the chunks of all documents and the best ones
of each query.
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
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import read_settings
from handler.stores.contract import Record
from handler.vector_stores.search import VectorSearch
from model_layer import load_encoder

LIMIT = 50  # chunks asked for
THREADS = "2"


def main(folder: Path, store: str, *, queries: Sequence[str], ranking_options: object) -> None:
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
    assert settings.vector_store
    encoder = load_encoder(threads=int(THREADS))
    configured = ConfiguredStorage(settings.vector_store, fingerprint=encoder.bundle.fingerprint)
    search = VectorSearch(encoder, configured)
    found = []
    for query in queries:
        request = {"query": query, "max_num_results": LIMIT, "ranking_options": ranking_options}
        answer = json.loads(search.search(None, request, RequestContext("benchmark")).body)
        found.append([(one["file_id"], one["content"][0]["text"]) for one in answer["data"]])
    print(json.dumps({"chunks": chunks, "found": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2], **json.load(sys.stdin))
