"""Tags within bounds: libxml2 takes hours for one with hundreds of thousands of attributes.

Tags are found as HTML's own rules have it, and as libxml2 2.14 does: a scanner that took a comment,
a style or a quotation mark for something else could be led past the tag that matters.
"""

from __future__ import annotations

import re

MOST = 4_000
"""Attributes of a tag that are read; no real page has a hundred."""
_SHORT = 3 * MOST
"""Characters within which a tag cannot have more."""
ORDINARY = 100_000
"""Characters of a page that is not looked at: with so few even a hostile one takes no second."""
_SPACE = r"[ \t\n\f\r]"
_VALUE = r"\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\f\r>]*+"
_ATTRIBUTE = (
    rf"(?:[ \t\n\f\r/]*+(?:=[^ \t\n\f\r=/>]*+|[^ \t\n\f\r=/>]++)"
    rf"(?:{_SPACE}*+={_SPACE}*+(?:{_VALUE}))?+)"
)
_NAME = r"<(/?[a-zA-Z][^ \t\n\f\r/>]*+)"
_MARK = re.compile(r"<(?:!--(?:-?>)?+|[!?/](?![a-zA-Z])[^>]*+|[!?][^>]*+|(?=/?[a-zA-Z]))")
_TAG = re.compile(f"{_NAME}{_ATTRIBUTE}*+")
_FULL = re.compile(f"{_NAME}{_ATTRIBUTE}{{{MOST}}}")
_COMMENT_END = re.compile("--!?>")
_SCRIPT = re.compile(r"<!--|-->|<(/?)script(?=[ \t\n\f\r/>])", re.IGNORECASE)
_TEXT = {
    name: re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE)
    for name in ("iframe", "noembed", "noframes", "style", "textarea", "title", "xmp")
}
"""Elements that hold text, whatever it looks like, until their end."""


def bounded(text: str) -> str:
    """A page without the attributes of a tag beyond `MOST`; a page of ordinary size is not read."""
    if len(text) <= ORDINARY:
        return text
    kept: list[str] = []
    done = at = 0
    while mark := _MARK.search(text, at):
        at = mark.end()
        if mark[0] == "<!--":
            at = _end(_COMMENT_END, text, at)
        if mark[0] != "<":  # a comment of some kind
            continue
        tag = _TAG.match(text, mark.start())
        if tag is None:
            continue
        at = tag.end()
        if at - tag.start() > _SHORT and (full := _FULL.match(text, tag.start())):
            kept.append(text[done : full.end()])
            done = at
        at = _after_text(tag[1].lower(), text, at)
    return "".join([*kept, text[done:]])


def _after_text(name: str, text: str, at: int) -> int:
    """Where the text ends that an element holds, for those that hold nothing else."""
    if name == "plaintext":
        return len(text)
    if name == "script":
        return _after_script(text, at)
    return _end(_TEXT[name], text, at) if name in _TEXT else at


def _after_script(text: str, at: int) -> int:
    """Where a script ends; in what looks like a comment there may be a script within it."""
    hidden = within = False
    for sign in _SCRIPT.finditer(text, at):
        if sign[0] == "<!--":
            hidden = True
        elif sign[0] == "-->":
            hidden = within = False
        elif sign[1] and not within:
            return sign.start()
        elif hidden:
            within = not sign[1]
    return len(text)


def _end(sign: re.Pattern[str], text: str, at: int) -> int:
    found = sign.search(text, at)
    return found.start() if found else len(text)
