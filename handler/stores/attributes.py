"""A document's attributes, which searches filter by: ours, and the user's (object metadata).

A user's attribute keeps the string that was stored. A record's metadata have it under its name, or
under `x-amz-meta-<name>` if the name is one of ours. What can be compared in another way than as
text has a copy beside it, for stores that compare by type: under `:<key>` as a number, under
`::<key>` as a date.

Attributes over a limit are left out, with a warning, not refused: tools write metadata of their
own. An uploaded file's attributes are those of the request: they keep the case of their keys, and
what does not fit is refused when they are sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize
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
USERS = "x-amz-meta-"
COPY = ":"
RESERVED = (USERS, COPY, "$")  # S3 Vectors' operators begin with $

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
MAX_DIGITS = 15  # that a double keeps
# Dates of the forms whose order as text is that of their digits. What follows the day or the second
# does not count: texts that differ there have the same number.
DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?| .*)?)?"
)
LONGEST_STORED = MAX_ATTRIBUTE_KEY - 2 * len(COPY)  # characters of a key that has copies
CUT, HASH_DIGITS = "~", 32  # what stands for the rest of a longer key
LONGEST_PAGE = 99_999  # to reserve room for a page number
SHOWN_KEYS = 5  # of attributes that are left out
LEFT_OUT = "Attributes were left out"


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
    metadata: Mapping[str, Attribute], ours: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """The user's attributes: the part of `metadata` that fits beside ours."""
    return _fitting(_normalized(metadata), ours)


def merge_attributes(
    users: Mapping[str, Attribute], stated: Mapping[str, Attribute], ours: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """The user's attributes, and those that the document itself states, as far as they fit.

    The user's come first; ours are those of `describe`.
    """
    others = {key: value for key, value in _normalized(stated).items() if key not in users}
    return {**users, **_fitting(others, ours, beside=users)}


def warn_left_out(keys: Iterable[str], kept: Mapping[str, Attribute]) -> str | None:
    """A warning that names the attributes that were not kept, if there are any."""
    left_out = sorted({key for name in keys if (key := normalize_key(name)) not in kept})
    if not left_out:
        return None
    names = ", ".join(key[:30] for key in left_out[:SHOWN_KEYS])
    more = f" and {len(left_out) - SHOWN_KEYS} more" if len(left_out) > SHOWN_KEYS else ""
    return (
        f"{LEFT_OUT}, because of a limit (of {MAX_ATTRIBUTES}, {MAX_ATTRIBUTE_VALUE} characters, "
        f"or {MAX_ATTRIBUTE_BYTES:,} bytes of all): {names}{more}."
    )


def normalize_key(key: str) -> str:
    """The key as attributes have it: S3 stores names in lower case."""
    return normalize("NFC", key.lower())


def stored_key(key: str) -> str:
    """The key in a record's metadata of a user's attribute: a hash ends one that is too long."""
    stored = _full_key(key)
    if len(stored) <= LONGEST_STORED:
        return stored
    digest = hashlib.sha256(key.encode()).hexdigest()[:HASH_DIGITS]
    return f"{stored[: LONGEST_STORED - HASH_DIGITS - 1]}{CUT}{digest}"


def _full_key(key: str) -> str:
    """The same without the hash: a user's attribute may have the name of one of ours."""
    is_ours = key in OURS or key in NOT_FILTERABLE or key.startswith(RESERVED)
    return USERS + key if is_ours else key


def keys_of(key: str) -> tuple[str, ...]:
    """The keys in a record's metadata that may have the attribute: the user's before ours."""
    return (stored_key(key), key) if key in OURS else (stored_key(key),)


def to_metadata(
    users: Mapping[str, Attribute], ours: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """The attributes as a record's metadata have them, with their copies."""
    stored = {**{stored_key(key): value for key, value in users.items()}, **ours}
    return {**stored, **copies(stored)}


def copies(stored: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """What stores compare beside the texts: their numbers and dates, and the media type."""
    beside: dict[str, Attribute] = {}
    for key, value in stored.items():
        if isinstance(value, str):
            if (number := read_number(value)) is not None:
                beside[number_key(key)] = number
            elif (date := read_date(value)) is not None:
                beside[date_key(key)] = date
    content_type = stored.get("content_type")
    if isinstance(content_type, str) and media_type(content_type) != content_type:
        beside[MEDIA_TYPE_KEY] = media_type(content_type)
    return beside


def number_key(key: str) -> str:
    """The key of the copy as a number."""
    return COPY + key


def date_key(key: str) -> str:
    """The key of the copy as a date."""
    return COPY + COPY + key


MEDIA_TYPE_KEY = COPY + "content_type"


def shown_attributes(metadata: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """A record's attributes under their own names: the user's, and ours where they have none."""
    shown = {
        key: value
        for key, value in metadata.items()
        if key not in NOT_FILTERABLE
        and not key.startswith((USERS, COPY))
        and isinstance(value, Attribute)
    }
    for key, value in metadata.items():
        if key.startswith(USERS) and isinstance(value, Attribute):
            shown[key.removeprefix(USERS)] = value
    return shown


def users_attributes(metadata: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """The user's attributes in a record, under the names that they were sent with."""
    return shown_attributes({key: value for key, value in metadata.items() if key not in OURS})


def has_cut_key(metadata: Mapping[str, Attribute]) -> bool:
    """Whether a key of the record may stand for a longer one, of which it has only a part."""
    return any(len(key) == LONGEST_STORED and CUT in key for key in metadata)


def metadata_size(users: Mapping[str, Attribute], ours: Mapping[str, Attribute]) -> int:
    """The bytes of what a store filters by, of which S3 Vectors takes MAX_ATTRIBUTE_BYTES."""
    return len(orjson.dumps({**to_metadata(users, ours), "page": LONGEST_PAGE}))


def read_number(text: str) -> int | float | None:
    """The number of a text that is one in JSON, without an exponent, of at most 15 digits."""
    digits = len(text) - text.count("-") - text.count(".")
    if digits > MAX_DIGITS or not NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def read_date(text: str) -> int | None:
    """The digits of an ISO 8601 date or time, up to the second: 2026-11 is 20261100000000."""
    found = DATE.fullmatch(text)
    return int("".join(part or "00" for part in found.groups())) if found else None


def media_type(content_type: str) -> str:
    """The media type, without parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def _normalized(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """The attributes with their keys and texts in one form, in the order of their keys."""
    return {
        normalize_key(key): normalize("NFC", value) if isinstance(value, str) else value
        for key, value in sorted(attributes.items(), reverse=True)
    }


def _fitting(
    attributes: Mapping[str, Attribute],
    ours: Mapping[str, Attribute],
    *,
    beside: Mapping[str, Attribute] | None = None,
) -> dict[str, Attribute]:
    """The attributes that fit beside ours, and others, in the order of their keys."""
    fitting: dict[str, Attribute] = {}
    beside = beside or {}
    taken = {**to_metadata(beside, ours), "page": LONGEST_PAGE}
    room = MAX_ATTRIBUTE_BYTES - len(orjson.dumps(taken))
    for key, value in sorted(attributes.items()):
        stored = to_metadata({key: value}, {})
        # Without the braces, and with the comma.
        size = len(orjson.dumps(stored)) - 1
        fits = (
            key and len(_full_key(key)) <= LONGEST_STORED and len(str(value)) <= MAX_ATTRIBUTE_VALUE
        )
        if fits and size <= room and len(fitting) + len(beside) < MAX_ATTRIBUTES:
            fitting[key] = value
            room -= size
    return fitting
