"""An owner is known to have ended only if it certainly has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handler.ingestion.owners import Invocations, Processes
from tests.paths import ROOT

PRINT_NAME = (
    "import handler.ingestion.owners as o\nprint(o.Processes().name(), flush=True)\ninput()"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """Another process; it prints an owner's name, and then waits."""
    with subprocess.Popen(
        [sys.executable, "-c", PRINT_NAME],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_a_process_is_gone_once_it_was_killed(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    owner, owners = process.stdout.readline().strip(), Processes()
    assert not owners.is_gone(owner)
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # its parent has not noticed yet
    assert owners.is_gone(owner)
    process.wait()
    assert owners.is_gone(owner)


def test_names_are_unlike_and_their_owner_lives() -> None:
    owners = Processes()
    one, other = owners.name(), owners.name()
    assert one != other
    assert not owners.is_gone(one)
    assert not Processes().is_gone(one)


@linux
def test_a_process_that_has_the_number_of_one_that_ended_is_not_taken_for_it() -> None:
    owners = Processes()
    host, process, start, nonce = owners.name().split("/")
    assert owners.is_gone(f"{host}/{process}/{int(start) - 1}/{nonce}")


@linux
@pytest.mark.parametrize(
    "change",
    [
        lambda boot, namespace: (boot.replace(boot[0], "g"), namespace),
        lambda boot, namespace: (boot, "pid:[1]"),
    ],
    ids=["boot", "container"],
)
def test_nothing_is_known_of_other_machines_boots_and_containers(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    """Their processes have numbers of their own: 4194304 is none here, and may be one there."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    namespace = Path("/proc/self/ns/pid").readlink().name
    here = f"{boot}-{namespace}"
    assert Processes().is_gone(f"{here}/4194304/1/n")
    elsewhere = "-".join(change(boot, namespace))
    assert not Processes().is_gone(f"{elsewhere}/4194304/1/n")


@pytest.mark.parametrize("owner", ["", "0123456789abcdef", "a/b", "a/b/c/d", "///", "/1/1/1"])
def test_nothing_is_known_of_other_names(owner: str) -> None:
    assert not Processes().is_gone(owner)
    assert not Invocations().is_gone(owner)


def test_without_proc_only_time_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    owners = Processes(proc=tmp_path)
    assert "/" not in owners.name()
    assert not owners.is_gone(Processes().name())


def test_on_macos_a_process_is_gone_if_no_process_has_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: subprocess.Popen[str]
) -> None:
    """It has no /proc, so a process with the same number counts as the same."""
    monkeypatch.setattr(sys, "platform", "darwin")
    owners = Processes(proc=tmp_path)
    host, own, _, nonce = owners.name().split("/")
    assert own == str(os.getpid())
    assert not owners.is_gone(f"{host}/{process.pid}//{nonce}")
    process.kill()
    process.wait()
    assert owners.is_gone(f"{host}/{process.pid}//{nonce}")


@linux
def test_another_users_process_that_is_hidden_is_not_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/proc can be mounted so that it shows only one's own processes."""
    (tmp_path / "sys/kernel/random").mkdir(parents=True)
    (tmp_path / "sys/kernel/random/boot_id").write_text("boot\n")
    (tmp_path / "self/ns").mkdir(parents=True)
    (tmp_path / "self/ns/pid").symlink_to("pid:[1]")
    owners = Processes(proc=tmp_path)
    owner = f"boot-pid:[1]/{os.getppid()}/77/nonce"

    def refuse(process: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not owners.is_gone(owner)
    monkeypatch.undo()
    assert not owners.is_gone(owner)
    assert owners.is_gone("boot-pid:[1]/4194304/77/nonce")
