"""`make bench-large`: one call with 1,000 mixed texts, two threads.

What sorts its texts by length into batches pads less the more it is given at once; ours pads
nothing. So here the peers are at their best.
"""

from __future__ import annotations

from benchmarks import library, models
from benchmarks.contestants import contestants
from benchmarks.library_report import speeds
from benchmarks.processes import pin
from benchmarks.readme import RESULTS, refresh
from benchmarks.report import machine
from benchmarks.side_by_side import count_tokens, load_average
from benchmarks.texts import mixed

TEXTS = 1_000
ROUNDS = 3
THREADS = 2


def main() -> None:
    pin(THREADS)
    models.prepare()
    library.TEXTS.clear()
    library.TEXTS["mixed"] = mixed(TEXTS)
    counts = {"mixed": sum(count_tokens(library.TEXTS["mixed"]))}
    # Those of one environment: the ones that the aims are about.
    some = [one for one in contestants() if one.environment == ".venv-bench"]
    measured = library.measure(some, counts, threads=THREADS, rounds=ROUNDS)
    setting = f"{TEXTS:,} texts, {counts['mixed']:,} tokens, {THREADS} threads; medians of {ROUNDS}"
    text = f"{setting} rounds; {load_average()}\n{machine()}\n\n{speeds(measured)}\n"
    print(text)
    (RESULTS / "large-call.md").write_text(text)
    refresh()


if __name__ == "__main__":
    main()
