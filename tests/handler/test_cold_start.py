"""A cold start does all that the first request would otherwise wait for, and nothing else.

Most tests run in fresh interpreters, since this one has imported everything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from starlette.testclient import TestClient

from handler.api import embeddings, lambda_handler
from model_layer import Encoded
from tests.events import load_event
from tests.paths import ROOT

REQUESTS = [
    "http-api-v2",
    "http-api-v2-token-ids",
    "direct",
    "rest-api-v1",
    "http-api-v2-bad-input",
]


def run(program: str) -> list[str]:
    """The words that a fresh interpreter prints, with Lambda's environment."""
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "embeddings"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("name", REQUESTS)
def test_the_first_request_imports_nothing(name: str) -> None:
    program = f"""
import json, sys
from handler.api import lambda_handler
event = json.load(open("events/{name}.json"))
before = set(sys.modules)
answer = lambda_handler(event, None)
print("answered", *set(sys.modules) - before)
"""
    assert run(program) == ["answered"]


def test_models_for_the_documentation_are_not_built_at_init() -> None:
    program = """
import sys, handler.api
from fastapi.openapi.models import OpenAPI, Schema
print(*{"handler.http.schemas", "pydantic.v1"} & set(sys.modules))
from handler.embeddings.request import EmbeddingRequest
print(*(model.__pydantic_complete__ for model in (OpenAPI, Schema, EmbeddingRequest)))
"""
    assert run(program) == ["False", "False", "True"]


def test_models_are_built_at_their_first_use_after_init() -> None:
    program = """
import handler.api
from pydantic import BaseModel
from fastapi.openapi.models import Schema
print(Schema(items=Schema(type="string")).model_dump_json(exclude_none=True))
class Later(BaseModel):
    other: "Other"
class Other(BaseModel):
    name: str
print(Later.model_rebuild(), Later.__pydantic_complete__, BaseModel.model_rebuild.__qualname__)
"""
    described, *later = run(program)
    assert described == '{"items":{"type":"string"}}'
    assert later == ["True", "True", "BaseModel.model_rebuild"]


def test_the_garbage_collector_runs_after_init() -> None:
    program = "import gc, handler.api; print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    assert run(program) == ["True", "True"]


def test_lambda_encodes_on_the_main_thread_and_a_server_on_another(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server must answer other requests meanwhile; Lambda sends an instance one at a time."""
    threads: list[int] = []
    encode = embeddings.encoder.encode

    def spy(*args: Any, **kwargs: Any) -> Encoded:
        threads.append(threading.get_ident())
        return encode(*args, **kwargs)

    monkeypatch.setattr(embeddings.encoder, "encode", spy)
    assert lambda_handler(load_event("http-api-v2"), None)["statusCode"] == 200
    assert threads == [threading.get_ident()]
    with client:  # one event loop for both requests, on one thread
        assert client.post("/v1/embeddings", json={"input": "a"}).status_code == 200
        assert client.portal is not None
        assert threads[1] != client.portal.call(threading.get_ident)
