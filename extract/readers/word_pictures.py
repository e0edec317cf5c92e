"""The pictures of a .docx file, in the order of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.package import Package, PackageError, find, local, parse_xml, relations, value
from extract.readers.docx import main_part
from extract.readers.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_MOST = 60
_MOST_BYTES = 48 * 2**20


def word_pictures(data: bytes) -> list[Picture]:
    """The pictures that a .docx file shows, deleted ones left out; none where it is damaged."""
    try:
        package = Package(data)
        main = main_part(package)
        folder, _, name = main.rpartition("/")
        listed = relations(package, f"{folder}/_rels/{name}.rels")
        body = parse_xml(package.read(main))
    except PackageError:
        return []
    named = (listed.get(reference, ("", "")) for reference in _references(body))
    targets = dict.fromkeys(target for kind, target in named if kind == "image")
    found: list[Picture] = []
    left = _MOST_BYTES
    for target in list(targets)[:_MOST]:
        try:
            content = package.read(target, most=max(left, 1))
        except PackageError:
            content = None
        left -= len(content or b"")
        found.append(Picture(target, content))
    return found


def _references(element: etree._Element) -> Iterator[str]:
    """The ids of the pictures below an element, in order."""
    for child in element:
        name = local(child)
        if name in ("del", "moveFrom"):
            continue
        if name == "AlternateContent":
            choice = find(child, "Choice")
            shown = list(_references(choice)) if choice is not None else []
            fallback = find(child, "Fallback")
            yield from shown or (() if fallback is None else _references(fallback))
            continue
        if name == "blip":
            yield value(child, "embed")
        elif name == "imagedata":
            yield value(child, "id")
        yield from _references(child)
