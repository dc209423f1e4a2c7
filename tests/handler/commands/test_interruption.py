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

from handler.commands.interruption import Interrupted, interruptible
from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.row import Row
from tests.paths import ROOT

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
    assert seconds < 4  # one or two, and the machine may be busy
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
    assert seconds < 5


def test_the_handlers_of_before_are_restored() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted) as raised, interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert raised.value.status == 143
    assert signal.getsignal(signal.SIGTERM) is before
