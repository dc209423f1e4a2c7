"""The environment in which a process sees no AVX-512, VNNI or AMX.

A C library (avx2_only.c) does it, which the machine's compiler makes when it is first needed. The
process and its children run at the machine's own speed; XGETBV and /proc/cpuinfo are as they were.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[3] / ".venv-bench"  # ignored by git
SOURCES = [Path(__file__).with_name(name) for name in ("avx2_only.c", "lengths.h")]
# The loader and libc have chosen their code before the library is loaded.
LIBC = ("AVX512F", "AVX512VL", "AVX512BW", "AVX512DQ", "AVX512CD", "AVX512ER", "AVX512PF")
SEEN = """
from numpy._core._multiarray_umath import __cpu_features__ as features
print(*(name for name, there in features.items() if there))
"""


class Impossible(Exception):
    """AVX-512 cannot be hidden here; the message says why."""


@functools.cache
def avx2_only() -> dict[str, str]:
    """What to add to a process's environment. Raises Impossible."""
    if platform.machine() not in ("x86_64", "AMD64"):
        raise Impossible(f"this CPU is of the kind {platform.machine()}, not x86-64")
    if "AVX512F" not in seen({}):
        raise Impossible("this CPU has no AVX-512 to hide")
    hidden = os.environ.get("GLIBC_TUNABLES", "").split(":")
    tunables = [*filter(None, hidden), f"glibc.cpu.hwcaps={','.join(f'-{name}' for name in LIBC)}"]
    added = {"LD_AUDIT": str(library()), "GLIBC_TUNABLES": ":".join(tunables)}
    if libc() < (2, 35):  # its calls between libraries are slow in an audited process, until bound
        added["LD_BIND_NOW"] = "1"
    left = seen(added)
    if "AVX2" not in left or any(name.startswith("AVX512") for name in left):
        raise Impossible(f"a process still sees {', '.join(sorted(left))}")
    return added


def libc() -> tuple[int, ...]:
    """The version of glibc. Raises Impossible."""
    name, version = platform.libc_ver()
    if name != "glibc":
        raise Impossible("the loader is not glibc's")
    return tuple(int(part) for part in version.split("."))


def seen(added: dict[str, str]) -> set[str]:
    """The instruction sets that numpy sees, in a process with this environment."""
    done = subprocess.run(
        [sys.executable, "-c", SEEN],
        env={**os.environ, **added},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        raise Impossible(f"a process does not start so: {last[0]}")
    return set(done.stdout.split())


def library() -> Path:
    """The compiled library. Raises Impossible."""
    content = b"".join(path.read_bytes() for path in SOURCES)
    path = FOLDER / f"avx2_only-{hashlib.sha256(content).hexdigest()[:16]}.so"
    if path.exists():
        return path
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if not compiler:
        raise Impossible("there is no C compiler: install cc, or name one in CC")
    FOLDER.mkdir(exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(part), str(SOURCES[0])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        first = next(iter(done.stderr.strip().splitlines()), "it says nothing")
        raise Impossible(f"the C compiler failed: {first}")
    part.rename(path)  # appears whole or not at all
    return path
