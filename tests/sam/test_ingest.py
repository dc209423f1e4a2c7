"""Documents in the image: it reads every format, and `sam local invoke` ingests what a bucket holds.

The bucket, the index and the ledger are moto's server's, on this machine.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator

import docx
import pytest

from tests.sam.conftest import IMAGE
from tests.sam.test_image import docker

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
with Sandbox() as sandbox:
    print(json.dumps({
        name: sandbox.extract(base64.b64decode(content), name=name, content_type=None, seconds=60).text
        for name, content in json.load(sys.stdin).items()
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
