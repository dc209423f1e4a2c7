"""`python -m benchmarks.peers.worker FUNCTION VARIANT THREADS`: a contestant in its process.

Reads tasks from stdin and writes answers to stdout, a line of JSON each. Imports nothing that the
contestant does not: each import counts in its memory, and its environment may lack the package.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time

from benchmarks.measuring.processes import peak_mb, pin
from benchmarks.peers.contestants import load


def main() -> None:
    function, variant, threads = sys.argv[1:]
    pin(int(threads))  # before any library counts the CPUs
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is not an answer
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
