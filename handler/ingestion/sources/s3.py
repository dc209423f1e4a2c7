"""Objects in S3. Imports boto3."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import DocumentRejected, ServiceUnavailable, SourceChanged
from handler.ingestion.sources.content_encoding import decode_content
from handler.ingestion.sources.contract import SourceSnapshot
from handler.ingestion.sources.left_out import is_left_out

SCHEME = "s3://"


class S3Reader:
    """See `contract.SourceReader`; the sources are s3://bucket/key."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        bucket, _, key = source.removeprefix(SCHEME).partition("/")
        if is_left_out(key.rpartition("/")[2]):
            return None
        try:
            found = self._client.call("head_object", Bucket=bucket, Key=key, deadline=deadline)
        except ClientError as error:
            # A HEAD has no body, so the code is the status.
            match error.response["Error"]["Code"]:
                case "404":
                    return None
                case "403":
                    raise ServiceUnavailable(
                        f"The role may not read {bucket}: it needs s3:GetObject on its objects, "
                        "and s3:ListBucket, without which S3 does not say that one is gone."
                    ) from error
            raise
        if key.endswith("/") and found["ContentLength"] == 0:
            return None  # the console's marker of an empty folder
        return SourceSnapshot(
            etag=found["ETag"],
            version=found.get("VersionId"),
            size=found["ContentLength"],
            modified=found["LastModified"].timestamp(),
            content_type=found.get("ContentType"),
            metadata=found.get("Metadata", {}),
            read=lambda: decode_content(
                self._read(bucket, key, found["ETag"], deadline), found.get("ContentEncoding")
            ),
        )

    def _read(self, bucket: str, key: str, etag: str, deadline: float | None) -> bytes:
        def read(client: Any) -> bytes:
            answer = client.get_object(Bucket=bucket, Key=key, IfMatch=etag)
            content: bytes = answer["Body"].read()
            return content

        try:
            return self._client.attempt("get_object", read, deadline=deadline)
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "PreconditionFailed" | "NoSuchKey":
                    raise SourceChanged(f"{key} was written or removed meanwhile.") from error
                case "InvalidObjectState":
                    raise DocumentRejected(
                        "invalid_file",
                        "The object is archived (Glacier). Restore it, and write it again.",
                    ) from error
            raise
