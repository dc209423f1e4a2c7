"""Presigned requests, uploads in parts, and what S3 refuses for a moment."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto.s3.models import s3_backends

from handler.aws.client import AwsClient
from handler.errors import ServiceUnavailable
from handler.stores.aws.blobs import S3Blobs
from handler.stores.aws.multipart import PART
from tests.handler.aws.moto_s3vectors import ACCOUNT
from tests.handler.aws.moto_server import new_bucket

KEY = "files/file-1"


@pytest.fixture
def bucket(aws: str) -> str:
    return new_bucket("files")


@pytest.fixture
def s3() -> AwsClient:
    return AwsClient("s3", sleep=lambda _: None)


@pytest.fixture
def blobs(bucket: str, s3: AwsClient) -> S3Blobs:
    return S3Blobs(s3, bucket)


def test_a_presigned_address_gives_the_bytes_with_the_files_name(blobs: S3Blobs) -> None:
    blobs.write(KEY, io.BytesIO(b"some bytes"))
    url = blobs.url(KEY, filename='é "a".pdf', content_type="application/pdf")
    assert url is not None
    answer = httpx.get(url)
    assert answer.content == b"some bytes"
    assert answer.headers["content-type"] == "application/pdf"
    disposition = answer.headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''%C3%A9%20%22a%22.pdf"
    assert blobs.url(KEY, filename="a", content_type=None) is not None


def test_a_presigned_put_uploads_a_blob(blobs: S3Blobs) -> None:
    put = blobs.presigned_put("parts/upload_1/part_1", size=10, content_type="text/plain")
    assert put is not None
    assert httpx.put(put.url, content=b"some bytes", headers=put.headers).status_code == 200
    assert blobs.read("parts/upload_1/part_1") == b"some bytes"


def test_a_presigned_put_is_for_one_size_and_type_only(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto does not check signatures, so what is signed is looked at; and where it goes."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    blobs = S3Blobs(AwsClient("s3"), "files-of-tests")
    put = blobs.presigned_put(KEY, size=10, content_type="text/plain")
    assert put is not None
    url = httpx.URL(put.url)
    assert url.host == "files-of-tests.s3.eu-central-1.amazonaws.com"
    assert url.params["X-Amz-SignedHeaders"] == "content-length;content-type;host"
    assert put.headers == {"content-length": "10", "content-type": "text/plain"}
    assert not [name for name in url.params if "checksum" in name.lower()]
    assert url.params["X-Amz-Expires"] == "3600"


def test_an_upload_in_parts_is_continued_after_a_failure_of_s3(
    blobs: S3Blobs, s3: AwsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_part, failures = s3._client.upload_part, [1, 2]

    def failing(**parameters: Any) -> Any:
        if failures and parameters["PartNumber"] == 2:
            failures.pop()
            raise ClientError({"Error": {"Code": "SlowDown"}}, "UploadPart")
        return upload_part(**parameters)

    monkeypatch.setattr(s3._client, "upload_part", failing)
    data = bytes(PART) + b"the rest"
    assert blobs.write(KEY, io.BytesIO(data)).sha256 == hashlib.sha256(data).hexdigest()
    assert blobs.read(KEY) == data


def test_a_completion_whose_answer_is_lost_is_a_completion(
    blobs: S3Blobs, s3: AwsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete, calls = s3._client.complete_multipart_upload, 0

    def losing(**parameters: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 1:  # S3 may have forgotten the upload
            raise ClientError({"Error": {"Code": "NoSuchUpload"}}, "CompleteMultipartUpload")
        complete(**parameters)
        raise ReadTimeoutError(endpoint_url="")

    monkeypatch.setattr(s3._client, "complete_multipart_upload", losing)
    data = bytes(PART) + b"the rest"
    blobs.write(KEY, io.BytesIO(data))
    assert (calls, blobs.read(KEY)) == (2, data)


def test_a_completion_of_an_upload_that_is_gone_is_refused(
    blobs: S3Blobs, s3: AwsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "NoSuchUpload"}}, "CompleteMultipartUpload")

    monkeypatch.setattr(s3._client, "complete_multipart_upload", gone)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        blobs.write(KEY, io.BytesIO(bytes(PART)))


def test_an_upload_that_fails_leaves_no_parts_behind(blobs: S3Blobs, bucket: str) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > PART:
                raise RuntimeError
            return super().read(size)

    with pytest.raises(RuntimeError):
        blobs.write(KEY, Broken(bytes(2 * PART)))
    assert "Uploads" not in boto3.client("s3").list_multipart_uploads(Bucket=bucket)


def test_only_what_s3_did_not_delete_is_deleted_again(
    blobs: S3Blobs, s3: AwsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def delete_objects(*, Bucket: str, Delete: Any) -> Any:  # noqa: N803
        asked.append([one["Key"] for one in Delete["Objects"]])
        return {"Errors": [{"Key": key, "Code": "InternalError"} for key in asked[-1][1:]]}

    monkeypatch.setattr(s3._client, "delete_objects", delete_objects)
    blobs.delete(["a", "b", "c"])
    assert asked == [["a", "b", "c"], ["b", "c"], ["c"]]


def test_more_blobs_than_a_request_takes_are_deleted(
    blobs: S3Blobs, s3: AwsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def delete_objects(*, Bucket: str, Delete: Any) -> Any:  # noqa: N803
        sizes.append(len(Delete["Objects"]))
        return {}

    monkeypatch.setattr(s3._client, "delete_objects", delete_objects)
    blobs.delete(f"files/{number}" for number in range(2_001))
    assert sizes == [1_000, 1_000, 1]


def test_more_blobs_than_a_page_has_are_listed(blobs: S3Blobs, bucket: str) -> None:
    s3: Any = s3_backends[ACCOUNT]["aws"]  # a thousand requests would take seconds
    for number in range(1_001):
        s3.put_object(bucket, f"parts/u/{number:04}", b"")
    assert len(list(blobs.keys("parts/", before=9e9))) == 1_001


def test_a_missing_bucket_is_reported_as_something_to_deploy(aws: str, s3: AwsClient) -> None:
    blobs = S3Blobs(s3, "no-such-bucket-of-tests")
    with pytest.raises(ServiceUnavailable, match=r"s3 put_object.*NoSuchBucket.*Deploy"):
        blobs.write(KEY, io.BytesIO(b""))
    with pytest.raises(ServiceUnavailable, match="NoSuchBucket"):
        blobs.read(KEY)
