"""HTML and XHTML: the visible text of a page, as Markdown. Runs no scripts, reads no style sheets.

`page` parses and chooses what to read, `reader` walks it, and the other files each know one kind
of element.
"""

from __future__ import annotations

from handler.documents.html.page import extract_html

__all__ = ["extract_html"]
