"""The reference readers: what other programs and libraries read of a file.

    python -m benchmarks.documents.references

Answers as reading.py does. In a process of its own, because a library may hang or need too much
memory on a file that is made to harm.
"""

from __future__ import annotations

import csv
import email
import email.message
import email.policy
import io
import json
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any, NamedTuple

MEMORY = 4 << 30  # bytes of address space
SECONDS = 60
UNDECLARED = "x-user-defined"
MANY_NUMBERS = 200
EXCEL_DIGITS = 11  # that a cell shows of a number without a format
TEX_COMMAND = re.compile(r"\\[A-Za-z]+")
HIDDEN = {"script", "style", "template", "noscript", "head", "iframe", "datalist", "object"}
INLINE = set("a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s"
             " samp small span strike strong sub sup time tt u var wbr".split())  # fmt: skip


def by_pdftotext(path: Path) -> str:
    return run("pdftotext", "-q", "-enc", "UTF-8", str(path), "-")


def by_pandoc(path: Path) -> str:
    """Equations without the names of their TeX commands, which no reader should write."""
    return TEX_COMMAND.sub(" ", run("pandoc", "--to=plain", "--wrap=none", "--sandbox", str(path)))


def by_pandoc_ipynb(path: Path) -> str:
    """A notebook without the data of its charts and widgets, which are no text."""
    book = json.loads(path.read_bytes())
    for cell in book["cells"]:
        for output in cell.get("outputs", ()):
            kinds = output.get("data", {})
            if any(not kind.startswith("text/") for kind in kinds):
                output["data"] = {}  # its text only names the chart: "<Figure size 400x300>"
    command = ("pandoc", "--from=ipynb", "--to=plain", "--wrap=none", "--sandbox")
    return TEX_COMMAND.sub(" ", run(*command, given=json.dumps(book).encode()))


def run(*command: str, given: bytes | None = None) -> str:
    done = subprocess.run(command, capture_output=True, check=True, timeout=SECONDS, input=given)
    return done.stdout.decode(errors="replace")


def by_html5lib(path: Path) -> str:
    content = path.read_bytes()
    try:
        return html_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return html_text(content, useChardet=False, default_encoding=UNDECLARED)


def html_text(page: str | bytes, **encoding: object) -> str:
    """The visible text of a page, boilerplate included. Raises ValueError without a charset."""
    import html5lib

    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(page, **encoding)
    if parser.documentEncoding == UNDECLARED:
        raise ValueError("the page declares no character set")
    return "".join(visible(root))


def visible(element: Any) -> Iterator[str]:
    """The text of an element, with spaces where a browser would begin another line or cell."""
    named = isinstance(element.tag, str)  # a comment is not
    tag = element.tag.rpartition("}")[2] if named else "script"
    style = element.get("style", "").replace(" ", "").lower()
    if tag not in HIDDEN and "hidden" not in element.attrib and "display:none" not in style:
        space = "" if tag in INLINE else "\n"
        yield space + (element.text or "")
        for child in element:
            yield from visible(child)
        yield space
    yield element.tail or ""


def by_python_pptx(path: Path) -> str:
    from pptx import Presentation

    found: list[str] = []
    for slide in Presentation(str(path)).slides:
        found += shapes_text(slide.shapes)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            found.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(found)


def shapes_text(shapes: Any) -> Iterator[str]:
    from pptx.shapes.group import GroupShape

    for shape in shapes:
        if isinstance(shape, GroupShape):
            yield from shapes_text(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif getattr(shape, "has_table", False):
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def by_openpyxl(path: Path) -> str:
    """The values of cells in rows that are not hidden, but not numbers that Excel shows shorter."""
    import openpyxl

    book = openpyxl.load_workbook(path, data_only=True)
    cells = (
        cell
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for number, row in enumerate(sheet.iter_rows(), sheet.min_row)
        if not sheet.row_dimensions[number].hidden
        for cell in row
    )
    return "\n".join(
        shown(cell.value)
        for cell in cells
        if cell.value is not None
        and not (isinstance(cell.value, float) and is_rounded(cell.value, cell.number_format))
    )


def is_rounded(value: float, number_format: str) -> bool:
    """Whether a person sees other digits than the file has."""
    return number_format != "General" or len(repr(value)) > EXCEL_DIGITS


def shown(value: object) -> str:
    """A cell's value as a person reads it: a day without the time that it does not have."""
    if isinstance(value, datetime) and value.time() == time():
        return str(value.date())
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def by_email(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    found = [str(message[name] or "") for name in ("subject", "from", "to")]
    body = message.get_body(("plain", "html"))
    if isinstance(body, email.message.EmailMessage):
        text = body.get_content()
        found.append(html_text(text) if body.get_content_subtype() == "html" else text)
    return "\n".join(found)


def by_csv(path: Path) -> str:
    text = path.read_bytes().decode("utf-8-sig")
    tabs = path.suffix.lower() in (".tsv", ".tab")
    rows = parsed(text, "\t") if tabs else max((parsed(text, one) for one in ",;\t|"), key=regular)
    return "\n".join(cell for row in rows for cell in row)


def parsed(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(sys.maxsize)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def regular(rows: list[list[str]]) -> tuple[int, int]:
    """How many rows have the commonest number of cells above one, and that number."""
    counts = [len(row) for row in rows if len(row) > 1]
    commonest = max(set(counts), key=counts.count, default=0)
    return counts.count(commonest), commonest


def by_json(path: Path) -> str:
    """The values, without the names of objects, and without long lists of numbers under a name.

    Our reader leaves such lists out, with a warning: they are coordinates, not text.
    """
    text = path.read_bytes().decode("utf-8-sig")
    try:
        parts = [json.loads(text, parse_float=Number, parse_int=Number)]
    except ValueError:  # JSON Lines
        lines = [line for line in text.splitlines() if line.strip()]
        parts = [json.loads(line, parse_float=Number, parse_int=Number) for line in lines]
    return "\n".join(scalars(parts))


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def scalars(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            found = [*scalars(each)]
            only_numbers = all(isinstance(one, Number) for one in found)
            if not (isinstance(each, list) and only_numbers and len(found) > MANY_NUMBERS):
                yield from found
    elif isinstance(value, list):
        for each in value:
            yield from scalars(each)
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else value


class Reference(NamedTuple):
    """How files of a format are read for comparison."""

    name: str
    read: Callable[[Path], str]
    extensions: tuple[str, ...]
    program: str | None = None  # that has to be installed


REFERENCES = {
    "pdf": Reference("pdftotext", by_pdftotext, (".pdf",), "pdftotext"),
    "docx": Reference("pandoc", by_pandoc, (".docx", ".docm"), "pandoc"),
    "html": Reference("html5lib", by_html5lib, (".html", ".htm", ".xhtml")),
    "csv": Reference("csv", by_csv, (".csv", ".tsv", ".tab")),
    "json": Reference("json", by_json, (".json", ".jsonl", ".ndjson", ".geojson")),
    "pptx": Reference("python-pptx", by_python_pptx, (".pptx",)),
    "xlsx": Reference("openpyxl", by_openpyxl, (".xlsx",)),
    "eml": Reference("email", by_email, (".eml",)),
    "ipynb": Reference("pandoc", by_pandoc_ipynb, (".ipynb",), "pandoc"),
    "odt": Reference("pandoc", by_pandoc, (".odt",), "pandoc"),
    "epub": Reference("pandoc", by_pandoc, (".epub",), "pandoc"),
    "rtf": Reference("pandoc", by_pandoc, (".rtf",), "pandoc"),
}
FORMATS = {extension: name for name, one in REFERENCES.items() for extension in one.extensions}
PACKAGES = {"pdftotext": "poppler-utils", "pandoc": "pandoc"}  # Debian's


def missing(format: str) -> str | None:
    """Why files of this format cannot be compared here; None if they can."""
    program = REFERENCES[format].program
    if program is None or shutil.which(program):
        return None
    return f"{format}: skipped, {program} is not installed (apt-get install {PACKAGES[program]})."


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        path = Path(json.loads(line)["path"])
        try:
            answer = {"text": REFERENCES[FORMATS[path.suffix.lower()]].read(path)}
        # Any library, any file: what it raises is not ours to list.
        except Exception as error:
            answer = {"rejected": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
