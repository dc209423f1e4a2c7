"""Forms, as requests bring them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from types import MappingProxyType

from handler.files.files import Files
from handler.files.form import Form, FormFile
from handler.files.schemas import File


def form(
    content: bytes = b"hello",
    *,
    filename: str | None = "notes.txt",
    content_type: str | None = "text/plain",
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Form:
    """A form with this file, and these other fields."""
    digest = hashlib.sha256(content).hexdigest()
    file = FormFile(filename, content_type, io.BytesIO(content), len(content), digest)
    return Form(texts, file)


def create(
    files: Files,
    content: bytes = b"hello",
    *,
    purpose: str = "assistants",
    filename: str = "notes.txt",
    key: str | None = None,
    caller: str | None = None,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> File:
    """Upload a file."""
    sent = form(content, filename=filename, texts={"purpose": purpose, **texts})
    return files.create(sent, caller=caller, key=key)
