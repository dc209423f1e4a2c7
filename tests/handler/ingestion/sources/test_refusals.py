"""What S3 refuses for good is a failed document with its reason; the rest is asked for again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from handler.aws.client import AwsClient
from handler.errors import DocumentRejected, ServiceUnavailable, SourceChanged
from handler.ingestion.sources.s3 import S3Reader
from tests.handler.aws.refusing_s3 import Refusal, RefusingS3, serving_refusals

SSE_C = "The object was stored using a form of Server Side Encryption."
NOT_ALLOWED = "because no identity-based policy allows the s3:GetObject action"


@pytest.fixture(scope="module")
def serving() -> Iterator[RefusingS3]:
    with serving_refusals() as s3:
        yield s3


@pytest.fixture
def s3(serving: RefusingS3, monkeypatch: pytest.MonkeyPatch) -> RefusingS3:
    serving.contents, serving.refused = {"a b.txt": b"Cats sleep.", "b.txt": b"Dogs bark."}, {}
    serving.listing = None
    serving.asked.clear()
    monkeypatch.setenv("AWS_ENDPOINT_URL", serving.address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    return serving


@pytest.fixture
def reader(s3: RefusingS3) -> S3Reader:
    return S3Reader(AwsClient("s3"))


def read(reader: S3Reader) -> bytes | None:
    found = reader.find("s3://bucket/a b.txt")
    return found.read() if found else None


@pytest.mark.parametrize("to_head", [None, 200], ids=["head", "get"])
@pytest.mark.parametrize(
    ("status", "code", "said", "words"),
    [
        (400, "InvalidRequest", SSE_C, "SSE-C"),
        (400, "KMS.DisabledException", "", "cannot decrypt .* KMS.DisabledException"),
        (400, "KMS.NotFoundException", "", "KMS key"),
        (400, "KMS.KMSInvalidStateException", "", "KMS key"),
        (400, "KmsInvalidKeyUsageException", "", "KMS key"),
        (400, "KMSDisabledException", "", "KMS key"),
        (403, "AccessDenied", "not authorized to perform: kms:Decrypt on the key", "KMS key"),
        (403, "AccessDenied", "Access Denied", "may not read this object"),
        (403, "InvalidObjectState", "", r"archived .* Restore it"),
        (301, "PermanentRedirect", "", "another region"),
        (400, "AuthorizationHeaderMalformed", "", "another region"),
        (404, "NoSuchVersion", "", "404 NoSuchVersion"),
        (405, "MethodNotAllowed", "", "405 MethodNotAllowed"),
        (418, "Never-Heard-Of", "", "418 Never-Heard-Of"),
        (451, "UnavailableForLegalReasons", "", "451 Unavailable"),
    ],
)
def test_what_s3_refuses_for_good_is_rejected_with_the_reason(
    to_head: int | None,
    status: int,
    code: str,
    said: str,
    words: str,
    s3: RefusingS3,
    reader: S3Reader,
) -> None:
    s3.refused["a b.txt"] = Refusal(status, code, said, to_head)
    if status == 404 and to_head is None:
        return  # a HEAD's 404 says that there is no object
    with pytest.raises(DocumentRejected, match=words) as raised:
        read(reader)
    assert raised.value.code == "invalid_file"
    found = reader.find("s3://bucket/b.txt")
    assert found is not None
    assert found.read() == b"Dogs bark."


def test_a_refused_head_of_an_object_that_can_be_read_does_no_harm(
    s3: RefusingS3, reader: S3Reader
) -> None:
    s3.refused["a b.txt"] = Refusal(200, "", to_head=403)
    assert read(reader) == b"Cats sleep."


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal(403, "AccessDenied", NOT_ALLOWED), "s3 get_object answers AccessDenied"),
        (Refusal(400, "ExpiredToken"), "ExpiredToken"),
        (Refusal(403, "InvalidAccessKeyId"), "InvalidAccessKeyId"),
        (Refusal(403, "RequestTimeTooSkewed"), "RequestTimeTooSkewed"),
        (Refusal(400, "InvalidToken"), "s3 get_object answers InvalidToken"),
        (Refusal(409, "OperationAborted"), "OperationAborted"),
        (Refusal(400, "KMS.ThrottlingException", to_head=200), "KMS.ThrottlingException"),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_what_may_pass_is_tried_again(
    refusal: Refusal, words: str, s3: RefusingS3, reader: S3Reader
) -> None:
    s3.refused["a b.txt"] = refusal
    with pytest.raises(ServiceUnavailable, match=words):
        read(reader)


def test_a_role_that_may_read_nothing_is_told_from_one_refused_object(
    s3: RefusingS3, reader: S3Reader
) -> None:
    s3.refused["a b.txt"] = s3.listing = Refusal(403, "AccessDenied")
    with pytest.raises(ServiceUnavailable, match=r"needs s3:GetObject .* s3:ListBucket"):
        read(reader)


def test_a_denied_object_that_is_not_listed_is_gone(s3: RefusingS3, reader: S3Reader) -> None:
    s3.refused["a b.txt"] = Refusal(403, "AccessDenied")
    del s3.contents["a b.txt"]
    assert read(reader) is None
    s3.contents["a b.txt.old"] = b"another one"
    assert read(reader) is None


def test_an_object_that_goes_between_the_head_and_the_get_has_changed(
    s3: RefusingS3, reader: S3Reader
) -> None:
    found = reader.find("s3://bucket/a b.txt")
    del s3.contents["a b.txt"]
    s3.refused["a b.txt"] = Refusal(403, "AccessDenied")
    assert found is not None
    with pytest.raises(SourceChanged):
        found.read()


def test_an_object_that_s3_fails_to_give_is_asked_for_a_few_seconds(
    s3: RefusingS3, reader: S3Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handler.ingestion.sources.s3.PATIENCE_SECONDS", 0.3)
    s3.refused["a b.txt"] = Refusal(503, "SlowDown")
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="still answers"):
        reader.find("s3://bucket/a b.txt", deadline=began + 300)
    assert time.monotonic() - began < 30
    assert len(s3.asked) > 1
