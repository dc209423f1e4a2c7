"""Says why a worker ended without an answer: too little memory, or a crash. Starts nothing."""

from __future__ import annotations

import signal

from handler.documents.out_of_memory import memory_message
from handler.documents.worker_process import Crashed

# What C++, Rust and C libraries write before they abort because memory ran out.
SAID_OUT_OF_MEMORY = (
    *("bad_alloc", "memory allocation of", "out of memory", "cannot allocate memory"),
    *("memoryerror", "enomem", "failed to map segment"),
)
# A worker that was seen with this share of its limit had asked for more: what grows is doubled.
MEMORY_SHARE = 0.5


def crash_message(crash: Crashed, memory: int) -> str:
    """The reason for the person who uploaded the document. memory: the limit, in bytes."""
    if crash.is_garbled:
        return garbled_message()
    if _is_out_of_memory(crash, memory):
        return memory_message(memory)
    return (
        f"The program that reads the file crashed ({_how(crash.status)}): the file is damaged, or "
        f"needs more than {memory // 1_048_576:,} MiB of memory to read. Create it again or split "
        "it."
    )


def garbled_message() -> str:
    """The refusal of a document whose worker answered nonsense."""
    return (
        "The program that reads the file gave an answer that makes no sense: the file may be made "
        "to attack it. Create it again from its source."
    )


def _is_out_of_memory(crash: Crashed, memory: int) -> bool:
    said = crash.said.casefold()
    if any(each in said for each in SAID_OUT_OF_MEMORY):
        return True
    if crash.status >= 0 or crash.status == -signal.SIGKILL:  # not for memory
        return False
    # pdfium aborts in silence when memory runs out; a library that finds damage says so first.
    is_silent_abort = crash.status == -signal.SIGABRT and not said
    return is_silent_abort or crash.peak >= memory * MEMORY_SHARE


def _how(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
