"""A vector store that was made over HTTP, and requests to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import httpx2
from starlette.testclient import TestClient

from handler.stores.sqlite.storage import SqliteStorage
from tests.handler.vector_stores.worker import upload

STORES = "/v1/vector_stores"


@dataclass(frozen=True)
class MadeStore:
    """A store, with the client that made it. Requests must succeed unless the method says so."""

    client: TestClient
    storage: SqliteStorage
    id: str

    @classmethod
    def make(cls, client: TestClient, storage: SqliteStorage, **fields: Any) -> Self:
        """Make another one."""
        made = client.post(STORES, json=fields)
        assert made.status_code == 200, made.text
        return cls(client, storage, made.json()["id"])

    @property
    def path(self) -> str:
        return f"{STORES}/{self.id}"

    def request(self, method: str, path: str = "", **options: Any) -> httpx2.Response:
        """The answer to a request below the store's path, whatever it is."""
        return self.client.request(method, f"{self.path}{path}", **options)

    def get(self, path: str = "", **params: Any) -> Any:
        return self._json(self.request("GET", path, params=params))

    def post(self, path: str = "", **fields: Any) -> Any:
        return self._json(self.request("POST", path, json=fields))

    def delete(self, path: str = "") -> Any:
        return self._json(self.request("DELETE", path))

    def attach(self, name: str = "a.txt", content: bytes = b"A pump.", **fields: Any) -> str:
        """The id of a new file that is attached."""
        file_id = upload(self.storage, name, content)
        self.post("/files", file_id=file_id, **fields)
        return file_id

    def found(self, query: str = "pump", **fields: Any) -> list[str]:
        """The ids of the files that a search finds."""
        page = self.post("/search", query=query, **fields)
        return [result["file_id"] for result in page["data"]]

    def _json(self, response: httpx2.Response) -> Any:
        assert response.status_code == 200, response.text
        return response.json()
