"""Too little memory to read a document: how to tell, and what to say. Knows no process."""

from __future__ import annotations

from errno import ENOMEM

from handler.limits import READING_MEMORY

OUT_OF_MEMORY = "Reading the file takes more memory than there is; split it into several files."
# The loader's, when a library does not fit (dlopen(3)).
SAID_BY_LOADER = ("failed to map segment", "Cannot allocate memory")


def is_out_of_memory(error: BaseException | None) -> bool:
    """Whether this error, or one that led to it, is that memory ran out."""
    while error:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == ENOMEM:
            return True
        if isinstance(error, ImportError | OSError) and _is_said_by_loader(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def memory_message(memory: int) -> str:
    """What to do about a document that takes more than `memory` bytes."""
    more = ", or give the function more memory" if memory < READING_MEMORY else ""
    return (
        f"The file needs more than {memory // 1_048_576:,} MiB of memory to read, the limit; "
        f"split it into several files{more}."
    )


def _is_said_by_loader(text: str) -> bool:
    return any(each in text for each in SAID_BY_LOADER)
