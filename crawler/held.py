"""What earlier runs hold of a portal, and what of it is asked again this time.

Once a portal is known, most of what it would be asked has not changed for years. So a later run
asks its home page and its column, what is new or has a new title, the further pages of a list that
changed, and of the rest a share, what was left alone the longest first; the archive answers the
remainder. Nothing is left alone for longer than a bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive import ArchiveError
from crawler.discovery.links import page_links
from crawler.discovery.page import Page, decode
from crawler.discovery.sessions import of_no_visit
from crawler.sites import address_key
from crawler.verdict import EMPTY_SHELL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive import Archive, Capture
    from crawler.ask import Ask
    from crawler.state import PortalState

LIST_SHARE = 4
"""One list in so many is asked again in each run."""
REPORT_SHARE = 20
"""One report in so many is asked again in each run."""
LEAST_REPORTS = 2
REQUEST_SHARE = 8
ALWAYS = 3
"""Of all that is held one request in so many may be made in a run, those that are always made
(robots.txt, the home page, the column) among them; the least number of reports in any case."""
BYTE_SHARE = 60
LEAST_BYTES = 12_288
"""Of the reports one byte in so many may come again in each run, or so many bytes. Only what has
neither ETag nor Last-Modified costs bytes when it is unchanged."""
ALL_SHARE = 24
"""Of all that is held one byte in so many may come again, those of the home page and the column,
which always come, among them."""
LEAST_SHARE = 80
"""Of the reports one byte in so many may come again where these take it all."""
LIST_DAYS = 30
REPORT_DAYS = 180
"""Days after which a page is asked again in any case."""
_SCRIPT = (".js", ".css")
_REDIRECTS = range(300, 400)
_MOMENT = re.compile(
    r"(?:访问|浏览|点击|阅读|在线|您是第)[^\d。，]{0,8}\d+|\d{1,2}:\d\d(?::\d\d)?|\d{10,}(?:\.\d+)?"
    r"|(?:今天是|现在是|当前时间|现在时间)[^\d。，]{0,4}[\d年月日\s/-]+"
)


@dataclass(frozen=True, slots=True)
class _Last:
    """The newest content of an address."""

    capture: str
    fetched_at: str
    text: str | None
    bytes: int
    sha256: str
    via: str | None = None


@dataclass
class Held:
    """What earlier runs hold of one portal, by address."""

    lists: dict[str, _Last] = field(default_factory=dict)
    reports: dict[str, _Last] = field(default_factory=dict)
    probes: dict[str, _Last] = field(default_factory=dict)
    moved: dict[str, _Last] = field(default_factory=dict)
    """Addresses of reports that only lead to where the report stands, or shells around it."""
    files: dict[str, dict[str, _Last]] = field(default_factory=dict)
    """By the address of a report's page: its files."""
    due: set[str] = field(default_factory=set)
    """Addresses whose turn it is to be asked again."""
    home: _Last | None = None
    """The home page, which is asked always."""
    oldest: str = ""
    """A list asked before this time is asked again."""
    aged: str = ""
    """A report asked before this time is asked again, without any condition."""

    def note(self, capture: Capture) -> None:
        """Take a capture into account; they come in the order of time."""
        last = _Last(
            capture.id,
            capture.fetched_at,
            capture.link_text,
            capture.bytes,
            capture.sha256,
            capture.via,
        )
        if capture.role == "probe":
            self.probes[capture.url] = last
            return
        if capture.role == "attachment":
            self.files.setdefault(capture.via or "", {})[capture.url] = last
            return
        kinds = {"list": self.lists, "report": self.reports}
        if capture.via:  # the home page itself is asked always
            kinds["home"] = self.lists
        elif capture.role == "home":
            self.home = last
        if capture.http_status in _REDIRECTS and not capture.revisit_of:
            if capture.role == "report":
                self.moved[capture.url] = last
            return
        self.lists.pop(capture.url, None)
        self.reports.pop(capture.url, None)
        whole = capture.reason is None and capture.truncated is None
        if capture.reason == EMPTY_SHELL:
            self.moved[capture.url] = last
        if capture.role in kinds and whole and capture.http_status in {200, 304}:
            kinds[capture.role][capture.url] = last

    def knows(self, capture: Capture) -> bool:
        """Whether a capture of the same address was noted."""
        files = self.files.get(capture.via or "", {})
        known = (self.lists, self.reports, self.probes, self.moved, files)
        return any(capture.url in one for one in known)

    def choose(self, archive: Archive, started: str) -> None:
        """Choose what is asked again in the run that began then: the same when it is resumed."""
        self.oldest = _before(started, LIST_DAYS)
        most = self._most()
        lists = min(-(-len(self.lists) // LIST_SHARE), most - LEAST_REPORTS)
        left = self._bytes_left(archive)
        self.due, cost = self._due_reports(archive, most - lists, left)
        left -= cost
        for url in _by_age(self.lists)[:lists]:
            cost = _cost(archive, self.lists[url])
            if cost <= left:
                left -= cost
                self.due.add(url)
        self.due |= {url for url, last in self.lists.items() if last.fetched_at < self.oldest}
        self.aged = _before(started, REPORT_DAYS)
        self.due |= {url for url, last in self.reports.items() if last.fetched_at < self.aged}

    def _bytes_left(self, archive: Archive) -> int:
        """How many bytes may come again because their turn has come, besides what always comes."""
        files = [last for beside in self.files.values() for last in beside.values()]
        held = [*self.lists.values(), *self.reports.values(), *files]
        columns = [self.lists[last.via] for last in self.reports.values() if last.via in self.lists]
        column = max((_cost(archive, last) for last in _each(columns)), default=0)
        always = column + (_cost(archive, self.home) if self.home else 0)
        return sum(last.bytes for last in held) // ALL_SHARE - always

    def _most(self) -> int:
        """How many addresses may be asked in a run because their turn has come."""
        files = sum(len(beside) for beside in self.files.values())
        known = len(self.lists) + len(self.reports) + files
        return max(known // REQUEST_SHARE - ALWAYS, LEAST_REPORTS)

    def _due_reports(self, archive: Archive, most: int, left: int) -> tuple[set[str], int]:
        """The reports whose turn it is, those left alone longest, and the bytes that they cost."""
        files = [last for beside in self.files.values() for last in beside.values()]
        held = sum(last.bytes for last in [*self.reports.values(), *files])
        left = all_left = max(min(left, max(held // BYTE_SHARE, LEAST_BYTES)), held // LEAST_SHARE)
        wanted = max(LEAST_REPORTS, -(-len(self.reports) // REPORT_SHARE))
        chosen: set[str] = set()
        for url in _by_age(self.reports):
            beside = self.files.get(url, {})
            cost = sum(_cost(archive, last) for last in [self.reports[url], *beside.values()])
            asked = 1 + len(beside)
            if cost <= left and (asked <= most or not chosen):
                left -= cost
                most -= asked
                chosen.add(url)
            if len(chosen) >= wanted or most <= 0:
                break
        return chosen, all_left - left

    def kept(self, ask: Ask, url: str, state: PortalState) -> str | None:
        """The id of the capture that answers for an address this time, None where it is asked."""
        if ask.kind == "probe":
            last = self.probes.get(url)
            return last.capture if last and last.fetched_at > self.oldest else None
        if url in self.due or ask.method != "GET":
            return None
        if url in self.reports and ask.kind in {"report", "either", "column"}:
            same = self.reports[url].text == ask.text
            return self.reports[url].capture if same else None
        if url in self.moved and ask.kind in {"report", "either"}:
            return self.moved[url].capture if self.moved[url].text == ask.text else None
        last = self.lists.get(url)
        return last.capture if last and self._leaves_alone(ask, state) else None

    def _leaves_alone(self, ask: Ask, state: PortalState) -> bool:
        """Whether a list, or what a page needs to be shown, can wait."""
        if ask.paged:
            return ask.via not in state.changed
        if ask.kind == "script":
            return urlsplit(ask.url).path.endswith(_SCRIPT)
        if ask.kind == "home":  # what stands behind a splash page or a frame set
            return ask.depth > 0
        return ask.kind == "hub" or (ask.kind in {"column", "either"} and state.column is not None)

    def twin(self, archive: Archive, page: Page) -> Page | None:
        """The page of an earlier run, if this one has the links that it had.

        Whatever else in it varies is a clock, a counter, a token; whoever's visit it is.
        """
        before = _as_it_was(archive, self.lists.get(page.url), page.url)
        return before if before and _links_of(before) == _links_of(page) else None

    def same_text(self, archive: Archive, page: Page) -> bool:
        """Whether a report's page says what it said, but for a clock and a counter of visits."""
        before = _as_it_was(archive, self.reports.get(page.url), page.url)
        return before is not None and (
            _MOMENT.sub("", before.visible) == _MOMENT.sub("", page.visible)
        )

    def missed(self, met: set[int], arrived: Iterable[tuple[str, str | None]]) -> list[str]:
        """Addresses of reports that are held and that nobody met on the way this time.

        Args:
            met: Hashes of the keys of the addresses that this run met or saw listed.
            arrived: SHA-256 and title of the reports it obtained at addresses that nothing is
                held of: a site that was rebuilt has its old reports at new addresses.
        """
        reports = self.reports.items()
        left = {url: last for url, last in reports if hash(address_key(url)) not in met}
        elsewhere = list(arrived)
        for known in ("sha256", "text"):
            waiting: dict[str | None, list[str]] = {}
            for url, last in left.items():
                waiting.setdefault(getattr(last, known), []).append(url)
            rest = []
            for sha256, text in elsewhere:
                same = waiting.get(sha256 if known == "sha256" else text or "")
                if same:
                    del left[same.pop(0)]
                else:
                    rest.append((sha256, text))
            elsewhere = rest
        return list(left)

    def asked_in_full(self, archive: Archive, capture: Capture) -> bool:
        """Whether the content of a capture came over the network lately, not only a 304 for it.

        A server may say "not modified" for years of what it has replaced.
        """
        held = archive.capture(capture.revisit_of) if capture.revisit_of else None
        return held is None or capture.http_status == HTTPStatus.OK or held.fetched_at > self.aged


def _links_of(page: Page) -> set[tuple[str, str]]:
    """Where a page's links lead and what they say, whoever's visit it is."""
    return {(of_no_visit(link.url), link.text) for link in page_links(page)}


def _as_it_was(archive: Archive, last: _Last | None, url: str) -> Page | None:
    """The page that an earlier run kept, None where there is none or it cannot be read."""
    capture = archive.capture(last.capture) if last else None
    if capture is None:
        return None
    try:
        return Page(url, decode(archive.content(capture)))
    except ArchiveError:
        return None


def look_back(archive: Archive, run: str, portals: Iterable[str]) -> dict[str, Held]:
    """What the runs before `run` hold of each portal, with what is due in `run` chosen."""
    held = {portal: Held() for portal in portals}
    started = next((known.started for known in archive.runs() if known.id == run), "")
    ahead: list[Capture] = []
    for capture in archive.captures():
        if capture.portal in held and capture.run != run and capture.method == "GET":
            if capture.fetched_at > started:
                ahead.append(capture)
            else:
                held[capture.portal].note(capture)
    for capture in ahead:  # by a clock that was wrong: nobody knows how old, so they are due
        if not held[capture.portal].knows(capture):
            held[capture.portal].note(replace(capture, fetched_at=""))
    for one in held.values():
        one.choose(archive, started)
    return held


def _cost(archive: Archive, last: _Last) -> int:
    """The bytes that an address sends again though nothing changed."""
    capture = archive.capture(last.capture)
    validators = archive.validators(capture) if capture else None
    known = validators is not None and (validators.etag or validators.last_modified)
    return 0 if known else last.bytes


def _each(known: Iterable[_Last]) -> Iterable[_Last]:
    return {last.capture: last for last in known}.values()


def _by_age(known: dict[str, _Last]) -> list[str]:
    return sorted(known, key=lambda url: (known[url].fetched_at, url))


def _before(started: str, days: int) -> str:
    """The time so many days before another, both as `2026-11-20T06:46:35Z`."""
    moment = datetime.fromisoformat(started).astimezone(UTC)
    return (moment - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
