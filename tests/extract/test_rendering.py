from __future__ import annotations

import pytest

from extract.model import Cell, Document, Figure, Grid, PageBox, Report, TableCell, Where
from extract.office import OfficeError, find_soffice
from extract.rendering import locate, render, with_boxes


def box(page: int, row: int, column: int) -> PageBox:
    return PageBox(page, column * 50.0, row * 20.0, column * 50.0 + 50, row * 20.0 + 20)


def grid(rows: list[str], *, table: int = 0, page: int = 0) -> Grid:
    """Rows such as `规章|1|0`; a dot is a cell that goes on from above."""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row.split("|")):
            where: Where = TableCell(table, r + 1, c + 1) if table else box(page, r, c)
            if text != ".":
                cells.append(Cell(text, r, c, where=(where,)))
    return Grid(len(rows), max(row.count("|") + 1 for row in rows), tuple(cells))


def document(*grids: Grid) -> Document:
    return Document("x", blocks=grids)


def test_cells_are_found_by_row_and_text() -> None:
    word = document(grid(["规章|1|0", "行政规范性文件|3|"], table=1))
    found = locate(word, document(grid(["规章|1|0", "行政规\n范性文件|3|"], page=2)))
    assert found[TableCell(1, 1, 2)] == PageBox(2, 50, 0, 100, 20, rendered=True)
    assert found[TableCell(1, 2, 3)] == PageBox(2, 100, 20, 150, 40, rendered=True)
    assert len(found) == 6


def test_a_table_broken_over_pages_with_its_header_repeated() -> None:
    rows = ["信息|自然人|企业", "新收|4|0", "结转|0|0", "公开|3|0"]
    found = locate(
        document(grid(rows, table=1)),
        document(grid(rows[:2], page=1), grid([rows[0], *rows[2:]], page=2)),
    )
    assert found[TableCell(1, 2, 2)].page == 1
    assert found[TableCell(1, 4, 2)] == PageBox(2, 50, 40, 100, 60, rendered=True)


def test_a_cut_group_label_does_not_lose_the_row() -> None:
    word = document(grid(["三、办理结果|予以公开|3|0", ".|部分公开|1|0"], table=1))
    found = locate(
        word,
        document(
            grid(["三、办理|予以公开|3|0"], page=1),
            grid(["结果|部分公开|1|0"], page=2),
        ),
    )
    assert found[TableCell(1, 1, 3)].page == 1
    assert found[TableCell(1, 2, 3)].page == 2
    assert TableCell(1, 1, 1) not in found


def test_another_row_with_the_same_figures_is_not_taken() -> None:
    word = document(grid(["予以公开|0|0"], table=1))
    assert locate(word, document(grid(["部分公开|0|0"], page=1))) == {}


def test_a_misread_figure_gets_no_box() -> None:
    word = document(grid(["予以公开|5|7"], table=1))
    found = locate(word, document(grid(["予以公开|6|7"], page=1)))
    assert set(found) == {TableCell(1, 1, 3)}


def test_rows_without_labels_are_found_by_all_their_figures() -> None:
    word = document(grid(["维持|纠正|总计", "0|0|0"], table=1), grid(["维持|纠正", "0|1"], table=2))
    pages = document(grid(["维持|纠正|总计", "0|0|0", "维持|纠正", "0|1"], page=1))
    assert locate(word, pages)[TableCell(2, 2, 2)] == PageBox(1, 50, 60, 100, 80, rendered=True)


def test_nothing_to_find() -> None:
    assert locate(document(), document(grid(["1|2"], page=1))) == {}
    assert locate(document(grid(["1|2"], table=1)), document()) == {}


RTF = (
    rb"{\rtf1\ansi\deff0 before\par"
    rb"\trowd\clbrdrt\brdrs\clbrdrl\brdrs\clbrdrb\brdrs\clbrdrr\brdrs\cellx3000"
    rb"\clbrdrt\brdrs\clbrdrl\brdrs\clbrdrb\brdrs\clbrdrr\brdrs\cellx6000"
    rb"\intbl label\cell 12\cell\row\intbl other\cell 34\cell\row\pard after\par}"
)


@pytest.mark.office
@pytest.mark.skipif(find_soffice() is None, reason="LibreOffice is missing")
def test_a_word_file_is_rendered_with_its_cells() -> None:
    pdf, boxes = render(RTF)
    assert pdf.startswith(b"%PDF")
    assert set(boxes) == {TableCell(1, row, column) for row in (1, 2) for column in (1, 2)}
    first, below = boxes[TableCell(1, 1, 2)], boxes[TableCell(1, 2, 2)]
    assert (first.page, first.rendered) == (1, True)
    assert first.x1 - first.x0 == pytest.approx(150, abs=3)
    assert first.bottom == pytest.approx(below.top, abs=2)


@pytest.mark.office
@pytest.mark.skipif(find_soffice() is None, reason="LibreOffice is missing")
def test_what_cannot_be_rendered_is_said() -> None:
    with pytest.raises(OfficeError, match="cannot read"):
        render(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_a_reports_figures_get_their_boxes() -> None:
    cells = TableCell(1, 1, 1), TableCell(1, 1, 2)
    figures = tuple(Figure("t", "r", str(cell.column), "printed", where=(cell,)) for cell in cells)
    report = with_boxes(Report("x", figures=figures), {cells[0]: box(1, 0, 0)})
    assert [figure.where for figure in report.figures] == [(box(1, 0, 0), cells[0]), (cells[1],)]
