"""An Office file's parts, and the relationships between them. Reads no text.

Names are compared without namespaces, so that "Strict Open XML" is read like any other file.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from handler.documents.archive import Archive
from handler.documents.xml_tree import Element, attribute, child, children, damaged, parse
from handler.errors import DocumentRejected


@dataclass(frozen=True)
class Relationship:
    """That a part refers to another by an id."""

    kind: str  # the last word of its type: "slide", "image" …
    target: str  # the part's name


class Package:
    """The parts of one file. kind: what a message calls it, such as "PowerPoint file"."""

    def __init__(self, content: bytes, kind: str) -> None:
        self.kind = kind
        self.archive = Archive(content, kind)
        self._relationships: dict[str, dict[str, Relationship]] = {}

    def main(self, usual: str) -> str:
        """The name of the part that the others hang on. Raises DocumentRejected if none is."""
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and relationship.target in self.archive:
                return relationship.target
        if usual in self.archive:
            return usual
        raise damaged(self.kind)

    def xml(self, part: str) -> Element:
        """The root of a part that is there. Raises DocumentRejected if it is damaged."""
        return parse(self.archive.read(part), self.kind)

    def try_xml(self, part: str) -> Element | None:
        """The root of a part that the file can be read without; None if missing or damaged."""
        if part not in self.archive:
            return None
        try:
            return self.xml(part)
        except DocumentRejected as rejected:
            if rejected.message == damaged(self.kind).message:
                return None
            raise

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part to parts that are there, by id. part: "" for the file."""
        if part not in self._relationships:
            self._relationships[part] = self._read_relationships(part)
        return self._relationships[part]

    def target(self, part: str, reference: str) -> str:
        """The name of the part that `part` refers to by `reference`; "" if there is none."""
        relationship = self.relationships(part).get(reference)
        return relationship.target if relationship else ""

    def targets(self, part: str, *kinds: str) -> list[str]:
        """The names of the parts that `part` refers to, of these kinds."""
        found = self.relationships(part).values()
        return list(dict.fromkeys(each.target for each in found if each.kind in kinds))

    def title(self) -> str | None:
        """The title that the file's properties state."""
        properties = [*self.targets("", "core-properties"), "docProps/core.xml"]
        title = child(self.try_xml(properties[0]), "title")
        return None if title is None else title.text

    def _read_relationships(self, part: str) -> dict[str, Relationship]:
        folder, file = posixpath.split(part)
        root = self.try_xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for each in children(root, "Relationship") if root is not None else ():
            target = _resolved(folder, attribute(each, "Target"))
            if attribute(each, "TargetMode") != "External" and target in self.archive:
                kind = attribute(each, "Type").rpartition("/")[2]
                found[attribute(each, "Id")] = Relationship(kind, target)
        return found


def _resolved(folder: str, target: str) -> str:
    path = unquote(target.replace("\\", "/"))
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
