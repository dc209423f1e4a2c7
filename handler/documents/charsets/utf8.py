"""UTF-8 that is damaged in a few places, or in which lines of another character set stand.

A byte that is not UTF-8 among many characters that are is damage, not another character set: no
other set has so many valid sequences by accident.
"""

from __future__ import annotations

from handler.documents.charsets.decoded import Decoded, refusal
from handler.documents.charsets.vote import detect

REPLACEMENT = "\ufffd"
# Characters that UTF-8 must have in order, for each place that is damaged. Legacy sets of two bytes
# a character come to one or two.
VALID_PER_DAMAGE = 5
# In lines without any other character beyond ASCII: those may be in another set.
VALID_PER_LINE = 20
MAX_MIXED_LINES = 300_000  # a list of more takes too much memory


def repair_utf8(content: bytes, *, is_declared: bool = False) -> Decoded | None:
    """The text of content that is almost UTF-8; None if it is not. Not for valid UTF-8.

    is_declared: whether the file says that it is UTF-8.
    Raises DocumentRejected if lines of UTF-8 and lines in an unknown character set are mixed.
    """
    text = content.decode("utf-8", "replace")
    damaged = text.count(REPLACEMENT) - content.count(REPLACEMENT.encode())
    valid = len(text) - len(text.encode("ascii", "ignore")) - damaged
    if not valid:
        return None
    first = _first_error(content)
    may_be_mixed = damaged <= valid and content.count(b"\n") <= MAX_MIXED_LINES
    foreign = _foreign_lines(content) if may_be_mixed else []
    if foreign and damaged * VALID_PER_LINE > valid:
        return _mixed(content, foreign)
    cut = first.reason == "unexpected end of data"
    needed = 1 if is_declared or cut else VALID_PER_DAMAGE
    if damaged * needed > valid:
        return None
    line = content.count(b"\n", 0, first.start) + 1
    return Decoded(text, "utf-8", (_replaced(damaged, line),))


def _replaced(damaged: int, line: int) -> str:
    if damaged == 1:
        return f"The file is not valid UTF-8: a character in line {line:,} was replaced by U+FFFD."
    return (
        f"The file is not valid UTF-8: {damaged:,} characters were replaced by U+FFFD, the first "
        f"one in line {line:,}."
    )


def _first_error(content: bytes) -> UnicodeDecodeError:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error
    raise AssertionError("the content is valid UTF-8")


def _foreign_lines(content: bytes) -> list[int]:
    """The numbers of the lines, from 0, that are in another set; [] if a line is in both."""
    found = []
    for number, line in enumerate(content.split(b"\n")):
        if line.isascii():
            continue
        text = line.decode("utf-8", "replace")
        if REPLACEMENT not in text or b"\xef\xbf\xbd" in line:
            continue
        if any(character > "\x7f" and character != REPLACEMENT for character in text):
            return []
        found.append(number)
    return found


def _mixed(content: bytes, foreign: list[int]) -> Decoded:
    """The text of two files put together, if the character set of the other lines is certain."""
    lines = content.split(b"\n")
    found = detect(b"\n".join(lines[number] for number in foreign))
    place = f"line {foreign[0] + 1:,}"
    if found is None:
        raise refusal(f"The file is UTF-8 in some lines, but not from {place} on")
    others = iter(found.text.split("\n"))
    known = set(foreign)
    text = "\n".join(
        next(others) if number in known else line.decode() for number, line in enumerate(lines)
    )
    if len(foreign) == 1:
        warning = f"The file is UTF-8, but {place} is not; it was taken for {found.charset}."
    else:
        warning = (
            f"The file is UTF-8, but {len(foreign):,} lines from {place} on are not; they were "
            f"taken for {found.charset}."
        )
    return Decoded(text, "utf-8", (warning,))
