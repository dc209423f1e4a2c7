"""Ingestion in the image: it reads every format, and `sam local invoke` ingests a bucket.

Bucket, index and ledger are moto's, in a server on this machine.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import docx
import pytest
from samtranslator.yaml_helper import yaml_parse

from handler.settings import S3VectorsAddress
from handler.stores import open_source_store
from tests.paths import ROOT
from tests.sam.commands import ARCHITECTURE, sam
from tests.sam.moto_server import Aws
from tests.template.transformed import deployed

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


def test_the_image_reads_every_format(run_python: Callable[..., str]) -> None:
    files = {name: base64.b64encode(content).decode() for name, content in FILES.items()}
    texts = json.loads(run_python(READ, stdin=json.dumps(files)))
    assert texts.keys() == FILES.keys()
    assert {name: text for name, text in texts.items() if SENTENCE not in text} == {}
    assert "forêt" in texts["heron-latin.txt"]


def notification(bucket: str, *keys: str) -> dict[str, Any]:
    """An SQS event with a message for each key, and a malformed one."""
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


@pytest.fixture
def store(aws: Aws) -> S3VectorsAddress:
    """Index and ledger, empty, as the template has them."""
    resources = deployed()
    index = resources["VectorIndex"]["Properties"]
    bucket = resources["VectorBucket"]["Properties"]["VectorBucketName"]
    store = S3VectorsAddress(bucket, index["IndexName"], "ledger")
    vectors = boto3.client("s3vectors")
    vectors.create_vector_bucket(vectorBucketName=store.bucket)
    vectors.create_index(
        vectorBucketName=store.bucket,
        indexName=store.index,
        dataType=index["DataType"],
        dimension=index["Dimension"],
        distanceMetric=index["DistanceMetric"],
    )
    table = dict(resources["StoresTable"]["Properties"])
    del table["PointInTimeRecoverySpecification"]  # needs a call of its own
    boto3.client("dynamodb").create_table(TableName=store.ledger_table, **table)
    return store


@pytest.fixture
def bucket(aws: Aws) -> str:
    """The documents bucket of the template, with FILES and a broken one."""
    name: str = deployed()["DocumentsBucket"]["Properties"]["BucketName"]
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=name)
    for key, content in FILES.items():
        s3.put_object(Bucket=name, Key=key, Body=content, Metadata={"bird": "heron"})
    s3.put_object(Bucket=name, Key="broken.pdf", Body=b"%PDF-1.4 and no more")
    return name


def invoke_ingest(event: Any, variables: dict[str, str], folder: Path) -> Any:
    """The answer of the built ingest function, run by `sam local invoke` with these variables."""
    template = yaml_parse((ROOT / ".aws-sam" / "build" / "template.yaml").read_text())
    function = template["Resources"]["IngestFunction"]["Properties"]
    function["Environment"]["Variables"] |= variables
    (folder / "template.json").write_text(json.dumps(template))
    (folder / "event.json").write_text(json.dumps(event))
    files = ["--template", f"{folder}/template.json", "--event", f"{folder}/event.json"]
    done = sam("local", "invoke", "IngestFunction", *files, *ARCHITECTURE)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_sam_local_invoke_ingests_the_documents_of_a_bucket(
    aws: Aws, store: S3VectorsAddress, bucket: str, tmp_path: Path
) -> None:
    variables = {
        "AWS_ENDPOINT_URL": aws.container_url,
        "LEDGER_TABLE": store.ledger_table,
        "VECTOR_STORE": f"s3vectors://{store.bucket}/{store.index}",
    }
    answer = invoke_ingest(notification(bucket, *FILES, "broken.pdf"), variables, tmp_path)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "strange"}]}

    rows = {row.source: row for row in open_source_store(store).ledger.rows(limit=100)}
    assert rows.keys() == {f"s3://{bucket}/{key}" for key in [*FILES, "broken.pdf"]}
    broken = rows.pop(f"s3://{bucket}/broken.pdf")
    assert (broken.status, broken.error_code, broken.chunks) == ("failed", "invalid_file", 0)
    assert {row.status for row in rows.values()} == {"completed"}
    listed = boto3.client("s3vectors").list_vectors(
        vectorBucketName=store.bucket, indexName=store.index, returnMetadata=True
    )["vectors"]
    assert len(listed) == sum(row.chunks for row in rows.values()) >= len(FILES)
    for one in listed:
        assert SENTENCE in one["metadata"]["text"]
        assert one["metadata"]["bird"] == "heron"
        assert one["key"].partition("#")[0] in {row.document_id for row in rows.values()}
