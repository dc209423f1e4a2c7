"""What is wrong in a text that is not JSON, and what to do, as a sentence."""

from __future__ import annotations

import json
import re

COMMENTS = ("//", "/*", "#")
WORD = re.compile(r"[A-Za-z_$][\w$]*")
LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")


def explain(error: json.JSONDecodeError, subject: str, *, with_line: bool) -> str:
    """What is wrong and where. subject: what begins the sentence, such as "The JSON file"."""
    place = f"column {error.colno:,}"
    if with_line:
        place = f"line {error.lineno:,}, {place}"
    rest = error.doc[error.pos : error.pos + 100].lstrip()
    before = error.doc[max(0, error.pos - 1_000) : error.pos].rstrip()
    if rest.startswith(COMMENTS):
        return f"{subject} has a comment at {place}, and JSON has none; remove the comments."
    if "trailing comma" in error.msg or (rest[:1] in ("]", "}") and before.endswith(",")):
        end = "line" if not with_line else "list or object"
        return f"{subject} has a comma before the end of a {end}, at {place}; remove it."
    if rest.startswith("'"):
        return f"{subject} has single quotation marks at {place}; JSON needs double ones."
    if is_cut(error):
        return f"{subject} ends early, at {place}: it is truncated, or a bracket is not closed."
    if error.msg.startswith("Expecting property name") and WORD.match(rest):
        return f"{subject} has a name without quotation marks at {place}; JSON needs them."
    message = error.msg.removesuffix(" at")  # "Unterminated string starting at"
    return f"{subject} is not valid JSON: {message} at {place}."


def is_cut(error: json.JSONDecodeError) -> bool:
    """Whether the text ends where more had to follow."""
    if error.msg.startswith("Unterminated string"):
        return True
    rest = error.doc[error.pos :].strip() if len(error.doc) - error.pos < 1_000 else "-"
    # In a string an escape may be cut, \u00e4 for example; in a word, tru.
    if error.msg.startswith("Invalid \\"):
        return len(rest) < len("u00e4") and '"' not in rest
    return rest == "" or any(literal.startswith(rest) for literal in LITERALS)
