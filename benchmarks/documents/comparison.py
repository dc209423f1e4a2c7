"""Reads files with this checkout, perhaps with an older one, and with the reference, in turn."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.documents.asking import Asked, reader, reference
from benchmarks.documents.references import FORMATS, REFERENCES, missing
from benchmarks.documents.words import faults, found, words

FEW = 5  # a reference of fewer words says little
DIED = "The process that reads files died."


@dataclass
class Read:
    """What a checkout made of one file."""

    file: str
    seconds: float
    found: float | None = None  # the share of the reference's words; None if refused
    rejected: str = ""  # why it was refused
    faults: dict[str, int] = field(default_factory=dict)  # those that occur
    warnings: int = 0


@dataclass
class Reader:
    """A checkout, and what it made of a format's files."""

    name: str
    files: list[Read]
    peak_mb: float = 0.0  # of the sandbox's worker


@dataclass
class Compared:
    """A format's files as the checkouts read them. Each has the same files, in the same order."""

    format: str
    reference: str
    readers: list[Reader]
    without: int = 0  # files that the reference does not read, or that have too few words


def files_by_format(folders: Sequence[Path], most: int) -> dict[str, list[Path]]:
    """The folders' files of each format, without copies: at most so many, ordered by content.

    The folders take turns, so that none fills a format alone. Where there is only one, its
    subfolders do.
    """
    by_format: dict[str, dict[str, tuple[int, str, Path]]] = {name: {} for name in REFERENCES}
    for folder in folders if len(folders) > 1 else [*folders[0].iterdir()]:
        taken: Counter[str] = Counter()
        for digest, format, path in sorted(_files(folder)):
            if digest not in by_format[format]:
                by_format[format][digest] = (taken[format], digest, path)
                taken[format] += 1
    return {
        name: [path for _, _, path in sorted(files.values())[:most]]
        for name, files in by_format.items()
        if files
    }


def _files(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """The digest, format and path of each file that has a reference reader."""
    for path in [folder] if folder.is_file() else folder.rglob("*"):
        format = FORMATS.get(path.suffix.lower())
        if format and path.is_file():
            yield hashlib.sha256(path.read_bytes()).hexdigest(), format, path


def compare(
    folders: Sequence[Path], checkouts: Mapping[str, Path], *, most: int
) -> tuple[list[Compared], list[str]]:
    """The formats compared, and why others were not. checkouts: the root of each, by name."""
    compared, skipped = [], []
    for format, paths in files_by_format(folders, most).items():
        if reason := missing(format):
            skipped.append(reason)
            continue
        with ExitStack() as stack:
            # Workers of their own for each format, so that each has its own peak of memory.
            readers = {
                name: stack.enter_context(closing(reader(root))) for name, root in checkouts.items()
            }
            references = stack.enter_context(closing(reference()))
            bar = tqdm(paths, desc=format, unit="file", dynamic_ncols=True)
            compared.append(_compared(format, bar, readers, references))
    return compared, skipped


def _compared(
    format: str, paths: Iterable[Path], readers: Mapping[str, Asked], references: Asked
) -> Compared:
    result = Compared(format, REFERENCES[format].name, [Reader(name, []) for name in readers])
    for path in paths:
        text = (references.ask({"path": str(path)}) or {}).get("text", "")
        if words(text).total() < FEW:
            result.without += 1
            continue
        for each, asked in zip(result.readers, readers.values(), strict=True):
            answer = asked.ask({"path": str(path)}) or {"rejected": DIED, "seconds": 0.0}
            each.files.append(_read(shown(path), answer, text))
            each.peak_mb = max(each.peak_mb, answer.get("peak_mb", 0.0))
    return result


def _read(file: str, answer: Mapping[str, Any], reference: str) -> Read:
    read = Read(file, round(answer["seconds"], 4), rejected=answer.get("rejected", ""))
    if read.rejected:
        return read
    counted = faults(answer["text"], reference, answer["tables"])
    read.found = round(found(words(answer["text"]), words(reference)), 4)
    read.faults = {name: count for name, count in counted.items() if count}
    read.warnings = len(answer["warnings"])
    return read


def shown(path: Path) -> str:
    """A file's name in the results: with a few of its folders, but not where they are here."""
    return "/".join(path.parts[-4:])


def worst(files: Sequence[Read], count: int) -> Iterator[Read]:
    """The files that were read worst, the worst first."""
    read = [one for one in files if one.found is not None and (one.found < 1 or one.faults)]
    yield from sorted(read, key=lambda one: (one.found or 0.0, one.file))[:count]
