"""A worker that a document has taken over cannot hold, fill or fool the process that asks it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from handler.documents.sandbox import Sandbox
from handler.errors import DocumentUnfinished
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
from tests.processes import is_alive

NO_SENSE = (
    "invalid_file: The program that reads the file gave an answer that makes no sense: the file "
    "may be made to attack it. Create it again from its source."
)
TIMED_OUT = (
    "invalid_file: Reading the file took longer than 0.2 s, the limit; make it smaller or simpler."
)


def attack(patch: pytest.MonkeyPatch, lines: str) -> None:
    """Have every new worker run `lines` when it reads a document that says "attack".

    `answers` is the descriptor of the pipe to the parent.
    """
    body = "\n".join(f"        {line}" for line in lines.splitlines())
    run_in_workers(
        patch,
        "import handler.documents.text as text, os, signal, struct, sys, time\n"
        "extract_text, take = text.extract_text, worker._take_pipes\n"
        "def taken():\n"
        "    global answers\n"
        "    pipes = take()\n"
        "    answers = pipes[1].fileno()\n"
        "    return pipes\n"
        "worker._take_pipes = taken\n"
        "def attack(content):\n"
        f"    if content == 'attack':\n{body}\n"
        "    return extract_text(content)\n"
        "text.extract_text = attack",
    )


def attacked(sandbox: Sandbox) -> str:
    """Why the attacking document is rejected. The next one is read all the same."""
    first = worker_pid(sandbox)
    reason = rejection(sandbox, b"attack", "a.txt")
    assert is_gone(first)
    assert extract(sandbox, b"Hello").text == "Hello"
    return reason


@pytest.mark.parametrize(
    "lines",
    [
        "os.write(answers, struct.pack('>IQ', 2, 10**10) + b'{}')",  # ten gigabytes
        "os.write(answers, struct.pack('>IQ', 2**32 - 1, 0))",
        "os.write(answers, struct.pack('>IQ', 9, 0) + b'not JSON!')",
        "os.write(answers, struct.pack('>IQ', 2, 0) + b'[]')",
        "os.write(answers, struct.pack('>IQ', 2, 0) + b'{}' + b'more')",
    ],
)
def test_an_answer_that_is_none_rejects_the_document(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, lines: str
) -> None:
    attack(monkeypatch, f"{lines}\ntime.sleep(99)")
    assert attacked(sandbox) == NO_SENSE


def test_an_answer_with_millions_of_values_is_not_parsed(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    attack(
        monkeypatch,
        "header = b'{\"a\":[' + b'[],' * 3_000_000 + b'[]]}'\n"
        "data = struct.pack('>IQ', len(header), 0) + header\n"
        "while data: data = data[os.write(answers, data):]\n"
        "time.sleep(99)",
    )
    assert attacked(sandbox) == NO_SENSE


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("os.kill(os.getpid(), signal.SIGSTOP)", 0.2),  # stopped
        ("time.sleep(99)", 0.2),
        ("while True: os.write(2, b'x' * 60_000)", 0.2),  # a log without an end
        ("while True: os.write(answers, b'\\0' * 11) and time.sleep(99)", 0.2),  # half a message
    ],
)
def test_a_worker_that_never_answers_is_ended_by_its_time(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], lines: str, seconds: float
) -> None:
    attack(monkeypatch, lines)
    with Sandbox(seconds=seconds) as sandbox:
        first = worker_pid(sandbox)
        assert rejection(sandbox, b"attack", "a.txt") == TIMED_OUT
        assert is_gone(first)
    assert len(capfd.readouterr().err) <= 16_385


def test_a_worker_that_closes_its_pipes_is_ended(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setattr("handler.documents.worker_process.DYING_SECONDS", 0.05)
    attack(monkeypatch, "os.closerange(0, 64)\ntime.sleep(99)")
    assert attacked(sandbox).startswith(
        "invalid_file: The program that reads the file crashed (signal SIGKILL)"
    )


def test_what_a_worker_logs_cannot_command_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], sandbox: Sandbox
) -> None:
    attack(monkeypatch, r"os.write(2, b'\x1b]0;title\x07 \xff')")
    assert extract(sandbox, b"attack").text == "attack"
    assert capfd.readouterr().err == "?]0;title? \ufffd\n"


def test_a_worker_has_no_way_to_its_parents_files_and_environment(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    attack(
        monkeypatch,
        "import socket\n"
        "def refused(path):\n"
        "    try: open(path).close()\n"
        "    except PermissionError: return True\n"
        f"paths = [{__file__!r}, '/etc/passwd']\n"
        f"paths += ['/proc/{os.getpid()}/environ', '/proc/self/environ']\n"
        "try: socket.socket()\n"
        "except PermissionError: return extract_text(str([refused(path) for path in paths]))",
    )
    assert extract(sandbox, b"attack").text == "[True, True, True, True]"


def reading(sandbox: Sandbox, run: Callable[[], None]) -> BaseException:
    """What a read of a slow document raises while `run` is called."""
    extract(sandbox, b"Hello")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(extract, sandbox, SLOW_HTML, "a.html")
        while not sandbox._lock.locked():
            time.sleep(0.001)
        run()
        error = answer.exception(timeout=10)
    assert error
    return error


def test_closing_ends_a_running_read_at_once(sandbox: Sandbox) -> None:
    process = worker_pid(sandbox)
    error = reading(sandbox, sandbox.close)
    assert isinstance(error, DocumentUnfinished)
    assert str(error) == "Reading the document was interrupted."
    assert is_gone(process)
    assert extract(sandbox, b"Hello").text == "Hello"


def test_closing_ends_the_reads_that_wait_for_their_turn(sandbox: Sandbox) -> None:
    extract(sandbox, b"Hello")
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(extract, sandbox, SLOW_HTML, "a.html") for _ in range(3)]
        while not sandbox._lock.locked() or any(not each.running() for each in answers):
            time.sleep(0.001)
        sandbox.close()
        errors = [each.exception(timeout=10) for each in answers]
    assert [type(each) for each in errors] == [DocumentUnfinished] * 3
    assert sandbox._worker is None


def test_closing_while_the_worker_starts_leaves_none_behind(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    run_in_workers(monkeypatch, "import time; time.sleep(99)")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(extract, sandbox, b"Hello")
        while sandbox._worker is None:
            time.sleep(0.001)
        process = sandbox._worker.pid
        sandbox.close()
        assert isinstance(answer.exception(timeout=10), DocumentUnfinished)
    assert is_gone(process)


def test_a_signal_handler_may_close_the_sandbox_that_its_thread_reads_with(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setattr("handler.documents.sandbox.CLOSING_SECONDS", 0.05)
    process = worker_pid(sandbox)
    before = signal.signal(signal.SIGUSR1, lambda *_: sandbox.close())
    thread = threading.main_thread().ident
    assert thread

    def interrupt() -> None:
        wait_until_it_computes(process)
        signal.pthread_kill(thread, signal.SIGUSR1)

    other = threading.Thread(target=interrupt)
    other.start()
    try:
        with pytest.raises(DocumentUnfinished, match="interrupted"):
            extract(sandbox, SLOW_HTML, "a.html")
    finally:
        other.join()
        signal.signal(signal.SIGUSR1, before)
    assert is_gone(process)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_its_parent_even_inside_a_slow_document(how: signal.Signals) -> None:
    program = (
        "from handler.documents.sandbox import Sandbox\n"
        "from tests.handler.documents.sandboxed import SLOW_HTML\n"
        "sandbox = Sandbox()\n"
        "sandbox.extract(b'x', name='a', content_type=None, seconds=9)\n"
        "print(sandbox._worker.pid, flush=True)\n"
        "sandbox.extract(SLOW_HTML, name='a.html', content_type=None, seconds=60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout
    with parent.stdout:
        worker = int(parent.stdout.readline())
    wait_until_it_computes(worker)
    parent.send_signal(how)
    parent.wait(10)
    deadline = time.monotonic() + 20
    while is_alive(worker):
        assert time.monotonic() < deadline
        time.sleep(0.01)
