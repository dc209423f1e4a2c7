"""A body that arrives slowly is read within a total time, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from handler.aws.client import AwsClient
from handler.errors import ServiceUnavailable
from handler.ingestion.sources.s3 import S3Reader
from handler.ingestion.sources.timely_body import read_timely
from tests.handler.aws.refusing_s3 import RefusingS3, serving_refusals


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[RefusingS3]:
    with serving_refusals() as serving:
        monkeypatch.setenv("AWS_ENDPOINT_URL", serving.address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        serving.contents["a.txt"] = b"Cats sleep. " * 1_000
        yield serving


def test_a_body_in_time_is_read_whole(s3: RefusingS3) -> None:
    answer = boto3.client("s3").get_object(Bucket="bucket", Key="a.txt")
    assert read_timely(answer["Body"], seconds=60) == s3.contents["a.txt"]


def test_a_body_that_trickles_is_given_up(s3: RefusingS3) -> None:
    s3.trickling.add("a.txt")
    answer = boto3.client("s3").get_object(Bucket="bucket", Key="a.txt")
    with pytest.raises(ServiceUnavailable, match=r"content did not arrive within 0\.1 s"):
        read_timely(answer["Body"], seconds=0.1)


def test_a_body_that_stops_is_told_as_botocore_tells_it(s3: RefusingS3) -> None:
    s3.trickling.add("a.txt")
    client = boto3.client("s3", config=Config(read_timeout=0.001))
    with pytest.raises(BotoCoreError):
        read_timely(client.get_object(Bucket="bucket", Key="a.txt")["Body"], seconds=60)


def test_a_body_may_take_no_longer_than_the_invocation_has(s3: RefusingS3) -> None:
    s3.trickling.add("a.txt")
    reader = S3Reader(AwsClient("s3"))
    found = reader.find("s3://bucket/a.txt", deadline=time.monotonic() + 1)
    assert found is not None
    with pytest.raises(ServiceUnavailable, match=r"did not arrive within [01]\.\d s"):
        found.read()
