"""Puts texts into runs of the model: texts of one length go together, so that none is padded.

A run has a hundred nodes, whose overhead is half of the time of a text of eight tokens. Beyond
MOST_TOKENS nothing is gained, and a run of short texts then takes as long as one of the longest
text: memory, turns and deadlines are the same for both. Does not run anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_TOKENS = 256
# Below it, a run pays mostly for its nodes, even if another thread had nothing to do meanwhile.
LEAST_TOKENS = 32
# Runs for each thread, if the texts allow it, so that all threads end at about the same time.
RUNS_A_THREAD = 4


def group(lengths: Mapping[int, int], *, threads: int) -> Iterator[Sequence[int]]:
    """The runs, each the numbers of its texts, in the order of their first texts.

    lengths: the tokens of each text, by its number.
    """
    by_length: dict[int, list[int]] = {}
    for text, length in lengths.items():
        by_length.setdefault(length, []).append(text)
    most = run_tokens(lengths.values(), threads)
    for length, texts in by_length.items():
        size = max(1, most // length)
        for start in range(0, len(texts), size):
            yield texts[start : start + size]


def run_tokens(lengths: Iterable[int], threads: int) -> int:
    """The tokens that a run may have if it is one of several texts."""
    if threads == 1:
        return MOST_TOKENS
    share = sum(lengths) // (threads * RUNS_A_THREAD)
    return min(MOST_TOKENS, max(LEAST_TOKENS, share))
