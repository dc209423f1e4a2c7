"""Values as JSON text, written in the many ways that JSON allows, and in some that it does not."""

from __future__ import annotations

import json
import random

from tests.fuzz.texts import text

ESCAPES = {"/": "\\/", "\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
SPACES = ("", "", " ", "\n", "\t", "  \r\n")


class Raw(str):
    """Text that is meant to be JSON, written as it is."""

    __slots__ = ()


NUMBERS = (0, -1, 1, 2, 7, 383, 384, 385, 1536, 100_255, 100_256, 2**31, 2**53 + 1, 2**63, 2**64)
FRACTIONS = (0.0, -0.0, 0.5, 1e-300, 1e300, 42562.0, 384.0, 1.7976931348623157e308)
# What other parsers take for numbers, and numbers that some parsers cannot hold.
RAW_NUMBERS = tuple(
    Raw(one)
    for one in (
        *("1e999", "-1e999", "1E400", "1e-9999", "NaN", "Infinity", "-Infinity", "nan", "0x10"),
        *("01", "-01", "1.", ".5", "+1", "-", "1_000", "١", "1e", "9" * 40, "9" * 5_000),
        *("0." + "3" * 400, "1" + "0" * 309 + ".0", "384.0000000000000000001", "-0", "0e0"),
    )
)
RAW_OTHERS = tuple(
    Raw(one)
    for one in (
        *('"\\ud83d"', '"\\udc00\\ud83d"', '"\\u0000"', '"\\x41"', '"\\u12"', '"\x00"', "'a'"),
        *('"unfinished', "True", "None", "undefined", "", "[1,]", '{"a":1,}', "[,]", "{,}"),
        *('{"a" 1}', "/* */ 1", "// 1", '{"a":1,"a":2}', "{1:2}", "nul", "truefalse", "\x0b1"),
    )
)
DEPTHS = (10, 200, 1_000, 5_000)
STRINGS = (
    *("", " ", "END", "START", "NONE", "end", "float", "base64", "Float", "int8", "ubinary"),
    *("all-MiniLM-L6-v2", "text-embedding-3-small", "auto", "asc", "none", "null", "true", "0"),
    *("1e3", "384", "eq", "and", "filename", "page", "a" * 5_000, "\ufeff", "\u0000"),
)


def plain_value(rng: random.Random) -> object:
    """A value that JSON can hold, and that a field does not expect."""
    match rng.randrange(10):
        case 0:
            return rng.choice((None, True, False))
        case 1 | 2:
            return rng.choice(NUMBERS) * rng.choice((1, 1, -1))
        case 3:
            return rng.choice(FRACTIONS)
        case 4 | 5:
            return rng.choice(STRINGS)
        case 6:
            return text(rng)
        case 7:
            return [plain_value(rng) for _ in range(rng.randrange(4))]
        case 8:
            names = rng.choices(STRINGS[:30], k=rng.randrange(3))
            return {name: plain_value(rng) for name in names}
        case _:
            return rng.choice(([], {}, [[]], [None], [[1, "a"]], {"": {}}, [""], [[], [1]]))


def odd_value(rng: random.Random) -> object:
    """Any plain value, or text that is not quite JSON."""
    match rng.randrange(12):
        case 0 | 1:
            return rng.choice(RAW_NUMBERS)
        case 2:
            return rng.choice(RAW_OTHERS)
        case 3:
            depth = rng.choice(DEPTHS)
            opened, closed = rng.choice((("[", "]"), ('{"a":', "}")))
            return Raw(opened * depth + "1" + closed * (depth if rng.random() < 0.9 else depth - 1))
        case _:
            return plain_value(rng)


def write(value: object, rng: random.Random) -> str:
    """The value as JSON text: as programs write it, or with odd spaces and escapes."""
    style = rng.random()
    spaces = SPACES if style < 0.15 else ("",)
    escaped = rng.choice((0.0, 0.1, 1.0)) if style < 0.3 else 0.0
    return _write(value, rng, spaces, escaped)


def _write(value: object, rng: random.Random, spaces: tuple[str, ...], escaped: float) -> str:
    space = rng.choice(spaces)
    match value:
        case Raw():
            return value
        case str():
            return _string(value, rng, escaped)
        case dict():
            members = (
                f"{space}{_string(str(name), rng, escaped)}:{_write(item, rng, spaces, escaped)}"
                for name, item in value.items()
            )
            return "{" + ",".join(members) + space + "}"
        case list():
            return "[" + ",".join(_write(item, rng, spaces, escaped) for item in value) + "]"
        case _:
            return space + json.dumps(value)


def _string(value: str, rng: random.Random, escaped: float) -> str:
    if not escaped:
        # Half an emoji cannot be written in UTF-8, only as an escape.
        halves = any("\ud800" <= character <= "\udfff" for character in value)
        return json.dumps(value, ensure_ascii=halves or rng.random() < 0.5)
    return '"' + "".join(_character(each, rng, escaped) for each in value) + '"'


def _character(character: str, rng: random.Random, escaped: float) -> str:
    if rng.random() < escaped or "\ud800" <= character <= "\udfff":
        units = character.encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2))
    if character < " ":
        return f"\\u{ord(character):04x}"
    return ESCAPES.get(character, character)
