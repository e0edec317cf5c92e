"""RO-Crate 1.1: the originals with a description that research repositories read.

`ro-crate-metadata.json` beside the files names each file, the report it belongs to, its publisher
and place, and the fetch that brought it. https://w3id.org/ro/crate/1.1
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from publish.export.choice import Row
    from publish.export.originals import Original

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "https://w3id.org/ro/crate/1.1"
METADATA = "ro-crate-metadata.json"
_SOFTWARE = "#nianbao"
_RIGHTS = "#rights"
Entity = dict[str, Any]


def write_crate(target: Path, originals: Sequence[Original], wanted: str, software: str) -> None:
    """Writes the description of the originals in `target` beside them.

    Args:
        target: where `write_originals` wrote them.
        originals: what it wrote, one at least.
        wanted: what was asked for, in words.
        software: who wrote it, name and version.
    """
    graph = {entity["@id"]: entity for entity in _entities(originals, wanted, software)}
    crate = {"@context": CONTEXT, "@graph": list(graph.values())}
    text = json.dumps(crate, ensure_ascii=False, indent=1)
    (target / METADATA).write_text(text + "\n", "utf-8")


def _entities(originals: Sequence[Original], wanted: str, software: str) -> list[Entity]:
    entities: list[Entity] = [
        _descriptor(),
        _root(originals, wanted),
        _software(software),
        _rights(),
    ]
    entities += [_table(), _checksums(), _readme()]
    files: dict[str, list[Original]] = defaultdict(list)
    for original in originals:
        files[original.report["id"]].append(original)
    for original in originals:
        report = original.report
        entities += [_file(original), _fetch(original), _report(report, files[report["id"]])]
        entities += _publisher(report)
        entities += _place(report)
    return entities


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": PROFILE},
        "about": {"@id": "./"},
    }


def _root(originals: Sequence[Original], wanted: str) -> Entity:
    times = [original.capture["fetched_at"] for original in originals]
    reports = dict.fromkeys(_report_id(original.report) for original in originals)
    files = [_file_id(original.path) for original in originals]
    named = [original.report for original in originals if original.report["publisher"]]
    authors = list(dict.fromkeys(map(_publisher_id, named)))
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"政府信息公开工作年度报告原件 · {wanted or '全部'}",
        "description": (
            "Originals of annual reports on government information disclosure "
            "(政府信息公开工作年度报告), as the governments' portals sent them."
        ),
        "datePublished": max(times),
        "temporalCoverage": f"{min(times)}/{max(times)}",
        "inLanguage": "zh-CN",
        "license": {"@id": _RIGHTS},
        "hasPart": _refer([*files, "originals.csv", "SHA256SUMS", "README.txt"]),
        "mentions": _refer(list(reports)),
    }
    return root | ({"author": _refer(authors)} if authors else {})


def _software(software: str) -> Entity:
    name, _, version = software.partition("/")
    return {"@id": _SOFTWARE, "@type": "SoftwareApplication", "name": name, "version": version}


def _rights() -> Entity:
    return {
        "@id": _RIGHTS,
        "@type": "CreativeWork",
        "name": "Rights of the publishers",
        "description": "Each document is its publisher's; this export gives no rights.",
    }


def _table() -> Entity:
    about = "Each file with its report, address, time of capture and SHA-256"
    return _plain("originals.csv", about, "text/csv")


def _checksums() -> Entity:
    return _plain("SHA256SUMS", "For sha256sum -c", "text/plain")


def _readme() -> Entity:
    return _plain("README.txt", "What this is", "text/plain")


def _plain(path: str, about: str, media_type: str) -> Entity:
    return {
        "@id": path,
        "@type": "File",
        "name": path,
        "description": about,
        "encodingFormat": media_type,
    }


def _file(original: Original) -> Entity:
    capture = original.capture
    return {
        "@id": _file_id(original.path),
        "@type": "File",
        "name": original.path.rpartition("/")[2],
        "encodingFormat": original.media_type,
        "contentSize": str(original.bytes),
        "sha256": capture["sha256"],
        "identifier": f"urn:nianbao:capture:{capture['id']}",
        "url": capture["url"],
        "isPartOf": {"@id": _report_id(original.report)},
    }


def _fetch(original: Original) -> Entity:
    """What brought the file: RO-Crate's way to say provenance."""
    capture = original.capture
    entity = {
        "@id": f"#fetch-{capture['id']}",
        "@type": "CreateAction",
        "name": f"GET {capture['url']}",
        "instrument": {"@id": _SOFTWARE},
        "endTime": capture["fetched_at"],
        "result": {"@id": _file_id(original.path)},
    }
    if capture["via"]:
        entity["description"] = (
            f"Found on {capture['via']} by the link {capture['link_text'] or ''}"
        )
    return entity


def _report(report: Row, originals: Sequence[Original]) -> Entity:
    entity: Entity = {
        "@id": _report_id(report),
        "@type": "Report",
        "identifier": report["id"],
        "name": report["title"] or report["id"],
        "hasPart": _refer([_file_id(original.path) for original in originals]),
    }
    if report["year"]:
        entity["temporalCoverage"] = str(report["year"])
    if report["published_on"]:
        entity["datePublished"] = report["published_on"]
    if report["publisher"]:
        entity["publisher"] = {"@id": _publisher_id(report)}
    if report["place"]:
        entity["spatialCoverage"] = {"@id": f"#place-{report['place']}"}
    return entity


def _publisher(report: Row) -> list[Entity]:
    if not report["publisher"]:
        return []
    kind = ["Organization", "GovernmentOrganization"]
    return [{"@id": _publisher_id(report), "@type": kind, "name": report["publisher"]}]


def _place(report: Row) -> list[Entity]:
    if not report["place"]:
        return []
    code = report["place"]
    place = {"@id": f"#place-{code}", "@type": "Place", "identifier": f"GB/T 2260 {code}"}
    return [place | {"name": report["place_name"] or code}]


def _report_id(report: Row) -> str:
    return f"#report-{report['id']}"


def _publisher_id(report: Row) -> str:
    return f"#publisher-{quote(report['publisher'], safe='')}"


def _file_id(path: str) -> str:
    return quote(path)


def _refer(ids: Sequence[str]) -> Entity | list[Entity]:
    """References; a single one stands without a list, as RO-Crate recommends."""
    found = [{"@id": one} for one in ids]
    return found[0] if len(found) == 1 else found
