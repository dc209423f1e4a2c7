"""Keeps onnxruntime's cpuinfo quiet on systems without a list of CPUs.

Lambda's arm64 has no /sys/devices/system/cpu/{possible,present}. onnxruntime then asks the kernel
for the CPU's features and works equally well. But at its import, that is at every cold start, it
writes nine lines to file descriptor 2. Does nothing on other machines, and hides no other line.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

POSSIBLE_CPUS = Path("/sys/devices/system/cpu/possible")

# The beginnings of the lines, in onnxruntime 1.32.
COMPLAINTS = (
    b"Error in cpuinfo: failed to parse ",
    b"onnxruntime cpuid_info warning: Failed to initialize PyTorch cpuinfo library",
    b"onnxruntime cpuid_info warning: Unknown CPU vendor",
    b"onnxruntime warning: cpuinfo_initialize failed",
)


def quiet_cpuinfo() -> AbstractContextManager[None]:
    """A context that drops cpuinfo's complaints, on a machine where it complains."""
    return _without_complaints() if _cpus_are_hidden() else nullcontext()


def _cpus_are_hidden() -> bool:
    if platform.machine() != "aarch64":  # elsewhere cpuinfo asks the CPU itself
        return False
    try:
        return not POSSIBLE_CPUS.read_bytes()
    except OSError:
        return True


@contextmanager
def _without_complaints() -> Iterator[None]:
    """Hold back everything written to fd 2, even by C code; then write all but the complaints.

    Held in memory: the file system may be read-only, and a full pipe would block the writer.
    """
    try:
        stderr = os.dup(2)
    except OSError:  # it is closed, so there is nothing to hold back
        yield
        return
    with os.fdopen(os.memfd_create("stderr"), "w+b") as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            rest = b"".join(line for line in held if not line.startswith(COMPLAINTS))
            with suppress(OSError):  # a closed or full stderr is no reason to fail
                os.write(2, rest)
