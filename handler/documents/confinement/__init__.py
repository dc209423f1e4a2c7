"""What the process that reads documents gives up before it reads the first one.

A document may take over the program that reads it. `confine` sees to it that it then has its own
input and nothing else: no file, no network, no other process. Each layer is applied if the
platform has it; docs/operating.md says what holds where. Knows no document.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from handler.documents.confinement import (
    landlock,
    privileges,
    resource_limits,
    seccomp,
)
from handler.documents.confinement.privileges import hide_process

__all__ = ["confine", "hide_process"]


def confine(readable: Iterable[Path]) -> dict[str, str]:
    """Give up every right that reading a document does not need. This process cannot undo it.

    readable: the folders and files that may still be read. Answers with the layers by name, each
    with "" if it holds, or with the reason why it does not. Raises nothing.
    """
    layers = {
        "resource limits": resource_limits.lower,
        "no new privileges": privileges.renounce,
        "no capabilities": privileges.drop_capabilities,
        "files by Landlock": lambda: landlock.restrict(readable),
        "system calls by seccomp": seccomp.restrict,  # last: it refuses what the others need
    }
    report = {}
    for name, apply in layers.items():
        try:
            apply()
            report[name] = ""
        except (OSError, ValueError) as error:  # the platform lacks it
            report[name] = getattr(error, "strerror", None) or str(error)
    return report
