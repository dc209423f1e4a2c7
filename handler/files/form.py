"""A form with a file, as a request brought it. Does not read requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True)
class FormFile:
    """The file of a form."""

    filename: str | None  # as it was sent; None: it has none
    content_type: str | None
    content: BinaryIO  # at its start; closed when the request ends
    size: int  # bytes
    sha256: str  # of the bytes, in hexadecimal


@dataclass(frozen=True)
class Form:
    """A form with one file."""

    texts: Mapping[str, str]  # the other fields, by name
    file: FormFile
