"""Privileges of this process, given up with prctl(2) and capset(2)."""

from __future__ import annotations

import ctypes
import os
from errno import EINVAL

from handler.documents.confinement.system_calls import REFUSED, call, column, prctl

PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3, in linux/capability.h
CAPABILITIES = 64


def hide_process() -> str:
    """Let no process of the same user read this one's memory and environment; "" if it worked.

    The kernel then gives them (/proc/PID/mem, /proc/PID/environ, ptrace) to root alone. It writes
    no core file of this process either. Else, the reason why not.
    """
    try:
        prctl(PR_SET_DUMPABLE, 0)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def renounce() -> None:
    """Gain no privileges by starting programs. Unprivileged filters need it. Raises OSError."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up root's capabilities, for good. Raises OSError."""
    if os.geteuid() == 0:
        for capability in range(CAPABILITIES):
            try:
                prctl(PR_CAPBSET_DROP, capability)
            except OSError as error:
                if error.errno == EINVAL:  # the kernel knows no more of them
                    break
                raise
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()  # effective, permitted and inheritable: two words of each
    number = REFUSED["capset"][column()]
    assert number is not None
    call(number, header, none)
