"""A command fails with a sentence for people."""

from __future__ import annotations

import errno

from handler.commands.failure import reason_of


def test_an_error_of_the_system_is_told_without_its_number() -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/root/a.txt")
    assert reason_of(error) == "/root/a.txt: Permission denied."
    assert reason_of(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device."


def test_other_errors_say_what_they_say() -> None:
    assert reason_of(ValueError("PAGE is 'on'; it can be true.")) == "PAGE is 'on'; it can be true."
    assert reason_of(OSError("The device went away.")) == "The device went away."
