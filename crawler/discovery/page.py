"""A fetched page: its address, its text decoded, its tree."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

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
_ORIGIN = re.compile(r"^(https?://[^/?#\\]+).*$", re.DOTALL)
_LONG = 500
"""Characters of a reference that is not worth remembering."""
_VISIBLE: Any = etree.XPath(
    "//text()[not(parent::script or parent::style or parent::noscript or parent::template)]",
    smart_strings=False,
)


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


def _resolve(base: str, href: str) -> str | None:
    """See `Page.absolute`."""
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


_resolve_known = lru_cache(maxsize=4_096)(_resolve)
"""A portal has the same menus on every page."""


@dataclass(frozen=True)
class Page:
    """An address and the text that came from it; HTML, XML, JSON or a script."""

    url: str
    text: str

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The page parsed as HTML; an empty tree where nothing can be parsed."""
        # Bytes, because lxml refuses text that declares an encoding.
        source = self.text.encode("utf-8", errors="replace")
        try:
            tree = html.document_fromstring(source, parser=html.HTMLParser(encoding="utf-8"))
        except (etree.ParserError, etree.XMLSyntaxError):
            tree = html.document_fromstring("<html><body></body></html>")
        return tree

    @cached_property
    def base(self) -> str:
        """What relative addresses are relative to."""
        for href in self.tree.xpath("//base/@href"):
            return self.absolute(str(href), base=self.url) or self.url
        return self.url

    def absolute(self, href: str, base: str | None = None) -> str | None:
        """The http(s) address a reference leads to, None where it leads to none."""
        href = href.strip()
        base = base or self.base
        if href.startswith("/") and not href.startswith("//"):
            base = _ORIGIN.sub(r"\1", base)  # the same for every page of a site
        return (_resolve_known if len(href) <= _LONG else _resolve)(base, href)

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
                return text
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

    @property
    def is_markup(self) -> bool:
        """Whether this reads as HTML rather than JSON, XML data or a script."""
        return bool(
            re.search(r"<(?:html|head|body|div|table|ul|a|p)\b", self.text[:20_000], re.IGNORECASE)
        )
