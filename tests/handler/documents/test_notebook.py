"""Notebooks: text with its headings, code in fences, and what the code printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handler.documents.document import Heading
from tests.handler.documents.samples import read, rejected


def notebook(*cells: dict[str, Any], **metadata: Any) -> str:
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def text(source: str | list[str]) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": outputs}


def shown(**forms: Any) -> dict[str, Any]:
    data = {kind.replace("__", "/"): value for kind, value in forms.items()}
    return {"output_type": "display_data", "data": data}


def stream(printed: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": printed}


def test_cells_are_text_and_code_in_order() -> None:
    content = notebook(
        text(["# Plan\n", "\n", "Read *this*."]),
        code("print(6)", stream("6\n")),
        text("## Next"),
        language_info={"name": "python"},
    )
    document = read(content, "a.ipynb")
    assert document.text == (
        "# Plan\n\nRead *this*.\n\n```python\nprint(6)\n```\n\n```\n6\n```\n\n## Next"
    )
    assert document.headings == (Heading(0, 1, "Plan"), Heading(57, 2, "Next"))
    assert (document.format, document.is_markdown) == ("ipynb", True)
    assert document.warnings == ()


def test_a_hash_in_code_is_no_heading() -> None:
    assert read(notebook(code("# a comment\nx = 1")), "a.ipynb").headings == ()


def test_a_table_of_an_output_is_a_table() -> None:
    html = "<table><tr><th>City</th><th>n</th></tr><tr><td>Oslo</td><td>7</td></tr></table>"
    output = shown(text__html=html, text__plain="   City  n\n0  Oslo  7")
    document = read(notebook(text("# T"), code("df", output)), "a.ipynb")
    assert "City | n\nOslo | 7" in document.text
    assert "0  Oslo" not in document.text


def test_pictures_are_counted_and_their_placeholders_left_out() -> None:
    output = shown(image__png="iVBORw0KGgo" * 99, text__plain="<Figure size 640x480 with 1 Axes>")
    widget = shown(**{"application__vnd.jupyter.widget-view+json": {}})
    attached = {**text("See ![x](attachment:x.png)"), "attachments": {"x.png": {}}}
    document = read(notebook(code("plot()", output, widget), attached), "a.ipynb")
    assert "iVBOR" not in document.text
    assert "Figure" not in document.text
    assert set(document.warnings) == {
        "Not read: pictures (2).",
        "Not read: interactive outputs (1).",
    }


def test_an_error_is_read_without_the_terminals_colours() -> None:
    traceback = ["\x1b[0;31mNameError\x1b[0m: name 'x' is not defined"]
    error = {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": traceback}
    assert (
        "```\nNameError: name 'x' is not defined\n```"
        in read(notebook(code("x", error)), "a.ipynb").text
    )


def test_a_progress_bar_is_its_last_state() -> None:
    content = notebook(code("run()", stream(" 1%\r 50%\r100%\ndone")))
    assert read(content, "a.ipynb").text == "```\nrun()\n```\n\n```\n100%\ndone\n```"


def test_a_notebook_of_version_3() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Old"]},
        {"cell_type": "code", "input": "1+1", "outputs": [{"output_type": "pyout", "text": "2"}]},
    ]
    content = json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]})
    assert read(content, "a.ipynb").text == "## Old\n\n```\n1+1\n```\n\n```\n2\n```"


@pytest.mark.parametrize("content", ["[1]", '{"a": 1}', '"x"'])
def test_json_that_is_no_notebook_is_refused(content: str) -> None:
    assert rejected(content, "a.ipynb") == (
        "invalid_file: The file is no Jupyter notebook, or damaged; save it again in Jupyter."
    )


def test_a_notebook_that_is_cut_off_names_its_line() -> None:
    assert rejected('{"cells": [\n{"cell', "a.ipynb") == (
        "invalid_file: The notebook is not valid JSON at line 2: it is damaged or cut."
    )


@pytest.mark.parametrize("odd", [None, 7, "x", [[]], {"a": 1}])
def test_odd_values_are_left_out(odd: Any) -> None:
    cells = [
        code("x", *([odd] if isinstance(odd, dict) else [])),
        {"cell_type": "code", "source": odd},
    ]
    content = json.dumps({"cells": [*cells, odd], "metadata": odd})
    assert read(content, "a.ipynb").text.startswith("```\nx\n```")


def test_very_long_outputs_are_refused() -> None:
    content = notebook(code("x", stream("a" * 10_000_001)))
    assert "longer than 10,000,000 characters" in rejected(content, "a.ipynb")


def test_an_empty_cell_does_not_cost_the_others() -> None:
    document = read(notebook(text("<!-- a comment -->"), text(""), text("real text")), "a.ipynb")
    assert document.text == "real text"


def test_an_output_over_a_limit_is_told() -> None:
    deep = shown(text__html="<table><tr><td>x" + "<div>" * 6_000, text__plain="1 row")
    document = read(notebook(code("show()", deep)), "a.ipynb")
    assert "1 row" in document.text
    assert document.warnings == ("Not read: outputs in HTML that is over a limit (1).",)


def test_the_tags_of_all_outputs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.documents.notebook.MAX_HTML_TAGS", 100)
    output = shown(text__html="<p>x</p>" * 20)
    assert rejected(notebook(code("show()", *[output] * 3)), "a.ipynb") == (
        "invalid_file: The notebook's outputs have at least 120 HTML tags; the limit of one "
        "document is 100. Split it into several files."
    )
