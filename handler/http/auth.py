"""Authentication by API keys. The server stores only their SHA-256.

`minilm key` makes a key and its hash. Does not read headers; `dependencies` does.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from handler.errors import Unauthorized

HOW_TO_SEND_A_KEY = "Send one as 'Authorization: Bearer KEY' or 'api-key: KEY'."


class ApiKeys:
    """The accepted keys. Without any, the API is open. Thread-safe."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        """hashes: each key's name and its SHA-256 in hexadecimal."""
        self._hashes = dict(hashes)

    @property
    def required(self) -> bool:
        """Whether a request needs one of them."""
        return bool(self._hashes)

    def check(self, key: str | None) -> str | None:
        """The key's name, which logs may show; None if no key is needed.

        Raises Unauthorized if a key is needed, and it is missing or wrong.
        """
        if not self.required:
            return None
        if not key:
            raise Unauthorized(f"No API key was sent. {HOW_TO_SEND_A_KEY}", code="invalid_api_key")
        sent = hash_key(key)
        # Compare with all, in constant time each, so that the time taken reveals nothing.
        names = [n for n, known in self._hashes.items() if hmac.compare_digest(known, sent)]
        if not names:
            # The message leaves the key out: clients log messages.
            raise Unauthorized(
                f"Incorrect API key provided. {HOW_TO_SEND_A_KEY}", code="invalid_api_key"
            )
        return names[0]


def hash_key(key: str) -> str:
    """The key's SHA-256 in hexadecimal. Keys are long and random, so need no salt or slow hash."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
