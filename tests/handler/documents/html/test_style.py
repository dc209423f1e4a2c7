"""Style attributes are parsed as declarations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.html.style import declarations


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (None, {}),
        ("display:none", {"display": "none"}),
        (" Display : NONE ; color:red;", {"display": "none", "color": "red"}),
        ("display:none;display:block", {"display": "block"}),
        ("display:none ! important;display:block", {"display": "none"}),
        ("/*display:none*/color:red", {"color": "red"}),
        ("a:url(x;b:c);d:'e;f:g'", {"a": "url(x;b:c)", "d": "'e;f:g'"}),
        ("a:'unclosed;b:c", {"a": "'unclosed;b:c"}),
        ("a/b;c", {}),
    ],
)
def test_declarations_are_told_apart(style: str | None, expected: dict[str, str]) -> None:
    assert declarations(style) == expected


@given(st.text(alphabet=st.sampled_from("ab:;'\"()/*! "), max_size=40))
def test_any_style_is_parsed(style: str) -> None:
    assert all(name == name.strip() for name in declarations(style))
