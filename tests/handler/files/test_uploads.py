"""Uploads: parts that become a file, in any order and after any interruption."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from handler.errors import InvalidRequest, NotFound
from handler.files import completion
from handler.files.files import Files, put_file
from handler.files.schemas import Upload
from handler.files.uploads import Uploads
from handler.limits import MAX_DOCUMENT
from handler.stores.blobs import PresignedPut
from handler.stores.catalog import parts_of, whole_of
from handler.stores.contract import Storage
from handler.stores.sqlite.blobs import FolderBlobs
from tests.handler.files.forms import form
from tests.handler.files.test_files import bytes_of

NEW: dict[str, Any] = {
    "filename": "notes.txt",
    "purpose": "assistants",
    "bytes": 6,
    "mime_type": "text/plain",
}


def begin(uploads: Uploads, *, key: str | None = None, **changes: Any) -> Upload:
    return uploads.create(json.dumps({**NEW, **changes}).encode(), caller=None, key=key)


def add(uploads: Uploads, upload: Upload, content: bytes, *, key: str | None = None) -> str:
    return uploads.add_part(upload.id, form(content), caller=None, key=key).id


def complete(uploads: Uploads, upload: Upload, *part_ids: str, **more: Any) -> Upload:
    body = json.dumps({"part_ids": part_ids, **more}).encode()
    return uploads.complete(upload.id, body)


def blobs_of(storage: Storage, upload: Upload) -> list[str]:
    return list(storage.blobs.keys(parts_of(upload.id), before=2e10))


def test_parts_become_a_file_in_the_order_that_is_asked_for(
    uploads: Uploads, files: Files, storage: Storage
) -> None:
    upload = begin(uploads, expires_after={"anchor": "created_at", "seconds": 7200.0})
    assert (upload.status, upload.file, upload.expires_at) == ("pending", None, 1_800_003_600)
    last, first = add(uploads, upload, b"def"), add(uploads, upload, b"abc")
    done = complete(uploads, upload, first, last, md5=hashlib.md5(b"abcdef").hexdigest().upper())
    assert done.file is not None
    assert (done.status, done.id, done.bytes) == ("completed", upload.id, 6)
    assert (done.file.filename, done.file.bytes, done.file.purpose) == (
        "notes.txt",
        6,
        "assistants",
    )
    assert done.file.expires_at == 1_800_007_200
    assert files.retrieve(done.file.id) == done.file
    assert bytes_of(files, done.file.id) == b"abcdef"
    assert blobs_of(storage, upload) == []


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"purpose": "odd"}, "purpose"),
        ({"bytes": MAX_DOCUMENT + 1}, "bytes"),
        ({"bytes": -1}, "bytes"),
        ({"bytes": "6"}, "bytes"),
        ({"bytes": 1.5}, "bytes"),
        ({"filename": "a/../"}, "filename"),
        ({"filename": "ä" * 128}, "filename"),
        ({"filename": "a\x00"}, "filename"),
        ({"filename": "\ud800"}, "filename"),
        ({"filename": ""}, "filename"),
        ({"mime_type": "text"}, "mime_type"),
        ({"mime_type": "text/" + "x" * 123}, "mime_type"),
        ({"expires_after": {"anchor": "created_at"}}, "expires_after.seconds"),
        ({"expires_after": {"anchor": "created_at", "seconds": 60}}, "expires_after.seconds"),
        ({"expires_after": 60}, "expires_after"),
        ({"size": 6}, "size"),
    ],
)
def test_a_wrong_announcement_is_refused(
    uploads: Uploads, changes: dict[str, Any], param: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        begin(uploads, **changes)
    assert caught.value.param == param
    assert f"'{param}'" in caught.value.message
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": 6}, "Unknown parameter: 'size'. The request may have filename, purpose,"),
        ({"expires_after": 60}, 'it must be an object like {"anchor": "created_at", "seconds":'),
    ],
)
def test_a_wrong_announcement_is_told_what_it_may_have(
    uploads: Uploads, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(message)):
        begin(uploads, **changes)


def test_the_announcement_of_a_large_file_is_told_the_limit(uploads: Uploads) -> None:
    with pytest.raises(InvalidRequest, match="from 0 to 52428800"):
        begin(uploads, bytes=MAX_DOCUMENT + 1)


def test_a_wrong_completion_is_refused_and_can_be_corrected(uploads: Uploads, files: Files) -> None:
    upload, other = begin(uploads), begin(uploads)
    first, last = add(uploads, upload, b"abc"), add(uploads, upload, b"def")
    foreign = add(uploads, other, b"def")
    wrong: list[tuple[list[str], dict[str, Any], str]] = [
        ([first], {}, "have 3 bytes together; the upload was announced with 6"),
        ([first, first], {}, r"'part_ids\[1\]' is '.*', which is in the list twice"),
        ([first, foreign], {}, r"'part_ids\[1\]' is '.*', which is no part of the upload"),
        ([first, "a\x00"], {}, r"'part_ids\[1\]' is '.*', which is no part of the upload"),
        ([first, "\ud800"], {}, r"'part_ids\[1\]' is the string"),
        ([], {}, "'part_ids' is empty"),
        ([first, last], {"md5": "0" * 32}, "'md5' is 0{32}, and that of the file is"),
        ([first, last], {"md5": "short"}, "must be 32 hexadecimal digits"),
        ([first, last], {"parts": []}, "'parts'"),
        (["x"] * 1001, {}, "a list of at most 1000 ids"),
    ]
    for part_ids, more, message in wrong:
        with pytest.raises(InvalidRequest, match=message):
            complete(uploads, upload, *part_ids, **more)
        assert files.page({}).data == []
    assert complete(uploads, upload, first, last).status == "completed"


def test_a_completion_that_is_sent_again_answers_the_same(uploads: Uploads, files: Files) -> None:
    upload = begin(uploads)
    first, last = add(uploads, upload, b"abc"), add(uploads, upload, b"def")
    done = complete(uploads, upload, first, last)
    assert complete(uploads, upload, first, last) == done
    with pytest.raises(InvalidRequest, match="is completed and can no longer be changed"):
        complete(uploads, upload, last, first)
    assert len(files.page({}).data) == 1


def test_what_is_finished_takes_no_parts(uploads: Uploads, now: list[float]) -> None:
    done, cancelled, expired = begin(uploads, bytes=3), begin(uploads), begin(uploads)
    complete(uploads, done, add(uploads, done, b"abc"))
    assert uploads.cancel(cancelled.id).status == "cancelled"
    for upload, status in [(done, "completed"), (cancelled, "cancelled"), (expired, "expired")]:
        if status == "expired":
            now[0] += 3600
        with pytest.raises(InvalidRequest, match=f"is {status}") as caught:
            add(uploads, upload, b"abc")
        assert caught.value.code == f"upload_{status}"
    for call in (uploads.cancel, lambda one: uploads.complete(one, b'{"part_ids": []}')):
        with pytest.raises(InvalidRequest, match="is expired"):
            call(expired.id)


def test_a_cancelled_upload_keeps_nothing(uploads: Uploads, storage: Storage) -> None:
    upload = begin(uploads)
    add(uploads, upload, b"abc")
    assert blobs_of(storage, upload)
    cancelled = uploads.cancel(upload.id)
    assert (cancelled.status, cancelled.file, cancelled.upload_url) == ("cancelled", None, None)
    assert uploads.cancel(upload.id) == cancelled
    assert blobs_of(storage, upload) == []


def test_a_completed_upload_is_not_cancelled(uploads: Uploads, files: Files) -> None:
    upload = begin(uploads, bytes=3)
    done = complete(uploads, upload, add(uploads, upload, b"abc"))
    with pytest.raises(InvalidRequest, match="is completed"):
        uploads.cancel(upload.id)
    assert done.file is not None
    assert bytes_of(files, done.file.id) == b"abc"


def test_a_part_larger_than_the_upload_is_refused(uploads: Uploads, storage: Storage) -> None:
    upload = begin(uploads, bytes=3)
    with pytest.raises(InvalidRequest, match="'data' has 4 bytes, more than the 3"):
        add(uploads, upload, b"abcd")
    assert blobs_of(storage, upload) == []


def test_an_unknown_upload_is_not_found(uploads: Uploads) -> None:
    for call in (
        lambda: uploads.cancel("upload_x"),
        lambda: uploads.complete("\ud800", b'{"part_ids": []}'),
        lambda: uploads.add_part("", form(), caller=None, key=None),
    ):
        with pytest.raises(NotFound, match="No such Upload object"):
            call()


def test_requests_that_are_sent_again_with_their_keys_make_nothing_new(uploads: Uploads) -> None:
    upload = begin(uploads, key="a")
    assert begin(uploads, key="a") == upload
    part = add(uploads, upload, b"abcdef", key="b")
    assert add(uploads, upload, b"abcdef", key="b") == part
    assert add(uploads, upload, b"abcdef") != part
    for again in (
        lambda: begin(uploads, key="a", bytes=7),
        lambda: add(uploads, upload, b"other", key="b"),
        lambda: add(uploads, begin(uploads), b"abcdef", key="b"),
    ):
        with pytest.raises(InvalidRequest, match="Idempotency-Key was sent before"):
            again()


def test_two_completions_at_once_make_one_file(uploads: Uploads, files: Files) -> None:
    upload = begin(uploads)
    first, last = add(uploads, upload, b"abc"), add(uploads, upload, b"def")
    together = threading.Barrier(4)

    def run(_: int) -> Upload:
        together.wait()
        return complete(uploads, upload, first, last)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(run, range(4)))
    (file,) = files.page({}).data
    assert [one.file for one in done] == [file] * 4
    assert bytes_of(files, file.id) == b"abcdef"


def test_of_two_completions_with_other_orders_one_wins(uploads: Uploads, files: Files) -> None:
    for _ in range(5):
        upload = begin(uploads)
        parts = [add(uploads, upload, b"abc"), add(uploads, upload, b"def")]
        together = threading.Barrier(2)

        def run(order: list[str], upload: Upload = upload, together: Any = together) -> object:
            together.wait()
            try:
                return complete(uploads, upload, *order).file
            except InvalidRequest as error:
                return error.code

        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(run, [parts, parts[::-1]]))
        (file,) = files.page({}).data
        assert "upload_completed" in ended
        assert file in ended
        assert bytes_of(files, file.id) == (b"abcdef" if ended[0] == file else b"defabc")
        files.delete(file.id)


@pytest.mark.parametrize("step", ["_join", "put_file", "replace"])
@pytest.mark.parametrize("again", ["same", "other"])
def test_a_completion_that_died_can_be_repeated(
    uploads: Uploads, files: Files, monkeypatch: pytest.MonkeyPatch, step: str, again: str
) -> None:
    upload = begin(uploads)
    first, last = add(uploads, upload, b"abc"), add(uploads, upload, b"def")
    original = getattr(completion, step)

    def dies(*args: Any, **kwargs: Any) -> Any:
        if step == "replace" and "status" not in kwargs:
            return original(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(completion, step, dies)
        complete(uploads, upload, first, last)
    order = (first, last) if again == "same" else (last, first)
    done = complete(uploads, upload, *order)
    (file,) = files.page({}).data
    assert done.file == file
    assert bytes_of(files, file.id) == (b"abcdef" if again == "same" else b"defabc")


def test_an_upload_that_is_cancelled_while_it_is_completed_makes_no_file(
    uploads: Uploads, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(uploads, bytes=3)
    part = add(uploads, upload, b"abc")

    def cancel_first(*args: Any) -> Any:
        uploads.cancel(upload.id)
        return put_file(*args)

    monkeypatch.setattr(completion, "put_file", cancel_first)
    with pytest.raises(InvalidRequest, match="is cancelled"):
        complete(uploads, upload, part)
    assert files.page({}).data == []


def test_an_empty_file_is_uploaded_without_parts(uploads: Uploads, files: Files) -> None:
    done = complete(uploads, begin(uploads, bytes=0))
    assert done.file is not None
    assert bytes_of(files, done.file.id) == b""


def test_a_file_that_was_sent_to_the_address_of_the_upload_is_completed(
    uploads: Uploads, files: Files, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def presigned_put(self: FolderBlobs, key: str, **about: Any) -> PresignedPut:
        asked.append((key, about))
        return PresignedPut("https://there.example/put", {"content-type": "text/plain"})

    monkeypatch.setattr(FolderBlobs, "presigned_put", presigned_put)
    upload = begin(uploads)
    assert upload.upload_url is not None
    assert upload.upload_url.model_dump() == {
        "method": "PUT",
        "url": "https://there.example/put",
        "headers": {"content-type": "text/plain"},
        "expires_at": upload.expires_at,
    }
    key = whole_of(upload.id)
    assert asked == [(key, {"size": 6, "content_type": "text/plain"})]
    storage.blobs.write(key, form(b"short").file.content)
    with pytest.raises(InvalidRequest, match="The file has 5 bytes"):
        complete(uploads, upload)
    storage.blobs.write(key, form(b"abcdef").file.content)
    with pytest.raises(InvalidRequest, match="'md5'"):
        complete(uploads, upload, md5="0" * 32)
    done = complete(uploads, upload, md5=hashlib.md5(b"abcdef").hexdigest())
    assert done.file is not None
    assert done.upload_url is None
    assert bytes_of(files, done.file.id) == b"abcdef"
    assert blobs_of(storage, upload) == []
