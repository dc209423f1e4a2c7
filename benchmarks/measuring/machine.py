"""The machine and the package versions that a result was measured with."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from pathlib import Path

INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "amx_int8", "asimddp", "i8mm")
STARTED_WITH = os.getloadavg()[0]


def load_average() -> str:
    """Shows whether other work was going on when the benchmark began."""
    return f"load average {STARTED_WITH:.1f} at first"


def machine(*packages: str) -> str:
    """CPU, Python and package versions, in a line."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    facts = {key.strip(): value.strip() for key, value in pairs}
    model = facts.get("model name") or platform.processor() or platform.machine()
    family = f" (family {facts['cpu family']}, model {facts['model']})" if "model" in facts else ""
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    instructions = ", ".join(name for name in INSTRUCTIONS if name in flags)
    python = f"Python {platform.python_version()}"
    return f"{model}{family}; {instructions}; {', '.join([python, *versions(packages)])}"


def versions(packages: Sequence[str]) -> list[str]:
    return [f"{name} {importlib.metadata.version(name)}" for name in packages]
