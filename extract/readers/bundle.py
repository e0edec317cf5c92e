"""Read what a ZIP file holds: reports packed together, under names in whatever encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from extract.package import Package, PackageError
from extract.sniff import ZIP, sniff

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator

_MOST_FILES = 50
_MOST_BYTES = 256 * 2**20
_UTF8_NAME = 0x800
_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")

Result = TypeVar("Result")


def read_bundle(
    data: bytes, read: Callable[[str, bytes], Result]
) -> tuple[list[tuple[str, Result]], tuple[str, ...]]:
    """Hand each file in a ZIP file to a reader.

    Args:
        data: The whole ZIP file.
        read: Called with a file's name, which is text and never a path, and its content.

    Returns:
        Names and what `read` made of them, in the ZIP file's order, and what was left out, one
        line each: damaged, encrypted or oversized files, and ZIP files within. Never raises of
        itself.
    """
    found: list[tuple[str, Result]] = []
    problems: list[str] = []
    try:
        package = Package(data)
    except PackageError as error:
        return [], (f"the ZIP file cannot be read: {error}",)
    left = _MOST_BYTES
    for number, member in enumerate(_files(package)):
        if number >= _MOST_FILES or left <= 0:
            problems.append("the ZIP file holds more than is read: the rest was left out")
            break
        name = file_name(member)
        try:
            content = package.read(member)
        except PackageError as error:
            problems.append(str(error))
            continue
        left -= len(content)
        if sniff(content) == ZIP:
            problems.append(f"{name[:80]!r} is a ZIP file within the ZIP file and was not read")
        else:
            found.append((name, read(name, content)))
    if not found and not problems:
        problems.append("the ZIP file holds no files")
    return found, tuple(problems)


def _files(package: Package) -> Iterator[zipfile.ZipInfo]:
    for member in package.members:
        clutter = member.filename.startswith(_CLUTTER) or member.filename.endswith(_CLUTTER)
        if not member.is_dir() and not clutter:
            yield member


def file_name(member: zipfile.ZipInfo) -> str:
    """A member's name: most packers write it in GB18030 or UTF-8 without saying so."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename
