"""A blob that is written in parts, since it is too large for one request.

(docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import ServiceUnavailable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART = 8 << 20  # bytes; S3 takes 10,000 parts, each but the last of at least 5 MiB


class MultipartUpload:
    """The blob is there once `complete` returns, and not before."""

    def __init__(self, s3: AwsClient, bucket: str, key: str) -> None:
        self._s3 = s3
        answer = s3.call("create_multipart_upload", Bucket=bucket, Key=key)
        self._upload: Any = {"Bucket": bucket, "Key": key, "UploadId": answer["UploadId"]}
        self._parts: list[CompletedPartTypeDef] = []

    def add(self, part: bytes) -> None:
        """Add PART bytes, or the last ones."""
        number = len(self._parts) + 1
        answer = self._s3.call("upload_part", **self._upload, PartNumber=number, Body=part)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def complete(self) -> None:
        """Let the parts be the blob. One with the same key is replaced."""
        tries = 0

        def complete(client: S3Client) -> None:
            nonlocal tries
            tries += 1
            try:
                client.complete_multipart_upload(
                    **self._upload, MultipartUpload={"Parts": self._parts}
                )
            except ClientError as error:
                # A try whose answer was lost has completed it; an upload ends in no other way here.
                if tries == 1 or error.response["Error"]["Code"] != "NoSuchUpload":
                    raise

        self._s3.attempt("complete_multipart_upload", complete)

    @contextmanager
    def aborted_on_failure(self) -> Iterator[None]:
        """Delete the parts if what is inside fails. The bucket deletes what this cannot."""
        try:
            yield
        except BaseException:
            with suppress(ServiceUnavailable, ClientError):
                self._s3.call("abort_multipart_upload", **self._upload)
            raise
