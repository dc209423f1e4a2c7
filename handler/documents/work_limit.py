"""Refuses a file of very many small parts before time is spent on each. Knows no format."""

from __future__ import annotations

from handler.errors import DocumentRejected


def check_count(count: int, limit: int, what: str) -> None:
    """Raises DocumentRejected if there are too many. what: "The notebook has {} cells"."""
    if count > limit:
        raise DocumentRejected(
            "invalid_file",
            f"{what.format(f'{count:,}')}; the limit of one document is {limit:,}. Split it into "
            "several files.",
        )
