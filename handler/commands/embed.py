"""`minilm embed TEXT…`: vectors of texts, as JSON lines or as a file of numpy."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TextIO

from tqdm import tqdm

from handler.commands.arguments import ArgumentParser
from handler.commands.bundle import find_or_build_bundle
from handler.commands.failure import WRONG_USAGE, fail, reason_of, say
from handler.commands.interruption import Interrupted, end, interruptible
from handler.commands.output import add_format_options, wants_json
from handler.commands.output_file import STDOUT, OutputFile, find_output, naming
from handler.commands.vector_writers import Write, json_lines, numpy_file, preview
from handler.settings import Settings, read_settings
from model_layer import ModelLayerError, TextTooLong, load_encoder

EXAMPLES = """
minilm embed "a cat" "a dog" --json
minilm embed --file sentences.txt --output vectors.npy
cat sentences.txt | minilm embed > vectors.jsonl
"""
BATCH = 512  # texts encoded at a time, which bounds the memory
MAX_LINE = 1_000_000  # characters, which bounds it, too; the model reads some 1,000 of them
MAX_NAMED = 5  # texts that a warning names
NUMPY = ".npy"


class Noted:
    """Texts that there is something to say of: how many, and the first ones' numbers, from 1."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[int] = []  # at most MAX_NAMED: there may be any number of texts

    def add(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.count += 1
            if len(self.first) < MAX_NAMED:
                self.first.append(number)


@dataclass
class Remarks:
    """What there is to say of the texts."""

    cut: Noted = field(default_factory=Noted)
    empty: Noted = field(default_factory=Noted)


def main(arguments: list[str]) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.texts and options.file:
        parser.error("give texts or --file, not both")
    if options.json is not None and (options.output or "").endswith(NUMPY):
        parser.error(f"a file that ends in {NUMPY} is an array; leave out --json and --text")
    if not (options.texts or options.file) and sys.stdin.isatty():
        return fail("Give texts, or --file FILE, or lines on standard input.", status=WRONG_USAGE)
    remarks = Remarks()
    try:
        output = _output(options.output)
        settings = read_settings(os.environ)
        with interruptible():
            find_or_build_bundle(settings.precision)
            number = _embed(options, output, settings, remarks)
    except Interrupted as interrupted:
        end(interrupted.status, "Interrupted.")
    except OSError as error:
        if error.filename is None:
            raise  # standard output's
        return fail(reason_of(error))
    except (ModelLayerError, ValueError) as error:
        return fail(str(error))
    if not number:
        say("There was no text to embed.")
    _warn("cut to what the model reads", remarks.cut)
    _warn("empty, so the vector says nothing", remarks.empty)
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "embed",
        "Embed texts: one vector of 384 numbers for each, in their order. Without texts and "
        "--file, the lines of standard input are the texts.",
        examples=EXAMPLES,
    )
    parser.add_argument("texts", nargs="*", metavar="TEXT", help="a text")
    parser.add_argument(
        "--file", metavar="FILE", help="a text a line, in UTF-8; - is standard input"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help=f"write to this file: an array if its name ends in {NUMPY}, else JSON lines; "
        "- is standard output",
    )
    parser.add_argument(
        "--truncate",
        choices=["END", "START", "NONE"],
        help="the part of a too long text to cut; NONE refuses it (default: TRUNCATE, or else END)",
    )
    add_format_options(parser)
    return parser


def _output(name: str | None) -> OutputFile | None:
    """Where the vectors go; None: to standard output. Raises ValueError and OSError."""
    if name is None or name in STDOUT:
        return None
    output = find_output(name)
    if output.is_stream and _is_numpy(output):
        raise ValueError(
            f"{name} is a pipe or a device, which cannot hold an array; give it a name that does "
            f"not end in {NUMPY}, for JSON lines."
        )
    return output


def _is_numpy(output: OutputFile) -> bool:
    return output.name.endswith(NUMPY)


def _embed(
    options: argparse.Namespace, output: OutputFile | None, settings: Settings, remarks: Remarks
) -> int:
    """Embed all texts, batch by batch. Returns their number."""
    encoder = load_encoder(precision=settings.precision, threads=settings.encoder_threads)
    truncate = options.truncate or settings.truncate
    done = 0
    with ExitStack() as stack:
        texts = stack.enter_context(_texts(options))
        write = stack.enter_context(_writer(options, output, columns=encoder.bundle.dimensions))
        # disable=None: a bar is for a terminal only
        bar = stack.enter_context(tqdm(unit=" texts", disable=None, leave=False))
        while batch := list(islice(texts, BATCH)):
            try:
                encoded = encoder.encode(batch, truncate=truncate)
            except TextTooLong as error:
                raise ValueError(
                    f"Text {done + error.index + 1} has {error.tokens} tokens; the model reads "
                    f"{error.limit}. Shorten it, or cut texts with --truncate END."
                ) from error
            write(batch, encoded)
            numbers = range(done + 1, done + len(batch) + 1)
            remarks.cut.add(n for n, cut in zip(numbers, encoded.truncated, strict=True) if cut)
            remarks.empty.add(n for n, text in zip(numbers, batch, strict=True) if not text.strip())
            done += len(batch)
            bar.update(len(batch))
    return done


@contextmanager
def _texts(options: argparse.Namespace) -> Iterator[Iterator[str]]:
    if options.texts:
        yield iter(options.texts)
        return
    if options.file == "":
        raise ValueError("The name of the file is empty; name one, or - for standard input.")
    is_stdin = options.file in (None, "-")
    name = "standard input" if is_stdin else options.file
    file = sys.stdin.fileno() if is_stdin else options.file
    # A decoder's error names a byte of the block that was read, and no line: so, none is raised.
    with open(file, encoding="utf-8-sig", errors="surrogateescape", closefd=not is_stdin) as lines:
        yield _lines(lines, name)


def _lines(file: TextIO, name: str) -> Iterator[str]:
    """The file's lines without their ends. Raises ValueError for one that is no text."""
    for number in count(1):
        with naming(name):
            line = file.readline(MAX_LINE + 1)
        if not line:
            return
        text = line.removesuffix("\n")
        if len(text) > MAX_LINE:
            raise ValueError(
                f"Line {number} of {name} is longer than {MAX_LINE:,} characters; split it."
            )
        try:
            text.encode()
        except UnicodeEncodeError as error:
            byte = ord(text[error.start]) & 0xFF
            raise ValueError(
                f"Line {number} of {name} is not UTF-8: it has the byte 0x{byte:02x}; "
                "convert the file."
            ) from error
        yield text


def _writer(
    options: argparse.Namespace, output: OutputFile | None, *, columns: int
) -> AbstractContextManager[Write]:
    if output is None:
        return json_lines() if wants_json(options) else preview()
    return numpy_file(output, columns=columns) if _is_numpy(output) else json_lines(output)


def _warn(what: str, noted: Noted) -> None:
    """A warning about these texts, if there are any."""
    if noted.count == 1:
        say(f"warning: text {noted.first[0]} is {what}")
    elif noted.count:
        named = ", ".join(map(str, noted.first))
        more = ", …" if noted.count > len(noted.first) else ""
        say(f"warning: {noted.count:,} texts are {what}: {named}{more}")
