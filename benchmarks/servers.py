"""The contestants as HTTP servers, under the same load.

All of them are started, and then take turns, round by round; those whose turn it is not are
stopped (SIGSTOP), so that only one works at a time.
"""

from __future__ import annotations

import base64
import json
import signal
import socket
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

from benchmarks import models
from benchmarks.bundles import bundle
from benchmarks.contestants import REFERENCE
from benchmarks.load import PATH, Answers, Request, put_load, request
from benchmarks.processes import ROOT, Died, peak_mb, process
from benchmarks.texts import mixed, short
from handler.settings import MEMORY_PER_CPU

MODEL = "all-MiniLM-L6-v2"
BATCH = 32  # texts in a large request
WORDS = 150  # in none are more: infinity on onnxruntime reads 512 tokens, the others 256
START_SECONDS = 120.0  # given to a server


@dataclass(frozen=True)
class Server:
    """A server, as it is started; in its command, PORT stands for the port."""

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
class Measurement:
    """One server's figures."""

    name: str
    start_seconds: float  # until the first answer
    worst_cosine: float = 0.0  # with the reference's vectors of the same texts
    answers: dict[str, list[Answers]] = field(default_factory=dict)  # by load, one a round
    peak_mb: float = 0.0  # resident

    def median(self, load: str, figure: Callable[[Answers], float]) -> float:
        return statistics.median(map(figure, self.answers[load]))

    def percentile(self, load: str, percent: float) -> float:
        """Of the milliseconds of a request, all rounds together."""
        calls = [ms for one in self.answers[load] for ms in one.milliseconds]
        return float(np.percentile(calls, percent))

    @property
    def errors(self) -> int:
        return sum(one.errors for rounds in self.answers.values() for one in rounds)


def servers(threads: int) -> list[Server]:
    """Ours in every precision there is, and the peers."""
    from model_layer.build.__main__ import PRECISIONS

    omp = {"OMP_NUM_THREADS": str(threads)}
    memory = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(threads * MEMORY_PER_CPU)}
    uvicorn = ("-m", "uvicorn", "--port", "PORT", "--no-access-log", "--log-level", "warning")
    app = "benchmarks.functions.sentence_transformers.app:app"
    infinity = (
        str(ROOT / ".venv-infinity" / "bin" / "infinity_emb"),
        *("v2", "--model-id", ".", "--served-model-name", MODEL),
        *("--device", "cpu", "--host", "127.0.0.1", "--port", "PORT", "--url-prefix", "/v1"),
        *("--no-model-warmup", "--log-level", "warning"),
    )
    torch = ("--engine", "torch", "--no-compile", "--no-bettertransformer")
    optimum = ("--engine", "optimum", "--pooling-method", "mean")  # it would take CLS otherwise
    return [
        *(
            Server(
                f"minilm-lambda {precision}",
                (sys.executable, "-m", "benchmarks.serve_bundle", str(bundle(precision))),
                {"ENCODER_THREADS": str(threads)},
            )
            for precision in PRECISIONS
        ),
        Server(REFERENCE, (sys.executable, *uvicorn, app), omp | memory),
        # In the model's folder: by its whole path, infinity's onnx engine does not find the file.
        Server("infinity torch", (*infinity, *torch), omp, models.FOLDER / "onnx"),
        Server("infinity onnx", (*infinity, *optimum), omp, models.FOLDER / "onnx"),
    ]


def loads(count_tokens: Callable[[Sequence[str]], list[int]]) -> list[Load]:
    """One short text a request, by one client and by sixteen; and large requests."""
    texts = short(200)
    single = [request([text], n) for text, n in zip(texts, count_tokens(texts), strict=True)]
    texts = batch_texts(8 * BATCH)
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    large = [request(batch, sum(count_tokens(batch))) for batch in batches]
    return [
        Load("1 client, one short text", 1, single),
        Load("16 clients, one short text", 16, single),
        Load(f"2 clients, {BATCH} mixed texts", 2, large),
    ]


def batch_texts(count: int) -> list[str]:
    return [text for text in mixed(2 * count) if len(text.split()) <= WORDS][:count]


def measure(
    contestants: Sequence[Server], loads: Sequence[Load], *, rounds: int, seconds: float
) -> list[Measurement]:
    """All servers under the same loads, in turn; a load lasts so many seconds."""
    texts = batch_texts(4 * BATCH)
    with ExitStack() as stack:
        running: dict[str, tuple[Popen[str], int]] = {}
        measured: dict[str, Measurement] = {}
        vectors: dict[str, NDArray[np.float32]] = {}
        for one in contestants:
            print(f"{one.name}, as a server", flush=True)
            server, port, start_seconds = stack.enter_context(started(one))
            running[one.name] = server, port
            measured[one.name] = Measurement(one.name, start_seconds)
            vectors[one.name] = np.concatenate(
                [embed(port, texts[start : start + BATCH]) for start in range(0, 4 * BATCH, BATCH)]
            )
            for load in loads:  # and so everything is warm
                answers = put_load(port, load.requests, clients=load.clients, seconds=seconds / 4)
                if not answers.milliseconds:
                    raise RuntimeError(f"{one.name} answers no request of {load.name}.")
            server.send_signal(signal.SIGSTOP)
        for name, figures in measured.items():
            figures.worst_cosine = float(np.sum(vectors[name] * vectors[REFERENCE], axis=1).min())
        for _ in range(rounds):
            for name, (server, port) in running.items():
                server.send_signal(signal.SIGCONT)
                for load in loads:
                    answers = put_load(port, load.requests, clients=load.clients, seconds=seconds)
                    measured[name].answers.setdefault(load.name, []).append(answers)
                measured[name].peak_mb = peak_mb(server.pid)
                server.send_signal(signal.SIGSTOP)
    return list(measured.values())


@contextmanager
def started(one: Server) -> Iterator[tuple[Popen[str], int, float]]:
    """The server, its port, and the seconds until it answered. Raises Died."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(port) if word == "PORT" else word for word in one.command]
    environment = {**one.environment, "PORT": str(port)}
    name = f"{one.name} server"
    begun = time.perf_counter()
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
