"""The policy of calls to AWS (handler/aws/client.py), against servers that fail."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
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
from handler.aws.client import PATIENCE_SECONDS, AwsClient
from handler.errors import ServiceUnavailable, StoreConflict
from handler.stores.contract import Row
from handler.stores.dynamodb import DynamoDBLedger
from tests.handler.stores.answers import Answer, Script, refusal, serving

OK = Answer()


@dataclass
class Clock:
    """Time that passes by sleeping only."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


Serve = Callable[..., Script]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serves the answers given, at the address that AWS' clients call."""
    with ExitStack() as stack:

        def start(*answers: Answer) -> Script:
            address, script = stack.enter_context(serving(answers))
            monkeypatch.setenv("AWS_ENDPOINT_URL", address)
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
            monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
            return script

        yield start


def client(clock: Clock, service: str = "s3vectors") -> AwsClient:
    return AwsClient(service, sleep=clock.sleep, clock=clock.time)


def put(aws: AwsClient, **options: Any) -> dict[str, Any]:
    vectors = [{"key": "k", "data": {"float32": [1.0]}}]
    return aws.call(
        "put_vectors", vectorBucketName="bucket", indexName="index", vectors=vectors, **options
    )


PASSING = [
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


@pytest.mark.parametrize("answer", PASSING, ids=lambda a: a.body.decode()[:40] or "closes")
def test_what_may_pass_is_tried_again(serve: Serve, clock: Clock, answer: Answer) -> None:
    script = serve(answer, answer, answer, OK)
    put(client(clock))
    assert script.asked == 4
    assert len(clock.slept) == 3


@pytest.mark.parametrize("answer", PASSING, ids=lambda a: a.body.decode()[:40] or "closes")
def test_it_is_given_up_in_time(serve: Serve, clock: Clock, answer: Answer) -> None:
    script = serve(answer)
    with pytest.raises(ServiceUnavailable, match="s3vectors put_vectors") as raised:
        put(client(clock), deadline=clock.now + 5)
    assert raised.value.__cause__ is not None
    assert "secret" not in str(raised.value)
    assert clock.now < 1_005.0
    assert script.asked == len(clock.slept) + 1 > 2


def test_without_a_deadline_patience_has_an_end(serve: Serve, clock: Clock) -> None:
    serve(refusal("ThrottlingException"))
    with pytest.raises(ServiceUnavailable, match="ThrottlingException"):
        put(client(clock))
    assert (
        PATIENCE_SECONDS - 5 <= clock.now - 1_000 < PATIENCE_SECONDS
    )  # the last wait would have been 5 at most


def test_the_waits_are_of_full_jitter(serve: Serve, clock: Clock) -> None:
    """From 0 to 0.1, 0.2, 0.4 … 5 s: never more, and all over it."""
    random.seed(6)
    serve(refusal("SlowDown", 503))
    shares = []
    for _ in range(12):
        clock.slept.clear()
        with pytest.raises(ServiceUnavailable):
            put(client(clock), deadline=clock.now + 60)
        shares += [s / min(5.0, 0.1 * 2**n) for n, s in enumerate(clock.slept)]
    assert all(0 <= share <= 1 for share in shares)
    assert min(shares) < 0.1 and max(shares) > 0.9 and 0.4 < sum(shares) / len(shares) < 0.6


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"retry_after": "3"}, 3), ({"x_amz_retry_after": "1500"}, 1.5)]
)
def test_a_wait_that_is_asked_for_is_kept(
    serve: Serve, clock: Clock, headers: dict[str, str], seconds: float
) -> None:
    serve(refusal("SlowDown", 503, **headers), OK)
    put(client(clock))
    (slept,) = clock.slept
    assert seconds <= slept <= seconds + 0.1


def test_a_wait_beyond_the_deadline_is_not_begun(serve: Serve, clock: Clock) -> None:
    script = serve(refusal("SlowDown", 503, retry_after="60"), OK)
    with pytest.raises(ServiceUnavailable):
        put(client(clock), deadline=clock.now + 30)
    assert (script.asked, clock.slept) == (1, [])


def test_nothing_is_called_when_time_is_up(serve: Serve, clock: Clock) -> None:
    script = serve(OK)
    with pytest.raises(ServiceUnavailable, match="time is up"):
        put(client(clock), deadline=clock.now)
    assert script.asked == 0


def test_a_server_that_hangs_is_left(
    serve: Serve, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_client, "READ_SECONDS", 0.05)
    script = serve(Answer(hangs=True), Answer(hangs=True), OK)
    put(client(clock))
    assert script.asked == 3


def test_a_server_that_only_hangs_is_given_up(
    serve: Serve, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_client, "READ_SECONDS", 0.05)
    serve(Answer(hangs=True))
    with pytest.raises(ServiceUnavailable, match="ReadTimeoutError"):
        put(client(clock), deadline=clock.now + 1)


def test_no_server_at_all_is_given_up(
    serve: Serve, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(OK)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")  # no one listens there
    with pytest.raises(ServiceUnavailable, match="EndpointConnectionError"):
        put(client(clock), deadline=clock.now + 5)
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
def test_what_an_operator_can_cure_says_how(
    serve: Serve, clock: Clock, code: str, cure: str
) -> None:
    script = serve(refusal(code))
    with pytest.raises(
        ServiceUnavailable, match=f"s3vectors put_vectors.*{code}.*{cure}"
    ) as raised:
        put(client(clock))
    assert "secret" not in str(raised.value)
    assert (script.asked, clock.slept) == (1, [])


def test_what_is_our_mistake_is_raised_as_it_is(serve: Serve, clock: Clock) -> None:
    script = serve(refusal("ValidationException"))
    with pytest.raises(ClientError, match="ValidationException"):
        put(client(clock))
    with pytest.raises(ParamValidationError):
        client(clock).call("put_vectors", vectors=5)
    assert script.asked == 1


def test_a_client_without_a_region_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(ServiceUnavailable, match="region"):
        AwsClient("s3vectors")


def test_a_body_that_breaks_off_is_read_again(serve: Serve, clock: Clock) -> None:
    script = serve(Answer(body=b"half of", length=15), Answer(body=b"half of and all"))
    body = client(clock, "s3").attempt(
        "get_object", lambda s3: s3.get_object(Bucket="bucket", Key="key")["Body"].read()
    )
    assert (body, script.asked, len(clock.slept)) == (b"half of and all", 2, 1)


@pytest.mark.parametrize(
    "error",
    [
        IncompleteReadError(actual_bytes=7, expected_bytes=15),
        ResponseStreamingError(error="broke off"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_any_way_to_break_off_may_pass(serve: Serve, clock: Clock, error: Exception) -> None:
    serve(OK)
    outcomes = iter([error, error])

    def action(_: Any) -> str:
        for failure in outcomes:
            raise failure
        return "all"

    assert client(clock, "s3").attempt("get_object", action) == "all"
    assert len(clock.slept) == 2


def test_an_attempt_ends_by_its_timeouts(serve: Serve, clock: Clock) -> None:
    serve(OK)
    config = client(clock).attempt("put_vectors", lambda s3vectors: s3vectors.meta.config)
    assert (config.connect_timeout, config.read_timeout) == (3, 10)


def test_a_missing_object_is_no_fault_of_s3(serve: Serve, clock: Clock) -> None:
    serve(Answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"))
    with pytest.raises(ClientError) as raised:
        client(clock, "s3").call("get_object", Bucket="bucket", Key="key")
    assert raised.value.response["Error"]["Code"] == "NoSuchKey"


class LosesAnswers(AwsClient):
    """DynamoDB whose first answer to a write is lost, after the write."""

    lost = False

    def attempt(self, operation: str, action: Callable[[Any], Any], **options: Any) -> Any:
        def losing(client: Any) -> Any:
            answer = action(client)
            if operation == "put_item" and not self.lost:
                self.lost = True
                raise ClientError({"Error": {"Code": "InternalServerError"}}, operation)
            return answer

        return super().attempt(operation, losing, **options)


def test_a_row_whose_writing_was_not_answered_is_written(aws: str, clock: Clock) -> None:
    """The second attempt finds the condition broken by the first: that is no conflict."""
    dynamodb = LosesAnswers("dynamodb", sleep=clock.sleep, clock=clock.time)
    ledger = DynamoDBLedger(dynamodb, table="ledgers", store="bucket/unanswered")
    written = ledger.put(Row("file-1", "s3://bucket/1"))
    assert dynamodb.lost and len(clock.slept) == 1
    assert ledger.get("file-1") == written
    with pytest.raises(StoreConflict):
        ledger.put(Row("file-1", "s3://bucket/1"))
