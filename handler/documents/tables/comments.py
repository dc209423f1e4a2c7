"""The lines above a table that begin with #: comments, or the names of its columns."""

from __future__ import annotations

MAX_COMMENTS = 1_000


def split_comments(text: str) -> tuple[list[str], str]:
    """The first lines that are comments or blank, and the rest.

    No line is a comment if all are.
    """
    comments: list[str] = []
    position = 0
    while text[position : position + 1] in ("#", "\n") and len(comments) < MAX_COMMENTS:
        end = text.find("\n", position)
        if end < 0:
            return [], text
        comments.append(text[position:end])
        position = end + 1
    if not any(comments) or not text[position:].strip():
        return [], text
    return comments, text[position:]


def without_mark(comment: str) -> str:
    """A comment without its #, if more than that is left in front of the first delimiter."""
    rest = comment.lstrip("#").strip()
    return rest if rest[:1].isalnum() or rest[:1] in "\"'_" else comment
