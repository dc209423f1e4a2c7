"""The peers are set up as stated, and their figures are right. Nothing is measured here."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from benchmarks.measuring import bundles, processes
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.texts import long, mixed, short
from benchmarks.peers import contestants, library, models, servers
from benchmarks.peers.load import PATH, put_load, request
from model_layer import Encoder
from model_layer.places import DEFAULT_BUNDLE, PRECISIONS


def test_the_empty_function_has_the_versions_of_the_image() -> None:
    """Otherwise the two functions would differ in more than our code and our model."""
    pinned = (ROOT / "benchmarks/functions/hello/requirements.txt").read_text().splitlines()[1:]
    image = (ROOT / "requirements/image.txt").read_text()
    assert len(pinned) == 4
    for line in pinned:
        assert f"\n{line} " in image, line


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_precision_is_measured(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "bundle", Path)
    name = f"minilm-lambda {precision}"
    assert name in [one.name for one in contestants.contestants("avx2")]
    (server,) = (one for one in servers.servers(2) if one.name == name)
    assert server.command[-1] == precision


@pytest.mark.parametrize("instruction_set", models.QUANTIZED)
def test_every_contestant_has_its_environment_its_model_and_its_loader(
    instruction_set: str,
) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for one in contestants.contestants(instruction_set):
        assert f"\n{one.environment}/ready: " in makefile
        assert one.load in contestants.LOADERS
        if one.load in ("on_onnx", "on_openvino"):
            assert models.MADE[one.variant][0] == one.environment
            assert one.variant in models.FILES


def test_our_contestant_is_the_encoder(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "int8").symlink_to(DEFAULT_BUNDLE)
    monkeypatch.setattr(bundles, "FOLDER", tmp_path)
    texts = ["a cat", "a dog"]
    vectors = contestants.load("ours", "int8", 1)(texts)
    assert np.array_equal(vectors, encoder.encode(texts).vectors)


def test_texts_have_the_stated_lengths(encoder: Encoder) -> None:
    assert mixed(50) == mixed(50)
    assert encoder.encode(long(3)).token_counts.tolist() == [256] * 3
    assert max(encoder.encode(short(50)).token_counts) < 40
    for batch in servers.batches(2):
        assert len(batch) == servers.BATCH
        assert not encoder.encode(batch).truncated.any()


def test_the_message_about_a_dead_contestant_has_its_last_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LOGS", tmp_path)
    broken = contestants.Contestant("broken", ".venv", "no_such_function")
    with library.worker(broken, 1) as at_work, pytest.raises(processes.Died) as died:
        at_work.encode(["a cat"])
    assert "KeyError: 'no_such_function'" in str(died.value)


def test_peak_memory_is_that_of_the_process() -> None:
    before = processes.peak_mb(os.getpid())
    np.ones(25_000_000, np.uint8).sum()
    assert processes.peak_mb(os.getpid()) >= before > 10


def test_a_request_is_like_those_of_openais_clients(encoder: Encoder, port: int) -> None:
    head, _, body = request(["schön", "猫"], 7).wire.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    assert json.loads(body)["input"] == ["schön", "猫"]
    vectors = servers.embed(port, ["schön", "猫"])
    assert np.allclose(vectors, encoder.encode(["schön", "猫"]).vectors, atol=1e-6)


def test_a_load_counts_the_answers(port: int) -> None:
    load = put_load(port, [request(["a cat"], 4)], clients=16, seconds=0.3)
    answered = asyncio.run(load)
    assert answered.errors == 0
    assert len(answered.milliseconds) >= 16
    assert answered.tokens == 4 * len(answered.milliseconds)
    assert answered.requests_per_second == pytest.approx(answered.tokens_per_second / 4)


def test_a_load_counts_errors_and_lost_connections() -> None:
    served = iter(range(1_000_000))

    class Answer(BaseHTTPRequestHandler):
        """200, 500, and a connection that closes, in turn."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert self.path == PATH
            self.rfile.read(int(self.headers["content-length"]))
            turn = next(served) % 3
            if turn == 2:
                self.close_connection = True
                return
            self.send_response(500 if turn else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        load = put_load(server.server_port, [request(["cat"], 4)], clients=1, seconds=0.2)
        answered = asyncio.run(load)
        server.shutdown()
        thread.join()
    good = len(answered.milliseconds)
    assert good > 1
    assert 2 * good - 2 <= answered.errors <= 2 * good


class Encoding(library.Worker):
    """A contestant that encodes at once, or one that does not start."""

    def encode(
        self, texts: Sequence[str], *, calls: int = 1, vectors: bool = False
    ) -> dict[str, Any]:
        if self._name == "broken":
            processes.log_file(self._name).write_text("Illegal instruction")
            raise processes.Died(self._name)
        some = base64.b64encode(np.ones((len(texts), 4), "<f4").tobytes()).decode()
        return {"seconds": [0.5] * calls, "peak_mb": 1.0, "vectors": some}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[contestants.Contestant]:
    """Contestants without processes."""

    @contextmanager
    def worker(one: contestants.Contestant, *_: object) -> Iterator[library.Worker]:
        yield Encoding(one.name, None)

    monkeypatch.setattr(processes, "LOGS", tmp_path)
    monkeypatch.setattr(library, "worker", worker)
    small = contestants.Contestant("small", ".venv", "ours", large=False)
    return [
        small,
        *(contestants.Contestant(name, ".venv", "ours") for name in (REFERENCE, "broken")),
    ]


def test_a_peer_that_does_not_start_with_instructions_hidden_is_left_out_and_named(
    at_once: list[contestants.Contestant],
) -> None:
    run = library.Run({"mixed": ["a", "b"]}, {"mixed": 8}, 1, 2, library.AVX2)
    assert [one.name for one in library.measure(at_once, run)] == ["small", REFERENCE]
    assert run.missing == ["broken (AVX2): it did not start. Illegal instruction"]
    run.instructions = library.NATIVE
    with pytest.raises(processes.Died):
        library.measure(at_once, run)


def test_the_large_call_is_measured_in_every_other_round(
    at_once: list[contestants.Contestant],
) -> None:
    tokens = {"mixed": 8, library.LARGE: 80}
    run = library.Run({"mixed": ["a"], library.LARGE: ["b"] * 10}, tokens, 1, 5)
    small, reference = library.measure(at_once[:2], run)
    assert small.tokens_per_second == {"mixed": [16.0] * 5}
    assert reference.tokens_per_second == {"mixed": [16.0] * 5, library.LARGE: [160.0] * 3}


def test_a_peer_does_not_load_our_packages() -> None:
    """Its memory is measured, and its environment lacks them."""
    program = (
        "import sys, benchmarks.peers.contestants, benchmarks.peers.worker;"
        "print({'onnx', 'onnxruntime', 'model_layer'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
