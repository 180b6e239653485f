"""The package of a Word document: a ZIP archive of XML parts, read within limits."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from lxml import etree

from textmine.errors import ReadError

MAX_MEMBERS = 20_000
"""Most members of the ZIP archive; a long report with pictures has some hundreds."""
MAX_XML_BYTES = 100 * 2**20
"""Most bytes of one XML part once inflated; a book of 1,000 pages has about 20 MiB."""
MAX_RATIO = 250
"""Highest ratio of inflated to stored bytes of an XML part; tables of equal cells reach 60."""
_RATIO_MATTERS = 2**20  # small parts may well be packed tighter

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
"""Namespace of WordprocessingML as it stands before the names of elements."""

# The strict variant of the format has its own names for the same things.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


class Package:
    """The ZIP archive of a document: parts by name, relationships by kind."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self._archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise ReadError(
                "damaged", f"{path.name} is cut off or damaged ({error}). Save it again in Word."
            ) from error
        self._infos = {info.filename.lstrip("/"): info for info in self._archive.infolist()}
        if len(self._infos) > MAX_MEMBERS:
            self._archive.close()
            raise ReadError(
                "too-large",
                f"{path.name} is an archive of {len(self._infos):,} files; at most "
                f"{MAX_MEMBERS:,} are read.",
            )

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part, or None when the package has no such part."""
        info = self._infos.get(name)
        if info is None:
            return None
        if info.flag_bits & 1:
            raise ReadError(
                "encrypted", f"{self.name} asks for a password. Save a copy without one."
            )
        packed = max(info.compress_size, 1)
        if info.file_size > MAX_XML_BYTES or (
            info.file_size > _RATIO_MATTERS and info.file_size / packed > MAX_RATIO
        ):
            raise ReadError(
                "zip-bomb",
                f"{self.name}: the part {name} would inflate from {packed:,} to "
                f"{info.file_size:,} bytes, as documents made to exhaust memory do.",
            )
        try:
            data = self._archive.read(info)  # never more than the size checked above
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise self._damaged(name, error) from error
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if "entity amplification" in str(error):
                raise self._entities(name) from error
            raise self._damaged(name, error) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise self._entities(name)
        return root

    def relationships(self, name: str) -> dict[str, tuple[str, str]]:
        """Last word of the type, and target part, by relationship id; outside targets left out."""
        place = PurePosixPath(name)
        root = self.xml(str(place.parent / "_rels" / f"{place.name}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for element in root if root is not None else ():
            target = element.get("Target")
            if target is None or element.get("TargetMode") == "External":
                continue
            absolute = target.startswith("/")
            whole = target.lstrip("/") if absolute else str(place.parent / target)
            kind = (element.get("Type") or "").rpartition("/")[2]
            found[element.get("Id") or f"#{len(found)}"] = (kind, _resolved(whole))
        return found

    def main_part(self) -> str:
        """Name of the part with the document's body."""
        for kind, target in self.relationships("").values():
            if kind == "officeDocument" and target in self._infos:
                return target
        raise ReadError(
            "damaged", f"{self.name} names no document part, so there is nothing to read."
        )

    def _entities(self, part: str) -> ReadError:
        return ReadError(
            "xml-entities",
            f"{self.name}: the part {part} declares its own XML entities, which the format "
            "forbids and attackers use. Save the document again in Word.",
        )

    def _damaged(self, part: str, error: Exception) -> ReadError:
        return ReadError(
            "damaged",
            f"{self.name}: the part {part} cannot be read ({error}). Open and save it in Word.",
        )


def _resolved(name: str) -> str:
    """A part name without ``.`` and ``..``; leading ``..`` fall away."""
    parts: list[str] = []
    for part in name.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def local_name(element: etree._Element) -> str:
    """Name of an element without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child_of(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The element that the names lead to, one level each; None where the way ends."""
    for name in path:
        element = element.find(W + name) if element is not None else None
    return element


def value_of(element: etree._Element | None, *path: str) -> str | None:
    """The ``w:val`` of the element that the names lead to."""
    found = child_of(element, *path)
    return found.get(W + "val") if found is not None else None


def number_of(element: etree._Element | None, *path: str) -> int | None:
    """The ``w:val`` of that element if it is a whole number."""
    value = value_of(element, *path)
    return int(value) if value is not None and re.fullmatch(r"-?\d+", value) else None


def font_of(element: etree._Element | None) -> str:
    """The font that a run or a level of a list names itself; empty where it names none."""
    fonts = child_of(element, "rPr", "rFonts")
    names = [fonts.get(W + each) for each in ("ascii", "hAnsi", "cs")] if fonts is not None else []
    return next((name for name in names if name), "")


def is_on(element: etree._Element | None, *path: str) -> bool:
    """Whether a yes-or-no property stands there and is not switched off."""
    found = child_of(element, *path)
    return found is not None and found.get(W + "val", "1") not in ("0", "false", "off")
