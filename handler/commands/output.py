"""How a command's result is written: JSON lines for programs, text for people."""

from __future__ import annotations

import argparse
import sys

import orjson

from handler.commands.arguments import is_called_by
from handler.commands.terminal import without_halves

JSON_LINE = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE  # options


def add_format_options(parser: argparse.ArgumentParser) -> None:
    """`--json` and `--text`. By default, what standard output is decides."""
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument(
        "--json",
        action="store_true",
        default=None,
        help="print JSON, one object a line; the default if the output is not a terminal",
    )
    formats.add_argument(
        "--text",
        action="store_false",
        dest="json",
        help="print text for people; the default on a terminal",
    )


def wants_json(options: argparse.Namespace) -> bool:
    """Whether the result is printed as JSON lines.

    The targets of make are for people, whose logs of a build need no terminal.
    """
    if options.json is not None:
        return bool(options.json)
    return not (sys.stdout.isatty() or is_called_by("make"))


def print_json(value: object) -> None:
    """Print one line of JSON. Arrays of numpy are lists."""
    try:
        data = orjson.dumps(value, option=JSON_LINE)
    except orjson.JSONEncodeError:  # a name that is not UTF-8, which JSON has to be
        data = orjson.dumps(_with_whole_strings(value), option=JSON_LINE)
    sys.stdout.flush()
    sys.stdout.buffer.write(data)  # JSON is UTF-8, whatever the terminal's encoding
    sys.stdout.buffer.flush()


def _with_whole_strings(value: object) -> object:
    if isinstance(value, str):
        return without_halves(value)
    if isinstance(value, dict):
        return {_with_whole_strings(key): _with_whole_strings(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_whole_strings(item) for item in value]
    return value
