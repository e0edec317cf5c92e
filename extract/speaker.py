"""How a body speaks of itself in its own report: 我局, 本机关, 区教育局 — and of nobody else."""

from __future__ import annotations

import re

from extract.normalise import squeeze
from extract.places import place_of

_TAIL = re.compile(r"(?:人民政府|政府|行政公署|办事处|管理委员会|委员会)?(?:办公室|办公厅)?$")
_KINDS = "省市区县州盟旗镇乡局委办厅院处"


class Speaker:
    """The body whose report it is, as its sentences call it."""

    def __init__(self, publisher: str | None) -> None:
        """Gather the names; without a publisher only 我 and 本 speak for it."""
        full = squeeze(publisher or "")
        place = place_of(full) or ""
        rest = full[len(place) :]
        kind = place[-1:]
        names = {full, rest, kind + rest if rest else ""}
        if _TAIL.fullmatch(rest):
            kinds = {kind} if kind else set()
            names |= {place, f"{place}政府", f"{place}人民政府", f"{kind}政府", f"{kind}人民政府"}
        else:
            kinds = {_TAIL.sub("", rest)[-1:], rest[-1:], *("委" if "委员会" in rest else "")}
        self._names = sorted((n for n in names if len(n) > 1), key=len, reverse=True)
        own = "".join(k for k in kinds if k and k in _KINDS)
        any_kind = own or ("" if full else _KINDS)
        self._self = re.compile(
            rf"(?:[我本]|我们)(?:[{any_kind or '-'}]|街道|机关|单位|部门|中心)"
            + (rf"|全(?:[{own}])" if own else "")
        )

    def without(self, text: str) -> str:
        """A text without this body's names."""
        for name in self._names:
            text = text.replace(name, "")
        return self._self.sub("", text)
