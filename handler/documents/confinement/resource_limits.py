"""Limits of the kernel on what one process may hold. `resource` and getrlimit(2) describe them."""

from __future__ import annotations

import resource

from handler.limits import READING_CPU_SECONDS, READING_FILES

LIMITS = {
    resource.RLIMIT_CORE: 0,  # a core file would hold the document
    resource.RLIMIT_FSIZE: 0,  # bytes of a file that is written; pipes are not concerned
    resource.RLIMIT_NPROC: 0,  # for this process alone: it can start neither process nor thread
    resource.RLIMIT_NOFILE: READING_FILES,
    resource.RLIMIT_CPU: READING_CPU_SECONDS,
}


def lower() -> None:
    """Lower the limits for good. Raises OSError or ValueError at the first that is not known."""
    for limit, value in LIMITS.items():
        _, hard = resource.getrlimit(limit)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(limit, (value, value))
