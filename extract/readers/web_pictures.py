"""The pictures of a web page: in the page itself, in the archive or ZIP file around it, outside."""

from __future__ import annotations

import base64
import binascii
import email
import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from extract.readers.page import content, decode, parse, unwrap
from extract.readers.picture import Picture
from extract.readers.visibility import is_hidden, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

_SOURCES = ("data-original", "data-src", "_src", "src")
"""Where pages name a picture's address; scripts that load late keep it in the first ones."""
_DATA = re.compile(r"data:image/[\w.+-]*(?:;[\w=.+-]*)*,", re.IGNORECASE)
_BLANK = 1000
"""Bytes: a smaller picture in a page only holds the place of another one."""
_ICON = re.compile(r"icon|logo|qrcode|weixin|weibo|share|print|blank|spacer|loading", re.IGNORECASE)
_SMALL_SIDE = 100
"""Pixels: a picture shown smaller than this is an ornament."""
_ORIGIN = re.compile(r"^(?:\w+:)?//[^/?#]*")
_MOST = 60


def web_pictures(data: bytes, files: Mapping[str, bytes], base: str = "") -> list[Picture]:
    """The pictures in a page's content, in order, ornaments left out.

    Args:
        data: the page, or a web archive (MHTML) around it.
        files: pictures that came with the page, by their names in the ZIP file.
        base: the page's own name in the ZIP file.

    Returns:
        Pictures by their addresses as the page writes them, with the file where it is at hand.
    """
    root, _ = parse(decode(unwrap(data))[0])
    if root is None:
        return []
    archived = _archived(data)
    found = []
    for element in content(root):
        for image in _images(element):
            address = _address(image)
            if address and not _is_ornament(image, address):
                file = _inlaid(address) or _archived_file(archived, address)
                file = file or _beside(files, base, address)
                name = "a picture in the page" if address.startswith("data:") else address
                found.append(Picture(name, file))
    return found[:_MOST]


def _images(element: etree._Element) -> Iterator[etree._Element]:
    if is_hidden(element):
        return
    if tag(element) == "img":
        yield element
    for child in element:
        yield from _images(child)


def _address(image: etree._Element) -> str:
    said = [(image.get(name) or "").strip() for name in _SOURCES]
    return next((each for each in said if each and not _is_blank(each)), "")


def _is_blank(address: str) -> bool:
    return address.startswith("data:") and len(address) < _BLANK


def _is_ornament(image: etree._Element, address: str) -> bool:
    sides = [re.match(r"\s*(\d+)", image.get(name) or "") for name in ("width", "height")]
    small = any(side and int(side[1]) < _SMALL_SIDE for side in sides)
    return small or (not address.startswith("data:") and bool(_ICON.search(address)))


def _inlaid(address: str) -> bytes | None:
    """The picture that a data: address is."""
    head = _DATA.match(address)
    if head is None:
        return None
    if ";base64" not in head[0].lower():
        return unquote_to_bytes(address[head.end() :])
    packed = re.sub(r"\s+", "", unquote(address[head.end() :]))
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4))
    except (binascii.Error, ValueError):
        return None


def _archived(data: bytes) -> dict[str, bytes]:
    """The pictures of a web archive by their addresses and ids."""
    if unwrap(data) is data:
        return {}
    found: dict[str, bytes] = {}
    for part in email.message_from_bytes(data.lstrip()).walk():
        if part.get_content_maintype() == "image":
            content = part.get_payload(decode=True)
            place, ident = part.get("Content-Location"), part.get("Content-ID")
            if isinstance(content, bytes):
                for name in (place, ident and f"cid:{ident.strip().strip('<>')}"):
                    if name:
                        found.setdefault(name.strip(), content)
    return found


def _archived_file(archived: Mapping[str, bytes], address: str) -> bytes | None:
    if address in archived:
        return archived[address]
    tail = "/" + address.lstrip("./")
    ends = [content for name, content in archived.items() if ("/" + name).endswith(tail)]
    return ends[0] if len(ends) == 1 else None


def _beside(files: Mapping[str, bytes], base: str, address: str) -> bytes | None:
    """A picture from the same ZIP file: by its path from the page, else by its name alone."""
    path = unquote(re.split(r"[?#]", _ORIGIN.sub("", address))[0]).replace("\\", "/")
    folder = posixpath.dirname(base.replace("\\", "/"))
    named = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
    for name, file in files.items():
        if name.replace("\\", "/").lstrip("/") == named:
            return file
    last = posixpath.basename(path)
    same = [file for name, file in files.items() if last and posixpath.basename(name) == last]
    return same[0] if len(same) == 1 else None
