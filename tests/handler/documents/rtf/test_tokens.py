"""The tokens of Rich Text."""

from __future__ import annotations

import tracemalloc

from handler.documents.rtf.tokens import tokens


def test_bytes_in_hexadecimal_take_no_memory_of_their_own() -> None:
    """Each took 190 bytes: 48 MB of them, two gigabytes."""
    content = rb"\'e9" * 100_000
    tracemalloc.start()
    try:
        size = sum(len(token.text) for token in tokens(content))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == 100_000
    assert peak < 1_000_000
