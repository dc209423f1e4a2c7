"""Reads files in a process of its own, with the code of any checkout of this project.

    python -P reading.py

The checkout is the one on PYTHONPATH, so this file imports nothing else of the benchmarks. Each
line of its input is a JSON object with the path of a file. The answer is a line, too: what
`handler.documents` makes of the file in the sandbox, with the seconds, and the peak memory of the
sandbox's worker.
"""

from __future__ import annotations

import inspect
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from handler.documents.sandbox import Sandbox
from handler.errors import DocumentRejected

SECONDS = 60.0  # as ingestion allows


def main() -> None:
    # All of a page, as the reference reads it. An older checkout cannot: it leaves out navigation.
    keeps = "keep_boilerplate" in inspect.signature(Sandbox).parameters
    options: dict[str, Any] = {"keep_boilerplate": True} if keeps else {}
    with Sandbox(**options) as sandbox:
        for line in sys.stdin:
            asked = json.loads(line)
            print(json.dumps(answer(sandbox, Path(asked["path"]))), flush=True)


def answer(sandbox: Sandbox, path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    started = time.perf_counter()
    try:
        document = sandbox.extract(content, name=path.name, content_type=None, seconds=SECONDS)
        answered: dict[str, Any] = {
            "text": document.text,
            "tables": [(table.start, table.end) for table in getattr(document, "tables", ())],
            "warnings": [*getattr(document, "warnings", ())],
        }
    except DocumentRejected as rejected:
        answered = {"rejected": f"{rejected.code}: {rejected.message}"}
    seconds = time.perf_counter() - started
    return {**answered, "seconds": seconds, "peak_mb": children_peak_mb()}


def children_peak_mb() -> float:
    """The peak resident memory of this process's children that still run."""
    peak = 0.0
    for listed in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError, IndexError):  # children may end meanwhile
            for pid in listed.read_text().split():
                status = Path(f"/proc/{pid}/status").read_text()
                peak = max(peak, int(status.split("VmHWM:")[1].split()[0]) / 1_024)
    return peak


if __name__ == "__main__":
    main()
