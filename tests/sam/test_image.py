"""The image itself: small, readable by any user, and complete.

It runs as on Lambda: read-only, as an unprivileged user, and with no network at all.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model_layer import Encoder
from model_layer.places import PRECISIONS
from tests.cpus.fidelity import Cosines, misses
from tests.golden.reference import Golden
from tests.sam.commands import BASE, IMAGE, docker

MOST_BYTES = 250_000_000  # above the base image
# The services that handler/ calls, and sts for credentials.
SERVICES = {"dynamodb", "s3", "s3vectors", "sqs", "sts"}
RunPython = Callable[..., str]

# Sends its input to the emulator from inside the container, which no network reaches.
INVOKE = """
import sys, urllib.request
url = "http://127.0.0.1:8080/2015-03-31/functions/function/invocations"
sys.stdout.write(urllib.request.urlopen(url, sys.stdin.buffer.read()).read().decode())
"""
LIST_FILES = """
import json, os, pathlib
files = list(pathlib.Path("/var/task").rglob("*"))
print(json.dumps({
    "unreadable": [str(path) for path in files if not os.access(path, os.R_OK)],
    "files": [str(path.relative_to("/var/task")) for path in files],
}))
"""
# Prints address, signature and token of a request that gets no further.
CALL_AWS = """
import sys, boto3, botocore
service, operation = sys.stdin.read().split()
sent = []
once = botocore.config.Config(retries=dict(total_max_attempts=1))
client = boto3.client(service, config=once)
client.meta.events.register("before-send", lambda request, **_: sent.append(request))
try:
    getattr(client, operation)()
except botocore.exceptions.EndpointConnectionError:
    (request,) = sent
    print(request.url.partition("?")[0])
    print(request.headers["authorization"].decode())
    print(request.headers["x-amz-security-token"].decode())
"""


def invoke(run_python: RunPython, event: Any) -> Any:
    return json.loads(run_python(INVOKE, stdin=json.dumps(event)))


def test_the_vectors_are_those_of_sentence_transformers(
    run_python: RunPython, golden: Golden
) -> None:
    answer = invoke(run_python, {"input": golden.texts})
    rows = np.array([item["embedding"] for item in answer["data"]], np.float32)
    assert misses(Cosines.of(rows, golden.vectors), PRECISIONS[0]) == []
    assert answer["usage"]["prompt_tokens"] == golden.tokens_read.sum()


def test_the_output_has_only_log_lines(run_python: RunPython, container: str) -> None:
    invoke(run_python, {"input": "hello"})
    done = subprocess.run(["docker", "logs", container], capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines()
    known = re.compile(r'START|END|REPORT|.* \[(INFO|WARNING)\] \(rapid\) |\{"time":.*\}$|$')
    assert [line for line in lines if not known.match(line)] == []


@pytest.fixture(scope="module")
def listing(container: str) -> dict[str, list[str]]:
    """The files below /var/task, and those that an unprivileged user cannot read."""
    found: dict[str, list[str]] = json.loads(docker("exec", container, "python3", "-c", LIST_FILES))
    return found


@pytest.fixture(scope="module")
def parts(listing: dict[str, list[str]]) -> list[list[str]]:
    """The parts of each file's path."""
    return [path.split("/") for path in listing["files"]]


def test_any_user_can_read_every_file(listing: dict[str, list[str]]) -> None:
    assert listing["unreadable"] == []


def test_no_file_is_left_that_no_run_reads(parts: list[list[str]]) -> None:
    needless = {"tests", "huggingface_hub", "google", "transformers", "quantization"}
    assert [path for path in parts if needless & set(path)] == []
    sources = (".pyi", ".a", ".h", ".c", ".pyx", ".pxi")
    assert not [path for path in parts if path[-1].endswith(sources)]
    assert not [path for path in parts if path[:2] == ["model_layer", "build"]]
    assert not [path for path in parts if path[-1].startswith("libonnxruntime.so")]
    services = {path[2] for path in parts if path[:2] == ["botocore", "data"] and len(path) > 3}
    assert services == SERVICES


def test_every_module_is_compiled(parts: list[list[str]]) -> None:
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
def test_a_call_to_aws_gets_as_far_as_the_network(run_python: RunPython, service: str) -> None:
    """The image has the service's model and endpoint, and signs with Lambda's credentials."""
    operation, address = CALLS[service]
    answer = run_python(
        CALL_AWS,
        stdin=f"{service} {operation}",
        AWS_DEFAULT_REGION="eu-west-1",
        AWS_ACCESS_KEY_ID="AKIAEXAMPLE",
        AWS_SECRET_ACCESS_KEY="secret",
        AWS_SESSION_TOKEN="token",
    )
    url, signature, token = answer.splitlines()
    assert url == address
    assert re.match(f"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/\\d+/eu-west-1/{service}/", signature)
    assert token == "token"


def test_the_wheels_are_for_the_glibc_of_amazon_linux(container: str) -> None:
    """glibc 2.34. On a newer base image, pip would take wheels that need a newer one."""
    wheels = docker("exec", container, "sh", "-c", "cat /var/task/*.dist-info/WHEEL")
    tags = re.findall(r"^Tag: \S+-manylinux_2_(\d+)_", wheels, re.MULTILINE)
    assert tags
    assert max(map(int, tags)) <= 34


def test_python_uses_the_byte_code_without_checking_it(run_python: RunPython) -> None:
    program = "import handler.logs as m; print(m.__cached__, open(m.__cached__, 'rb').read(8)[4])"
    path, flags = run_python(program).split()
    assert path.startswith("/var/task/handler/__pycache__/")
    assert int(flags) == 0b01  # PEP 552: hash-based, and unchecked


def test_the_labels_have_version_and_fingerprint(built: None, encoder: Encoder) -> None:
    labels = json.loads(docker("image", "inspect", "-f", "{{json .Config.Labels}}", IMAGE))
    assert labels["minilm-lambda.model.fingerprint"] == encoder.bundle.fingerprint
    assert labels["org.opencontainers.image.version"]


def test_the_image_is_small(built: None) -> None:
    size, base = (
        int(docker("image", "inspect", "-f", "{{.Size}}", name)) for name in (IMAGE, BASE)
    )
    assert size - base <= MOST_BYTES
