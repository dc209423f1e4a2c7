"""The image as a server: `docker run IMAGE serve`, restricted as docs/container.md allows."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from openai import OpenAI

from handler.http.auth import hash_key
from model_layer import Encoder
from tests.handler.metrics.families import Scrape
from tests.sam.commands import IMAGE, docker

RESTRICTED = [
    *("--read-only", "--tmpfs", "/tmp", "--security-opt", "no-new-privileges"),
    *("--memory", "1536m"),
]
STARTING_SECONDS = 30.0


@dataclass(frozen=True)
class Container:
    """A running server."""

    name: str
    origin: str

    @property
    def log(self) -> str:
        """What it wrote to standard error and output."""
        done = subprocess.run(["docker", "logs", self.name], capture_output=True, text=True)
        return done.stdout + done.stderr

    @property
    def health(self) -> str:
        return docker("inspect", "-f", "{{.State.Health.Status}}", self.name).strip()

    def client(self, key: str = "a") -> OpenAI:
        return OpenAI(base_url=f"{self.origin}/v1", api_key=key, max_retries=0)


@contextlib.contextmanager
def serving(*options: str) -> Iterator[Container]:
    """A container with the command `serve`, once it answers."""
    published = ["--publish", "127.0.0.1::8444"]
    name = docker("run", "--detach", *published, *RESTRICTED, *options, IMAGE, "serve").strip()
    try:
        address = docker("port", name, "8444").split()[-1]
        container = Container(name, f"http://{address}")
        until = time.monotonic() + STARTING_SECONDS
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{container.origin}/ready").status_code == 200:
                    break
            assert time.monotonic() < until, container.log
            time.sleep(0.1)
        yield container
    finally:
        docker("rm", "--force", "--volumes", name)


@pytest.fixture
def volume(built: None) -> Iterator[str]:
    name = f"minilm-test-{uuid.uuid4().hex[:8]}"
    yield name
    docker("volume", "rm", "--force", name)


@pytest.fixture(scope="module")
def server(built: None) -> Iterator[Container]:
    """A server with quick health checks, and without a volume."""
    with serving("--health-interval", "1s", "--tmpfs", "/data:mode=1777") as container:
        yield container


def test_it_answers_as_an_unprivileged_user(server: Container, encoder: Encoder) -> None:
    answer = httpx.post(f"{server.origin}/v1/embeddings", json={"input": "hello"})
    assert answer.headers["x-embedding-fingerprint"] == encoder.bundle.fingerprint
    assert len(answer.json()["data"][0]["embedding"]) == 384
    status = docker("exec", server.name, "cat", "/proc/1/status")
    assert (
        re.findall(r"^(?:Uid|Gid):\t(.*)", status, re.MULTILINE) == ["1000\t1000\t1000\t1000"] * 2
    )
    assert re.findall(r"^(?:CapEff|CapPrm):\t0*(.*)", status, re.MULTILINE) == ["", ""]


def test_a_browser_gets_a_page(server: Container) -> None:
    answer = httpx.get(server.origin, headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "<title>" in answer.text


def test_its_lines_are_json(server: Container) -> None:
    httpx.post(f"{server.origin}/v1/embeddings", json={"input": "hello"})
    lines = [line for line in server.log.splitlines() if '"route":"/v1/embeddings"' in line]
    assert json.loads(lines[-1])["status"] == 200


def test_it_becomes_healthy(server: Container) -> None:
    until = time.monotonic() + 30
    while server.health != "healthy":
        assert time.monotonic() < until, docker("inspect", server.name)
        time.sleep(0.2)


def test_other_pages_may_not_call_it(server: Container) -> None:
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
        assert httpx.get(f"{server.origin}/v1/models", headers=headers).status_code == 403
    inside = {"host": "minilm:8444"}  # a service of the same network
    assert httpx.get(f"{server.origin}/v1/models", headers=inside).status_code == 200


def test_a_folder_that_belongs_to_root_is_no_store(built: None, tmp_path: Path) -> None:
    """Docker makes the folder of a `-v` that is missing, for root."""
    with serving("--volume", f"{tmp_path / 'data'}:/data") as container:
        assert "There is no vector store: /data cannot be written." in container.log
        answer = httpx.post(f"{container.origin}/v1/embeddings", json={"input": "hello"})
        assert answer.status_code == 200


@pytest.mark.parametrize("capability", ["ALL", "SETGID"])
def test_a_container_that_would_stay_root_does_not_start(built: None, capability: str) -> None:
    command = ["docker", "run", "--rm", "--cap-drop", capability, IMAGE, "key"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "docker run --user 1000" in done.stderr


@pytest.mark.parametrize("user", ["1000", "54321"])
def test_documents_outlive_the_container(volume: str, user: str) -> None:
    mounted = ["--volume", f"{volume}:/data", "--user", user, "--cap-drop", "ALL"]
    with serving(*mounted) as container:
        client = container.client()
        store = client.vector_stores.create(name="manuals")
        client.vector_stores.files.upload_and_poll(
            vector_store_id=store.id, file=("pump.txt", b"Error E-2041 means that it is dry.")
        )
        # The log has a line if a layer is missing. Older Dockers refuse Landlock's system calls.
        missing = [line for line in container.log.splitlines() if "is confined by" in line]
        docker("stop", container.name)
    for line in missing:
        assert "system calls by seccomp" in line.partition("Not by")[0]
        assert "no capabilities" in line.partition("Not by")[0]
    with serving(*mounted, "--env", f"API_KEY_HASHES={hash_key('secret')}") as container:
        assert httpx.get(f"{container.origin}/v1/models").status_code == 401
        found = container.client("secret").vector_stores.search(store.id, query="E-2041")
        assert [one.filename for one in found] == ["pump.txt"]
        headers = {"authorization": "Bearer secret"}
        answer = httpx.get(f"{container.origin}/metrics", headers=headers)
        scrape = Scrape(answer.text)
        assert scrape.value("store_up") == 1
        assert scrape.value("store_files", status="completed") == 1


def test_a_server_without_a_volume_has_no_store_and_says_so(built: None) -> None:
    with serving() as container:
        assert httpx.post(f"{container.origin}/v1/vector_stores", json={}).status_code == 404
        assert "There is no vector store: /data cannot be written." in container.log
        assert "store_up" not in httpx.get(f"{container.origin}/metrics").text
        docker("stop", container.name)
        status = docker("inspect", "-f", "{{.State.ExitCode}}", container.name).strip()
    assert status == "0"


def test_a_request_in_flight_is_answered_before_it_ends(built: None) -> None:
    texts = [f"{number} is a number, and this is a sentence about it." for number in range(1_000)]
    answers: list[httpx.Response] = []
    with serving("--cpus", "1") as container:

        def ask() -> None:
            body = {"input": texts, "encoding_format": "base64"}
            answers.append(httpx.post(f"{container.origin}/v1/embeddings", json=body, timeout=60))

        asking = threading.Thread(target=ask)
        asking.start()
        in_progress = 0.0
        while in_progress < 2:  # the scrape is one itself
            scraped = Scrape(httpx.get(f"{container.origin}/metrics").text)
            in_progress = scraped.value("requests_in_progress") or 0.0
            assert asking.is_alive()
        assert scraped.value("encoder_threads") == 1
        began = time.monotonic()
        docker("stop", container.name)
        assert time.monotonic() - began < 10
        asking.join()
        status = docker("inspect", "-f", "{{.State.ExitCode}}", container.name).strip()
    assert [answer.status_code for answer in answers] == [200]
    assert len(answers[0].json()["data"]) == len(texts)
    assert status == "0"


def test_a_server_that_is_still_starting_ends_at_once(built: None) -> None:
    name = docker("run", "--detach", *RESTRICTED, IMAGE, "serve").strip()
    try:
        is_python = "python3\0-P\0-m\0handler.commands\0serve"
        while not docker("exec", name, "cat", "/proc/1/cmdline").startswith(is_python):
            pass
        time.sleep(0.5)  # Python itself has started; the model takes a second or more
        began = time.monotonic()
        docker("stop", name)
        assert time.monotonic() - began < 8
    finally:
        docker("rm", "--force", name)


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(volume: str, tmp_path: Path) -> Run:
    """Run a command, with a folder of one document."""
    (tmp_path / "in").mkdir(mode=0o755)
    (tmp_path / "in" / "pump.txt").write_text("Error E-2041 means that the pump is dry.")
    mounts = ["--volume", f"{volume}:/data", "--volume", f"{tmp_path / 'in'}:/in:ro"]

    def run(*command: str, options: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        started = ["docker", "run", "--rm", *RESTRICTED, *mounts, *options, IMAGE, *command]
        return subprocess.run(started, capture_output=True, text=True)

    return run


def test_commands_run_as_well(run: Run, encoder: Encoder) -> None:
    def result(*command: str) -> Any:
        done = run(*command)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    assert run("--help").stdout.startswith("usage: minilm [-h] [--version] COMMAND\n")
    ingested = result("ingest", "/in")
    assert (ingested["folder"], ingested["documents"]) == ("/in", {"ingested": 1})
    found = result("search", "What is E-2041?")
    assert (found["filename"], "pump is dry" in found["content"][0]["text"]) == ("pump.txt", True)
    vector = np.array(result("embed", "hello")["embedding"], np.float32)
    assert np.array_equal(vector, encoder.encode(["hello"]).vectors[0])
    assert result("text", "/in/pump.txt", "--json")["status"] == "completed"
    for options in ([], ["--info"]):
        assert result("model", *options)["fingerprint"] == encoder.bundle.fingerprint
    made = result("key")
    assert made["hash"] == hash_key(made["key"])


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (
            "search x",
            1,
            r"There is no store /data/documents\.sqlite yet\. `minilm ingest FOLDER` .*",
        ),
        ("model --remove", 1, r"/var/task/model_layer/bundle is not removed: .*"),
        ("model --precision fp32", 1, r"The model bundle in .* and fp32 is asked for\. .*"),
        ("backfill s3://b", 2, r"Name the queue: .*"),
        ("backfill s3://b --queue x --no-removed", 1, r"sqs cannot be called: .* Set AWS_REGION\."),
        (
            "backfill b",
            2,
            r"usage: minilm backfill (.|\n)* it must have the form s3://bucket/prefix",
        ),
        ("serve --port abc", 2, r"usage: minilm serve (.|\n)* argument --port: it is 'abc'; .*"),
        ("text ~/a.txt", 1, r"There is no file /data/a\.txt\."),
    ],
)
def test_what_a_command_cannot_do_is_told(run: Run, command: str, status: int, said: str) -> None:
    done = run(*command.split())
    assert (done.returncode, done.stdout) == (status, "")
    assert re.fullmatch(said + "\n", done.stderr), done.stderr


def test_the_home_folder_of_any_user_is_the_volume(run: Run) -> None:
    done = run("text", "~/a.txt", options=["--user", "54321"])
    assert done.stderr == "There is no file /data/a.txt.\n"
    done = run("text", "~/a.txt", options=["--env", "HOME=/in"])
    assert done.stderr == "There is no file /in/a.txt.\n"


def test_a_function_is_still_a_function(container: str) -> None:
    """The base image's entrypoint runs: the emulator is the first process."""
    first = docker("exec", container, "cat", "/proc/1/cmdline")
    assert "aws-lambda-rie" in first
    docker(
        "exec", container, "sh", "-c", "PYTHONPATH=/var/task python3 -P -m handler.container.health"
    )
