"""Blobs in a bucket of S3, each an object of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws.client import AwsClient
from handler.errors import ServiceUnavailable
from handler.stores.aws.multipart import PART, MultipartUpload
from handler.stores.blobs import BlobMissing, Digests, PresignedPut
from handler.stores.hashing import Hashing

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

CHUNK = 1 << 20  # bytes
MAX_DELETED = 1_000  # objects that a request deletes
URL_SECONDS, PUT_SECONDS = 300, 3_600  # for which presigned requests hold


class S3Blobs:
    """See `blobs.Blobs`. Its memory is that of two parts (`multipart.PART`), whatever the size."""

    def __init__(self, client: AwsClient, bucket: str) -> None:
        self._s3, self._bucket = client, bucket

    def write(self, key: str, content: BinaryIO) -> Digests:
        return self._write(key, iter(lambda: content.read(CHUNK), b""))

    def join(self, parts: Sequence[str], key: str) -> Digests:
        return self._write(key, (chunk for part in parts for chunk in self.chunks(part)))

    def read(self, key: str, *, deadline: float | None = None) -> bytes:
        def read(client: S3Client) -> bytes:
            return client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

        with _missing(key):
            return self._s3.attempt("get_object", read, deadline=deadline)

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        with _missing(key):
            body: Any = self._s3.call("get_object", Bucket=self._bucket, Key=key)["Body"]
        try:
            while chunk := body.read(CHUNK):
                yield chunk
        except BotoCoreError as error:
            raise ServiceUnavailable(f"s3 get_object failed: {type(error).__name__}.") from error
        finally:
            body.close()

    def delete(self, keys: Iterable[str]) -> None:
        left = iter(dict.fromkeys(keys))
        while batch := list(islice(left, MAX_DELETED)):
            self._delete_batch(batch)

    def _delete_batch(self, keys: list[str]) -> None:
        def delete(client: S3Client) -> None:
            answer = client.delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True},
            )
            # Only those that S3 did not delete are deleted again.
            failed = answer.get("Errors", [])
            keys[:] = [one["Key"] for one in failed if "Key" in one]
            for one in failed:
                about: Any = {"Error": {"Code": one.get("Code", "InternalError")}}
                raise ClientError(about, "DeleteObjects")

        self._s3.attempt("delete_objects", delete)

    def keys(self, prefix: str, *, before: float) -> Iterator[str]:
        parameters: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix}
        while True:
            page = self._s3.call("list_objects_v2", **parameters)
            for one in page.get("Contents", []):
                if one["LastModified"].timestamp() < before:
                    yield one["Key"]
            if not page["IsTruncated"]:
                return
            parameters["ContinuationToken"] = page["NextContinuationToken"]

    def url(self, key: str, *, filename: str, content_type: str | None) -> str | None:
        parameters = {
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
        }
        if content_type:
            parameters["ResponseContentType"] = content_type
        return self._presigned("get_object", key, URL_SECONDS, **parameters)

    def presigned_put(self, key: str, *, size: int, content_type: str) -> PresignedPut | None:
        url = self._presigned(
            "put_object", key, PUT_SECONDS, ContentLength=size, ContentType=content_type
        )
        return PresignedPut(url, {"content-length": str(size), "content-type": content_type})

    def _presigned(self, operation: str, key: str, seconds: int, **parameters: Any) -> str:
        """Nothing is asked: a signature is computed here."""
        url: str = self._s3.call(
            "generate_presigned_url",
            ClientMethod=operation,
            Params={"Bucket": self._bucket, "Key": key, **parameters},
            ExpiresIn=seconds,
        )
        return url

    def _write(self, key: str, chunks: Iterable[bytes]) -> Digests:
        hashing = Hashing()
        parts = _parts(chunks, hashing)
        first = next(parts, b"")
        if len(first) < PART:
            self._s3.call("put_object", Bucket=self._bucket, Key=key, Body=first)
            return hashing.digests
        upload = MultipartUpload(self._s3, self._bucket, key)
        with upload.aborted_on_failure():
            upload.add(first)
            for part in parts:
                upload.add(part)
            upload.complete()
        return hashing.digests


def _parts(chunks: Iterable[bytes], hashing: Hashing) -> Iterator[bytes]:
    """The bytes in parts of PART, and the rest. Adds them to `hashing`."""
    part = bytearray()
    for chunk in chunks:
        hashing.add(chunk)
        part += chunk
        while len(part) >= PART:
            yield bytes(part[:PART])
            del part[:PART]
    if part:
        yield bytes(part)


@contextmanager
def _missing(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "404"):
            raise
        raise BlobMissing(key) from error
