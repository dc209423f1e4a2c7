"""The documents of the ingestion benchmark: texts that packages ship, in every format.

| documents | text | formats |
|---|---|---|
| 300 | Australian news (the Lee corpus, in gensim's test data) | text, HTML, Markdown, DOCX, JSON |
| 10 | more news, five in each document | CSV, JSON Lines |
| 40 | Python's reference | text, Markdown |
| 5 | Wikipedia (in gensim's test data) | PDF, ten pages each |
| 34 | Django's messages, a language each | HTML |

The same in every run. A page is 500 words, or a page of a PDF, which is given 500.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from benchmarks.measuring.corpora import LOCALES, lee, messages, pythons_reference, wikipedia
from benchmarks.measuring.formats import FORMATS, as_format, as_html, as_pdf

PAGE = 500  # words
FOREIGN = 1_500  # characters of a language


@dataclass(frozen=True)
class Made:
    """A document's file, and how long it is."""

    name: str
    content: bytes
    pages: float


def corpus() -> list[Made]:
    return [*_news(), *_reference(), *_articles(), *_translations()]


def pdf_of(pages: int, *, words: int = PAGE) -> bytes:
    """A PDF of Wikipedia, this many words a page; the text starts again where it ends."""
    text = _wikipedia()
    starts = (number * words % (len(text) - words) for number in range(pages))
    return as_pdf([" ".join(text[start : start + words]) for start in starts])


def _news() -> Iterator[Made]:
    for number, text in enumerate(lee("lee_background")):
        extension, file = as_format(number, f"News {number}", text)
        yield Made(f"news/{number:03}.{extension}", file, _pages(text))
    texts = lee("lee")
    for start in range(0, len(texts), 5):
        five = texts[start : start + 5]
        items = [{"number": start + n, "text": text} for n, text in enumerate(five)]
        if start % 10:
            extension, content = "jsonl", "".join(f"{json.dumps(item)}\n" for item in items)
        else:
            table = io.StringIO()
            rows = csv.DictWriter(table, ["number", "text"])
            rows.writeheader()
            rows.writerows(items)
            extension, content = "csv", table.getvalue()
        yield Made(f"news/{start:02}.{extension}", content.encode(), _pages(" ".join(five)))


def _reference() -> Iterator[Made]:
    for number, (title, text) in enumerate([*pythons_reference().items()][::2]):
        extension = ("txt", "md")[number % 2]
        yield Made(f"reference/{title}.{extension}", FORMATS[extension](title, text), _pages(text))


def _articles(count: int = 5, pages: int = 10) -> Iterator[Made]:
    words = _wikipedia()
    for number in range(count):
        part = words[number * pages * PAGE :]
        texts = [" ".join(part[page * PAGE :][:PAGE]) for page in range(pages)]
        yield Made(f"articles/{number}.pdf", as_pdf(texts), pages)


def _translations() -> Iterator[Made]:
    for locale in " ".join(LOCALES.values()).split():
        text = messages(locale)[:FOREIGN]
        # Counted in characters: some languages have no spaces between words.
        yield Made(f"translations/{locale}.html", as_html(locale, text), len(text) / (6 * PAGE))


@cache
def _wikipedia() -> list[str]:
    return wikipedia().split()


def _pages(text: str) -> float:
    return len(text.split()) / PAGE
