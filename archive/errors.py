"""What can go wrong in the archive; every message is one clear line for the user."""

from __future__ import annotations


class ArchiveError(Exception):
    """The archive cannot do what was asked."""


class Damaged(ArchiveError):  # noqa: N818 - says a state of the archive, not a fault of ours
    """What is kept does not match its own digest, or cannot be read any more."""


class OutOfDate(ArchiveError):  # noqa: N818 - the same
    """The catalog is an earlier version's; it is made again from the WARC files."""


class Busy(ArchiveError):  # noqa: N818 - the same
    """Another process has the archive open, and this needs it alone."""
