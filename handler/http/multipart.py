"""Parse a form with a file (multipart/form-data, RFC 7578) as it arrives. Does not read requests.

What a form may have is known before it is read, so what it may not have is refused as soon as it
comes: a field that is not known, a second file, a name that is too long.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Collection
from typing import TYPE_CHECKING, BinaryIO, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from handler.errors import InvalidRequest, NotReady, RequestTooLarge
from handler.files.form import Form, FormFile
from handler.http.part_headers import Disposition, read_disposition, read_parameters
from handler.limits import (
    MAX_FORM_TEXT,
    MAX_PART_HEADER,
    MAX_PART_HEADERS,
    SPOOLED_FORM,
)

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# What it warns of is answered, and it quotes what was sent.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

PLAIN_ENCODINGS = ("", "7bit", "8bit", "binary")


def read_boundary(content_type: str) -> bytes:
    """The boundary that a Content-Type names. Raises InvalidRequest if it is not that of a form."""
    kind, parameters = read_parameters(content_type)
    boundary = parameters.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise InvalidRequest(
            f"The Content-Type is '{content_type[:100]}'; it must be multipart/form-data, with the "
            "boundary of the form's parts. Clients set it if they are given a file and no "
            "Content-Type."
        )
    return boundary.encode("utf-8", "replace")


class FormParser:
    """Parses one form. Parts of the body go in as they arrive.

    Every method raises InvalidRequest for a form that is wrong.
    """

    def __init__(
        self, boundary: bytes, *, file_field: str, text_fields: Collection[str], max_file: int
    ) -> None:
        """max_file: bytes of the file."""
        self._file_field, self._text_fields, self._max_file = file_field, text_fields, max_file
        self._texts: dict[str, bytearray] = {}
        self._file: Disposition | None = None
        self._file_type: str | None = None
        self._size, self._sha256 = 0, hashlib.sha256()
        self._headers: dict[str, str] = {}
        self._name, self._value = bytearray(), bytearray()  # of the header that is being read
        self._text: bytearray | None = None  # that is being read; None: it is the file
        self._is_whole = False
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._add,
            "on_end": self._end,
        }
        try:
            self._parser = MultipartParser(
                boundary,
                callbacks,
                max_header_count=MAX_PART_HEADERS,
                max_header_size=MAX_PART_HEADER,
            )
        except FormParserError as error:
            raise _damaged() from error
        spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED_FORM)  # noqa: SIM115 - see `close`
        self._content = cast(BinaryIO, spool)

    def feed(self, data: bytes) -> None:
        """Parse the next part of the body.

        Also raises RequestTooLarge, and NotReady if the disk is full.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _damaged() from error
        except OSError as error:
            raise NotReady(
                "The server has no room for the file at the moment. Send it again later.",
                code="server_busy",
            ) from error

    def finish(self) -> Form:
        """The form, once all of it was fed."""
        if not self._is_whole:
            raise InvalidRequest("The form ends before its last boundary. Send all of it.")
        if self._file is None:
            raise InvalidRequest(
                f"'{self._file_field}' is missing. Send the file as the field of the form that has "
                "this name.",
                param=self._file_field,
            )
        texts = {name: _decode(name, text) for name, text in self._texts.items()}
        self._content.seek(0)
        file = FormFile(
            filename=self._file.filename,
            content_type=self._file_type,
            content=self._content,
            size=self._size,
            sha256=self._sha256.hexdigest(),
        )
        return Form(texts, file)

    def close(self) -> None:
        """Delete the file."""
        self._content.close()

    def _begin_part(self) -> None:
        self._headers = {}

    def _end_header(self) -> None:
        name = self._name.decode("latin-1").lower()
        try:
            self._headers[name] = self._value.decode().strip()
        except UnicodeDecodeError as error:
            raise InvalidRequest(
                "A header of a part of the form is not UTF-8. Send names in UTF-8."
            ) from error
        self._name.clear()
        self._value.clear()

    def _end_headers(self) -> None:
        """Find out what the part is."""
        disposition = read_disposition(self._headers.get("content-disposition"))
        name = disposition.name
        known = (self._file_field, *self._text_fields)
        if name not in known:
            raise InvalidRequest(
                f"The form has a field '{name[:100]}', which is not known; it can have "
                f"{', '.join(known)}.",
                param=name[:100],
            )
        if name in self._texts or (name == self._file_field and self._file):
            raise InvalidRequest(f"'{name}' is in the form twice; send it once.", param=name)
        encoding = self._headers.get("content-transfer-encoding", "").lower()
        if encoding not in PLAIN_ENCODINGS:
            raise InvalidRequest(
                f"'{name}' has the Content-Transfer-Encoding '{encoding[:40]}'; send the bytes as "
                "they are, without one.",
                param=name,
            )
        if name == self._file_field:
            self._file, self._text = disposition, None
            self._file_type = self._headers.get("content-type")
        else:
            self._text = self._texts[name] = bytearray()

    def _add(self, data: bytes, start: int, end: int) -> None:
        if self._text is None:
            self._add_to_file(data[start:end])
        elif len(self._text) + end - start > MAX_FORM_TEXT:
            name = next(name for name, text in self._texts.items() if text is self._text)
            raise InvalidRequest(
                f"'{name}' has more than {MAX_FORM_TEXT:,} bytes, which is the limit.", param=name
            )
        else:
            self._text += data[start:end]

    def _add_to_file(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._max_file:
            raise RequestTooLarge(
                f"'{self._file_field}' has more than {self._max_file:,} bytes, which is the limit.",
                param=self._file_field,
            )
        self._sha256.update(data)
        self._content.write(data)

    def _end(self) -> None:
        self._is_whole = True


def _damaged() -> InvalidRequest:
    return InvalidRequest(
        "The body is not a form with the boundary that its Content-Type names, or a header of a "
        "part is wrong or too long. Clients make both if they are given a file and no Content-Type."
    )


def _decode(name: str, text: bytes | bytearray) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"'{name}' is not UTF-8.", param=name) from error
