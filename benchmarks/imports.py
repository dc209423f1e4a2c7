"""`make bench-imports`: what the imports of a cold start cost, package by package.

Python's own account (`-X importtime`) of the image's function and of the empty one, each started
in a container with one CPU. The account itself takes time: read the figures as shares.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

from benchmarks.containers import Function, docker, functions
from benchmarks.readme import RESULTS, refresh
from benchmarks.report import machine

LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")  # own time in µs, module
PACKAGES = ("fastapi", "mangum", "onnxruntime", "pydantic", "tokenizers")
LEAST = 1.5  # ms; packages below are summed up
ROUNDS = 9


def imports(function: Function) -> Counter[str]:
    """The milliseconds of each package of one start, without those of what it imports."""
    module = function.command[-1].rpartition(".")[0]
    account = docker(
        *("run", "--rm", "--cpus=1", "--read-only", "--tmpfs=/tmp", "--user=993:990"),
        *("--env=AWS_LAMBDA_FUNCTION_NAME=bench", "--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1769"),
        *("--entrypoint=python3", function.image, "-X", "importtime", "-c"),
        # First what the runtime has imported when it comes to the function.
        f"import sys; sys.path.insert(0, '/var/runtime'); import awslambdaric.bootstrap, {module}",
        stderr=subprocess.STDOUT,
    )
    took: Counter[str] = Counter()
    for microseconds, name in LINE.findall(account):
        # This one's own time is mostly the model's: it loads it and runs it once.
        package = name if name == "handler.api" else package_of(name)
        took[package] += int(microseconds) / 1000
    return took


def package_of(name: str) -> str:
    """The package of a module; all of Python's own are one."""
    package = name.partition(".")[0]
    return "Python's own" if package in sys.stdlib_module_names else package


def table(names: Sequence[str], measured: Sequence[Sequence[Counter[str]]]) -> str:
    """In Markdown: the least of the rounds, since others' work only adds; a column a function."""
    packages = {package for rounds in measured for one in rounds for package in one}
    least = {
        package: [min(one[package] for one in rounds) for rounds in measured]
        for package in packages
    }
    rows = [f"| package | {', ms | '.join(names)}, ms |", "|---" * (1 + len(names)) + "|"]
    shown = sorted((p for p in packages if max(least[p]) >= LEAST), key=lambda p: -least[p][0])
    for package in shown:
        rows.append(f"| {package} | " + " | ".join(f"{ms:.1f}" for ms in least[package]) + " |")
    rest = [sum(least[p][n] for p in packages - {*shown}) for n in range(len(names))]
    rows.append(f"| {len(packages) - len(shown)} others | {rest[0]:.1f} | {rest[1]:.1f} |")
    sums = [min(sum(one.values()) for one in rounds) for rounds in measured]
    rows.append("| all | " + " | ".join(f"{ms:,.1f}" for ms in sums) + " |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-imports", description=__doc__)
    parser.add_argument("--image", default="minilm-lambda:latest", help="built if it is not there")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    contestants = functions(options.image)[:2]
    measured = [*zip(*([imports(one) for one in contestants] for _ in range(ROUNDS)), strict=True)]
    setting = f"the least of {ROUNDS} starts each, in turn; load average {load:.1f} at first"
    text = (
        f"{setting}\n{machine(PACKAGES)}\n\n{table([one.name for one in contestants], measured)}\n"
    )
    print(text)
    (RESULTS / "imports.md").write_text(text)
    refresh()


if __name__ == "__main__":
    main()
