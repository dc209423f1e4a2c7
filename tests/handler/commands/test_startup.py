"""What a server says when it starts: what was built, where it is, what it has, who may call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from handler.commands.startup import MAX_COUNTED, Startup, StoreState, look_at, url_of
from handler.settings import S3VectorsAddress, Settings, SqliteAddress
from handler.stores import open_storage, open_store
from handler.stores.catalog import VectorStoreItem
from handler.stores.row import Row
from model_layer import read_bundle

FINGERPRINT = read_bundle().fingerprint
START = Startup(
    url="http://localhost:8444",
    bundle=read_bundle(),
    is_new=False,
    settings=Settings(),
    is_local=True,
    store=None,
)


def line(name: str, startup: Startup) -> str:
    """What the block says under a name."""
    (found,) = (one for one in startup.as_text().splitlines() if one.startswith(f"  {name}"))
    return found.removeprefix(f"  {name}").strip()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost", "http://localhost:80"),
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("0.0.0.0", "http://localhost:80"),
        ("::", "http://localhost:80"),
    ],
)
def test_the_address_is_one_that_clients_can_use(host: str, url: str) -> None:
    assert url_of(host, 80) == url


def test_what_was_built_or_found_is_said() -> None:
    folder = read_bundle().folder
    assert line("model", START) == f"{FINGERPRINT} (built before, in {folder})"
    new = replace(START, is_new=True)
    assert line("model", new) == f"{FINGERPRINT} (built just now, in {folder})"
    assert new.as_json()["built"] is True


def test_it_says_whether_keys_are_on_and_how_to_make_one() -> None:
    assert (
        line("keys", START) == "off, any program on this machine may call: `minilm key` makes one"
    )
    others = replace(START, is_local=False)
    assert line("keys", others).startswith("off, ANY MACHINE that reaches this one may call")
    keys = replace(START, settings=Settings(key_hashes={"alice": "a" * 64, "bob": "b" * 64}))
    assert line("keys", keys) == "on: 2 keys"
    assert keys.as_json()["keys"] == 2
    assert "a" * 64 not in keys.as_text() + str(keys.as_json())


def test_assistants_are_told_where_to_connect_unless_that_is_off() -> None:
    assert line("assistants", START) == "http://localhost:8444/mcp"
    off = replace(START, settings=Settings(mcp=False))
    assert "assistants" not in off.as_text()
    assert off.as_json()["mcp"] is None


def test_the_page_is_named_unless_it_is_off() -> None:
    assert line("page", START) == "http://localhost:8444/"
    off = replace(START, settings=Settings(page=False))
    assert "  page" not in off.as_text()
    assert off.as_json()["page"] is None


def test_no_store_is_said(tmp_path: Path) -> None:
    assert look_at(None, FINGERPRINT) is None
    assert line("documents", START) == "none: VECTOR_STORE is empty"


def test_a_store_that_is_not_there_yet_says_what_makes_it(tmp_path: Path) -> None:
    address = SqliteAddress(str(tmp_path / "a.sqlite"))
    state = look_at(address, FINGERPRINT)
    assert state == StoreState(address.path)
    startup = replace(START, settings=Settings(vector_store=address), store=state)
    assert line("documents", startup) == (
        f"none yet: `minilm ingest FOLDER`, or an upload, makes {address.path}"
    )
    asked = replace(startup, asked="a.sqlite")
    assert "`minilm ingest --store a.sqlite FOLDER`" in line("documents", asked)
    assert list(tmp_path.iterdir()) == []


def test_documents_and_vector_stores_are_counted(tmp_path: Path) -> None:
    address = SqliteAddress(str(tmp_path / "a.sqlite"))
    store = open_store(address, fingerprint=FINGERPRINT)
    store.ledger.put(Row("file-a", "file:///a"))
    catalog = open_storage(address).catalog
    catalog.put(VectorStoreItem(id="vs_a", created=1.0))
    catalog.put(VectorStoreItem(id="vs_b", created=1.0))
    state = look_at(address, FINGERPRINT)
    assert state is not None
    assert state.describe() == f"{address.path}: 1 document, 2 vector stores"
    many = StoreState("a", documents=1_234, vector_stores=MAX_COUNTED)
    assert many.describe() == "a: 1,234 documents, 1,000 vector stores or more"


def test_a_store_that_cannot_be_used_is_said_with_the_cure(tmp_path: Path) -> None:
    damaged = SqliteAddress(str(tmp_path / "damaged.sqlite"))
    Path(damaged.path).write_bytes(b"no database at all, " * 100)
    state = look_at(damaged, FINGERPRINT)
    assert state is not None
    assert state.problem
    assert state.describe().startswith(f"{damaged.path}, which cannot be used: ")
    other = SqliteAddress(str(tmp_path / "other.sqlite"))
    open_store(other, fingerprint="another").ledger.put(Row("file-a", "file:///a"))
    state = look_at(other, FINGERPRINT)
    assert state is not None
    assert "holds vectors of another" in state.describe()


def test_aws_is_not_asked() -> None:
    state = look_at(S3VectorsAddress("bucket", "index", "ledger"), FINGERPRINT)
    assert state is not None
    assert state.describe() == "s3vectors://bucket/index"
