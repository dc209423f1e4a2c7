"""What tests ask about processes that they did not start themselves."""

from __future__ import annotations

from pathlib import Path


def is_alive(process: int) -> bool:
    """Not gone, and no zombie: in a container without an init process, an orphan stays one."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
