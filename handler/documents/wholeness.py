"""Whether a file is whole: not empty, not cut off. Says so before a reader calls it damaged."""

from __future__ import annotations

from handler.errors import DocumentRejected

ZIP_END = b"PK\x05\x06"  # of the record at an archive's end
ZIP_END_WITHIN = 65_557  # bytes: the record, and the longest comment after it
CUT_OFF = "it is cut off, as a transfer that stopped leaves it. Upload it again."


def refuse_empty(content: bytes) -> None:
    """Raises DocumentRejected for a file without a byte, or of zero bytes only."""
    if not content:
        raise DocumentRejected("invalid_file", "The file is empty: it has 0 bytes.")
    if not content[0] and not content.strip(b"\x00"):
        raise DocumentRejected(
            "invalid_file",
            f"The file has {len(content):,} zero bytes and nothing else, as a transfer that "
            "stopped leaves it. Upload it again.",
        )


def refuse_cut_off_zip(content: bytes) -> None:
    """Raises DocumentRejected for a zip archive, as many formats are, without its end.

    A reader of such a format says so itself.
    """
    if content.rfind(ZIP_END, max(0, len(content) - ZIP_END_WITHIN)) < 0:
        raise DocumentRejected(
            "invalid_file", f"The file is a zip archive, as Office files are, but {CUT_OFF}"
        )
