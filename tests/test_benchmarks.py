"""What the benchmarks compare with is what they say, and their figures are right.

They are not run here, and no duration is tested.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from benchmarks import bundles, contestants, library, models, processes, readme, servers
from benchmarks.library_report import price, speeds
from benchmarks.load import PATH, Answers, put_load, request
from benchmarks.servers_report import table
from benchmarks.texts import long, mixed, short
from handler.settings import MEMORY_PER_CPU
from model_layer import Encoder, load_encoder
from model_layer.artifacts import DEFAULT_BUNDLE
from model_layer.build.__main__ import PRECISIONS
from tests.conftest import ROOT, Server


def test_the_empty_function_has_the_versions_of_the_image() -> None:
    """Else the difference between the two would not be our code and our model alone."""
    pinned = (ROOT / "benchmarks/functions/hello/requirements.txt").read_text().splitlines()[1:]
    image = (ROOT / "requirements/image.txt").read_text()
    assert len(pinned) == 4
    for line in pinned:
        assert f"\n{line} " in image, line


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_precision_is_measured(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "bundle", lambda one: Path(one))
    name = f"minilm-lambda {precision}"
    assert name in [one.name for one in contestants.contestants()]
    (server,) = (one for one in servers.servers(2) if one.name == name)
    assert server.command[-1] == precision


def test_every_contestant_has_its_environment_its_model_and_what_loads_it() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for one in contestants.contestants():
        assert f"\n{one.environment}/ready: " in makefile
        assert one.load in contestants.LOADERS
        if one.load.startswith("on_"):
            assert models.MADE[one.variant][0] == one.environment
            assert one.variant in models.FILES


def test_ours_is_the_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "int8").symlink_to(DEFAULT_BUNDLE)
    monkeypatch.setattr(bundles, "FOLDER", tmp_path)
    encode = contestants.load("ours", "int8", 1)
    texts = ["a cat", "a dog"]
    assert np.array_equal(encode(texts), load_encoder().encode(texts).vectors)


def test_texts_are_as_long_as_they_say(encoder: Encoder) -> None:
    assert mixed(50) == mixed(50)
    assert encoder.encode(long(3)).token_counts.tolist() == [256] * 3
    assert max(encoder.encode(short(50)).token_counts) < 40
    batch = servers.batch_texts(64)
    assert len(batch) == 64
    assert not encoder.encode(batch).truncated.any()


def test_a_contestant_that_dies_says_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LOGS", tmp_path)
    nobody = contestants.Contestant("nobody", ".venv", "no_such_function")
    with library.worker(nobody, 1) as at_work, pytest.raises(processes.Died) as died:
        at_work.encode(["a cat"])
    assert "KeyError: 'no_such_function'" in str(died.value)


def test_peak_memory_is_that_of_the_process() -> None:
    before = processes.peak_mb(os.getpid())
    np.ones(25_000_000, np.uint8).sum()
    assert processes.peak_mb(os.getpid()) >= before > 10


def test_a_request_is_what_openai_s_clients_send(server: Server) -> None:
    head, _, body = request(["schön", "猫"], 7).wire.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    assert json.loads(body)["input"] == ["schön", "猫"]
    vectors = servers.embed(server.port, ["schön", "猫"])
    assert np.allclose(vectors, load_encoder().encode(["schön", "猫"]).vectors, atol=1e-6)


def test_a_load_counts_what_the_server_answers(server: Server) -> None:
    answers = put_load(server.port, [request(["a cat"], 4)], clients=16, seconds=0.3)
    assert answers.errors == 0
    assert len(answers.milliseconds) >= 16
    assert answers.tokens == 4 * len(answers.milliseconds)
    assert answers.requests_per_second == pytest.approx(answers.tokens_per_second / 4)


def test_a_load_counts_errors_and_lost_connections() -> None:
    answered = iter(range(1_000_000))

    class Answer(BaseHTTPRequestHandler):
        """200, 500, and a connection that closes, in turn."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert self.path == PATH
            self.rfile.read(int(self.headers["content-length"]))
            turn = next(answered) % 3
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
        answers = put_load(server.server_port, [request(["cat"], 4)], clients=1, seconds=0.2)
        server.shutdown()
        thread.join()
    good = len(answers.milliseconds)
    assert good > 1
    assert 2 * good - 2 <= answers.errors <= 2 * good


def measured(name: str, speed: float, short_ms: float) -> library.Measurement:
    rates = dict.fromkeys(library.TEXTS, [speed / 2, speed, speed * 2])
    one = library.Measurement(name, 1, tokens_per_second=rates)
    one.short_ms = [[short_ms] * 10] * 3
    return one


def test_the_table_has_medians_spreads_and_ratios() -> None:
    reference = measured(contestants.REFERENCE, 1_000, 10)
    rows = speeds([measured("ours", 5_000, 2), reference]).splitlines()
    assert rows[2].startswith("| ours | 5,000 (2,500–10,000) | 5.00 |")
    assert rows[3].startswith("| sentence-transformers | 1,000 (500–2,000) | 1.00 |")


def test_a_million_tokens_cost_their_seconds_at_one_cpu() -> None:
    cost = price(measured("ours", 5_000, 2), mixed_tokens=1_000_000)  # one request of 200 s
    assert cost == pytest.approx(200 * MEMORY_PER_CPU / 1_024 * 0.0000166667, rel=1e-4)


def test_the_table_of_servers_counts_errors() -> None:
    names = ("ours", contestants.REFERENCE)
    answers = {
        "ours": Answers([2.0] * 100, 400, 3, 1.0),
        names[1]: Answers([4.0] * 50, 200, 0, 1.0),
    }
    both = [servers.Measurement(name, 1.0, answers={"load": [answers[name]]}) for name in names]
    assert table("load", both).splitlines()[2:] == [
        "| ours | 100.0 (100.0–100.0) | 2.00 | 400 | 2.0 | 2.0 | 3 |",
        "| sentence-transformers | 50.0 (50.0–50.0) | 1.00 | 200 | 4.0 | 4.0 | 0 |",
    ]


def test_the_readme_takes_the_last_results(tmp_path: Path) -> None:
    (tmp_path / "speed.md").write_text("new\n")
    text = "before\n<!-- speed.md -->\nold\n<!-- end -->\nafter\n"
    done = readme.with_results(text, tmp_path)
    assert done == "before\n<!-- speed.md -->\nnew\n<!-- end -->\nafter\n"
    assert readme.with_results(done, tmp_path) == done


def test_a_peer_does_not_load_what_builds_ours() -> None:
    """Its memory is measured, and its environment has none of it."""
    program = (
        "import sys, benchmarks.contestants, benchmarks.worker;"
        "print({'onnx', 'onnxruntime', 'model_layer'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
