"""Storage events for `handler.ingest.lambda_handler`: of every envelope, right and mutated."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import quote_plus

from tests.events import load_event
from tests.fuzz.damage import damage
from tests.fuzz.json_text import plain_value
from tests.fuzz.mutations import mutate
from tests.fuzz.texts import SECRET
from tests.paths import ROOT

EVENTS = [load_event(path.stem) for path in sorted((ROOT / "events").glob("ingest-*.json"))]
# In the bucket. What is in them must not be in the log.
OBJECTS: dict[str, bytes] = {
    "notes/a.txt": f"The keeper counts ships. {SECRET}".encode(),
    "notes/ünï 50%+.md": f"# Duties\n\n{SECRET} counts ships.".encode(),
    "page.html": f"<h1>{SECRET}</h1><p>It counts ships.</p>".encode(),
    "table.csv": f"who,what\nkeeper,{SECRET}\n".encode(),
    "broken.pdf": b"%PDF-1.7 " + SECRET.encode(),
    "empty.txt": b"",
    "folder/": b"",
}
KEYS = (
    *OBJECTS,
    *("gone.txt", "a" * 1_024 + ".txt", "a" * 1_100, "", "/", "//", "..", "../x.txt", "a\x00b.txt"),
    *("\ud83d.txt", "a\nb.txt", "\x1b[31m.txt", "\u202ex.txt", " .txt", "+", "%", "%zz", "?", "#"),
    *("refused-403-AccessDenied.txt", "refused-400-InvalidRequest.txt", "refused-301-x.txt"),
    *("refused-405-MethodNotAllowed.txt", "refused-400-KMS.DisabledException.txt"),
    *("refused-403-InvalidObjectState.txt", "refused-404-NoSuchVersion.txt", "refused-418-x.txt"),
)
SEQUENCERS: tuple[Any, ...] = (
    *("0066F2A1B3C4D5E6F7", "0066f2a1b3c4d5e6f8", "00", "F" * 18, "f" * 500, "", "zz", "-1"),
    *(None, 5, 1.5, True, [], {}, "0x10", "٥", "0066F2A1 ", "\ud83d", "0" * 100_000),
)


def notification(rng: random.Random) -> Any:
    """An event drawn at random."""
    kind = rng.random()
    if kind < 0.1:
        return odd_value(rng)
    if kind < 0.25:
        return mutate(rng.choice(EVENTS), rng, odd_value, times=rng.randrange(1, 4))
    records = [_s3_record(rng) for _ in range(rng.choice((1, 1, 1, 2, 5)))]
    inner: Any = {"Records": records} if rng.random() < 0.6 else _eventbridge(rng)
    if rng.random() < 0.3:
        inner = mutate(inner, rng, odd_value, times=rng.choice((1, 2)))
    match rng.randrange(5):
        case 0:
            return inner
        case 1:
            return _sns(inner, rng)
        case _:
            return _sqs(inner, rng)


def odd_value(rng: random.Random) -> Any:
    """A plain value without the secret: the log shows names of files."""
    return json.loads(json.dumps(plain_value(rng)).replace(SECRET, "word"))


def _s3_record(rng: random.Random) -> dict[str, Any]:
    key = rng.choice(KEYS)
    described: dict[str, Any] = {"key": quote_plus(key, errors="surrogatepass"), "size": 1}
    if rng.random() < 0.1:
        described["key"] = key
    if rng.random() < 0.8:
        described["sequencer"] = rng.choice(SEQUENCERS)
    return {
        "eventSource": rng.choice(("aws:s3",) * 9 + ("minio:s3",)),
        "eventName": rng.choice(("ObjectCreated:Put", "ObjectRemoved:Delete", "x")),
        "s3": {"bucket": {"name": "documents-of-fuzz"}, "object": described},
    }


def _eventbridge(rng: random.Random) -> dict[str, Any]:
    about = {"key": rng.choice(KEYS), "sequencer": rng.choice(SEQUENCERS)}
    detail = {"bucket": {"name": "documents-of-fuzz"}, "object": about}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}


def _sns(inner: Any, rng: random.Random) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": _text(inner, rng)}}]}


def _sqs(inner: Any, rng: random.Random) -> dict[str, Any]:
    messages = [inner]
    while rng.random() < 0.4 and len(messages) < 10:
        messages.append({"Records": [_s3_record(rng)]})
    records: list[Any] = [
        {
            "messageId": f"m-{number}",
            "receiptHandle": "r",
            "body": _text(_in_topic(message, rng), rng),
            "eventSource": "aws:sqs",
        }
        for number, message in enumerate(messages)
    ]
    if rng.random() < 0.1:
        records = mutate(records, rng, odd_value)
    return {"Records": records}


def _in_topic(message: Any, rng: random.Random) -> Any:
    if rng.random() < 0.8:
        return message
    return {"Type": "Notification", "TopicArn": "arn", "Message": _text(message, rng)}


def _text(value: Any, rng: random.Random) -> Any:
    written = json.dumps(value)
    if rng.random() < 0.1:
        return damage(written.encode(), rng).decode("utf-8", "replace")
    return written
