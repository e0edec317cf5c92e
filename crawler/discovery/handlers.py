"""Where an event handler leads: the page's own functions are read, never run.

`go('/gk/')` leads where `function go(u) { location.href = '/site' + u }` says, and
`loadYear(2021)` asks for what `fetch('/nb?year=' + y)` puts together. Only literals, arguments and
the page's constants are joined; whatever else an address is made of leaves it unknown, and a
browser may find out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.discovery.scripts import looks_like_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.discovery.page import Page

_MOST_CODE = 400_000
_MOST_FUNCTIONS = 300
_MOST_BODY = 3_000
_MOST_HANDLER = 2_000
_NAME = r"[A-Za-z_$][\w$]{0,60}"
_FUNCTION = re.compile(
    rf"\bfunction\s+({_NAME})\s*\(([\w$,\s]{{0,120}})\)\s*\{{"
    rf"|\b({_NAME})\s*[=:]\s*function\s*\(([\w$,\s]{{0,120}})\)\s*\{{"
    rf"|\b({_NAME})\s*=\s*\(?([\w$,\s]{{0,120}})\)?\s*=>\s*\{{?"
)
_CONSTANT = re.compile(
    rf"\b(?:var|let|const)\s+({_NAME})\s*=\s*(?:'([^'\n]{{0,300}})'|\"([^\"\n]{{0,300}})\"|(\d{{1,12}}))\s*[;,\n]"
)
_CALL = re.compile(rf"(?<![\w$.])({_NAME})\(")
_GOES = re.compile(
    r"\blocation(?:\.href)?\s*=(?!=)\s*|\blocation\.(?:replace|assign)\(\s*|(?<![\w$])(?:window\.)?open\(\s*"
)
_LOADS = re.compile(
    r"\bfetch\(\s*|\$\.(?:get|getJSON|load)\(\s*|\burl\s*:\s*|\baxios\.get\(\s*"
    r"|\.open\(\s*['\"]GET['\"]\s*,\s*|\.load\(\s*|\.src\s*=(?!=)\s*",
    re.IGNORECASE,
)
_PADDED = re.compile(
    r"(?=.*[?&](?:callback|jsonp|cb)\w*=\w)(?=.*[?&]\w*(?:start|page|offset)\w*=\d)", re.IGNORECASE
)
_SENDS = re.compile(r"['\"]post['\"]|\.post\(|method\s*:\s*['\"]?post", re.IGNORECASE)
_STRING = re.compile(r"'((?:[^'\\\n]|\\.){0,500}+)'|\"((?:[^\"\\\n]|\\.){0,500}+)\"")
_TEMPLATE = re.compile(r"`([^`]{0,500}+)`")
_GAP = re.compile(r"\$\{\s*([\w$.]{1,80})\s*\}")
_WORD = re.compile(
    r"(?:encodeURIComponent|encodeURI|escape|String|parseInt|Number)\(\s*([\w$.]{1,80})\s*\)"
    r"|(this\.options\[[^\]]{1,60}\]\.value|this\.value|[A-Za-z_$][\w$.]{0,80})|(\d{1,12})"
)
_CHOSEN = re.compile(r"^this\.(?:value|options\[)")
_MOST_PIECES = 24


@dataclass(frozen=True, slots=True)
class Lead:
    """An address a handler leads to; `loads` where its answer is put into the page instead."""

    url: str
    loads: bool


@dataclass(frozen=True, slots=True)
class _Function:
    parameters: tuple[str, ...]
    body: str


def leads(page: Page, code: str, value: str | None = None) -> list[Lead]:
    """Where a handler leads.

    Args:
        page: The page whose scripts hold the functions.
        code: The handler, such as `go('/gk/')` or `location.href='?y='+this.value`.
        value: What `this.value` is: the chosen option's.

    Returns:
        The addresses that could be put together, absolute, in the order of the code.
    """
    code = code[:_MOST_HANDLER]
    known = _constants(page.scripts)
    found = list(_destinations(page, code, {**known, **_choice(value)}))
    functions = _functions(page.scripts)
    for call in _CALL.finditer(code):
        function = functions.get(call[1])
        if function is not None:
            given = _arguments(code, call.end(), value)
            names = dict(zip(function.parameters, given, strict=False))
            hidden = set(function.parameters) - {name for name, got in names.items() if got}
            env = {**known}
            for name in hidden:
                env.pop(name, None)
            env |= {name: got for name, got in names.items() if got is not None}
            found += _destinations(page, function.body, env | _choice(value))
    return list(dict.fromkeys(found))


def loaded_addresses(page: Page) -> list[str]:
    """The addresses that the page's scripts ask for as they stand, with nothing to fill in."""
    code = page.scripts[:_MOST_CODE]
    found: dict[str, None] = {}
    for match in _LOADS.finditer(code):
        literal = _STRING.match(code, match.end())
        if literal is None or _posts(code, match.end()):
            continue
        text = literal[1] or literal[2] or ""
        follows = code[literal.end() : literal.end() + 20].lstrip()[:1]
        if follows != "+" and looks_like_address(text) and (url := page.absolute(text)):
            found[url] = None
    return list(found)


def padded_addresses(page: Page) -> list[str]:
    """The addresses of lists that a page loads as scripts: `?startrecord=1&callback=show`."""
    sources = (element.get("src") or "" for element in page.tree.iter("script"))
    found = (page.absolute(source) for source in sources if _PADDED.search(source))
    return [url for url in dict.fromkeys(found) if url]


def _choice(value: str | None) -> dict[str, str]:
    return {} if value is None else {"this.value": value}


def _posts(code: str, at: int) -> bool:
    """Whether the call that stands here sends by POST: within its own statement."""
    start = max(code.rfind(";", 0, at), at - 60, 0)
    end = code.find(";", at, at + 160)
    return bool(_SENDS.search(code, start, end if end >= 0 else at + 160))


@lru_cache(maxsize=8)
def _functions(scripts: str) -> Mapping[str, _Function]:
    found: dict[str, _Function] = {}
    for match in _FUNCTION.finditer(scripts[:_MOST_CODE]):
        name = match[1] or match[3] or match[5]
        parameters = match[2] or match[4] or match[6] or ""
        names = tuple(part.strip() for part in parameters.split(","))
        found.setdefault(name, _Function(names, _body(scripts, match.end())))
        if len(found) >= _MOST_FUNCTIONS:
            break
    return found


def _body(code: str, start: int) -> str:
    """What stands up to the brace that closes a function."""
    depth = 1
    end = min(len(code), start + _MOST_BODY)
    for at in range(start, end):
        depth += (code[at] == "{") - (code[at] == "}")
        if depth == 0:
            return code[start:at]
    return code[start:end]


@lru_cache(maxsize=8)
def _constants(scripts: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for match in _CONSTANT.finditer(scripts[:_MOST_CODE]):
        found.setdefault(match[1], match[2] or match[3] or match[4] or "")
    return found


def _arguments(code: str, at: int, value: str | None) -> list[str | None]:
    """The arguments of a call: literals as they are, the rest as None."""
    given: list[str | None] = []
    end = code.find(")", at)
    while at < len(code) and len(given) < _MOST_PIECES:
        at += len(code[at:]) - len(code[at:].lstrip(" \t\n,"))
        literal = _STRING.match(code, at)
        if literal:
            given.append(_plain(literal[1] if literal[1] is not None else literal[2]))
            at = literal.end()
            end = code.find(")", at)
            continue
        if at >= end or end < 0:
            break
        stop = min(position for position in (code.find(",", at), end) if position >= 0)
        word = code[at:stop].strip()
        given.append(
            word if re.fullmatch(r"-?\d{1,12}", word) else value if _CHOSEN.match(word) else None
        )
        at = stop
    return given


def _destinations(page: Page, code: str, env: Mapping[str, str]) -> Iterator[Lead]:
    """The addresses that a piece of code goes to or loads, as far as they can be put together."""
    places = [(match.end(), False) for match in _GOES.finditer(code)]
    places += [(match.end(), True) for match in _LOADS.finditer(code)]
    for at, loads in sorted(places):
        text = _joined(code, at, env)
        usable = text and (looks_like_address(text) or text.isalnum() or "?" in text or "." in text)
        url = page.absolute(text) if text and usable and not _posts(code, at) else None
        if url:
            yield Lead(url, loads)


def _joined(code: str, at: int, env: Mapping[str, str]) -> str | None:
    """Literals and known names, joined by plus signs; None where something else is among them."""
    pieces: list[str] = []
    while len(pieces) < _MOST_PIECES:
        at += len(code[at : at + 40]) - len(code[at : at + 40].lstrip())
        piece, at = _piece(code, at, env)
        if piece is None:
            return None
        pieces.append(piece)
        rest = code[at : at + 40].lstrip()
        if rest[:1] != "+":
            ended = not rest or rest[0] in ",;)}\n" or code[at : at + 1] == "\n"
            return "".join(pieces) if ended else None
        at = code.index("+", at) + 1
    return None


def _piece(code: str, at: int, env: Mapping[str, str]) -> tuple[str | None, int]:
    literal = _STRING.match(code, at)
    if literal:
        return _plain(literal[1] if literal[1] is not None else literal[2]), literal.end()
    template = _TEMPLATE.match(code, at)
    if template:
        names = _GAP.findall(template[1])
        if not all(name in env for name in names):
            return None, at
        return _GAP.sub(lambda gap: env[gap[1]], template[1]), template.end()
    word = _WORD.match(code, at)
    if word is None:
        return None, at
    if word[3]:
        return word[3], word.end()
    name = word[1] or word[2]
    return env.get("this.value" if _CHOSEN.match(name) else name), word.end()


def _plain(text: str) -> str:
    return text.replace("\\/", "/").replace("\\'", "'").replace('\\"', '"')
