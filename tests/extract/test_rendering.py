from __future__ import annotations

from extract.model import Cell, Document, Grid, PageBox, TableCell, Where
from extract.rendering import locate


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
