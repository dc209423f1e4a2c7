"""What a server says when it starts: a block for people, or a line of JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from handler.commands.store import is_missing, place_of
from handler.commands.suggestions import ingest_command, key_command
from handler.errors import TryLater, WrongStore
from handler.settings import S3VectorsAddress, Settings, StoreAddress
from handler.stores import bind_source_store, open_storage
from handler.stores.catalog import VectorStoreItem
from handler.version import VERSION
from model_layer import Bundle

MAX_COUNTED = 1_000  # vector stores
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  # what is listened on


@dataclass(frozen=True)
class StoreState:
    """A store, as it is when the server starts."""

    place: str
    documents: int | None = None  # of folders; None: not known
    vector_stores: int | None = None  # made through the API
    problem: str | None = None

    def describe(self) -> str:
        if self.problem:
            return f"{self.place}, which cannot be used: {self.problem}"
        if self.documents is None or self.vector_stores is None:
            return self.place
        more = " or more" if self.vector_stores == MAX_COUNTED else ""
        documents = _counted(self.documents, "document")
        return f"{self.place}: {documents}, {_counted(self.vector_stores, 'vector store')}{more}"


@dataclass(frozen=True)
class Startup:
    """All there is to say."""

    url: str  # of the server
    bundle: Bundle
    is_new: bool  # the bundle was built just now
    settings: Settings
    is_local: bool  # no other machine can connect
    store: StoreState | None
    asked: str | None = None  # `--store`

    def as_json(self) -> dict[str, object]:
        """The facts, for programs."""
        return {
            "event": "started",
            "version": VERSION,
            "url": f"{self.url}/v1",
            "page": f"{self.url}/" if self.settings.page else None,
            "docs": f"{self.url}/docs",
            "mcp": f"{self.url}/mcp" if self.settings.mcp else None,
            "metrics": f"{self.url}/metrics",
            "fingerprint": self.bundle.fingerprint,
            "bundle": str(self.bundle.folder),
            "built": self.is_new,
            "store": asdict(self.store) if self.store else None,
            "keys": len(self.settings.key_hashes),
        }

    def as_text(self) -> str:
        """A block of lines. The first has the address for clients."""
        made = "built just now" if self.is_new else "built before"
        rows = {
            "model": f"{self.bundle.fingerprint} ({made}, in {self.bundle.folder})",
            "page": f"{self.url}/" if self.settings.page else "",
            "docs": f"{self.url}/docs",
            "assistants": f"{self.url}/mcp" if self.settings.mcp else "",
            "metrics": f"{self.url}/metrics",
            "documents": self._documents(),
            "keys": self._keys(),
        }
        lines = [f"  {name:<11}{value}" for name, value in rows.items() if value]
        return "\n".join([f"minilm {VERSION} serves {self.url}/v1", *lines, "Ctrl-C stops it."])

    def _documents(self) -> str:
        address = self.settings.vector_store
        if self.store is None or address is None:
            return "none: VECTOR_STORE is empty"
        if is_missing(address):
            command = ingest_command("FOLDER", store=self.asked)
            return f"none yet: `{command}`, or an upload, makes {self.store.place}"
        return self.store.describe()

    def _keys(self) -> str:
        count = len(self.settings.key_hashes)
        if count:
            return f"on: {_counted(count, 'key')}"
        who = (
            "any program on this machine" if self.is_local else "ANY MACHINE that reaches this one"
        )
        return f"off, {who} may call: `{key_command()}` makes one"


def url_of(host: str, port: int) -> str:
    """The address of a server, for clients on its machine."""
    if host in EVERY_ADDRESS:
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def look_at(address: StoreAddress | None, fingerprint: str) -> StoreState | None:
    """The state of a store. A file is opened, and brought up to date; AWS is not asked."""
    if address is None:
        return None
    place = place_of(address)
    if isinstance(address, S3VectorsAddress) or is_missing(address):
        return StoreState(place)
    try:
        storage = open_storage(address)
        documents = storage.store(storage.source_store_id).ledger.counts().total
        if documents:
            bind_source_store(storage, fingerprint=fingerprint)
        made = len(storage.catalog.page(VectorStoreItem, limit=MAX_COUNTED))
    except (WrongStore, TryLater) as error:
        return StoreState(place, problem=str(error))
    return StoreState(place, documents, made)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
