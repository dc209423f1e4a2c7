"""`python -m benchmarks.measuring.avx2 COMMAND…`: run a command as on a CPU with AVX2 alone."""

from __future__ import annotations

import os
import sys

from benchmarks.measuring.avx2.environment import Impossible, avx2_only

if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    try:
        added = avx2_only()
    except Impossible as error:
        sys.exit(f"AVX-512 cannot be hidden: {error}.")
    os.execvpe(sys.argv[1], sys.argv[1:], {**os.environ, **added})
