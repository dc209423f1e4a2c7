"""A page of HTML, from its text to a document: what is parsed, and what of it is read."""

from __future__ import annotations

from collections import Counter

from selectolax.lexbor import LexborHTMLParser, LexborNode

from handler.documents.document import Document
from handler.documents.html import bounds, xhtml
from handler.documents.html.content import content_of, first_heading
from handler.documents.html.output import Output
from handler.documents.html.parse import parse
from handler.documents.html.reader import Reader, Scope
from handler.documents.html.subset import without_subset

# Content of fewer characters than these and than this share of the page is not what the page is
# about: a main element may be empty until a script fills it.
FEW_CHARACTERS = 300
SMALL_SHARE = 0.25
NEARLY_NOTHING = 50  # characters of a page: then its navigation is what it says
MOSTLY_HIDDEN = 4  # times the text that is shown
SCRIPTS = (
    "The page is written by scripts, which are not run: what it says to browsers without scripts "
    "was read."
)
FRAMES = "The page shows other pages in frames: what it says to browsers without frames was read."
PLURALS = {"canvas": "canvases"}


def extract_html(text: str, *, is_xml: bool = False, keep_boilerplate: bool = False) -> Document:
    """The document of a page.

    is_xml: whether it is XHTML. keep_boilerplate: whether to read all of a page whose main content
    is marked. Raises DocumentRejected if its tags are nested too deeply.
    """
    text = without_subset(text)
    if is_xml or xhtml.is_xhtml(text):
        bounds.check_tags(text)  # before each of them is rewritten
        text = xhtml.to_html(text)
    is_cut = bounds.check(text)
    page = parse(text)
    body = page.body or page.css_first("frameset")
    output = _read(page, body, keep_boilerplate=keep_boilerplate) if body else Output()
    if is_cut:
        output.writer.warn("The page ends within a tag: it may be cut off.")
    if output.not_read:
        output.writer.warn(_not_read(output.not_read))
    return output.writer.document()


def _read(page: LexborHTMLParser, body: LexborNode, *, keep_boilerplate: bool) -> Output:
    roots = [] if keep_boilerplate else content_of(body)
    everything = Scope(navigation=True)
    read = _read_part(page, body, roots, everything if keep_boilerplate else Scope())
    if read.length >= FEW_CHARACTERS:
        return read
    if roots:  # what is marked may be a shell
        whole = _read_part(page, body, [], Scope())
        if read.length < max(SMALL_SHARE * whole.length, 1):
            read, roots = whole, []
    if read.length < NEARLY_NOTHING and "navigation" in read.left_out:
        read, roots = _read_part(page, body, [], everything), []
    if read.left_out & {"noscript", "noframes"}:
        scope = Scope(navigation=True, noscript=True)
        without_scripts = _read_part(page, body, roots, scope)
        if without_scripts.length > 2 * read.length:
            warning = SCRIPTS if "noscript" in read.left_out else FRAMES
            read = without_scripts
            read.writer.warn(warning)
    if "hidden" in read.left_out:
        hidden = _read_part(page, body, roots, Scope(navigation=True, hidden=True))
        if hidden.length > MOSTLY_HIDDEN * max(read.length, 1):
            read.writer.warn(
                "Most of the page's text is hidden by its attributes, and was not read."
            )
    return read


def _read_part(
    page: LexborHTMLParser, body: LexborNode, roots: list[LexborNode], scope: Scope
) -> Output:
    """The page's title and the elements `roots`; without them, the whole body."""
    output = Output()
    _write_title(output, page, body, roots)
    reader = Reader(output, scope)
    for root in roots or [body]:
        output.separate("div")
        reader.read(root)
    return output


def _write_title(
    output: Output, page: LexborHTMLParser, body: LexborNode, roots: list[LexborNode]
) -> None:
    """Write the title as a heading, unless the first heading that is read repeats it.

    A heading of the page outside its content is written, too, unless the title repeats it.
    """
    element = page.css_first("head > title")
    title = " ".join(element.text().split()) if element else ""
    output.writer.title = title
    first = first_heading(roots or [body])
    if first != title:
        output.writer.heading(1, title)
    outside = first_heading([body]) if roots and not first else ""
    if outside and outside.lower() not in title.lower():
        output.writer.heading(1, outside)


def _not_read(counts: Counter[str]) -> str:
    parts = [
        f"{count:,} {kind if count == 1 else PLURALS.get(kind, kind + 's')}"
        for kind, count in counts.items()
    ]
    *most, last = parts
    listed = f"{', '.join(most)} and {last}" if most else last
    verb = "was" if sum(counts.values()) == 1 else "were"
    return f"The page embeds {listed}, which {verb} not read."
