"""A document's attributes: what searches filter by. Ours, and the user's: the object's metadata.

A user's value that JSON would read as a number or a truth value is one, so that it can be compared
with others. What is over a limit is left out, not refused: tools write metadata of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

import orjson

Attribute = str | int | float | bool

# OpenAI's limits (API reference, "Vector store files", attributes); characters of a value.
MAX_ATTRIBUTES, MAX_VALUE = 16, 512
# Characters; S3 Vectors' (its API's MetadataKey). OpenAI's is 64, and could not be filtered by.
MAX_KEY = 63
# S3 Vectors': bytes of what can be filtered by
# (docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html).
MAX_BYTES = 2_048
OURS = ("source", "filename", "content_type", "page", "modified")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
PAGE = 99_999  # a number as long as a page's can be


def describe(source: str, content_type: str | None, modified: float) -> dict[str, Attribute]:
    """Our own attributes of a document; its chunks have their page as well."""
    ours: dict[str, Attribute] = {"source": source, "filename": filename(source)}
    if content_type:
        ours["content_type"] = content_type[:127]
    return {**ours, "modified": int(modified)}


def filename(source: str) -> str:
    """The last part of a source, or of a key that ends with a slash; 255 bytes at most."""
    name = source.rstrip("/").rpartition("/")[2]
    if source.startswith("file:"):
        name = unquote(name)
    return name.encode()[:255].decode(errors="ignore")


def read_attributes(
    metadata: Mapping[str, str], ours: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """The user's attributes: those of `metadata` that fit beside ours."""
    attributes: dict[str, Attribute] = {}
    room = MAX_BYTES - len(orjson.dumps({**ours, "page": PAGE}))
    for key, text in sorted(metadata.items()):
        value = _value(text)
        size = len(orjson.dumps({key: value}))
        fits = len(key) <= MAX_KEY and len(text) <= MAX_VALUE and size <= room
        if fits and key not in OURS and len(attributes) < MAX_ATTRIBUTES:
            attributes[key] = value
            room -= size
    return attributes


def _value(text: str) -> Attribute:
    if text in ("true", "false"):
        return text == "true"
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
