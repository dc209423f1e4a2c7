"""The store that a command uses: `--store`, or else VECTOR_STORE, or else a file in this folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from handler.commands.arguments import is_called_by
from handler.settings import S3VectorsAddress, Settings, SqliteAddress, StoreAddress, read_settings

DEFAULT = "sqlite:///documents.sqlite"  # an empty VECTOR_STORE stands for none
IN_CONTAINER = "sqlite:////data/documents.sqlite"  # where a volume is mounted
SCHEMES = ("sqlite:", "s3vectors:")


def add_store_option(parser: argparse.ArgumentParser) -> None:
    """`--store`."""
    parser.add_argument(
        "--store",
        metavar="STORE",
        help="a file such as notes.sqlite, or an address as VECTOR_STORE takes it (default: "
        "VECTOR_STORE, or else documents.sqlite in the current folder)",
    )


def default_store() -> str:
    """The store that is used if nothing names one."""
    return IN_CONTAINER if is_called_by("container") else DEFAULT


def settings_with_store(store: str | None) -> Settings:
    """The settings of the environment, with the store that the command uses.

    Notes the store in the environment, too, for what reads it later. Raises ValueError.
    """
    if store is not None:
        os.environ["VECTOR_STORE"] = _address(store)
    os.environ.setdefault("VECTOR_STORE", default_store())
    return read_settings(os.environ)


def _address(store: str) -> str:
    """The address that `--store` stands for: a path is one, too."""
    if not store or store.startswith(SCHEMES) or "://" in store:
        return store
    try:
        return f"sqlite:///{Path(store).expanduser()}"
    except RuntimeError as error:
        raise ValueError(
            f"--store is {store!r}, whose home folder is not known; name the whole path."
        ) from error


def place_of(address: StoreAddress) -> str:
    """The store as people know it."""
    if isinstance(address, SqliteAddress):
        return address.path
    return f"s3vectors://{address.bucket}/{address.index}"


def is_missing(address: StoreAddress) -> bool:
    """Whether the store is a file that is not there yet."""
    return isinstance(address, SqliteAddress) and not os.path.lexists(address.path)


def expect_writable(address: StoreAddress | None) -> None:
    """Raise ValueError if the store is a file that cannot be made there."""
    if address is None or isinstance(address, S3VectorsAddress) or not is_missing(address):
        return
    try:
        folder = Path(address.path).absolute().parent
    except FileNotFoundError as error:
        raise ValueError(
            f"The store {address.path} cannot be made: the current folder is gone. Change to "
            "another one, or name the whole path with VECTOR_STORE or --store."
        ) from error
    while not os.path.lexists(folder):  # it is made with the file
        folder = folder.parent
    if not folder.is_dir():
        raise ValueError(f"The store {address.path} cannot be made: {folder} is not a folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(
            f"The store {address.path} cannot be made: {folder} may not be written by this user. "
            "VECTOR_STORE or --store names another place."
        )
