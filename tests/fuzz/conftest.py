"""The applications under test, with a store to search, and the checks of their answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from handler.settings import Settings
from model_layer import Cl100k, Encoder
from tests.fuzz.answers import Checks
from tests.fuzz.headers import KEY
from tests.fuzz.made_objects import make_objects
from tests.library import fill

if TYPE_CHECKING:
    from types import ModuleType

    from starlette.types import ASGIApp


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> str:
    """VECTOR_STORE with a few documents in it. Set before `handler.api` reads the environment."""
    path = tmp_path_factory.mktemp("store") / "documents.sqlite"
    fill(Path(path), encoder)
    make_objects(Path(path), encoder.bundle.fingerprint)
    address = f"sqlite:///{path}"
    os.environ["VECTOR_STORE"] = address
    return address


@pytest.fixture(scope="session")
def api(store: str) -> ModuleType:
    """The module `handler.api`, on the store."""
    from handler import api

    assert api.settings.vector_store is not None, "handler.api was imported before"
    return api


@pytest.fixture(scope="session")
def app(api: ModuleType) -> ASGIApp:
    """The application, which needs no key."""
    application: ASGIApp = api.app
    return application


@pytest.fixture(scope="session")
def app_with_keys(api: ModuleType) -> ASGIApp:
    """The application with the other side of every setting: keys, origins, one model name."""
    from handler.http.app import create_app
    from handler.http.auth import hash_key

    settings = Settings(
        accept_any_model=False,
        cors_origins=("https://good.example",),
        key_hashes={"fuzz": hash_key(KEY)},
        vector_store=api.settings.vector_store,
    )
    return create_app(api.embeddings, settings)


@pytest.fixture(scope="session")
def checks(encoder: Encoder, cl100k: Cl100k) -> Checks:
    return Checks(encoder, cl100k)
