"""Run a crawl in this process: Scrapy's log goes to a file, progress to the terminal."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging
from scrapy.utils.reactor import install_reactor, is_reactor_installed
from twisted.internet import tcp

from archive import ArchiveError
from crawler.model import CrawlOptions, CrawlSummary, Portal
from crawler.progress import shown
from crawler.requests import LEAST_DELAY
from crawler.session import open_session, user_agent

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crawler.session import Session

__all__ = ["CrawlOptions", "CrawlSummary", "Portal", "crawl"]

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
_MOST_FILES = 8192
_STOPS = (signal.SIGINT, signal.SIGTERM)
_COLLECT_AFTER = (100_000, 20, 20)
"""For the garbage collector [700, 10, 10]: it took a tenth of a crawl's processor time, and looked
through all that a thousand hosts have under way; what a crawl lets go of is seldom in a cycle."""
_READ_AT_ONCE = 256 * 1024
"""Bytes that Twisted takes from a connection at a time [64 KiB]; every piece of a body passes a
dozen functions."""
_GRACE = 3.0
"""Seconds that requests under way get to end after Ctrl-C; a silent host would take a minute."""


def crawl(
    portals: Sequence[Portal], data: Path, options: CrawlOptions | None = None
) -> CrawlSummary:
    """Crawl portals into the archive of a data folder.

    A run of the same portals that was killed or interrupted is gone on with: what it had asked is
    answered from the archive.

    Args:
        portals: The portals; each is crawled within its own bounds, many at the same time.
        data: The data folder.
        options: Delay, bounds and permissions; the defaults are polite.

    Returns:
        What each portal came to, and every problem in one line. Nothing is raised for what a
        portal does.
    """
    options = options or CrawlOptions()
    try:
        session = open_session(portals, data, options)
    except ArchiveError as error:
        return CrawlSummary(options.run_id or "", problems=[str(error)])
    log = data / "logs" / f"{session.run}.log"
    with _logged(log, session.summary.problems), shown(session.summary), _seldom_collected():
        _run(session)
    return session.summary


def _run(session: Session) -> None:
    """Run Scrapy on its event loop, once more where it ran before in this process."""
    _raise_file_limit()
    tcp.Client.bufferSize = _READ_AT_ONCE
    loop = _event_loop()
    runner = AsyncCrawlerRunner(_settings(session))
    crawler = runner.create_crawler("reports")
    task = runner.crawl(crawler, session=session)

    def stop() -> None:
        session.interrupted = True
        for number in _STOPS:
            loop.remove_signal_handler(number)  # a second Ctrl-C ends at once
        session.summary.stopping = True
        loop.create_task(runner.stop())
        loop.call_later(_GRACE, task.cancel)

    with suppress(ValueError, RuntimeError):  # not the main thread
        for number in _STOPS:
            loop.add_signal_handler(number, stop)
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        logging.getLogger(__name__).info("something under way would not end and was left")
    except Exception as error:  # the boundary of this process: a line, never a traceback
        logging.getLogger(__name__).exception("the crawl broke off")
        session.why = (
            f"the crawl broke off ({type(error).__name__}: {error}), see logs/{session.run}.log"
        )
    finally:
        with suppress(ValueError, RuntimeError):
            for number in _STOPS:
                loop.remove_signal_handler(number)
        if not session.closed:  # its end was never signalled
            session.interrupted = True
            session.close()


def _event_loop() -> asyncio.AbstractEventLoop:
    """The loop that Twisted's reactor lives on; the reactor counts as running from now on.

    Twisted's own `run` can be called once in a process. Its asyncio reactor needs no more than the
    loop, so the loop is run as often as there are crawls.
    """
    if not is_reactor_installed():
        install_reactor(_REACTOR)
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs the default one

    if not reactor.running:
        reactor.startRunning(installSignalHandlers=False)
    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop  # noqa: SLF001 - there is no public way
    asyncio.set_event_loop(loop)  # asyncio.run() elsewhere in this process leaves none behind
    return loop


def _raise_file_limit() -> None:
    """Allow as many open files as hundreds of portals need; each has a connection kept open."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _settings(session: Session) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings")
    options = session.options
    settings.update(
        {
            "DOWNLOAD_DELAY": max(options.delay, LEAST_DELAY),
            "CONCURRENT_REQUESTS": min(len(session.states), options.jobs) + 1,
        },
        priority="cmdline",
    )
    if options.contact:
        settings.set("USER_AGENT", user_agent(options.contact), priority="cmdline")
    return settings


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the garbage collector run seldom, and pass over what was there before."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _logged(path: Path, problems: list[str]) -> Iterator[None]:
    """Send everything that is logged to a file, nothing to the terminal.

    A crawl goes on without a log; what is wrong with the file is a problem, not a traceback.
    """
    configure_logging({"LOG_INSTALL_ROOT_HANDLER": False})
    handler: logging.Handler = logging.NullHandler()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        problems.append(f"no log is kept in {path}: {error.strerror}")
    handler.setFormatter(logging.Formatter("%(asctime)s [%(name)s] %(levelname)s: %(message)s"))
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    aloud, logging.raiseExceptions = logging.raiseExceptions, False  # a full disk: no tracebacks
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.addHandler(logging.NullHandler())
        root.setLevel(before)
        logging.raiseExceptions = aloud
        with suppress(OSError):
            handler.close()
