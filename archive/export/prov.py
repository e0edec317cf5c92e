"""PROV-JSON (W3C): how each original came here, as a graph other programs can follow.

An activity fetched an address and generated a record, in which a document stands; a rendered page
is derived from the record it was made of; a revisit's record is of the document that an earlier
one holds. https://www.w3.org/submissions/prov-json/

The graph is written as it is walked, so that it takes no memory however large it is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from archive.export.selection import Selection
    from archive.model import Capture, PortalRecord, Rendering, Run

    _Members = Iterator[tuple[str, dict[str, Any]]]

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
    out.writelines(provenance(selection, software))


def provenance(selection: Selection, software: str) -> Iterator[bytes]:
    """Yields the selection's provenance as PROV-JSON, piece by piece."""
    yield b'{\n "prefix": ' + _json(_PREFIXES)
    sections: list[tuple[str, _Members]] = [
        ("agent", _agents(selection, software)),
        ("activity", _activities(selection)),
        ("entity", _entities(selection)),
        *((kind, _numbered(kind, ends(selection))) for kind, ends in _RELATIONS.items()),
    ]
    for kind, members in sections:
        begun = False
        for name, facts in members:
            yield b",\n  " if begun else f',\n "{kind}": {{\n  '.encode()
            yield _json(name) + b": " + _json(facts)
            begun = True
        if begun:
            yield b"\n }"
    yield b"\n}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


# Things


def _agents(selection: Selection, software: str) -> _Members:
    yield _SOFTWARE, {"prov:type": _name("prov:SoftwareAgent"), "prov:label": software}
    for portal in selection.portals.values():
        yield _portal_name(portal.id), _portal(portal)


def _activities(selection: Selection) -> _Members:
    for run in selection.runs:
        yield f"run:{run.id}", _run(run)
    for capture in selection.captures:
        yield f"fetch:{capture.id}", {"prov:type": "fetch", **_times(capture.fetched_at)}
    for rendering in selection.renderings:
        kind = {"prov:type": "rendering in a browser"}
        yield f"render:{rendering.id}", kind | _times(rendering.rendered_at)


def _entities(selection: Selection) -> _Members:
    met: set[bytes] = set()
    for capture in selection.captures:
        digest = bytes.fromhex(capture.sha256)
        if digest not in met:
            met.add(digest)
            yield _document(capture), {"prov:type": "document", "nianbao:bytes": capture.bytes}
        yield f"capture:{capture.id}", _capture(capture)
    for rendering in selection.renderings:
        yield f"rendering:{rendering.id}", _rendering(rendering)


# Relations


def _generated(selection: Selection) -> Iterator[dict[str, str]]:
    for capture in selection.captures:
        yield _ends(entity=f"capture:{capture.id}", activity=f"fetch:{capture.id}")
    for rendering in selection.renderings:
        yield _ends(entity=f"rendering:{rendering.id}", activity=f"render:{rendering.id}")


def _associated(selection: Selection) -> Iterator[dict[str, str]]:
    for run in selection.runs:
        yield _ends(activity=f"run:{run.id}", agent=_SOFTWARE)
    for capture in selection.captures:
        yield _ends(activity=f"fetch:{capture.id}", agent=_SOFTWARE)


def _specialised(selection: Selection) -> Iterator[dict[str, str]]:
    for capture in selection.captures:
        yield _ends(specificEntity=f"capture:{capture.id}", generalEntity=_document(capture))


def _attributed(selection: Selection) -> Iterator[dict[str, str]]:
    for capture in selection.captures:
        if capture.portal in selection.portals:
            yield _ends(entity=f"capture:{capture.id}", agent=_portal_name(capture.portal))


def _informed(selection: Selection) -> Iterator[dict[str, str]]:
    runs = {run.id for run in selection.runs}
    for capture in selection.captures:
        if capture.run in runs:
            yield _ends(informed=f"fetch:{capture.id}", informant=f"run:{capture.run}")


def _alternate(selection: Selection) -> Iterator[dict[str, str]]:
    for capture in selection.captures:
        if capture.revisit_of:
            earlier = f"capture:{capture.revisit_of}"
            yield _ends(alternate1=f"capture:{capture.id}", alternate2=earlier)


def _used(selection: Selection) -> Iterator[dict[str, str]]:
    for rendering in selection.renderings:
        yield _ends(activity=f"render:{rendering.id}", entity=f"capture:{rendering.capture}")


def _derived(selection: Selection) -> Iterator[dict[str, str]]:
    for rendering in selection.renderings:
        made_of = f"capture:{rendering.capture}"
        yield _ends(generatedEntity=f"rendering:{rendering.id}", usedEntity=made_of)


_RELATIONS: dict[str, Callable[[Selection], Iterator[dict[str, str]]]] = {
    "wasGeneratedBy": _generated,
    "wasAssociatedWith": _associated,
    "specializationOf": _specialised,
    "wasAttributedTo": _attributed,
    "wasInformedBy": _informed,
    "alternateOf": _alternate,
    "used": _used,
    "wasDerivedFrom": _derived,
}


def _numbered(kind: str, ends: Iterator[dict[str, str]]) -> _Members:
    for number, one in enumerate(ends, 1):
        yield f"_:{kind}{number}", one


def _ends(**ends: str) -> dict[str, str]:
    return {f"prov:{end}": name for end, name in ends.items()}


# What is said of each


def _name(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _portal_name(portal: str) -> str:
    """Returns a portal's name, whose local part has no letters but these."""
    plain = (c if c.isascii() and (c.isalnum() or c in "._-") else f"%{ord(c):06X}" for c in portal)
    return f"portal:{''.join(plain)}"


def _document(capture: Capture) -> str:
    return f"sha256:{capture.sha256}"


def _times(moment: str) -> dict[str, str]:
    return {"prov:startTime": moment, "prov:endTime": moment}


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _portal(portal: PortalRecord) -> dict[str, Any]:
    return _known(
        {
            "prov:type": _name("prov:Organization"),
            "prov:label": portal.place_name or portal.url,
            "nianbao:url": portal.url,
            "nianbao:place": portal.place,
        }
    )


def _run(run: Run) -> dict[str, Any]:
    times = {"prov:startTime": run.started, "prov:endTime": run.finished}
    return _known({"prov:type": "crawl", **times})


def _capture(capture: Capture) -> dict[str, Any]:
    return _known(
        {
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
    )


def _rendering(rendering: Rendering) -> dict[str, Any]:
    return {
        "prov:type": "rendered page",
        "nianbao:url": rendering.url,
        "nianbao:sha256": rendering.sha256,
        "nianbao:browser": rendering.browser,
        "nianbao:screen": rendering.screen,
        "nianbao:warc": f"{rendering.warc}@{rendering.offset}",
    }
