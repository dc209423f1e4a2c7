"""A build that a signal ends leaves nothing behind, and says nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model_layer.build.scratch import PREFIX, remove_abandoned, scratch_folder
from tests.paths import ROOT

# A build with a folder beside the bundle and a temporary one, which has started another program.
BUILD = """
import subprocess, sys, time
from pathlib import Path
from model_layer.build import scratch

scratch.end_at_signals()
scratch.end_with_stdin()
with scratch.scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "part").touch()
    (scratch.temporary_folder() / "part").touch()
    subprocess.Popen(["sleep", "60"])
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, None])
def test_a_signal_removes_the_folders_and_ends_what_was_started(
    tmp_path: Path, number: signal.Signals | None
) -> None:
    """None: standard input ends, as it does when the process that started the build is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", BUILD, tmp_path],
        cwd=ROOT, env={"TMPDIR": str(tmp_path)}, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert len(list(tmp_path.glob("*/part"))) == 2
        if number is not None:
            process.send_signal(number)
            process.wait(timeout=20)
        _, said = process.communicate(timeout=20)  # `sleep` has the pipes, too
    assert (process.returncode, said) == (128 + (number or signal.SIGTERM), "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_gone_after_its_block(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), scratch_folder(tmp_path) as folder:
        assert folder.is_dir()
        raise ValueError("stop")
    assert list(tmp_path.iterdir()) == []


def test_what_killed_builds_have_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}x" / "new").mkdir(parents=True)
    (tmp_path / "bundle").mkdir()
    remove_abandoned(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
