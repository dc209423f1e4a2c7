"""Leaves out files that are embedded in a text as base64: pictures, fonts, certificates.

They are no text, and long: a picture of 200 kB would be 700 chunks of noise. Knows no format, and
does not look at what the bytes are.
"""

from __future__ import annotations

import re

# A run of base64 that is shorter may be a name, a key or a hash, which people search for.
MIN_RUN = 200
MIN_PAYLOAD = 16  # characters of a data URI; a shorter one is an example in a manual

# RFC 2397. Without ";base64" a payload is percent-encoded.
HEAD = r"data:(?:[a-z]{1,20}/[\w.+-]{1,80})?(?:;(?!base64,)[\w.\"=-]{1,80}){0,8}"
DATA_URI = re.compile(
    rf"{HEAD}(?:;base64,[ ]?[A-Za-z0-9+/_%-]{{{MIN_PAYLOAD},}}+=*+"
    rf"|(?<=[\w\"]),(?=%)[^\s\"'<>()]{{{MIN_PAYLOAD},}}+)",
    re.IGNORECASE,
)
# An SVG picture that is hardly encoded has quotation marks, brackets and spaces. What is around the
# URI tells its end.
SVG = r"data:image/svg\+xml(?:;(?!base64,)[\w.=-]{1,80}){0,8},(?=[%<])"
IN_BRACKETS = r"(?:[^\s()]|[ ](?![\"']))*+"  # a title is in quotation marks
ENCLOSED_SVG = re.compile(
    rf"(?<=\(){SVG}{IN_BRACKETS}(?:\({IN_BRACKETS}\){IN_BRACKETS})*+(?=\)|[ ][\"'])"
    rf"|(?<=\"){SVG}[^\"\n]{{{MIN_PAYLOAD},}}+"
    rf"|(?<='){SVG}[^'\n]{{{MIN_PAYLOAD},}}+"
    rf"|\A{SVG}[^\n]{{{MIN_PAYLOAD},}}+\Z",
    re.IGNORECASE,
)
# The look-behind makes one attempt a run: the time stays linear.
RUN = re.compile(rf"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{{{MIN_RUN},}}+={{0,2}}+")
# Lines of mail and of certificates have 60 to 76 characters, all but the last equally many.
WRAPPED = re.compile(
    r"^[ \t]{0,8}+(?P<first>[A-Za-z0-9+/]{56,100}+)\n"
    r"(?:[ \t]{0,8}+[A-Za-z0-9+/]{56,100}+\n){2,}+(?:[ \t]{0,8}+[A-Za-z0-9+/]{1,100}+={0,2}$)?",
    re.MULTILINE,
)
LONGEST_LINE_DIFFERENCE = 2  # characters by which wrapped lines may differ
# How PNG, JPEG, GIF, PDF, zip and gzip files begin in base64.
BEGINNINGS = ("iVBORw0KGgo", "/9j/", "R0lGODlh", "R0lGODdh", "JVBERi0", "UEsDB", "H4sIA")
SAMPLE = 3_000  # characters of each end of a run that are looked at
# In base64 of any bytes 41 % of the characters are capitals, 41 % small letters and 16 % digits.
# Hashes and sequences of DNA have one case only; paths and words have hardly any capitals.
MIN_CAPITALS, MIN_SMALL, MIN_DIGITS = 0.15, 0.05, 0.02


class Base64Blobs:
    """Leaves embedded files out of texts, and counts them."""

    def __init__(self) -> None:
        self._count = 0
        self._characters = 0

    def leave_out(self, text: str) -> str:
        """`text` without data URIs and long runs of base64."""
        if "data:" in text or "DATA:" in text:
            text = ENCLOSED_SVG.sub(lambda found: self._left_out(found[0]), text)
            text = DATA_URI.sub(lambda found: self._left_out(found[0]), text)
        if len(text) >= MIN_RUN:
            text = RUN.sub(lambda found: self._left_out_if_blob(found[0]), text)
            text = WRAPPED.sub(lambda found: self._left_out_if_blob(found[0]), text)
        return text

    @property
    def warning(self) -> str | None:
        """How much was left out, as a sentence; None if nothing was."""
        if not self._count:
            return None
        files = "1 embedded file" if self._count == 1 else f"{self._count:,} embedded files"
        verb = "was" if self._count == 1 else "were"
        return f"{files} (base64, {self._characters:,} characters) {verb} left out."

    def _left_out(self, blob: str) -> str:
        self._count += 1
        self._characters += len(blob)
        return ""

    def _left_out_if_blob(self, run: str) -> str:
        if not _is_blob(run):
            return run
        kept_line_end = "\n" if run.endswith("\n") else ""
        return self._left_out(run.strip()) + kept_line_end


def _is_blob(run: str) -> bool:
    """Whether a run of base64's characters, perhaps of several lines, encodes bytes."""
    lines = run.split()
    lengths = {len(line) for line in lines[:-1]}
    if lengths and max(lengths) - min(lengths) > LONGEST_LINE_DIFFERENCE:
        return False
    sample = "".join(run[:SAMPLE].split()) + "".join(run[-SAMPLE:].split())
    if sample.startswith(BEGINNINGS):
        return True
    shares = [
        sum(map(is_kind, sample)) / len(sample)
        for is_kind in (str.isupper, str.islower, str.isdigit)
    ]
    return shares[0] >= MIN_CAPITALS and shares[1] >= MIN_SMALL and shares[2] >= MIN_DIGITS
