"""`make ingest DIR=FOLDER` (`python -m handler.commands.ingest_folder FOLDER`).

Ingests a folder's files into the store that VECTOR_STORE names, by the same pipeline as a bucket's
objects. Unchanged files are not read again; files that are gone are deleted from the store.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_ISREG

from tqdm import tqdm

from handler.commands.failure import fail
from handler.documents.sandbox import Sandbox
from handler.errors import TryLater, WrongStore
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import load_document_encoder
from handler.ingestion.outcome import Outcome
from handler.ingestion.pipeline import Pipeline, build_pipeline
from handler.ingestion.sources.files import NO_FILE, FileReader, path_of
from handler.ingestion.sources.left_out import is_left_out
from handler.settings import Settings, SqliteAddress, StoreAddress, read_settings
from handler.stores.contract import Store
from model_layer import ModelLayerError

AGAIN = "to be tried again"
ROWS_PER_PAGE = 1_000  # of the ledger


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        return fail("Name the folder: make ingest DIR=folder")
    # Not every shell expands the home folder in `DIR=~/notes`.
    folder = Path(arguments[0]).expanduser().resolve()
    if not folder.is_dir():
        return fail(f"{folder} is not a folder.")
    try:
        settings = read_settings(os.environ)
        with Sandbox(keep_boilerplate=settings.keep_boilerplate) as sandbox:
            encoder = load_document_encoder(settings, sandbox)
            pipeline = build_pipeline(settings, FileReader(), encoder)
            return ingest(folder, pipeline, settings, threads=encoder.threads)
    except (ModelLayerError, ValueError, WrongStore, TryLater) as error:
        return fail(str(error))


def ingest(folder: Path, pipeline: Pipeline, settings: Settings, *, threads: int) -> int:
    """Make the store agree with the folder; 1 if something has to be tried again, else 0."""
    closed: list[OSError] = []
    own = _files_of(settings.vector_store)
    present = [path.as_uri() for path in files(folder, closed.append) if path not in own]
    gone = sorted(set(_known(pipeline.store, f"{folder.as_uri()}/")) - set(present))
    results: Counter[str] = Counter()
    for error in closed:
        print(f"{error.filename} cannot be listed: {error.strerror}.", file=sys.stderr)
        results[AGAIN] += 1
    chunks = _reconcile(folder, pipeline, present + gone, threads, results)
    counts = ", ".join(f"{count} {result}" for result, count in results.items()) or "no files"
    print(f"{folder}: {counts}; {chunks} chunks written to {pipeline.store.id}.")
    return 1 if results[AGAIN] else 0


def _reconcile(
    folder: Path, pipeline: Pipeline, sources: Sequence[str], threads: int, results: Counter[str]
) -> int:
    """Reconcile the sources, behind a progress bar; count the results. Returns chunks written."""
    chunks = 0
    outcomes = _side_by_side(pipeline, sources, threads)
    with tqdm(outcomes, total=len(sources), unit="file", dynamic_ncols=True) as bar:
        for source, outcome in bar:
            error = str(outcome) if isinstance(outcome, TryLater) else outcome.error
            if error:
                bar.write(f"{_shown(source, folder)}: {error}", file=sys.stderr)
            if isinstance(outcome, TryLater):
                results[AGAIN] += 1
                continue
            if outcome.result == "ingested":
                for warning in outcome.warnings:
                    bar.write(f"{_shown(source, folder)}: warning: {warning}", file=sys.stderr)
            results["failed" if error else outcome.result] += 1
            chunks += outcome.chunks if outcome.result == "ingested" else 0
            bar.set_postfix(chunks=chunks)
    return chunks


def _shown(source: str, folder: Path) -> Path:
    return path_of(source).relative_to(folder)


def _side_by_side(
    pipeline: Pipeline, sources: Sequence[str], threads: int
) -> Iterator[tuple[str, Outcome | TryLater]]:
    """The outcome of each source, in order. Several at a time: a small file keeps one CPU busy."""

    def reconcile(source: str) -> Outcome | TryLater:
        try:
            return pipeline.reconcile(Change(source))
        except TryLater as later:
            return later

    with ThreadPoolExecutor(threads) as pool:
        try:
            yield from zip(sources, pool.map(reconcile, sources), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)  # after a Ctrl-C: finishes only what has begun


def files(folder: Path, onerror: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """The files in a folder and its subfolders, in order, without hidden ones and lock files.

    Links to files are followed. Links to folders are not, since they may lead back. onerror is
    called for each folder that cannot be listed.
    """
    for place, folders, names in os.walk(folder, onerror=onerror):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and not is_left_out(name) and _is_file(path):
                yield path


def _is_file(path: Path) -> bool:
    """Whether it is a file, or may be: reading it will tell why it cannot be looked at."""
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno not in NO_FILE  # a link to nothing, or to itself


def _files_of(address: StoreAddress | None) -> set[Path]:
    """The store's own files. They may lie beside the documents, but are none."""
    if not isinstance(address, SqliteAddress):
        return set()
    path = Path(address.path).resolve()
    return {path.with_name(path.name + end) for end in ("", "-wal", "-shm")}


def _known(store: Store, prefix: str) -> Iterator[str]:
    """The sources in the store that begin with `prefix`."""
    after = None
    while rows := store.ledger.rows(limit=ROWS_PER_PAGE, after=after):
        yield from (row.source for row in rows if row.source.startswith(prefix))
        after = rows[-1].document_id


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next run resumes.")
