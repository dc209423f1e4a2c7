"""`minilm key`: a new API key, and the hash to set for it."""

from __future__ import annotations

import secrets

from handler.commands.arguments import ArgumentParser
from handler.commands.output import add_format_options, print_json, wants_json
from handler.http.auth import hash_key

EXAMPLES = """
minilm key
minilm key --json
"""


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(
        "key",
        "Make an API key, and print it with its hash. A server with API_KEY_HASHES set to the hash "
        "asks for the key. The key is stored nowhere.",
        examples=EXAMPLES,
    )
    add_format_options(parser)
    options = parser.parse_args(arguments)
    key = f"sk-{secrets.token_urlsafe(32)}"
    if wants_json(options):
        print_json({"key": key, "hash": hash_key(key)})
    else:
        print(f"The key, for its user (it is stored nowhere): {key}")
        print(f"Its hash, for API_KEY_HASHES (or the template's ApiKeyHashes): {hash_key(key)}")
    return 0
