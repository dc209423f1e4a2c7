"""`python -m benchmarks.worker FUNCTION VARIANT THREADS`: a contestant, at work in its process.

Reads tasks from its input and writes answers to its output, a line of JSON each. Imports nothing
that the contestant does not: what it imports is in its memory, and its environment may lack it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time

from benchmarks.contestants import load
from benchmarks.processes import peak_mb, pin


def main() -> None:
    function, variant, threads = sys.argv[1:]
    pin(int(threads))  # before any library counts the CPUs
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    encode = load(function, variant, int(threads))
    for line in sys.stdin:
        task = json.loads(line)
        seconds = []
        for _ in range(task["calls"]):
            started = time.perf_counter()
            vectors = encode(task["texts"])
            seconds.append(time.perf_counter() - started)
        answer = {"seconds": seconds, "peak_mb": peak_mb(os.getpid())}
        if task["vectors"]:
            answer["vectors"] = base64.b64encode(vectors.astype("<f4").tobytes()).decode()
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
