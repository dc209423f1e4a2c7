"""The sandbox's limits: memory and time, and whose fault it is that they are reached."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from handler.documents.sandbox import Sandbox, _memory_limit
from handler.errors import DocumentUnfinished
from tests.handler.documents.samples import deflated_spaces, pdf_with_stream, word
from tests.handler.documents.sandboxed import SLOW, ask, child, child_with, is_gone, reason

MIB = 1_048_576


def resident(process: int) -> int:
    """Bytes of memory that a process has."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_a_child_that_has_grown_large_is_not_kept() -> None:
    with child_with("child.READING_MEMORY_KEPT = 1") as (sandbox, _):
        assert ask(sandbox, b"Hello").text == "Hello"
        assert sandbox._child is None
        assert ask(sandbox, b"Again").text == "Again"  # from another


@pytest.mark.parametrize("filters", ["/FlateDecode", "[/FlateDecode /FlateDecode]"])
def test_a_bomb_in_a_pdf_ends_at_the_memory_limit(filters: str) -> None:
    stream = deflated_spaces(600, twice=filters.startswith("["))
    with Sandbox(memory=300 * MIB) as sandbox:
        assert reason(sandbox, pdf_with_stream(stream, filters), "a.pdf") == (
            "invalid_file: The program that reads the file broke down over it (signal SIGABRT): "
            "the file is damaged, or takes more than 300 MiB of memory to read. Make it anew or "
            "split it."
        )
        assert ask(sandbox, b"Hello").text == "Hello"


def test_a_document_that_takes_too_much_of_pythons_memory() -> None:
    content = b"[" + b",".join([b'{"a": [1, {"b": 2}]}'] * 500_000) + b"]"
    with Sandbox(memory=120 * MIB) as sandbox:
        first = child(sandbox)
        assert reason(sandbox, content, "a.json") == (
            "invalid_file: The file takes more memory to read than there is; split it into several."
        )
        assert child(sandbox) != first


def test_a_child_that_gives_its_memory_back_is_kept(sandbox: Sandbox) -> None:
    first = child(sandbox)
    page = b"<!--" + b"x" * 40_000_000 + b"--><p>Hello"
    assert ask(sandbox, page, "a.html").text == "Hello"
    assert child(sandbox) == first


def test_documents_do_not_pile_up_in_the_child(sandbox: Sandbox) -> None:
    content = word(lambda document: document.add_paragraph("Hello"))
    for _ in range(5):
        ask(sandbox, content)
    process = child(sandbox)
    before = resident(process)
    for _ in range(40):
        ask(sandbox, content)
    assert child(sandbox) == process
    assert resident(process) < before + 10 * MIB  # 35 MiB more, if each is kept for a while


def test_a_document_that_takes_too_long_is_rejected() -> None:
    with Sandbox(seconds=2) as sandbox:
        first = child(sandbox)
        assert reason(sandbox, SLOW, "a.html") == (
            "invalid_file: Reading the file took longer than 2 s, the limit; make it smaller or "
            "simpler."
        )
        assert is_gone(first)
        assert child(sandbox) != first


def test_too_little_time_is_not_the_documents_fault(sandbox: Sandbox) -> None:
    with pytest.raises(
        DocumentUnfinished, match=r"Reading the document took longer than the 0\.5 s left\."
    ):
        ask(sandbox, SLOW, "a.html", seconds=0.5)
    with pytest.raises(DocumentUnfinished):
        ask(sandbox, SLOW, "a.html", seconds=-1)
    assert ask(sandbox, b"Hello").text == "Hello"


def test_the_memory_limit_is_a_share_of_the_functions() -> None:
    assert _memory_limit({}) == 1_024 * MIB
    assert _memory_limit({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024"}) == int(0.6 * 1_024 * MIB)
    assert _memory_limit({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "10240"}) == 1_024 * MIB
