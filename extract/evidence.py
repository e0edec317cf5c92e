"""Whether a figure that was not found may stand in a file all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extract.labels import label_key, numbering
from extract.model import Paragraph
from extract.rows import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from extract.forms import Form, FormTable
    from extract.model import Document
    from extract.rows import Placed, Row

Key = tuple[str, str, str]
_SHORTEST_EVIDENCE = 4
_SHORT = 20
"""So many characters in a line are a cell's rather than a sentence's."""
UNPLACED = "the label stands in the file, but no row of figures was found for it"
_DIGITS = re.compile(r"\d+")
_NAMED = 3
"""So many names of columns in a file show that a table stands in it."""


class Evidence:
    """Says of a figure that has no cell whether its label stands somewhere in the document."""

    def __init__(
        self, document: Document, rows: Sequence[Row], form: Form, placed: Mapping[Key, Placed]
    ) -> None:
        """Gather the document's lines and the texts of its cells, as keys."""
        self._rows = {(table, row) for table, row, _ in placed}
        self._columns = {(table, column) for (table, _, column), p in placed.items() if p.text}
        self._summed = _rows_of_balances(form)
        lines = (line for p in document.paragraphs for line in p.text.splitlines())
        self._lines = [label_key(line) for line in lines]
        cells = {c.text for row in rows for c in row.cells if reading(c).status == "unreadable"}
        self._cells = [label_key(text) for text in cells]
        texts = [*cells, *(line for p in document.paragraphs for line in p.text.splitlines())]
        self._numbered = {(numbering(text), label_key(text)) for text in texts}
        self._joined = [*_columns_of_text(rows), _labels_of(document)]
        everything = {*self._cells, *self._lines}
        self._unread = {
            table.id
            for table in form.tables.values()
            if not any(t == table.id for t, _, _ in placed)
            and sum(any(k in text for text in everything) for k in _column_keys(table)) >= _NAMED
        }

    def doubt(self, key: Key, label: str) -> str | None:
        """Why a figure that was not found may stand in the report all the same.

        In running text a label only counts alone on its line or before a number: reports speak
        of 行政许可 without giving figures.
        """
        bare = label_key(label)
        if key[:2] in self._rows:
            elsewhere = (key[0], key[2]) in self._columns
            return "other rows of the table have this column" if elsewhere else None
        if key[:2] in self._summed and any(t == key[0] for t, _ in self._rows):
            return "the row that the form's sums need was not found"
        if key[0] in self._unread:
            return "the table's headers stand in the file, but none of its figures were found"
        if len(bare) < _SHORTEST_EVIDENCE:
            # 其他 and 总计 are columns' names too: only the row's own number tells them apart.
            return UNPLACED if (numbering(label), bare) in self._numbered else None
        counted = re.compile(re.escape(bare) + r"\D{0,2}\d")
        in_text = any(line == bare or counted.search(line) for line in self._lines)
        if not in_text and not any(bare in text for text in (*self._cells, *self._joined)):
            return None
        return UNPLACED


def _rows_of_balances(form: Form) -> set[tuple[str, str]]:
    """The rows that a sum over whole rows needs one by one: hardly a report leaves one out."""
    return {
        (relation.table, row)
        for relation in form.relations
        if relation.in_every == "column" and form.tables[relation.table].layout == "matrix"
        for row in (*relation.left, *relation.right)
        if not any("*" in term for term in (*relation.left, *relation.right))
    }


def _labels_of(document: Document) -> str:
    """What may be labels, or parts of them, as one text: no sentences, no numbers."""
    texts: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            texts += block.text.splitlines()
        else:
            texts += [cell.text for cell in block.cells]
    keys = (_DIGITS.sub("", label_key(text)) for text in texts)
    return "".join(key for key in keys if len(key) < _SHORT)


def _columns_of_text(rows: Sequence[Row]) -> Iterator[str]:
    """What stands below one another in each column of a grid, as one text: a label cut in two."""
    columns: dict[tuple[int, int], list[str]] = {}
    for row in rows:
        for c in row.cells:
            if c.row == row.index and reading(c).status == "unreadable":
                columns.setdefault((row.grid, c.column), []).append(label_key(c.text))
    return ("".join(texts) for texts in columns.values())


def _column_keys(table: FormTable) -> set[str]:
    keys = {label_key(label[-1]) for label in table.columns.values()}
    return {key for key in keys if len(key) >= _SHORTEST_EVIDENCE - 1}
