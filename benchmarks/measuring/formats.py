"""Texts as files of several formats."""

from __future__ import annotations

import html
import io
import json
import textwrap
from collections.abc import Callable, Sequence

MENU = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(40))  # not to be read


def as_text(title: str, text: str) -> bytes:
    return f"{title}\n\n{text}\n".encode()


def as_markdown(title: str, text: str) -> bytes:
    return f"# {title}\n\n{text}\n".encode()


def as_json(title: str, text: str) -> bytes:
    return json.dumps({"title": title, "body": text}).encode()


def as_html(title: str, text: str) -> bytes:
    """A page like those of web sites: its style, script and menu are not to be read."""
    paragraphs = "".join(f"<p>{html.escape(part)}</p>\n" for part in text.split("\n\n"))
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<style>{'p {margin: 0} ' * 100}</style><script>{'var a = 1;' * 100}</script></head>"
        f"<body><nav><ul>{MENU}</ul></nav><main><h1>{html.escape(title)}</h1>\n{paragraphs}</main>"
        "</body></html>"
    ).encode()


def as_docx(title: str, text: str) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(title, 1)
    for part in text.split("\n\n"):
        document.add_paragraph(part)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_pdf(pages: Sequence[str]) -> bytes:
    """A PDF with these texts on its pages, in lines of 90 characters; Latin-1 only."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=9)
    for text in pages:
        pdf.add_page()
        known = text.encode("latin-1", "ignore").decode("latin-1")  # to the font
        for number, line in enumerate(textwrap.wrap(known, 90)):
            pdf.text(15, 15 + 5 * number, line)
    return bytes(pdf.output())


FORMATS: dict[str, Callable[[str, str], bytes]] = {
    "txt": as_text,
    "html": as_html,
    "md": as_markdown,
    "docx": as_docx,
    "json": as_json,
}


def as_format(number: int, title: str, text: str) -> tuple[str, bytes]:
    """The text as a file in one of FORMATS, in turn by `number`: extension and content."""
    extension = [*FORMATS][number % len(FORMATS)]
    return extension, FORMATS[extension](title, text)
