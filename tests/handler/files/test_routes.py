"""The routes of files and uploads: sizes, codings and headers; what a client would notice."""

from __future__ import annotations

import asyncio
import base64
import gzip
import inspect
import json
import tempfile
from collections.abc import Generator, Iterator
from typing import Any

import httpx2
import pytest
from mangum import Mangum
from starlette.testclient import TestClient

from handler.http.admission import Admission
from handler.http.app import create_app
from handler.http.lambda_events import normalize_event
from handler.limits import MAX_BODY, MAX_DOCUMENT, MAX_WAITING_BYTES, SPOOLED_FORM
from handler.settings import Settings, SqliteAddress
from handler.stores.sqlite.blobs import FolderBlobs
from tests.events import load_event
from tests.handler.http.error_shape import assert_error

PURPOSE = {"purpose": "assistants"}
NOTES = {"file": ("notes.txt", b"hello", "text/plain")}


def upload(client: TestClient, content: bytes = b"hello", name: str = "notes.txt") -> str:
    answer = client.post("/v1/files", data=PURPOSE, files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    file_id: str = answer.json()["id"]
    return file_id


def test_a_file_is_uploaded_and_read(client: TestClient) -> None:
    answer = client.post("/files", data=PURPOSE, files={"file": ("a/ü.html", b"<p>", "text/html")})
    assert answer.json()["filename"] == "ü.html"
    content = client.get(f"/v1/files/{answer.json()['id']}/content")
    assert content.content == b"<p>"
    assert content.headers["content-type"] == "application/octet-stream"
    assert content.headers["content-length"] == "3"
    assert content.headers["x-content-type-options"] == "nosniff"
    assert content.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%BC.html"


def test_head_answers_the_size_of_a_file(client: TestClient) -> None:
    answer = client.head(f"/v1/files/{upload(client)}/content")
    assert (answer.status_code, answer.headers["content-length"]) == (200, "5")


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("a\\b.pdf", "b.pdf"), ("x" * 255, "x" * 255)],
)
def test_folders_are_cut_off_a_name(client: TestClient, name: str, kept: str) -> None:
    answer = client.get(f"/v1/files/{upload(client, name=name)}")
    assert answer.json()["filename"] == kept


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x" * 1000, "'filename' has 1000 bytes in UTF-8; the limit is 255"),
        ("ä" * 128, "'filename' has 256 bytes"),
        ("../", "its last part must be a name"),
        ("..", "its last part must be a name"),
        (" ", "its last part must be a name"),
        ("a\x7f.txt", "without control characters"),
        ("a\n.txt", "without control characters"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(client: TestClient, name: str, message: str) -> None:
    error = assert_error(client.post("/v1/files", data=PURPOSE, files={"file": (name, b"x")}), 400)
    assert message in error["message"]
    assert error["param"] == "filename"
    assert client.get("/v1/files").json()["data"] == []


def test_an_unknown_file_is_not_found_in_openais_words(client: TestClient) -> None:
    for method, path in [("GET", ""), ("DELETE", ""), ("GET", "/content")]:
        error = assert_error(client.request(method, f"/v1/files/file-x{path}"), 404)
        assert error["message"] == "No such File object: file-x"
        assert (error["param"], error["code"]) == ("id", "file_not_found")


def test_a_request_that_is_sent_again_with_its_key_makes_one_file(client: TestClient) -> None:
    headers = {"idempotency-key": "k"}
    ids = {
        client.post("/v1/files", data=PURPOSE, files=NOTES, headers=headers).json()["id"]
        for _ in range(3)
    }
    assert [file["id"] for file in client.get("/v1/files").json()["data"]] == list(ids)


def test_a_form_may_be_compressed(client: TestClient) -> None:
    request = client.build_request("POST", "/v1/files", data=PURPOSE, files=NOTES)
    headers = {"content-type": request.headers["content-type"], "content-encoding": "gzip"}
    body = gzip.compress(request.read())
    made = client.post("/v1/files", content=body, headers=headers).json()
    assert client.get(f"/v1/files/{made['id']}/content").content == b"hello"
    cut = client.post("/v1/files", content=body[:-12], headers=headers)
    assert "ends before" in assert_error(cut, 400)["message"]


def test_a_bomb_is_refused(client: TestClient) -> None:
    request = client.build_request(
        "POST", "/v1/files", data=PURPOSE, files={"file": ("a", bytes(MAX_DOCUMENT + 70_000))}
    )
    headers = {"content-type": request.headers["content-type"], "content-encoding": "gzip"}
    body = gzip.compress(request.read(), 1)
    assert len(body) < 1_000_000
    assert_error(client.post("/v1/files", content=body, headers=headers), 413)


def test_a_body_over_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": "99999999"}
    error = assert_error(client.post("/v1/files", content=never(), headers=headers), 413)
    assert "99,999,999 bytes or more; the limit is 52,494,336" in error["message"]


def never() -> Iterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


def test_the_largest_file_is_taken_and_one_byte_more_is_not(client: TestClient) -> None:
    file_id = upload(client, bytes(MAX_DOCUMENT))
    assert client.get(f"/v1/files/{file_id}").json()["bytes"] == MAX_DOCUMENT
    answer = client.post("/v1/files", data=PURPOSE, files={"file": ("a", bytes(MAX_DOCUMENT + 1))})
    assert "'file' has more than 52,428,800 bytes" in assert_error(answer, 413)["message"]


def test_a_large_file_counts_little_of_what_may_wait(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    admit = Admission.admit_bytes

    def count(self: Admission, size: int, context: Any) -> None:
        counted.append(size)
        admit(self, size, context)

    monkeypatch.setattr(Admission, "admit_bytes", count)
    upload(client, bytes(20_000_000))
    assert sum(counted) <= 2 * SPOOLED_FORM < MAX_WAITING_BYTES / 100


def test_the_file_of_a_refused_form_is_deleted(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    spooled = tempfile.SpooledTemporaryFile

    def note(*args: Any, **kwargs: Any) -> Any:
        made.append(spooled(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", note)
    client.post("/v1/files", data={"purpose": "odd"}, files={"file": ("a", bytes(10**6))})
    upload(client, bytes(10**6))
    assert [one.closed for one in made] == [True, True]


def test_a_disk_without_room_is_no_failure_of_the_server(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    answer = client.post("/v1/files", data=PURPOSE, files={"file": ("a", bytes(10**6))})
    assert answer.status_code == 503
    assert "no room for the file" in answer.json()["error"]["message"]


def test_parts_come_as_forms(client: TestClient) -> None:
    new = {"filename": "a.txt", "purpose": "vision", "bytes": 3, "mime_type": "text/plain"}
    made = client.post("/v1/uploads", json=new).json()
    assert (made["file"], made["upload_url"]) == (None, None)
    parts = f"/v1/uploads/{made['id']}/parts"
    wrong = client.post(parts, files={"file": ("a", b"abc")})
    assert "it can have data" in assert_error(wrong, 400)["message"]
    part = client.post(parts, files={"data": ("a", b"abc")}).json()
    assert part == {**part, "object": "upload.part", "upload_id": made["id"]}
    done = client.post(f"/v1/uploads/{made['id']}/complete", json={"part_ids": [part["id"]]})
    assert done.json()["file"]["bytes"] == 3
    error = assert_error(client.post(f"/v1/uploads/{made['id']}/cancel"), 400)
    assert error["code"] == "upload_completed"


def test_a_part_of_a_finished_upload_is_refused_before_it_is_read(client: TestClient) -> None:
    new = {"filename": "a.txt", "purpose": "vision", "bytes": 3, "mime_type": "text/plain"}
    upload_id = client.post("/v1/uploads", json=new).json()["id"]
    client.post(f"/v1/uploads/{upload_id}/cancel")
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post(f"/v1/uploads/{upload_id}/parts", content=never(), headers=headers)
    assert assert_error(answer, 400)["code"] == "upload_cancelled"


def test_without_a_store_the_routes_say_how_to_set_one_up() -> None:
    from handler.api import app

    with TestClient(app) as client:
        for answer in (
            client.get("/v1/files"),
            client.post("/v1/files", data=PURPOSE, files=NOTES),
            client.post("/v1/uploads/upload_x/cancel"),
        ):
            assert "Set VECTOR_STORE" in assert_error(answer, 404)["message"]


# --- on Lambda


@pytest.fixture
def invoke(address: SqliteAddress) -> Any:
    """Send a request as an HTTP API's event."""
    from handler.api import _loop, embeddings

    asyncio.set_event_loop(_loop)
    lambda_app = Mangum(create_app(embeddings, Settings(vector_store=address)), lifespan="off")

    def send(method: str, path: str, body: bytes = b"", **headers: str) -> dict[str, Any]:
        event = load_event("http-api-v2")
        event["headers"] = {**event["headers"], "content-length": str(len(body)), **headers}
        event["requestContext"]["http"].update(method=method, path=path)
        event |= {"rawPath": path, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
        answer: dict[str, Any] = lambda_app(normalize_event(event), None)  # type: ignore[arg-type]
        return answer

    return send


def form_of(content: bytes) -> tuple[bytes, dict[str, str]]:
    files = {"file": ("a.bin", content)}
    request = httpx2.Request("POST", "http://localhost", data=PURPOSE, files=files)
    return request.read(), {"content-type": request.headers["content-type"]}


def test_on_lambda_a_file_is_uploaded_and_read(invoke: Any) -> None:
    body, headers = form_of(b"\x00\xff" * 1_000_000)
    made = invoke("POST", "/v1/files", body, **headers)
    assert made["statusCode"] == 200
    content = invoke("GET", f"/v1/files/{json.loads(made['body'])['id']}/content")
    assert content["isBase64Encoded"]
    assert base64.b64decode(content["body"]) == b"\x00\xff" * 1_000_000


def test_on_lambda_the_content_of_a_large_file_is_a_redirect(
    invoke: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, headers = form_of(bytes(5_000_000))
    made = json.loads(invoke("POST", "/v1/files", body, **headers)["body"])
    there = f"/v1/files/{made['id']}/content"
    assert invoke("GET", there)["statusCode"] == 413
    url = "https://there.example/x?a=b%2Fc&d=1"
    monkeypatch.setattr(FolderBlobs, "url", lambda *args, **kwargs: url)
    answer = invoke("GET", there)
    assert (answer["statusCode"], answer["headers"]["location"]) == (302, url)


def test_on_lambda_a_body_over_the_limit_is_told_how_to_send_parts(invoke: Any) -> None:
    body, headers = form_of(bytes(MAX_BODY))
    answer = invoke("POST", "/v1/files", body, **headers)
    assert answer["statusCode"] == 413
    message = json.loads(answer["body"])["error"]["message"]
    assert "client.uploads.upload_file_chunked(" in message
    assert "part_size=4_500_000" in message


def test_the_file_of_a_content_that_nobody_reads_to_its_end_is_closed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, headers = form_of(bytes(5_000_000))
    made = client.post("/v1/files", content=body, headers=headers).json()
    chunks = FolderBlobs.chunks
    opened: list[Generator[bytes, None, None]] = []

    def spied(blobs: FolderBlobs, key: str) -> Any:
        opened.append(chunks(blobs, key))
        return opened[-1]

    monkeypatch.setattr(FolderBlobs, "chunks", spied)
    asyncio.run(read_and_hang_up(client.app, f"/v1/files/{made['id']}/content"))
    assert [inspect.getgeneratorstate(one) for one in opened] == [inspect.GEN_CLOSED]


async def read_and_hang_up(app: Any, path: str) -> None:
    """Send a GET, and hang up at the second part of the answer's body."""
    gone, parts = asyncio.Event(), []

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        parts.append(message)
        if len(parts) == 3:
            gone.set()
            await asyncio.sleep(5)  # as a server waits for a client that does not read

    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "server": ("localhost", 80),
    }
    await app(scope, receive, send)
    assert sum(len(part.get("body", b"")) for part in parts) < 5_000_000
