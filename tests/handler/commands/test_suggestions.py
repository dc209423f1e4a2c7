"""Messages name commands as the person called this one."""

from __future__ import annotations

import sys

import pytest

from handler.commands import suggestions
from handler.commands.arguments import program
from handler.commands.store import default_store


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


def test_a_container_is_called_as_the_installed_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/var/task/handler/commands/__main__.py"])
    monkeypatch.setenv("MINILM_CALLED_BY", "container")
    monkeypatch.setenv("VECTOR_STORE", default_store())
    assert suggestions.ingest_command("/docs") == "minilm ingest /docs"
    monkeypatch.setenv("VECTOR_STORE", "s3vectors://bucket/index")
    assert suggestions.ingest_command("/docs") == (
        "minilm ingest --store s3vectors://bucket/index /docs"
    )
    assert suggestions.key_command() == "minilm key"


def test_another_store_than_the_default_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, the command could remove documents from another store."""
    monkeypatch.setenv("VECTOR_STORE", "sqlite:///my $notes.sqlite")
    assert suggestions.ingest_command("x", remove=True) == (
        "minilm ingest --remove --store 'sqlite:///my $notes.sqlite' x"
    )
    assert suggestions.ingest_command("x", store="a.sqlite") == "minilm ingest --store a.sqlite x"
    monkeypatch.setenv("MINILM_CALLED_BY", "make")
    assert suggestions.ingest_command("x", remove=True) == (
        "make ingest DIR=x VECTOR_STORE='sqlite:///my $notes.sqlite' REMOVE=1"
    )
    for default in (default_store(), ""):
        monkeypatch.setenv("VECTOR_STORE", default)
        assert suggestions.ingest_command("x") == "make ingest DIR=x"


def test_make_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINILM_CALLED_BY", "make")
    assert (
        suggestions.ingest_command("my docs", remove=True) == "make ingest DIR='my docs' REMOVE=1"
    )
    assert suggestions.text_command("FILE") == "make text FILE=FILE"
    assert suggestions.key_command() == "make key"
    assert suggestions.port_setting() == "PORT=…"
    assert suggestions.host_setting() == "HOST=…"
