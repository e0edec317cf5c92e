"""Tables whose rows carry labels: tables two and three of the form, in one grid or several.

Every row that a label names is found first, whichever grid it stands in; then its cells are given
to the columns. What a page break cut is put together again, and what cannot be told is marked.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from extract.columns import place
from extract.copies import agreed, without_others
from extract.headers import Header, column_labels, find_header
from extract.hits import Hit, RowFinder, extra_rows
from extract.labels import bare_number, label_key, numbering
from extract.parts import (
    before_figures,
    continues,
    doubted_if_blank,
    holds_a_number,
    is_said,
    joined,
    last,
    run,
)
from extract.rows import Placed, Row, has_number, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.forms import FormTable
    from extract.model import Cell

_FEWEST_ROWS = 3
_HEADER_ROWS = 6
"""So many rows a header may take that is repeated on the next page, within a row cut in two."""

Headers = tuple["dict[str, Cell]", "tuple[Cell, ...]"]
"""The cells that name columns, and those that name none of them."""
NO_HEADERS: Headers = ({}, ())


class Matrix:
    """One table of a form read from the rows of a document.

    `placed` holds what stands in each (row, column); `used` the positions of the rows taken.
    """

    def __init__(self, table: FormTable, rows: Sequence[Row], headers: set[int]) -> None:
        """Find the table's rows, but not among the headers, and give their cells to its columns."""
        self._table = table
        self._rows = rows
        self._columns = column_labels(table)
        self._read_headers: dict[tuple[int, int, tuple[str, ...]], Headers] = {}
        self.hits = RowFinder(table).find(rows, headers)
        self._at = {hit.position: hit for hit in self.hits}
        alone = [hit for hit in self.hits if not self._stands_alone(hit)]
        self.hits = without_others(alone, rows, self._header_of)
        self._at = {hit.position: hit for hit in self.hits}
        self.used = set(self._at)
        self.headed = 0
        self.placed: dict[tuple[str, str], Placed] = {}
        self._take(self._entries())
        self._fill_gaps()
        self._mark_remainders()
        self._mark_blanks()

    def columns_of(self, row_id: str) -> tuple[str, ...]:
        """The columns a row of the table has; a merged row has those of its members."""
        for row in self._table.rows:
            if row.id == row_id or row.id.startswith(f"{row_id}_"):
                return row.columns
        raise KeyError(row_id)

    def _stands_alone(self, hit: Hit) -> bool:
        """Whether a row has neither a header nor rows of the form beside it: another table's."""
        beside = {h.id for h in self.hits if h.row.grid == hit.row.grid}
        if len(beside) >= _FEWEST_ROWS:
            return False
        return self._header_of(hit) is None

    def _header_of(self, hit: Hit) -> Header | None:
        return self._header(hit.position, self.columns_of(hit.id))

    def _goes_on(self, position: int) -> bool:
        """Whether a row follows, in the form's order, on the row of the form before it."""
        before = [h for h in self.hits if h.position < position][-1:]
        own = self._at.get(position)
        if not before or own is None:
            return bool(before)
        return self._order(before[0].id) <= self._order(own.id)

    def _order(self, row_id: str) -> int:
        return next(n for n, r in enumerate(self._table.rows) if r.id.startswith(row_id))

    def _entries(self) -> dict[str, list[dict[str, Placed]]]:
        """For each row id the readings of its rows; what a page break cut is one reading."""
        entries: dict[str, list[dict[str, Placed]]] = {}
        last: Hit | None = None
        for hit in self.hits:
            placed = self._place(hit.position, hit.row.right_of(hit.label), hit.id)
            placed = self._beside_number(hit, placed) or placed
            if holds_a_number(hit, self._labels_of(hit.id)):
                placed = {c: doubted_if_blank(p) for c, p in placed.items()}
            if last is not None and last.id == hit.id and continues(last, hit):
                apart = last.row.grid != hit.row.grid
                entries[hit.id][-1] = joined(entries[hit.id][-1], placed, apart=apart)
            else:
                entries.setdefault(hit.id, []).append(placed)
            tail = self._tail(hit, entries[hit.id][-1])
            if tail:
                apart = self._rows[hit.position + 1].grid != hit.row.grid
                entries[hit.id][-1] = joined(entries[hit.id][-1], tail, apart=apart)
            last = hit
        return entries

    def _beside_number(self, hit: Hit, placed: dict[str, Placed]) -> dict[str, Placed] | None:
        """The figures of a row beside the beginning of its label: `3.` above 其他."""
        at = self._figures_above(hit.position)
        if at is None or any(map(is_said, placed.values())):
            return None
        row = self._rows[at]
        texts = before_figures(row)
        label = self._labels_of(hit.id)
        own = numbering(label)
        if not texts or not has_number(row.cells) or numbering(hit.label.text):
            return None
        numbered = own is not None and bare_number(texts[-1].text) == own[1]
        begun = label_key(texts[-1].text + hit.label.text) == label_key(label)
        if not begun and not (numbered and row.grid == hit.row.grid):
            return None
        self.used.add(at)
        doubt = "the figures stand in a row above that has only the beginning of its label"
        above = self._place(at, row.right_of(texts[-1]), hit.id)
        return {c: replace(p, open_doubt=p.open_doubt or doubt) for c, p in above.items()}

    def _place(self, position: int, cells: Sequence[Cell], row_id: str) -> dict[str, Placed]:
        columns = self.columns_of(row_id)
        header = self._header(position, columns)
        self.headed += header is not None
        return place(cells, columns, header)

    def _header(self, position: int, columns: Sequence[str]) -> Header | None:
        """The nearest header above a row: in its own grid, or in one before."""
        row = self._rows[position]
        block: list[Row] = []
        for at in range(position - 1, -2, -1):
            above = self._rows[at] if at >= 0 else None
            inside = above is not None and at not in self._at
            if inside and above and (not block or above.grid == block[-1].grid):
                block.append(above)
                continue
            cells, foreign = self._headers_in(at, block, columns) if block else NO_HEADERS
            if cells:
                home = next(
                    r for r in block if any(c is x for c in r.cells for x in cells.values())
                )
                if home.grid != row.grid and not self._goes_on(position):
                    return None
                here = home.grid == row.grid or home.columns == row.columns
                return Header(cells, here=here, own=home.grid == row.grid, foreign=foreign)
            block = [above] if inside and above else []
        return None

    def _headers_in(self, above: int, block: Sequence[Row], columns: Sequence[str]) -> Headers:
        """The headers in the rows behind a position, read once for all rows below them."""
        key = above, len(block), tuple(columns)
        if key not in self._read_headers:
            self._read_headers[key] = self._read_headers_in(block, columns)
        return self._read_headers[key]

    def _read_headers_in(self, block: Sequence[Row], columns: Sequence[str]) -> Headers:
        """The headers in some rows; of rows with numbers only if they name two columns or more.

        A row of sums may be called 合计, as a column is.
        """
        bare = [row for row in block if not has_number(row.cells)]
        found = find_header(bare, self._columns, columns)
        if found[0] or len(bare) == len(block):
            return found
        found = find_header(block, self._columns, columns)
        return found if len(found[0]) > 1 else NO_HEADERS

    def _tail(self, hit: Hit, placed: dict[str, Placed]) -> dict[str, Placed] | None:
        """The rest of a row that a page break or a stray rule cut off, if the next row is that."""
        at = hit.position + 1
        if at >= len(self._rows) or at in self._at or not has_number(self._rows[at].cells):
            return None
        row = self._rows[at]
        own = [c for c in row.cells if c.row == row.index]
        texts = [c for c in own if reading(c).status == "unreadable"]
        rest_of_label = label_key(texts[-1].text) if texts else ""
        if texts and not (
            rest_of_label and label_key(self._labels_of(hit.id)).endswith(rest_of_label)
        ):
            return None
        if any(c.rowspan == 1 for c in texts[:-1]):  # the label of a group spans rows
            return None
        cells = row.right_of(texts[-1]) if texts else last(row.cells, len(placed))
        rest = self._place(at, cells, hit.id)
        new_grid = row.grid != hit.row.grid
        here = {c for c, p in placed.items() if p.lost or not p.text.strip()}
        there = {c for c, p in rest.items() if not p.lost and p.text.strip()}
        if not there <= here and not (new_grid and len(there) < len(rest)):
            return None
        self.used.add(at)
        if texts:
            return rest
        doubt = "the figures stand in a row without a label below it"
        return {c: replace(p, open_doubt=p.open_doubt or doubt) for c, p in rest.items()}

    def _labels_of(self, row_id: str) -> str:
        return next(r.label[-1] for r in self._table.rows if r.id.startswith(row_id))

    def _take(self, entries: dict[str, list[dict[str, Placed]]]) -> None:
        """Keep what the readings of each row agree on, and labels that are not the form's."""
        own = {row.id for row in self._table.rows}
        labels = {hit.id: hit.label.text for hit in reversed(self.hits) if hit.id not in own}
        for row_id, placed in agreed(entries).items():
            for column, each in placed.items():
                self.placed[row_id, column] = replace(each, label=labels.get(row_id))

    def _fill_gaps(self) -> None:
        """Rows of figures whose labels cannot be read stand for the rows missing at their place."""
        order = [row.id for row in self._table.rows]
        merged = dict(extra_rows(self._table).values())
        found = {hit.id: hit.position for hit in reversed(self.hits)}
        for row_id, members in merged.items():
            if row_id in found:
                found |= dict.fromkeys(members, found[row_id])
        missing = [i for i in order if i not in found]
        while missing:
            first = order.index(missing[0])
            run = [missing.pop(0)]
            while missing and order.index(missing[0]) == first + len(run):
                run.append(missing.pop(0))
            before = found.get(order[first - 1]) if first else None
            end = first + len(run)
            after = found.get(order[end]) if end < len(order) else None
            self._fill(run, self._strays(before, after))

    def _mark_blanks(self) -> None:
        """A blank row may be that of figures above that have a part of its label, or its number."""
        numbers = {
            (row.grid, bare_number(texts[-1].text))
            for at, row in enumerate(self._rows)
            if self._is_stray(at) and (texts := before_figures(row))
        }
        for hit in self.hits:
            if self._says_something(hit.id):
                continue
            above, label = self._figures_above(hit.position), self._labels_of(hit.id)
            own = numbering(label)
            numbered = own is not None and (hit.row.grid, own[1]) in numbers
            begun = above is not None and self._has_part_of(label_key(label), above)
            if numbered or begun:
                self._doubt_row(hit.id, "a row of figures without a label stands above it")

    def _figures_above(self, position: int) -> int | None:
        """The row of figures without a label of the form above a row, headers aside, if any."""
        for at in range(position - 1, max(position - _HEADER_ROWS, 0) - 1, -1):
            if self._is_stray(at):
                return at
            if at in self._at or at in self.used:
                return None
        return None

    def _mark_remainders(self) -> None:
        """Figures left in a row that may be the rest of the one above make that one doubtful."""
        for above, below in pairwise(self.hits):
            next_row = above.position + 1
            whole = label_key(self._labels_of(above.id))
            if self._order(above.id) > self._order(below.id) or not self._is_stray(next_row):
                continue
            if not self._has_part_of(whole, next_row):
                continue
            self._doubt_row(
                above.id, "a row of figures below it has only a part of its label, or none"
            )

    def _doubt_row(self, row_id: str, doubt: str) -> None:
        for column in self.columns_of(row_id):
            placed = self.placed.get((row_id, column))
            if placed is not None:
                self.placed[row_id, column] = replace(placed, doubt=placed.doubt or doubt)

    def _says_something(self, row_id: str) -> bool:
        return any(is_said(p) for (row, _), p in self.placed.items() if row == row_id)

    def _has_part_of(self, label: str, position: int) -> bool:
        row = self._rows[position]
        own = [c for c in row.cells if c.row == row.index]
        texts = [label_key(c.text) for c in own if reading(c).status == "unreadable"]
        return all(text in label for text in texts[-1:])

    def _strays(self, before: int | None, after: int | None) -> list[int]:
        """Positions of rows with numbers but no known label, between two rows of the table."""
        if before is None and after is None:
            return []
        if before is None:
            assert after is not None
            candidates = run(self._rows, after, -1, self._is_stray)[::-1]
        elif after is None:
            candidates = run(self._rows, before, 1, self._is_stray)
        else:
            candidates = [p for p in range(before + 1, after) if self._is_stray(p)]
        return candidates

    def _is_stray(self, position: int) -> bool:
        return position not in self.used and has_number(self._rows[position].cells)

    def _fill(self, run: list[str], strays: list[int]) -> None:
        if not strays:
            return
        doubt = "the row's label could not be read: taken by its place"
        for n, row_id in enumerate(run):
            columns = self.columns_of(row_id)
            if len(strays) == len(run):
                cells = last(self._rows[strays[n]].cells, len(columns))
                for column, placed in self._place(strays[n], cells, row_id).items():
                    self.placed[row_id, column] = replace(placed, doubt=placed.doubt or doubt)
            else:
                lost = "a row of figures stands here whose label could not be read"
                for column in columns:
                    self.placed[row_id, column] = Placed(doubt=lost, lost=True)
        self.used.update(strays)
