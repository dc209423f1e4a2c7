"""The container's commands run without root's privileges."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from handler.container import unprivileged
from tests.other_user import AnotherUser
from tests.paths import ROOT

IDS = ["sh", "-c", 'id -u; id -g; id -G; printf "%s|" "$@"', "sh", "a b", "", "$c"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_root_becomes_another_user() -> None:
    command = [sys.executable, "-P", "-m", "handler.container.unprivileged", *IDS]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    assert done.stdout.splitlines() == [*[str(unprivileged.USER)] * 3, "a b||$c|"]


def test_another_user_stays_who_it_is() -> None:
    code = f"unprivileged.main({IDS})"
    said = AnotherUser("from handler.container import unprivileged", code).output().splitlines()
    assert said[0] == str(os.getuid() or 65_534)
    assert said[-1] == "a b||$c|"


def test_nothing_runs_as_root(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without its capabilities, root may not become another user."""

    def refuse(number: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(os, "setgroups", lambda groups: None)
    monkeypatch.setattr(os, "setgid", refuse)
    with pytest.raises(SystemExit, match="1"):
        unprivileged.main(["echo", "started"])
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert f"docker run --user {unprivileged.USER}, or give it the capabilities" in err
