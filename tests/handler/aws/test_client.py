"""How calls to AWS are retried (handler/aws/client.py), against servers that fail."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    ParamValidationError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from handler.aws import client as aws_client
from handler.aws.client import PATIENCE_SECONDS, AwsClient, Service
from handler.errors import ServiceUnavailable, StoreConflict
from handler.request_context import ending
from handler.stores.aws.keys import Keys
from handler.stores.aws.ledger import DynamoDBLedger
from handler.stores.aws.table import Table
from handler.stores.row import Row
from tests.fake_clock import START, FakeClock
from tests.handler.aws.moto_server import new_index
from tests.handler.aws.scripted_server import Answer, Script, refusal, serving

OK = Answer()


Serve = Callable[..., Script]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a server with the given answers, and points AWS' clients at it."""
    with ExitStack() as stack:

        def start(*answers: Answer) -> Script:
            address, script = stack.enter_context(serving(answers))
            monkeypatch.setenv("AWS_ENDPOINT_URL", address)
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
            monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
            return script

        yield start


def client(clock: FakeClock, service: Service = "s3vectors") -> AwsClient:
    return AwsClient(service, sleep=clock.sleep, clock=clock.monotonic)


def put(aws: AwsClient, *, deadline: float | None = None) -> None:
    vectors = [{"key": "k", "data": {"float32": [1.0]}}]
    index = {"vectorBucketName": "bucket", "indexName": "index"}
    aws.call("put_vectors", **index, vectors=vectors, deadline=deadline)


TRANSIENT = [
    refusal("ThrottlingException"),
    refusal("TooManyRequestsException", 429),
    refusal("ProvisionedThroughputExceededException"),
    refusal("RequestLimitExceeded"),
    refusal("SlowDown", 503),
    refusal("ServiceUnavailableException", 503),
    refusal("InternalServerException", 500),
    refusal("InternalServerError", 500),
    refusal("RequestTimeoutException", 408),
    Answer(502, b"<html>Bad Gateway</html>"),
    Answer(closes=True),
]


@pytest.mark.parametrize("answer", TRANSIENT, ids=lambda a: a.body.decode()[:40] or "closes")
def test_a_transient_failure_is_retried(serve: Serve, clock: FakeClock, answer: Answer) -> None:
    script = serve(answer, answer, answer, OK)
    put(client(clock))
    assert script.asked == 4
    assert len(clock.slept) == 3


@pytest.mark.parametrize("answer", TRANSIENT, ids=lambda a: a.body.decode()[:40] or "closes")
def test_retries_stop_before_the_deadline(serve: Serve, clock: FakeClock, answer: Answer) -> None:
    script = serve(answer)
    with pytest.raises(ServiceUnavailable, match="s3vectors put_vectors") as raised:
        put(client(clock), deadline=clock.time + 5)
    assert raised.value.__cause__ is not None
    assert "secret" not in str(raised.value)
    assert clock.time < START + 5
    assert script.asked == len(clock.slept) + 1 > 2


def test_retries_stop_without_a_deadline_too(serve: Serve, clock: FakeClock) -> None:
    serve(refusal("ThrottlingException"))
    with pytest.raises(ServiceUnavailable, match="ThrottlingException"):
        put(client(clock))
    assert (
        PATIENCE_SECONDS - 5 <= clock.time - START < PATIENCE_SECONDS
    )  # the last wait would have been at most 5 s


def test_waits_have_full_jitter(serve: Serve, clock: FakeClock) -> None:
    """They spread from 0 to 0.1, 0.2, 0.4 … 5 s, and never exceed it."""
    random.seed(6)
    serve(refusal("SlowDown", 503))
    shares = []
    for _ in range(12):
        clock.slept.clear()
        with pytest.raises(ServiceUnavailable):
            put(client(clock), deadline=clock.time + 60)
        shares += [s / min(5.0, 0.1 * 2**n) for n, s in enumerate(clock.slept)]
    assert all(0 <= share <= 1 for share in shares)
    assert min(shares) < 0.1
    assert max(shares) > 0.9
    assert 0.4 < sum(shares) / len(shares) < 0.6


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"retry_after": "3"}, 3), ({"x_amz_retry_after": "1500"}, 1.5)]
)
def test_a_wait_that_the_service_asks_for_is_kept(
    serve: Serve, clock: FakeClock, headers: dict[str, str], seconds: float
) -> None:
    serve(refusal("SlowDown", 503, **headers), OK)
    put(client(clock))
    (slept,) = clock.slept
    assert seconds <= slept <= seconds + 0.1


def test_a_wait_that_would_outlast_the_deadline_does_not_begin(
    serve: Serve, clock: FakeClock
) -> None:
    script = serve(refusal("SlowDown", 503, retry_after="60"), OK)
    with pytest.raises(ServiceUnavailable):
        put(client(clock), deadline=clock.time + 30)
    assert (script.asked, clock.slept) == (1, [])


def test_nothing_is_called_after_the_deadline(serve: Serve, clock: FakeClock) -> None:
    script = serve(OK)
    with pytest.raises(ServiceUnavailable, match="time is up"):
        put(client(clock), deadline=clock.time)
    assert script.asked == 0


def test_a_call_without_a_deadline_ends_with_its_request(serve: Serve, clock: FakeClock) -> None:
    script = serve(refusal("SlowDown", 503))
    with ending(clock.time + 3), pytest.raises(ServiceUnavailable, match="last retry"):
        put(client(clock))
    assert clock.time < START + 3
    asked = script.asked
    with ending(clock.time), pytest.raises(ServiceUnavailable, match="time is up"):
        put(client(clock))
    assert script.asked == asked
    with ending(None), pytest.raises(ServiceUnavailable, match="last retry"):
        put(client(clock))


def test_a_call_that_hangs_is_retried(
    serve: Serve, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_client, "READ_SECONDS", 0.05)
    script = serve(Answer(hangs=True), Answer(hangs=True), OK)
    put(client(clock))
    assert script.asked == 3


def test_a_server_that_always_hangs_is_given_up(
    serve: Serve, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_client, "READ_SECONDS", 0.05)
    serve(Answer(hangs=True))
    with pytest.raises(ServiceUnavailable, match="ReadTimeoutError"):
        put(client(clock), deadline=clock.time + 1)


def test_an_unreachable_server_is_given_up(
    serve: Serve, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(OK)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")  # nothing listens there
    with pytest.raises(ServiceUnavailable, match="EndpointConnectionError"):
        put(client(clock), deadline=clock.time + 5)
    assert clock.slept


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        ("AccessDeniedException", "permission"),
        ("NotFoundException", "Deploy"),
        ("KmsDisabledException", "KMS key"),
        ("ServiceQuotaExceededException", "quota"),
    ],
)
def test_a_failure_that_an_operator_can_fix_says_how(
    serve: Serve, clock: FakeClock, code: str, cure: str
) -> None:
    script = serve(refusal(code))
    with pytest.raises(
        ServiceUnavailable, match=f"s3vectors put_vectors.*{code}.*{cure}"
    ) as raised:
        put(client(clock))
    assert "secret" not in str(raised.value)
    assert (script.asked, clock.slept) == (1, [])


def test_a_bug_of_ours_is_raised_unchanged(serve: Serve, clock: FakeClock) -> None:
    script = serve(refusal("ValidationException"))
    with pytest.raises(ClientError, match="ValidationException"):
        put(client(clock))
    with pytest.raises(ParamValidationError):
        client(clock).call("put_vectors", vectors=5)
    assert script.asked == 1


def test_a_missing_region_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(ServiceUnavailable, match=r"specify a region\. Set AWS_REGION\.$"):
        AwsClient("s3vectors")


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-west-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
    ],
)
def test_the_region_is_read_as_by_other_libraries_of_aws(
    variables: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    met = AwsClient("sqs").attempt("region", lambda sqs: sqs.meta.region_name)
    assert met == region


def test_a_truncated_body_is_read_again(serve: Serve, clock: FakeClock) -> None:
    script = serve(Answer(body=b"half of", length=15), Answer(body=b"half of and all"))
    body = client(clock, "s3").attempt(
        "get_object", lambda s3: s3.get_object(Bucket="bucket", Key="key")["Body"].read()
    )
    assert (body, script.asked, len(clock.slept)) == (b"half of and all", 2, 1)


@pytest.mark.parametrize(
    "error",
    [
        IncompleteReadError(actual_bytes=7, expected_bytes=15),
        ResponseStreamingError(error="connection broken"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_kind_of_truncation_is_retried(
    serve: Serve, clock: FakeClock, error: Exception
) -> None:
    serve(OK)
    outcomes = iter([error, error])

    def action(_: Any) -> str:
        for failure in outcomes:
            raise failure
        return "all"

    assert client(clock, "s3").attempt("get_object", action) == "all"
    assert len(clock.slept) == 2


def test_an_attempt_has_timeouts(serve: Serve, clock: FakeClock) -> None:
    serve(OK)
    config = client(clock).attempt("put_vectors", lambda s3vectors: s3vectors.meta.config)
    assert (config.connect_timeout, config.read_timeout) == (3, 10)


def test_a_missing_object_is_not_retried(serve: Serve, clock: FakeClock) -> None:
    serve(Answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"))
    with pytest.raises(ClientError) as raised:
        client(clock, "s3").call("get_object", Bucket="bucket", Key="key")
    assert raised.value.response["Error"]["Code"] == "NoSuchKey"


class LosesAnswers(AwsClient):
    """DynamoDB, whose first write succeeds while its answer is lost."""

    lost = False

    def attempt(self, operation: str, action: Callable[[Any], Any], **options: Any) -> Any:
        def losing(client: Any) -> Any:
            answer = action(client)
            if operation == "transact_write_items" and not self.lost:
                self.lost = True
                raise ClientError({"Error": {"Code": "InternalServerError"}}, operation)
            return answer

        return super().attempt(operation, losing, **options)


def test_a_write_whose_answer_was_lost_is_no_conflict(aws: str, clock: FakeClock) -> None:
    """The retry finds its condition broken by the first attempt, and recognises its own write."""
    dynamodb = LosesAnswers("dynamodb", sleep=clock.sleep, clock=clock.monotonic)
    address = new_index()
    keys = Keys(address.bucket, address.index)
    ledger = DynamoDBLedger(Table(dynamodb, address.ledger_table), keys, address.index)
    written = ledger.put(Row("file-1", "s3://bucket/1"))
    assert dynamodb.lost
    assert len(clock.slept) == 1
    assert ledger.get("file-1") == written
    with pytest.raises(StoreConflict):
        ledger.put(Row("file-1", "s3://bucket/1"))
