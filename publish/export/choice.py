"""Which reports and captures an export is of, as the published database and the archive say."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.export import NothingError
from archive.export.selection import within
from archive.fields import one_line
from archive.published import opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Row = dict[str, Any]
DATABASE = "nianbao.db"
"""As `publish.build` names it, which is too much to load for this."""
_REPORTS = """
select r.*, p.name as place_name, o.url as portal_url, q.name as portal_name from reports r
 left join places p on p.code = r.place left join portals o on o.id = r.portal
 left join places q on q.code = o.place order by r.id
"""
_PARTS = """
select c.*, rc.part from report_captures rc join captures c on c.id = rc.capture
 where rc.report = ? order by c.fetched_at, c.id
"""
_SEEN = """
select rc.capture as id, c.run from report_captures rc join captures c on c.id = rc.capture
 where rc.report = ?1
union select v.id, v.run from report_captures rc join revisits v on v.capture = rc.capture
 where rc.report = ?1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; what is named by several options has to fit them all.

    `portals` are ids, home pages or places' names, `runs` ids, `places` names or GB/T 2260 codes (a
    province's or city's has all below it), `years` those reported on.
    """

    portals: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Returns it in words, "" where nothing was named."""
        said = [
            f"{name} {', '.join(map(str, values))}"
            for name, values in (
                ("portal", self.portals),
                ("run", self.runs),
                ("place", self.places),
                ("year", self.years),
            )
            if values
        ]
        return one_line("; ".join(said))


class Published:
    """The published database, read only; a context manager."""

    def __init__(self, data: Path) -> None:
        """Opens the database of a data folder.

        Raises:
            ArchiveError: if there is none, or it cannot be read.
        """
        path = data / DATABASE
        if not path.is_file():
            raise ArchiveError(f"{path} does not exist: run `nianbao build` first")
        try:
            self._db = opened(path)
        except sqlite3.Error as error:
            raise ArchiveError(f"{path} cannot be opened: {error}") from error
        self._path = path

    def close(self) -> None:
        """Closes the database."""
        self._db.close()

    def reports(self, wanted: Wanted) -> list[Row]:
        """Returns the reports that fit, by id, each with its place's name and portal's address."""
        return [row for row in self._rows(_REPORTS) if self._fits(row, wanted)]

    def parts(self, report: str) -> list[Row]:
        """Returns the captures a report was seen in, with the part that each plays."""
        return list(self._rows(_PARTS, report))

    def seen(self, reports: Sequence[Row]) -> set[str]:
        """Returns the ids of all captures in which reports were seen, revisits included."""
        return {row["id"] for report in reports for row in self._rows(_SEEN, report["id"])}

    def _fits(self, report: Row, wanted: Wanted) -> bool:
        names = {report[name] for name in ("portal", "portal_url", "portal_name")}
        names.add((report["portal_url"] or "").rstrip("/"))
        return (
            (not wanted.years or report["year"] in wanted.years)
            and (not wanted.places or _lies_in(report, wanted.places))
            and (not wanted.portals or not names.isdisjoint(wanted.portals))
            and (not wanted.runs or self._in_runs(report, wanted.runs))
        )

    def _in_runs(self, report: Row, runs: Sequence[str]) -> bool:
        return any(row["run"] in runs for row in self._rows(_SEEN, report["id"]))

    def _rows(self, query: str, *values: str) -> Iterator[Row]:
        try:
            with closing(self._db.execute(query, values)) as cursor:
                names = [column[0] for column in cursor.description]
                yield from (dict(zip(names, row, strict=True)) for row in cursor)
        except sqlite3.Error as error:
            told = f"{self._path} is not a database that this version of nianbao built ({error})"
            raise ArchiveError(told) from error


def _lies_in(report: Row, places: Sequence[str]) -> bool:
    return within(report["place"], places) or report["place_name"] in places


def captures_of(data: Path, wanted: Wanted) -> set[str] | None:
    """Returns the ids of the captures of reports on certain years; None where no year is named.

    Raises:
        NothingError: if there is no such report.
        ArchiveError: if there is no published database.
    """
    if not wanted.years:
        return None
    with closing(Published(data)) as published:
        reports = published.reports(wanted)
        if not reports:
            raise NothingError(f"there is no report of {wanted}")
        return published.seen(reports)
