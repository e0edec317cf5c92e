"""What surrounds the text of a web page: its encoding, what it says about itself, its content."""

from __future__ import annotations

import codecs
import datetime as dt
import email
import re
from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from extract.readers.visibility import is_hidden, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["content", "decode", "is_hidden", "metadata", "parse", "tag", "unwrap"]

TOO_LARGE = "the page is too large to be read"
MOST_BYTES = 24 * 2**20
"""A page with its pictures inside may have some megabytes; its tree takes thirty times its text."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 200
_STRAY = 50
"""So many good characters for each bad byte show that a page is UTF-8 none the less."""
_CONTAINERS = (
    ("id", "zoom"),
    ("id", "vsb_content"),
    ("class", "v_news_content"),
    ("class", "TRS_UEDITOR"),
    ("class", "TRS_Editor"),
    ("class", "trs_editor_view"),
    ("id", "UCAP-CONTENT"),
    ("class", "wzcon"),
    ("class", "j-fontContent"),
    ("class", "article-content"),
    ("class", "article"),
    ("id", "content"),
)
"""Where the families of content-management systems put the text, the surest first."""
_TEXT_ENOUGH = 80
_FIGURES_ENOUGH = 6
_NUMBER = re.compile(r"[\d,.，．０-９]+")
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})(?!\d)")
_PUBLISHER_LABEL = re.compile(r"[【\[]?\s*发\s*布\s*(?:机\s*构|单\s*位)\s*[】\]]?\s*[:：]?\s*(.*)")
_DATE_LABEL = re.compile(
    r"[【\[]?\s*(?:发\s*[布文]\s*(?:日\s*期|时\s*间))\s*[】\]]?\s*[:：]?\s*(.*)"
)
_PUBLISHER = re.compile(r"[^\s:：【】\[\]|]{2,40}")
_TITLE_WORDS = re.compile(r"信息公开|年报|年度报告|工作报告")
_PUBLISHER_META = ("contentsource", "source")
_DATE_META = ("pubdate", "publishdate", "publish_date", "firstpublishedtime", "pubtime", "others")


def unwrap(data: bytes) -> bytes:
    """The page in a web archive (MHTML, which Word saves under the name .doc); else the data."""
    if not data[:_HEAD].lstrip().lower().startswith(b"mime-version:"):
        return data
    for part in email.message_from_bytes(data.lstrip()).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    return b""


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """A page's text whatever encoding it declares, and what was wrong with its bytes.

    Declarations lie; the bytes do not: a byte order mark, else strict UTF-8, else GB18030.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], encoding)
    if not data.strip(b"\x00"):
        return "", ()
    if data[:_HEAD].count(0) > len(data[:_HEAD]) // 3:
        return _lenient(data, "utf-16-be" if data[0] == 0 else "utf-16-le")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            if encoding == "utf-8" and _is_nearly_utf8(data):
                return _lenient(data, encoding)
        else:
            return text, ()
    return _lenient(data, "gb18030")


def _lenient(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, "replace")
    bad = text.count("\ufffd")
    return text, (f"{bad} character(s) of the page are not valid {encoding}",) if bad else ()


def _is_nearly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) > _STRAY * bad


def parse(text: str) -> tuple[etree._Element | None, tuple[str, ...]]:
    """The page's tree, None where there is nothing in it or too much, and what was given up.

    Raises:
        MemoryError: the parser ran out of memory; it goes on with what it has, and says nothing.
    """
    if len(text) > MOST_BYTES:
        return None, (TOO_LARGE,)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    content = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        root: etree._Element | None = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        root = None
    if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
        raise MemoryError
    if root is None:
        return None, ()
    cut = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root, ("the page nests too deep: part of it was not read",) if cut else ()


def content(root: etree._Element) -> list[etree._Element]:
    """The elements that hold the page's own text, outermost first to last; the whole page if
    no known container has any, or if tables of figures stand outside it.
    """  # noqa: D205 - one sentence
    named: dict[tuple[str, str], dict[etree._Element, None]] = {}
    for element in root.iter():
        for attribute in ("id", "class"):
            for name in (element.get(attribute) or "").split():
                if (attribute, name) in _CONTAINERS and not is_hidden(element):
                    named.setdefault((attribute, name), {})[element] = None
    for container in _CONTAINERS:
        found = named.get(container, {})
        outer = [e for e in found if not any(a in found for a in e.iterancestors())]
        inside = sum(len(_text(element)) for element in outer)
        if inside >= _TEXT_ENOUGH or any(map(_figures, outer)):
            return [root] if _figures(root) > sum(map(_figures, outer)) else outer
    return [root]


def _text(element: etree._Element) -> str:
    return "".join(_strings(element))


def _strings(element: etree._Element) -> Iterator[str]:
    """The non-empty strings printed below an element, in order."""
    if is_hidden(element):
        return
    if element.text and (text := " ".join(element.text.split())):
        yield text
    for child in element:
        yield from _strings(child)
        if child.tail and (text := " ".join(child.tail.split())):
            yield text


def _figures(element: etree._Element) -> int:
    """How many tables of figures stand below an element."""
    numbers: Counter[etree._Element] = Counter()
    for cell in element.iter("td", "th"):
        if cell.find(".//table") is None and _NUMBER.fullmatch(_text(cell)):
            numbers.update([next(cell.iterancestors("table"), cell)])
    return sum(count >= _FIGURES_ENOUGH for count in numbers.values())


def metadata(root: etree._Element) -> tuple[str | None, str | None, str | None]:
    """The title, the publisher and the date of publication that the page gives, as printed."""
    named = {
        (meta.get("name") or meta.get("property") or "").lower(): (
            meta.get("content") or ""
        ).strip()
        for meta in root.iter("meta")
    }
    strings = [text for body in root.iter("body") for text in _strings(body)]
    publisher = next((named[name] for name in _PUBLISHER_META if named.get(name)), None)
    dates = (_date(named.get(name, "")) for name in _DATE_META)
    return (
        _title(root, named.get("articletitle", "")),
        publisher or _labelled(strings, _PUBLISHER_LABEL, _publisher),
        next(filter(None, dates), None) or _labelled(strings, _DATE_LABEL, _date),
    )


def _title(root: etree._Element, article_title: str) -> str | None:
    """The first title that speaks of a report; else the first there is."""
    headings = [" ".join(_text(each).split()) for each in root.iter("h1")]
    titles = [" ".join((each.text or "").split()) for each in root.iter("title")][:1]
    candidates = [each for each in (article_title, *titles, *headings) if each]
    return next(filter(_TITLE_WORDS.search, candidates), next(iter(candidates), None))


def _labelled(
    strings: list[str], label: re.Pattern[str], read: Callable[[str], str | None]
) -> str | None:
    """What stands after the first label: in the same string, or in the next."""
    for index, text in enumerate(strings):
        match = label.fullmatch(text)
        if match:
            following = strings[index + 1] if index + 1 < len(strings) else ""
            return read(match[1] or following)
    return None


def _publisher(text: str) -> str | None:
    match = _PUBLISHER.match(text)
    return match[0] if match else None


def _date(text: str) -> str | None:
    match = _DATE.search(text)
    if not match:
        return None
    year, month, day = map(int, match.groups())
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
