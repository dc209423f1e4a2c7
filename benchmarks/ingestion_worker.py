"""A process that ingests a folder's files, for its time, its stages and its memory to be measured.

    python -m benchmarks.ingestion_worker FOLDER THREADS [--direct] [--handler]

Through `Pipeline.reconcile` into a SQLite file; with --handler through `lambda_handler`, from a
bucket into S3 Vectors and DynamoDB, at the address in AWS_ENDPOINT_URL. Each file twice: the second
time nothing has changed. --direct: its chunks are encoded again without all that. Prints JSON.
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
from pathlib import Path
from threading import Event, Thread

from benchmarks.ingestion_stages import Stages
from benchmarks.processes import peak_mb, pin

Ingest = Callable[[list[Path]], None]


@dataclass
class Figures:
    """What was measured; seconds are those of each call of the entry point."""

    seconds: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)  # nothing has changed
    direct: float = 0.0  # s that encoding the same chunks takes
    stages: dict[str, float] = field(default_factory=dict)  # s, of all documents
    chunks: int = 0
    tokens: int = 0
    peak_mb: float = 0.0
    child_mb: float = 0.0
    children: int = 0  # that were started
    calls: dict[str, int] = field(default_factory=dict)  # of AWS, by operation …
    calls_again: dict[str, int] = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=dict)  # … and what they are paid by


class Children(Thread):
    """Watches the memory of this process' children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peaks: dict[int, float] = {}
        self.over = Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            self.look()

    def look(self) -> None:
        for listed in Path("/proc/self/task").glob("*/children"):
            # A thread, or a child, may end meanwhile.
            with suppress(OSError, IndexError):
                for pid in map(int, listed.read_text().split()):
                    self.peaks[pid] = max(peak_mb(pid), self.peaks.get(pid, 0))


def measure(
    paths: list[Path],
    *,
    batch: int,
    direct: bool,
    open_road: Callable[[], AbstractContextManager[Ingest]],
) -> Figures:
    """Ingest the files, `batch` to a call."""
    figures = Figures()
    stages = Stages()
    children = Children()
    children.start()
    with (
        stages.watched(),
        Path(os.devnull).open("w") as log,
        redirect_stderr(log),  # the handler's lines
        open_road() as ingest,
    ):
        batches = [paths[start : start + batch] for start in range(0, len(paths), batch)]
        for some in batches:
            started = time.perf_counter()
            ingest(some)
            figures.seconds.append(time.perf_counter() - started)
            children.look()
            encoded = stages.take_encoded()
            figures.chunks += sum(call.texts for call in encoded)
            if direct:
                # In turn with the whole, so that whatever else the machine does meets both.
                started = time.perf_counter()
                for call in encoded:
                    call.again()
                figures.direct += time.perf_counter() - started
        figures.tokens = stages.tokens
        figures.peak_mb = peak_mb(os.getpid())
        figures.stages, figures.units = dict(stages.seconds), dict(stages.units)
        figures.calls = dict(stages.calls)
        stages.calls.clear()
        for some in batches:
            started = time.perf_counter()
            ingest(some)
            figures.again.append(time.perf_counter() - started)
        figures.calls_again = dict(stages.calls)
    children.over.set()
    figures.child_mb, figures.children = max(children.peaks.values()), len(children.peaks)
    return figures


@contextmanager
def to_sqlite(folder: Path, threads: int) -> Iterator[Ingest]:
    """Files to a SQLite file: the pipeline itself."""
    from handler.documents.sandbox import Sandbox
    from handler.ingestion.document_encoder import DocumentEncoder
    from handler.ingestion.pipeline import Pipeline
    from handler.ingestion.sources.files import FileReader
    from handler.ingestion.storage_events import Change
    from handler.settings import Settings, SqliteAddress
    from handler.stores import open_store
    from model_layer import load_chunker, load_encoder

    encoder = load_encoder(threads=threads)
    chunker = load_chunker(
        encoder.tokenizer,
        max_tokens=encoder.bundle.max_tokens,
        overlap=Settings.chunk_overlap,
    )
    address = SqliteAddress(str(folder / "store.sqlite"))
    store = open_store(address, fingerprint=encoder.bundle.fingerprint)
    with Sandbox() as sandbox:
        pipeline = Pipeline(FileReader(), store, DocumentEncoder(encoder, chunker, sandbox.extract))

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
            from benchmarks.ingestion_events import BATCH, put_objects, to_aws

            put_objects(paths)
            batch, open_road = BATCH, to_aws
        else:
            batch, open_road = 1, lambda: to_sqlite(Path(folder), given.threads)
        figures = measure(paths, batch=batch, direct=given.direct, open_road=open_road)
    print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    main()
