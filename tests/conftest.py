"""What several test files share: the encoder, a client in this process, a server in another."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray
from starlette.testclient import TestClient
from tokenizers import Tokenizer as WordPiece

from handler.settings import SqliteAddress
from model_layer import Cl100k, Encoder, load_cl100k, load_encoder
from model_layer.artifacts import DEFAULT_BUNDLE, TOKENIZER, read_bundle
from model_layer.build import __main__ as command
from model_layer.build.__main__ import PRECISIONS
from model_layer.build.fetch import fetch, source_files
from model_layer.build.parameters import Dense, Parameters, read_parameters
from tests.library import fill

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
BUNDLES = ROOT / ".bundles"  # kept between runs

# Encoding a text takes milliseconds or, on a busy machine, many more: no deadline an example.
hypothesis.settings.register_profile("here", deadline=None, max_examples=50)
hypothesis.settings.load_profile("here")

# Any code point at all. Lone surrogates and NUL are so few among them that they need a push.
ANY_CHARACTER = st.characters(exclude_categories=()) | st.sampled_from("\ud83d\udc00\x00")


def load_event(name: str) -> dict[str, Any]:
    """The event in `events/<name>.json`."""
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


@dataclass(frozen=True)
class Golden:
    """The reference: what sentence-transformers gives."""

    texts: list[str]
    kinds: list[str]
    vectors: NDArray[np.float32]  # (texts, 384)
    tokens_read: NDArray[np.int32]  # (texts,)
    tokens: NDArray[np.int32]  # (texts,), before any cut


@pytest.fixture(scope="session")
def golden() -> Golden:
    pairs = json.loads((GOLDEN / "texts.json").read_text())
    tokens = np.load(GOLDEN / "tokens.npy")
    return Golden(
        texts=[pair["text"] for pair in pairs],
        kinds=[pair["kind"] for pair in pairs],
        vectors=np.load(GOLDEN / "vectors.npy"),
        tokens_read=tokens[:, 0],
        tokens=tokens[:, 1],
    )


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def bundles() -> Mapping[str, Path]:
    """Of each precision: the folder of its bundle. The default's is the one of `make model`."""
    folder = BUNDLES / "fp32"
    BUNDLES.mkdir(exist_ok=True)
    with (BUNDLES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other workers of pytest-xdist wait meanwhile
        if not command.up_to_date(folder, "fp32"):
            command.build(folder, "fp32")
    return {"int8": DEFAULT_BUNDLE, "fp32": folder}


@pytest.fixture(scope="session", params=PRECISIONS)
def each_encoder(request: pytest.FixtureRequest, bundles: Mapping[str, Path]) -> Encoder:
    """An encoder of each precision."""
    return load_encoder(bundles[request.param])


@pytest.fixture(scope="session")
def parameters() -> Parameters[Dense]:
    """The model's, as sentence-transformers published them."""
    return read_parameters(fetch(next(f for f in source_files() if f.name == "model.safetensors")))


@pytest.fixture(scope="session")
def cl100k() -> Cl100k:
    return load_cl100k()


@pytest.fixture(scope="session")
def wordpiece() -> WordPiece:
    """The official tokenizer, without the truncation and the padding in its file."""
    wordpiece = WordPiece.from_file(str(read_bundle().path(TOKENIZER)))
    wordpiece.no_truncation()
    wordpiece.no_padding()
    return wordpiece


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> SqliteAddress:
    """The vector store with all of `library.LIBRARY` in it. Not to be written to."""
    path = tmp_path_factory.mktemp("store") / "library.sqlite"
    fill(path, encoder)
    return SqliteAddress(str(path))


@pytest.fixture(scope="session")
def client() -> TestClient:
    """The application of `handler.api`, called in this process."""
    from handler.api import app

    return TestClient(app, raise_server_exceptions=False)


@dataclass(frozen=True)
class Server:
    """A server process, as `make serve` starts it."""

    port: int
    pid: int

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"


@contextlib.contextmanager
def start_server(**settings: str) -> Iterator[Server]:
    """Run a server with these settings, besides those of the environment."""
    # Port 0: the system picks a free one, and the server's first line says which.
    address = {"HOST": "127.0.0.1", "PORT": "0", "PYTHONUNBUFFERED": "1"}
    environment = {**os.environ, **address, **settings}
    command = [sys.executable, "-m", "handler.commands.serve"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        found = re.search(rb"http://127\.0\.0\.1:(\d+)/v1", process.stdout.readline())
        assert found, "the server did not start"
        # Its log is read, or the pipe would fill up and stop it.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        try:
            yield Server(int(found[1]), process.pid)
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a server that answers as AWS does; the environment says to call it."""
    from tests.handler.stores.aws import serving_aws  # moto takes a second to import

    with serving_aws() as address:
        yield address


@pytest.fixture(scope="session")
def tiktoken_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder where tiktoken finds the verified vocabulary, so that it downloads nothing."""
    vocabulary = next(file for file in source_files() if file.name == "cl100k_base.tiktoken")
    folder = tmp_path_factory.mktemp("tiktoken")
    # The name is the SHA-1 of the address that tiktoken would download from.
    (folder / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4").symlink_to(fetch(vocabulary))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        yield folder
