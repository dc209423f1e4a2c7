"""`minilm backfill` sends a bucket's objects to the queue, on moto's AWS."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from handler.aws.client import AwsClient
from handler.aws.queue import send_messages
from handler.commands import backfill
from handler.errors import ServiceUnavailable
from handler.ingestion.planning import document_id
from handler.ingestion.storage_events import read_changes
from handler.stores import open_source_store
from handler.stores.contract import Ledger
from handler.stores.row import Row
from tests.handler.aws.moto_server import new_bucket
from tests.other_user import AnotherUser, shared_folder

KEYS = [f"reports/{number:02} a+b é.txt" for number in range(25)] + ["other/x.txt"]


@dataclass
class Setup:
    """A bucket to read, a queue to fill, and the file that notes the progress."""

    bucket: str
    queue: str
    state: Path

    def run(self, *options: str, prefix: str = "reports/", output: str = "--text") -> int:
        source = f"s3://{self.bucket}/{prefix}"
        place = ["--queue", self.queue, "--state", str(self.state)]
        return backfill.main([source, *place, output, *options])

    def sent(self) -> list[str]:
        """Empty the queue: the keys in its messages, as the function reads them."""
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
def setup(aws: str, tmp_path: Path) -> Setup:
    name = new_bucket("backfill")
    s3 = boto3.client("s3")
    for key in KEYS:
        s3.put_object(Bucket=name, Key=key, Body=b"text")
    s3.put_object(Bucket=name, Key="reports/empty folder/", Body=b"")
    queue = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return Setup(name, queue, tmp_path / "state" / "backfill")


def test_each_object_under_the_prefix_is_sent(
    setup: Setup, capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.run() == 0
    assert setup.sent() == KEYS[:25]
    out, err = capsys.readouterr()
    assert out == "25 messages were sent.\n"
    assert "25/25" not in err  # a progress bar is for terminals
    assert not setup.state.exists()


def test_a_whole_bucket_is_sent_without_a_prefix(setup: Setup) -> None:
    assert setup.run(prefix="") == 0
    assert setup.sent() == sorted(KEYS)


def test_a_dry_run_counts_and_sends_nothing(
    setup: Setup, capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.run("--dry-run") == 0
    assert capsys.readouterr().out == (
        "25 objects, 100 bytes: would be sent in 3 requests. Nothing was sent.\n"
    )
    assert setup.sent() == []


def test_an_interrupted_run_resumes(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail_once(sqs: AwsClient, queue: str, bodies: list[str]) -> None:
        if bodies[0] == backfill.message(setup.bucket, KEYS[10]):
            raise ServiceUnavailable("sqs does not answer.")
        send_messages(sqs, queue, bodies)

    monkeypatch.setattr("handler.commands.backfill.send_messages", fail_once)
    assert setup.run() == 1
    assert capsys.readouterr().err.endswith(" Run the same command to resume.\n")
    assert setup.run("--from-start") == 1
    said = capsys.readouterr().err
    assert said.endswith(" Run the same command without --from-start to resume.\n")
    assert setup.sent() == sorted(KEYS[:10] * 2)
    monkeypatch.undo()
    assert setup.run() == 0
    assert f"Resuming after {KEYS[9]}" in capsys.readouterr().err
    assert setup.sent() == KEYS[10:25]


def test_from_start_ignores_the_progress_of_an_earlier_run(setup: Setup) -> None:
    setup.state.parent.mkdir()
    setup.state.write_text(KEYS[20])
    assert setup.run("--from-start") == 0
    assert setup.sent() == KEYS[:25]


def test_only_failed_messages_are_sent_again(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = 3

    def attempt(self: AwsClient, operation: str, action: Any, **options: Any) -> Any:
        class Client:
            def send_message_batch(self, **parameters: Any) -> Any:
                nonlocal failures
                answer = real.send_message_batch(**parameters)
                if failures:
                    failures -= 1
                    # SQS sent all of them, and claims that one failed.
                    last = parameters["Entries"][-1]["Id"]
                    about = {"Id": last, "Code": "InternalError", "SenderFault": False}
                    return {"Successful": [], "Failed": [about]}
                return answer

        real = boto3.client("sqs")
        original = self._client
        self._client = Client()
        try:
            return original_attempt(self, operation, action, **options)
        finally:
            self._client = original

    original_attempt = AwsClient.attempt
    monkeypatch.setattr(AwsClient, "attempt", attempt)
    keys = KEYS[:3]
    bodies = [backfill.message(setup.bucket, key) for key in keys]
    send_messages(AwsClient("sqs"), setup.queue, bodies)
    assert setup.sent() == [*keys[:2], *[keys[2]] * 4]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("/folder", "argument source: it is '/folder'; it must have the form s3://bucket/prefix\n"),
        ("s3://", "argument source: it is 's3://'; it must have the form s3://bucket/prefix\n"),
        ("s3:///a", "argument source: it is 's3:///a'; it must have the form s3://bucket/prefix\n"),
        ("s3://b", "Name the queue: --queue URL, or QUEUE_URL (the stack's output IngestQueueUrl)"),
    ],
)
def test_wrong_usage_is_explained(
    source: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QUEUE_URL", raising=False)
    with pytest.raises(SystemExit, match="2"):
        sys.exit(backfill.main([source]))
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_progress_that_cannot_be_kept_is_one_sentence(options: list[str]) -> None:
    """As in a container whose user may not write the home folder."""
    code = "sys.stderr = sys.stdout\nprint(backfill.main(sys.argv[1:]))"
    with shared_folder() as home:
        home.chmod(0o700)
        imports = "import os, sys\nfrom handler.commands import backfill\n"
        imports += f"os.environ['HOME'] = {str(home)!r}"
        said = AnotherUser(imports, code, "s3://b", "--queue", "x", *options).output()
        home.chmod(0o755)
    assert said.startswith(f"The progress cannot be kept in {home}/.cache/minilm-lambda/backfill/")
    assert said.endswith(": Permission denied. --state names another file for it.\n1\n")


def test_nothing_is_sent_if_progress_cannot_be_kept(
    setup: Setup, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup.state.parent.write_text("a file, in which no other can be made")
    state = ["--state", str(setup.state)]
    assert backfill.main([f"s3://{setup.bucket}/reports/", "--queue", setup.queue, *state]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"The progress cannot be kept in {setup.state}: ")
    assert said.endswith(" --state names another file for it.")
    assert setup.sent() == []


def test_a_user_without_a_home_folder_names_the_state(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backfill, "STATES", Path("~nosuch/backfill"))
    assert backfill.main(["s3://bucket", "--queue", "x"]) == 1
    said = "This user has no home folder for the progress: --state names a file for it.\n"
    assert capsys.readouterr().err == said


@pytest.fixture
def ledger(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger that knows two documents that the bucket has not, and others."""
    from tests.handler.aws.moto_server import new_index

    address = new_index()
    monkeypatch.setenv("VECTOR_STORE", f"s3vectors://{address.bucket}/{address.index}")
    monkeypatch.setenv("LEDGER_TABLE", address.ledger_table)
    ledger = open_source_store(address).ledger
    for bucket, key in [
        (setup.bucket, "reports/00 a+b é.txt"),
        (setup.bucket, "reports/07\x1b[2J.txt"),
        (setup.bucket, "reports/zz.txt"),
        (setup.bucket, "elsewhere/gone.txt"),
        (f"{setup.bucket}-2", "reports/gone.txt"),
    ]:
        source = f"s3://{bucket}/{key}"
        ledger.put(Row(document_id(source), source, status="completed"))
    return ledger


GONE = ["reports/07\x1b[2J.txt", "reports/zz.txt"]


def test_what_the_bucket_no_longer_has_is_sent_as_well(
    setup: Setup, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.run("--dry-run") == 0
    assert capsys.readouterr().out == (
        "25 objects, 100 bytes and 2 documents that the bucket no longer has: would be sent in 3 "
        "requests. Nothing was sent.\n"
        "  no longer there: reports/07\\x1b[2J.txt\n"
        "  no longer there: reports/zz.txt\n"
    )
    assert setup.run() == 0
    assert setup.sent() == sorted([*KEYS[:25], *GONE])
    assert "27 messages were sent, 2 of them for documents" in capsys.readouterr().out


def test_programs_get_the_same_as_json(
    setup: Setup, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.run("--dry-run", output="--json") == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan == {"objects": 25, "bytes": 100, "gone": GONE, "requests": 3}
    assert setup.run(output="--json") == 0
    assert json.loads(capsys.readouterr().out) == {"messages": 27, "gone": 2}


def test_a_resumed_run_sends_only_what_comes_after(setup: Setup, ledger: Ledger) -> None:
    setup.state.parent.mkdir()
    setup.state.write_text(KEYS[20])
    assert setup.run() == 0
    assert setup.sent() == [*KEYS[21:25], "reports/zz.txt"]


def test_without_the_ledger_only_the_objects_are_sent(
    setup: Setup,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert setup.run("--dry-run", "--no-removed") == 0
    assert "no longer" not in "".join(capsys.readouterr())
    monkeypatch.delenv("VECTOR_STORE")
    assert setup.run("--dry-run") == 0
    assert "are not looked for: set VECTOR_STORE and LEDGER_TABLE" in capsys.readouterr().err
    monkeypatch.setenv("VECTOR_STORE", "s3vectors://documents/index")
    monkeypatch.delenv("LEDGER_TABLE")
    assert setup.run("--dry-run") == 1
    assert "LEDGER_TABLE must name" in capsys.readouterr().err


def test_a_missing_bucket_is_reported(setup: Setup, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--queue", setup.queue, "--state", str(setup.state)]
    assert backfill.main(["s3://no-such-bucket-anywhere/x", *options]) == 1
    said = capsys.readouterr().err
    assert "NoSuchBucket" in said
    assert "to resume" not in said  # nothing was sent
