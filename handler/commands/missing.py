"""Documents in the store whose files are missing: which leave it, and which only with --remove.

A missing file was deleted or moved, or its disk is not mounted. Its document should leave the store
in the first two cases only. Deletes nothing itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from handler.commands.folder_files import is_gone, topmost_gone
from handler.commands.suggestions import ingest_command
from handler.ingestion.sources.files import FileReader

# One document that another replaces is normal. If all of several are gone, it is another disk.
FEW = 1
MAX_NAMED = 5  # folders in a warning


def refusal(
    folder: Path, known: Mapping[str, str], present: Collection[str], *, store: str | None = None
) -> str | None:
    """Why nothing may be removed: all that the store has of the folder is gone. None if it may.

    known: the etags of the folder's documents in the store, by source. present: its files now.
    Files that have moved within the folder, or have become folders or pipes, show that it is there.
    store: `--store`, for the command that removes them.
    """
    if not known or (present and len(known) <= FEW):
        return None
    if not all(is_gone(source) for source in known):
        return None
    if _any_moved(known, present):
        return None
    gone = "its document is" if len(known) == 1 else f"all of its {len(known):,} documents are"
    return (
        f"{folder}: nothing was done, because {gone} gone, as if a disk were not mounted. To "
        f"remove what is gone from the store: {ingest_command(folder, remove=True, store=store)}"
    )


def _any_moved(known: Mapping[str, str], present: Collection[str]) -> bool:
    reader = FileReader()
    etags = set(known.values())
    return any((found := reader.find(source)) and found.etag in etags for source in present)


def moved_away(elsewhere: Mapping[str, str], etags: Collection[str]) -> list[str]:
    """Sources outside the folder that are gone, and whose content the folder now has.

    elsewhere: the etags of the store's other documents, by source.
    """
    return [source for source, etag in elsewhere.items() if etag in etags and is_gone(source)]


def warnings(elsewhere: Collection[str], *, store: str | None = None) -> Iterator[str]:
    """A sentence for each folder outside that is gone, and whose documents the store still has.

    store: `--store`, for the command that removes them.
    """
    places = Counter(topmost_gone(source) for source in elsewhere if is_gone(source))
    for place, count in places.most_common(MAX_NAMED):
        documents = "1 document is" if count == 1 else f"{count:,} documents are"
        yield (
            f"{place} is gone, and {documents} still in the store. If it was removed or moved: "
            f"{ingest_command(place, remove=True, store=store)}"
        )
    if len(places) > MAX_NAMED:
        yield f"{len(places) - MAX_NAMED:,} more folders are gone, too."
