"""The program `minilm`: runs the command that its arguments name.

Imports the command's module only, so that none waits for what another needs.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from handler.commands.arguments import INSTALLED, ArgumentParser, program
from handler.commands.failure import fail
from handler.commands.interruption import ends_at_once
from handler.version import VERSION

# Each is a module of this package, whose `main` takes the arguments and returns the exit status.
COMMANDS = {
    "serve": "serve OpenAI's API on this machine",
    "ingest": "read a folder's documents into a store",
    "search": "search what was ingested",
    "embed": "embed texts",
    "text": "print what ingestion reads of a file",
    "model": "build the model, or show it",
    "key": "make an API key",
    "backfill": "send a bucket's objects to the ingest function",
}
# What writing to standard output fails with: a full disk, a quota, a closed or broken device.
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
OPTIONS = ("-h", "--help", "--version")  # before a command
EXAMPLES = """
minilm serve
minilm ingest docs
minilm search "How do I rotate a key?"
"""
STATUSES = """\
exit status: 0 done, 1 failed (one sentence on standard error says why), 2 wrong usage,
129, 130 and 143 interrupted. `minilm COMMAND --help` has the options of a command.
"""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name. Returns its exit status."""
    _open_closed_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if os.getpid() == 1:  # a container's first process ignores signals that it has no handler for
        signal.signal(signal.SIGTERM, _terminate)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # texts have letters that it may lack
    try:
        try:
            status = _run_command(given)
        finally:  # after `--help`, too, which ends the process
            sys.stdout.flush()
    except BrokenPipeError:  # `minilm search … | head` has seen enough
        _drop_output()
        return 0
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            raise
        _drop_output()
        return fail(f"The output cannot be written: {error.strerror}.")
    except KeyboardInterrupt:  # before the command looked out for it
        return 130
    return status


def _open_closed_streams() -> None:
    """Put the null device in the place of standard streams that are closed (`>&-`)."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # It gets the lowest free number, which is the stream's own, so children have it, too.
            stream = os.fdopen(os.open(os.devnull, os.O_RDWR), mode, errors="backslashreplace")
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def _drop_output() -> None:
    """Send what is still buffered to the null device, or else Python reports it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminate(number: int, frame: object) -> NoReturn:
    """End as by the signal, until the command looks out for it."""
    os._exit(128 + number)


def _run_command(given: list[str]) -> int:
    if given and given[0] in COMMANDS:
        with ends_at_once():
            command = import_module(f"handler.commands.{given[0]}")
        status: int = command.main(given[1:])
        return status
    parser = _parser()
    if given:
        if given[0].startswith("-") and given[0] not in OPTIONS:
            command_name = next(filter(COMMANDS.__contains__, given), "COMMAND")
            shown = f"{program()} {command_name} {given[0].partition('=')[0]} …"
            parser.error(f"options come after the command: {shown}")
        parser.parse_args(given[:1])  # ends the process
    parser.print_help(sys.stderr)
    return 2


def _parser() -> ArgumentParser:
    width = max(map(len, COMMANDS))
    listed = "".join(f"  {name:<{width}}  {what}\n" for name, what in COMMANDS.items())
    parser = ArgumentParser(
        None,
        f"Embed texts and search documents, on this machine.\n\ncommands:\n{listed}",
        examples=EXAMPLES,
        more=STATUSES.replace(INSTALLED, program()),
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of the above")
    parser.add_argument("--version", action="version", version=f"{program()} {VERSION}")
    return parser
