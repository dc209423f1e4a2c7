"""The bundle is beside the code of a checkout and an image, and in the cache otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model_layer import BundleError, load_encoder, places, read_bundle, recipe
from model_layer.places import bundle_folder


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A package that pip has installed; its cache."""
    monkeypatch.setattr(places, "IS_CHECKOUT", False)
    monkeypatch.setattr(places, "DEFAULT_BUNDLE", tmp_path / "site-packages" / "bundle")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "minilm-lambda"


def test_a_checkout_has_it_beside_the_code() -> None:
    assert bundle_folder() == bundle_folder("fp32") == Path(places.__file__).parent / "bundle"


def test_an_installed_package_has_one_in_the_cache_for_each_precision(installed: Path) -> None:
    int8, fp32 = bundle_folder("int8"), bundle_folder("fp32")
    assert bundle_folder() == int8
    assert int8.parent == fp32.parent == installed / "bundles"
    assert (int8.name[:5], fp32.name[:5]) == ("int8-", "fp32-")


def test_the_cache_is_in_the_home_folder_without_xdg(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert places.cache_folder() == Path("/home/somebody/.cache/minilm-lambda")


def test_a_user_without_a_home_folder_is_told_what_to_set(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 987_654)  # has no entry in passwd
    with pytest.raises(BundleError, match=r"no home folder for the model: set XDG_CACHE_HOME"):
        bundle_folder()


def test_installations_with_other_recipes_do_not_share_a_bundle(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bundle_folder()
    monkeypatch.setattr(recipe, "LIBRARIES", ("numpy",))
    assert bundle_folder() != before


def test_a_bundle_beside_the_code_wins(installed: Path) -> None:
    places.DEFAULT_BUNDLE.mkdir(parents=True)
    assert bundle_folder("fp32") == places.DEFAULT_BUNDLE


def test_an_image_has_it_beside_the_code_or_nowhere(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "BUILD", Path("/no/build"))
    assert bundle_folder() == places.DEFAULT_BUNDLE


def test_another_precision_than_that_of_the_bundle_is_refused() -> None:
    here = read_bundle().precision
    other = "fp32" if here == "int8" else "int8"
    assert read_bundle(precision=here).precision == here  # type: ignore[arg-type]
    with pytest.raises(BundleError, match=f"has the precision {here}, and {other} is asked for"):
        load_encoder(precision=other)  # type: ignore[arg-type]
