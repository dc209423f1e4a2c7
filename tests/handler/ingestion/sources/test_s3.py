"""Objects in S3, as moto's server plays it."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import DocumentRejected, ServiceUnavailable, SourceChanged
from handler.ingestion.sources.s3 import S3Reader
from tests.handler.aws.moto_server import new_bucket

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@pytest.fixture
def s3(aws: str) -> S3Client:
    return boto3.client("s3")


@pytest.fixture
def bucket(s3: S3Client) -> str:
    return new_bucket("documents")


@pytest.fixture
def reader(aws: str) -> S3Reader:
    return S3Reader(AwsClient("s3"))


def test_an_object_is_described_by_its_head(s3: S3Client, bucket: str, reader: S3Reader) -> None:
    key = "reports/Q3 + été.md"
    put = s3.put_object(
        Bucket=bucket, Key=key, Body=b"# Q3", ContentType="text/markdown", Metadata={"year": "2026"}
    )
    found = reader.find(f"s3://{bucket}/{key}")
    assert found is not None
    assert (found.etag, found.size, found.content_type) == (put["ETag"], 4, "text/markdown")
    assert (found.metadata, found.read()) == ({"year": "2026"}, b"# Q3")
    assert reader.find(f"s3://{bucket}/other.md") is None


def test_metadata_that_s3_encodes_are_decoded(s3: S3Client, bucket: str, reader: S3Reader) -> None:
    metadata = {"City": "=?UTF-8?B?WsO8cmljaA==?=", "zip": "01234", "bad": "=?UTF-8?Q?=FF?="}
    s3.put_object(Bucket=bucket, Key="a.md", Body=b"a", Metadata=metadata)
    found = reader.find(f"s3://{bucket}/a.md")
    assert found is not None
    assert found.metadata == {"city": "Zürich", "zip": "01234", "bad": "=?UTF-8?Q?=FF?="}


def test_a_copy_onto_itself_changes_the_identity(
    s3: S3Client, bucket: str, reader: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key="a.md", Body=b"a")
    before = reader.find(f"s3://{bucket}/a.md")
    assert before is not None
    assert reader.find(f"s3://{bucket}/a.md").identity == before.identity  # type: ignore[union-attr]
    assert replace(before, modified=before.modified + 1).identity != before.identity


def test_the_empty_folders_of_the_console_are_not_documents(
    s3: S3Client, bucket: str, reader: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key="folder/", Body=b"")
    s3.put_object(Bucket=bucket, Key="slash/", Body=b"text")
    assert reader.find(f"s3://{bucket}/folder/") is None
    assert reader.find(f"s3://{bucket}/slash/") is not None


@pytest.mark.parametrize("name", ["_SUCCESS", "~$plan.docx", ".DS_Store", "day_$folder$"])
def test_locks_and_markers_are_not_documents(
    name: str, s3: S3Client, bucket: str, reader: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key=f"data/{name}", Body=b"text")
    assert reader.find(f"s3://{bucket}/data/{name}") is None


@pytest.mark.parametrize("encoding", ["gzip", "aws-chunked,gzip"])
def test_a_gzip_encoded_object_is_unpacked(
    encoding: str, s3: S3Client, bucket: str, reader: S3Reader
) -> None:
    content = gzip.compress(b"# Q3")
    s3.put_object(Bucket=bucket, Key="q3.md", Body=content, ContentEncoding=encoding)
    found = reader.find(f"s3://{bucket}/q3.md")
    assert found is not None
    assert found.read() == b"# Q3"


@pytest.mark.parametrize("change", ["overwritten", "removed"])
def test_an_object_that_changed_since_it_was_found_is_not_read(
    change: str, s3: S3Client, bucket: str, reader: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"old")
    found = reader.find(f"s3://{bucket}/a.txt")
    if change == "overwritten":
        s3.put_object(Bucket=bucket, Key="a.txt", Body=b"new")
    else:
        s3.delete_object(Bucket=bucket, Key="a.txt")
    assert found is not None
    with pytest.raises(SourceChanged, match=r"a\.txt was written or removed meanwhile"):
        found.read()


def test_an_archived_object_is_rejected_with_the_cure(
    s3: S3Client, bucket: str, reader: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"old", StorageClass="GLACIER")
    found = reader.find(f"s3://{bucket}/a.txt")
    assert found is not None
    with pytest.raises(DocumentRejected, match=r"archived .* Restore it") as raised:
        found.read()
    assert raised.value.code == "invalid_file"


def test_a_missing_permission_is_named(
    bucket: str, reader: S3Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(client: AwsClient, operation: str, **parameters: Any) -> None:
        # The answer to a HEAD has no body, so its status is the only code.
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject")

    monkeypatch.setattr(AwsClient, "call", refuse)
    with pytest.raises(ServiceUnavailable, match=r"needs s3:GetObject .* s3:ListBucket"):
        reader.find(f"s3://{bucket}/a.txt")
