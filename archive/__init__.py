"""Keep and prove: WARC files, the catalog of captures, citations of an original."""

from archive.errors import ArchiveError, Busy, Damaged
from archive.model import (
    Capture,
    Exchange,
    PortalRecord,
    RenderedPage,
    Rendering,
    Role,
    Run,
    StoredResponse,
    Validators,
)
from archive.store import Archive

__all__ = [
    "Archive",
    "ArchiveError",
    "Busy",
    "Capture",
    "Damaged",
    "Exchange",
    "PortalRecord",
    "RenderedPage",
    "Rendering",
    "Role",
    "Run",
    "StoredResponse",
    "Validators",
]
