"""Where a command's result goes: JSON lines for programs, text for people."""

from __future__ import annotations

import argparse
import sys

import orjson


def add_format_options(parser: argparse.ArgumentParser) -> None:
    """For lists, which programs read: `--json` and `--text`. By default, what stdout is decides."""
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
    """Whether the result is printed as JSON lines."""
    return not sys.stdout.isatty() if options.json is None else bool(options.json)


def print_json(value: object) -> None:
    """Print one line of JSON. Arrays of numpy are lists."""
    data = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE)
    sys.stdout.flush()
    sys.stdout.buffer.write(data)  # JSON is UTF-8, whatever the terminal's encoding
    sys.stdout.buffer.flush()
