"""Ingestion in the image: it reads every format, and `sam local invoke` ingests what a bucket has.

Bucket, index and ledger are those of moto's server, which runs on this machine.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import docx
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from samtranslator.yaml_helper import yaml_parse

from handler.settings import S3VectorsAddress
from handler.stores.s3vectors import open_s3vectors
from tests.conftest import ROOT
from tests.sam.conftest import ARCHITECTURE, IMAGE, sam
from tests.sam.test_image import docker
from tests.test_template_ingestion import deployed, template

__all__ = ["template"]  # the fixture

SENTENCE = "The heron waits in the shallow water"
PDF = f"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 4 0 R
  /Resources <</Font <</F 5 0 R>>>>>> endobj
4 0 obj <</Length {len(SENTENCE) + 34}>> stream
BT /F 18 Tf 20 100 Td ({SENTENCE}) Tj ET
endstream endobj
5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj
trailer <</Root 1 0 R>>
"""


def word_document() -> bytes:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


FILES = {
    "heron.txt": f"{SENTENCE}.".encode(),
    "heron-latin.txt": f"{SENTENCE}, près de la forêt, où l'été s'achève déjà.".encode("latin-1"),
    "heron.md": f"# Birds\n\n{SENTENCE}.".encode(),
    "heron.html": f"<html><title>Birds</title><p>{SENTENCE}.</p></html>".encode(),
    "heron.pdf": PDF.encode(),
    "heron.docx": word_document(),
    "heron.csv": f"bird,what\nheron,{SENTENCE}\n".encode(),
    "heron.json": json.dumps({"what": SENTENCE}).encode(),
    "heron.jsonl": f"{json.dumps({'what': SENTENCE})}\n".encode() * 2,
}
READ = """
import base64, json, sys
from handler.documents.sandbox import Sandbox
files = {name: base64.b64decode(content) for name, content in json.load(sys.stdin).items()}
with Sandbox() as sandbox:
    print(json.dumps({
        name: sandbox.extract(content, name=name, content_type=None, seconds=60).text
        for name, content in files.items()
    }))
"""


@pytest.fixture(scope="module")
def container(built: None) -> Iterator[str]:
    """As on Lambda: nothing can be written but /tmp."""
    limits = ["--read-only", "--tmpfs", "/tmp", "--network", "none", "--user", "993:990"]
    name = docker("run", "--detach", *limits, "--memory", "1024m", IMAGE).strip()
    yield name
    docker("rm", "--force", name)


def test_the_image_reads_every_format(container: str) -> None:
    files = {name: base64.b64encode(content).decode() for name, content in FILES.items()}
    answer = docker("exec", "-i", container, "python3", "-c", READ, stdin=json.dumps(files))
    texts = json.loads(answer)
    assert texts.keys() == FILES.keys()
    assert {name: text for name, text in texts.items() if SENTENCE not in text} == {}
    assert "forêt" in texts["heron-latin.txt"]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where moto's server answers this machine and its containers: at the Docker network's gateway.

    (A number and no name: S3's client would put the bucket before a name.)
    """
    gateway = "{{(index .IPAM.Config 0).Gateway}}"
    host = docker("network", "inspect", "bridge", "--format", gateway).strip()
    server = ThreadedMotoServer(host, 0, verbose=False)
    server.start()
    address = f"http://{host}:{server.get_host_and_port()[1]}"
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield address
    server.stop()


def notification(bucket: str, *keys: str) -> dict[str, Any]:
    """An SQS event of one message a key, and one that nobody understands."""
    bodies = [
        {
            "Records": [
                {
                    "eventVersion": "2.1",
                    "eventSource": "aws:s3",
                    "awsRegion": "us-east-1",
                    "eventName": "ObjectCreated:Put",
                    "s3": {"bucket": {"name": bucket}, "object": {"key": key}},
                }
            ]
        }
        for key in keys
    ]
    return {
        "Records": [
            {"messageId": name, "eventSource": "aws:sqs", "body": json.dumps(body)}
            for name, body in zip([*keys, "strange"], [*bodies, {"what": "is this"}], strict=True)
        ]
    }


def test_sam_local_invoke_ingests_what_the_bucket_has(
    built: None, aws: str, template: dict[str, Any], tmp_path: Path
) -> None:
    resources = deployed(template)
    bucket = resources["DocumentsBucket"]["Properties"]["BucketName"]
    index = resources["VectorIndex"]["Properties"]
    store = S3VectorsAddress(
        resources["VectorBucket"]["Properties"]["VectorBucketName"], index["IndexName"], "ledger"
    )
    vectors = boto3.client("s3vectors")
    vectors.create_vector_bucket(vectorBucketName=store.bucket)
    vectors.create_index(
        vectorBucketName=store.bucket,
        indexName=store.index,
        dataType=index["DataType"],
        dimension=index["Dimension"],
        distanceMetric=index["DistanceMetric"],
    )
    table = resources["LedgerTable"]["Properties"]
    del table["PointInTimeRecoverySpecification"]  # which is a call of its own
    boto3.client("dynamodb").create_table(TableName=store.ledger_table, **table)
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=bucket)
    for key, content in FILES.items():
        s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"bird": "heron"})
    s3.put_object(Bucket=bucket, Key="broken.pdf", Body=b"%PDF-1.4 and no more")

    local = yaml_parse((ROOT / ".aws-sam" / "build" / "template.yaml").read_text())
    variables = local["Resources"]["IngestFunction"]["Properties"]["Environment"]["Variables"]
    variables |= {
        "AWS_ENDPOINT_URL": aws,
        "LEDGER_TABLE": store.ledger_table,
        "VECTOR_STORE": f"s3vectors://{store.bucket}/{store.index}",
    }
    (tmp_path / "template.json").write_text(json.dumps(local))
    (tmp_path / "event.json").write_text(json.dumps(notification(bucket, *FILES, "broken.pdf")))
    files = ["--template", f"{tmp_path}/template.json", "--event", f"{tmp_path}/event.json"]
    done = sam("local", "invoke", "IngestFunction", *files, *ARCHITECTURE)
    assert done.stdout, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer == {"batchItemFailures": [{"itemIdentifier": "strange"}]}

    rows = {row.source: row for row in open_s3vectors(store).ledger.rows(limit=100)}
    assert rows.keys() == {f"s3://{bucket}/{key}" for key in [*FILES, "broken.pdf"]}
    broken = rows.pop(f"s3://{bucket}/broken.pdf")
    assert (broken.status, broken.error_code, broken.chunks) == ("failed", "invalid_file", 0)
    assert {row.status for row in rows.values()} == {"completed"}
    listed = vectors.list_vectors(
        vectorBucketName=store.bucket, indexName=store.index, returnMetadata=True
    )["vectors"]
    assert len(listed) == sum(row.chunks for row in rows.values()) >= len(FILES)
    for one in listed:
        assert SENTENCE in one["metadata"]["text"]
        assert one["metadata"]["bird"] == "heron"
        assert one["key"].partition("#")[0] in {row.document_id for row in rows.values()}
