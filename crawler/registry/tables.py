"""Tables of portals: CSV files, read whole; what is wrong with a row is said with its line."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from crawler.guard import is_public, literal
from crawler.model import Portal
from crawler.registry.places import CODE_LENGTH, by_code, by_name, former

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = ("place_code", "name", "home_page", "family_guess")
_NO_ADDRESS = re.compile(r"[\s\x00-\x20\x7f]")
_NO_HOST = re.compile(r"[\\%^|<>\"`{}]")
_LONGEST_HOST = 253
_LOCAL = frozenset({"local", "internal", "lan", "localdomain", "intranet", "arpa"})
"""What names of a local network end in."""
_SEPARATORS = {";": "semicolons", "\t": "tabs", "，": "full-width commas"}
_LARGEST = 16 * 1024 * 1024
_LONGEST_NAME = 100


class RegistryError(ValueError):
    """The words given do not name a portal; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: its line in the file, the column (empty for the row), and why."""

    line: int
    field: str
    why: str

    def __str__(self) -> str:
        """The fault in one line."""
        return f"line {self.line}: {f'{self.field}: ' if self.field else ''}{self.why}"


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]
    surplus: int
    """Cells beyond the header's."""


def read(file: Path) -> list[Portal]:
    """Read the portals of a CSV file; only `home_page` must be filled.

    Raises:
        RegistryError: The file cannot be read, or a row of it names no portal.
    """
    rows = list(_rows(_text(file), str(file)))
    for row in rows:
        for fault in _unusable(row):
            raise RegistryError(f"{file}, {fault}")
    return portals_of([row.cells for row in rows])


def check(file: Path) -> list[Fault]:
    """Everything that is wrong with the rows of a CSV file, in the order of lines.

    Raises:
        RegistryError: The file cannot be read as a table of portals at all.
    """
    faults: list[Fault] = []
    addresses: dict[str, int] = {}
    own: dict[str, int] = {}
    for row in _rows(_text(file), str(file)):
        faults += [*_unusable(row), *_doubtful(row)]
        url, code = row.cells["home_page"], row.cells["place_code"]
        for key, known, what in (
            (_host_and_path(url), addresses, "home_page: the same as"),
            (code if _is_own(row.cells) else "", own, "place_code: a second home page besides"),
        ):
            if key and known.setdefault(key, row.line) != row.line:
                field, _, words = what.partition(": ")
                faults.append(Fault(row.line, field, f"{words} line {known[key]}'s"))
    return faults


def portals_of(rows: list[dict[str, str]]) -> list[Portal]:
    """Rows as portals; the id is the code for a place's own portal, else host and path."""
    portals: list[Portal] = []
    used: set[str] = set()
    for row in rows:
        url, place = row["home_page"], by_code().get(row["place_code"])
        own = _is_own(row) and row["place_code"] not in used
        identity = row["place_code"] if own else _host_and_path(url)
        used.add(identity)
        portals.append(
            Portal(
                id=identity,
                place=row["place_code"] or None,
                name=row["name"] or (place.name if place else identity),
                url=url,
                family=row["family_guess"] or None,
                level=place.kind if place else None,
                city=place.city.name if place and place.city else None,
                province=place.province.name if place and place.province else None,
            )
        )
    return portals


def of_address(url: str) -> Portal:
    """The portal at an address; the place is left open even where the registry has this host."""
    name = _host_and_path(url)
    return Portal(id=name, place=None, name=name, url=url)


def address_fault(url: str) -> str | None:
    """Why a text is not the address of a home page, None where it is."""
    if not url:
        return "is empty"
    if not url.lower().startswith(("http:", "https:")):
        return "must begin with http:// or https://"
    parts = _parts(url)
    if parts is None or _NO_ADDRESS.search(url) or parts.port == 0 or not _is_host(parts.hostname):
        return "its host or port is wrong"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or a password; a public page needs none"
    return None


def _is_host(host: str | None) -> bool:
    """Whether a text can be a host's name or address at all."""
    if not host or len(host) > _LONGEST_HOST:
        return False
    if _NO_HOST.search(host.partition("%")[0] if ":" in host else host):  # but for an IPv6 zone
        return False
    try:
        host.removesuffix(".").encode("idna")  # no label is empty or too long
    except UnicodeError:
        return False
    return True


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return parts


def _text(file: Path) -> str:
    """The file's text.

    Raises:
        RegistryError: It cannot be read, is no UTF-8, or far too large.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise RegistryError(f"{file}: {error.strerror or error}") from error
    if len(data) > _LARGEST:
        raise RegistryError(f"{file}: larger than {_LARGEST // 1024**2} MB, not read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RegistryError(f"{file}, line {line}: not UTF-8; save it as CSV UTF-8") from error


def _rows(text: str, file: str) -> Iterator[_Row]:
    """The rows of a table, each with the columns that count.

    Raises:
        RegistryError: It is no table with a column `home_page`.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if "home_page" not in header:
            parted = next((how for sign, how in _SEPARATORS.items() if sign in "".join(header)), "")
            raise RegistryError(
                f"{file}, line 1: no column home_page; the columns are {','.join(COLUMNS)}"
                + (f" (parted by commas, not by {parted})" if parted else "")
            )
        twice = next((name for name in COLUMNS if header.count(name) > 1), None)
        if twice:
            raise RegistryError(f"{file}, line 1: the column {twice} is there twice")
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                filled = dict(zip(header, (cell.strip() for cell in cells), strict=False))
                found = {name: filled.get(name, "") for name in COLUMNS}
                yield _Row(line, found, max(len(cells) - len(header), 0))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RegistryError(f"{file}, line {reader.line_num}: no CSV ({error})") from error


def _unusable(row: _Row) -> Iterator[Fault]:
    """Why a row names no portal."""
    if row.surplus:
        yield Fault(
            row.line,
            "",
            f"more cells than columns, {row.surplus} too many; put a text with a comma in quotes",
        )
    why = address_fault(row.cells["home_page"])
    if why:
        yield Fault(row.line, "home_page", why)
    code = row.cells["place_code"]
    if code and not (len(code) == CODE_LENGTH and code.isascii() and code.isdecimal()):
        yield Fault(row.line, "place_code", f"{code[:20]} is not a code of six digits")


def _doubtful(row: _Row) -> Iterator[Fault]:
    """What of a row is hardly meant."""
    code, name = row.cells["place_code"], row.cells["name"]
    place = by_code().get(code)
    if place and place.level == "heading":
        yield Fault(row.line, "place_code", f"{code} ({place.name}) is a heading, not a place")
    elif code.isdecimal() and len(code) == CODE_LENGTH and not place:
        gone = [str(one) for one in former() if one.code == code]
        yield Fault(row.line, "place_code", gone[0] if gone else f"{code} is no place's code")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        yield Fault(row.line, "name", "is no name")
    elif place and name and name != place.name:
        others = by_name().get(name, [])
        if others:
            where = ", ".join(one.code for one in others[:3])
            yield Fault(row.line, "name", f"{name} is {where}, but {code} is {place.full_name}")
    if address_fault(row.cells["home_page"]) is None:
        yield from _not_public(row)


def _not_public(row: _Row) -> Iterator[Fault]:
    """Why the host of a row is hardly a portal's."""
    host = urlsplit(row.cells["home_page"]).hostname or ""
    address = literal(host)
    _, dot, last = host.rstrip(".").rpartition(".")
    if address:
        if not is_public(address):
            yield Fault(row.line, "home_page", f"{host} is not a public address")
    elif last == "localhost":
        yield Fault(row.line, "home_page", f"{host} is this machine")
    elif not dot or last in _LOCAL:
        yield Fault(row.line, "home_page", f"{host} is a name of a local network")


def _is_own(cells: dict[str, str]) -> bool:
    """Whether a row is the portal of the place's government, not of an office of it."""
    place = by_code().get(cells["place_code"])
    return bool(cells["place_code"]) and (
        not cells["name"] or place is None or cells["name"] == place.name
    )


def _host_and_path(url: str) -> str:
    parts = _parts(url)
    if parts is None:
        return ""
    path = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return parts.netloc.rpartition("@")[2].lower() + path
