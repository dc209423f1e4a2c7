"""`minilm key` makes keys that a server with their hashes accepts."""

from __future__ import annotations

import json

import pytest

from handler.commands.key import main
from handler.http.auth import ApiKeys
from handler.settings import read_settings


def test_a_key_and_its_hash_fit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0  # into a pipe
    made = json.loads(capsys.readouterr().out)
    assert made.keys() == {"key", "hash"}
    hashes = read_settings({"API_KEY_HASHES": f"alice:{made['hash']}"}).key_hashes
    assert ApiKeys(hashes).check(made["key"]) == "alice"


def test_people_are_told_what_is_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--text"]) == 0
    key, digest = capsys.readouterr().out.splitlines()
    assert key.startswith("The key, for its user (it is stored nowhere): sk-")
    assert digest.startswith("Its hash, for API_KEY_HASHES (or the template's ApiKeyHashes): ")
