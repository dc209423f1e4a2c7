"""`handler.documents` knows itself and the errors, and loads what documents need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_imports import imported, name_of, under

DOCUMENTS = sorted((ROOT / "handler" / "documents").glob("*.py"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_documents_import_themselves_and_the_errors_only(path: Path) -> None:
    ours = under(imported(path), "handler", "model_layer")
    assert {name for name in ours if not name.startswith("handler.documents")} <= {
        "handler.errors",
        "handler.limits",
    }


def loaded_by(*modules: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing `modules`."""
    program = f"import sys, {', '.join(modules)}; print(*{{n.split('.')[0] for n in sys.modules}})"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return set(done.stdout.split())


LIBRARIES = {"pypdfium2", "docx", "lxml", "selectolax", "charset_normalizer"}


def test_the_child_loads_what_documents_need_and_no_more() -> None:
    formats = ("pdf", "docx", "html", "tables", "json_items", "text")
    loaded = loaded_by(
        "handler.documents.sandbox_worker", *(f"handler.documents.{f}" for f in formats)
    )
    assert LIBRARIES - {"charset_normalizer"} <= loaded
    strangers = {"boto3", "botocore", "fastapi", "starlette", "pydantic", "mangum", "numpy"}
    assert not loaded & (strangers | {"onnxruntime", "tokenizers", "model_layer"})


def test_the_sandbox_and_its_child_load_no_library_before_it_is_needed() -> None:
    assert (
        not loaded_by("handler.documents.sandbox", "handler.documents.sandbox_worker") & LIBRARIES
    )
