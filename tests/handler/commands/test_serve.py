"""`minilm serve`: what it says at its start, a clear sentence for a wrong setting, a quiet end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from handler.commands.serve import main
from handler.settings import SqliteAddress
from model_layer import read_bundle
from tests.docs.pages import quoted, rows, section, text_of
from tests.local_server import Server
from tests.paths import ROOT

SERVE = [sys.executable, "-m", "handler.commands", "serve"]
SETTINGS = [quoted(row[0])[0] for row in rows(section(text_of("docs/api.md"), "## Settings"))]
PORTS = "it can be a number from 0 (any free port) to 65535"
ON_AWS = {"VECTOR_STORE": "s3vectors://bucket/index", "LEDGER_TABLE": "ledger"}
# Of each setting, a value that it refuses, and what else must be set for it to be read.
WRONG: dict[str, tuple[str, dict[str, str]]] = {
    "ACCEPT_ANY_MODEL": ("maybe", {}),
    "ALLOWED_HOSTS": ("https://box", {}),
    "API_BASE_PATH": ("/a b", {}),
    "API_KEY_HASHES": ("secret", {}),
    "CHUNK_OVERLAP": ("129", {}),
    "CORS_ALLOW_ORIGINS": ("a.example", {}),
    "DIMENSIONS_OVER_LIMIT": ("384", {}),
    "ENCODER_THREADS": ("many", {}),
    "FILES_BUCKET": ("s3://files", ON_AWS),
    "HOST": ("no.such.host.invalid", {}),
    "KEEP_ALIVE_SECONDS": ("0", {}),
    "KEEP_BOILERPLATE": ("yes", {}),
    "LEDGER_TABLE": ("a b", {"VECTOR_STORE": ON_AWS["VECTOR_STORE"]}),
    "LOG_FORMAT": ("xml", {}),
    "MAX_WAITING_TEXTS": ("0", {}),
    "MCP": ("on", {}),
    "METRICS_NAMESPACE": ("a\x1bb", {}),
    "PAGE": ("on", {}),
    "PORT": ("65536", {}),
    "PRECISION": ("int4", {}),
    "QUEUE_URL": ("a b", {}),
    "SEARCH_MODE": ("words", {}),
    "SOURCE_BUCKETS": ("documents,s3://reports", {}),
    "TEXT_LANGUAGE": ("english", {}),
    "TRUNCATE": ("middle", {}),
    "VECTOR_STORE": ("postgres://db", {}),
}


def serve(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with settings that it refuses."""
    environment = {**os.environ, **environment}
    return subprocess.run(
        SERVE, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that says why nothing is served."""
    assert main(list(arguments)) == 1
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    return said.err


def test_an_occupied_port_is_named(server: Server) -> None:
    done = serve(PORT=str(server.port), HOST="127.0.0.1", MINILM_CALLED_BY="make")
    assert done.returncode == 1
    assert done.stderr == (
        f"Cannot listen on 127.0.0.1:{server.port}: address already in use. "
        "PORT=… takes another port.\n"
    )


def test_every_setting_has_a_value_that_is_refused() -> None:
    assert sorted(WRONG) == sorted(SETTINGS)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_one_sentence_with_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    value, others = WRONG[name]
    for other, setting in {"PORT": "0", **others, name: value}.items():
        monkeypatch.setenv(other, setting)
    said = refused(capsys)
    if name == "HOST":
        assert said.startswith(f"Cannot listen on {value}:0: ")
        assert said.endswith("--host … takes another address.\n")
    elif name == "API_KEY_HASHES":
        assert said.startswith(f"Item 1 of {name} is not")
        assert value not in said
    elif name == "PORT":
        assert said == f"PORT is {value!r}; {PORTS}.\n"
    elif name == "CORS_ALLOW_ORIGINS":
        assert said.startswith(f"{name} has {value!r}; an origin is ")
    else:
        shown = value.rpartition(",")[2]
        assert said.startswith(f"{name} is {shown!r}; it can be ")


@pytest.mark.parametrize("port", ["http", "-1", "65536", "٣", "9" * 5_000])
def test_an_invalid_port_is_wrong_usage(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([f"--port={port}"])
    assert capsys.readouterr().err.endswith(f" argument --port: it is {port!r}; {PORTS}\n")


def test_a_setting_is_refused_without_a_traceback() -> None:
    done = serve(PORT="0", ENCODER_THREADS="many")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "ENCODER_THREADS is 'many'; it can be a whole number from 1 to 64.\n"


def test_a_store_that_cannot_be_made_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    store = tmp_path / "file" / "sub" / "documents.sqlite"
    said = refused(capsys, "--port=0", "--store", str(store))
    assert said == f"The store {store} cannot be made: {tmp_path}/file is not a folder.\n"


# --- the start


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*SERVE, "--port", "0", *options],
        cwd=ROOT,
        env={**os.environ, "VECTOR_STORE": "", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What else it said, after an interruption."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in err
    return out, err


def test_an_interrupt_ends_the_server_quietly() -> None:
    with serving() as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        port = url.partition("localhost:")[2].partition("/")[0]
        for host in ("127.0.0.1", "[::1]"):
            assert httpx.get(f"http://{host}:{port}/health").status_code == 200
        for name in ("10.0.0.1", "a.example"):  # reached by another name
            refused = httpx.get(f"http://127.0.0.1:{port}/v1/models", headers={"host": name})
            assert refused.json()["error"]["code"] == "host_not_allowed"
        out, err = ended(process)
    assert out == ""
    lines = [json.loads(line) for line in err.splitlines()]
    assert [line["status"] for line in lines if "status" in line] == [200, 200, 403, 403]
    assert [line["message"] for line in lines if line.get("level") == "INFO"]


def test_programs_read_what_is_served_in_one_line(tmp_path: Path) -> None:
    store = tmp_path / "notes.sqlite"
    with serving("--store", str(store)) as process:
        assert process.stdout is not None
        started = json.loads(process.stdout.readline())
        ended(process)
    origin = started["url"].removesuffix("/v1")
    assert started == {
        "event": "started",
        "version": started["version"],
        "url": f"{origin}/v1",
        "page": f"{origin}/",
        "docs": f"{origin}/docs",
        "mcp": f"{origin}/mcp",
        "metrics": f"{origin}/metrics",
        "fingerprint": read_bundle().fingerprint,
        "bundle": str(read_bundle().folder),
        "built": False,
        "store": {"place": str(store), "documents": None, "vector_stores": None, "problem": None},
        "keys": 0,
    }


def test_people_read_it_in_a_block(library: SqliteAddress) -> None:
    with serving("--log-format", "text", "--store", library.path) as process:
        assert process.stdout is not None
        block = [process.stdout.readline()]
        while not block[-1].startswith("Ctrl-C"):
            block.append(process.stdout.readline())
        port = block[0].partition("localhost:")[2].partition("/")[0]
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
        _, err = ended(process)
    first, out = block[0], "".join(block)
    assert first.startswith("minilm ")
    assert first.endswith(f" serves http://localhost:{port}/v1\n")
    assert read_bundle().fingerprint in out
    assert f"  page       http://localhost:{port}/\n" in out
    assert f"http://localhost:{port}/docs\n" in out
    assert f"  documents  {library.path}: 5 documents, 0 vector stores\n" in out
    assert "off, any program on this machine may call: `" in out
    assert out.endswith("Ctrl-C stops it.\n")
    assert " 200 GET /health " in err
    assert "INFO:     Shut down" in err


def test_every_address_is_announced_as_localhost_however_it_is_written() -> None:
    with serving("--host", "0") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"].startswith("http://localhost:")
        ended(process)


def test_an_occupied_port_is_cured_by_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused(capsys, "--host", "127.0.0.1", "--port", port)
    assert said.endswith("--port … takes another port.\n")
