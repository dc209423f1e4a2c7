"""A file that a command writes replaces another when it is complete."""

from __future__ import annotations

import errno
import os
import socket
import threading
from pathlib import Path

import pytest

from handler.commands.output_file import find_output, writing


def test_a_link_leads_to_the_file_that_is_replaced_with_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to("file")
    with writing(find_output(str(link))) as written:
        written.write(b"new")
        assert file.read_text() == "old"
    assert link.is_symlink()
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [file, link]


def test_a_link_to_nothing_gets_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("file")
    with writing(find_output(str(link))) as written:
        written.write(b"new")
    assert (tmp_path / "file").read_text() == "new"
    assert link.is_symlink()


def test_after_an_error_the_old_file_is_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    with pytest.raises(RuntimeError), writing(find_output(str(file))) as written:
        written.write(b"new")
        raise RuntimeError
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with writing(find_output(str(pipe))) as written:
        written.write(b"new")
    reader.join()
    assert read == [b"new"]
    assert pipe.is_fifo()


def test_errors_have_the_name_that_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    output = find_output("file")
    with pytest.raises(OSError, match="No space") as caught, writing(output):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == "file"
    with pytest.raises(OSError, match="I/O") as caught, writing(output):
        raise OSError(errno.EIO, "I/O", "texts.txt")
    assert caught.value.filename == "texts.txt"
    (tmp_path / f".file.{os.getpid()}").mkdir()  # the part cannot be opened
    with pytest.raises(OSError, match="file") as caught, writing(output):
        pass
    assert caught.value.filename == "file"


def test_what_cannot_be_written_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links") as caught:
        find_output("loop")
    assert caught.value.filename == "loop"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
    with pytest.raises(ValueError, match=r"^socket is neither a file nor a pipe"):
        find_output("socket")
