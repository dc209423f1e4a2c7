"""The body of an answer, read within a total time.

botocore's read timeout is for each piece that arrives. A body that comes byte by byte never exceeds
it, and would hold an invocation until Lambda kills it. Knows no S3.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError

from handler.errors import ServiceUnavailable


def read_timely(body: Any, *, seconds: float) -> bytes:
    """All bytes of a body, botocore's StreamingBody.

    Raises ServiceUnavailable if they have not arrived after `seconds`, and what botocore raises.
    """
    ends = time.monotonic() + seconds
    # Nothing else ends a read that waits: closing the body would wait for the read.
    timer = threading.Timer(max(0.0, seconds), _shut_down, [body])
    timer.daemon = True
    timer.start()
    try:
        content: bytes = body.read()
        return content
    except BotoCoreError as error:
        if time.monotonic() < ends:
            raise
        raise ServiceUnavailable(
            f"The object's content did not arrive within {max(0.0, seconds):,.1f} s."
        ) from error
    finally:
        timer.cancel()


def _shut_down(body: Any) -> None:
    """Let the read find the connection's end. Does nothing if it has just ended by itself."""
    with suppress(RuntimeError, ValueError, OSError):
        body._raw_stream.shutdown()  # noqa: SLF001 (urllib3's, for just this)
