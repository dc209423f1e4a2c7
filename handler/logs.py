"""Log lines: one line for each request, on standard error. JSON, or text for people.

A line of JSON can also be a metric, in CloudWatch's embedded metric format. Callers put no texts,
vectors or keys into it.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import orjson

# The fields that become metrics. There are few, because CloudWatch charges for each.
METRICS = {
    "inputs": "Count",
    "tokens": "Count",
    "truncated": "Count",
    "milliseconds": "Milliseconds",
}
# A line of text has these in a place of their own.
NAMES = {"key": "key", "requestId": "request"}
PLACED = {*METRICS, *NAMES, "status", "method", "route"}
LEFT_OUT = {"coldStart", "fingerprint", "stages"}  # of lines of text: for programs

_as_text = False  # JSON: what a function on Lambda writes, and every program reads


def write_text(*, on: bool = True) -> None:
    """From here on, write lines of text for people; not `on`: lines of JSON."""
    global _as_text
    _as_text = on


def write_line(fields: dict[str, Any], *, namespace: str | None = None) -> None:
    """Write `fields` as one line, which also holds metrics if there is a `namespace`.

    (docs.aws.amazon.com, CloudWatch_Embedded_Metric_Format_Specification)
    """
    now = time.time()
    if _as_text:
        sys.stderr.write(_text(fields, now))
        sys.stderr.flush()
        return
    line: dict[str, Any] = {"time": round(now, 3), **fields}
    if namespace:
        metrics = [{"Name": name, "Unit": unit} for name, unit in METRICS.items() if name in fields]
        directive = {"Namespace": namespace, "Dimensions": [["route"]], "Metrics": metrics}
        line["_aws"] = {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]}
    sys.stderr.write(orjson.dumps(line).decode() + "\n")
    sys.stderr.flush()


def _text(fields: dict[str, Any], now: float) -> str:
    """`12:30:01 200 POST /v1/embeddings 3.1 ms, 2 inputs, 8 tokens, request 4be1…`, and more."""
    known = fields.get
    start = [time.strftime("%H:%M:%S", time.localtime(now))]
    start += [str(known(name)) for name in ("status", "method", "route") if name in fields]
    parts = [f"{fields['milliseconds']:.1f} ms"] if "milliseconds" in fields else []
    parts += [f"{fields[name]:,} {name}" for name in ("inputs", "tokens") if name in fields]
    if known("truncated"):
        parts.append(f"{fields['truncated']:,} truncated")
    parts += [f"{word} {fields[name]}" for name, word in NAMES.items() if name in fields]
    # As JSON: they may hold what a terminal would obey.
    others = [name for name in fields if name not in PLACED and name not in LEFT_OUT]
    parts += [f"{name} {orjson.dumps(fields[name]).decode()}" for name in others]
    return f"{' '.join(start)} {', '.join(parts)}\n"
