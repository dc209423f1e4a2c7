"""Storage events end to end, on moto's AWS: bucket → queue → function → index, ledger → search."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from openai import BadRequestError, NotFoundError, OpenAI
from starlette.testclient import TestClient

from handler import ingest
from handler.embeddings.operations import EmbeddingOperations
from handler.errors import DocumentBusy, DocumentUnfinished
from handler.ingestion.change import Change
from handler.settings import S3VectorsAddress, Settings
from model_layer import Cl100k, Encoder
from tests.events import load_event
from tests.handler.aws.moto_server import create_bucket, new_bucket
from tests.handler.documents.samples import pdf, word

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import QueueConfigurationTypeDef

FACT = "The lighthouse keeper counts the ships that pass at night"
FILES: dict[str, tuple[bytes, str]] = {
    "notes/plain text.txt": (f"{FACT}.".encode(), "text/plain"),
    "notes/ünï.md": (f"# Duties\n\n{FACT}.".encode(), "text/markdown"),
    "page.html": (f"<h1>Duties</h1><p>{FACT}.</p>".encode(), "text/html"),
    "report+v2 (50%).pdf": (
        pdf("A page of soup recipes. " * 70, f"{FACT}. " * 12),
        "application/pdf",
    ),
    "letter.docx": (word(lambda document: document.add_paragraph(FACT)), "binary/octet-stream"),
    "table.csv": (f"who,what\nkeeper,{FACT}\n".encode(), "text/csv"),
    "data.json": (json.dumps({"duty": FACT}).encode(), "application/json"),
    "lines.jsonl": (f"{json.dumps({'duty': FACT})}\n".encode(), "application/jsonl"),
}


@dataclass
class Aws:
    """A bucket that notifies a queue, and the store that ingestion fills."""

    bucket: str
    queue: str
    store: S3VectorsAddress

    def __post_init__(self) -> None:
        self.s3, self.sqs = boto3.client("s3"), boto3.client("sqs")

    def deliver(self) -> list[list[dict[str, str]]]:
        """Act as Lambda until the queue is empty: invoke, then delete what succeeded."""
        answers = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            answer = ingest.lambda_handler(sqs_event(messages), None)
            answers.append(answer["batchItemFailures"])
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            for message in messages:
                if message["MessageId"] not in failed:
                    receipt = message["ReceiptHandle"]
                    self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=receipt)
        return answers


def sqs_event(messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The event that Lambda makes of messages that it has received."""
    names = {"MessageId": "messageId", "Body": "body", "ReceiptHandle": "receiptHandle"}
    return {
        "Records": [
            {"eventSource": "aws:sqs", **{mine: message[its] for its, mine in names.items()}}
            for message in messages
        ]
    }


@pytest.fixture
def deployed(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """The resources of template.yaml that moto can play."""
    from tests.handler.aws.moto_server import new_index

    name = new_bucket("documents")
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    notify: QueueConfigurationTypeDef = {
        "QueueArn": attributes["Attributes"]["QueueArn"],
        "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
    }
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"QueueConfigurations": [notify]}
    )
    store = new_index()
    settings = Settings(vector_store=store, queue_url=queue)
    monkeypatch.setattr(ingest, "settings", settings)
    opened = ingest.open_pipeline
    opened.cache_clear()
    yield Aws(name, queue, store)
    opened.cache_clear()


@pytest.fixture
def client(deployed: Aws, encoder: Encoder, cl100k: Cl100k) -> Iterator[OpenAI]:
    """The official client, at the application that the API function runs."""
    from handler.http.app import create_app

    app = create_app(EmbeddingOperations(encoder, cl100k), Settings(vector_store=deployed.store))
    with TestClient(app, base_url="http://testserver") as transport:
        yield OpenAI(base_url="http://testserver/v1", api_key="none", http_client=transport)


def test_files_of_every_format_are_found_and_broken_ones_say_why(
    deployed: Aws, client: OpenAI
) -> None:
    for key, (content, content_type) in FILES.items():
        deployed.s3.put_object(
            Bucket=deployed.bucket, Key=key, Body=content, ContentType=content_type
        )
    encrypted = pdf("secret", owner_password="a", user_password="b")
    others = {"locked.pdf": encrypted, "cut.pdf": b"%PDF-1.7", "empty.txt": b"", "folder/": b""}
    for key, content in others.items():
        deployed.s3.put_object(Bucket=deployed.bucket, Key=key, Body=content)
    assert set(map(len, deployed.deliver())) == {0}  # S3's test event succeeds too

    files = {file.id: file for file in client.vector_stores.files.list(deployed.store.index)}
    by_name = {file.model_dump()["filename"]: file for file in files.values()}
    names = {key.rpartition("/")[2] for key in FILES}
    assert {name for name, file in by_name.items() if file.status == "completed"} == names
    errors = {name: file.last_error for name, file in by_name.items() if file.last_error}
    assert {name: error.code for name, error in errors.items()} == dict.fromkeys(
        ["locked.pdf", "cut.pdf", "empty.txt"], "invalid_file"
    )
    assert "password" in errors["locked.pdf"].message

    found = client.vector_stores.search(
        deployed.store.index, query="Who watches vessels after dark?", max_num_results=50
    ).data
    assert {result.filename for result in found} == names
    for result in found[: len(names)]:
        assert FACT in result.content[0].text.replace("\n", " ")
        assert files[result.file_id].status == "completed"
    (page,) = {r.model_dump()["page"] for r in found[: len(names)]} - {None}
    assert page == 2


def test_overwriting_and_removing_an_object_changes_the_index(
    deployed: Aws, client: OpenAI
) -> None:
    def texts() -> list[str]:
        found = client.vector_stores.search(deployed.store.index, query="animals")
        return [part.text for result in found.data for part in result.content]

    bucket, key = deployed.bucket, "a b/c.txt"
    deployed.s3.put_object(Bucket=bucket, Key=key, Body=b"Cats sleep.")
    deployed.deliver()
    assert texts() == ["Cats sleep."]
    deployed.s3.put_object(Bucket=bucket, Key=key, Body=b"Dogs bark.")
    deployed.s3.put_object(Bucket=bucket, Key=key, Body=b"Birds sing.")
    deployed.deliver()
    assert texts() == ["Birds sing."]
    deployed.s3.delete_object(Bucket=bucket, Key=key)
    deployed.deliver()
    assert texts() == []
    assert client.vector_stores.files.list(deployed.store.index).data == []


def test_ids_that_dynamodb_refuses_as_keys_get_an_answer(deployed: Aws, client: OpenAI) -> None:
    """DynamoDB refuses keys that are empty or over 1,024 bytes; callers need not know."""
    files = client.vector_stores.files
    assert files.list(deployed.store.index, after="", before="").data == []
    with pytest.raises(BadRequestError, match="not a file in this list"):
        files.list(deployed.store.index, after="\U0001f600" * 256)
    with pytest.raises(BadRequestError, match="256"):
        files.list(deployed.store.index, after="x" * 257)
    with pytest.raises(NotFoundError):
        files.retrieve("x" * 3_000, vector_store_id=deployed.store.index)


def test_only_an_unknown_message_is_delivered_again(
    deployed: Aws,
) -> None:
    deployed.s3.put_object(Bucket=deployed.bucket, Key="a.txt", Body=b"Cats sleep.")
    messages = deployed.sqs.receive_message(QueueUrl=deployed.queue, MaxNumberOfMessages=10)
    strange = {"MessageId": "strange", "Body": "what is this?", "ReceiptHandle": "x"}
    answer = ingest.lambda_handler(sqs_event([strange, *messages["Messages"]]), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "strange"}]}


def test_every_transport_leads_to_the_same_document(
    deployed: Aws, client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_bucket("documents-of-example")
    key = "reports/Q3 2026 (final) été.pdf"
    deployed.s3.put_object(Bucket="documents-of-example", Key=key, Body=pdf("Revenue rose."))
    for transport in ("s3", "sns", "sns-sqs", "s3-sqs", "eventbridge", "eventbridge-sqs"):
        answer = ingest.lambda_handler(load_event(f"ingest-{transport}"), None)
        assert answer == {"batchItemFailures": []}
    (file,) = client.vector_stores.files.list(deployed.store.index).data
    assert file.model_dump()["source"] == f"s3://documents-of-example/{key}"
    assert ingest.lambda_handler(load_event("ingest-test-event-sqs"), None) == {
        "batchItemFailures": []
    }


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (DocumentUnfinished("the time is up"), "RETRY_SOON_SECONDS"),
        (DocumentBusy("it is being ingested"), "RETRY_BUSY_SECONDS"),
    ],
)
def test_an_unfinished_or_busy_document_skips_the_visibility_timeout(
    error: Exception, seconds: str, deployed: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.s3.put_object(Bucket=deployed.bucket, Key="a.txt", Body=b"Cats sleep.")
    received = deployed.sqs.receive_message(
        QueueUrl=deployed.queue, MaxNumberOfMessages=10, VisibilityTimeout=600
    )["Messages"]

    class Failing:
        def reconcile_all(self, changes: list[Change], **_: Any) -> list[Exception]:
            return [error] * len(changes)

    monkeypatch.setattr(ingest, "open_pipeline", Failing)
    monkeypatch.setattr(ingest, seconds, 0)
    answer = ingest.lambda_handler(sqs_event(received), None)
    failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert len(failed) == 1
    again = deployed.sqs.receive_message(QueueUrl=deployed.queue)["Messages"]
    assert [message["MessageId"] for message in again] == failed


def test_documents_that_a_batch_had_no_time_for_are_delivered_again_soon(
    deployed: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "abc":
        deployed.s3.put_object(Bucket=deployed.bucket, Key=f"{key}.txt", Body=b"Cats sleep.")
    monkeypatch.setattr(ingest, "RETRY_SOON_SECONDS", 0)
    monkeypatch.setattr(ingest, "deadline", lambda _: time.monotonic() - 1)
    received = deployed.sqs.receive_message(
        QueueUrl=deployed.queue, MaxNumberOfMessages=10, VisibilityTimeout=600
    )["Messages"]
    answer = ingest.lambda_handler(sqs_event(received), None)
    assert len(answer["batchItemFailures"]) == 3
    again = deployed.sqs.receive_message(QueueUrl=deployed.queue, MaxNumberOfMessages=10)
    assert len(again["Messages"]) == 3


def test_messages_for_a_store_of_another_model_are_kept(
    deployed: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    from handler.stores import open_source_store

    open_source_store(deployed.store).ledger.bind("another-model")
    deployed.s3.put_object(Bucket=deployed.bucket, Key="a.txt", Body=b"Cats sleep.")
    received = deployed.sqs.receive_message(QueueUrl=deployed.queue, MaxNumberOfMessages=10)
    answer = ingest.lambda_handler(sqs_event(received["Messages"]), None)
    assert len(answer["batchItemFailures"]) == 1
    assert "holds vectors of another-model" in capsys.readouterr().err


def test_each_document_gets_a_log_line_without_its_text(
    deployed: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    sentences = f"{FACT}. " * 40  # two chunks, with little overlap
    deployed.s3.put_object(Bucket=deployed.bucket, Key="a.txt", Body=sentences.encode())
    deployed.s3.put_object(Bucket=deployed.bucket, Key="b.txt", Body=b"")
    deployed.deliver()
    err = capsys.readouterr().err
    lines = [json.loads(line) for line in err.splitlines() if '"ingest"' in line]
    first, second, call = sorted(lines, key=lambda line: str(line.get("source", "x")))
    line, failed = (first, second) if "chunks" in first else (second, first)
    assert line["source"] == f"s3://{deployed.bucket}/a.txt"
    assert (line["result"], line["chunks"] > 1) == ("ingested", True)
    assert line["tokens"] > 40 * len(FACT.split())  # of all chunks
    assert (failed["result"], failed["error"]) == ("failed", "The file is empty: it has 0 bytes.")
    assert "chunks" not in failed
    assert (call["inputs"], call["tokens"]) == (line["chunks"], line["tokens"])
    assert call["milliseconds"] > 0
    assert "lighthouse" not in err


def test_a_documents_warnings_are_in_its_log_line_and_its_file(
    deployed: Aws, client: OpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    page = f"<p>{FACT}.</p><iframe src=x></iframe>".encode()
    deployed.s3.put_object(Bucket=deployed.bucket, Key="page.html", Body=page)
    deployed.deliver()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line.get("source", "").endswith("page.html")]
    (warning,) = line["warnings"]
    assert "was not read" in warning
    (file,) = client.vector_stores.files.list(deployed.store.index).data
    assert file.model_extra
    assert file.model_extra["warnings"] == [warning]
