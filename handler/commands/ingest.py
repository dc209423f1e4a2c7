"""`minilm ingest FOLDER`: read a folder's files into a store, by the same pipeline as a bucket's.

Unchanged files are not read again, and documents whose files are gone are deleted. If all files are
gone, that takes --remove.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from handler.commands import missing
from handler.commands.arguments import ArgumentParser
from handler.commands.bundle import find_or_build_bundle
from handler.commands.failure import WRONG_USAGE, fail, say
from handler.commands.folder_files import files, files_of, is_below
from handler.commands.interruption import Interrupted, end, interruptible, try_for
from handler.commands.known_documents import known_documents
from handler.commands.output import add_format_options, print_json, wants_json
from handler.commands.parallel import AGAIN, STOP_SECONDS, Tally, reconcile
from handler.commands.store import add_store_option, is_missing, settings_with_store
from handler.commands.suggestions import ingest_command
from handler.commands.terminal import shown
from handler.documents.sandbox import Sandbox
from handler.errors import TryLater, WrongStore
from handler.ingestion.document_encoder import load_document_encoder
from handler.ingestion.pipeline import Pipeline, build_pipeline
from handler.ingestion.sources.files import FileReader
from handler.settings import Settings
from model_layer import ModelLayerError

MAX_SHOWN = 200  # characters of a name that cannot be one
STOPPED = "Interrupted. The next run resumes."
EXAMPLES = """
minilm ingest docs
minilm ingest ~/papers --store papers.sqlite
minilm ingest docs --remove     also removes what is gone if the whole folder is
"""


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if not options.folder:
        return fail(f"Name the folder: {ingest_command('FOLDER')}", status=WRONG_USAGE)
    try:
        # Not every shell expands the home folder in `DIR=~/notes`.
        folder = Path(options.folder).expanduser().resolve()
        is_folder = folder.is_dir()
        is_file = folder.exists() and not is_folder
    except (ValueError, OSError, RuntimeError) as error:  # RuntimeError: a loop, or no such home
        reason = getattr(error, "strerror", None) or str(error)
        return fail(f"{options.folder[:MAX_SHOWN]} is not a folder: {reason.rstrip('.')}.")
    try:
        settings = settings_with_store(options.store)
        address = settings.vector_store
        # A store may know documents of a folder that is gone.
        may_know = address is None or not is_missing(address)
    except (ValueError, OSError) as error:
        return fail(str(error))
    # What was a folder can be a file now; --remove removes the documents of the folder.
    if not is_folder and (not may_know or (is_file and not options.remove)):
        return fail(f"{folder} is not a folder.")
    try:
        with interruptible():
            find_or_build_bundle(settings.precision)
            return _run(folder, settings, options)
    except Interrupted as interrupted:
        end(interrupted.status, STOPPED)
    except (ModelLayerError, ValueError, WrongStore, TryLater) as error:
        return fail(str(error))


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "ingest",
        "Read the documents of a folder into a store, which `search` and `serve` search. Run it "
        "again to ingest what has changed, and to remove what is gone.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="the folder, with its subfolders"
    )
    add_store_option(parser)
    parser.add_argument(
        "--remove",
        action="store_true",
        help="delete the folder's documents from the store even if all of its files are gone",
    )
    add_format_options(parser)
    return parser


def _run(folder: Path, settings: Settings, options: argparse.Namespace) -> int:
    stopped = threading.Event()
    with Sandbox(keep_boilerplate=settings.keep_boilerplate) as sandbox:

        def stop() -> None:
            stopped.set()
            try_for(STOP_SECONDS, sandbox.close)  # ends what is being read

        encoder = load_document_encoder(settings, sandbox, is_cancelled=stopped.is_set)
        pipeline = build_pipeline(settings, FileReader(), encoder)
        try:
            return ingest(
                folder,
                pipeline,
                settings,
                threads=encoder.threads,
                remove=options.remove,
                as_json=wants_json(options),
                store=options.store,
                stop=stop,
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
    as_json: bool = False,
    store: str | None = None,
    stop: Callable[[], object] = lambda: None,
) -> int:
    """Make the store agree with the folder; 1 if something has to be tried again, else 0.

    remove: even if all of the folder's documents are gone. as_json: print the result as an object.
    store: `--store`. stop: ends the documents in work.
    """
    closed: list[OSError] = []
    present = _present(folder, settings, closed)
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
        if reason := missing.refusal(folder, known, present, store=store):
            return fail(reason)
    gone = sorted(known.keys() - set(present))
    tally = Tally()
    tally.results.update({AGAIN: len(closed)} if closed else {})
    work = partial(
        reconcile, pipeline=pipeline, tally=tally, folder=folder, threads=threads, stop=stop
    )
    work(present + gone)
    _reconcile_other_folders(folder, pipeline, work, store)
    _print(folder, tally, pipeline.store.id, as_json=as_json)
    return 1 if tally.results[AGAIN] else 0


def _print(folder: Path, tally: Tally, store: str, *, as_json: bool) -> None:
    if as_json:
        remarks = [{"file": name, "message": message} for name, message in tally.remarks]
        facts = {"folder": str(folder), "vector_store": store, "chunks": tally.chunks}
        print_json({**facts, "documents": dict(tally.results), "remarks": remarks})
        return
    counts = ", ".join(f"{count} {result}" for result, count in tally.results.items())
    print(shown(f"{folder}: {counts or 'no files'}; {tally.chunks} chunks written to {store}."))


def _present(folder: Path, settings: Settings, closed: list[OSError]) -> list[str]:
    """The sources that are in the folder now. Notes and names folders that cannot be listed."""
    if not folder.is_dir():
        return []
    own = files_of(settings.vector_store)
    present = [path.as_uri() for path in files(folder, closed.append) if path not in own]
    for error in closed:
        say(f"{error.filename} cannot be listed: {error.strerror}.")
    return present


def _reconcile_other_folders(
    folder: Path, pipeline: Pipeline, work: Callable[[list[str]], object], asked: str | None
) -> None:
    """Delete documents that moved here from other folders, and warn of others that are gone.

    asked: `--store`.
    """
    etags = _etags(pipeline)
    here = {etag for source, etag in etags.items() if is_below(source, folder)}
    elsewhere = {source: etag for source, etag in etags.items() if not is_below(source, folder)}
    moved = missing.moved_away(elsewhere, here)
    if moved:
        work(moved)
    for warning in missing.warnings(elsewhere.keys() - set(moved), store=asked):
        say(warning)


def _etags(pipeline: Pipeline) -> dict[str, str]:
    """The etag of each local document in the store, by its source."""
    return {row.source: row.etag for row in known_documents(pipeline.store.ledger, "file:")}
