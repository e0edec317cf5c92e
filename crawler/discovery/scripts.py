"""Links that only scripts hold: anchors they write, menus as objects of a name and an address.

Scripts come from anywhere, so nothing here looks further than a bounded way from where it stands:
no input makes it slow.
"""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_CODE = 1_000_000
_MOST_ANCHORS = 5_000
_LONGEST_TAG = 800
_LONGEST_TEXT = 400
_LONGEST_HANDLER = 2_000
_ADDRESS_LIKE = re.compile(
    r"^(?:https?://|/|\.{1,2}/|\?)|^[\w%./-]+\.(?:s?html?|jsp|aspx?|do|php|action|pdf|docx?|wps|ofd"
    r"|xlsx?|rtf|zip|rar)(?:[?#]|$)|^[\w%-]+(?:/[\w%-]+)+/?$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"""(['"])((?:(?!\1)[^\\\s<>]){2,500}+)\1""")
_VALUE = re.compile(r"""\s*=\s*\\?(['"])((?:(?!\\?\1).){1,500}+)""", re.DOTALL)
_OBJECT = re.compile(r"\{[^{}]{4,2000}+\}")
_UNFINISHED = re.compile(r"['\"]\s*\+|\+\s*['\"]|\$\{|^\s*\+")
"""An address that the script has yet to put together."""
_ARRAY = re.compile(r"\[([^\[\]{}<>]{8,1000}+)\]")
_STRING = re.compile(r"""(['"])((?:(?!\1)[^\\\n]|\\.){1,300}+)\1""")
_PAIR = re.compile(
    r"""['"]?\b(?P<key>[A-Za-z_]\w{0,30}+)['"]?\s{0,4}:\s{0,4}"""
    r"""(?P<q>['"])(?P<value>(?:\\.|(?!(?P=q)).){0,500}+)(?P=q)"""
)
_URL_KEYS = ("url", "href", "link", "linkurl", "post_url", "pageurl", "puburl", "src", "path")
_TEXT_KEYS = (
    "title", "name", "text", "label", "menuname", "channelname", "chnlname", "columnname",
)  # fmt: skip


def looks_like_address(text: str) -> bool:
    """Whether a string reads as an address."""
    return len(text) <= _LONGEST_TAG and bool(_ADDRESS_LIKE.search(text))


def addresses_in(code: str, most: int = _LONGEST_HANDLER) -> list[str]:
    """The strings of a piece of script that read as addresses: `window.open('/a.pdf')`."""
    return [text for _, text in _QUOTED.findall(code[:most]) if looks_like_address(text)]


def written_links(code: str) -> Iterator[tuple[str, str]]:
    """The address and the text of each link in a script."""
    code = code[:_MOST_CODE]
    yield from _anchors(code)
    for block in _OBJECT.finditer(code):
        pairs = {match["key"].lower(): match["value"] for match in _PAIR.finditer(block.group())}
        text = next((pairs[key] for key in _TEXT_KEYS if pairs.get(key)), "")
        href = next((pairs[key] for key in _URL_KEYS if pairs.get(key)), "")
        if text and href:
            yield _unescape(href), _unescape(text)
    for row in _ARRAY.finditer(code):
        yield from _of_array(row[1])


def _of_array(row: str) -> Iterator[tuple[str, str]]:
    """The one address of an array of strings and its title: `['…年报', '/a/1.html', '2022']`."""
    strings = [match[2] for match in _STRING.finditer(row)]
    hrefs = [text for text in strings if looks_like_address(text)]
    texts = [text for text in strings if re.search(r"[\u4e00-\u9fff]", text)]
    if len(hrefs) == 1 and texts:
        yield _unescape(hrefs[0]), _unescape(max(texts, key=len))


def _anchors(code: str) -> Iterator[tuple[str, str]]:
    """The anchors that a script writes, quotes and slashes escaped or not."""
    start = 0
    for _ in range(_MOST_ANCHORS):
        start = code.find("<a ", start)
        if start < 0:
            return
        start += 3
        end = code.find(">", start, start + _LONGEST_TAG)
        if end < 0:
            continue
        href = _attribute(code[start:end], "href")
        close = code.find("/a", end, end + _LONGEST_TEXT)
        if href and close > 0 and not _UNFINISHED.search(href):
            inner = code[end + 1 : close].rstrip("<\\")
            title = _attribute(code[start:end], "title")
            yield _unescape(href), _unescape(title or re.sub(r"<[^<>]*>", "", inner))


def _attribute(tag: str, name: str) -> str:
    at = tag.find(name)
    found = _VALUE.match(tag, at + len(name)) if at >= 0 else None
    return found[2] if found else ""


def _unescape(text: str) -> str:
    text = text.replace("\\/", "/").replace('\\"', '"').replace("\\'", "'")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return entities.unescape(text)
