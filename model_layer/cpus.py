"""The CPUs that this process may use: those of its affinity, as far as a container's quota allows.

A container with a quota of two CPUs sees all CPUs of its host. With a thread for each, its time is
used up early in each period, and then every request waits for the next one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import ceil
from pathlib import Path


def usable_cpus(root: Path = Path("/")) -> int:
    """How many texts are best encoded at a time. A started share of a CPU counts as one.

    root: of the file system that has the quota.
    """
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [quota for folder in _control_groups(root) if (quota := _quota(folder)) is not None]
    return max(1, min([cpus, *map(ceil, quotas)]))


def _control_groups(root: Path) -> Iterator[Path]:
    """The folders of this process's control group, and of those that it is in.

    Each may have a quota, and the smallest holds. A container often sees its own as the outermost.
    (docs.kernel.org/admin-guide/cgroup-v2.html, cgroup-v1/cgroups.html)
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not on Linux
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        folder = root / "sys/fs/cgroup" / controllers
        yield folder
        for name in path.strip("/").split("/"):
            folder /= name
            yield folder


def _quota(folder: Path) -> float | None:
    """The CPUs that a control group may use; None if it has no limit, or does not say."""
    try:
        if (folder / "cpu.max").exists():  # version 2: "max 100000" or "150000 100000"
            quota, period = (folder / "cpu.max").read_text().split()
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text()  # -1: no limit
            period = (folder / "cpu.cfs_period_us").read_text()
        cpus = float(quota) / float(period)
    except (OSError, ValueError):
        return None
    return cpus if cpus > 0 else None
