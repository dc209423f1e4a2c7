"""What can stop a build.

BuildError
├── SourceFailed   one source could not deliver a file; the next one is tried
├── WrongHash      a source delivered other bytes than the ones pinned; nothing else is tried
└── Disagreement   the finished bundle's vectors differ from the reference vectors
"""

from __future__ import annotations


class BuildError(Exception):
    """The build stops; the message says what to do."""


class SourceFailed(BuildError):
    """One source could not deliver a file."""


class WrongHash(BuildError):
    """A source delivered other bytes than the ones pinned."""


class Disagreement(BuildError):
    """The finished bundle's vectors differ from the reference vectors."""
