"""Bounded reading of ZIP packages and of the XML inside them; hostile files stay data."""

from __future__ import annotations

import functools
import io
import lzma
import struct
import zipfile
import zlib

from lxml import etree

MEMBER_LIMIT = 64 * 2**20
"""The most bytes that one member may unpack to."""
RATIO_LIMIT = 200
"""How many times its packed size a member larger than a mebibyte may unpack to."""
COUNT_LIMIT = 10_000
"""The most members of one package."""

_MEBIBYTE = 2**20
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
)
"""What zipfile raises on damaged packages, beside its own error."""
_ENCRYPTED = 0x1


class PackageError(ValueError):
    """The package or its XML cannot be read; the message is one line for the user."""


class Package:
    """A ZIP file in memory whose members are read within limits.

    Raises:
        PackageError: the bytes are no ZIP file, or it has too many members.
    """

    def __init__(self, data: bytes) -> None:
        """Read the directory of the package; no member is unpacked yet."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.members = tuple(self._zip.infolist())
        except _DAMAGE as error:
            raise PackageError("the file is a damaged ZIP package") from error
        if len(self.members) > COUNT_LIMIT:
            raise PackageError(f"the package has more than {COUNT_LIMIT} members")
        self.names = frozenset(member.filename for member in self.members)

    def read(self, member: str | zipfile.ZipInfo, most: int = MEMBER_LIMIT) -> bytes:
        """Unpack one member of at most so many bytes.

        Raises:
            PackageError: the member is missing, encrypted, damaged or larger than the limits.
        """
        if isinstance(member, str):
            if member not in self.names:
                raise PackageError(f"the package has no part {member[:80]!r}")
            member = self._zip.getinfo(member)
        if member.flag_bits & _ENCRYPTED:
            raise PackageError("the package is encrypted")
        limit = min(most, max(_MEBIBYTE, member.compress_size * RATIO_LIMIT))
        try:
            with self._zip.open(member) as stream:
                content = stream.read(limit + 1)
        except _DAMAGE as error:
            raise PackageError(f"the part {member.filename[:80]!r} is damaged") from error
        if len(content) > limit:
            raise PackageError(f"the part {member.filename[:80]!r} unpacks to too many bytes")
        return content


def parse_xml(content: bytes) -> etree._Element:
    """Parse XML without document types, entities, network or unbounded depth.

    Raises:
        PackageError: the XML is malformed, too deep, or declares a document type.
        MemoryError: the parser ran out of memory, which it reports as an error of syntax.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
            raise MemoryError from error
        raise PackageError("the XML in the package is malformed") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackageError("the XML in the package declares a document type, which is refused")
    return root


def local(element: etree._Element) -> str:
    """The element's name without its namespace (Word writes two of them for the same format)."""
    return _name(element.tag)


@functools.lru_cache(maxsize=1024)
def _name(tag: object) -> str:
    """The tag of an entity is no text."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(element: etree._Element | None, name: str) -> etree._Element | None:
    """The element's first child of that name, whatever its namespace."""
    if element is None:
        return None
    for child in element:
        if _name(child.tag) == name:
            return child
    return None


def value(element: etree._Element | None, name: str = "val") -> str:
    """An attribute whatever its namespace; empty where it is missing."""
    if element is None:
        return ""
    return next((str(v) for k, v in element.items() if str(k).rpartition("}")[2] == name), "")


def number(element: etree._Element | None, name: str = "val", least: int = 0) -> int:
    """An attribute as a whole number, the least allowed where it is none."""
    try:
        return max(least, int(float(value(element, name))))
    except (ValueError, OverflowError):
        return least


def relations(package: Package, name: str) -> dict[str, tuple[str, str]]:
    """Type and target, by id, of the relationships that a part such as `_rels/.rels` lists."""
    if name not in package.names:
        return {}
    folder = name.partition("_rels/")[0]
    found = {}
    for each in parse_xml(package.read(name)):
        target = value(each, "Target")
        path = target.lstrip("/") if target.startswith("/") else folder + target
        found[value(each, "Id")] = (value(each, "Type").rpartition("/")[2], path)
    return found
