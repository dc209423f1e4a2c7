"""Authentication: API keys, which the server knows only by their SHA-256.

`make key` makes a key and its hash. Does not read headers: `dependencies` does.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from handler.errors import Unauthorized

CURE = "Send one as 'Authorization: Bearer KEY' or 'api-key: KEY'."


class ApiKeys:
    """The accepted keys. With none, anybody may call. Thread-safe."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        """hashes: the name of each key, and its SHA-256 in hexadecimal."""
        self._hashes = dict(hashes)

    def check(self, key: str | None) -> str | None:
        """The name of the key, which logs may show; None if no key is needed.

        Raises Unauthorized if one is needed, and this is none or not one of them.
        """
        if not self._hashes:
            return None
        if not key:
            raise Unauthorized(f"No API key was sent. {CURE}", code="invalid_api_key")
        sent = hash_key(key)
        # All are compared, each in constant time: how long it takes tells nothing.
        names = [n for n, known in self._hashes.items() if hmac.compare_digest(known, sent)]
        if not names:
            # The key itself is not repeated: answers end up in logs.
            raise Unauthorized(f"Incorrect API key provided. {CURE}", code="invalid_api_key")
        return names[0]


def hash_key(key: str) -> str:
    """SHA-256 of a key, in hexadecimal. (Keys are long and random: no salt, no slow hash.)"""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
