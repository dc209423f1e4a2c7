"""`make bench-ingest`: documents to vectors, end to end: speed, stages, memory, and what it costs.

Each measurement is a process of its own (ingestion_worker.py). The functions' AWS is moto's server,
in another process, whose own time is in what it answers.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

from benchmarks.ingestion_corpus import Made, as_text, corpus, pdf_of
from benchmarks.ingestion_events import ENVIRONMENT
from benchmarks.ingestion_report import Run, report
from benchmarks.ingestion_worker import Figures
from benchmarks.processes import Died, process
from benchmarks.side_by_side import load_average
from benchmarks.texts import short

START_SECONDS = 60.0  # until moto listens
SHORT_TEXTS = 30
LARGE, LARGEST = 100, 10_000  # pages
WORDS = 10  # on each of the most


def main() -> None:
    made = {
        "corpus": corpus(),
        "short": [
            Made(f"short/{number}.txt", as_text("A question", text), 0.0)
            for number, text in enumerate(short(SHORT_TEXTS))
        ],
        "large": [Made("large/large.pdf", pdf_of(LARGE), LARGE)],
        "largest": [Made("largest/largest.pdf", pdf_of(LARGEST, words=WORDS), LARGEST)],
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, documents in made.items():
            _put(Path(folder) / name, documents)

        def run(name: str, what: str, threads: int, *options: str) -> Run:
            print(f"{name}, threads: {threads}", flush=True)
            with _aws("--handler" in options) as environment:
                figures = _measure(Path(folder) / what, threads, options, environment)
            return Run(name, threads, made[what], figures)

        runs = [
            run("into SQLite", "corpus", 1, "--direct"),
            run("into SQLite", "corpus", 2, "--direct"),
            run("`lambda_handler`, to moto", "corpus", 1, "--handler"),
        ]
        large = run("`lambda_handler`, to moto", "large", 1, "--handler")
        ones = [
            run("a short text", "short", 1),
            run(f"a PDF of {LARGE} pages", "large", 1),
            run(f"a PDF of {LARGEST:,} pages, {WORDS} words each", "largest", 1),
        ]
    report(load_average(), runs, ones, large)


def _put(folder: Path, documents: Sequence[Made]) -> None:
    for one in documents:
        path = folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.content)


def _measure(
    folder: Path, threads: int, options: Sequence[str], environment: Mapping[str, str]
) -> Figures:
    command = [sys.executable, "-m", "benchmarks.ingestion_worker", str(folder), str(threads)]
    environment = {**environment, "ENCODER_THREADS": str(threads)}
    with process(
        "ingestion worker", [*command, *options], environment=environment, stdout=PIPE
    ) as running:
        answer, _ = running.communicate()
        if running.returncode:
            raise Died("ingestion worker")
    return Figures(**json.loads(answer))


@contextmanager
def _aws(needed: bool) -> Iterator[dict[str, str]]:
    """A server that does as AWS, and the environment that leads to it."""
    if not needed:
        yield {}
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with process("moto", command, environment={}) as server:
        started = time.perf_counter()
        while True:
            with socket.socket() as connection:
                if connection.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None or time.perf_counter() - started > START_SECONDS:
                raise Died("moto")
            time.sleep(0.1)
        yield {**ENVIRONMENT, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}


if __name__ == "__main__":
    main()
