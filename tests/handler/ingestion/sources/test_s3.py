"""Objects in S3, as moto's server has them."""

from __future__ import annotations

import uuid
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import DocumentRejected, ServiceUnavailable, StoreConflict
from handler.ingestion.sources.s3 import S3Reader


@pytest.fixture
def s3(aws: str) -> Any:
    return boto3.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"documents-{uuid.uuid4().hex[:12]}"
    location = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=location)
    return name


@pytest.fixture
def buckets(aws: str) -> S3Reader:
    return S3Reader(AwsClient("s3"))


def test_an_object_is_told_by_its_head(s3: Any, bucket: str, buckets: S3Reader) -> None:
    key = "reports/Q3 + été.md"
    put = s3.put_object(
        Bucket=bucket, Key=key, Body=b"# Q3", ContentType="text/markdown", Metadata={"year": "2026"}
    )
    found = buckets.find(f"s3://{bucket}/{key}")
    assert found is not None
    assert (found.etag, found.size, found.content_type) == (put["ETag"], 4, "text/markdown")
    assert (found.metadata, found.read()) == ({"year": "2026"}, b"# Q3")
    assert buckets.find(f"s3://{bucket}/other.md") is None


def test_the_consoles_empty_folders_are_no_documents(
    s3: Any, bucket: str, buckets: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key="folder/", Body=b"")
    s3.put_object(Bucket=bucket, Key="slash/", Body=b"text")
    assert buckets.find(f"s3://{bucket}/folder/") is None
    assert buckets.find(f"s3://{bucket}/slash/") is not None


@pytest.mark.parametrize("change", ["overwritten", "removed"])
def test_what_has_changed_since_is_not_read_as_the_old(
    change: str, s3: Any, bucket: str, buckets: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"old")
    found = buckets.find(f"s3://{bucket}/a.txt")
    if change == "overwritten":
        s3.put_object(Bucket=bucket, Key="a.txt", Body=b"new")
    else:
        s3.delete_object(Bucket=bucket, Key="a.txt")
    assert found is not None
    with pytest.raises(StoreConflict, match=r"a\.txt was written or removed meanwhile"):
        found.read()


def test_an_archived_object_is_rejected_with_the_cure(
    s3: Any, bucket: str, buckets: S3Reader
) -> None:
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"old", StorageClass="GLACIER")
    found = buckets.find(f"s3://{bucket}/a.txt")
    assert found is not None
    with pytest.raises(DocumentRejected, match="archived .* Restore it") as raised:
        found.read()
    assert raised.value.code == "invalid_file"


def test_without_the_permission_it_is_named(
    bucket: str, buckets: S3Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(client: AwsClient, operation: str, **parameters: Any) -> None:
        # A HEAD's answer has no body, and so no code but its status.
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject")

    monkeypatch.setattr(AwsClient, "call", refuse)
    with pytest.raises(ServiceUnavailable, match="needs s3:GetObject .* s3:ListBucket"):
        buckets.find(f"s3://{bucket}/a.txt")
