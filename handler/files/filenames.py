"""The name of an uploaded file: what is kept of it, and what is refused."""

from __future__ import annotations

import re
from unicodedata import category

from handler.errors import InvalidRequest
from handler.limits import MAX_CONTENT_TYPE, MAX_FILENAME

FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
CONTENT_TYPE = re.compile(rf"(?=.{{3,{MAX_CONTENT_TYPE}}}$)[!-.0-~]+/[ -~]+")


def clean_filename(name: str | None, *, place: str) -> str:
    """The last part of a file's name, without folders.

    place: what the request calls the name. Raises InvalidRequest that names it.
    """
    last = FOLDERS.sub("", name or "")
    if last.strip() in ("", ".", ".."):
        what = f"is {name[:100]!r}, which names no file" if name else "is missing"
        raise InvalidRequest(f"{place} {what}. Send a name such as notes.txt.", param=place)
    if any(category(one) in ("Cc", "Cs") for one in last):
        raise InvalidRequest(
            f"{place} is {last[:100]!r}, with a control character in it. Send it without.",
            param=place,
        )
    if (size := len(last.encode())) > MAX_FILENAME:
        raise InvalidRequest(
            f"{place} has {size} bytes in UTF-8; the limit is {MAX_FILENAME}. Send a shorter one.",
            param=place,
        )
    return last


def clean_content_type(content_type: str | None) -> str | None:
    """The content type if it has the form of one; None stands for an unknown one."""
    found = content_type and CONTENT_TYPE.fullmatch(content_type)
    return content_type if found else None
