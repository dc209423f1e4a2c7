"""Counts what is in a Word file and not in its text, and says so. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Tally:
    """What was seen and not read."""

    comments: int = 0
    hidden: int = 0  # pieces of hidden text
    deletions: int = 0
    pictures: int = 0  # without an alternative text
    objects: int = 0
    old_equations: int = 0
    hints: int = 0  # in content controls that were not filled in
    eq_fields: int = 0  # equations that a field's code draws
    drawings: int = 0  # charts and diagrams whose parts are missing or damaged
    notes: int = 0  # references to notes that are not there
    chunks: int = 0  # embedded documents that could not be read
    damaged_parts: int = 0

    def warnings(self) -> Iterator[str]:
        """A sentence for each kind that was seen."""
        sentences = (
            (self.comments, "{} by reviewers {} not read."),
            (self.hidden, "{} of hidden text {} left out."),
            (self.deletions, "{} by tracked changes {} left out; insertions are read."),
            (self.pictures, "{} without an alternative text {} not read."),
            (self.objects, "{} (such as a spreadsheet) {} not read."),
            (self.old_equations, "{} of Word's old equation editor {} not read."),
            (self.hints, "{} in content controls that were not filled in {} left out."),
            (self.eq_fields, "{} (an equation that Word draws from a code) {} not read."),
            (self.drawings, "{} {} not read: missing or damaged in the file."),
            (self.notes, "{} to a footnote or endnote {} without its text in the file."),
            (self.chunks, "{} in the file {} not read: missing, damaged or of another format."),
            (self.damaged_parts, "{} inside the file {} damaged, and not read."),
        )
        names = (
            *("comment", "piece", "deletion", "picture", "embedded object", "equation"),
            *("hint", "EQ field", "chart or diagram", "reference", "embedded document", "part"),
        )
        for (count, sentence), name in zip(sentences, names, strict=True):
            if count:
                plural = name if count == 1 else PLURALS.get(name, f"{name}s")
                yield sentence.format(f"{count:,} {plural}", "was" if count == 1 else "were")


PLURALS = {"chart or diagram": "charts or diagrams"}
