"""Messages over a pipe: JSON fields and bytes, each preceded by its length.

This is the worker's side, which waits. The parent's side, which does not trust what it reads, is in
`worker_pipes`.
"""

from __future__ import annotations

import struct
from typing import IO, Any

import orjson

LENGTHS = struct.Struct(">IQ")  # of the fields and of the bytes
LACKS_LIBRARY = 3  # the worker's exit status when a library is not installed


def pack(fields: dict[str, Any], content: bytes) -> tuple[bytes, bytes]:
    """What to write for one message: its beginning, then `content` itself."""
    header = orjson.dumps(fields)
    return LENGTHS.pack(len(header), len(content)) + header, content


def write_message(stream: IO[bytes], fields: dict[str, Any], content: bytes) -> None:
    """Write one message. Raises OSError if the other end is closed."""
    for part in pack(fields, content):
        stream.write(part)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read one message; None if the stream ends before the message does."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    header_length, content_length = LENGTHS.unpack(lengths)
    header, content = stream.read(header_length), stream.read(content_length)
    if len(header) + len(content) < header_length + content_length:
        return None
    fields: dict[str, Any] = orjson.loads(header)
    return fields, content
