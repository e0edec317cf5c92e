"""Pages whose tables are no tables: every cell a paragraph of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from form_grids import FORM, Td, built, document, doubted, printed, tables

from extract.agreement import settle
from extract.model import Document, Paragraph
from extract.recognise import Recognition, recognise

if TYPE_CHECKING:
    from collections.abc import Sequence


def page(parts: Sequence[Sequence[Sequence[Td]]]) -> Document:
    texts = [td.text for table in parts for row in table for td in row]
    between = ["三、收到和处理政府信息公开申请情况", "四、" + "长" * 70]
    return Document("text/html", tuple(Paragraph(text) for text in [*between, *texts] if text))


def test_every_cell_a_paragraph() -> None:
    parts, truth = built()
    assert printed(recognise(page(parts))) == truth


def test_what_no_sum_confirms_is_doubtful() -> None:
    values = dict.fromkeys(FORM.keys, "0")
    parts = tables(FORM, values.__getitem__)
    figures, _ = settle(recognise(page(parts)))
    unsure = {f.table for f in figures if f.doubt}
    assert unsure == {"proactive"}


def test_a_blank_cell_leaves_its_row_unread() -> None:
    parts, _ = built()
    row = parts[1][10]
    parts[1][10] = [*row[:-1], Td("")]
    found = recognise(page(parts))
    lost = [f for f in found.figures if f.status == "unreadable"]
    assert lost
    assert all(f.doubt for f in lost)


def test_columns_named_in_another_order_are_doubtful() -> None:
    values = dict.fromkeys(FORM.keys, "0")
    for key in ("natural_person", "total"):
        values["requests", "received", key] = values["requests", "concluded", key] = "5"
    parts = tables(FORM, values.__getitem__)
    parts[1] = [list(row) for row in parts[1]]
    names = parts[1][2]
    names[0], names[1] = names[1], names[0]
    found = recognise(page(parts))
    assert _unsure(found, "received")


def _unsure(found: Recognition, row: str) -> bool:
    figures, _ = settle(found)
    return all(f.doubt for f in figures if f.row == row)


def test_tables_and_numbers_in_a_text_are_left_alone() -> None:
    parts, truth = built()
    found = recognise(document(*parts, text=["规章", "7", "8", "9"] * 12))
    assert printed(found) == truth
    assert not doubted(found)
    assert (
        recognise(Document("text/html", tuple(Paragraph("5") for _ in range(99)))).edition is None
    )
