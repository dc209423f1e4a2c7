"""The sandbox limits memory and time, and blames the document only for its own limits."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from handler.documents.sandbox import Sandbox, _memory_limit
from handler.errors import DocumentUnfinished
from tests.handler.documents.samples import deflated_spaces, pdf_with_stream, word
from tests.handler.documents.sandboxed import (
    SLOW_HTML,
    extract,
    is_gone,
    rejection,
    run_in_workers,
    worker_pid,
)

MIB = 1_048_576


def resident(process: int) -> int:
    """The resident memory of a process in bytes."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()


def test_a_worker_that_has_grown_large_is_replaced(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    run_in_workers(monkeypatch, "worker.READING_MEMORY_KEPT = 1")
    first = worker_pid(sandbox)
    assert is_gone(first)
    assert worker_pid(sandbox) != first


@pytest.mark.parametrize("filters", ["/FlateDecode", "[/FlateDecode /FlateDecode]"])
def test_a_bomb_in_a_pdf_ends_at_the_memory_limit(filters: str) -> None:
    stream = deflated_spaces(400, twice=filters.startswith("["))
    with Sandbox(memory=200 * MIB) as sandbox:
        assert rejection(sandbox, pdf_with_stream(stream, filters), "a.pdf") == (
            "invalid_file: The file needs more than 200 MiB of memory to read, the limit; split it "
            "into several files, or give the function more memory."
        )
        assert extract(sandbox, b"Hello").text == "Hello"


def test_a_document_that_exhausts_pythons_memory_is_rejected() -> None:
    content = b"[" + b",".join([b'{"a": [1, {"b": 2}]}'] * 500_000) + b"]"
    with Sandbox(memory=120 * MIB) as sandbox:
        first = worker_pid(sandbox)
        assert rejection(sandbox, content, "a.json") == (
            "invalid_file: The file needs more than 120 MiB of memory to read, the limit; split it "
            "into several files, or give the function more memory."
        )
        assert worker_pid(sandbox) != first


def test_a_worker_that_gives_its_memory_back_is_kept(sandbox: Sandbox) -> None:
    first = worker_pid(sandbox)
    page = b"<!--" + b"x" * 40_000_000 + b"--><p>Hello"
    assert extract(sandbox, page, "a.html").text == "Hello"
    assert worker_pid(sandbox) == first


def test_documents_do_not_pile_up_in_the_worker(sandbox: Sandbox) -> None:
    content = word(lambda document: document.add_paragraph("Hello"))
    for _ in range(5):
        extract(sandbox, content)
    process = worker_pid(sandbox)
    before = resident(process)
    for _ in range(40):
        extract(sandbox, content)
    assert worker_pid(sandbox) == process
    assert resident(process) < before + 10 * MIB  # 35 MiB more if they pile up


def test_a_document_that_takes_too_long_is_rejected() -> None:
    with Sandbox(seconds=1) as sandbox:
        first = worker_pid(sandbox)
        assert rejection(sandbox, SLOW_HTML, "a.html") == (
            "invalid_file: Reading the file took longer than 1 s, the limit; make it smaller or "
            "simpler."
        )
        assert is_gone(first)
        assert worker_pid(sandbox) != first


def test_a_document_that_runs_out_of_the_functions_time_is_unfinished(sandbox: Sandbox) -> None:
    with pytest.raises(
        DocumentUnfinished, match=r"Reading the document took longer than the 0\.5 s left\."
    ):
        extract(sandbox, SLOW_HTML, "a.html", seconds=0.5)
    with pytest.raises(DocumentUnfinished):
        extract(sandbox, SLOW_HTML, "a.html", seconds=-1)
    assert extract(sandbox, b"Hello").text == "Hello"


def test_the_memory_limit_is_a_share_of_the_functions_memory() -> None:
    assert _memory_limit({}) == 1_024 * MIB
    assert _memory_limit({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024"}) == int(0.6 * 1_024 * MIB)
    assert _memory_limit({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "10240"}) == 1_024 * MIB
