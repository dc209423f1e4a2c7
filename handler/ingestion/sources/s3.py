"""Objects in S3. Imports boto3."""

from __future__ import annotations

import time
from math import inf
from typing import Any

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import DocumentRejected, ServiceUnavailable, SourceChanged
from handler.ingestion.sources import refusals
from handler.ingestion.sources.content_encoding import decode_content
from handler.ingestion.sources.contract import SourceSnapshot
from handler.ingestion.sources.left_out import is_left_out
from handler.ingestion.sources.rfc2047 import decode_words
from handler.ingestion.sources.timely_body import read_timely
from handler.limits import OBJECT_SECONDS

SCHEME = "s3://"
# How long S3 is asked for one object that it cannot give now. The other documents of an invocation
# wait meanwhile; the queue delivers this one again.
PATIENCE_SECONDS = 5.0


class S3Reader:
    """See `contract.SourceReader`; the sources are s3://bucket/key."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        bucket, _, key = source.removeprefix(SCHEME).partition("/")
        if is_left_out(key.rpartition("/")[2]):
            return None
        try:
            found = self._describe(bucket, key, deadline)
        except DocumentRejected as rejected:
            return SourceSnapshot.refused(rejected)
        if found is None or (key.endswith("/") and found["ContentLength"] == 0):
            return None  # the console's marker of an empty folder
        return SourceSnapshot(
            etag=found["ETag"],
            version=found.get("VersionId"),
            size=found["ContentLength"],
            modified=found["LastModified"].timestamp(),
            content_type=found.get("ContentType"),
            metadata={key: decode_words(text) for key, text in found.get("Metadata", {}).items()},
            read=lambda: decode_content(
                self._read(bucket, key, found["ETag"], deadline), found.get("ContentEncoding")
            ),
        )

    def _describe(self, bucket: str, key: str, deadline: float | None) -> dict[str, Any] | None:
        """The object's headers; None if there is none. Raises DocumentRejected."""
        until = _patient(deadline)
        try:
            found: dict[str, Any] = self._client.call(
                "head_object", Bucket=bucket, Key=key, deadline=until
            )
            return found
        except ClientError as error:
            if refusals.code_of(error) == "404":
                return None
        # A HEAD has no body, so its answer does not say why. That to a GET does.
        try:
            found = self._client.call("get_object", Bucket=bucket, Key=key, deadline=until)
        except (ClientError, ServiceUnavailable) as error:
            self._raise_unless_gone(error, bucket, key, until)
            return None
        found["Body"].close()
        return found

    def _read(self, bucket: str, key: str, etag: str, deadline: float | None) -> bytes:
        until = _patient(deadline)

        def read(client: Any) -> bytes:
            answer = client.get_object(Bucket=bucket, Key=key, IfMatch=etag)
            left = inf if deadline is None else deadline - time.monotonic()
            return read_timely(answer["Body"], seconds=min(OBJECT_SECONDS, left))

        try:
            return self._client.attempt("get_object", read, deadline=until)
        except (ClientError, ServiceUnavailable) as error:
            self._raise_unless_gone(error, bucket, key, until)
            raise SourceChanged(f"{key} was written or removed meanwhile.") from error

    def _raise_unless_gone(
        self, error: ClientError | ServiceUnavailable, bucket: str, key: str, deadline: float
    ) -> None:
        """Return if the refusal means that the object, or this content of it, is no more.

        Raises DocumentRejected if S3 will never give it, ServiceUnavailable if it may later.
        """
        refused = refusals.refusal_in(error)
        found = refusals.verdict(error)
        if refused is None or found == "passing":
            if isinstance(error, ServiceUnavailable):
                raise error
            raise ServiceUnavailable(f"s3 get_object answers {refusals.code_of(error)}.") from error
        if found == "gone" or (found == "denied" and not self._is_listed(bucket, key, deadline)):
            return
        raise refusals.rejection(refused) from error

    def _is_listed(self, bucket: str, key: str, deadline: float) -> bool:
        """Whether the bucket lists the object. Raises ServiceUnavailable if it may not be listed.

        If it does, the role can use the bucket, and only this object is denied to it.
        """
        try:
            page = self._client.call(
                "list_objects_v2", Bucket=bucket, Prefix=key, MaxKeys=1, deadline=deadline
            )
        except (ClientError, ServiceUnavailable) as error:
            refused = refusals.refusal_in(error)
            is_denied = refused is not None and refusals.code_of(refused) in refusals.DENIED
            if isinstance(error, ServiceUnavailable) and not is_denied:
                raise
            raise ServiceUnavailable(
                f"The role may not read {bucket}: it needs s3:GetObject on its objects, and "
                "s3:ListBucket, without which S3 does not say that one is gone."
            ) from error
        return any(one["Key"] == key for one in page.get("Contents", []))


def _patient(deadline: float | None) -> float:
    until = time.monotonic() + PATIENCE_SECONDS
    return until if deadline is None else min(until, deadline)
