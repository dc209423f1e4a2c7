"""Messages name commands as the person called this one."""

from __future__ import annotations

import sys

import pytest

from handler.commands import suggestions
from handler.commands.arguments import program


def test_the_installed_program_is_named() -> None:
    assert suggestions.ingest_command("my docs", remove=True) == "minilm ingest --remove 'my docs'"
    assert suggestions.ingest_command("FOLDER", store="a.sqlite") == (
        "minilm ingest --store a.sqlite FOLDER"
    )
    assert suggestions.text_command("FILE") == "minilm text FILE"
    assert suggestions.key_command() == "minilm key"
    assert suggestions.port_setting() == "--port …"
    assert suggestions.host_setting() == "--host …"


def test_a_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/handler/commands/__main__.py"])
    assert program() == "python -m handler.commands"
    assert suggestions.key_command() == "python -m handler.commands key"


def test_make_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINILM_CALLED_BY", "make")
    assert (
        suggestions.ingest_command("my docs", remove=True) == "make ingest DIR='my docs' REMOVE=1"
    )
    assert suggestions.text_command("FILE") == "make text FILE=FILE"
    assert suggestions.key_command() == "make key"
    assert suggestions.port_setting() == "PORT=…"
    assert suggestions.host_setting() == "HOST=…"
