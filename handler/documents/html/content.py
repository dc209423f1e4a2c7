"""Finds the part of a page that it calls its main content, so that the rest can be left out."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from handler.documents.html.tags import SKIPPED
from handler.documents.html.visibility import is_hidden, visibility

# Each is followed up to the page's body. Pages have one main element, and few articles that are
# not lists of articles.
MAX_CANDIDATES = 50
MAIN = "main, [role=main]"
ARTICLE = "article, [role=article]"


def content_of(body: LexborNode) -> list[LexborNode]:
    """The page's main elements, or else its only article; none if it does not say."""
    mains = _outermost(body, MAIN)
    if mains:
        return mains
    articles = _outermost(body, ARTICLE)
    return articles if len(articles) == 1 else []


def _outermost(body: LexborNode, selector: str) -> list[LexborNode]:
    """The visible elements that match and are not inside another one; none if there are many."""
    candidates = body.css(selector)
    if len(candidates) > MAX_CANDIDATES:
        return []
    ids = {candidate.mem_id for candidate in candidates}
    return [candidate for candidate in candidates if _is_outermost(candidate, body, ids)]


def _is_outermost(node: LexborNode, body: LexborNode, candidates: set[int]) -> bool:
    if _is_unseen(node):
        return False
    parent = node.parent
    while parent is not None and parent.mem_id != body.mem_id:
        if parent.mem_id in candidates or parent.tag in SKIPPED:
            return False
        if _is_unseen(parent):
            return False
        parent = parent.parent
    return True


def _is_unseen(node: LexborNode) -> bool:
    attributes = node.attributes
    return is_hidden(node.tag, attributes) or visibility(attributes) is False


def first_heading(roots: list[LexborNode]) -> str:
    """The text of the first <h1> in the elements; "" if there is none."""
    for root in roots:
        if heading := root.css_first("h1"):
            return " ".join(heading.text().split())
    return ""
