"""`python -m handler.commands.backfill` sends what a bucket holds to the queue, on moto's AWS."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from handler.aws.client import AwsClient
from handler.commands import backfill
from handler.errors import ServiceUnavailable
from handler.ingestion.storage_events import read_changes

KEYS = [f"reports/{number:02} a+b é.txt" for number in range(25)] + ["other/x.txt"]


@dataclass
class Places:
    bucket: str
    queue: str
    state: Path

    def run(self, *options: str, prefix: str = "reports/") -> int:
        source = f"s3://{self.bucket}/{prefix}"
        return backfill.main([source, "--queue", self.queue, "--state", str(self.state), *options])

    def sent(self) -> list[str]:
        """The keys in the queue's messages, as the function reads them; the queue is emptied."""
        keys: list[str] = []
        sqs = boto3.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                (change,) = read_changes(json.loads(message["Body"]))
                keys.append(change.source.removeprefix(f"s3://{self.bucket}/"))
                assert change.sequencer is None
                receipt = message["ReceiptHandle"]
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=receipt)
        return sorted(keys)


@pytest.fixture
def places(aws: str, tmp_path: Path) -> Places:
    name = f"backfill-{uuid.uuid4().hex[:12]}"
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name}
    )
    for key in KEYS:
        s3.put_object(Bucket=name, Key=key, Body=b"text")
    s3.put_object(Bucket=name, Key="reports/empty folder/", Body=b"")
    queue = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return Places(name, queue, tmp_path / "state" / "backfill")


def test_each_object_under_the_prefix_is_a_message(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert places.run() == 0
    assert places.sent() == KEYS[:25]
    out, err = capsys.readouterr()
    assert out == "25 messages were sent.\n"
    assert "25/25" in err  # the progress bar
    assert not places.state.exists()


def test_all_of_a_bucket(places: Places) -> None:
    assert places.run(prefix="") == 0
    assert places.sent() == sorted(KEYS)


def test_a_dry_run_counts_and_sends_nothing(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert places.run("--dry-run") == 0
    assert capsys.readouterr().out == (
        "25 objects, 100 bytes: would be sent in 3 requests. Nothing was sent.\n"
    )
    assert places.sent() == []


def test_stopped_it_goes_on_from_there(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    send = backfill.Backfill._send

    def breaks_off(self: backfill.Backfill, keys: list[str]) -> None:
        if keys[0] == KEYS[10]:
            raise ServiceUnavailable("sqs does not answer.")
        send(self, keys)

    monkeypatch.setattr(backfill.Backfill, "_send", breaks_off)
    assert places.run() == 1
    assert "Run the same command to resume." in capsys.readouterr().err
    assert places.sent() == KEYS[:10]
    monkeypatch.undo()
    assert places.run() == 0
    assert f"Resuming after {KEYS[9]}" in capsys.readouterr().out
    assert places.sent() == KEYS[10:25]


def test_from_the_start_if_so_asked(places: Places) -> None:
    places.state.parent.mkdir()
    places.state.write_text(KEYS[20])
    assert places.run("--from-start") == 0
    assert places.sent() == KEYS[:25]


def test_only_those_that_failed_are_sent_again(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = 3

    def attempt(self: AwsClient, operation: str, action: Any, **options: Any) -> Any:
        class Client:
            def send_message_batch(self, **parameters: Any) -> Any:
                nonlocal failures
                answer = real.send_message_batch(**parameters)
                if failures:
                    failures -= 1
                    # It was sent, and SQS says of one that it was not.
                    last = parameters["Entries"][-1]["Id"]
                    about = {"Id": last, "Code": "InternalError", "SenderFault": False}
                    return {"Successful": [], "Failed": [about]}
                return answer

        real = boto3.client("sqs")
        original = self._client
        self._client = Client()
        try:
            return whole(self, operation, action, **options)
        finally:
            self._client = original

    whole = AwsClient.attempt
    monkeypatch.setattr(AwsClient, "attempt", attempt)
    keys = KEYS[:3]
    backfill.Backfill(places.bucket, "", places.queue, state=places.state)._send(keys)
    assert places.sent() == [*keys[:2], *[keys[2]] * 4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/folder", "--queue", "x"], "/folder is not of the form s3://bucket/prefix."),
        (["s3://", "--queue", "x"], "s3:// is not of the form s3://bucket/prefix."),
        (["s3://bucket"], "Name the queue: --queue URL, or QUEUE_URL"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backfill.main(arguments) == 1
    assert message in capsys.readouterr().err


def test_a_bucket_that_is_not_there(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--queue", places.queue, "--state", str(places.state)]
    assert backfill.main(["s3://no-such-bucket-anywhere/x", *options]) == 1
    assert "NoSuchBucket" in capsys.readouterr().err
