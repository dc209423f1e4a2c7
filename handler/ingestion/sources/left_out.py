"""Files that programs put beside documents: locks, markers, caches. No source reader finds them."""

from __future__ import annotations

import re

_LEFT_OUT = re.compile(
    r"""
      ~\$.*                             # Office's, while a document is open
    | \.~lock\..*\#                    # LibreOffice's
    | \._.*                             # macOS's, beside each file on other file systems
    | \.ds_store | thumbs\.db | ehthumbs\.db | desktop\.ini | icon\r
    | _success | _temporary | _(?:committed|started)_.*  # Hadoop's and Spark's
    | .*_\$folder\$                     # Hadoop's empty folders
    | \.?.*\.crc                        # Hadoop's checksums
    | \.gitkeep | \.keep
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def is_left_out(name: str) -> bool:
    """Whether a file is no document, by its name without folders."""
    return _LEFT_OUT.fullmatch(name) is not None
