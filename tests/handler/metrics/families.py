"""Metrics as Prometheus reads them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parse(text: str) -> Samples:
    """The samples of an exposition, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class Scrape:
    """The samples of one scrape."""

    def __init__(self, text: str) -> None:
        self.samples = parse(text)

    @classmethod
    def of(cls, source: CollectorRegistry | Collector) -> Scrape:
        """Of a registry, or of one collector."""
        if isinstance(source, CollectorRegistry):
            return cls(generate_latest(source).decode())
        registry = CollectorRegistry()
        registry.register(source)
        return cls.of(registry)

    def value(self, name: str, **labels: str) -> float | None:
        """The value of one sample; None if there is none."""
        return self.samples.get((f"minilm_{name}", frozenset(labels.items())))

    def labels(self, name: str, label: str) -> set[str]:
        """The values that a label has in the samples of this name."""
        return {dict(each)[label] for one, each in self.samples if one == f"minilm_{name}"}
