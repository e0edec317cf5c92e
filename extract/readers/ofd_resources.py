"""What pages of an OFD file share: pictures and composite drawings, by their ids."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from extract.package import PackageError, find, local, parse_xml, value

if TYPE_CHECKING:
    from lxml import etree

    from extract.package import Package

_LISTS = ("PublicRes", "DocumentRes")
_MOST_LISTS = 20


class OfdResources:
    """The resources that a document's common data lists, parsed when one is asked for."""

    def __init__(self, package: Package, root: str, common: etree._Element | None) -> None:
        """Note where the lists are.

        Args:
            package: the OFD file.
            root: the name of the document's own part.
            common: its CommonData.
        """
        self._package = package
        self._lists = [
            join(root, (each.text or "").strip())
            for each in (() if common is None else common)
            if local(each) in _LISTS
        ][:_MOST_LISTS]
        self._known: tuple[dict[str, str], dict[str, etree._Element]] | None = None

    def picture(self, resource: str) -> bytes | None:
        """The file of a picture, None where there is none.

        Raises:
            PackageError: its part is damaged or too large.
        """
        name = self._parsed()[0].get(resource)
        return self._package.read(name) if name in self._package.names and name else None

    def composite(self, resource: str) -> etree._Element | None:
        """The content of a composite drawing, None where there is none."""
        return self._parsed()[1].get(resource)

    def _parsed(self) -> tuple[dict[str, str], dict[str, etree._Element]]:
        if self._known is None:
            self._known = {}, {}
            for name in self._lists:
                try:
                    root = parse_xml(self._package.read(name))
                except PackageError:
                    continue  # what it lists is missing then, and said to be
                self._add(root, join(name, (value(root, "BaseLoc") or ".") + "/."))
        return self._known

    def _add(self, root: etree._Element, folder: str) -> None:
        assert self._known is not None
        for each in root.iter():
            if local(each) == "MultiMedia":
                file = find(each, "MediaFile")
                if file is not None:
                    target = join(f"{folder}/.", (file.text or "").strip())
                    self._known[0].setdefault(value(each, "ID"), target)
            elif local(each) == "CompositeGraphicUnit":
                content = find(each, "Content")
                if content is not None:
                    self._known[1].setdefault(value(each, "ID"), content)


def join(base: str, target: str) -> str:
    """The name of a part that another part points to; never a path of this machine."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), target)).lstrip("/")
