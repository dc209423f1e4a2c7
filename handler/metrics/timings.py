"""A histogram of seconds with one label, which takes half a microsecond a number."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class Timings(Collector):
    """Written by one thread, and read by any.

    prometheus-client's own histogram takes a lock and looks at each bucket in turn: several
    microseconds for each of a request's stages.
    """

    def __init__(self, name: str, text: str, label: str, buckets: Sequence[float]) -> None:
        """buckets: their upper bounds, in order; what is above the last is counted, too."""
        self._name, self._text, self._label = name, text, label
        self._bounds = tuple(buckets)
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * (len(buckets) + 1))
        self._sums: dict[str, float] = defaultdict(float)

    def observe(self, value: str, seconds: float) -> None:
        """Count a time under this value of the label."""
        self._counts[value][bisect_left(self._bounds, seconds)] += 1
        self._sums[value] += seconds

    def collect(self) -> Iterator[Metric]:
        """The histograms of now."""
        family = HistogramMetricFamily(self._name, self._text, labels=[self._label])
        bounds = [*map(str, self._bounds), "+Inf"]
        for value, counts in list(self._counts.items()):
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            family.add_metric([value], buckets, self._sums[value])
        yield family
