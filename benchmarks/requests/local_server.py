"""What the local server costs beside the encoding of one short text.

One client on a kept connection: the time of a request less that of a bare `encode`. Then sixteen
clients: the requests a second, as a share of what the CPUs could do if they only encoded. The load
runs on the same CPUs; what it takes of them is counted, and left out.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring.processes import free_port, process
from benchmarks.measuring.tables import spread, table
from benchmarks.measuring.texts import SHORT
from benchmarks.peers.load import put_load, request

CLIENTS = 16
START_SECONDS = 60.0  # allowed to the server
REQUESTS = 200  # of the one client, in a round
ENCODED = 50  # bare, before and after each part of a round


@dataclass
class ServerFigures:
    """A number a round; milliseconds are medians of it."""

    cpus: int
    encode: list[float] = field(default_factory=list)  # ms, one thread, while nothing else runs
    one_client: list[float] = field(default_factory=list)  # ms
    rate: list[float] = field(default_factory=list)  # requests a second, of all clients
    load_cpus: list[float] = field(default_factory=list)  # CPUs that the load takes
    server_cpu: list[float] = field(default_factory=list)  # ms of a request, of all clients
    # encode, beside these two: the machine's speed varies
    encode_beside_one: list[float] = field(default_factory=list)
    encode_beside_all: list[float] = field(default_factory=list)

    @property
    def beyond(self) -> list[float]:
        """Milliseconds of one client's request beyond its encoding."""
        pairs = zip(self.one_client, self.encode_beside_one, strict=True)
        return [whole - encode for whole, encode in pairs]

    @property
    def share(self) -> list[float]:
        """Requests a second, of what the CPUs could encode."""
        rounds = zip(self.rate, self.encode_beside_all, self.load_cpus, strict=True)
        return [rate * ms / 1000 / (self.cpus - load) for rate, ms, load in rounds]


def measure_server(*, rounds: int, seconds: float) -> ServerFigures:
    """Start the local server, and put both loads on it in turn; `seconds` of the larger one."""
    from model_layer import load_encoder

    encoder = load_encoder(threads=1)
    port, one = free_port(), request([SHORT], 0)
    figures = ServerFigures(len(os.sched_getaffinity(0)))

    def encode() -> float:
        return statistics.median(_milliseconds(lambda: encoder.encode([SHORT]), ENCODED))

    command = [sys.executable, "-m", "handler.commands", "serve"]
    environment = {"PORT": str(port), "HOST": "127.0.0.1", "VECTOR_STORE": ""}
    with process("local server", command, environment=environment) as server:
        _wait(port)
        for warm in (False, True):
            for _ in range(rounds if warm else 1):
                before = encode()
                with socket.create_connection(("127.0.0.1", port)) as client:
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    taken = _milliseconds(lambda: _ask(client, one.wire), REQUESTS)
                between, load, used = encode(), time.process_time(), cpu_seconds(server.pid)
                answers = asyncio.run(put_load(port, [one], clients=CLIENTS, seconds=seconds))
                load, used = time.process_time() - load, cpu_seconds(server.pid) - used
                after = encode()
                if answers.errors:
                    raise RuntimeError(f"{answers.errors} requests failed.")
                if not warm:
                    continue
                figures.encode.append((before + between + after) / 3)
                figures.one_client.append(statistics.median(taken))
                figures.encode_beside_one.append((before + between) / 2)
                figures.encode_beside_all.append((between + after) / 2)
                figures.rate.append(answers.requests_per_second)
                figures.load_cpus.append(load / answers.seconds)
                figures.server_cpu.append(used / len(answers.milliseconds) * 1000)
    return figures


def server_table(figures: ServerFigures) -> str:
    """Both loads, with the least and the greatest of the rounds."""
    columns: dict[str, Callable[[ServerFigures], str]] = {
        "local server, one short text": lambda one: f"{one.cpus} CPUs, median (least–most)",
        "bare encode, ms": lambda one: spread(one.encode, 2),
        "1 client adds, ms": lambda one: spread(one.beyond, 2),
        f"{CLIENTS} clients, requests/s": lambda one: spread(one.rate),
        "of what the CPUs could do": lambda one: _percent(one.share),
        "server's CPU a request, ms": lambda one: spread(one.server_cpu, 2),
        "CPUs of the load, left out": lambda one: spread(one.load_cpus, 2),
    }
    return table([figures], columns)


def _percent(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0%} ({min(values):.0%}–{max(values):.0%})"


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _milliseconds(call: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _ask(client: socket.socket, wire: bytes) -> None:
    """A request and its whole answer."""
    client.sendall(wire)
    answer = client.recv(1 << 16)
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += client.recv(1 << 16)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer[:200].decode("latin-1"))
    length = int(answer[:end].lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    missing = end + 4 + length - len(answer)
    while missing > 0:
        missing -= len(client.recv(1 << 16))


def _wait(port: int) -> None:
    ends = time.perf_counter() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionError:
            if time.perf_counter() > ends:
                raise
            time.sleep(0.05)
