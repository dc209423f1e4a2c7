"""The name of an uploaded file: what is kept of it, and what is refused."""

from __future__ import annotations

import re

from handler.errors import InvalidRequest
from handler.limits import MAX_CONTENT_TYPE, MAX_FILENAME

FOLDERS = r"(?:[\s\S]*[/\\])?"
# Without control characters, and not of spaces and dots alone.
NAME = r"[^/\\\x00-\x1f\x7f-\x9f]*[^/\\\x00-\x1f\x7f-\x9f\s.][^/\\\x00-\x1f\x7f-\x9f]*"
FILENAME = f"^{FOLDERS}{NAME}$"
CONTENT_TYPE = "^[!-.0-~]+/[!-~][ -~]*$"


def clean_filename(name: str | None, *, place: str) -> str:
    """The last part of a file's name, without folders.

    place: what the request calls the name. Raises InvalidRequest that names it.
    """
    if not name:
        raise InvalidRequest(f"'{place}' is missing. Send a name such as notes.txt.", param=place)
    last = re.split(r"[/\\]", name)[-1]
    if (size := len(last.encode("utf-8", "surrogatepass"))) > MAX_FILENAME:
        raise InvalidRequest(
            f"'{place}' has {size} bytes in UTF-8; the limit is {MAX_FILENAME}. Send a shorter "
            "one.",
            param=place,
        )
    if not re.fullmatch(NAME, last) or any("\ud800" <= one <= "\udfff" for one in last):
        raise InvalidRequest(
            f"'{place}' is {name[:100]!r}; its last part must be a name such as notes.txt, without "
            "control characters.",
            param=place,
        )
    return last


def clean_content_type(content_type: str | None) -> str | None:
    """The content type if it has the form of one; None stands for an unknown one."""
    if content_type is None or len(content_type) > MAX_CONTENT_TYPE:
        return None
    return content_type if re.fullmatch(CONTENT_TYPE, content_type) else None
