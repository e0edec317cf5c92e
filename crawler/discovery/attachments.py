"""The files that belong to a report's page: linked, framed, opened by scripts, pictured."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from crawler.discovery.links import Link, page_links
from crawler.discovery.page import squeeze
from crawler.discovery.scoring import FILE_PATH
from crawler.discovery.scripts import addresses_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.discovery.page import Page

_MOST = 40
_MOST_SCRIPT = 200_000
_DOWNLOADS = re.compile(
    r"download|attach|getfile|fileid|wbfileid|downfile|/files?/|openfile|fileservice|fujian"
    r"|/down(?:[./?]|$)|/upload(?:s|file)?/[^?]*\?|[?&]fid=",
    re.IGNORECASE,
)
_VIEWER = re.compile(r"viewer|pdfjs|preview|reader|/view(?:[./?]|$)", re.IGNORECASE)
_MAY_BE_FILE = re.compile(
    rf"\?|{FILE_PATH.pattern.removesuffix('$')}(?:#|$)|{_DOWNLOADS.pattern}", re.IGNORECASE
)
_FILE_TEXT = re.compile(
    r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar)\b|^附件|点击下载|下载附件|查看(?:全文|原文|附件)|\(?(?:图片|超链|pdf|word)版",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar)\s*[\])）】》\"”]*(?:\s*[(（].{0,20}[)）])?$",
    re.IGNORECASE,
)
_IMAGE_PATH = re.compile(r"\.(?:jpe?g|png|bmp|tiff?)$", re.IGNORECASE)
_UPLOADED = re.compile(r"[\da-f-]{8,}[\w.-]*\.(?:jpe?g|png|bmp|tiff?)", re.IGNORECASE)
_VIEWER_KEYS = {"file", "url", "src", "path", "fileurl", "pdf", "furl", "filepath"}
_BODIES: Any = etree.XPath("//*[@id or @class or self::article]")
_CLASSES = (
    re.compile(r"(?:^|\s)TRS_Editor(?:\s|$)"),
    re.compile(r"TRS_UEDITOR|view TRS"),
    None,
    None,
    re.compile(r"v_news_content|article-content"),
    re.compile(r"con_text|bt-content"),
)
_IDS = {
    **dict.fromkeys(("zoom", "Zoom", "vsb_content", "UCAP-CONTENT", "fontzoom"), 2),
    **dict.fromkeys(("content", "article", "artcon"), 3),
}
_NO_BODY = 99
_MOST_FRAMES = 3
_ICON_SIDE = 50
"""Pixels: a smaller picture is an icon."""


def attachments(page: Page) -> list[Link]:
    """The files of a report's page, in document order, each address once.

    Links to files anywhere on the page, downloads without an extension where the link says that
    it is a file, what a viewer is told to show, and pictures in the page's body (a report may be
    pictures alone).
    """
    found: dict[str, Link] = {}
    for link in page_links(page):
        for file in _files_of(page, link):
            found.setdefault(file.url, file)
    for address in addresses_in(page.scripts, _MOST_SCRIPT):
        url = page.absolute(address)
        if url and FILE_PATH.search(urlsplit(url).path):
            found.setdefault(url, Link(url, "", "script"))
    for picture in _pictures(page):
        found.setdefault(picture.url, picture)
    found.pop(page.url, None)
    return list(found.values())[:_MOST]


def _files_of(page: Page, link: Link) -> list[Link]:
    if not _may_be_file(link.url):
        return []
    parts = urlsplit(link.url)
    viewed = [
        target
        for key, value in parse_qsl(parts.query)
        if key.lower() in _VIEWER_KEYS
        and (named := _viewed(parts.path, value))
        and (target := page.absolute(named, base=link.url))
    ]
    if viewed:
        return [Link(target, link.text, link.source) for target in viewed]
    if FILE_PATH.search(parts.path):
        return [link]
    opens_file = _DOWNLOADS.search(parts.path + "?" + parts.query)
    if _FILE_NAME.search(link.text) and link.source in {"markup", "handler"}:
        return [link]  # what it says is a file's name, whatever its address looks like
    if opens_file and (_FILE_TEXT.search(link.text) or link.source in {"frame", "handler"}):
        return [link]
    return []


def _viewed(viewer: str, value: str) -> str | None:
    """The address that a viewer is told to show: as it is, quoted once more, or as base64."""
    named = unquote(value)
    try:
        coded = base64.b64decode(named + "=" * (-len(named) % 4), validate=True).decode()
    except ValueError:
        coded = ""
    for address in (named, unquote(coded)):
        path = address.partition("#")[0].partition("?")[0]
        if FILE_PATH.search(path) or (_VIEWER.search(viewer) and _DOWNLOADS.search(address)):
            return address
    return None


@lru_cache(maxsize=4_096)
def _may_be_file(url: str) -> bool:
    """Whether an address needs a closer look; most do not, and menus are the same everywhere."""
    return bool(_MAY_BE_FILE.search(url))


def frames(page: Page) -> list[str]:
    """The pages that a report's page frames: a viewer, or the report itself."""
    return [
        link.url
        for link in page_links(page)
        if link.source == "frame" and not FILE_PATH.search(urlsplit(link.url).path)
    ][:_MOST_FRAMES]


def body_of(page: Page) -> HtmlElement | None:
    """The element that holds the article, None where the page names none of the usual ones."""
    best, body = _NO_BODY, None
    for element in _BODIES(page.tree):
        rank = _body_rank(element)
        if rank < best:
            best, body = rank, element
    return body


def _body_rank(element: HtmlElement) -> int:
    """How surely an element holds the article: 0 is the surest, `_NO_BODY` not at all."""
    names = element.get("class") or ""
    ranks = [_IDS.get(element.get("id") or "", _NO_BODY)]
    ranks += [rank for rank, named in enumerate(_CLASSES) if named and named.search(names)]
    return min(ranks) if element.tag != "article" else min(*ranks, len(_CLASSES))


def _pictures(page: Page) -> list[Link]:
    body = body_of(page) if next(page.tree.iter("img"), None) is not None else None
    if body is None:
        return []
    found = []
    for image in body.iter("img"):
        source = image.get("data-original") or image.get("data-src") or image.get("src") or ""
        url = page.absolute(source)
        if url and _IMAGE_PATH.search(urlsplit(url).path) and not _is_icon(image):
            found.append(Link(url, squeeze(image.get("alt") or image.get("title")), "picture"))
    return found


def has_picture(page: Page) -> bool:
    """Whether a page shows a picture that was uploaded for it, wherever it stands."""
    return any(
        _UPLOADED.search(image.get("src") or "") and not _is_icon(image)
        for image in page.tree.iter("img")
    )


def _is_icon(image: HtmlElement) -> bool:
    sides = [re.match(r"\d+", image.get(name) or "") for name in ("width", "height")]
    small = any(side and int(side.group()) < _ICON_SIDE for side in sides)
    return small or "icon" in (image.get("src") or "").lower()
