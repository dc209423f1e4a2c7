"""seccomp: the kernel refuses the system calls that reading a document does not need.

A filter lists what is refused, since what Python, pdfium and libxml2 may need differs between
versions and machines. A refused call fails with EPERM, so that a library can go on without it.
(docs.kernel.org/userspace-api/seccomp_filter.html)
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from errno import ENOSYS, EPERM

from handler.documents.confinement.system_calls import (
    BY_ARGUMENT,
    LAST_KNOWN,
    NOT_IMPLEMENTED,
    REFUSED,
    column,
    prctl,
)

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, KILL_PROCESS, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
AUDIT_ARCHITECTURES = (0xC000003E, 0xC00000B7)  # in linux/audit.h; 64 bits, the low byte first
LOAD, EQUAL, GREATER, ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06  # in linux/bpf_common.h
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
FAR = 255  # instructions that one can jump over

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CLONE_THREAD = 0x10000
TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX type on the user's terminal

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if not, operand


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def restrict() -> None:
    """Install the filter. It needs "no new privileges" first. Raises OSError."""
    instructions = build(column(), os.getpid())
    array = (_Instruction * len(instructions))(*(_Instruction(*each) for each in instructions))
    program = _Program(len(instructions), array)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program))


def build(column: int, process: int) -> list[Instruction]:
    """The filter's program. column: of `system_calls`. process: this one's id."""
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, AUDIT_ARCHITECTURES[column]),
        (RETURN, 0, 0, KILL_PROCESS),  # calls of another architecture have other numbers
        (LOAD, 0, 0, NUMBER),
        (GREATER, 0, 1, LAST_KNOWN),  # the numbers of x32 are above it, too
        (RETURN, 0, 0, ERROR | ENOSYS),
        *_refuse(_numbers(NOT_IMPLEMENTED, column), ENOSYS),
        *_refuse(_numbers(REFUSED, column), EPERM),
        *_by_argument(column, process),
        (RETURN, 0, 0, ALLOW),
    ]


def _numbers(calls: Mapping[str, tuple[int, int | None]], column: int) -> list[int]:
    found = (numbers[column] for numbers in calls.values())
    return [number for number in found if number is not None]


def _refuse(numbers: list[int], error: int) -> list[Instruction]:
    """Refuse the call if its number is one of these; go on after these instructions if not."""
    count = len(numbers)
    assert count < FAR
    chain = [(EQUAL, count - 1 - place, 0, number) for place, number in enumerate(numbers)]
    last = chain.pop()
    return [*chain, (EQUAL, 0, 1, last[3]), (RETURN, 0, 0, ERROR | error)]


def _by_argument(column: int, process: int) -> list[Instruction]:
    """Refuse some calls for some arguments. Only their lower 32 bits count: none needs more."""
    refuse = (RETURN, 0, 0, ERROR | EPERM)
    writing = [(ANY_BIT, 0, 1, WRITING), refuse]
    rules: dict[str, tuple[int, list[Instruction]]] = {
        "open": (1, writing),
        "openat": (2, writing),
        "clone": (0, [(ANY_BIT, 1, 0, CLONE_THREAD), refuse]),
        "kill": (0, [(EQUAL, 1, 0, process), refuse]),
        "tgkill": (0, [(EQUAL, 1, 0, process), refuse]),
        "prlimit64": (0, [(EQUAL, 2, 0, 0), (EQUAL, 1, 0, process), refuse]),
        "ioctl": (1, [(EQUAL, 1, 0, TERMINAL_INPUT[0]), (EQUAL, 0, 1, TERMINAL_INPUT[1]), refuse]),
    }
    program: list[Instruction] = []
    for name, (argument, rule) in rules.items():
        number = BY_ARGUMENT[name][column]
        if number is not None:
            body = [(LOAD, 0, 0, ARGUMENTS + 8 * argument), *rule, (RETURN, 0, 0, ALLOW)]
            program += [(EQUAL, 0, len(body), number), *body]
    return program
