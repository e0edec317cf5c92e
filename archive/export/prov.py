"""PROV-JSON (W3C): how each original came here, as a graph other programs can follow.

An activity fetched an address and generated a record, in which a document stands; a rendered page
is derived from the record it was made of; a revisit's record is of the document that an earlier
one holds. https://www.w3.org/submissions/prov-json/
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from archive.export.selection import Selection
    from archive.model import Capture, PortalRecord, Rendering, Run

_PREFIXES = {
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "nianbao": "urn:nianbao:term:",
    "capture": "urn:nianbao:capture:",
    "rendering": "urn:nianbao:rendering:",
    "run": "urn:nianbao:run:",
    "portal": "urn:nianbao:portal:",
    "sha256": "urn:sha256:",
    "fetch": "urn:nianbao:fetch:",
    "render": "urn:nianbao:render:",
}
_SOFTWARE = "nianbao:software"


def write_prov(out: BinaryIO, selection: Selection, software: str) -> None:
    """Writes the selection's provenance; the same selection is the same bytes.

    Args:
        out: where to.
        selection: what is exported.
        software: who wrote it, name and version.
    """
    out.write(provenance(selection, software).encode())


def provenance(selection: Selection, software: str) -> str:
    """Returns the selection's provenance as PROV-JSON."""
    graph = _Graph()
    agent = {"prov:type": _name("prov:SoftwareAgent"), "prov:label": software}
    graph.add("agent", _SOFTWARE, agent)
    for portal in selection.portals.values():
        graph.add("agent", f"portal:{_local(portal.id)}", _portal(portal))
    for run in selection.runs:
        graph.add("activity", f"run:{run.id}", _run(run))
        graph.relate("wasAssociatedWith", activity=f"run:{run.id}", agent=_SOFTWARE)
    runs = {run.id for run in selection.runs}
    for capture in selection.captures:
        graph.capture(capture, known=capture.portal in selection.portals, run=capture.run in runs)
    for rendering in selection.renderings:
        graph.rendering(rendering)
    text = json.dumps(graph.document(), ensure_ascii=False, indent=1, sort_keys=True)
    return text + "\n"


class _Graph:
    """The document while it grows: things by kind, relations numbered within their kind."""

    def __init__(self) -> None:
        self._things: dict[str, dict[str, Any]] = defaultdict(dict)
        self._relations: dict[str, list[dict[str, str]]] = defaultdict(list)

    def add(self, kind: str, name: str, facts: dict[str, Any]) -> None:
        kept = {key: value for key, value in facts.items() if value is not None}
        self._things[kind].setdefault(name, kept)

    def relate(self, kind: str, **ends: str) -> None:
        self._relations[kind].append({f"prov:{end}": name for end, name in ends.items()})

    def capture(self, capture: Capture, *, known: bool, run: bool) -> None:
        """Adds one exchange: what was fetched, what it is of, by whom and in which run."""
        name, fetch = f"capture:{capture.id}", f"fetch:{capture.id}"
        document = f"sha256:{capture.sha256}"
        self.add("entity", document, {"prov:type": "document", "nianbao:bytes": capture.bytes})
        self.add("entity", name, _capture(capture))
        self.add("activity", fetch, {"prov:type": "fetch", **_times(capture.fetched_at)})
        self.relate("wasGeneratedBy", entity=name, activity=fetch)
        self.relate("wasAssociatedWith", activity=fetch, agent=_SOFTWARE)
        self.relate("specializationOf", specificEntity=name, generalEntity=document)
        if known:
            self.relate("wasAttributedTo", entity=name, agent=f"portal:{_local(capture.portal)}")
        if run:
            self.relate("wasInformedBy", informed=fetch, informant=f"run:{capture.run}")
        if capture.revisit_of:
            earlier = f"capture:{capture.revisit_of}"
            self.relate("alternateOf", alternate1=name, alternate2=earlier)

    def rendering(self, rendering: Rendering) -> None:
        """Adds a page that a browser made of a capture."""
        name, render = f"rendering:{rendering.id}", f"render:{rendering.id}"
        made_of = f"capture:{rendering.capture}"
        facts = {
            "prov:type": "rendered page",
            "nianbao:url": rendering.url,
            "nianbao:sha256": rendering.sha256,
            "nianbao:browser": rendering.browser,
            "nianbao:screen": rendering.screen,
            "nianbao:warc": f"{rendering.warc}@{rendering.offset}",
        }
        self.add("entity", name, facts)
        times = _times(rendering.rendered_at)
        self.add("activity", render, {"prov:type": "rendering in a browser", **times})
        self.relate("used", activity=render, entity=made_of)
        self.relate("wasGeneratedBy", entity=name, activity=render)
        self.relate("wasDerivedFrom", generatedEntity=name, usedEntity=made_of)

    def document(self) -> dict[str, Any]:
        """Returns the whole document."""
        return {"prefix": _PREFIXES, **self._things, **dict(self._numbered())}

    def _numbered(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for kind, relations in self._relations.items():
            yield kind, {f"_:{kind}{number}": one for number, one in enumerate(relations, 1)}


def _name(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _local(name: str) -> str:
    """Returns a portal's id as the local part of a name, which has no other letters than these."""
    return "".join(
        c if c.isascii() and (c.isalnum() or c in "._-") else f"%{ord(c):02X}" for c in name
    )


def _times(moment: str) -> dict[str, str]:
    return {"prov:startTime": moment, "prov:endTime": moment}


def _portal(portal: PortalRecord) -> dict[str, Any]:
    return {
        "prov:type": _name("prov:Organization"),
        "prov:label": portal.place_name or portal.url,
        "nianbao:url": portal.url,
        "nianbao:place": portal.place,
    }


def _run(run: Run) -> dict[str, Any]:
    return {"prov:type": "crawl", "prov:startTime": run.started, "prov:endTime": run.finished}


def _capture(capture: Capture) -> dict[str, Any]:
    return {
        "prov:type": "capture",
        "nianbao:url": capture.url,
        "nianbao:method": capture.method,
        "nianbao:status": capture.http_status,
        "nianbao:mediaType": capture.media_type or None,
        "nianbao:role": capture.role,
        "nianbao:via": capture.via,
        "nianbao:linkText": capture.link_text,
        "nianbao:robots": capture.robots,
        "nianbao:truncated": capture.truncated,
        "nianbao:reason": capture.reason,
        "nianbao:warc": f"{capture.warc}@{capture.offset}",
    }
