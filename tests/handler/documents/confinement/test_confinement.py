"""A confined process has its open pipes and its libraries, and nothing else of this machine.

Each test runs its lines in a process that is confined as the one that reads documents.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from handler.documents.confinement import hide_process
from handler.documents.confinement.system_calls import LANDLOCK, call
from tests.paths import ROOT

CONFINED = """
import sys
from handler.documents.confinement import confine
from handler.documents.confinement.readable_paths import readable_paths
import ctypes, os, signal, socket, subprocess
layers = confine(readable_paths())
def refused(action):
    try:
        result = action()
    except PermissionError:
        return True
    print("allowed:", result)
    return False
"""


def has_landlock() -> bool:
    try:
        import ctypes

        return call(LANDLOCK["create_ruleset"], None, ctypes.c_size_t(0), 1) > 0
    except OSError:
        return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="these layers are Linux's")
landlock = pytest.mark.skipif(not has_landlock(), reason="this kernel has no Landlock")


def run_confined(lines: str, *, before: str = "") -> str:
    """What the lines print, after `before` and the confinement."""
    done = subprocess.run(
        [sys.executable, "-c", before + CONFINED + lines],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"A_KEY": "secret"},
    )  # fmt: skip
    assert not done.stderr, done.stderr
    assert done.returncode == 0
    return done.stdout.strip()


def all_refused(*expressions: str, before: str = "") -> None:
    lines = "\n".join(f"assert refused(lambda: {each}), {each!r}" for each in expressions)
    assert run_confined(lines, before=before) == ""


@linux
@landlock
def test_all_layers_hold_on_a_current_linux() -> None:
    assert set(eval(run_confined("print(layers)")).values()) == {""}


@linux
@landlock
def test_no_file_of_the_user_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    all_refused(
        f"open({str(tmp_path / 'secret')!r})",
        f"os.listdir({str(tmp_path)!r})",
        f"open({str(ROOT / 'pyproject.toml')!r})",
        f"os.listdir({str(ROOT)!r})",
        "os.listdir('/')",
        "open('/etc/passwd')",
    )


@linux
@landlock
def test_no_environment_and_no_memory_can_be_read() -> None:
    places = [
        f"/proc/{process}/{file}"
        for process in ("self", os.getpid(), 1)
        for file in ("environ", "mem", "maps", "cmdline")
    ]
    all_refused(*(f"open({place!r})" for place in places))


@linux
def test_no_file_can_be_written_or_changed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    file, other = str(tmp_path / "a"), str(tmp_path / "b")
    all_refused(
        *(f"open({file!r}, {mode!r})" for mode in ("w", "a", "r+")),
        f"open({other!r}, 'x')",
        f"os.unlink({file!r})",
        f"os.rename({file!r}, {other!r})",
        f"os.symlink({file!r}, {other!r})",
        f"os.link({file!r}, {other!r})",
        f"os.mkdir({other!r})",
        f"os.mkfifo({other!r})",
        f"os.chmod({file!r}, 0o777)",
        f"os.truncate({file!r}, 0)",
        f"os.utime({file!r})",
        f"os.setxattr({file!r}, 'user.a', b'')",
        "os.memfd_create('a')",
    )
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "a"


@linux
def test_there_is_no_network() -> None:
    families = ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK")
    all_refused(
        *(f"socket.socket(socket.{family}, socket.SOCK_DGRAM)" for family in families),
        "socket.socketpair()",
        "socket.create_connection(('127.0.0.1', 9))",
    )


@linux
def test_no_process_can_be_started_or_reached() -> None:
    parent = os.getpid()
    all_refused(
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "subprocess.run(['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        *(f"os.kill({process}, 0)" for process in (parent, 1, 0, -1)),
        f"os.pidfd_open({parent})",
        f"os.setpriority(os.PRIO_PROCESS, {parent}, 9)",
        "os.setuid(0)",
    )


@linux
def test_ways_around_the_filter_are_closed() -> None:
    """By number: ptrace, process_vm_readv, io_uring_setup, bpf, keyctl, mount, unshare; clone3,
    openat2 and what the kernel may gain, which are "not implemented"; and x32's getpid.
    """
    assert (
        run_confined(
            "machine = os.uname().machine\n"
            "refused = {'x86_64': (101, 310, 425, 321, 250, 165, 272),\n"
            "           'aarch64': (117, 270, 425, 280, 219, 40, 97)}[machine]\n"
            "missing = (435, 437, 463, 600) + ((0x40000000 + 39,) if machine == 'x86_64' else ())\n"
            "library = ctypes.CDLL(None, use_errno=True)\n"
            "def error(number):\n"
            "    assert library.syscall(number, 0, 0, 0, 0, 0) == -1\n"
            "    return os.strerror(ctypes.get_errno())\n"
            "print({error(each) for each in refused}, {error(each) for each in missing})"
        )
        == "{'Operation not permitted'} {'Function not implemented'}"
    )


@linux
def test_a_process_can_still_end_itself_and_ask_for_its_limits() -> None:
    assert (
        run_confined(
            "import resource\n"
            "os.kill(os.getpid(), 0)\n"
            "limits = (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)\n"
            "print(*map(resource.getrlimit, limits))"
        )
        == "(0, 0) (0, 0)"
    )


@linux
def test_nothing_can_be_regained() -> None:
    assert (
        run_confined(
            "os.lseek(status, 0, 0)\n"
            "lines = os.read(status, 9999).decode().splitlines()\n"
            "found = dict(line.split(':\\t', 1) for line in lines)\n"
            "print(found['NoNewPrivs'], found['Seccomp'], int(found['CapEff'], 16),\n"
            "      int(found['CapPrm'], 16), int(found['CapBnd'], 16) if os.geteuid() == 0 else 0)",
            before="import os\nstatus = os.open('/proc/self/status', os.O_RDONLY)",
        )
        == "1 2 0 0 0"
    )


def test_a_missing_layer_is_named_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_confined(
        "print(layers['files by Landlock'], layers['system calls by seccomp'], sep='; ')",
        before="import platform\nplatform.machine = lambda: 'riscv64'",
    ) == (f"not supported on {sys.platform}, riscv64; not supported on {sys.platform}, riscv64")


@linux
def test_the_memory_of_a_hidden_process_is_closed_to_its_user() -> None:
    program = (
        "from handler.documents.confinement import hide_process\n"
        "assert hide_process() == ''\n"
        "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "0\n"


def test_hiding_says_why_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert hide_process() == "not supported on darwin"
