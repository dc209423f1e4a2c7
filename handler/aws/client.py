"""Calls to AWS, under one policy: transient failures are retried until a deadline.

botocore's own retries are off, since they know no deadline. Imports boto3, which takes a quarter of
a second: import this module only where AWS is called.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoRegionError,
    ParamValidationError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from handler.errors import ServiceUnavailable
from handler.request_context import end

T = TypeVar("T")
Service = Literal["dynamodb", "s3", "s3vectors", "sqs"]

# How long a call without a deadline is retried, unless its request must be answered before.
PATIENCE_SECONDS = 20.0
CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0  # an attempt can outlast its deadline by these
# Full jitter: random waits from 0 to 0.1, 0.2, 0.4 … 5 s.
# (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter)
BACKOFF = wait_random_exponential(multiplier=0.1, max=5)

# Transient besides 5xx, by the services' API references (botocore/data/…).
TRANSIENT_CODES = frozenset(
    [
        # throttling
        *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled"),
        *("SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException", "429"),
        # failures of the service
        *("InternalError", "InternalServerError", "InternalServerException"),
        *("ServiceUnavailable", "ServiceUnavailableException"),
        *("RequestTimeout", "RequestTimeoutException", "408"),
        # two concurrent writes of one item
        *("ReplicatedWriteConflictException", "TransactionConflictException"),
        "TransactionInProgressException",
    ]
)
# Why a transaction was cancelled, if it may be made later.
TRANSIENT_REASONS = frozenset(
    ["ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"]
)
# Only the operator can fix these; until then, messages stay in the queue.
CURES = {
    "Give the function's role the permission, and check that its credentials are valid.": (
        *("AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException"),
        *("InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException"),
        *("RequestTimeTooSkewed", "SignatureDoesNotMatch", "UnrecognizedClientException"),
    ),
    "Deploy the resource, or correct the setting that names it.": (
        *("NoSuchBucket", "NotFoundException", "ResourceNotFoundException"),
    ),
    "Check the KMS key that encrypts the resource, and the role's permissions on it.": (
        *("KmsDisabledException", "KmsInvalidKeyUsageException"),
        *("KmsInvalidStateException", "KmsNotFoundException"),
    ),
    "Raise the quota.": ("LimitExceededException", "ServiceQuotaExceededException"),
}
CURE_BY_CODE = {code: cure for cure, codes in CURES.items() for code in codes}


class AwsClient:
    """A client of one AWS service. Thread-safe, as boto3's clients are.

    Region, credentials and endpoint (AWS_ENDPOINT_URL) come from the environment. AWS_REGION, which
    AWS's other libraries read, goes before boto3's AWS_DEFAULT_REGION.
    """

    def __init__(
        self,
        service: Service,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service, self._sleep, self._clock = service, sleep, clock
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 1},
            **(_of_s3() if service == "s3" else {}),
        )
        try:
            self._client: Any = boto3.client(
                service, region_name=os.environ.get("AWS_REGION") or None, config=config
            )
        except NoRegionError as error:
            problem = f"{service} cannot be called: {error} Set AWS_REGION."
            raise ServiceUnavailable(problem) from error
        except BotoCoreError as error:
            raise ServiceUnavailable(f"{service} cannot be called: {error}") from error

    def call(self, operation: str, *, deadline: float | None = None, **parameters: Any) -> Any:
        """Call `operation`, such as put_vectors, with AWS's parameters. Returns its answer, a dict.

        Raises as `attempt` does.
        """
        return self.attempt(
            operation,
            lambda client: getattr(client, operation)(**parameters),
            deadline=deadline,
        )

    def attempt(
        self, operation: str, action: Callable[[Any], T], *, deadline: float | None = None
    ) -> T:
        """What `action` returns for boto3's client. Retried as a whole if it fails transiently.

        For actions that make several calls, or read a body. `operation` names them in messages.

        Raises ServiceUnavailable if the action does not succeed by the deadline, or only the
        operator can fix it. An attempt starts before the deadline, and can outlast it by
        CONNECT_SECONDS + READ_SECONDS. Any other refusal raises botocore's ClientError: the caller
        expects it (a condition does not hold, no such key), or it is a bug.
        """
        name = f"{self._service} {operation}"
        deadline = self._deadline() if deadline is None else deadline
        if self._clock() >= deadline:
            raise ServiceUnavailable(f"{name} was not called: the time is up.")
        retrying = Retrying(
            retry=retry_if_exception(_is_transient),
            wait=_wait,
            stop=lambda state: self._clock() + state.upcoming_sleep >= deadline,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(action, self._client)
        except ParamValidationError:
            raise  # a bug
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if _is_transient(error):
                problem = f"{name} still answers {code} after the last retry."
            elif code in CURE_BY_CODE:
                problem = f"{name} answers {code}. {CURE_BY_CODE[code]}"
            else:
                raise
            raise ServiceUnavailable(problem) from error
        except BotoCoreError as error:
            # The error's text can quote the request's address, so only its type is told.
            raise ServiceUnavailable(f"{name} failed: {type(error).__name__}.") from error

    def _deadline(self) -> float:
        """That of a call without one: before its request must be answered."""
        patience, request = self._clock() + PATIENCE_SECONDS, end()
        return patience if request is None else min(patience, request)


def _of_s3() -> dict[str, Any]:
    """The settings for S3, with which presigned URLs hold.

    They name the bucket's region: elsewhere, new buckets answer with a redirect, whose host is not
    the signed one. They say no checksum of a body that is not known yet.
    """
    elsewhere = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} & os.environ.keys()
    return {
        "s3": {"addressing_style": "auto" if elsewhere else "virtual"},
        "signature_version": "s3v4",
        "request_checksum_calculation": "when_required",
    }


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response["Error"]["Code"]
        return status // 100 == 5 or code in TRANSIENT_CODES or _met_another(error)
    return isinstance(error, BotoConnectionError | HTTPClientError | IncompleteReadError)


def _met_another(error: ClientError) -> bool:
    """Whether a transaction was cancelled only because of another one, or of throttling."""
    response: dict[str, Any] = {**error.response}  # the stub has no reasons
    reasons = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
    return bool(reasons & TRANSIENT_REASONS) and reasons <= TRANSIENT_REASONS | {"None", None}


def _wait(state: RetryCallState) -> float:
    """Seconds until the next attempt: random, on top of what the service asks for."""
    return BACKOFF(state) + _retry_after(state.outcome.exception() if state.outcome else None)


def _retry_after(error: BaseException | None) -> float:
    """The seconds that the service asks for: HTTP's header, or AWS's in milliseconds."""
    if not isinstance(error, ClientError):
        return 0.0
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    for name, unit in (("x-amz-retry-after", 0.001), ("retry-after", 1.0)):
        if (value := headers.get(name, "")).isdecimal():
            return int(value) * unit
    return 0.0


def error_code(error: BaseException | None, operation: str) -> str | None:
    """The service's code, if `operation` was refused with this error or with the one behind it."""
    while error is not None:
        if isinstance(error, ClientError) and error.operation_name == operation:
            return error.response["Error"]["Code"]
        error = error.__cause__
    return None
