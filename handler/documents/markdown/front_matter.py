"""Front matter: the title and the attributes that a Markdown file states above its text.

Reads flat YAML (---), TOML (+++) and JSON: texts, numbers, truth values, and lists of them. What
is nested, or does not fit as an attribute, is not read: then the front matter stays in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

from handler.documents.document import AttributeValue
from handler.documents.markdown.flat_values import Unreadable, read_toml, read_yaml
from handler.limits import MAX_ATTRIBUTE_KEY, MAX_ATTRIBUTE_VALUE, MAX_ATTRIBUTES

MAX_LENGTH = 20_000  # characters; longer front matter is text
MAX_DIGITS = 15  # of a whole number
FENCED = re.compile(
    r"(?P<fence>---|\+\+\+)(?P<language>json|yaml|toml)?[ \t]*\n"
    r"(?P<block>(?:.*\n)*?)(?P<end>---|\.\.\.|\+\+\+)[ \t]*(?:\n|\Z)"
)
# A blank line after the fence makes it a rule between two paragraphs.
FIRST_KEY = re.compile(r"(?:[ \t]*#.*\n)*[\"']?[A-Za-z_][\w .-]*[\"']?[ \t]*[:=]")


@dataclass(frozen=True)
class FrontMatter:
    """What a file states above its text."""

    title: str | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    unread: str = ""  # the front matter as written, if it says more than could be read


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The front matter, and the text below it."""
    begin = text[:MAX_LENGTH]
    if begin.startswith("{"):
        return _json(begin, text)
    found = FENCED.match(begin)
    if found and found["language"] == "json":
        return _fenced_json(found, text)
    if not found or not FIRST_KEY.match(found["block"]):
        return FrontMatter(), text
    if (found["fence"] == "+++") != (found["end"] == "+++"):
        return FrontMatter(), text
    is_toml = found["fence"] == "+++" or found["language"] == "toml"
    read = read_toml if is_toml else read_yaml
    values, complete = read(found["block"])
    return _front_matter(values, found[0], complete=complete), text[found.end() :]


def _fenced_json(found: re.Match[str], text: str) -> tuple[FrontMatter, str]:
    """JSON between ---json and ---. If it is none, it stays as written, and is no heading."""
    block = found["block"].strip()
    front, rest = _json(block, f"{block}\n-") if block.startswith("{") else (FrontMatter(), "")
    unread = found[0] if front.unread or rest != "-" else ""
    return replace(front, unread=unread), text[found.end() :]


def _json(begin: str, text: str) -> tuple[FrontMatter, str]:
    try:
        value, end = json.JSONDecoder(parse_int=_whole_number, parse_constant=str).raw_decode(begin)
    except (ValueError, RecursionError):
        return FrontMatter(), text
    if text[end : end + 1] != "\n" or not text[end:].strip():
        return FrontMatter(), text
    pairs: dict[str, object] = {}
    complete = True
    for key, inner in value.items():
        scalars = inner if isinstance(inner, list) else [inner]
        if any(isinstance(scalar, list | dict) for scalar in scalars):
            complete = False
        else:
            pairs[key] = inner
    return _front_matter(pairs, begin[: end + 1], complete=complete), text[end + 1 :]


def _front_matter(values: Mapping[str, object], written: str, *, complete: bool) -> FrontMatter:
    attributes: dict[str, AttributeValue] = {}
    title = None
    for key, value in values.items():
        if value is None or value == []:
            continue
        try:
            attribute = _attribute(value)
        except Unreadable:
            complete = False
            continue
        if key.lower() == "title":
            title = str(attribute)
        elif (
            len(key) <= MAX_ATTRIBUTE_KEY
            and len(str(attribute)) <= MAX_ATTRIBUTE_VALUE
            and len(attributes) < MAX_ATTRIBUTES
        ):
            attributes[key] = attribute
        else:
            complete = False
    return FrontMatter(title, attributes, "" if complete else written)


def _whole_number(text: str) -> int | str:
    """A number of JSON; as text if JSON does not keep it."""
    return int(text) if len(text) <= MAX_DIGITS else text


def _attribute(value: object) -> AttributeValue:
    if isinstance(value, list):
        return ", ".join(_texts(value))
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # 1e999
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return " ".join(value.split())
    raise Unreadable


def _texts(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if value is not None:
            yield str(value).lower() if isinstance(value, bool) else str(value)
