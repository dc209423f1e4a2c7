"""Only so much may wait. What is beyond it is refused with 429 and the seconds to wait."""

from __future__ import annotations

import pytest

from handler.errors import TooBusy
from handler.http.admission import Admission
from handler.limits import MAX_WAITING_BYTES, SHORT_BODY
from handler.request_context import RequestContext


@pytest.fixture
def admission() -> Admission:
    return Admission(max_texts=1_000, cpus=2)


def test_texts_are_admitted_up_to_the_limit(admission: Admission) -> None:
    first, second = RequestContext("1"), RequestContext("2")
    admission.admit_texts(600, first)
    with pytest.raises(TooBusy, match=r"600 texts are waiting and this request has 500") as refused:
        admission.admit_texts(500, second)
    assert refused.value.retry_after == 3
    first.at_end.close()
    admission.admit_texts(500, second)


def test_a_request_that_is_alone_may_have_more_texts(admission: Admission) -> None:
    admission.admit_texts(2_048, RequestContext("1"))
    with pytest.raises(TooBusy):
        admission.admit_texts(33, RequestContext("2"))


def test_short_requests_are_not_refused_because_long_ones_wait(admission: Admission) -> None:
    admission.admit_texts(1_000, RequestContext("long"))
    for number in range(31):
        admission.admit_texts(32, RequestContext(f"short {number}"))
    with pytest.raises(TooBusy):
        admission.admit_texts(32, RequestContext("one too many"))


def test_a_client_is_not_sent_away_for_long(admission: Admission) -> None:
    admission.admit_texts(1_000_000, RequestContext("1"))
    with pytest.raises(TooBusy) as refused:
        admission.admit_texts(33, RequestContext("2"))
    assert refused.value.retry_after == 30


def test_bodies_are_admitted_up_to_the_limit(admission: Admission) -> None:
    first, second = RequestContext("1"), RequestContext("2")
    for _ in range(2):
        admission.admit_bytes(MAX_WAITING_BYTES // 2, first)
    with pytest.raises(TooBusy, match="67,108,864 bytes"):
        admission.admit_bytes(SHORT_BODY + 1, second)
    first.at_end.close()
    admission.admit_bytes(1, second)


def test_small_bodies_are_not_refused_because_large_ones_wait(admission: Admission) -> None:
    large, small = RequestContext("large"), RequestContext("small")
    admission.admit_bytes(MAX_WAITING_BYTES, large)
    for _ in range(2):
        admission.admit_bytes(SHORT_BODY // 2, small)
    with pytest.raises(TooBusy):
        admission.admit_bytes(1, small)
