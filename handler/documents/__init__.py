"""Bytes to text: reads files of every supported format. Knows no model, no bucket and no store.

`extract` reads a file in this process. `handler.documents.sandbox` calls it in a worker process,
so that a malicious file cannot crash the function.
"""

from __future__ import annotations

from dataclasses import replace

from handler.documents.byte_formats import extract_bytes
from handler.documents.charsets import decode
from handler.documents.document import Document
from handler.documents.formats import ContentType, Format, detect, detect_text, parse_content_type
from handler.documents.out_of_memory import OUT_OF_MEMORY
from handler.documents.writer import bounded_warnings, clean
from handler.errors import DocumentRejected
from handler.limits import MAX_MAIL_DEPTH

__all__ = ["Document", "extract"]


def extract(
    content: bytes, *, name: str, content_type: str | None, keep_boilerplate: bool = False
) -> Document:
    """The text of a file, and what is known about its parts.

    name: the file's name; only its extension matters. content_type: as declared, perhaps with a
    charset. keep_boilerplate: whether to read all of an HTML page whose main content is marked.
    Raises DocumentRejected if the format is not supported, or the file is damaged, encrypted,
    without text or over a limit.
    """
    return _extract(content, name, content_type, keep_boilerplate=keep_boilerplate, depth=0)


def _extract(
    content: bytes, name: str, content_type: str | None, *, keep_boilerplate: bool, depth: int
) -> Document:
    """depth: how many files it is inside: an attachment of a message is inside one."""

    def read(content: bytes, name: str, content_type: str | None) -> Document:
        if depth == MAX_MAIL_DEPTH:
            raise DocumentRejected(
                "invalid_file",
                f"It is inside {MAX_MAIL_DEPTH} other files, the limit; add it by itself.",
            )
        return _extract(
            content, name, content_type, keep_boilerplate=keep_boilerplate, depth=depth + 1
        )

    try:
        declared = parse_content_type(content_type)
        format = detect(content, name=name, media_type=declared.media_type)
        if format and (document := extract_bytes(content, format, read)):
            return document
        charset = declared.parameters.get("charset")
        decoded = decode(content, charset=charset, is_html=format == "html")
        text = clean(decoded.text)
        found = format or detect_text(text)
        document = _extract_text(text, found, name, declared, keep_boilerplate=keep_boilerplate)
        warnings = bounded_warnings((*decoded.warnings, *document.warnings))
        return replace(document, charset=decoded.charset, warnings=warnings)
    except RecursionError as error:
        message = "The file is nested too deeply to be read; make it flatter."
        raise DocumentRejected("invalid_file", message) from error
    except MemoryError as error:
        if depth:  # or the file around it would call this one damaged
            raise
        raise DocumentRejected("invalid_file", OUT_OF_MEMORY) from error


def _extract_text(
    text: str, format: Format, name: str, declared: ContentType, *, keep_boilerplate: bool
) -> Document:
    # A format's module, with its libraries, is imported when its first file arrives.
    if format == "html":
        from handler.documents.html import extract_html

        is_xml = name.lower().endswith((".xhtml", ".xht"))
        is_xml = is_xml or declared.media_type == "application/xhtml+xml"
        return extract_html(text, is_xml=is_xml, keep_boilerplate=keep_boilerplate)
    if format == "csv":
        from handler.documents.tables import extract_csv

        tabs = declared.media_type == "text/tab-separated-values"
        tabs = tabs or name.lower().endswith((".tsv", ".tab"))
        header = {"present": True, "absent": False}.get(declared.parameters.get("header", ""))
        return extract_csv(text, delimiter="\t" if tabs else None, header=header)
    if format in ("json", "jsonl"):
        from handler.documents.json_items import extract_json, extract_json_lines

        return extract_json(text) if format == "json" else extract_json_lines(text)
    if format == "ipynb":
        from handler.documents.notebook import extract_notebook

        return extract_notebook(text)
    if format == "markdown":
        from handler.documents.markdown import extract_markdown

        return extract_markdown(text)
    from handler.documents.text import extract_text

    return extract_text(text)
