"""Compressed requests are decoded within bounds, and Accept-Encoding is read by RFC 9110."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from handler.api import lambda_handler
from handler.errors import InvalidRequest, RequestTooLarge, UnsupportedEncoding
from handler.http.content_encoding import Decoder, accepts_gzip
from handler.limits import MAX_BODY, MAX_GZIP_MEMBERS
from tests.events import load_event
from tests.handler.http.error_shape import assert_error

BODY = json.dumps({"input": ["a", "b"]}).encode()


def compress(data: bytes) -> bytes:
    """With gzip, and no time in it: the names of tests have the bytes, in every process."""
    return gzip.compress(data, mtime=0)


GZIPPED = compress(BODY)


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    "header",
    [
        "gzip",
        "GZIP",
        "x-gzip",
        "deflate, gzip",
        "gzip;q=0.5",
        "gzip ; Q=1.0",
        "*",
        "br;q=1, *;q=0.1",
    ]
    + ["gzip, *;q=0", "gzip;q=0.001", "identity;q=0, gzip"],
)
def test_gzip_is_accepted_in_any_of_its_forms(header: str) -> None:
    assert accepts_gzip(header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "identity",
        "br",
        "gzip;q=0",
        "GZIP;Q=0",
        "gzip;q=0.000",
        "*;q=0",
        "gzip;q=0, *",
        "gzipped",
    ]
    + ["not-gzip", "gzip;q=abc", "gzip;q=-1", "gzip;q=", "x-gzip;q=0", "br, identity;q=0.5"],
)
def test_gzip_is_not_accepted_otherwise(header: str) -> None:
    assert not accepts_gzip(header)


@given(header=st.text(alphabet="gzipxq=0.1;,* -"))
def test_any_accept_encoding_is_read(header: str) -> None:
    assert accepts_gzip(header) in (True, False)


def test_a_large_answer_is_gzipped_whatever_the_case_of_the_header() -> None:
    event = load_event("http-api-v2")
    event["body"] = json.dumps({"input": ["a"] * 1_500})
    event["headers"]["accept-encoding"] = "GZIP"
    answer = lambda_handler(event, None)
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(base64.b64decode(answer["body"])))["data"]) == 1_500


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GZIPPED),
        ("GZip", GZIPPED),
        ("x-gzip", GZIPPED),
        ("identity, gzip", GZIPPED),
        ("gzip", compress(BODY[:5]) + compress(BODY[5:])),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("identity", BODY),
        ("", BODY),
        ("utf-8", BODY),
        ("UTF-8", BODY),
    ],
)
def test_a_body_is_decoded(client: TestClient, coding: str, body: bytes) -> None:
    response = client.post("/v1/embeddings", content=body, headers={"content-encoding": coding})
    assert response.status_code == 200
    assert len(response.json()["data"]) == 2


def test_every_route_with_a_body_decodes_it(client: TestClient) -> None:
    headers, body = {"content-encoding": "gzip"}, gzip.compress(b'{"input": "a", "query": 3}')
    assert client.post("/tokenize", content=body, headers=headers).status_code == 200
    search = client.post("/v1/vector_stores/s/search", content=body, headers=headers)
    assert assert_error(search, 400)["param"] == "query"


@pytest.mark.parametrize(
    "coding", ["br", "zstd", "compress", "gzip, gzip", "deflate, gzip", "\xff"]
)
def test_another_coding_is_a_415_that_lists_those_that_are_decoded(
    client: TestClient, coding: str
) -> None:
    headers = {b"content-encoding": coding.encode("latin-1")}
    response = client.post("/v1/embeddings", content=BODY, headers=headers)
    error = assert_error(response, 415)
    assert error["code"] == "unsupported_content_encoding"
    assert "gzip, deflate" in error["message"]
    assert response.headers["accept-encoding"] == "gzip, deflate"


CODINGS: list[tuple[str, Callable[..., bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
]
DAMAGED = [
    GZIPPED[:-1],
    GZIPPED[:12],
    GZIPPED + b"x",
    GZIPPED + b"\0",
    GZIPPED[:-8] + b"\0" * 8,  # the checksum is wrong
    b"\x1f\x8b",
    BODY,
]


@pytest.mark.parametrize("body", DAMAGED)
def test_a_damaged_body_is_a_400(client: TestClient, body: bytes) -> None:
    headers = {"content-encoding": "gzip"}
    error = assert_error(client.post("/v1/embeddings", content=body, headers=headers), 400)
    assert "gzip" in error["message"]


def test_deflate_has_one_stream() -> None:
    with pytest.raises(InvalidRequest, match="after its end"):
        Decoder(["deflate"]).decode(zlib.compress(BODY) * 2)


@pytest.mark.parametrize(("coding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_a_bomb_is_refused_and_takes_no_memory(coding: str, wbits: int) -> None:
    compressor = zlib.compressobj(wbits=wbits)
    bomb = b"".join(compressor.compress(b" " * (1 << 20)) for _ in range(40)) + compressor.flush()
    tracemalloc.start()
    try:
        with pytest.raises(RequestTooLarge, match=str(MAX_BODY)):
            Decoder([coding]).decode(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BODY
    finally:
        tracemalloc.stop()


def test_a_bomb_of_small_parts_is_a_413(client: TestClient) -> None:
    body = gzip.compress(b" " * (MAX_BODY // 2)) * 3
    parts = (body[start : start + 1_000] for start in range(0, len(body), 1_000))
    headers = {"content-encoding": "gzip"}
    assert_error(client.post("/v1/embeddings", content=parts, headers=headers), 413)


def test_a_body_that_decodes_to_the_limit_is_read() -> None:
    decoder = Decoder(["gzip"])
    assert len(decoder.decode(gzip.compress(b" " * MAX_BODY))) == MAX_BODY
    decoder.finish()


def test_a_body_of_very_many_streams_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        Decoder(["gzip"]).decode(gzip.compress(b"") * (MAX_GZIP_MEMBERS + 1))


@given(
    data=st.binary(max_size=300),
    size=st.integers(1, 50),
    coding=st.sampled_from(CODINGS),
)
def test_a_body_is_decoded_whatever_its_parts(
    data: bytes, size: int, coding: tuple[str, Callable[..., bytes]]
) -> None:
    name, compress = coding
    decoder, body = Decoder([name]), compress(data)
    parts = (body[start : start + size] for start in range(0, len(body), size))
    assert b"".join(map(decoder.decode, parts)) == data
    decoder.finish()


@given(body=st.binary(max_size=100), cut=st.integers(0, 100))
def test_any_bytes_are_decoded_or_refused(body: bytes, cut: int) -> None:
    for coding, start in itertools.product(["gzip", "deflate"], [b"", gzip.compress(body)[:cut]]):
        try:
            decoder = Decoder([coding])
            decoder.decode(start + body)
            decoder.finish()
        except (InvalidRequest, UnsupportedEncoding):
            pass
