"""Fixtures for every test: the model's parts, a client in this process, a server, AWS."""

from __future__ import annotations

import fcntl
import gc
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest
from starlette.testclient import TestClient
from tokenizers import Tokenizer as WordPiece

from handler.settings import SqliteAddress
from model_layer import Cl100k, Encoder, load_cl100k, load_encoder
from model_layer.artifacts import TOKENIZER, read_bundle
from model_layer.build import __main__ as command
from model_layer.build.fetch import fetch, source_files
from model_layer.build.parameters import Dense, Parameters, read_parameters
from model_layer.places import DEFAULT_BUNDLE, PRECISIONS
from tests.fake_clock import FakeClock
from tests.golden.reference import Golden, read_golden
from tests.library import fill
from tests.local_server import Server, start_server
from tests.paths import BUNDLES

# No deadline for an example: encoding takes milliseconds, or many more on a busy machine.
hypothesis.settings.register_profile("new", deadline=None, max_examples=50)
# The same examples in every run.
hypothesis.settings.register_profile(
    "fixed", hypothesis.settings.get_profile("new"), derandomize=True
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "new"))

# A shell starts jobs in the background with SIGINT ignored, and what tests start would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests of the wheel. Then one worker of pytest-xdist keeps them all, and makes
    their environment and their model once; at the end of its list, the other would take half.
    """
    items.sort(key=lambda item: item.path.name != "test_wheel.py")


def pytest_collection_finish() -> None:
    """Leave what collection made out of the collector's rounds: each would take half a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def golden() -> Golden:
    return read_golden()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def bundles() -> Mapping[str, Path]:
    """The bundle's folder for each precision. The default's is the one that `make model` builds."""
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
    """The model's parameters, as sentence-transformers published them."""
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
    """The vector store with all of `library.LIBRARY` in it. Tests must not write to it."""
    path = tmp_path_factory.mktemp("store") / "library.sqlite"
    fill(path, encoder)
    return SqliteAddress(str(path))


@pytest.fixture(scope="session")
def client() -> TestClient:
    """A client of the application of `handler.api`, in this process."""
    from handler.api import app

    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a server that answers as AWS does; the environment points clients at it."""
    from tests.handler.aws.moto_server import serving_aws  # moto takes a second to import

    with serving_aws() as address:
        yield address


@pytest.fixture(scope="session")
def tiktoken_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the verified vocabulary, where tiktoken finds it and downloads nothing."""
    vocabulary = next(file for file in source_files() if file.name == "cl100k_base.tiktoken")
    folder = tmp_path_factory.mktemp("tiktoken")
    # The name is the SHA-1 of the address that tiktoken would download from.
    (folder / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4").symlink_to(fetch(vocabulary))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        yield folder
