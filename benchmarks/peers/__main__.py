"""`make bench NAME=peers`: ours beside what one would use instead, as libraries and as servers.

Needs Linux. The libraries are measured natively, and on x86 also with AVX-512 hidden, as on Lambda.
`--rounds` and `--seconds` shorten it; `--only` leaves the other half's results as they were;
`--among` prints the figures of a few contestants and saves nothing; `--report` draws tables and
plots of the last run again.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from benchmarks.measuring.avx2.environment import Impossible, avx2_only
from benchmarks.measuring.machine import architecture, instruction_set, load_average, machine
from benchmarks.measuring.processes import ROOT, Died, pin, python
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.results import draw, publish, store, stored
from benchmarks.measuring.texts import long, mixed, short
from benchmarks.peers import library, library_report, models, report, server_report, servers
from benchmarks.peers.contestants import Contestant, contestants
from benchmarks.peers.library import AVX2, LARGE, LibraryResult, Measurement, Run
from benchmarks.peers.servers import ServersResult
from model_layer import load_encoder

PEERS = {
    ".venv-infinity": ("infinity-emb", "sentence-transformers", "optimum-onnx"),
    ".venv-openvino": ("sentence-transformers", "optimum-intel", "openvino"),
}


def measure_libraries(options: argparse.Namespace, machine: str) -> LibraryResult:
    texts = {"short": short(200), "mixed": mixed(options.mixed), "long": long(12)}
    if options.large:
        texts[LARGE] = mixed(options.large)
    tokens = {kind: sum(count_tokens(some)) for kind, some in texts.items()}
    sizes = (
        f"{len(some)} {'mixed texts in the large call' if kind == LARGE else f'{kind} texts'} "
        f"({tokens[kind]:,} tokens)"
        for kind, some in texts.items()
    )
    setting = f"{', '.join(sizes)}; medians of {options.rounds} rounds; {load_average()}"
    measured: list[Measurement] = []
    missing: list[str] = []
    for threads in sorted(set(options.threads)):
        run = Run(texts, tokens, threads, options.rounds, missing=missing)
        measured += library.measure(chosen(options, instruction_set()), run)
    try:
        if architecture() == "x86" and not options.native:
            measured += measure_avx2(options, texts, tokens, missing)
    except (Impossible, Died) as reason:
        missing.append(f"The libraries with AVX-512 hidden: {reason}.")
    return LibraryResult(setting, machine, tokens, measured, architecture(), missing)


def measure_avx2(
    options: argparse.Namespace,
    texts: Mapping[str, Sequence[str]],
    tokens: Mapping[str, int],
    missing: list[str],
) -> list[Measurement]:
    """With the least threads, as on Lambda's x86 CPUs. Raises Impossible, Died."""
    threads, hidden = min(options.threads), avx2_only()
    run = Run(texts, tokens, threads, options.rounds, AVX2, hidden, missing)
    return library.measure(chosen(options, "avx2"), run)


def chosen(options: argparse.Namespace, instruction_set: str) -> list[Contestant]:
    """The contestants asked for, with their models."""
    some = [one for one in contestants(instruction_set) if among(options, one.name)]
    models.prepare({one.environment for one in some})
    return some


def measure_servers(options: argparse.Namespace, machine: str) -> ServersResult:
    threads, rounds, seconds = options.server_threads, options.rounds, options.seconds
    some = [one for one in servers.servers(threads) if among(options, one.name)]
    models.prepare({".venv-infinity" for one in some if one.name.startswith("infinity")})
    measured = servers.measure(some, servers.loads(count_tokens), rounds=rounds, seconds=seconds)
    lasting = f"medians of {rounds} rounds of {seconds:g} s"
    setting = f"{threads} threads each; {lasting}; {load_average()}"
    return ServersResult(setting, machine, measured)


def among(options: argparse.Namespace, name: str) -> bool:
    return not options.among or name in {REFERENCE, *options.among}


def count_tokens(texts: Sequence[str]) -> list[int]:
    """The tokens that the model reads of each text."""
    tokenizer = load_encoder().tokenizer
    return [len(tokenizer.tokenize(text, "END").ids) for text in texts]


def where() -> str:
    """The machine and the versions in all environments."""
    code = (
        "import sys; from benchmarks.measuring.machine import versions; "
        "print(*versions(sys.argv[1:]), sep=', ')"
    )
    parts = [machine("onnxruntime", "torch", "sentence-transformers", "fastembed")]
    for environment, packages in PEERS.items():
        command = [python(environment), "-c", code, *packages]
        found = subprocess.check_output(command, cwd=ROOT, text=True)
        parts.append(f"{environment}: {found.strip()}")
    return "; ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=peers", description=__doc__)
    two = min(2, os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of a load of a server")
    parser.add_argument("--threads", type=int, nargs="+", default=[1], help="of a library")
    parser.add_argument("--server-threads", type=int, default=two)
    parser.add_argument("--mixed", type=int, default=120, help="mixed texts in a call of a library")
    parser.add_argument("--large", type=int, default=378, help="those in a large call; 0 for none")
    parser.add_argument("--native", action="store_true", help="not with AVX-512 hidden")
    parser.add_argument("--only", choices=("library", "servers"))
    parser.add_argument("--among", nargs="+", metavar="CONTESTANT", default=[])
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    pin(max(*options.threads, options.server_threads))  # and the processes started from here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that those are ended too
    if options.report:
        publish_all()
        return
    machine = "" if options.among else where()
    if options.only != "servers":
        encoded = measure_libraries(options, machine)
        keep("library", encoded, library_report.library_tables(encoded), options)
    if options.only != "library":
        served = measure_servers(options, machine)
        keep("servers", served, server_report.server_tables(served), options)
    if not options.among:
        publish_all()


def keep(name: str, result: object, tables: list[str], options: argparse.Namespace) -> None:
    """Store a result, or only print it if it is of a few contestants."""
    if options.among:
        print(*tables, sep="\n\n")
    else:
        store(name, result)


def publish_all() -> None:
    """Tables and plots of the stored runs; the summary unless they are of two machines."""
    encoded, served = stored("library", LibraryResult), stored("servers", ServersResult)
    publish("library", *library_report.library_tables(encoded))
    publish("servers", *server_report.server_tables(served))
    if encoded.machine == served.machine:
        publish("side-by-side", *report.summary(encoded, served))
        draw("peers", report.plot(encoded))


if __name__ == "__main__":
    main()
