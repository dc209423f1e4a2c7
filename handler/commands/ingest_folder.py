"""`make ingest DIR=FOLDER` (`python -m handler.commands.ingest_folder [--remove] FOLDER`).

Ingests a folder's files into the store that VECTOR_STORE names, by the same pipeline as a bucket's
objects. Unchanged files are not read again, and documents whose files are gone are deleted. If
all files are gone, that takes --remove (`REMOVE=1`).
"""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from handler.commands import missing
from handler.commands.arguments import ArgumentParser
from handler.commands.failure import fail
from handler.commands.folder_files import files, files_of, is_below
from handler.commands.interruption import Interrupted, end, interruptible, try_for
from handler.commands.known_documents import known_documents
from handler.commands.parallel import AGAIN, STOP_SECONDS, reconcile
from handler.commands.terminal import shown
from handler.documents.sandbox import Sandbox
from handler.errors import TryLater, WrongStore
from handler.ingestion.document_encoder import load_document_encoder
from handler.ingestion.pipeline import Pipeline, build_pipeline
from handler.ingestion.sources.files import FileReader
from handler.settings import Settings, SqliteAddress, read_settings
from model_layer import ModelLayerError

MAX_SHOWN = 200  # characters of a name that cannot be one
STOPPED = "Interrupted. The next run resumes."


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if not options.folder:
        return fail("Name the folder: make ingest DIR=folder")
    try:
        # Not every shell expands the home folder in `DIR=~/notes`.
        folder = Path(options.folder).expanduser().resolve()
        is_folder = folder.is_dir()
    except (ValueError, OSError, RuntimeError) as error:  # RuntimeError: a loop, or no such home
        reason = getattr(error, "strerror", None) or str(error)
        return fail(f"{options.folder[:MAX_SHOWN]} is not a folder: {reason.rstrip('.')}.")
    try:
        settings = read_settings(os.environ)
        may_know = _may_know(settings)
    except (ValueError, OSError) as error:
        return fail(str(error))
    if not is_folder and not may_know:
        return fail(f"{folder} is not a folder.")
    try:
        with interruptible():
            return _run(folder, settings, remove=options.remove)
    except Interrupted as interrupted:
        end(interrupted.status, STOPPED)
    except (ModelLayerError, ValueError, WrongStore, TryLater) as error:
        return fail(str(error))


def _parser() -> ArgumentParser:
    parser = ArgumentParser("ingest_folder", __doc__)
    parser.add_argument("folder", nargs="?", help="the folder, with its subfolders")
    parser.add_argument(
        "--remove",
        action="store_true",
        help="delete the folder's documents from the store even if all of its files are gone",
    )
    return parser


def _may_know(settings: Settings) -> bool:
    """Whether there is a store, which may know documents of a folder that is gone."""
    address = settings.vector_store
    return not isinstance(address, SqliteAddress) or Path(address.path).exists()


def _run(folder: Path, settings: Settings, *, remove: bool) -> int:
    stopped = threading.Event()
    with Sandbox(keep_boilerplate=settings.keep_boilerplate) as sandbox:

        def stop() -> None:
            stopped.set()
            try_for(STOP_SECONDS, sandbox.close)  # ends what is being read

        encoder = load_document_encoder(settings, sandbox, is_cancelled=stopped.is_set)
        pipeline = build_pipeline(settings, FileReader(), encoder)
        try:
            return ingest(
                folder, pipeline, settings, threads=encoder.threads, remove=remove, stop=stop
            )
        except Interrupted as interrupted:
            end(interrupted.status, STOPPED)


def ingest(
    folder: Path,
    pipeline: Pipeline,
    settings: Settings,
    *,
    threads: int,
    remove: bool = False,
    stop: Callable[[], object] = lambda: None,
) -> int:
    """Make the store agree with the folder; 1 if something has to be tried again, else 0.

    remove: even if all of the folder's documents are gone. stop: ends the documents in work.
    """
    closed: list[OSError] = []
    present = _present(folder, settings, closed)
    for error in closed:
        print(shown(f"{error.filename} cannot be listed: {error.strerror}."), file=sys.stderr)
    # Nothing is known of what cannot be listed.
    unseen = [Path(error.filename) for error in closed]
    known = {
        source: etag
        for source, etag in _etags(pipeline).items()
        if is_below(source, folder) and not any(is_below(source, place) for place in unseen)
    }
    if not remove:
        if not folder.is_dir() and not known:
            return fail(f"{folder} is not a folder.")
        if reason := missing.refusal(folder, known, present):
            return fail(reason)
    gone = sorted(known.keys() - set(present))
    results = Counter({AGAIN: len(closed)} if closed else {})
    work = partial(
        reconcile, pipeline=pipeline, results=results, folder=folder, threads=threads, stop=stop
    )
    chunks = work(present + gone)
    _reconcile_other_folders(folder, pipeline, work)
    counts = ", ".join(f"{count} {result}" for result, count in results.items()) or "no files"
    print(shown(f"{folder}: {counts}; {chunks} chunks written to {pipeline.store.id}."))
    return 1 if results[AGAIN] else 0


def _present(folder: Path, settings: Settings, closed: list[OSError]) -> list[str]:
    """The sources that are in the folder now. Notes the folders that cannot be listed."""
    if not folder.is_dir():
        return []
    own = files_of(settings.vector_store)
    return [path.as_uri() for path in files(folder, closed.append) if path not in own]


def _reconcile_other_folders(
    folder: Path, pipeline: Pipeline, work: Callable[[list[str]], object]
) -> None:
    """Delete documents that moved here from other folders, and warn of others that are gone."""
    etags = _etags(pipeline)
    here = {etag for source, etag in etags.items() if is_below(source, folder)}
    elsewhere = {source: etag for source, etag in etags.items() if not is_below(source, folder)}
    moved = missing.moved_away(elsewhere, here)
    if moved:
        work(moved)
    for warning in missing.warnings(elsewhere.keys() - set(moved)):
        print(shown(warning), file=sys.stderr)


def _etags(pipeline: Pipeline) -> dict[str, str]:
    """The etag of each local document in the store, by its source."""
    return {row.source: row.etag for row in known_documents(pipeline.store.ledger, "file:")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
