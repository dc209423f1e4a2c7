"""Headers that servers, proxies and authentication trip over."""

from __future__ import annotations

import random

from tests.fuzz.texts import SECRET

KEY = f"sk-{SECRET}-key"  # the one that servers with keys accept

LONG = b"a" * 8_000
VALUES: dict[bytes, tuple[bytes, ...]] = {
    b"content-type": (
        *(b"text/plain", b"application/json; charset=latin-1", b"application/json;charset=utf-8"),
        *(b"application/x-www-form-urlencoded", b"multipart/form-data", b"", b"/", b"\xe9", LONG),
        *(b"multipart/form-data; boundary=x", b"APPLICATION/JSON", b"application/xml"),
    ),
    b"content-encoding": (
        *(b"gzip", b"GZIP", b"x-gzip", b"deflate", b"br", b"zstd", b"identity", b"", b"utf-8"),
        *(b"gzip, gzip", b"gzip,identity", b"none", b"aws-chunked", b",", b"\xff", LONG),
    ),
    b"accept-encoding": (
        *(b"gzip", b"GZIP", b"gzip;q=0", b"gzip;q=0.0000", b"gzip;q=x", b"*", b"*;q=0", b""),
        *(b"identity;q=0", b"gzip;q=1e9", b",,,", b"gzip" * 1_000, b"br;q=1.0, gzip;q=0.5"),
    ),
    b"accept": (b"text/html", b"*/*", b"text/event-stream", b"", b"application/xml", b";q=", LONG),
    b"authorization": (
        *(b"", b"Bearer", b"Bearer ", b"bearer " + KEY.encode(), b"Basic " + KEY.encode()),
        *(b"Bearer  " + KEY.encode(), KEY.encode(), b"Bearer \xe9\xff", b"Bearer " + LONG),
        *(b"Bearer " + KEY.encode() + b" x", b"Bearer, Bearer " + KEY.encode(), b"\tBearer x"),
    ),
    b"api-key": (b"", b" ", KEY.encode(), KEY.encode().upper(), b"\xff", LONG),
    b"host": (
        *(b"", b"localhost", b"evil.example", b"[::1]:8444", b"127.0.0.1", b"a:b:c", b"[", b"]"),
        *(b"localhost:99999999999", b"localhost:", b":80", b"\xe9", b"a b", b"http://x/", LONG),
    ),
    b"x-request-id": (
        *(b"", b"ok-1", b"a b", b"\xe9", b"../../etc", b'{"a":1}', b"a" * 128, b"a" * 129),
        *(b"%0d%0ax: y", b"\x1b[31m", b"\x7f", SECRET.encode() + b"!"),
    ),
    b"x-forwarded-port": (b"abc", b"", b"-1", b"99999999", b"443,80", "٤".encode()),
    b"x-forwarded-proto": (b"javascript", b"", b"https, http", b"\xff", LONG),
    b"x-forwarded-for": (b"", b"unknown", b"::1", b"a" * 3_000, b"\xff"),
    b"x-forwarded-host": (b"evil.example", b"", b"\xff"),
    b"forwarded": (b"for=x;host=evil", b";;;"),
    b"origin": (b"null", b"https://evil.example", b"https://good.example", b"", b"\xff"),
    b"access-control-request-method": (b"POST", b"DELETE", b"", b"BREW", b"\xff"),
    b"access-control-request-headers": (b"authorization", b"\xff", b",", LONG),
    b"access-control-request-private-network": (b"true", b"x"),
    b"sec-fetch-site": (b"cross-site", b"same-origin", b"?"),
    b"range": (b"bytes=0-1", b"bytes=-1", b"bytes=9-1", b"x"),
    b"expect": (b"100-continue", b"200-ok", b""),
    b"if-none-match": (b"*", b'"x"', b"\xff"),
    b"if-modified-since": (b"x", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    b"upgrade": (b"websocket", b"h2c"),
    b"cookie": (b"a=b; a=c", b"=", LONG),
    b"x-http-method-override": (b"DELETE",),
    b"traceparent": (b"00-x", LONG),
    b"openai-organization": (b"", b"\xff"),
    b"user-agent": (b"", b"() { :;}; echo", b"ELB-HealthChecker/2.0", b"\xff"),
}
NAMES = (b"x", b"x-" + b"a" * 300, b"!#$%&'*+-.^_`|~0", b"content_type", b"proxy", b"te")


def odd_headers(
    headers: list[tuple[bytes, bytes]], rng: random.Random
) -> list[tuple[bytes, bytes]]:
    """The headers with one to three of them replaced, repeated, missing or added."""
    headers = list(headers)
    for _ in range(rng.choice((1, 1, 2, 3))):
        name = rng.choice(list(VALUES))
        match rng.randrange(8):
            case 0:
                headers = [header for header in headers if header[0] != name]
            case 1:  # twice
                headers += [(name, rng.choice(VALUES[name])), (name, rng.choice(VALUES[name]))]
            case 2:
                headers.append((rng.choice(NAMES), rng.choice(VALUES[name])))
            case 3:
                headers += [(b"x-%d" % number, b"y") for number in range(rng.choice((3, 90)))]
            case _:
                headers = [header for header in headers if header[0] != name]
                headers.append((name, rng.choice(VALUES[name])))
    rng.shuffle(headers)
    return headers
