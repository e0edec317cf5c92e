"""One thing to ask a portal: the address, why, what led there, how its answer is to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.model import Role

Kind = Literal[
    "robots", "home", "hub", "column", "report", "either", "attachment", "probe", "script"
]
"""As `discovery.scoring`, and: robots, home, attachment, probe, script (of a menu or a rendering)."""

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

    @property
    def role(self) -> Role:
        """The role of the answer in the archive, as far as it is known before the answer."""
        return _ROLES[self.kind]
