"""What a server says about the file it sends: its media type and its name.

File names come as RFC 6266 allows and as servers really send them: raw UTF-8 or GBK bytes,
percent-encoded UTF-8 in a plain `filename`, RFC 5987, RFC 2047. A name is shown, never opened.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from urllib.parse import unquote_to_bytes

from archive.fields import one_line

_PARAMETER = re.compile(r';\s*([\w!#$&+.^`|~-]+\*?)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_EXTENDED = re.compile(r"([\w-]*)'[\w-]*'(.*)", re.DOTALL)
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MEDIA_TYPE = re.compile(rb"\s*([!#$&^_.+a-z0-9-]+/[!#$&^_.+a-z0-9-]+)\s*(?:[;,]|$)")
_NAME_LIMIT = 255
_HEADER_LIMIT = 8_192
"""Longer values name no file; parsing them would only cost time."""


def media_type(content_type: bytes | None) -> str:
    """Returns the declared media type in lower case without parameters, "" where there is none."""
    found = _MEDIA_TYPE.match((content_type or b"")[:_HEADER_LIMIT].lower())
    return found[1].decode("ascii")[:_NAME_LIMIT] if found else ""


def file_name(content_disposition: bytes | None) -> str | None:
    """Returns the file's name out of a Content-Disposition value, without folders; None if none."""
    if not content_disposition or len(content_disposition) > _HEADER_LIMIT:
        return None
    # Decoded before it is parsed: the second byte of a GBK character may be a backslash.
    parameters: dict[str, str] = {}
    for found in _PARAMETER.finditer(";" + _text(content_disposition)):
        parameters.setdefault(found[1].lower(), found[2].strip())
    name = _extended(parameters.get("filename*", "")) or _plain(parameters.get("filename", ""))
    return _bare(name)


def _text(raw: bytes, charset: str = "") -> str:
    """Decodes strictly: the charset named, UTF-8, GB18030; Latin-1 never fails."""
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            if encoding:
                return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def _extended(value: str) -> str:
    found = _EXTENDED.fullmatch(value.strip('"'))
    return _text(unquote_to_bytes(found[2]), found[1]) if found else ""


def _plain(value: str) -> str:
    if value.startswith('"'):
        value = re.sub(r'\\(["\\])', r"\1", value[1:].removesuffix('"'))
    if value.startswith("=?") and value.endswith("?="):
        try:
            return "".join(
                part if isinstance(part, str) else _text(part, charset or "")
                for part, charset in decode_header(value)
            )
        except (HeaderParseError, ValueError):
            return value
    if value.isascii() and _PERCENT.search(value):
        return _text(unquote_to_bytes(value))
    return value


def _bare(name: str) -> str | None:
    name = one_line(_INVISIBLE.sub("", name), limit=4 * _NAME_LIMIT)
    name = re.split(r"[/\\]", name)[-1].strip(" .")
    return name[-_NAME_LIMIT:] or None
