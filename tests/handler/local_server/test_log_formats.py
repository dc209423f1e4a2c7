"""A record of the log is a line of JSON, whatever it holds."""

from __future__ import annotations

import json
import logging
import os
import sys

from handler.local_server.log_formats import JsonFormatter


def test_names_that_are_not_utf8_are_escaped() -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        raise FileNotFoundError(2, "No such file", name)
    except FileNotFoundError:
        caught = sys.exc_info()
    record = logging.LogRecord("log", logging.ERROR, __file__, 1, "Reading %s", (name,), caught)
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == r"Reading caf\udce9.txt"
    assert line["traceback"].startswith("Traceback")
