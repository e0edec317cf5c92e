"""One thing to ask a portal: the address, why, what led there, how its answer is to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.model import Role

Kind = Literal[
    "robots", "home", "hub", "column", "report", "either", "attachment", "probe", "script"
]
"""report, either, column, hub as in `discovery.scoring`; attachment: a report's file; script: what
a menu or a rendering needs; robots, home, probe: as the archive's roles."""

_ROLES: Mapping[Kind, Role] = {
    "robots": "robots",
    "home": "home",
    "hub": "list",
    "column": "list",
    "report": "report",
    "either": "report",
    "attachment": "attachment",
    "probe": "probe",
    "script": "list",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request is for; it travels in the request's meta as `ask`.

    `via` is the page that led here and `text` what its link said; `way` how that link was read
    (`links`, `browser`, a family's name). `column` is the column this belongs to, `depth` the
    pages between the home page and here. `state` is a family's own, handed back to it.
    """

    portal: str
    url: str
    kind: Kind
    via: str | None = None
    text: str | None = None
    way: str = "links"
    score: int = 0
    column: str | None = None
    depth: int = 0
    method: str = "GET"
    body: bytes = b""
    state: Mapping[str, str] = field(default_factory=dict)
    render: bool = False
    paged: bool = False
    """Whether this is a further page of a list."""
    former: tuple[str, bytes] | None = None
    """Address and body of the same request in an earlier run, where a token in them differs."""
    shown: str = ""
    """What the page of the list before this one showed."""

    def lead(self, url: str, kind: Kind, score: int, **more: Any) -> Ask:
        """An ask for what this one's answer leads to, one page further on.

        `more` are fields that differ from this one's.
        """
        fields = {"way": self.way, "column": self.column, "depth": self.depth + 1, **more}
        return Ask(self.portal, url, kind, score=score, **fields)

    @property
    def role(self) -> Role:
        """The role of the answer in the archive, as far as it is known before the answer."""
        return _ROLES[self.kind]
