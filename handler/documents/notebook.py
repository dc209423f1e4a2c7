"""Notebooks (.ipynb): text cells as Markdown, code in fences, and what the code printed.

Runs nothing. Leaves out pictures and interactive output, and counts them in a warning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from handler.documents.document import Document
from handler.documents.html import extract_html
from handler.documents.inclusion import include
from handler.documents.markdown import extract_markdown
from handler.documents.unread import Unread
from handler.documents.work_limit import check_count
from handler.documents.writer import Writer
from handler.errors import DocumentRejected, WithoutText
from handler.limits import MAX_HTML_TAGS, MAX_NOTEBOOK_PARTS

# Colours, cursor moves and window titles, for a terminal.
TERMINAL_CODE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
BACKTICKS = re.compile("`{3,}")
# Forms of one output, the best one first. Plain text is there nearly always.
TEXT_FORMS = ("text/markdown", "text/latex", "text/plain")
# Plain text that only names a picture or a widget: "<Figure size 640x480 with 1 Axes>".
PLACEHOLDER = re.compile(r"\s*<[^<>]*>\s*")
NOT_A_NOTEBOOK = "The file is no Jupyter notebook, or damaged; save it again in Jupyter."


def extract_notebook(text: str) -> Document:
    """The document of a notebook. Raises DocumentRejected if it is none, or without text."""
    notebook = _parse(text)
    writer = Writer("ipynb", is_markdown=True)
    metadata = _dict(notebook.get("metadata"))
    title = metadata.get("title")
    writer.title = title if isinstance(title, str) else None
    reader = _Reader(writer, _language(metadata))
    cells = [*_cells(notebook)]
    parts = len(cells) + sum(len(_list(cell.get("outputs"))) for cell in cells)
    check_count(parts, MAX_NOTEBOOK_PARTS, "The notebook has {} cells and outputs")
    for cell in cells:
        reader.read(cell)
    reader.warn()
    return writer.document()


def _parse(text: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text, parse_int=str)
    except json.JSONDecodeError as error:
        message = f"The notebook is not valid JSON at line {error.lineno:,}: it is damaged or cut."
        raise DocumentRejected("invalid_file", message) from error
    if not isinstance(notebook, dict) or not ({"cells", "worksheets"} & notebook.keys()):
        raise DocumentRejected("invalid_file", NOT_A_NOTEBOOK)
    return notebook


def _cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells; a notebook of version 3 has them in worksheets."""
    for sheet in [notebook, *_dicts(notebook.get("worksheets"))]:
        yield from _dicts(sheet.get("cells"))


def _language(metadata: dict[str, Any]) -> str:
    """The name after the fence of code; "" if it is unknown."""
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        name = _dict(metadata.get(place)).get(key)
        if isinstance(name, str) and re.fullmatch(r"[\w+#.-]{1,30}", name):
            return name.lower()
    return ""


class _Reader:
    """Writes cells, and counts what was not read."""

    def __init__(self, writer: Writer, language: str) -> None:
        self._writer, self._language = writer, language
        self._skipped, self._tags = Unread(), 0

    def read(self, cell: dict[str, Any]) -> None:
        kind = cell.get("cell_type")
        source = _text(cell.get("source", cell.get("input")))
        self._skipped["pictures"] += len(_dict(cell.get("attachments")))
        if kind == "markdown":
            self._markdown(source)
        elif kind == "heading":  # version 3
            level = str(cell.get("level", "1"))
            self._writer.heading(int(level) if level in "123456" else 1, source)
        elif kind == "code":
            self._code(source, self._language)
            for output in _dicts(cell.get("outputs")):
                self._output(output)
        elif source.strip():  # raw
            self._writer.separate("\n\n")
            self._writer.write(source.strip("\n"))
            self._writer.separate("\n\n")

    def warn(self) -> None:
        """Say what was not read."""
        self._skipped.report(self._writer, "notebook")

    def _markdown(self, source: str) -> None:
        try:
            include(self._writer, extract_markdown(source))
        except WithoutText:  # nothing, or only a comment
            return

    def _code(self, text: str, language: str = "") -> None:
        """Write code or what it printed unchanged, in a fence longer than any in it."""
        text = text.strip("\r\n")
        if text.strip():
            fence = max([*BACKTICKS.findall(text), "``"], key=len) + "`"
            self._writer.separate("\n\n")
            self._writer.write(f"{fence}{language}\n{text}\n{fence}")
            self._writer.separate("\n\n")

    def _output(self, output: dict[str, Any]) -> None:
        kind = output.get("output_type")
        if kind == "stream":
            self._code(printed(_text(output.get("text"))))
        elif kind in ("error", "pyerr"):
            error = f"{output.get('ename', '')}: {output.get('evalue', '')}"
            traceback = "\n".join(map(_text, _list(output.get("traceback"))))
            self._code(printed(traceback) or error)
        else:
            self._forms(_forms(output))

    def _html(self, html: str) -> Document | None:
        """The document of an output in HTML; None if it has no text, or is over a limit."""
        self._tags += html.count("<")
        check_count(self._tags, MAX_HTML_TAGS, "The notebook's outputs have at least {} HTML tags")
        try:
            return extract_html(html)
        except WithoutText:
            return None
        except DocumentRejected:
            self._skipped["outputs in HTML that is over a limit"] += 1
            return None

    def _forms(self, forms: dict[str, Any]) -> None:
        """Write one output in the form that says the most."""
        html = _text(forms.get("text/html"))
        is_table = "<table" in html.lower()
        if is_table and (document := self._html(html)):
            include(self._writer, document)
            return
        pictures = sum(form.startswith("image/") for form in forms)
        form = next((form for form in TEXT_FORMS if _text(forms.get(form)).strip()), None)
        text = _text(forms.get(form or ""))
        if pictures:
            self._skipped["pictures"] += 1
        if form == "text/markdown":
            self._markdown(text)
        elif form and not PLACEHOLDER.fullmatch(text):
            self._code(printed(text))
        elif html.strip() and not is_table and (document := self._html(html)):
            include(self._writer, document)
        elif not pictures:
            self._skipped["interactive outputs"] += 1


def printed(text: str) -> str:
    """What a terminal shows of printed text: no colour codes, no lines that were overwritten.

    A progress bar goes back to the line's start (\\r), and draws it again.
    """
    lines = TERMINAL_CODE.sub("", text).split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def _forms(output: dict[str, Any]) -> dict[str, Any]:
    """The forms of an output by media type; version 3 has them beside its other fields."""
    if "data" in output:
        return _dict(output["data"])
    names = {"text": "text/plain", "html": "text/html", "latex": "text/latex"}
    pictures = {"png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml"}
    return {kind: output[key] for key, kind in (names | pictures).items() if key in output}


def _text(value: Any) -> str:
    """A text that is written as one string, or as a list of lines."""
    if isinstance(value, str):
        return value
    return "".join(line for line in _list(value) if isinstance(line, str))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]
