"""The documents that ingestion is measured on: texts that packages ship, in every format.

| documents | text | formats |
|---|---|---|
| 300 | Australian news (the Lee corpus, in gensim's test data) | text, HTML, Markdown, DOCX, JSON |
| 10 | more of them, five each | CSV, JSON Lines |
| 40 | Python's reference | text, Markdown |
| 5 | Wikipedia (in gensim's test data) | PDF, ten pages each |
| 34 | Django's messages, a language each | HTML |

The same on every run. A page is 500 words, or a page of a PDF, which is given 500.
"""

from __future__ import annotations

import csv
import html
import io
import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.evaluation_sources import LOCALES, lee, messages, wikipedia

PAGE = 500  # words
FOREIGN = 1_500  # characters of a language
MENU = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(40))  # not to be read


@dataclass(frozen=True)
class Made:
    """A document's file, and how much there is in it."""

    name: str
    content: bytes
    pages: float

    @property
    def format(self) -> str:
        return self.name.rpartition(".")[2]


def corpus() -> list[Made]:
    """Every document, format by format in turn."""
    return [*_news(), *_reference(), *_articles(), *_translations()]


def as_text(title: str, text: str) -> bytes:
    return f"{title}\n\n{text}\n".encode()


def as_markdown(title: str, text: str) -> bytes:
    return f"# {title}\n\n{text}\n".encode()


def as_json(title: str, text: str) -> bytes:
    return json.dumps({"title": title, "body": text}).encode()


def as_html(title: str, text: str) -> bytes:
    """A page as sites have them: with style, script and menu, which are not to be read."""
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


def pdf_of(pages: int, *, words: int = PAGE) -> bytes:
    """A PDF of so many pages of Wikipedia, of so many words each; begins again where that ends."""
    text = _wikipedia()
    starts = (number * words % (len(text) - words) for number in range(pages))
    return as_pdf([" ".join(text[start : start + words]) for start in starts])


def _news() -> Iterator[Made]:
    for number, text in enumerate(lee("lee_background")):
        extension, content = as_format(number, f"News {number}", text)
        yield Made(f"news/{number:03}.{extension}", content, _pages(text))
    texts = lee("lee")
    for start in range(0, len(texts), 5):
        items = [{"number": start + n, "text": text} for n, text in enumerate(texts[start:][:5])]
        if start % 10:
            lines = "".join(json.dumps(item) + "\n" for item in items)
            made = "jsonl", lines.encode()
        else:
            table = io.StringIO()
            rows = csv.DictWriter(table, ["number", "text"])
            rows.writeheader()
            rows.writerows(items)
            made = "csv", table.getvalue().encode()
        text = " ".join(texts[start : start + 5])
        yield Made(f"news/{start:02}.{made[0]}", made[1], _pages(text))


def _reference() -> Iterator[Made]:
    from pydoc_data.topics import topics

    for number, title in enumerate(sorted(topics)[::2]):
        extension = ("txt", "md")[number % 2]
        content = FORMATS[extension](title, topics[title])
        yield Made(f"reference/{title}.{extension}", content, _pages(topics[title]))


def _articles(count: int = 5, pages: int = 10) -> Iterator[Made]:
    words = _wikipedia()
    for number in range(count):
        part = words[number * pages * PAGE :]
        texts = [" ".join(part[page * PAGE :][:PAGE]) for page in range(pages)]
        yield Made(f"articles/{number}.pdf", as_pdf(texts), pages)


def _translations() -> Iterator[Made]:
    for locale in " ".join(LOCALES.values()).split():
        text = messages(locale)[:FOREIGN]
        # Not by words: some of the languages have nothing between them.
        yield Made(f"translations/{locale}.html", as_html(locale, text), len(text) / (6 * PAGE))


@cache
def _wikipedia() -> list[str]:
    return wikipedia().split()


def _pages(text: str) -> float:
    return len(text.split()) / PAGE
