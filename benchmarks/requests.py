"""`make bench-requests`: what a request costs beside its encoding, as shares of the encoding.

The largest requests there are: LangChain's (1,000 lists of token ids, 300,000 in all), and answers
of 2,048 vectors.
"""

from __future__ import annotations

import json
import os
import random

from benchmarks.report import RESULTS, machine
from benchmarks.texts import mixed
from handler.api import embeddings
from handler.calls import Call

IDS = 100_256  # those of cl100k that stand for text


def largest_of_langchain() -> dict[str, object]:
    rng = random.Random(20261124)
    return {"input": [rng.choices(range(IDS), k=300) for _ in range(1_000)]}


def measure(name: str, payload: dict[str, object]) -> str:
    """A row of the table: the stages of one request, in ms, and their share of the encoding."""
    call = Call(request_id="benchmark")
    embeddings.create_from_body(json.dumps(payload).encode(), call)
    encode = call.stages["tokenize"] + call.stages["run"]
    read = call.stages["parse"] + call.stages["decode"]
    respond = call.stages["respond"]
    return (
        f"| {name} | {encode:,.0f} | {read:.0f} ({read / encode:.2%}) "
        f"| {respond:.0f} ({respond / encode:.2%}) |"
    )


def main() -> None:
    texts = mixed(2_048)
    short = [" ".join(text.split()[:6]) + f" {n}" for n, text in enumerate(texts)]
    requests: dict[str, dict[str, object]] = {
        "LangChain's largest: 1,000 lists of 300 ids": largest_of_langchain(),
        "2,048 short texts, float": {"input": short},
        "2,048 short texts, base64": {"input": short, "encoding_format": "base64"},
    }
    rows = ["| request | encode, ms | parse and decode, ms | respond, ms |", "|---|---|---|---|"]
    rows += [measure(name, payload) for name, payload in requests.items()]
    text = f"{os.cpu_count()} threads; {machine()}\n\n" + "\n".join(rows) + "\n"
    print(text)
    (RESULTS / "requests.md").write_text(text)


if __name__ == "__main__":
    main()
