"""What is not JSON is refused with what is wrong, where, and what to do."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import rejected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{\n  // a comment\n  "a": 1\n}',
            "has a comment at line 2, column 3, and JSON has none; remove the comments.",
        ),
        (
            '/* c */ {"a": 1}',
            "has a comment at line 1, column 1, and JSON has none; remove the comments.",
        ),
        (
            '{"a": 1} # end',
            "has a comment at line 1, column 10, and JSON has none; remove the comments.",
        ),
        ("{'a': 1}", "has single quotation marks at line 1, column 2; JSON needs double ones."),
        ("{a: 1}", "has a name without quotation marks at line 1, column 2; JSON needs them."),
        (
            '{"a": [1, 2',
            "ends early, at line 1, column 12: it is truncated, or a bracket is not closed.",
        ),
        ('{"a": True}', "is not valid JSON: Expecting value at line 1, column 7."),
    ],
)
def test_the_message_says_what_is_wrong(content: str, message: str) -> None:
    assert rejected(content, "a.json") == f"invalid_file: The JSON file {message}"


@pytest.mark.parametrize("content", ['{"a": [1, 2,]}', '{"a": 1,\n}', '[\n{"a": 1},\n]'])
def test_a_comma_before_the_end_is_named(content: str) -> None:
    reason = rejected(content, "a.json")
    assert reason.startswith("invalid_file: The JSON file has a comma before the end of a list or")
    assert reason.endswith("; remove it.")
