"""The image itself: small, readable by anybody, and right with nothing but its own files.

It runs as on Lambda: read-only, as nobody in particular, and with no network at all.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from model_layer import Encoder
from model_layer.build.__main__ import PRECISIONS
from tests.conftest import Golden
from tests.model_layer.test_golden import assert_agrees
from tests.sam.conftest import IMAGE

BASE = "public.ecr.aws/lambda/python:3.13"
MOST = 250_000_000  # bytes above the base image
# Those that handler/ calls, that of its events, and that of credentials.
SERVICES = {"dynamodb", "s3", "s3vectors", "sqs", "sts"}

# Sends what it reads to the emulator, from inside: the container has no network to be reached by.
INVOKE = """
import sys, urllib.request
url = "http://127.0.0.1:8080/2015-03-31/functions/function/invocations"
sys.stdout.write(urllib.request.urlopen(url, sys.stdin.buffer.read()).read().decode())
"""


def docker(*arguments: str, stdin: str = "") -> str:
    command = ["docker", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def container(built: None) -> Iterator[str]:
    limits = ["--read-only", "--tmpfs", "/tmp", "--network", "none", "--user", "993:990"]
    name = docker("run", "--detach", *limits, "--memory", "768m", IMAGE).strip()
    yield name
    docker("rm", "--force", name)


def invoke(container: str, event: Any) -> Any:
    answer = docker("exec", "-i", container, "python3", "-c", INVOKE, stdin=json.dumps(event))
    return json.loads(answer)


def test_the_vectors_are_those_of_sentence_transformers(container: str, golden: Golden) -> None:
    answer = invoke(container, {"input": golden.texts})
    rows = np.array([item["embedding"] for item in answer["data"]], np.float32)
    assert_agrees(rows, golden, PRECISIONS[0])
    assert answer["usage"]["prompt_tokens"] == golden.tokens_read.sum()


def test_nothing_is_said_beside_the_log_lines(container: str) -> None:
    invoke(container, {"input": "hello"})
    done = subprocess.run(["docker", "logs", container], capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines()
    known = re.compile(r'START|END|REPORT|.* \[(INFO|WARNING)\] \(rapid\) |\{"time":.*\}$|$')
    assert [line for line in lines if not known.match(line)] == []


def test_every_file_can_be_read_by_anybody_and_none_is_left_that_no_run_reads(
    container: str,
) -> None:
    program = """if True:
        import json, os, pathlib
        files = [path for path in pathlib.Path("/var/task").rglob("*")]
        print(json.dumps({
            "unreadable": [str(path) for path in files if not os.access(path, os.R_OK)],
            "files": [str(path.relative_to("/var/task")) for path in files],
        }))
    """
    found = json.loads(docker("exec", container, "python3", "-c", program))
    assert found["unreadable"] == []
    parts = [path.split("/") for path in found["files"]]
    needless = {"tests", "huggingface_hub", "google", "transformers", "quantization"}
    assert [path for path in parts if needless & set(path)] == []
    sources = (".pyi", ".a", ".h", ".c", ".pyx", ".pxi")
    assert not [path for path in parts if path[-1].endswith(sources)]
    assert not [path for path in parts if path[:2] == ["model_layer", "build"]]
    services = {path[2] for path in parts if path[:2] == ["botocore", "data"] and len(path) > 3}
    assert services == SERVICES
    modules = {"/".join(path)[:-3] for path in parts if path[-1].endswith(".py")}
    compiled = {
        "/".join([*path[:-2], path[-1].split(".cpython")[0]])
        for path in parts
        if path[-1].endswith(".pyc")
    }
    assert modules <= compiled


CALLS = {
    "dynamodb": ("list_tables", "https://dynamodb.eu-west-1.amazonaws.com/"),
    "s3": ("list_buckets", "https://s3.eu-west-1.amazonaws.com/"),
    "s3vectors": ("list_vector_buckets", "https://s3vectors.eu-west-1.api.aws/ListVectorBuckets"),
    "sqs": ("list_queues", "https://sqs.eu-west-1.amazonaws.com/"),
    "sts": ("get_caller_identity", "https://sts.eu-west-1.amazonaws.com/"),
}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_call_of_aws_gets_as_far_as_the_network(container: str, service: str) -> None:
    """Model, endpoint, and a signature with the credentials that Lambda gives: all are there."""
    operation, address = CALLS[service]
    program = f"""if True:
        import boto3, botocore
        sent = []
        once = botocore.config.Config(retries=dict(total_max_attempts=1))
        client = boto3.client("{service}", config=once)
        client.meta.events.register("before-send", lambda request, **_: sent.append(request))
        try:
            client.{operation}()
        except botocore.exceptions.EndpointConnectionError:
            (request,) = sent
            print(request.url.partition("?")[0])
            print(request.headers["authorization"].decode())
            print(request.headers["x-amz-security-token"].decode())
    """
    variables = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
    }
    environment = [part for name, one in variables.items() for part in ("-e", f"{name}={one}")]
    answer = docker("exec", *environment, container, "python3", "-c", program)
    url, signature, token = answer.splitlines()
    assert url == address
    assert re.match(f"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/\\d+/eu-west-1/{service}/", signature)
    assert token == "token"


def test_the_wheels_are_for_the_glibc_of_amazon_linux(container: str) -> None:
    """2.34; the base that tests build on may be newer, and pip would take what suits it."""
    wheels = docker("exec", container, "sh", "-c", "cat /var/task/*.dist-info/WHEEL")
    tags = re.findall(r"^Tag: \S+-manylinux_2_(\d+)_", wheels, re.MULTILINE)
    assert tags
    assert max(map(int, tags)) <= 34


def test_the_byte_code_is_used_and_not_checked(container: str) -> None:
    program = "import handler.logs as m; print(m.__cached__, open(m.__cached__, 'rb').read(8)[4])"
    path, flags = docker("exec", container, "python3", "-c", program).split()
    assert path.startswith("/var/task/handler/__pycache__/")
    assert int(flags) == 0b01  # PEP 552: by hash, without a check of the source


def test_the_labels_name_version_and_vector_space(built: None, encoder: Encoder) -> None:
    labels = json.loads(docker("image", "inspect", "-f", "{{json .Config.Labels}}", IMAGE))
    assert labels["minilm-lambda.model.fingerprint"] == encoder.bundle.fingerprint
    assert labels["org.opencontainers.image.version"]


def test_the_image_is_small(built: None) -> None:
    size, base = (
        int(docker("image", "inspect", "-f", "{{.Size}}", name)) for name in (IMAGE, BASE)
    )
    assert size - base <= MOST
