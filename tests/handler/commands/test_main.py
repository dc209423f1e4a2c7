"""The way into `minilm`: a Ctrl-C before the program is loaded shows no trace."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.paths import ROOT

# A Ctrl-C while the program's modules load; `signal` is what the process has for it before.
LOADING = """
import importlib.abc, signal, sys

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "handler.commands.program":
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.{handler})
sys.meta_path.insert(0, Interrupting())
sys.argv = ["minilm", "--version"]
from handler.commands.__main__ import main
try:
    main()
finally:
    assert signal.getsignal(signal.SIGINT) is signal.{handler}
"""


@pytest.mark.parametrize(
    ("handler", "status", "printed"),
    [("default_int_handler", -signal.SIGINT, ""), ("SIG_IGN", 0, "minilm ")],
)
def test_an_interrupt_before_the_program_is_loaded_is_quiet(
    handler: str, status: int, printed: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADING.format(handler=handler)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout.startswith(printed)
