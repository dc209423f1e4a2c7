"""Log lines: one line of JSON for each request, on standard error.

A line can also be a metric, in CloudWatch's embedded metric format. Callers put no texts, vectors
or keys into it.
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


def write_line(fields: dict[str, Any], *, namespace: str | None = None) -> None:
    """Write `fields` as one line, which also holds metrics if there is a `namespace`.

    (docs.aws.amazon.com, CloudWatch_Embedded_Metric_Format_Specification)
    """
    now = time.time()
    line: dict[str, Any] = {"time": round(now, 3), **fields}
    if namespace:
        metrics = [{"Name": name, "Unit": unit} for name, unit in METRICS.items() if name in fields]
        directive = {"Namespace": namespace, "Dimensions": [["route"]], "Metrics": metrics}
        line["_aws"] = {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]}
    sys.stderr.write(orjson.dumps(line).decode() + "\n")
    sys.stderr.flush()
