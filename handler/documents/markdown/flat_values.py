"""The part of YAML and TOML that front matter is written in: keys with texts, numbers and lists.

Nested values, anchors and tags are not read. Knows no Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from handler.limits import MAX_FILTER_NUMBER

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]
Values = dict[str, Value]

YAML_KEY = re.compile(
    r"(?P<quote>[\"']?)(?P<key>[^\s:\"'#][^:\"'\n]*?)(?P=quote)[ \t]*:(?:[ \t]+(?P<rest>.*)|$)"
)
TOML_KEY = re.compile(r"(?P<quote>[\"']?)(?P<key>[\w -]+?)(?P=quote)[ \t]*=[ \t]*(?P<rest>.*)")
ITEM = re.compile(r"[ \t]*-(?:[ \t]+(?P<item>.*)|$)")
BLOCK = re.compile(r"[|>][+-]?\d?[ \t]*(?:#.*)?")
COMMENT = re.compile(r"(?:^|[ \t])#.*$")
QUOTED = re.compile(r"\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^']|'')*)'")
WHOLE = re.compile(r"[-+]?\d{1,15}")
FRACTION = re.compile(r"[-+]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15})(?:[eE][-+]?\d{1,2})?")
# In YAML these begin what is nested, shared or typed: it is not read.
NOT_SCALAR = ("{", "&", "*", "!", "[", "|", ">", "%", "@", "`")
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}


class Unreadable(Exception):
    """A value that is more than a text, a number or a list of them."""


def read_yaml(text: str) -> tuple[Values, bool]:
    """The flat keys of YAML, and whether there is nothing else."""
    values: Values = {}
    complete = True
    for key, rest, below in _entries(text, YAML_KEY):
        if key is None:
            complete = False
            continue
        try:
            values[key] = _yaml_value(rest, below)
        except Unreadable:
            complete = False
    return values, complete


def read_toml(text: str) -> tuple[Values, bool]:
    """The flat keys of TOML, and whether there is nothing else. A [table] ends what is read."""
    values: Values = {}
    complete = True
    for key, rest, below in _entries(text, TOML_KEY):
        if key is None:
            complete = False
            if rest.startswith("["):
                break
            continue
        try:
            values[key] = _flow(" ".join([rest, *below]), _toml_scalar)
        except Unreadable:
            complete = False
    return values, complete


Entry = tuple[str | None, str, list[str]]  # key, the rest of its line, the lines below it


def _entries(text: str, pattern: re.Pattern[str]) -> list[Entry]:
    """The keys at the start of a line; None as a key for any other line."""
    entries: list[Entry] = []
    for line in text.split("\n"):
        found = pattern.fullmatch(line)
        # A line below a key is indented, an item of its list, or the end of a list in brackets.
        below = entries and (line[:1] in (" ", "\t", "]") or ITEM.match(line))
        if found:
            entries.append((found["key"].strip(), (found["rest"] or "").strip(), []))
        elif below:
            entries[-1][2].append(line)
        elif line.strip() and not line.startswith("#"):
            entries.append((None, line, []))
    return entries


def _yaml_value(rest: str, below: list[str]) -> Value:
    lines = [line for line in below if line.strip() and not line.lstrip().startswith("#")]
    if BLOCK.fullmatch(rest):
        return "\n".join(line.strip() for line in below).strip()
    rest = "" if rest.startswith("#") else rest
    if not rest and lines and all(map(ITEM.fullmatch, lines)):
        items = [found["item"] or "" for line in lines if (found := ITEM.fullmatch(line))]
        if any(YAML_KEY.fullmatch(item) or ITEM.match(item) for item in items):
            raise Unreadable  # a list of objects, or of lists
        return [_yaml_scalar(item.strip()) for item in items]
    if not rest and any(YAML_KEY.fullmatch(line.strip()) or ITEM.match(line) for line in lines):
        raise Unreadable
    return _flow(" ".join([rest, *(line.strip() for line in lines)]).strip(), _yaml_scalar)


def _flow(text: str, scalar: Callable[[str], Scalar]) -> Value:
    """A scalar, or a list in brackets."""
    if not text.startswith("["):
        return scalar(text)
    text = COMMENT.sub("", text) if not text.rstrip().endswith("]") else text
    if not text.rstrip().endswith("]"):
        raise Unreadable
    items: list[Scalar] = []
    rest = text.rstrip()[1:-1].strip()
    while rest:
        quoted = QUOTED.match(rest)
        end = quoted.end() if quoted else 0
        comma = rest.find(",", end)
        comma = len(rest) if comma < 0 else comma
        if (quoted and rest[end:comma].strip()) or rest[0] in "[{":
            raise Unreadable
        items.append(scalar(rest[:comma].strip()))
        rest = rest[comma + 1 :].strip()
    return items


def _yaml_scalar(text: str) -> Scalar:
    if quoted := _quoted(text):
        return quoted[0]
    text = COMMENT.sub("", text).strip()
    if text.startswith(NOT_SCALAR):
        raise Unreadable
    if text.lower() in ("", "~", "null"):
        return None
    return _plain(text)


def _toml_scalar(text: str) -> Scalar:
    if quoted := _quoted(text):
        return quoted[0]
    text = COMMENT.sub("", text).strip()
    if text[:1] in ("", '"', "'", "{", "["):
        raise Unreadable
    return _plain(text)


def _quoted(text: str) -> tuple[str] | None:
    """The text in quotation marks, if that is all there is."""
    found = QUOTED.match(text)
    if not found or text[found.end() :].strip()[:1] not in ("", "#"):
        return None
    if found["single"] is not None:
        return (found["single"].replace("''", "'"),)
    escape = re.compile(r"\\(.)")
    return (escape.sub(lambda each: ESCAPES.get(each[1], each[0]), found["double"]),)


def _plain(text: str) -> Scalar:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if WHOLE.fullmatch(text) and not re.match(r"[-+]?0\d", text):
        return int(text) if abs(int(text)) <= MAX_FILTER_NUMBER else text
    return float(text) if FRACTION.fullmatch(text) else text
