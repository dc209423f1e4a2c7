"""A Word file's parts, and the relationships between them. Reads no text.

Word, LibreOffice and pandoc open much that is odd: this finds a part by its relationship or, if
that is missing, by its usual name, and leaves out relationships that lead nowhere.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from handler.documents.archive import Archive
from handler.documents.docx.names import Element, name
from handler.documents.xml_tree import check_memory
from handler.errors import DocumentRejected
from handler.limits import MAX_XML_TAGS

DAMAGED = "The Word file is damaged and cannot be opened; save it again as .docx."
# The names of "Strict Open XML" (ISO 29500), which differ from those of all other Word files.
STRICT = re.compile(rb"(?<=[\"'])http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
MAIN_NAME = re.compile(r"word/document\d*\.xml", re.IGNORECASE)
MAIN_TYPE = re.compile(r"wordprocessingml\.(document|template)|ms-word\.(document|template)")


@dataclass(frozen=True)
class Relationship:
    """A reference from one part to another."""

    kind: str  # the last word of its type: "header", "image" …
    target: str  # the part's name; "" if it is no part of the file


class Package:
    """The parts of one Word file. Raises DocumentRejected if it has no main part."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._relationships: dict[str, dict[str, Relationship]] = {}
        self._media_types: dict[str, str] | None = None  # by part, or by extension: ".xml"
        self.damaged: list[str] = []  # parts that could not be parsed
        self.main = self._main_name()
        self.folder = posixpath.dirname(self.main)
        root = parse(archive.read(self.main)) if self.main in archive else None
        if root is None or root.tag != name("w:document"):
            raise DocumentRejected("invalid_file", DAMAGED)
        self.document: Element = root

    def xml(self, part: str) -> Element | None:
        """The root element of a part; None if it is missing or damaged."""
        if part not in self.archive:
            return None
        root = parse(self.archive.read(part))
        if root is None:
            self.damaged.append(part)
        return root

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part, by reference."""
        if part not in self._relationships:
            self._relationships[part] = self._read_relationships(part)
        return self._relationships[part]

    def target(self, part: str, reference: str | None) -> str:
        """The name of the part that `part` refers to by `reference`; "" if there is none."""
        relationship = self.relationships(part).get(reference or "")
        target = relationship.target if relationship else ""
        return target if target in self.archive else ""

    def of_main(self, kind: str) -> str:
        """The name of the main part's "styles", "numbering" …; "" if it has none."""
        for relationship in self.relationships(self.main).values():
            if relationship.kind == kind and relationship.target in self.archive:
                return relationship.target
        usual = posixpath.join(self.folder, f"{kind}.xml")
        return usual if usual in self.archive else ""

    def core_properties(self) -> Element | None:
        """The properties that hold the title."""
        for relationship in self.relationships("").values():
            if relationship.kind in ("core-properties", "metadata/core-properties"):
                return self.xml(relationship.target)
        return self.xml("docProps/core.xml")

    def media_type(self, part: str) -> str:
        """A part's media type, as [Content_Types].xml has it; "" if it has none."""
        if self._media_types is None:
            root = self.xml("[Content_Types].xml")
            self._media_types = {
                each.get("PartName", f".{each.get('Extension')}").lstrip("/").casefold(): str(
                    each.get("ContentType", "")
                )
                for each in (() if root is None else root)
            }
        extension = f".{part.rpartition('.')[2]}".casefold()
        return self._media_types.get(part.casefold()) or self._media_types.get(extension, "")

    def _main_name(self) -> str:
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and relationship.target in self.archive:
                return relationship.target
        for part in self.archive.names:
            if MAIN_NAME.fullmatch(part):
                return part
        xmls = (part for part in self.archive.names if part.endswith(".xml"))
        return next((part for part in xmls if MAIN_TYPE.search(self.media_type(part))), "")

    def _read_relationships(self, part: str) -> dict[str, Relationship]:
        folder, file = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for each in root.iter(name("rel:Relationship")) if root is not None else ():
            is_inside = each.get("TargetMode") != "External"
            target = _resolved(folder, each.get("Target", "")) if is_inside else ""
            kind = each.get("Type", "").rpartition("/")[2]
            found[each.get("Id", "")] = Relationship(kind, target)
        return found


def _resolved(folder: str, target: str) -> str:
    path = unquote(target.replace("\\", "/"))
    if path.startswith("/"):
        return posixpath.normpath(path).lstrip("/")
    return posixpath.normpath(posixpath.join(folder, path))


def parse(content: bytes) -> Element | None:
    """The root element of an XML part; None if it is damaged.

    Entities are not expanded, nothing is loaded, and libxml2 refuses more than 256 levels.
    Raises DocumentRejected if there are too many elements.
    """
    if content.startswith(UTF16):
        text = content.decode("utf-16", errors="replace")
        content = DECLARATION.sub("", text).encode(errors="replace")
    tags = content.count(b"<") + content.count(b'="') + content.count(b"='")
    if tags > MAX_XML_TAGS:
        raise DocumentRejected(
            "invalid_file",
            f"A part of the Word file has {tags:,} XML tags and attributes; the limit is "
            f"{MAX_XML_TAGS:,}. Split the file.",
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(STRICT.sub(TRANSITIONAL, content), parser)
    except etree.XMLSyntaxError as error:
        check_memory(error)
        return None
