"""The sandbox: whatever a document does to the process that reads it, this one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handler.documents import Document
from handler.documents.sandbox import Sandbox, _memory_limit
from handler.errors import DocumentRejected, OutOfTime
from tests.conftest import ROOT
from tests.documents.samples import deflated_spaces, pdf, pdf_with_stream, read, word

# Parsing as many attributes takes minutes, in one call of the parser's.
SLOW = b"<p " + b" ".join(b"a%d=1" % number for number in range(200_000)) + b">x"
MIB = 1_048_576


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, content: bytes, name: str = "a", *, seconds: float = 100) -> Document:
    return sandbox.extract(content, name=name, content_type=None, seconds=seconds)


def reason(sandbox: Sandbox, content: bytes, name: str) -> str:
    with pytest.raises(DocumentRejected) as raised:
        ask(sandbox, content, name)
    return f"{raised.value.code}: {raised.value.message}"


def child(sandbox: Sandbox) -> int:
    """The process id of the child, which has read a document."""
    assert ask(sandbox, b"Hello").text == "Hello"
    assert sandbox._child
    return sandbox._child.pid


def is_gone(process: int) -> bool:
    """Whether a process has ended, within a while; one that nobody has waited for has not."""
    for _ in range(500):
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Grüße 😀\r\n".encode(), "a.txt"),
        (b"# A\n\ntext", "a.md"),
        (b"<html><h1>A</h1><p>x", "a.html"),
        (pdf("One", "", "Three"), "a.pdf"),
        (word(lambda document: document.add_heading("A", 1)), "a.docx"),
        (b"a,b\n1,2\n", "a.csv"),
        (b'{"a": 1}', "a.json"),
        (b'{"a": 1}\n{"a": 2}', "a.jsonl"),
    ],
)
def test_documents_are_the_same_as_without(sandbox: Sandbox, content: bytes, name: str) -> None:
    assert ask(sandbox, content, name) == read(content, name)


def test_a_rejection_is_the_same_as_without(sandbox: Sandbox) -> None:
    assert reason(sandbox, b"", "a") == "invalid_file: The file has no text."
    assert reason(sandbox, b"x", "a.pdf").startswith("invalid_file: The file is said to be a PDF")


def test_the_content_type_is_passed_on(sandbox: Sandbox) -> None:
    content_type = "text/html; charset=windows-1251"
    content = "<p>Привет".encode("cp1251")
    document = sandbox.extract(content, name="a", content_type=content_type, seconds=100)
    assert document == read(content, "a", content_type)


def test_the_child_is_kept_and_ends_when_the_sandbox_is_closed() -> None:
    with Sandbox() as sandbox:
        first = child(sandbox)
        assert reason(sandbox, b"", "a")
        assert child(sandbox) == first
    assert is_gone(first)
    sandbox.close()  # once more does no harm
    assert child(sandbox) != first
    sandbox.close()


def test_a_child_that_has_died_meanwhile_is_replaced(sandbox: Sandbox) -> None:
    first = child(sandbox)
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)
    assert child(sandbox) != first
    assert is_gone(first)


def test_a_crash_is_the_documents_fault(sandbox: Sandbox) -> None:
    first = child(sandbox)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(reason, sandbox, SLOW, "a.html")
        time.sleep(0.5)
        os.kill(first, signal.SIGSEGV)
        assert answer.result() == (
            "invalid_file: The program that reads the file broke down over it (signal SIGSEGV): "
            "the file is damaged, or takes more than 1,024 MiB of memory to read. Make it anew or "
            "split it."
        )
    assert is_gone(first)
    assert child(sandbox) != first


def test_a_library_that_fails_is_the_documents_fault_and_quotes_nothing(tmp_path: Path) -> None:
    """A stand-in for a bug of ours or a library's: it raises an error with the text in it."""
    program = (
        "import handler.documents.text as text\n"
        "def fail(content): raise KeyError(content)\n"
        "text.extract_text = fail\n"
        "from handler.documents.__main__ import main; main(2**30, 9)\n"
    )
    (tmp_path / "broken.py").write_text(program)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "broken.py")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with Sandbox() as sandbox, process:
        assert process.stdout
        process.stdout.read(14)  # "ready", which Sandbox has read of its own children
        sandbox._child = process
        assert reason(sandbox, b"a secret", "a") == (
            "invalid_file: The file cannot be read: KeyError while reading it. It may be damaged."
        )
        assert process.stderr
        log = process.stderr.read().decode()
    assert "extract_text" in log and "KeyError" in log and "secret" not in log


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


def test_a_child_that_has_grown_large_is_not_kept(sandbox: Sandbox) -> None:
    first = child(sandbox)
    for megabytes, is_kept in ((5, True), (80, False)):
        page = b"<!--" + b"x" * megabytes * 1_000_000 + b"--><p>Hello"
        assert ask(sandbox, page, "a.html").text == "Hello"
        assert (child(sandbox) == first) is is_kept
    assert is_gone(first)


def test_a_document_that_takes_too_long_is_rejected() -> None:
    with Sandbox(seconds=1) as sandbox:
        first = child(sandbox)
        assert reason(sandbox, SLOW, "a.html") == (
            "invalid_file: Reading the file took longer than 1 s, the limit; make it smaller or "
            "simpler."
        )
        assert is_gone(first)
        assert child(sandbox) != first


def test_too_little_time_is_not_the_documents_fault(sandbox: Sandbox) -> None:
    with pytest.raises(OutOfTime, match=r"Reading the document took longer than the 0\.5 s left\."):
        ask(sandbox, SLOW, "a.html", seconds=0.5)
    with pytest.raises(OutOfTime):
        ask(sandbox, SLOW, "a.html", seconds=-1)
    assert ask(sandbox, b"Hello").text == "Hello"


def test_threads_take_turns(sandbox: Sandbox) -> None:
    texts = [f"text {number} " * number for number in range(1, 100)]
    with ThreadPoolExecutor(8) as pool:
        documents = list(pool.map(lambda text: ask(sandbox, text.encode()), texts))
    assert [document.text for document in documents] == texts
    assert threading.active_count() < 9  # no timer is left


def test_the_child_knows_no_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: Sandbox
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "API_KEYS", "HOME"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.chdir(tmp_path)  # it starts anywhere
    environment = Path(f"/proc/{child(sandbox)}/environ").read_bytes()
    names = {pair.partition(b"=")[0].decode() for pair in environment.split(b"\0") if pair}
    assert names <= {"PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH"}
    assert b"secret" not in environment


def test_the_child_ends_with_its_parent() -> None:
    program = (
        "import os\nfrom handler.documents.sandbox import Sandbox\nsandbox = Sandbox()\n"
        "sandbox.extract(b'x', name='a', content_type=None, seconds=9)\n"
        "print(sandbox._child.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    process = int(done.stdout)
    gone = is_gone(process)
    if not gone:  # nobody else waits for it here
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        gone = state == "Z"
    assert gone


def test_an_orphan_with_a_slow_document_ends_by_itself() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "handler.documents", str(2**30), "1"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    fields = b'{"name":"a.html","content_type":null}'
    frame = len(fields).to_bytes(4, "big") + len(SLOW).to_bytes(8, "big") + fields + SLOW
    process.communicate(frame)
    assert process.returncode == -signal.SIGALRM


def test_a_child_that_does_not_start_is_no_documents_fault(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("handler.documents.sandbox.ROOT", tmp_path)
    with Sandbox() as sandbox, pytest.raises(RuntimeError, match="does not start"):
        ask(sandbox, b"Hello")
    assert "No module named" in capfd.readouterr().err


def test_a_library_that_is_missing_is_no_documents_fault(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "pypdfium2.py").write_text("raise ImportError('no such library')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Sandbox() as sandbox, pytest.raises(RuntimeError, match="lacks a library"):
        ask(sandbox, pdf("Hello"))
    assert "no such library" in capfd.readouterr().err


def test_the_memory_limit_is_a_share_of_the_functions() -> None:
    assert _memory_limit({}) == 1_024 * MIB
    assert _memory_limit({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024"}) == int(0.6 * 1_024 * MIB)
    assert _memory_limit({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "10240"}) == 1_024 * MIB


def test_the_child_loads_what_documents_need_and_no_more() -> None:
    program = (
        "import sys, handler.documents.__main__, handler.documents.pdf, handler.documents.docx\n"
        "import handler.documents.html, handler.documents.tables, handler.documents.json_items\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    loaded = set(done.stdout.split())
    assert {"pypdfium2", "docx", "selectolax"} <= loaded
    strangers = {"boto3", "botocore", "fastapi", "starlette", "pydantic", "mangum", "numpy"}
    assert not loaded & (strangers | {"onnxruntime", "tokenizers", "model_layer"})
