"""Times are counted as prometheus-client counts them."""

from __future__ import annotations

import random

from prometheus_client import CollectorRegistry, Histogram

from handler.metrics.timings import Timings
from tests.handler.metrics.families import Scrape

BOUNDS = (0.001, 0.0025, 0.5, 1.0, 30.0)


def test_the_samples_are_those_of_the_library() -> None:
    registry = CollectorRegistry()
    theirs = Histogram("minilm_a", "A.", ["route"], buckets=BOUNDS, registry=registry)
    ours = Timings("minilm_a", "A.", "route", BOUNDS)
    numbers = random.Random(1)
    for seconds in (*BOUNDS, 0.0, 31.0, *(numbers.uniform(0, 2) for _ in range(200))):
        for route in ("/a", "/b"):
            theirs.labels(route).observe(seconds)
            ours.observe(route, seconds)
    expected = Scrape.of(registry).samples
    # When each began; the server has the library leave it out.
    expected = {key: one for key, one in expected.items() if not key[0].endswith("_created")}
    assert Scrape.of(ours).samples == expected
