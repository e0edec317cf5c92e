"""Names for files on any system, from whatever a portal or a report called them.

A name is never a path: what separates folders is gone, so are control and invisible characters,
what Windows reserves, leading and trailing dots and spaces, and whatever is over-long.
"""

from __future__ import annotations

import re
import unicodedata

MOST_BYTES = 150
"""Of a name in UTF-8, ending included: half of what file systems bear, for folders above it."""
_REPLACED = str.maketrans('<>:"/\\|?*', "＜＞：＂／＼｜？＊")
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[ .])", re.IGNORECASE
)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe_name(text: str | None, otherwise: str, ending: str = "", mark: str = "") -> str:
    """Returns a name for a file or folder, readable and harmless.

    Args:
        text: what it would be called.
        otherwise: what it is called where nothing of that is left; safe itself.
        ending: of the file, with its dot; safe itself.
        mark: stands before the ending and is never cut; safe itself.
    """
    room = MOST_BYTES - len(f"{mark}{ending}".encode())
    stem = _cut(_tidy(text or ""), room) or _cut(_tidy(otherwise), room)
    stem = _RESERVED.sub(r"_\1", stem, count=1) if _RESERVED.match(stem) else stem
    return f"{stem}{mark}{ending}"


def same_name(name: str) -> str:
    """Returns what is equal for names that some file system takes for one and the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _tidy(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).translate(_REPLACED)
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in composed
        if letter.isspace() or unicodedata.category(letter) not in _UNSEEN
    )
    return " ".join(seen.split())


def _cut(text: str, room: int) -> str:
    data = text.encode("utf-8", "ignore")[:room]
    cut = data.decode("utf-8", "ignore")
    if len(cut) < len(text):
        while cut and unicodedata.combining(text[len(cut)]):  # a letter keeps its accents
            text, cut = cut, cut[:-1]
    return cut.strip(". ")
