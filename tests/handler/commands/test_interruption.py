"""Ctrl-C and SIGTERM end `make ingest` within a second or two, whatever it is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from handler.commands.interruption import Interrupted, ends_at_once, interruptible
from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.row import Row
from tests.paths import ROOT
from tests.processes import is_alive

# As a reader does that hangs: nothing but the end of the process ends it.
HANGING = """
import sys, time
from pathlib import Path
from handler.documents.sandbox import Sandbox
from handler.commands.ingest import main

def extract(*_, **__):
    Path(sys.argv[2]).touch()
    time.sleep(60)

Sandbox.extract = extract
main(sys.argv[1:2])
"""


# As a C extension does that is loaded when the signal comes.
LOADING = """
import signal, sys
from handler.commands import program

def load(name):
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        raise ImportError(name)

program.import_module = load
sys.exit(program.run(["key"]))
"""
BUILDING = """
import subprocess, sys
from pathlib import Path
from handler.commands import bundle
from handler.commands.serve import main

class Build(subprocess.Popen):
    def __init__(self, command, **options):
        assert "--end-with-stdin" in command
        program = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL)"
        program += "; open(sys.argv[1], 'w').write(str(os.getpid())); sys.stdin.read()"
        super().__init__([sys.executable, "-c", program, sys.argv[1]], **options)

bundle.bundle_folder = lambda precision: Path(sys.argv[1], "none")
bundle.subprocess.Popen = Build
main(["--port=0"])
"""


def started(store: Path, *command: str | Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "VECTOR_STORE": f"sqlite:///{store}"}
    arguments = [sys.executable, *map(str, command)]
    return subprocess.Popen(
        arguments, cwd=ROOT, env=environment, text=True, stdout=-1, stderr=subprocess.PIPE
    )


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def interrupted(process: subprocess.Popen[str], number: int) -> tuple[float, str]:
    """Send the signal. How long the process takes to end, and its standard error."""
    began = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    return time.monotonic() - began, err


def test_a_document_that_is_encoded_is_left_at_once_with_its_progress(tmp_path: Path) -> None:
    folder, store = tmp_path / "docs", tmp_path / "documents.sqlite"
    folder.mkdir()
    lines = (f"The keeper of light number {n} counts the ships that pass." for n in range(40_000))
    (folder / "long.txt").write_text("\n\n".join(lines))

    def row() -> Row | None:
        rows = open_source_store(SqliteAddress(str(store))).ledger.rows(limit=1) if begun() else []
        return rows[0] if rows else None

    def begun() -> bool:
        return store.exists() and store.stat().st_size > 0

    process = started(store, "-m", "handler.commands", "ingest", folder)
    wait_until(lambda: (now := row()) and now.owner)
    seconds, err = interrupted(process, signal.SIGINT)
    assert process.returncode == 130
    assert err.endswith("Interrupted. The next run resumes.\n")
    assert "Traceback" not in err
    assert seconds < 15  # one or two, and the machine may be busy
    now = row()
    assert now is not None
    assert (now.status, now.owner) == ("in_progress", None)  # the next run goes on at once


def test_a_document_that_is_read_is_not_waited_for(tmp_path: Path) -> None:
    folder, reading = tmp_path / "docs", tmp_path / "reading"
    folder.mkdir()
    (folder / "slow.txt").write_text("text")
    process = started(tmp_path / "documents.sqlite", "-c", HANGING, folder, reading)
    wait_until(reading.exists)
    seconds, err = interrupted(process, signal.SIGTERM)
    assert process.returncode == 143
    assert err.endswith("Interrupted. The next run resumes.\n")
    assert seconds < 15


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_that_builds_the_model_ends_the_build(tmp_path: Path, number: int) -> None:
    building = tmp_path / "building"
    process = started(tmp_path / "documents.sqlite", "-c", BUILDING, building)
    wait_until(lambda: building.exists() and building.read_text())
    _, err = interrupted(process, number)
    assert process.returncode == 128 + number
    assert err.endswith("Interrupted.\n")
    with pytest.raises(ProcessLookupError):
        os.kill(int(building.read_text()), 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_a_build_ends_however_its_server_does(tmp_path: Path, number: int) -> None:
    """The second signal comes while the build is being ended; SIGKILL leaves no time for that."""
    building = tmp_path / "building"
    process = started(tmp_path / "documents.sqlite", "-c", BUILDING, building)
    wait_until(lambda: building.exists() and building.read_text())
    process.send_signal(number)
    time.sleep(0.05)
    interrupted(process, number)
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
    wait_until(lambda: not is_alive(int(building.read_text())))


def test_a_closing_terminal_is_heard_once() -> None:
    """A shell sends SIGHUP to what it has started, and the system sends another."""
    with pytest.raises(Interrupted) as raised, interruptible():
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(signal.SIGHUP)
    assert raised.value.status == 129


def test_an_interrupt_while_modules_load_is_quiet(tmp_path: Path) -> None:
    process = started(tmp_path / "documents.sqlite", "-c", LOADING)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "")


def test_the_default_is_restored_when_modules_are_loaded() -> None:
    with ends_at_once():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handlers_of_before_are_restored() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted) as raised, interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert raised.value.status == 143
    assert signal.getsignal(signal.SIGTERM) is before
