"""Where the checkout's files are. Has paths only."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
BUNDLES = ROOT / ".bundles"  # bundles that the tests build; kept between runs
