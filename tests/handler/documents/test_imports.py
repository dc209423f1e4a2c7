"""The worker process imports what documents need, when they need it, and nothing else."""

from __future__ import annotations

import subprocess
import sys

from tests.paths import ROOT

LIBRARIES = {"pypdfium2", "lxml", "selectolax", "chardet", "chardetng_py", "xlrd"}
READERS = (
    *("pdf", "docx", "html", "tables", "json_items", "text", "pptx", "xlsx", "xls", "odf", "rtf"),
    *("epub", "mail", "notebook", "svg", "opml", "feed"),
)


def loaded_by(*modules: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing `modules`."""
    program = f"import sys, {', '.join(modules)}; print(*{{n.split('.')[0] for n in sys.modules}})"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return set(done.stdout.split())


def test_the_readers_load_their_libraries_and_nothing_of_the_functions() -> None:
    worker = "handler.documents.sandbox_worker"
    loaded = loaded_by(worker, *(f"handler.documents.{reader}" for reader in READERS))
    assert LIBRARIES - {"chardet", "chardetng_py"} <= loaded
    forbidden = {"boto3", "botocore", "fastapi", "starlette", "pydantic", "mangum", "numpy"}
    assert not loaded & (forbidden | {"onnxruntime", "tokenizers", "model_layer"})


def test_sandbox_and_worker_load_no_library_before_it_is_needed() -> None:
    loaded = loaded_by("handler.documents.sandbox", "handler.documents.sandbox_worker")
    assert not loaded & LIBRARIES
