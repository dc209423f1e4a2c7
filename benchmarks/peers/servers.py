"""The contestants as HTTP servers under the same load.

All of them are started and then take turns, round by round. The waiting ones are stopped (SIGSTOP),
so that only one works at a time.
"""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import statistics
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring.bundles import bundle
from benchmarks.measuring.processes import ROOT, Died, free_port, peak_mb, process
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.texts import mixed, short
from benchmarks.peers import models
from benchmarks.peers.contestants import OURS
from benchmarks.peers.load import PATH, Answers, Request, put_load, request
from handler.settings import MEMORY_PER_CPU

BATCH = 32  # texts in a large request
WORDS = 150  # of a text at most: infinity on onnxruntime reads 512 tokens, the others 256
START_SECONDS = 120.0  # allowed to a server


@dataclass(frozen=True)
class Server:
    """A server and how to start it; PORT in its command stands for the port."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path = ROOT


@dataclass(frozen=True)
class Load:
    """What the clients send."""

    name: str
    clients: int
    requests: Sequence[Request]


@dataclass
class LoadFigures:
    """The answers to one load: a rate for each round, latencies over all rounds."""

    requests_per_second: list[float] = field(default_factory=list)
    tokens_per_second: list[float] = field(default_factory=list)
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    errors: int = 0

    @property
    def rate(self) -> float:
        return statistics.median(self.requests_per_second)

    @classmethod
    def of(cls, rounds: Sequence[Answers]) -> LoadFigures:
        milliseconds = [ms for one in rounds for ms in one.milliseconds]
        p50, p99 = np.percentile(milliseconds, [50, 99]).tolist()
        return cls(
            [one.requests_per_second for one in rounds],
            [one.tokens_per_second for one in rounds],
            p50,
            p99,
            sum(one.errors for one in rounds),
        )


@dataclass
class Measurement:
    """One server's figures."""

    name: str
    start_seconds: float  # until the first answer
    peak_mb: float = 0.0  # resident
    worst_cosine: float = 0.0  # with the reference's vectors of the same texts
    loads: dict[str, LoadFigures] = field(default_factory=dict)


@dataclass
class ServersResult:
    """A run, as results/servers.json keeps it."""

    setting: str
    machine: str
    measured: list[Measurement]


def servers(threads: int) -> list[Server]:
    """Ours in every precision, and the peers."""
    from model_layer.places import PRECISIONS

    omp = {"OMP_NUM_THREADS": str(threads)}
    memory = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(threads * MEMORY_PER_CPU)}
    uvicorn = ("-m", "uvicorn", "--port", "PORT", "--no-access-log", "--log-level", "warning")
    infinity = (
        *(str(ROOT / ".venv-infinity" / "bin" / "infinity_emb"), "v2", "--model-id", "."),
        *("--served-model-name", "all-MiniLM-L6-v2", "--device", "cpu", "--host", "127.0.0.1"),
        *("--port", "PORT", "--url-prefix", "/v1", "--no-model-warmup", "--log-level", "warning"),
    )
    torch = ("--engine", "torch", "--no-compile", "--no-bettertransformer")
    optimum = ("--engine", "optimum", "--pooling-method", "mean")  # otherwise it takes CLS
    app = "benchmarks.functions.sentence_transformers.app:app"
    # infinity's onnx engine finds its file only from within the model's folder.
    model = models.FOLDER / "onnx"
    return [
        *(ours(precision, bundle(precision), threads) for precision in PRECISIONS),
        Server(REFERENCE, (sys.executable, *uvicorn, app), omp | memory),
        Server("infinity torch", (*infinity, *torch), omp, model),
        Server("infinity onnx", (*infinity, *optimum), omp, model),
    ]


def ours(precision: str, folder: Path, threads: int) -> Server:
    """Our server with the bundle in `folder`."""
    command = (sys.executable, "-m", "benchmarks.peers.serve_bundle", str(folder))
    return Server(f"{OURS} {precision}", command, {"ENCODER_THREADS": str(threads)})


def loads(count_tokens: Callable[[Sequence[str]], list[int]]) -> list[Load]:
    """One short text a request, from one client and from sixteen; and large requests."""
    texts = short(200)
    single = [request([text], n) for text, n in zip(texts, count_tokens(texts), strict=True)]
    large = [request(batch, sum(count_tokens(batch))) for batch in batches(8)]
    return [
        Load("1 client, one short text", 1, single),
        Load("16 clients, one short text", 16, single),
        Load(f"2 clients, {BATCH} mixed texts", 2, large),
    ]


def batches(count: int) -> list[list[str]]:
    """`count` lists of mixed texts, none of which any server cuts."""
    texts = [text for text in mixed(2 * count * BATCH) if len(text.split()) <= WORDS]
    return [texts[start : start + BATCH] for start in range(0, count * BATCH, BATCH)]


def measure(
    contestants: Sequence[Server], loads: Sequence[Load], *, rounds: int, seconds: float
) -> list[Measurement]:
    """All servers under the same loads, in turn, this many seconds a load."""
    measured: dict[str, Measurement] = {}
    vectors: dict[str, NDArray[np.float32]] = {}
    answers: dict[tuple[str, str], list[Answers]] = {}
    with ExitStack() as stack:
        running: dict[str, tuple[Popen[str], int]] = {}
        for one in contestants:
            print(f"{one.name}, as a server", flush=True)
            server, port, start_seconds = stack.enter_context(started(one))
            running[one.name] = server, port
            measured[one.name] = Measurement(one.name, start_seconds)
            vectors[one.name] = np.concatenate([embed(port, batch) for batch in batches(4)])
            for load in loads:  # warms everything up
                if not _answers(port, load, seconds / 4).milliseconds:
                    raise RuntimeError(f"{one.name} answers no request of {load.name}.")
            server.send_signal(signal.SIGSTOP)
        for _ in range(rounds):
            for name, (server, port) in running.items():
                server.send_signal(signal.SIGCONT)
                for load in loads:
                    answered = _answers(port, load, seconds)
                    answers.setdefault((name, load.name), []).append(answered)
                measured[name].peak_mb = peak_mb(server.pid)
                server.send_signal(signal.SIGSTOP)
    for name, figures in measured.items():
        figures.worst_cosine = float(np.sum(vectors[name] * vectors[REFERENCE], axis=1).min())
        figures.loads = {load.name: LoadFigures.of(answers[name, load.name]) for load in loads}
    return list(measured.values())


def _answers(port: int, load: Load, seconds: float) -> Answers:
    return asyncio.run(put_load(port, load.requests, clients=load.clients, seconds=seconds))


@contextmanager
def started(one: Server) -> Iterator[tuple[Popen[str], int, float]]:
    """The server, its port, and the seconds until its first answer. Raises Died."""
    port, name, begun = free_port(), f"{one.name} server", time.perf_counter()
    command = [str(port) if word == "PORT" else word for word in one.command]
    environment = {**one.environment, "PORT": str(port)}
    with process(name, command, environment=environment, cwd=one.folder) as server:
        while True:
            try:
                embed(port, ["ready?"])
                break
            except (urllib.error.URLError, ConnectionError) as error:
                if server.poll() is not None or time.perf_counter() - begun > START_SECONDS:
                    raise Died(name) from error
                time.sleep(0.05)
        yield server, port, time.perf_counter() - begun


def embed(port: int, texts: Sequence[str]) -> NDArray[np.float32]:
    """The texts' vectors, (n, 384)."""
    body = request(texts, 0).wire.partition(b"\r\n\r\n")[2]
    ask = urllib.request.Request(
        f"http://127.0.0.1:{port}{PATH}", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(ask, timeout=60) as answer:
        rows = json.load(answer)["data"]
    return np.array([np.frombuffer(base64.b64decode(row["embedding"]), "<f4") for row in rows])
