"""The sandbox survives everything that a document does to the process that reads it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handler.documents.sandbox import Sandbox
from tests.handler.documents.samples import pdf, read, rejected, word
from tests.handler.documents.sandboxed import (
    SLOW_HTML,
    extract,
    is_gone,
    rejection,
    run_in_workers,
    wait_until_it_computes,
    worker_pid,
)
from tests.paths import ROOT


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
def test_documents_are_the_same_as_without_a_sandbox(
    sandbox: Sandbox, content: bytes, name: str
) -> None:
    assert extract(sandbox, content, name) == read(content, name)


def test_rejections_are_the_same_as_without_a_sandbox(sandbox: Sandbox) -> None:
    for content, name in ((b"", "a"), (b"x", "a.pdf")):
        assert rejection(sandbox, content, name) == rejected(content, name)


def test_the_content_type_is_passed_on(sandbox: Sandbox) -> None:
    content_type = "text/html; charset=windows-1251"
    content = "<p>Привет".encode("cp1251")
    document = sandbox.extract(content, name="a", content_type=content_type, seconds=100)
    assert document == read(content, "a", content_type)


def test_the_worker_is_kept_until_the_sandbox_is_closed() -> None:
    with Sandbox() as sandbox:
        first = worker_pid(sandbox)
        assert rejection(sandbox, b"", "a")
        assert worker_pid(sandbox) == first
    assert is_gone(first)
    sandbox.close()  # closing twice does no harm
    assert worker_pid(sandbox) != first
    sandbox.close()


def test_a_worker_that_died_between_documents_is_replaced(sandbox: Sandbox) -> None:
    first = worker_pid(sandbox)
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)
    assert worker_pid(sandbox) != first
    assert is_gone(first)


def test_a_crash_rejects_the_document(sandbox: Sandbox) -> None:
    first = worker_pid(sandbox)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(rejection, sandbox, SLOW_HTML, "a.html")
        wait_until_it_computes(first)
        os.kill(first, signal.SIGSEGV)
        assert answer.result() == (
            "invalid_file: The program that reads the file crashed (signal SIGSEGV): the file is "
            "damaged, or needs more than 1,024 MiB of memory to read. Create it again or split it."
        )
    assert is_gone(first)
    assert worker_pid(sandbox) != first


def test_an_unexpected_error_rejects_the_document_and_is_logged_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], sandbox: Sandbox
) -> None:
    run_in_workers(
        monkeypatch,
        "import handler.documents.text as text\n"
        "def fail(content): raise KeyError(content)\n"
        "text.extract_text = fail",
    )
    assert rejection(sandbox, b"a secret", "a") == (
        "invalid_file: The file cannot be read: KeyError while reading it. It may be damaged."
    )
    log = capfd.readouterr().err
    assert "in _extract_text" in log
    assert "KeyError" in log
    assert "secret" not in log


def test_a_library_that_prints_or_reads_does_no_harm(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    run_in_workers(
        monkeypatch,
        "import handler.documents.text as text, os\nextract_text = text.extract_text\n"
        "def chat(content):\n"
        "    print('chatter', flush=True)\n    os.write(1, b'more')\n"
        "    assert os.read(0, 1) == b''\n    return extract_text(content)\n"
        "text.extract_text = chat",
    )
    assert extract(sandbox, b"Hello").text == "Hello"
    assert extract(sandbox, b"Again").text == "Again"


def test_several_threads_may_share_a_sandbox(sandbox: Sandbox) -> None:
    threads = threading.active_count()
    texts = [f"text {number} " * number for number in range(1, 100)]
    with ThreadPoolExecutor(8) as pool:
        documents = list(pool.map(lambda text: extract(sandbox, text.encode()), texts))
    assert [document.text for document in documents] == texts
    assert threading.active_count() == threads  # no timer is left


def test_the_worker_knows_no_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: Sandbox
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "API_KEYS", "HOME"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.chdir(tmp_path)  # it starts in any folder
    environment = Path(f"/proc/{worker_pid(sandbox)}/environ").read_bytes()
    names = {pair.partition(b"=")[0].decode() for pair in environment.split(b"\0") if pair}
    assert names <= {"PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH"}
    assert b"secret" not in environment


def test_the_worker_ends_with_its_parent() -> None:
    program = (
        "import os\nfrom handler.documents.sandbox import Sandbox\nsandbox = Sandbox()\n"
        "sandbox.extract(b'x', name='a', content_type=None, seconds=9)\n"
        "print(sandbox._worker.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    process = int(done.stdout)
    gone = is_gone(process)
    if not gone:  # in a container without an init process, it stays a zombie
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        gone = state == "Z"
    assert gone


def test_an_orphaned_worker_with_a_slow_document_ends_by_itself() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "handler.documents.sandbox_worker", str(2**30), "1"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    fields = b'{"name":"a.html","content_type":null}'
    lengths = len(fields).to_bytes(4, "big") + len(SLOW_HTML).to_bytes(8, "big")
    process.communicate(lengths + fields + SLOW_HTML)
    assert process.returncode == -signal.SIGALRM


def test_a_worker_that_does_not_start_is_not_the_documents_fault(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("handler.documents.worker_process.ROOT", tmp_path)
    with Sandbox() as sandbox, pytest.raises(RuntimeError, match="does not start"):
        extract(sandbox, b"Hello")
    assert "No module named" in capfd.readouterr().err


def test_a_missing_library_is_not_the_documents_fault(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "pypdfium2.py").write_text("raise ImportError('no such library')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Sandbox() as sandbox, pytest.raises(RuntimeError, match="lacks a library"):
        extract(sandbox, pdf("Hello"))
    assert "no such library" in capfd.readouterr().err
