"""Only cpuinfo's complaints about hidden CPUs are dropped from stderr.

C code writes to file descriptor 2 directly, and so do these tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from model_layer import cpuinfo
from tests.paths import ROOT

# What onnxruntime 1.32 writes at its import on Lambda's arm64.
COMPLAINTS = b"""\
Error in cpuinfo: failed to parse the list of possible processors in \
/sys/devices/system/cpu/possible
Error in cpuinfo: failed to parse the list of present processors in \
/sys/devices/system/cpu/present
Error in cpuinfo: failed to parse both lists of possible and present processors
onnxruntime cpuid_info warning: Failed to initialize PyTorch cpuinfo library. May cause CPU EP \
performance degradation due to undetected CPU features.
onnxruntime cpuid_info warning: Unknown CPU vendor. cpuinfo_vendor value: 0
onnxruntime warning: cpuinfo_initialize failed. May cause CPU EP performance degradation due to \
undetected CPU features.
"""


@pytest.fixture
def hidden_cpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Makes this machine look like Lambda's arm64."""
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    monkeypatch.setattr(cpuinfo, "POSSIBLE_CPUS", tmp_path / "possible")


@pytest.mark.usefixtures("hidden_cpus")
def test_complaints_are_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    with cpuinfo.quiet_cpuinfo():
        os.write(2, COMPLAINTS)
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("hidden_cpus")
def test_everything_else_is_written_in_order(capfd: pytest.CaptureFixture[str]) -> None:
    megabyte = b"x" * 1_000_000 + b"\n"
    with cpuinfo.quiet_cpuinfo():
        os.write(2, b"Error in the model\n\xff\n" + COMPLAINTS + megabyte)
        os.write(2, b"no line's end")
    os.write(2, b", and on")
    expected = f"Error in the model\n\ufffd\n{megabyte.decode()}no line's end, and on"
    assert capfd.readouterr().err == expected


@pytest.mark.usefixtures("hidden_cpus")
def test_an_exception_passes_through_after_the_other_lines(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        with cpuinfo.quiet_cpuinfo():
            os.write(2, COMPLAINTS + b"the reason\n")
            raise ImportError("no such library")

    with pytest.raises(ImportError, match="no such library"):
        fail()
    assert capfd.readouterr().err == "the reason\n"


@pytest.mark.usefixtures("hidden_cpus")
def test_no_file_descriptor_is_left_open() -> None:
    def open_ones() -> list[Path]:
        return sorted(Path("/proc/self/fd").iterdir())

    before = open_ones()
    with cpuinfo.quiet_cpuinfo():
        os.write(2, COMPLAINTS)
    assert open_ones() == before


@pytest.mark.usefixtures("hidden_cpus")
def test_a_list_of_cpus_leaves_stderr_alone() -> None:
    cpuinfo.POSSIBLE_CPUS.write_text("0-1\n")
    assert isinstance(cpuinfo.quiet_cpuinfo(), nullcontext)


def test_another_machine_leaves_stderr_alone(
    hidden_cpus: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert isinstance(cpuinfo.quiet_cpuinfo(), nullcontext)


@pytest.mark.parametrize("stderr", ["2>&-", "2</dev/null", "2>/dev/full"])
def test_a_closed_or_full_stderr_does_no_harm(stderr: str) -> None:
    program = (
        "import os, pathlib, platform; platform.machine = lambda: 'aarch64'\n"
        "from model_layer import cpuinfo; cpuinfo.POSSIBLE_CPUS = pathlib.Path('/nowhere')\n"
        "with cpuinfo.quiet_cpuinfo():\n"
        "    import model_layer.session\n"
        "    try: os.write(2, b'something else')\n"
        "    except OSError: pass\n"
        "print('imported')\n"
    )
    command = ["/bin/sh", "-c", f'exec "$0" -c "$1" {stderr}', sys.executable, program]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"imported\n"
