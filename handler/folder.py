"""`python -m handler.folder FOLDER` (`make ingest DIR=FOLDER`): a folder's files, ingested.

By the same pipeline as a bucket's objects, into the store that VECTOR_STORE names. A file that has
not changed since is not read again; one that is gone is deleted from the store.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from handler.documents.sandbox import Sandbox
from handler.errors import TryLater, WrongStore
from handler.objects import Files
from handler.pipeline import Pipeline
from handler.settings import STORE_FORMS, Settings, read_settings
from handler.storage_events import Change
from handler.stores import open_store
from handler.stores.contract import Store
from model_layer import Encoder, ModelLayerError, load_chunker, load_encoder

PAGE = 1_000  # rows of the ledger that are read at a time


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        return _fail("Name the folder: make ingest DIR=folder")
    folder = Path(arguments[0]).resolve()
    if not folder.is_dir():
        return _fail(f"{folder} is no folder.")
    try:
        settings = read_settings(os.environ)
        if settings.vector_store is None:
            return _fail(f"VECTOR_STORE is not set; it can be {STORE_FORMS}.")
        encoder = load_encoder(threads=settings.encoder_threads)
        store = open_store(settings.vector_store, fingerprint=encoder.bundle.fingerprint)
        return ingest(folder, store, encoder, settings)
    except (ModelLayerError, ValueError, WrongStore, TryLater) as error:
        return _fail(str(error))


def ingest(folder: Path, store: Store, encoder: Encoder, settings: Settings) -> int:
    """Make the store agree with the folder; 1 if something has to be tried again, else 0."""
    chunker = load_chunker(
        encoder.tokenizer, max_tokens=encoder.bundle.max_tokens, overlap=settings.chunk_overlap
    )
    sandbox = Sandbox()
    pipeline = Pipeline(Files(), store, encoder, chunker, sandbox.extract)
    present = [path.as_uri() for path in files(folder)]
    gone = sorted(set(_known(store, f"{folder.as_uri()}/")) - set(present))
    results: Counter[str] = Counter()
    chunks = 0
    with tqdm(present + gone, unit="file", dynamic_ncols=True) as bar:
        for source in bar:
            try:
                outcome = pipeline.reconcile(Change(source))
            except TryLater as error:
                bar.write(f"{source}: {error}", file=sys.stderr)
                results["to be tried again"] += 1
                continue
            if outcome.error:
                bar.write(f"{source}: {outcome.error}", file=sys.stderr)
            results["failed" if outcome.error else outcome.result] += 1
            chunks += outcome.chunks if outcome.result == "ingested" else 0
            bar.set_postfix(chunks=chunks)
    sandbox.close()
    counts = ", ".join(f"{count} {result}" for result, count in results.items()) or "no files"
    print(f"{folder}: {counts}; {chunks} chunks written to {store.id}.")
    return 1 if results["to be tried again"] else 0


def files(folder: Path) -> Iterator[Path]:
    """The files in a folder and in those within, hidden ones left out, in order."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _known(store: Store, prefix: str) -> Iterator[str]:
    """The sources that begin so, of the documents that the store knows."""
    after = None
    while rows := store.ledger.rows(limit=PAGE, after=after):
        yield from (row.source for row in rows if row.source.startswith(prefix))
        after = rows[-1].document


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped; the next run goes on from here.")
