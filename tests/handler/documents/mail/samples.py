"""Makes messages of the parts that a test shows."""

from __future__ import annotations

import base64

HEADERS = "From: Ana <ana@a.example>\nSubject: Plan\nMIME-Version: 1.0\n"


def mail(*parts: str, kind: str = "mixed", headers: str = HEADERS) -> bytes:
    """A message of parts. kind: of the multipart."""
    return f"{headers}{multipart(*parts, kind=kind)}".encode()


def multipart(*parts: str, kind: str = "mixed") -> str:
    """A part of parts."""
    boundary = f"b{abs(hash((kind, *parts)))}"
    inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"'
    return f"{head}\n\n{inner}--{boundary}--\n"


def part(text: str, kind: str = "text/plain; charset=utf-8", more: str = "") -> str:
    """A part with a text."""
    return f"Content-Type: {kind}\n{more}\n{text}"


def attachment(content: bytes, name: str, kind: str = "application/octet-stream") -> str:
    """An attached file."""
    more = (
        f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n'
    )
    return part(base64.encodebytes(content).decode(), kind, more)
