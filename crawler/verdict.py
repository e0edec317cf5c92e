"""Whether an answer is content, and what it turned out to be."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discovery.attachments import attachments, frames, has_picture
from crawler.discovery.content import (
    blocked,
    own_text,
    reads_as_report,
    soft_404,
    went_home,
    whole_title,
)
from crawler.discovery.links import page_links
from crawler.discovery.pager import pager_links
from crawler.discovery.scoring import FILE_PATH
from crawler.discovery.titles import classify
from crawler.discovery.words import is_truncated
from crawler.sites import host_of

if TYPE_CHECKING:
    from archive.model import Role
    from crawler.ask import Ask
    from crawler.discovery.links import Link
    from crawler.discovery.page import Page
    from crawler.state import PortalState

_MANY_REPORTS = 2
_OF_REPORT = re.compile(r"[一二三四五六1-6][、.]|总体情况|报告|公开|附件|详见|正文")
_ANNUAL = re.compile(r"年报|年度报告|年度工作报告|工作报告")
_BEFORE_SUBJECT = re.compile(r"[^\u4e00-\u9fff]|年度?|度|关于|工作|的")
_UNIT = re.compile(
    r".*(?:[省市区县州盟旗乡镇村局委办厅院署处所队站]|政府|街道|中心|办公室|委员会|管委会|信息|政务)"
)
_LEAST_SUBJECT = 2
_SHELL = 60
"""Characters of its own below which a page is empty: a heading and its date are fewer."""
PRESSED = "data-nianbao-pressed"
"""Marks, in what a crawl reads of a rendering, where pressing a control would have led; its value
is the body of a form that would have been sent. The scripts of a report's page posted that body."""
EMPTY_SHELL = "empty shell"
"""The reason of a page that was to be a report and shows nothing without its scripts."""


def not_content(ask: Ask, state: PortalState, status: int, page: Page | None) -> str | None:
    """Say why an answer is not what was asked for, None where it is.

    Args:
        ask: What was asked; its address is the one before redirects.
        state: What is known of the portal: its home page, how its hosts say "gone".
        status: The status of the answer.
        page: The answer as a page, None where it is a file.

    Returns:
        `HTTP 404`, `challenge`, `block`, `login`, `maintenance`, `redirect to the home page`,
        `soft 404`, `empty shell`.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return None  # a redirect is judged by where it leads
    judged = page if ask.kind not in {"robots", "probe", "script"} else None
    refused = blocked(status, judged) if judged else None
    if refused or status >= HTTPStatus.BAD_REQUEST:
        return refused or f"HTTP {status}"
    if judged is None or ask.kind == "home":
        return None
    return _elsewhere(ask, state, judged)


def _elsewhere(ask: Ask, state: PortalState, page: Page) -> str | None:
    """Whether a page stands for "gone" though its status is that of content."""
    if went_home(ask.url, page.url, state.portal.url):
        return "redirect to the home page"
    if page.is_markup and soft_404(page, state.gone.get(host_of(page.url))):
        return "soft 404"
    if ask.kind in {"report", "either"} and page.is_markup and is_shell(page):
        return EMPTY_SHELL
    return None


def settle(ask: Ask, page: Page | None, *, is_file: bool = False) -> Role:
    """The role of an answer, decided by what it holds where the link could not tell.

    A link such as 政府信息公开年报 may lead to the column or to its only report; one such as
    2021年政府信息公开年报 to a report or to the column of that year. `page` is None for an answer
    that is no page: a file where `is_file`, else nothing of use.
    """
    if ask.kind not in {"either", "column"}:
        return ask.role
    text = whole_title(page, ask.text) if page and ask.text else ask.text or ""
    said = classify(text)
    named = said.kind == "report"
    if page is None:
        either: Role = "report" if named or is_file else "list"
        return either if ask.kind == "either" else ask.role
    if ask.render and PRESSED in page.text:
        return "list"
    links = {link.url for link in page_links(page) if _names_other(link, ask.text or page.title)}
    whole = text != (ask.text or "")  # by the page's heading; its list cut it short
    many = len(links - {page.url}) >= _MANY_REPORTS and not (named and whole)
    if said.kind == "look-alike" or many:
        return "list"
    itself = not whole and (not is_truncated(text) or "信息公开" in text)
    itself = itself and _names_itself(page, text)
    alone = ask.kind == "either" and not links and (named or itself)
    return "report" if (named and whole) or alone or reads_as_report(page) else "list"


def _names_other(link: Link, text: str | None) -> bool:
    """Whether a link names a report, other than the page's own as a file."""
    if classify(link.text).kind != "report":
        return False
    is_file = bool(FILE_PATH.search(urlsplit(link.url).path) or FILE_PATH.search(link.text))
    return not (is_file and text and classify(text).year == classify(link.text).year)


def is_shell(page: Page) -> bool:
    """Whether a page has nothing of its own: no text, no list, no file, no frame, no picture.

    A few words count where they are a report's, and where no script would bring more.
    """
    text = own_text(page)
    scripted = next(page.tree.iter("script"), None) is not None
    if len(text) >= _SHELL or (text and (_OF_REPORT.search(text) or not scripted)):
        return False
    if "createPageHTML(" in page.text or PRESSED in page.text or pager_links(page):
        return False  # a page of an article that goes on, or whose text a browser saw come
    leads_on = any(classify(link.text).kind == "report" for link in page_links(page))
    return not (leads_on or frames(page) or attachments(page) or has_picture(page))


def _names_itself(page: Page, text: str) -> bool:
    """Whether a page with a title of no year (年度报告) is one year's report all the same."""
    if any(_of_another_subject(title) for title in (text, page.title) if title):
        return False
    return classify(page.title).year is not None or bool(attachments(page))


def _of_another_subject(title: str) -> bool:
    """Whether an annual report is of something else: 2021年统计年报, 财务年度报告."""
    named = _ANNUAL.search(title)
    if named is None or "公开" in title:
        return False
    subject = _BEFORE_SUBJECT.sub("", title[: named.start()])
    return len(subject) >= _LEAST_SUBJECT and not _UNIT.fullmatch(subject)
