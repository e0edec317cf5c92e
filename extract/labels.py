"""Labels matched as the reports print them: other numbering, dropped or mistaken characters.

A label matches exactly, or nearly where it is clearly closer to one label than to every other; a
doubtful label matches nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from extract.normalise import squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NUMBERING = re.compile(
    r"^(?:\((?P<paren>[一二三四五六七八九十]{1,3}|\d{1,2})\)|(?P<cn>[一二三四五六七八九十]{1,3})[、.,:]"
    r"|(?P<dot>\d{1,2})[.、,)]?(?=\D)|(?P<one>[㈠-㈩①-⑳⑴-⒇⒈-⒛]))"
)
_NOTE = re.compile(r"\([^()]*\)?")
_PUNCTUATION = re.compile(r"[\W_]+")
_NEAR = 0.62
_MARGIN = 0.12
_NUMBERED = 0.12
_RIVAL = 0.4
_SHORTEST_PREFIX = 4
_MOST_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Match:
    """The id whose label a text carries; `exact` where nothing but layout differs."""

    id: str
    exact: bool


def numbering(text: str) -> tuple[str, str] | None:
    """The number before a label and its style: `("paren", "三")` for （三）."""
    found = _NUMBERING.match(squeeze(text))
    if found is None or found.lastgroup is None:
        return None
    return found.lastgroup, found[found.lastgroup]


def bare_number(text: str) -> str | None:
    """The number where a text is nothing else than a row's number, such as `3.` or （3）."""
    found = numbering(squeeze(text) + "数")
    return found[1] if found and not label_key(text) else None


def label_key(text: str) -> str:
    """A label without numbering, notes in brackets, punctuation and spaces."""
    squeezed = squeeze(text)
    bare = _NUMBERING.sub("", squeezed, count=1)
    short = _NOTE.sub("", bare) or bare
    return _PUNCTUATION.sub("", short)


class Labels:
    """A set of labels to match texts against."""

    def __init__(self, entries: Mapping[str, Sequence[str]]) -> None:
        """Index the labels.

        Args:
            entries: For each id the labels it may carry; a label that two ids share names neither.
        """
        keyed = [
            (label_key(label), i, numbering(label)) for i, ls in entries.items() for label in ls
        ]
        owners = Counter(key for key, _ in {(key, i) for key, i, _ in keyed})
        self._exact = {key: i for key, i, _ in keyed if owners[key] == 1}
        self._labels = keyed
        self._seen: dict[str, Match | None] = {}
        occurs = Counter(
            c for key in {label_key(ls[0]) for ls in entries.values()} for c in set(key)
        )
        self._weight = {c: 1 / max(occurs[c], 1) for key, _, _ in keyed for c in key}

    def match(self, text: str) -> Match | None:
        """The id whose label this text is, None where no label or more than one comes near."""
        if text not in self._seen:
            if len(self._seen) >= _MOST_KEPT:
                self._seen.clear()
            self._seen[text] = self._match(text)
        return self._seen[text]

    def similarity(self, text: str, entry: str) -> float:
        """How near a text comes to the nearest label of an id, from 0 to 1."""
        key = label_key(text)
        return max(self._similarity(key, label) for label, i, _ in self._labels if i == entry)

    def _match(self, text: str) -> Match | None:
        key = label_key(text)
        if key in self._exact:
            return Match(self._exact[key], exact=True)
        if not key or key.isascii():
            return None
        if len(key) >= _SHORTEST_PREFIX:
            begun = {i for label, i, _ in self._labels if label.startswith(key)}
            if len(begun) == 1:
                return Match(begun.pop(), exact=False)
        return self._nearest(key, numbering(text))

    def _nearest(self, key: str, number: tuple[str, str] | None) -> Match | None:
        weights = [self._weight.get(c, 1.0) for c in key]
        if not any(self._bound(key, weights, label) >= _NEAR for label, _, _ in self._labels):
            return None
        scores: dict[str, tuple[float, float]] = {}
        for label, i, own in self._labels:
            near = self._similarity(key, label)
            adjusted = near
            if number and own:
                adjusted += _NUMBERED if number == own else -_NUMBERED
            scores[i] = max(scores.get(i, (0.0, 0.0)), (adjusted, near))
        ranked = sorted(((s, near, i) for i, (s, near) in scores.items()), reverse=True)
        best, near, winner = ranked[0]
        runner_up = ranked[1][0] if len(ranked) > 1 else 0.0
        if near < _NEAR or best < runner_up + _MARGIN:
            return None
        rivals = {i for i, (_, n) in scores.items() if n >= _RIVAL} - {winner}
        return Match(winner, exact=False) if self._tells(key, winner, rivals) else None

    def _tells(self, key: str, winner: str, rivals: set[str]) -> bool:
        """Whether the text holds something of its label that no rival's label has."""
        own = max(
            (lb for lb, i, _ in self._labels if i == winner), key=partial(self._similarity, key)
        )
        others = [label for label, i, _ in self._labels if i in rivals]
        return all((set(own) - set(label)) & set(key) for label in others)

    def _bound(self, key: str, weights: Sequence[float], label: str) -> float:
        """What the similarity of two texts cannot exceed, whatever the order of characters."""
        shared = sum(w for c, w in zip(key, weights, strict=True) if c in label)
        return 2 * shared / (sum(weights) + sum(self._weight[c] for c in label) or 1.0)

    def _similarity(self, key: str, label: str) -> float:
        """Shared characters in order against all of them, rare ones weighing more (Dice)."""
        if not key or not label:
            return 0.0
        weight = self._weight
        row = [0.0] * (len(label) + 1)
        for c in key:
            diagonal = 0.0
            for j, d in enumerate(label, 1):
                above = row[j]
                row[j] = diagonal + weight.get(c, 1.0) if c == d else max(above, row[j - 1])
                diagonal = above
        total = sum(weight.get(c, 1.0) for c in key) + sum(weight.get(c, 1.0) for c in label)
        return 2 * row[-1] / total
