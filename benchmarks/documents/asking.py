"""Processes that answer a line of JSON with a line of JSON: readers of documents."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from typing import Any

from benchmarks.measuring.processes import ROOT

SECONDS = 120.0  # for a document; the sandbox's own limit is below


class Asked:
    """A process that reads documents. It is started again after it died or was stopped."""

    def __init__(self, command: list[str], *, root: Path = ROOT) -> None:
        """root: the checkout whose code it imports."""
        self._command = [sys.executable, "-P", *command]
        self._environment = {**os.environ, "PYTHONPATH": str(root)}
        self._process: subprocess.Popen[str] | None = None

    def ask(self, question: Mapping[str, object]) -> dict[str, Any] | None:
        """The answer; None if the process died, or was stopped because its time was up."""
        process = self._process = self._process or self._started()
        assert process.stdin and process.stdout
        timer = Timer(SECONDS, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            self.close()
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Stop the process. The next question starts another."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            text=True,
        )


def reader(root: Path) -> Asked:
    """Reads files with a checkout's code (reading.py)."""
    return Asked([str(Path(__file__).with_name("reading.py"))], root=root)


def reference() -> Asked:
    """Reads files with the reference readers (references.py)."""
    return Asked(["-m", "benchmarks.documents.references"])
