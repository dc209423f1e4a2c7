"""`make bench NAME=ingestion`: documents to vectors, end to end: speed, stages, memory and cost.

Each measurement is a process of its own (worker.py). AWS is moto's server in another process, whose
own time counts in its answers. `--quick` takes fewer documents and saves nothing; `--report` draws
the tables of the last run again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

from benchmarks.ingestion.corpus import Made, corpus, pdf_of
from benchmarks.ingestion.events import aws
from benchmarks.ingestion.report import MILLION, IngestionResult, Run, tables
from benchmarks.ingestion.worker import Figures
from benchmarks.measuring.formats import as_text
from benchmarks.measuring.machine import load_average, machine
from benchmarks.measuring.processes import Died, process
from benchmarks.measuring.results import publish, store, stored
from benchmarks.measuring.texts import short

SHORT_TEXTS = 30
WORDS = 10  # on each page of the largest document


def documents(*, large: int, largest: int, every: int = 1) -> dict[str, list[Made]]:
    """large, largest: pages. every: the corpus has only each so many-th document."""
    questions = (as_text("A question", text) for text in short(SHORT_TEXTS))
    return {
        "corpus": corpus()[::every],
        "short": [Made(f"short/{n}.txt", text, 0.0) for n, text in enumerate(questions)],
        "large": [Made("large/large.pdf", pdf_of(large), large)],
        "largest": [Made("largest/largest.pdf", pdf_of(largest, words=WORDS), largest)],
    }


def measure(made: Mapping[str, Sequence[Made]], folder: Path) -> IngestionResult:
    for name, some in made.items():
        for one in some:
            path = folder / name / one.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(one.content)

    def run(name: str, what: str, threads: int = 1, *options: str) -> Run:
        print(f"{name}, {what}, threads: {threads}", flush=True)
        figures = worker(folder / what, threads, options)
        return Run(name, threads, len(made[what]), sum(one.pages for one in made[what]), figures)

    function = "`lambda_handler`, to moto"
    runs = [
        run("into SQLite", "corpus", 1, "--direct"),
        run("into SQLite", "corpus", 2, "--direct"),
        run(function, "corpus", 1, "--handler"),
    ]
    single = [
        run("a short text", "short"),
        run(f"a PDF of {made['large'][0].pages:,.0f} pages", "large"),
        run(f"a PDF of {made['largest'][0].pages:,.0f} pages, {WORDS} words each", "largest"),
    ]
    large = run(function, "large", 1, "--handler")
    setting = f"{contents(made['corpus'], runs[-1])}; {load_average()}"
    return IngestionResult(setting, machine("torch", "sentence-transformers"), runs, single, large)


def contents(made: Sequence[Made], run: Run) -> str:
    size = sum(len(one.content) for one in made) / MILLION
    formats = Counter(one.name.rpartition(".")[2] for one in made)
    counts = ", ".join(f"{count} {name}" for name, count in formats.items())
    return (
        f"{len(made)} documents ({size:.1f} MB; {counts}), {run.pages:,.0f} pages, "
        f"{run.figures.chunks:,} chunks, {run.figures.tokens:,} tokens"
    )


def worker(folder: Path, threads: int, options: Sequence[str]) -> Figures:
    """The figures of a process that ingests the folder."""
    name = "ingestion worker"
    command = [sys.executable, "-m", "benchmarks.ingestion.worker", str(folder), str(threads)]
    with ExitStack() as stack:
        environment = {"ENCODER_THREADS": str(threads)}
        if "--handler" in options:
            environment |= stack.enter_context(aws())
        started = process(name, [*command, *options], environment=environment, stdout=PIPE)
        running = stack.enter_context(started)
        answer, _ = running.communicate()
        if running.returncode:
            raise Died(name)
    return Figures(**json.loads(answer))


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=ingestion", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if not options.report:
        whole, quick = {"large": 100, "largest": 10_000}, {"large": 5, "largest": 100, "every": 19}
        made = documents(**(quick if options.quick else whole))
        with tempfile.TemporaryDirectory() as folder:
            result = measure(made, Path(folder))
        if options.quick:
            print(*tables(result), sep="\n\n")
            return
        store("ingestion", result)
    publish("ingestion", *tables(stored("ingestion", IngestionResult)))


if __name__ == "__main__":
    main()
