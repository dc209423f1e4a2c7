"""The errors that stop a build. None of them occurs at run time.

BuildError
├── SourceFailed   one source could not deliver a file; the next one is tried
├── WrongHash      a source delivered a file with another hash than pinned; no other is tried
└── Disagreement   the finished bundle's vectors differ from the reference vectors
"""

from __future__ import annotations


class BuildError(Exception):
    """The build stops; the message says what to do."""


class SourceFailed(BuildError):
    """One source could not deliver a file."""


class WrongHash(BuildError):
    """A source delivered a file with another hash than pinned."""


class Disagreement(BuildError):
    """The finished bundle's vectors differ from the reference vectors."""
