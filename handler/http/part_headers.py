"""Read the headers of a form's parts: a value with parameters, and what a part is called.

Names are in quotes, as browsers and HTTP libraries write them (html.spec.whatwg.org,
"multipart/form-data"), or in RFC 8187's form (`filename*=UTF-8''…`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from handler.errors import InvalidRequest

PARAMETER = re.compile(r';\s*([^\s=;"]{1,64})\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s"]*)')
QUOTED = re.compile(r'\\(["\\])')
PERCENT = {"%22": '"', "%0D": "\r", "%0A": "\n"}  # what browsers escape, and nothing else
EXTENDED = re.compile(r"(utf-8|iso-8859-1)'[^']*'(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Disposition:
    """What a part of a form is called."""

    name: str
    filename: str | None  # None: it has none


def read_parameters(header: str) -> tuple[str, dict[str, str]]:
    """A header's value in lower case, and its parameters by name: the first of each name."""
    kind, *_ = header.partition(";")
    found: dict[str, str] = {}
    for name, value in PARAMETER.findall(header):
        found.setdefault(name.lower(), _unquoted(value))
    return kind.strip().lower(), found


def read_disposition(header: str | None) -> Disposition:
    """What a Content-Disposition says. Raises InvalidRequest if it is not that of a field."""
    kind, parameters = read_parameters(header or "")
    name = parameters.get("name")
    if kind != "form-data" or not name:
        raise InvalidRequest(
            "A part of the form has no Content-Disposition of the form 'form-data; name=\"…\"', "
            "so it has no name. Give each part one."
        )
    extended = parameters.get("filename*")
    if extended is not None:
        return Disposition(name, _extended(extended, name))
    return Disposition(name, parameters.get("filename"))


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    text = QUOTED.sub(r"\1", value[1:-1])
    for escape, character in PERCENT.items():
        text = text.replace(escape, character)
    return text


def _extended(value: str, name: str) -> str:
    """The text of RFC 8187's form."""
    parts = EXTENDED.fullmatch(value)
    try:
        if parts is None:
            raise ValueError
        return unquote_to_bytes(parts[2]).decode(parts[1])
    except ValueError as error:
        raise InvalidRequest(
            f"The 'filename*' of '{name[:100]}' cannot be read; write it as UTF-8''name, with %XX "
            "for bytes, or send 'filename' in UTF-8.",
            param=name[:100],
        ) from error
