"""The CPUs that the tests emulate, and what runs on them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

HASWELL = "Haswell-noTSX"  # AVX2 without VNNI, as on Lambda's x86; qemu cannot emulate TSX
GRAVITON2 = "neoverse-n1"
GRAVITON3 = "neoverse-v1"
MACHINES = {HASWELL: "x86_64", GRAVITON2: "aarch64", GRAVITON3: "aarch64"}

FULL_RANGE = "int8, full range"

Emulate = Callable[..., "subprocess.CompletedProcess[str]"]
