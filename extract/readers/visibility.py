"""What of a web page a browser shows: hidden elements, and text that no reader of it could see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_HIDDEN = """
    script style head template noscript nav select option textarea button svg iframe object embed
    canvas audio video map input datalist
"""
_HIDDEN_TAGS = frozenset(_HIDDEN.split())
"""Elements that print nothing, or nothing of the report."""
_HIDING = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_UNSEEN = re.compile(
    r"""visibility\s*:\s*(?:hidden|collapse)
    |(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)
    |(?<![\w-])color\s*:\s*transparent
    |text-indent\s*:\s*-\d{3}
    |position\s*:\s*(?:absolute|fixed).*(?<![\w-])(?:left|top)\s*:\s*-\d{3}
    |(?<![\w-])(?:left|top)\s*:\s*-\d{3}.*position\s*:\s*(?:absolute|fixed)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NO_SIZE = re.compile(
    r"font-size\s*:\s*0(?:\.0+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.IGNORECASE
)
_SIZE = re.compile(r"font(?:-size)?\s*:", re.IGNORECASE)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:white|#fff(?:fff)?|rgba?\(\s*255\s*,\s*255\s*,\s*255)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background", re.IGNORECASE)
_SIMPLE = re.compile(r"([a-z][a-z0-9]*)?([.#])([\w-]+)", re.IGNORECASE)
_LONGEST_STYLE = 2000
"""Characters of an element's style looked at, as the patterns take time with its square."""
_MOST_STYLES = 500_000
"""Characters of style sheets looked at; a page's own rules are a few thousand."""


def tag(element: etree._Element) -> str:
    """The element's name in lower case; empty for what is no element."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def is_hidden(element: etree._Element) -> bool:
    """Whether a browser shows nothing of the element, whether or not it keeps its place."""
    return is_left_out(element) or is_unseen(element)


def is_left_out(element: etree._Element) -> bool:
    """Whether the element is not laid out at all, so that its place goes to the next."""
    return (
        tag(element) in _HIDDEN_TAGS
        or "hidden" in element.attrib
        or bool(_HIDING.search(_style(element)))
    )


def is_unseen(element: etree._Element) -> bool:
    """Whether the element's text is laid out where, or in such a way that, nobody sees it."""
    style = _style(element)
    if not style:
        return False
    if _UNSEEN.search(style):
        return True
    # Pages set the size to 0 around what has sizes of its own, to close gaps between boxes.
    return bool(_NO_SIZE.search(style)) and not any(
        _SIZE.search(_style(each)) or each.get("size") for each in element.iterdescendants()
    )


def is_white(element: etree._Element) -> bool:
    """Whether the element's text is white and nothing around it has a colour to show it on."""
    own = _style(element)
    if not _WHITE.search(own) and not _WHITE.match(f"color:{element.get('color') or ''}"):
        return False
    around: list[etree._Element] = [element, *element.iterancestors()]
    return not any(
        each.get("bgcolor") or each.get("background") or _BACKGROUND.search(_style(each))
        for each in around
    )


def _style(element: etree._Element) -> str:
    return (element.get("style") or "")[:_LONGEST_STYLE]


def apply_sheets(root: etree._Element) -> None:
    """Write what the page's own style sheets hide by class or id into the elements' styles."""
    hiding = dict(_hiding_rules(root))
    if not hiding:
        return
    for element in root.iter():
        names = [(".", name) for name in (element.get("class") or "").split()]
        names.append(("#", element.get("id") or ""))
        found = [
            hiding[key]
            for name in names
            for key in (("", *name), (tag(element), *name))
            if key in hiding
        ]
        if found:
            element.set("style", ";".join([*found, element.get("style") or ""]))


def _without_comments(sheets: str) -> str:
    first, *rest = sheets.split("/*")
    return first + "".join(part.partition("*/")[2] for part in rest)


def _hiding_rules(root: etree._Element) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Simple selectors (tag, kind, name) and their declarations, where these hide."""
    sheets = "\n".join(each.text or "" for each in root.iter("style"))[:_MOST_STYLES]
    for rule in _without_comments(sheets).split("}"):
        selectors, _, declared = rule.rpartition("{")
        declared = declared[:_LONGEST_STYLE]
        if not (_HIDING.search(declared) or _UNSEEN.search(declared) or _NO_SIZE.search(declared)):
            continue
        for selector in selectors.split(","):
            simple = _SIMPLE.fullmatch(selector.strip())
            if simple:
                yield ((simple[1] or "").lower(), simple[2], simple[3]), declared
