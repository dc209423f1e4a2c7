"""`make key` (`python -m handler.commands.key`): a new API key, and the hash to set for it."""

from __future__ import annotations

import secrets

from handler.http.auth import hash_key


def main() -> None:
    key = f"sk-{secrets.token_urlsafe(32)}"
    print(f"The key, for its user (it is stored nowhere): {key}")
    print(f"Its hash, for API_KEY_HASHES (or the template's ApiKeyHashes): {hash_key(key)}")


if __name__ == "__main__":
    main()
