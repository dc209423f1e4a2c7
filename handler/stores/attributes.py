"""A document's attributes, which searches filter by: ours, and the user's (object metadata).

A user's value that reads as a JSON number or boolean becomes one, so that it can be compared.
Attributes over a limit are left out, not refused: tools write metadata of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

import orjson

from handler.limits import (
    MAX_ATTRIBUTE_BYTES,
    MAX_ATTRIBUTE_KEY,
    MAX_ATTRIBUTE_VALUE,
    MAX_ATTRIBUTES,
)

Attribute = str | int | float | bool

OURS = ("source", "filename", "content_type", "page", "modified")
# Metadata that results show and filters cannot use: S3 Vectors takes only 2 KB of filterable ones.
NOT_FILTERABLE = ("text", "heading", "terms", "start", "end", "etag", "version", "fingerprint")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
LONGEST_PAGE = 99_999  # to reserve room for a page number


def describe(source: str, content_type: str | None, modified: float) -> dict[str, Attribute]:
    """Our own attributes of a document. Its chunks also have a page."""
    ours: dict[str, Attribute] = {"source": source, "filename": filename(source)}
    if content_type:
        ours["content_type"] = content_type[:127]
    return {**ours, "modified": int(modified)}


def filename(source: str) -> str:
    """The last part of a source, at most 255 bytes. A trailing slash is ignored."""
    name = source.rstrip("/").rpartition("/")[2]
    if source.startswith("file:"):
        name = unquote(name)
    return name.encode()[:255].decode(errors="ignore")


def read_attributes(
    metadata: Mapping[str, str], ours: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """The user's attributes: the part of `metadata` that fits beside ours."""
    return _fitting({key: _value(text) for key, text in metadata.items()}, ours)


def merge_attributes(
    users: Mapping[str, Attribute], stated: Mapping[str, Attribute], ours: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """The user's attributes, and those that the document itself states, as far as they fit.

    The user's come first; ours are those of `describe`.
    """
    others = {key: value for key, value in stated.items() if key not in users}
    room = MAX_ATTRIBUTES - len(users)
    fitting = _fitting(others, {**ours, **users})
    return {**users, **dict(list(fitting.items())[:room])}


def _fitting(
    attributes: Mapping[str, Attribute], ours: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """The attributes that fit beside ours, in the order of their keys."""
    fitting: dict[str, Attribute] = {}
    room = MAX_ATTRIBUTE_BYTES - len(orjson.dumps({**ours, "page": LONGEST_PAGE}))
    for key, value in sorted(attributes.items()):
        size = len(orjson.dumps({key: value}))
        fits = len(key) <= MAX_ATTRIBUTE_KEY and len(str(value)) <= MAX_ATTRIBUTE_VALUE
        is_ours = key in OURS or key in NOT_FILTERABLE
        if fits and size <= room and not is_ours and len(fitting) < MAX_ATTRIBUTES:
            fitting[key] = value
            room -= size
    return fitting


def _value(text: str) -> Attribute:
    if text in ("true", "false"):
        return text == "true"
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
