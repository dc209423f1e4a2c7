"""The machine and the package versions that a result was measured with."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "amx_int8", "asimddp", "i8mm")
STARTED_WITH = os.getloadavg()[0]


def load_average() -> str:
    """Shows whether other work was going on when the benchmark began."""
    return f"load average {STARTED_WITH:.1f} at first"


def architecture() -> str:
    """The machine's architecture, as Lambda's price list names it: x86 or arm64."""
    return "arm64" if platform.machine() in ("aarch64", "arm64") else "x86"


def instruction_set() -> str:
    """What an int8 model should be made for here, as optimum-onnx names it."""
    if architecture() == "arm64":
        return "arm64"
    return "avx512_vnni" if "avx512_vnni" in flags(facts()) else "avx2"


def machine(*packages: str) -> str:
    """CPU, Python and package versions, in a line."""
    cpu = facts()
    instructions = ", ".join(name for name in INSTRUCTIONS if name in flags(cpu))
    python = f"Python {platform.python_version()}"
    return f"{model(cpu)}; {instructions}; {', '.join([python, *versions(packages)])}"


def facts() -> dict[str, str]:
    """What Linux says about the last CPU."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def flags(cpu: Mapping[str, str]) -> list[str]:
    return (cpu.get("flags") or cpu.get("Features") or "").split()


def model(cpu: Mapping[str, str]) -> str:
    """The CPU's name; on arm64, Linux knows only its maker and its number."""
    if "CPU part" in cpu:
        return (
            f"{platform.machine()} (implementer {cpu['CPU implementer']}, part {cpu['CPU part']})"
        )
    name = cpu.get("model name") or platform.processor() or platform.machine()
    return f"{name} (family {cpu['cpu family']}, model {cpu['model']})" if "model" in cpu else name


def versions(packages: Sequence[str]) -> list[str]:
    return [f"{name} {importlib.metadata.version(name)}" for name in packages]
