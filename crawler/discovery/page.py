"""A fetched page: its address, its text decoded, its tree."""

from __future__ import annotations

import codecs
import html as entities
import json
import re
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from crawler.discovery.attributes import bounded

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SESSION = re.compile(
    r";jsessionid=[^/?#]*|(?<=[?&])(?:jsessionid|phpsessid|aspsessionid\w*|session_?id)=[^&#]*&?",
    re.IGNORECASE,
)
"""What names a visit rather than a page; the visit goes on by its cookies."""
_PLAIN_PATH = re.compile(r"/(?:[\w%-][\w.%-]*/)*(?:[\w%-][\w.%-]*)?", re.ASCII)
_ENDS = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_IS_ORIGIN = re.compile(r"https?://[\w.-]+(?::(?:[1-9]\d{1,3}|[1-5]\d{4}))?", re.ASCII)
_ORIGIN = re.compile(r"^(https?://[^/?#\\]+).*$", re.DOTALL)
_PADDED = re.compile(r"[\w$.]{1,100}\((.*)\)\s*;?", re.DOTALL)
_MOST_STRINGS = 200
_MOST_ADDRESS = 16 * 1024
"""Characters of a reference, twice what is asked for; caches hold thousands of addresses."""
_MOST_TITLE = 2_000
TITLE_KEYS = ("title", "infotitle", "doctitle", "articletitle", "headline", "subject", "bt", "name")
"""What JSON calls the title of an entry or an article, in lower case."""
_VISIBLE: Any = etree.XPath(
    "//text()[not(parent::script or parent::style or parent::noscript or parent::template)]",
    smart_strings=False,
)


def once(read: Callable[[Page], T]) -> Callable[[Page], T]:
    """Have what is read from a page remembered with the page, as `cached_property` does.

    Dozens of portals take turns: a cache of a few pages has forgotten each before it is asked
    again.
    """
    name = f"{read.__module__}.{read.__qualname__}"

    @wraps(read)
    def remembered(page: Page) -> T:
        known = page.__dict__
        if name not in known:
            known[name] = read(page)
        found: T = known[name]
        return found

    return remembered


def decode(body: bytes) -> str:
    """Decode a page: strict UTF-8, then GB18030.

    What a server or a page declares is not asked: a wrong declaration gives mojibake without any
    sign of it, and these two cover every page seen. A byte order mark decides where there is one.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    choices = [body.decode(encoding, errors="replace") for encoding in ("utf-8", "gb18030")]
    return min(choices, key=lambda text: text.count("�"))


def squeeze(text: str | None) -> str:
    """Text with every run of white space as one space."""
    return " ".join((text or "").split())


def resolve(base: str, href: str) -> str | None:
    """The http(s) address that a reference leads to from `base`, None where it leads to none."""
    if len(href) > _MOST_ADDRESS:
        return None
    if _PLAIN_PATH.fullmatch(href) and _IS_ORIGIN.fullmatch(base):
        return base + href  # what the rest would come to, for most links of most menus
    href = re.sub(r"[\t\r\n]", "", href).strip().replace("\\", "/")
    if not href or (href.startswith("#") and not href.startswith(("#/", "#!"))):
        return None  # an application routes by such a fragment
    try:
        url = urljoin(base, _SESSION.sub("", href))
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return None
        _ = parts.port  # raises on a port that is none
    except ValueError:
        return None
    return url


def _written(value: Any) -> str:
    """The HTML that the strings of a JSON value hold, under the title that stands beside it."""
    found: list[str] = []
    waiting = [value]
    while waiting and len(found) < _MOST_STRINGS:
        one = waiting.pop(0)
        if isinstance(one, dict):
            low = {str(key).lower(): inner for key, inner in one.items()}
            texts = [text for text in one.values() if isinstance(text, str) and "<" in text]
            title = next((low[key] for key in TITLE_KEYS if isinstance(low.get(key), str)), "")
            if texts and "<" not in title:
                found.append(f"<h1>{entities.escape(title)}</h1>")
            found += texts
            waiting += one.values()
        elif isinstance(one, list):
            found += [text for text in one if isinstance(text, str) and "<" in text]
            waiting += one
    return f"<html><body>{' '.join(found)}</body></html>"


@dataclass(frozen=True)
class Page:
    """An address and the text that came from it; HTML, XML, JSON or a script."""

    url: str
    text: str

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The page parsed as HTML; an empty tree where nothing can be parsed.

        Of JSON it is what the JSON holds as HTML: articles of applications come that way.
        """
        text = self.text if self.value is None else _written(self.value)
        # Headers of a site are often documents of their own; to libxml2 the first end is the last.
        ends = [at for at in (text.find("</html"), text.find("</HTML")) if at >= 0]
        if ends and text.find("<", min(ends) + 1) >= 0:
            text = _ENDS.sub("", text)
        # Bytes, because lxml refuses text that declares an encoding.
        source = bounded(text).encode("utf-8", errors="replace")
        try:
            tree = html.document_fromstring(source, parser=html.HTMLParser(encoding="utf-8"))
        except (etree.ParserError, etree.XMLSyntaxError):
            tree = html.document_fromstring("<html><body></body></html>")
        return tree

    @cached_property
    def base(self) -> str:
        """What relative addresses are relative to."""
        for element in self.tree.iter("base"):
            if (href := element.get("href")) is not None:
                return self.absolute(href, base=self.url) or self.url
        return self.url

    def absolute(self, href: str, base: str | None = None) -> str | None:
        """The http(s) address a reference leads to, None where it leads to none."""
        return resolve(base or self.base_of(href), href)

    def base_of(self, href: str) -> str:
        """What a reference is relative to: as little of the page's address as will do."""
        return self._site if href[:1] == "/" != href[1:2] else self.base

    @cached_property
    def _site(self) -> str:
        """What addresses from the root are relative to: the same for every page of a site."""
        return _ORIGIN.sub(r"\1", self.base)

    @cached_property
    def title(self) -> str:
        """The page's title: its metadata's, its <title>, else its first heading."""
        for path in (
            "//meta[translate(@name,'ARTICLE','article')='articletitle']/@content",
            "//title/text()",
            "//h1//text()",
        ):
            text = squeeze("".join(str(part) for part in self.tree.xpath(path)))
            if text:
                return text[:_MOST_TITLE]
        return ""

    @cached_property
    def visible(self) -> str:
        """The text a reader would see, white space squeezed."""
        return squeeze(" ".join(_VISIBLE(self.tree)))

    @cached_property
    def scripts(self) -> str:
        """The text of all inline scripts."""
        return "\n".join(
            script.text or "" for script in self.tree.iter("script") if isinstance(script.tag, str)
        )

    @cached_property
    def value(self) -> Any:
        """The value of a JSON or JSONP answer, None where the text is neither."""
        text = self.text.strip().lstrip("\ufeff")
        padded = _PADDED.fullmatch(text)
        text = padded[1].strip() if padded else text
        if text[:1] not in {"{", "["}:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def is_markup(self) -> bool:
        """Whether this reads as HTML rather than JSON, XML data or a script."""
        tagged = re.search(
            r"<(?:html|head|body|div|table|ul|ol|li|dl|dd|tr|span|form|a|p|h\d)\b",
            self.text[:20_000],
            re.IGNORECASE,
        )
        return bool(tagged) and self.value is None
