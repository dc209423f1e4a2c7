"""Pages that would take a parser too long are refused before it begins."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import text
from tests.handler.documents.samples import rejected

TOO_MANY = (
    "invalid_file: A tag of the HTML has 80,000 attributes; the limit is 500. Is a quotation mark "
    "missing, or the file damaged?"
)


@pytest.mark.parametrize("nest", ["<div>", "<b>", "<p><span>", "<div></x>", "<DIV a='>'>"])
def test_html_that_is_nested_too_deeply_is_refused(nest: str) -> None:
    assert rejected(nest * 100_000 + "x", "a.html") == (
        "invalid_file: The HTML is nested deeper than 5,000 elements, the limit; are their end "
        "tags missing?"
    )


@pytest.mark.parametrize(
    "flat",
    [
        "<p>", "<li>", "<tr><td>", "<br>", "<div></div>", "<a href=x>", "<!-- <div> -->",
        "<script>if (a<b) f()</script>", "<svg><path d=x /></svg>",
    ],
)  # fmt: skip
def test_long_html_is_not_taken_for_deep(flat: str) -> None:
    assert text(f"<table>{flat * 6_000}</table>x").endswith("x")


def test_deep_html_within_the_limit_is_read() -> None:
    assert text("<div>" * 4_990 + "x") == "x"


@pytest.mark.parametrize(
    "attributes",
    [
        " ".join(f"a{number}" for number in range(80_000)),
        "/".join(f"a{number}" for number in range(80_000)),
        "\n".join(f"a{number}='>'" for number in range(80_000)),
        "".join(f'a{number}="x"' for number in range(80_000)),
        " ".join(f"a{number} = x" for number in range(80_000)),
    ],
    ids=["bare", "slashes", "quoted", "joined", "spaced"],
)
def test_a_tag_with_very_many_attributes_is_refused(attributes: str) -> None:
    assert rejected(f"<html><p {attributes}>x", "a.html") == TOO_MANY
    assert rejected(f"<html><p {attributes}", "a.html") == TOO_MANY


def test_attributes_that_a_parser_merges_are_counted_together() -> None:
    bodies = "".join(f"<body a{number}>" for number in range(501))
    assert "501 attributes" in rejected(f"<html>{bodies}x", "a.html")


@pytest.mark.parametrize(
    "hidden",
    ["<!-->{}", "<!--->{}", "<!-- --!>{}", "<svg><style>{}", '<p title=a"b>{}', "<a b='>'>{}"],
)
def test_many_attributes_are_found_wherever_a_parser_sees_them(hidden: str) -> None:
    tag = f"<p {' '.join(f'a{number}' for number in range(501))}>"
    assert "501 attributes" in rejected(f"<html>{hidden.format(tag)}x", "a.html")


@pytest.mark.parametrize(
    "text_only",
    ["<!-- {} -->", "<script>'{}'</script>", "<style>{}</style>", "<textarea>{}</textarea>"],
)
def test_attributes_in_what_is_no_tag_are_not_counted(text_only: str) -> None:
    tag = f"<p {' '.join(f'a{number}' for number in range(501))}>"
    assert text(f"{text_only.format(tag)}<p>x").endswith("x")


def test_a_tag_with_many_attributes_within_the_limit_is_read() -> None:
    attributes = " ".join(f"data-a{number}={number}" for number in range(500))
    assert text(f"<p {attributes}>x") == "x"


def test_unclosed_formatting_that_each_paragraph_repeats_is_refused() -> None:
    html = "".join(f"<p><font size={number}>x" for number in range(2_000))
    assert rejected(f"<html>{html}", "a.html").startswith(
        "invalid_file: The HTML opens 1,004 elements such as <b> or <font> and does not close them"
    )
    assert text("<p><b>x" * 300).startswith("x")


def test_a_page_of_unclosed_quotation_marks_is_read_in_no_time() -> None:
    assert "100,001 attributes" in rejected("<html>x" + "<a b='" * 100_001, "a.html")
    assert text("x<a b='" + '<a b="' * 100_000) == "x"
    assert text("x" + "<!-- " * 100_000) == "x"
    assert text("x" + "<script>" * 100_000) == "x"


def test_a_choice_of_very_many_options_is_refused() -> None:
    assert rejected(f"<html><select>{'<option>x' * 20_001}", "a.html") == (
        "invalid_file: The HTML has more than 20,000 options to choose from (<select>), the limit "
        "of one document; split it into several files."
    )


@pytest.mark.parametrize(
    "repeated",
    [
        "<table><tr><td>", "<ul><li>", "<iframe srcdoc='&lt;p>x'></iframe>", "<pre>", "<sup>",
        "<math><mrow>", "<svg><g>", "<span class=katex>", "<article>", "<main>", "<dialog open>",
    ],
)  # fmt: skip
def test_what_repeats_up_to_the_depth_that_is_allowed_is_read(repeated: str) -> None:
    assert text(f"{repeated * 1_500}x") != ""


def test_scripts_inside_each_other_do_not_copy_their_text_at_each_level() -> None:
    assert "x" * 1_000 in text(f"{'<sup>' * 4_000}{'x' * 300_000}")
