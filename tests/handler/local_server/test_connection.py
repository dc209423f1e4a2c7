"""A connection: refusals reach clients that are still sending, and no client holds it for ever."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from handler.local_server.bounds import Bounds
from tests.handler.local_server.serving import (
    LARGE,
    Application,
    connected,
    is_reset,
    post,
    read_all,
    read_until,
    serving,
)

BODY = b" " * 7_000_000  # more than the buffers of both sockets
CLOSE = "connection: close\r\n"
HASTY = Bounds(
    keep_alive_seconds=0.2,
    header_seconds=0.2,
    max_header_seconds=0.4,
    body_seconds=0.2,
    unread_seconds=0.2,
    drain_seconds=0.2,
    check_seconds=0.02,
)


@pytest.fixture(scope="module")
def patient() -> Iterator[int]:
    with serving(Bounds(check_seconds=0.02, drained=30_000_000)) as port:
        yield port


@pytest.fixture(scope="module")
def hasty() -> Iterator[int]:
    with serving(HASTY) as port:
        yield port


def error_in(answer: bytes) -> dict[str, str]:
    """The error that an answer holds. Checks that it ends the connection."""
    headers, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\nconnection: close\r\n" in headers
    assert b"\r\ncontent-type: application/json" in headers
    error: dict[str, str] = json.loads(body)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


# --- refusals reach the client


@pytest.mark.parametrize(
    "head",
    [
        post("/refuse", length=len(BODY), extra=CLOSE),
        post("/refuse", length=len(BODY)),
        post("/refuse", length=len(BODY), version="1.0"),
        post("/refuse", length=len(BODY), extra="expect: 100-continue\r\n"),
        b"NONSENSE\r\n\r\n",
    ],
    ids=["close", "kept", "1.0", "expecting", "malformed"],
)
def test_a_refusal_reaches_a_client_that_first_sends_all(patient: int, head: bytes) -> None:
    with connected(patient) as client:
        client.sendall(head + BODY)
        answer = read_all(client)
    assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))
    assert answer.endswith((b"refused", b"}"))


def test_a_refusal_reaches_a_client_that_sends_chunks(patient: int) -> None:
    with connected(patient) as client:
        client.sendall(post("/refuse", extra="transfer-encoding: chunked\r\n"))
        for _ in range(70):
            client.sendall(b"186a0\r\n" + b" " * 100_000 + b"\r\n")
        client.sendall(b"0\r\n\r\n")
        assert read_all(client).endswith(b"refused")


def test_a_client_that_asks_first_is_refused_before_it_sends(patient: int) -> None:
    with connected(patient) as client:
        client.sendall(post("/refuse", length=len(BODY), extra="expect: 100-continue\r\n"))
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"\r\nconnection: close\r\n" in answer


def test_a_client_that_asks_first_is_told_to_continue(patient: int) -> None:
    head = post("/echo", length=2, extra=f"expect: 100-continue\r\n{CLOSE}")
    with connected(patient) as client:
        client.sendall(head)
        assert client.recv(1000).startswith(b"HTTP/1.1 100")
        client.sendall(b"hi")
        assert read_all(client).endswith(b"\r\n\r\nhi")


def test_after_a_short_refused_body_the_connection_is_kept(patient: int) -> None:
    with connected(patient) as client:
        client.sendall(post("/refuse", length=100_000))
        assert read_until(client, b"refused").startswith(b"HTTP/1.1 413")
        client.sendall(b" " * 100_000 + post("/echo", length=2, extra=CLOSE) + b"hi")
        assert read_all(client).endswith(b"\r\n\r\nhi")


def test_a_request_behind_a_refused_one_is_answered(patient: int) -> None:
    with connected(patient) as client:
        second = post("/echo", length=2, extra=CLOSE) + b"hi"
        client.sendall(post("/refuse", length=5) + b"first" + second)
        answers = read_all(client)
    assert answers.startswith(b"HTTP/1.1 413")
    assert answers.endswith(b"\r\n\r\nhi")


@pytest.mark.parametrize("path", ["/wait", "/told"])
@pytest.mark.parametrize("behind", [post("/echo", length=2) + b"hi", b" " * 200_000])
def test_a_client_that_hangs_up_is_noticed_whatever_it_sent_before(
    path: str, behind: bytes
) -> None:
    application = Application()
    with serving(Bounds(), application) as port, connected(port) as client:
        client.sendall(post(path, length=0))
        assert application.began.acquire(timeout=20)
        client.sendall(behind)
        client.close()
        assert application.saw_client_go.wait(20)


def test_a_connection_ends_after_the_answer_if_too_much_is_behind_it() -> None:
    application = Application()
    with serving(Bounds(), application) as port, connected(port) as client:
        client.sendall(post("/late", length=2) + b"hi")
        assert application.began.acquire(timeout=20)
        client.sendall(post("/echo", length=200_000) + b" " * 200_000)
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert answer.endswith(b"\r\n\r\n2")


@pytest.mark.parametrize(("version", "extra"), [("1.1", CLOSE), ("1.0", "")])
def test_what_follows_the_last_request_does_not_disturb_it(version: str, extra: str) -> None:
    application = Application()
    with serving(Bounds(), application) as port, connected(port) as client:
        client.sendall(post("/late", length=2, version=version, extra=extra) + b"hi")
        assert application.began.acquire(timeout=20)
        client.sendall(b"\r\n")
        assert read_all(client).endswith(b"\r\n\r\n2")


def test_what_comes_after_a_refusal_is_read_within_bounds(patient: int) -> None:
    with connected(patient) as client:
        with pytest.raises(ConnectionError):
            client.sendall(post("/refuse", length=10**9, extra=CLOSE))
            for _ in range(1000):
                client.sendall(b" " * 1_000_000)


def test_a_body_in_thousands_of_tiny_chunks_is_refused(patient: int) -> None:
    with connected(patient) as client:
        client.sendall(post("/echo", extra="transfer-encoding: chunked\r\n"))
        client.sendall(b"1\r\n \r\n" * 10_000 + b"0\r\n\r\n")
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 413")
    assert "Send larger ones." in error_in(answer)["message"]


def test_chunks_may_be_small_or_many_and_are_counted_for_each_body(patient: int) -> None:
    small, many = (b"1\r\n \r\n", 3_000), (b"100\r\n%s\r\n" % (b" " * 256), 6_000)
    with connected(patient) as client:
        for chunk, number in (small, many, small):
            client.sendall(post("/refuse", length=0))
            assert read_until(client, b"refused").startswith(b"HTTP/1.1 413")
            client.sendall(post("/count", extra="transfer-encoding: chunked\r\n"))
            client.sendall(chunk * number + b"0\r\n\r\n")
            assert read_until(client, b"bytes").startswith(b"HTTP/1.1 200")


# --- what is not HTTP


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (b"GARBAGE\r\n\r\n", b"400", "not a valid HTTP/1.1 request"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400", "Host"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400", "not a valid"),
        (b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", b"400", "Content-Length"),
        (b"GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: odd\r\n\r\n", b"400", "Encoding"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400", "HTTP/2.0 is not understood"),
        (
            post("/echo", length=2, extra="transfer-encoding: chunked\r\n") + b"0\r\n\r\n",
            b"400",
            "Content-Length and Transfer-Encoding",
        ),
        (b"GET / HTTP/1.1\r\na: " + b"a" * 70_000, b"413", "headers are too large"),
    ],
)
def test_what_is_not_http_is_refused_with_the_reason(
    patient: int, sent: bytes, status: bytes, words: str
) -> None:
    with connected(patient) as client:
        client.sendall(sent)
        answer = read_all(client)
    assert answer.split()[1] == status
    assert words in error_in(answer)["message"]
    assert b"\r\nx-should-retry: false\r\n" in answer
    assert b"\r\nx-request-id: " in answer


def test_a_wrong_chunk_after_the_answer_ends_the_connection_quietly(
    patient: int, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(patient) as client:
        client.sendall(post("/refuse", extra="transfer-encoding: chunked\r\n"))
        assert client.recv(1000).startswith(b"HTTP/1.1 413")
        client.sendall(b"zz\r\n")
        assert b"HTTP/1.1" not in read_all(client)
    assert [record for record in caplog.records if record.exc_info] == []


def test_a_wrong_chunk_before_the_answer_is_refused(patient: int) -> None:
    with connected(patient) as client:
        client.sendall(post("/echo", extra="transfer-encoding: chunked\r\n") + b"zz\r\n")
        assert error_in(read_all(client))["type"] == "invalid_request_error"


def test_a_request_to_upgrade_is_answered_as_any(
    patient: int, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(patient) as client:
        client.sendall(post("/", length=0, extra="connection: upgrade, close\r\nupgrade: h2c\r\n"))
        assert read_all(client).startswith(b"HTTP/1.1 200")
    assert caplog.records == []


# --- limits of time


def test_a_client_that_says_nothing_is_disconnected(hasty: int) -> None:
    with connected(hasty) as client:
        assert read_all(client) == b""


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nhost: a", post("/echo", length=10) + b"half"])
def test_a_request_that_stops_is_refused(hasty: int, sent: bytes) -> None:
    with connected(hasty) as client:
        client.sendall(sent)
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 408")
    assert error_in(answer)["code"] == "request_timeout"


def test_a_second_request_that_stops_is_refused(hasty: int) -> None:
    with connected(hasty) as client:
        client.sendall(post("/echo", length=0) + b"GET")
        assert b"HTTP/1.1 408" in read_all(client)


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\na: ", post("/echo", length=10**6)])
def test_a_request_that_trickles_is_refused(hasty: int, head: bytes) -> None:
    with connected(hasty) as client:
        client.sendall(head)
        client.settimeout(0.02)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                assert client.recv(1000).startswith(b"HTTP/1.1 408")
                return
            except TimeoutError:
                client.sendall(b"a")
    pytest.fail("the server waits for ever")


def test_headers_have_a_limit_whatever_their_speed() -> None:
    fast = Bounds(header_seconds=0.1, max_header_seconds=0.2, bytes_a_second=1, check_seconds=0.02)
    with serving(fast) as port, connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\na: " + b"a" * 1000)
        assert read_all(client).startswith(b"HTTP/1.1 408")


def test_bodies_have_a_limit_whatever_their_speed() -> None:
    fast = Bounds(body_seconds=0.1, max_body_seconds=0.2, bytes_a_second=1, check_seconds=0.02)
    with serving(fast) as port, connected(port) as client:
        client.sendall(post("/echo", length=10**6) + b"a" * 1000)
        assert read_all(client).startswith(b"HTTP/1.1 408")


def test_a_body_earns_time_by_its_bytes() -> None:
    bounds = Bounds(body_seconds=0.05, bytes_a_second=1, check_seconds=0.02)
    with serving(bounds) as port, connected(port) as client:
        client.sendall(post("/echo", length=10, extra=CLOSE) + b"12345")
        time.sleep(0.2)
        client.sendall(b"67890")
        assert read_all(client).endswith(b"\r\n\r\n1234567890")


def test_a_slow_application_is_not_held_against_the_client(hasty: int) -> None:
    """The body is larger than what the server reads before the application takes it."""
    with connected(hasty) as client:
        client.sendall(post("/late", length=len(BODY), extra=CLOSE) + BODY)
        assert read_all(client).endswith(b"\r\n\r\n7000000")


def test_a_stalled_body_tells_the_application_that_its_client_is_gone() -> None:
    application = Application()
    with serving(HASTY, application) as port, connected(port) as client:
        client.sendall(post("/wait", length=10) + b"1")
        assert read_all(client).startswith(b"HTTP/1.1 408")
        assert application.saw_client_go.wait(20)


@pytest.mark.parametrize("extra", ["", CLOSE])
def test_an_answer_that_nobody_reads_is_dropped(hasty: int, extra: str) -> None:
    with connected(hasty, receive_buffer=4096) as client:
        client.sendall(post("/large", length=0, extra=extra))
        assert is_reset(client)


def test_an_answer_that_is_read_slowly_arrives_whole(hasty: int) -> None:
    with connected(hasty, receive_buffer=100_000) as client:
        client.sendall(post("/large", length=0, extra=CLOSE))
        read = len(client.recv(1000))
        while part := client.recv(1 << 20):
            read += len(part)
            time.sleep(0.001)
    assert read > len(LARGE)


def test_an_idle_connection_is_kept_for_a_while_and_closed_in_order(hasty: int) -> None:
    with connected(hasty) as client:
        for _ in range(2):
            client.sendall(post("/echo", length=2) + b"hi")
            assert read_until(client, b"\r\n\r\nhi")
            time.sleep(0.05)
        assert client.recv(1000) == b""


def test_the_rest_of_a_refused_body_has_a_limit_of_time(hasty: int) -> None:
    with connected(hasty) as client:
        client.sendall(post("/refuse", length=1000))
        assert read_all(client).endswith(b"refused")
