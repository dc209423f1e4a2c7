"""`sam validate`, `local invoke`, `start-api` and `start-lambda`, as docs/clients.md has them."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import boto3
import httpx
import numpy as np
import openai
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from model_layer import Encoder
from tests.docs.pages import Example, examples
from tests.events import load_event
from tests.paths import ROOT
from tests.sam.commands import ARCHITECTURE, sam

EVENTS = sorted(path.stem for path in (ROOT / "events").glob("*.json"))
EVENTS = [name for name in EVENTS if not name.startswith("ingest-")]  # for the other function
STATUS = {"http-api-v2-bad-input": 400}  # of the events whose status is not 200
TEXTS = load_event("direct")["input"]


def vectors(rows: list[Any]) -> np.ndarray:
    if isinstance(rows[0], str):
        rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in rows]
    return np.array(rows, np.float32)


def test_sam_validate_finds_nothing() -> None:
    done = sam("validate", "--lint")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_answered(built: None, name: str, encoder: Encoder) -> None:
    done = sam("local", "invoke", "ApiFunction", "--event", f"events/{name}.json", *ARCHITECTURE)
    assert done.stdout, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    if name == "unsupported-sqs":
        assert answer["errorType"] == "UnsupportedEvent"
    elif name == "warm-up":
        assert answer == {"status": True}
    elif name == "direct-bad-input":
        assert answer["status"] == 400
    elif name == "direct-search":  # the template's store cannot be reached from here
        assert (answer["status"], answer["error"]["code"]) == (503, "vector_store_unavailable")
    elif name == "direct":
        rows = vectors([item["embedding"] for item in answer["data"]])
        np.testing.assert_allclose(rows, encoder.encode(TEXTS).vectors, atol=1e-6)
    else:
        assert answer["statusCode"] == STATUS.get(name, 200)


@pytest.mark.parametrize("encoding_format", ["float", "base64"])
def test_curl_gets_vectors(base_url: str, encoder: Encoder, encoding_format: str) -> None:
    body = json.dumps({"input": TEXTS, "encoding_format": encoding_format})
    headers = ["-H", "content-type: application/json"]
    command = ["curl", "-sS", f"{base_url}/embeddings", *headers, "-d", body]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    rows = vectors([item["embedding"] for item in answer["data"]])
    np.testing.assert_allclose(rows, encoder.encode(TEXTS).vectors, atol=1e-6)


def test_the_openai_client_gets_vectors(base_url: str, encoder: Encoder) -> None:
    with openai.OpenAI(base_url=base_url, api_key="random-string") as client:
        answer = client.embeddings.create(model="text-embedding-3-small", input=TEXTS)
        assert [model.id for model in client.models.list()] == ["all-MiniLM-L6-v2"]
    rows = vectors([item.embedding for item in answer.data])
    np.testing.assert_allclose(rows, encoder.encode(TEXTS).vectors, atol=1e-6)


def test_langchain_gets_vectors(base_url: str, encoder: Encoder, tiktoken_cache: Path) -> None:
    embeddings = OpenAIEmbeddings(base_url=base_url, api_key=SecretStr("random-string"))
    rows = vectors(embeddings.embed_documents(TEXTS))
    np.testing.assert_allclose(rows, encoder.encode(TEXTS).vectors, atol=1e-6)


def test_a_mistake_is_a_400_and_an_unknown_path_a_404(base_url: str) -> None:
    bad = httpx.post(f"{base_url}/embeddings", json={"input": ["a", 3]}, timeout=30)
    assert (bad.status_code, bad.json()["error"]["param"]) == (400, "input[1]")
    assert bad.headers["x-should-retry"] == "false"
    unknown = httpx.post(f"{base_url}/chat/completions", json={}, timeout=30)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_url")


def test_a_request_of_four_megabytes_is_answered(base_url: str) -> None:
    body = {"input": ["word " * 8_000] * 100, "dimensions": 8}
    assert len(json.dumps(body)) > 4_000_000
    answer = httpx.post(f"{base_url}/embeddings", json=body, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["x-embedding-truncated"] == "100/100"
    assert len(answer.json()["data"]) == 100


def test_boto3_invokes_the_function(lambda_url: str, encoder: Encoder) -> None:
    client = boto3.client(
        "lambda",
        region_name="us-east-1",
        endpoint_url=lambda_url,
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    payload = json.dumps(load_event("direct"))
    answer = client.invoke(FunctionName="ApiFunction", Payload=payload)
    body = json.loads(answer["Payload"].read())
    rows = vectors([item["embedding"] for item in body["data"]])
    np.testing.assert_allclose(rows, encoder.encode(TEXTS).vectors, atol=1e-6)
    answer = client.invoke(FunctionName="ApiFunction", Payload=b'{"input": []}')
    assert json.loads(answer["Payload"].read())["status"] == 400


@pytest.mark.parametrize(
    "example", [one for one in examples("python") if one.is_for_start_lambda], ids=str
)
def test_the_example_for_start_lambda_prints_what_its_page_says(
    lambda_url: str, example: Example, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(example.code.replace("http://localhost:3001", lambda_url), {})
    assert capsys.readouterr().out == example.printed
