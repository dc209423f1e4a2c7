"""Messages over a pipe: some fields as JSON, and bytes, each with its length before it."""

from __future__ import annotations

import struct
from typing import IO, Any

import orjson

LENGTHS = struct.Struct(">IQ")  # of the fields and of the bytes
LACKS_LIBRARY = 3  # the status that the child ends with, then


def write_frame(stream: IO[bytes], fields: dict[str, Any], content: bytes) -> None:
    """Write one message. Raises OSError if nobody reads it."""
    header = orjson.dumps(fields)
    stream.write(LENGTHS.pack(len(header), len(content)) + header)
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read one message; None at the stream's end, in the midst of a message as well."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    header_length, content_length = LENGTHS.unpack(lengths)
    header, content = stream.read(header_length), stream.read(content_length)
    if len(header) + len(content) < header_length + content_length:
        return None
    fields: dict[str, Any] = orjson.loads(header)
    return fields, content
