"""The table of metrics in docs/operating.md has what the server has: names, types and labels."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from prometheus_client.core import Metric
from samtranslator.yaml_helper import yaml_parse

from handler.http.admission import Admission
from handler.local_server.bounds import Bounds
from handler.local_server.connections import Connections
from handler.metrics.server import ServerMetrics
from handler.metrics.store_facts import FileFacts, StoreFacts
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import Settings, SqliteAddress
from handler.stores.counts import Counts
from handler.stores.sqlite.tasks import TaskCounts
from model_layer import Encoder
from tests.docs.pages import quoted, rows, section, text_of

PAGE = text_of("docs/operating.md")
FACTS = StoreFacts(1, Counts(), FileFacts(1, 1, TaskCounts(1, 1, 1.0)))


@dataclass(frozen=True)
class Documented:
    """A metric, as the table has it."""

    name: str
    type: str
    labels: frozenset[str]


def documented() -> set[Documented]:
    return {
        Documented(name, row[1], frozenset(quoted(row[2])))
        for row in rows(section(PAGE, "### Prometheus"))
        for name in quoted(row[0])
        if name.startswith("minilm_")
    }


def family(metric: Metric, labels: tuple[str, ...]) -> Documented:
    suffix = {"counter": "_total", "info": "_info"}.get(metric.type, "")
    kind = "gauge" if metric.type == "info" else metric.type
    return Documented(metric.name + suffix, kind, frozenset(labels))


@pytest.fixture
def metrics(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> ServerMetrics:
    """All metrics of a server with a store."""
    monkeypatch.setattr("handler.metrics.server.read_store_facts", lambda _: FACTS)
    settings = Settings(vector_store=SqliteAddress("a"))
    found = ServerMetrics(
        encoder,
        Admission(max_texts=1, cpus=1),
        settings,
        storage=lambda: ConfiguredStorage(None, fingerprint="a"),
    )
    state = Connections(Bounds())
    state.refused["a"] += 1
    found.watch(state)
    context = RequestContext("a", "GET", inputs=1, truncated=1, refusal="a", stages={"run": 1.0})
    found.requests.observe(context, "/", 200)
    return found


def served(metrics: ServerMetrics) -> set[Documented]:
    """What the registry has; of metrics without samples, the labels that they were made with."""
    found = set()
    for collector in list(metrics.registry._collector_to_names):
        for metric in collector.collect():
            if metric.name.startswith("minilm_"):
                labels = getattr(collector, "_labelnames", None)
                if labels is None:
                    labels = {name for sample in metric.samples for name in sample.labels} - {"le"}
                found.add(family(metric, tuple(labels)))
    return found


def test_the_table_has_every_metric_with_its_type_and_labels(metrics: ServerMetrics) -> None:
    assert documented() == served(metrics)


def test_the_alerts_use_metrics_that_there_are() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    scrape, alerts = map(yaml_parse, blocks)
    assert scrape["scrape_configs"][0]["static_configs"] == [{"targets": ["localhost:8444"]}]
    known = {one.name for one in documented()}
    for rule in alerts["groups"][0]["rules"]:
        used = set(re.findall(r"\bminilm_\w+", rule["expr"]))
        assert used, rule
        assert {re.sub(r"_bucket$", "", name) for name in used} <= known
