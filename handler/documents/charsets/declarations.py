"""Character sets that a file declares in itself: its XML declaration, a page's <meta>.

Reads labels only; `labels` knows what they mean.
"""

from __future__ import annotations

import re

_XML = re.compile(rb"\s{0,64}<\?xml[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}[\"']([\w:.-]{1,40})[\"']")
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{1,40})", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_NOT_ASCII = ("utf-16", "utf-32", "ucs-", "iso-10646")
# HTML 5 says the first 1,024 bytes; many pages have it a little later.
_META_WITHIN = 4_096


def declared_in(content: bytes, *, is_html: bool) -> list[str]:
    """The labels that a file states, the one that counts most first."""
    begin = content[:_META_WITHIN]
    found = _XML.match(begin), _META.search(_COMMENT.sub(b"", begin)) if is_html else None
    labels = [match[1].decode("ascii").lower() for match in found if match]
    # A label itself is in ASCII, so the page is in neither of these, whatever it says (HTML 5).
    return [label for label in labels if not label.startswith(_NOT_ASCII)]
