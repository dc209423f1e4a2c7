"""Ingests a folder's files in a process of its own and measures time, stages and memory.

    python -m benchmarks.ingestion.worker FOLDER THREADS [--direct] [--handler]

The files go through `Pipeline.reconcile` into SQLite; with --handler through `lambda_handler`, from
a bucket into S3 Vectors and DynamoDB at AWS_ENDPOINT_URL. Each goes twice: the second time nothing
has changed. --direct encodes the same chunks again, without the pipeline. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Thread

from benchmarks.ingestion.stages import Stages
from benchmarks.measuring.processes import peak_mb, pin

Ingest = Callable[[list[Path]], None]


@dataclass
class Figures:
    """What was measured; seconds are those of each call of the entry point."""

    seconds: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)  # nothing has changed
    direct: float = 0.0  # s for encoding the same chunks
    stages: dict[str, float] = field(default_factory=dict)  # s, of all documents
    chunks: int = 0
    tokens: int = 0
    peak_mb: float = 0.0
    child_mb: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)  # of AWS, by operation …
    calls_again: dict[str, int] = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=dict)  # … and what they are paid by


class Children(Thread):
    """Watches the memory of this process's children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self.over = Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            self.look()

    def look(self) -> None:
        for listed in Path("/proc/self/task").glob("*/children"):
            # Threads and children may end meanwhile.
            with suppress(OSError, IndexError):
                for pid in listed.read_text().split():
                    self.peak = max(self.peak, peak_mb(int(pid)))


def measure(
    paths: list[Path],
    *,
    batch: int,
    direct: bool,
    open_entry: Callable[[], AbstractContextManager[Ingest]],
) -> Figures:
    """Ingest the files, `batch` to a call."""
    figures, stages, children = Figures(), Stages(), Children()
    batches = [paths[start : start + batch] for start in range(0, len(paths), batch)]
    children.start()
    with (
        stages.watched(),
        Path(os.devnull).open("w") as log,
        redirect_stderr(log),  # the handler's lines
        open_entry() as ingest,
    ):
        for some in batches:
            figures.seconds.append(seconds(partial(ingest, some)))
            children.look()
            # Encoding again right after the call: other work on the machine meets both alike.
            encoded, stages.encoded = stages.encoded, []
            if direct:
                figures.direct += sum(map(seconds, encoded))
        figures.chunks, figures.tokens = stages.chunks, stages.tokens
        figures.peak_mb = peak_mb(os.getpid())
        figures.stages, figures.units = dict(stages.seconds), dict(stages.units)
        figures.calls = dict(stages.calls)
        stages.calls.clear()
        figures.again = [seconds(partial(ingest, some)) for some in batches]
        figures.calls_again = dict(stages.calls)
    children.over.set()
    figures.child_mb = children.peak
    return figures


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


@contextmanager
def to_sqlite(folder: Path, threads: int) -> Iterator[Ingest]:
    """Ingests files into SQLite: the pipeline itself."""
    from handler.documents.sandbox import Sandbox
    from handler.ingestion.change import Change
    from handler.ingestion.document_encoder import load_document_encoder
    from handler.ingestion.pipeline import build_pipeline
    from handler.ingestion.sources.files import FileReader
    from handler.settings import read_settings

    store = f"sqlite:///{folder}/store.sqlite"
    settings = read_settings({"VECTOR_STORE": store, "ENCODER_THREADS": str(threads)})
    with Sandbox() as sandbox:
        encoder = load_document_encoder(settings, sandbox)
        pipeline = build_pipeline(settings, FileReader(), encoder)

        def ingest(paths: list[Path]) -> None:
            for path in paths:
                outcome = pipeline.reconcile(Change(path.as_uri()))
                assert outcome.result in ("ingested", "unchanged"), outcome

        yield ingest


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("threads", type=int)
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--handler", action="store_true")
    given = parser.parse_args()
    pin(given.threads)
    paths = sorted(path for path in given.folder.rglob("*") if path.is_file())
    with tempfile.TemporaryDirectory() as folder:
        if given.handler:
            from benchmarks.ingestion.events import BATCH, put_objects, to_aws

            put_objects(paths)
            figures = measure(paths, batch=BATCH, direct=given.direct, open_entry=to_aws)
        else:
            to_store = partial(to_sqlite, Path(folder), given.threads)
            figures = measure(paths, batch=1, direct=given.direct, open_entry=to_store)
    print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    main()
