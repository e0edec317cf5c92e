"""Merkle trees as RFC 6962, section 2.1, has them: SHA-256, leaves and nodes told by a prefix.

A leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right); the left half of a tree is
the largest power of two that is smaller than the whole. Without the prefixes a node could be passed
off as a leaf.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY = hashlib.sha256().digest()
"""The root over nothing."""

Step = tuple[str, bytes]
"""A step of a path: the side the other half stands on (`left`, `right`), and its hash."""


def leaf_hash(*parts: bytes) -> bytes:
    """Returns the leaf over the parts joined, 32 bytes."""
    hashed = hashlib.sha256(b"\x00")
    for part in parts:
        hashed.update(part)
    return hashed.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Returns the node over two halves, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _paired(row: Sequence[bytes]) -> list[bytes]:
    pairs = [node_hash(*row[start : start + 2]) for start in range(0, len(row) - 1, 2)]
    return [*pairs, row[-1]] if len(row) % 2 else pairs


def root(leaves: Sequence[bytes]) -> bytes:
    """Returns the root over leaves in their order, 32 bytes."""
    row = list(leaves)
    while len(row) > 1:
        row = _paired(row)
    return row[0] if row else EMPTY


def path(leaves: Sequence[bytes], position: int) -> list[Step]:
    """Returns the steps from a leaf, counted from 0, up to the root."""
    row, steps = list(leaves), list[Step]()
    while len(row) > 1:
        other = position ^ 1
        if other < len(row):
            steps.append(("left" if other < position else "right", row[other]))
        row, position = _paired(row), position // 2
    return steps


def climb(leaf: bytes, steps: Sequence[Step]) -> bytes:
    """Returns the root that a leaf and its path lead to."""
    for side, other in steps:
        leaf = node_hash(other, leaf) if side == "left" else node_hash(leaf, other)
    return leaf
