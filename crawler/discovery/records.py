"""What an application's own pages teach about its data: how its entries become addresses.

An application lists `{"id": 57, "title": …}` and shows `#/detail/57`, behind which stands the
article as JSON at `/api/content/57`. Both are learnt from one rendering; after that the data is
asked for without a browser.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.discovery.links import Link, page_links
from crawler.discovery.page import TITLE_KEYS, Page, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAME = "json"
_MOST_RECORDS = 3_000
_MOST_DEPTH = 12
_LEAST_TITLE = 4
_LONGEST_ID = 80
_WORD = re.compile(r"[\w.-]+\Z")


@dataclass(frozen=True, slots=True)
class Template:
    """An address but for one word in it; `keys` are those of the records it was learnt from."""

    before: str
    after: str
    key: str = ""
    keys: frozenset[str] = frozenset()

    def fill(self, word: str) -> str:
        """The address with this word in it."""
        return f"{self.before}{word}{self.after}"

    def word_of(self, url: str) -> str | None:
        """The word that stands in an address of this shape, None where it has another."""
        if not (url.startswith(self.before) and url.endswith(self.after)):
            return None
        word = url[len(self.before) : len(url) - len(self.after)]
        return word if _WORD.match(word) else None


@dataclass(frozen=True, slots=True)
class Route:
    """Where the data of a page stands: a page's address and its data's differ by one word.

    Where the data is asked for by POST, the word stands in what is sent: `body`.
    """

    page: Template
    data: Template
    body: Template | None = None

    def of(self, url: str) -> tuple[str, bytes | None] | None:
        """Address and body of the data that a page shows, None for a page of another kind."""
        word = self.page.word_of(url)
        if not word:
            return None
        if self.body is None:
            return self.data.fill(word), None
        return self.data.before, self.body.fill(word).encode()


def records(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every object of a JSON value."""
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from records(inner, depth + 1)


def title_of(record: Mapping[str, Any]) -> str:
    """What an object is called: by a usual name, else its longest Chinese text."""
    low = {str(key).lower(): value for key, value in record.items()}
    for key in TITLE_KEYS:
        if isinstance(low.get(key), str) and low[key].strip():
            return squeeze(re.sub(r"<[^>]*>", "", low[key]))
    texts = [text for text in record.values() if isinstance(text, str) and "<" not in text]
    chinese = [text for text in texts if re.search(r"[\u4e00-\u9fff]{4}", text)]
    return squeeze(max(chinese, key=len, default=""))


def learn_entries(page: Page, values: Iterable[Any]) -> set[Template]:
    """How a rendered page made addresses of the records that it had loaded."""
    by_text: dict[str, str] = {}
    for link in page_links(page):
        by_text.setdefault(link.text, link.url)
    found: set[Template] = set()
    for value in values:
        for record in islice(records(value), _MOST_RECORDS):
            title = title_of(record)
            url = by_text.get(title) if len(title) >= _LEAST_TITLE else None
            template = _shape(record, url) if url and not _holds(page, record, url) else None
            if template:
                found.add(template)
    return found


def _holds(page: Page, record: Mapping[str, Any], url: str) -> bool:
    """Whether a record has its address itself, so that nothing need be made of it."""
    texts = [text for text in record.values() if isinstance(text, str) and "/" in text]
    return any(page.absolute(text) == url for text in texts)


def _shape(record: Mapping[str, Any], url: str) -> Template | None:
    words = [
        (str(value), str(key))
        for key, value in record.items()
        if isinstance(value, str | int) and 0 < len(str(value)) <= _LONGEST_ID
    ]
    start = url.find("/", len("https://"))
    for word, key in sorted(words, key=lambda pair: -len(pair[0])):
        at = url.rfind(word)
        bounded = at > start and not (url[at - 1 : at] + url[at + len(word) :][:1]).isalnum()
        if bounded and _WORD.match(word):
            keys = frozenset(str(name) for name in record)
            return Template(url[:at], url[at + len(word) :], key, keys)
    return None


def entries(value: Any, templates: Iterable[Template]) -> list[Link]:
    """The links of records of a kind that a rendered page has shown as links.

    Where such records led to addresses of several shapes, something else than they decides.
    """
    shapes = list(templates)
    count = Counter((template.key, template.keys) for template in shapes)
    known = [one for one in shapes if count[one.key, one.keys] == 1]
    found: dict[str, Link] = {}
    for record in islice(records(value), _MOST_RECORDS) if known else ():
        for template in known:
            word = str(record.get(template.key, ""))
            if frozenset(record) == template.keys and _WORD.match(word) and title_of(record):
                url = template.fill(word)
                found.setdefault(url, Link(url, title_of(record), NAME))
    return list(found.values())


def learn_route(page: str, data: str, body: str = "") -> Route | None:
    """The word that a page's address and its data's share, or what is sent for it; None if none."""
    words = sorted(set(re.findall(r"[\w-]+", _tail(page))), key=len, reverse=True)
    for word in words:
        if not re.search(r"\d", word) or word not in (body or _tail(data)):
            continue
        shown = _around(page, word)
        if body:
            return Route(shown, Template(data, ""), _around(body, word))
        return Route(shown, _around(data, word))
    return None


def _around(text: str, word: str) -> Template:
    at = text.rfind(word)
    return Template(text[:at], text[at + len(word) :])


def _tail(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}#{parts.fragment}"
