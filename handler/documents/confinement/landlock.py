"""Landlock: this process may read some folders, and reach no other file (Linux 5.13, if built in).

It also keeps the process from looking into others: /proc is not among the folders.
(docs.kernel.org/userspace-api/landlock.html)
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from errno import EACCES, ENOENT, ENOTDIR
from pathlib import Path

from handler.documents.confinement.system_calls import LANDLOCK, call, column

VERSION_ASKED = 1  # LANDLOCK_CREATE_RULESET_VERSION
PATH_BENEATH = 1  # LANDLOCK_RULE_PATH_BENEATH
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3
# The number of rights to files that each version of Landlock knows; a later one knows no fewer.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NETWORK_SINCE, SCOPES_SINCE = 4, 6
ALL_OF_NETWORK = 0b11  # TCP: bind and connect
ALL_SCOPES = 0b11  # abstract sockets, and signals


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def restrict(readable: Iterable[Path]) -> None:
    """Allow reading these folders and files, and nothing else. Raises OSError.

    Those that do not exist, or that this process could not read anyway, are left out. What is
    open already stays open.
    """
    column()
    version = call(LANDLOCK["create_ruleset"], None, ctypes.c_size_t(0), VERSION_ASKED)
    rules = _Ruleset(
        files=(1 << RIGHTS.get(version, RIGHTS[5])) - 1,
        network=ALL_OF_NETWORK if version >= NETWORK_SINCE else 0,
        scopes=ALL_SCOPES if version >= SCOPES_SINCE else 0,
    )
    # An older kernel takes a longer structure if what it does not know is zero.
    size = ctypes.c_size_t(ctypes.sizeof(rules))
    ruleset = call(LANDLOCK["create_ruleset"], ctypes.byref(rules), size, 0)
    try:
        for path in readable:
            _allow(ruleset, path)
        call(LANDLOCK["restrict_self"], ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (ENOENT, ENOTDIR, EACCES):
            return
        raise
    try:
        is_folder = stat.S_ISDIR(os.fstat(place).st_mode)
        rule = _PathBeneath(READ_FILE | READ_FOLDER if is_folder else READ_FILE, place)
        call(LANDLOCK["add_rule"], ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)
