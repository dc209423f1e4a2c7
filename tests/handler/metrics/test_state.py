"""The model, what waits for it, and the connections, as they are at the moment."""

from __future__ import annotations

import asyncio
import contextlib

from handler.http.admission import Admission
from handler.limits import MAX_WAITING_BYTES
from handler.local_server.bounds import Bounds
from handler.local_server.connections import Connections
from handler.metrics.state import ConnectionCollector, ModelCollector
from handler.request_context import RequestContext
from handler.version import VERSION
from model_layer import Encoder
from tests.handler.metrics.families import Scrape


def test_the_model_is_named(encoder: Encoder) -> None:
    scrape = Scrape.of(ModelCollector(encoder, Admission(max_texts=10, cpus=1)))
    bundle = encoder.bundle
    about = {"fingerprint": bundle.fingerprint, "precision": bundle.precision, "version": VERSION}
    assert scrape.value("model_info", **about) == 1
    assert scrape.value("encoder_threads") == encoder.threads


def test_what_waits_is_counted_until_its_request_ends(encoder: Encoder) -> None:
    admission, context = Admission(max_texts=1_000, cpus=1), RequestContext("a")
    collector = ModelCollector(encoder, admission)
    with contextlib.closing(context.at_end):
        admission.admit_texts(500, context)
        admission.admit_texts(2, context)
        admission.admit_bytes(70_000, context)
        scrape = Scrape.of(collector)
        assert scrape.value("waiting_texts", requests="long") == 500
        assert scrape.value("waiting_texts", requests="short") == 2
        assert scrape.value("waiting_body_bytes") == 70_000
    after = Scrape.of(collector)
    assert after.value("waiting_texts", requests="long") == 0
    assert after.value("waiting_texts", requests="short") == 0
    assert after.value("waiting_body_bytes") == 0
    assert after.value("waiting_texts_limit") == 1_000
    assert after.value("waiting_body_bytes_limit") == MAX_WAITING_BYTES


def test_connections_and_what_they_were_refused_for() -> None:
    async def make() -> Connections:
        return Connections(Bounds(connections=7))

    state = asyncio.run(make())
    state.refused["server_busy"] += 2
    scrape = Scrape.of(ConnectionCollector(state))
    assert scrape.value("open_connections") == 0
    assert scrape.value("open_connections_limit") == 7
    assert scrape.value("requests_in_progress") == 0
    assert scrape.value("connection_refusals_total", code="server_busy") == 2
