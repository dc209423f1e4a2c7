"""Puts texts into runs of the model: texts of one length go together, so that none is padded.

A run has some 190 nodes, whose overhead is half of the time of a text of eight tokens. Beyond
MOST_TOKENS nothing is gained, and a run of short texts then takes as long as one of the longest
text: memory, turns and deadlines are the same for both. Does not run anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MOST_TOKENS = 256
# A run of several texts is not made shorter, even if another thread has nothing to do meanwhile:
# it would mostly pay for its nodes.
LEAST_TOKENS = 32


def group(lengths: Mapping[int, int], *, threads: int) -> list[Sequence[int]]:
    """The runs, each the numbers of its texts.

    lengths: the tokens of each text, by its number.
    threads: which share the runs. One gets them in the order of their first texts; several get the
        longest first, so that they end at about the same time.
    """
    by_length: dict[int, list[int]] = {}
    for text, length in lengths.items():
        by_length.setdefault(length, []).append(text)
    share = sum(lengths.values()) // threads
    most = min(MOST_TOKENS, max(LEAST_TOKENS, share))
    runs: list[Sequence[int]] = []
    for length, texts in by_length.items():
        size = max(1, most // length)
        runs += (texts[start : start + size] for start in range(0, len(texts), size))
    if threads > 1:
        runs.sort(key=lambda run: lengths[run[0]] * len(run), reverse=True)
    return runs
