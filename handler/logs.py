"""One line of JSON a request, on standard error: what was asked and what it took.

On Lambda the line is a metric as well (CloudWatch's embedded metric format). Never holds a text, a
vector or a key.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import orjson

# Of the fields below; CloudWatch takes custom metrics at a price each, so they are few.
METRICS = {
    "inputs": "Count",
    "tokens": "Count",
    "truncated": "Count",
    "milliseconds": "Milliseconds",
}


def write_line(fields: dict[str, Any], *, namespace: str | None = None) -> None:
    """Write `fields` as one line; as metrics in `namespace`, too, if there is one.

    (docs.aws.amazon.com, CloudWatch_Embedded_Metric_Format_Specification)
    """
    now = time.time()
    line: dict[str, Any] = {"time": round(now, 3), **fields}
    if namespace:
        metrics = [{"Name": name, "Unit": unit} for name, unit in METRICS.items() if name in fields]
        about = {"Namespace": namespace, "Dimensions": [["route"]], "Metrics": metrics}
        line["_aws"] = {"Timestamp": int(now * 1000), "CloudWatchMetrics": [about]}
    sys.stderr.write(orjson.dumps(line).decode() + "\n")
    sys.stderr.flush()
