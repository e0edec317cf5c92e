"""Scans are drawn here: a table of numbers, then what scanners, stamps and attackers do to it."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extract.model import Cell, Document, Grid, PageBox
from extract.readers import ocr
from extract.readers.scan import read_images, read_scan
from extract.readers.scan_page import character_height
from extract.report import read_report
from extract.sniff import sniff

SHARED = Path(__file__).parents[2].parent / "shared"
DPI = 200
ROWS = (
    ("item", "first", "second", "third"),
    ("alpha", "0", "1", "90"),
    ("bravo", "66", "", "1,000"),
    ("charlie", "103.38", "7", "—"),
    ("delta", "11", "254", "6"),
)
LEFT, TOP, WIDE, HIGH = 150, 200, 260, 70


def draw(
    rows: tuple[tuple[str, ...], ...] = ROWS,
    *,
    top: int = TOP,
    size: tuple[int, int] = (1400, 900),
    ink: str = "black",
) -> Image.Image:
    """A page of 200 dpi with a ruled table, its cells 260 × 70 pixels, and a line of text."""
    page = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(30)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            box = cell_box(row, column, top)
            pen.rectangle(box, outline="black", width=2)
            middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            if text == "—":
                pen.rectangle((middle[0] - 15, middle[1], middle[0] + 15, middle[1] + 2), fill=ink)
            else:
                pen.text(middle, text, font=font, fill=ink, anchor="mm")
    return page


def cell_box(row: int, column: int, top: int = TOP) -> tuple[int, int, int, int]:
    x, y = LEFT + column * WIDE, top + row * HIGH
    return x, y, x + WIDE, y + HIGH


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, dpi=(DPI, DPI), **options)
    return out.getvalue()


def only_grid(document: Document) -> Grid:
    assert document.problems == ()
    assert len(document.grids) == 1
    return document.grids[0]


def by_place(grid: Grid) -> dict[tuple[int, int], Cell]:
    return {(cell.row, cell.column): cell for cell in grid.cells}


def texts(grid: Grid) -> list[list[str]]:
    cells = by_place(grid)
    return [[cells[row, column].text for column in range(grid.columns)] for row in range(grid.rows)]


def page_box(cell: Cell) -> PageBox:
    (where,) = cell.where
    assert isinstance(where, PageBox)
    return where


def test_every_cell_of_a_picture_is_read_blank_ones_and_lone_digits_too() -> None:
    grid = only_grid(read_scan(encoded(draw()), "image/png"))
    assert texts(grid) == [list(row) for row in ROWS]
    assert [cell.text for cell in grid.cells if cell.doubt] == []


@pytest.mark.parametrize("angle", [0, 1.5, -3])
def test_boxes_lie_on_the_page_as_delivered_even_where_it_is_askew(angle: float) -> None:
    page = draw()
    turned = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white")
    grid = only_grid(read_scan(encoded(turned), "image/png"))
    point = 72 / DPI
    middle_x, middle_y = page.width / 2, page.height / 2
    cosine, sine = np.cos(np.radians(-angle)), np.sin(np.radians(-angle))
    for (row, column), cell in by_place(grid).items():
        x0, top, x1, bottom = cell_box(row, column)
        x, y = (x0 + x1) / 2 - middle_x, (top + bottom) / 2 - middle_y
        box = page_box(cell)
        assert box.page == 1
        expected = ((cosine * x - sine * y + middle_x), (sine * x + cosine * y + middle_y))
        assert (box.x0 + box.x1) / 2 == pytest.approx(expected[0] * point, abs=1.2)
        assert (box.top + box.bottom) / 2 == pytest.approx(expected[1] * point, abs=1.2)
    assert texts(grid) == [list(row) for row in ROWS]


def test_a_picture_without_a_resolution_has_96_pixels_to_the_inch() -> None:
    out = io.BytesIO()
    draw().save(out, "PNG")
    first = page_box(only_grid(read_scan(out.getvalue(), "image/png")).cells[0])
    assert first.x0 == pytest.approx(LEFT * 72 / 96, abs=1.5)


def test_exif_turns_the_picture_as_viewers_do() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a viewer turns it a quarter clockwise
    data = encoded(draw().rotate(90, expand=True), "JPEG", quality=92, exif=exif)
    grid = only_grid(read_scan(data, "image/jpeg"))
    assert texts(grid)[1] == list(ROWS[1])
    assert page_box(grid.cells[0]).top == pytest.approx(TOP * 72 / DPI, abs=1.5)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_scanned_on_its_side_or_upside_down_is_read(quarters: int) -> None:
    page = draw()
    for line in range(3):
        sentence = "The quick brown fox jumps over the lazy dog and reports it"
        place = (LEFT, 50 + 45 * line)
        ImageDraw.Draw(page).text(place, sentence, font=ImageFont.load_default(28), fill=0)
    turned = page.rotate(90 * quarters, expand=True)
    cells = by_place(only_grid(read_scan(encoded(turned), "image/png")))
    assert [cells[2, column].text for column in range(4)] == list(ROWS[2])
    x0, top, x1, bottom = cell_box(2, 0)
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    width = page.width, page.height
    for quarter in range(quarters):  # each turns the page anticlockwise
        x, y = y, width[quarter % 2] - x
    box = page_box(cells[2, 0])
    assert (box.x0 + box.x1) / 2 == pytest.approx(x * 72 / DPI, abs=1.2)
    assert (box.top + box.bottom) / 2 == pytest.approx(y * 72 / DPI, abs=1.2)


def test_the_stroke_of_a_one_beside_a_rule_is_no_rule() -> None:
    page = draw()
    x0, top, x1, bottom = cell_box(1, 1)
    pen = ImageDraw.Draw(page)
    pen.rectangle((x0 + 3, top + 3, x1 - 3, bottom - 3), fill="white")
    pen.text(
        (x1 - 2, (top + bottom) / 2), "21", font=ImageFont.load_default(44), fill=0, anchor="rm"
    )
    cell = by_place(only_grid(read_scan(encoded(page), "image/png")))[1, 1]
    assert cell.text == "21" or cell.doubt


def test_a_table_open_at_its_sides_is_one_table_whatever_its_rows_have_in_them() -> None:
    page = Image.new("RGB", (1400, 900), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(30)
    for line in range(7):
        pen.line((150, 200 + 70 * line, 1250, 200 + 70 * line), fill=0, width=2)
    for x, first, last in ((500, 0, 2), (800, 0, 2), (500, 3, 5)):
        pen.line((x, 200 + 70 * first, x, 200 + 70 * last), fill=0, width=2)
    places = {(300, 0): "alpha", (650, 0): "12", (1000, 0): "34", (300, 1): "bravo", (650, 1): "5"}
    places |= {(700, 2): "charlie", (300, 3): "delta", (900, 3): "66", (300, 4): "echo"}
    places |= {(900, 4): "7", (700, 5): "foxtrot"}
    for (x, row), text in places.items():
        pen.text((x, 235 + 70 * row), text, font=font, fill=0, anchor="mm")
    grid = only_grid(read_scan(encoded(page), "image/png"))
    cells = by_place(grid)
    assert grid.rows >= 5
    assert [cells[3, 0].text, cells[4, 0].text] == ["delta", "echo"]
    assert {"66", "7"} <= {cell.text for cell in grid.cells}


@pytest.mark.parametrize("gray", [190, 150, 90])
def test_a_streak_from_edge_to_edge_is_no_rule_and_hides_no_digit(gray: int) -> None:
    page = draw(size=(1400, 1000)).convert("L")
    pixels = np.asarray(page).copy()
    x0, _, x1, _ = cell_box(0, 1)
    for x in ((x0 + x1) // 2, x0 + 40):  # one through the digits, one through clear paper
        pixels[:, x : x + 2] = np.minimum(pixels[:, x : x + 2], gray)
    cells = only_grid(read_scan(encoded(Image.fromarray(pixels)), "image/png")).cells
    wrong = [
        cell
        for cell in cells
        if cell.row and cell.text.replace("\n", "") not in {*sum(ROWS, ())} and not cell.doubt
    ]
    assert wrong == []
    if gray > 120:
        assert len(cells) == len(ROWS) * len(ROWS[0])
        assert [cell.doubt for cell in cells if cell.column == 1 and not cell.text] == []


@pytest.mark.parametrize(("on", "off"), [(3, 3), (9, 5)])
def test_dotted_and_dashed_rules_are_rules(on: int, off: int) -> None:
    pixels = np.asarray(draw().convert("L")).copy()
    x0, top, _, _ = cell_box(0, 0)
    _, _, x1, bottom = cell_box(len(ROWS) - 1, len(ROWS[0]) - 1)
    white = np.arange(max(pixels.shape)) % (on + off) >= on
    for row in range(len(ROWS) + 1):
        at = top + row * HIGH
        pixels[at - 1 : at + 3, x0:x1][:, white[: x1 - x0]] = 255
    for column in range(len(ROWS[0]) + 1):
        at = x0 + column * WIDE
        pixels[top:bottom, at - 1 : at + 3][white[: bottom - top]] = 255
    grid = only_grid(read_scan(encoded(Image.fromarray(pixels)), "image/png"))
    assert texts(grid) == [list(row) for row in ROWS]


def test_a_grey_page_made_black_and_white_by_dots_is_read() -> None:
    grey = draw().convert("L").point(lambda value: 20 + value * 0.86)
    grid = only_grid(read_scan(encoded(grey.convert("1"), "TIFF"), "image/tiff"))
    wrong = {
        (cell.row, cell.column)
        for cell in grid.cells
        if cell.text != ROWS[cell.row][cell.column] and not cell.doubt
    }
    assert wrong == set()
    assert sum(cell.text == ROWS[cell.row][cell.column] for cell in grid.cells) >= 18


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "TIFF", "PNG"])
def test_pictures_of_every_kind_are_told_by_their_content_and_read(kind: str) -> None:
    out = io.BytesIO()
    draw().save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    assert sniff(out.getvalue()) == f"image/{kind.lower()}"
    report = read_report(out.getvalue(), "report.pdf")
    assert report.media_type == f"image/{kind.lower()}"
    assert not any("kind" in problem for problem in report.problems if "form" not in problem)


def test_the_pieces_of_broken_rules_are_no_measure_of_the_characters() -> None:
    page = np.full((900, 1400), 255, np.uint8)
    for x in range(100, 1300, 120):
        for y in range(100, 800, 100):  # corners that hang on to no others
            page[y : y + 90, x : x + 2] = 0
            page[y : y + 2, x : x + 100] = 0
            page[y + 40 : y + 60, x + 40 : x + 52] = 0
    assert character_height(page) == 20


def test_the_text_outside_tables_becomes_paragraphs_in_reading_order() -> None:
    page = draw()
    ImageDraw.Draw(page).text(
        (150, 100), "Annual report 2021", font=ImageFont.load_default(40), fill=0
    )
    document = read_scan(encoded(page), "image/png")
    heading, table = document.blocks
    assert "2021" in getattr(heading, "text", "")
    assert isinstance(table, Grid)


def test_merged_cells_have_spans() -> None:
    page = draw()
    pen = ImageDraw.Draw(page)
    x0, top, _, bottom = cell_box(0, 1)
    pen.rectangle((x0 + 3, top + 3, x0 + 3 * WIDE - 3, bottom - 3), fill="white")
    pen.text(
        (x0 + 1.5 * WIDE, (top + bottom) / 2),
        "all",
        font=ImageFont.load_default(30),
        fill=0,
        anchor="mm",
    )
    head = by_place(only_grid(read_scan(encoded(page), "image/png")))[0, 1]
    assert (head.text, head.rowspan, head.colspan) == ("all", 1, 3)


def test_a_scanned_pdf_has_boxes_in_its_own_points() -> None:
    out = io.BytesIO()
    draw().save(out, "PDF", resolution=DPI)
    document = read_scan(out.getvalue(), "application/pdf")
    grid = only_grid(document)
    assert document.pages == 1
    assert texts(grid)[3] == list(ROWS[3])
    assert page_box(grid.cells[0]).x0 == pytest.approx(LEFT * 72 / DPI, abs=1.2)


def test_a_table_over_two_pages_of_a_tiff_is_one_grid() -> None:
    upper, lower = draw(ROWS[:3], top=620), draw(ROWS[3:], top=60)
    out = io.BytesIO()
    upper.save(out, "TIFF", save_all=True, append_images=[lower], dpi=(DPI, DPI))
    document = read_scan(out.getvalue(), "image/tiff")
    grid = only_grid(document)
    assert document.pages == 2
    assert texts(grid) == [list(row) for row in ROWS]
    assert page_box(grid.cells[-1]).page == 2


def test_one_table_in_two_pictures_is_one_grid() -> None:
    pictures = [encoded(draw(ROWS[:3])), encoded(draw(ROWS[3:], top=60), "JPEG", quality=85)]
    grid = only_grid(read_images(pictures))
    assert texts(grid) == [list(row) for row in ROWS]


def test_noise_and_a_red_stamp_do_not_hide_numbers() -> None:
    page = draw()
    ImageDraw.Draw(page).ellipse((300, 250, 620, 570), outline=(230, 60, 60), width=14)
    stamped = np.minimum(np.asarray(page), np.asarray(draw()))  # printed text stays black
    noise = np.random.default_rng(7).normal(0, 8, stamped.shape)
    noisy = Image.fromarray(np.clip(stamped + noise, 0, 255).astype(np.uint8))
    grid = only_grid(read_scan(encoded(noisy, "JPEG", quality=80), "image/jpeg"))
    wrong = [
        (cell.text, cell.doubt)
        for (row, column), cell in by_place(grid).items()
        if cell.text != ROWS[row][column] and not cell.doubt
    ]
    assert wrong == []
    assert sum(t == list(row) for t, row in zip(texts(grid), ROWS, strict=True)) >= 3


def test_a_number_in_colour_is_never_taken_for_a_blank() -> None:
    grid = only_grid(read_scan(encoded(draw(ink="red")), "image/png"))
    number = by_place(grid)[1, 3]
    assert number.text == "90"
    assert number.doubt is not None
    assert by_place(grid)[2, 2] == Cell("", 2, 2, where=by_place(grid)[2, 2].where)


@pytest.mark.parametrize("shift", [-24, -14, -4, 6, 16])
@pytest.mark.parametrize("fill", ["white", "black"])
def test_a_number_partly_lost_is_right_or_doubted(shift: int, fill: str) -> None:
    page = draw()
    x0, top, x1, bottom = cell_box(4, 2)
    x, y = (x0 + x1) // 2 + shift, (top + bottom) // 2
    ImageDraw.Draw(page).rectangle((x, y - 14, x + 7, y + 14), fill=fill)
    cell = by_place(only_grid(read_scan(encoded(page), "image/png")))[4, 2]
    assert cell.text == "254" or cell.doubt


def test_a_lost_rule_between_two_numbers_is_doubted() -> None:
    page = draw()
    x0, top, _, bottom = cell_box(1, 2)
    ImageDraw.Draw(page).rectangle((x0 - 3, top + 3, x0 + 3, bottom - 3), fill="white")
    merged = by_place(only_grid(read_scan(encoded(page), "image/png")))[1, 1]
    assert merged.colspan == 2
    assert merged.doubt is not None


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "media_type", "problem"),
    [
        (b"", "image/png", "cannot be opened"),
        (b"", "application/pdf", "cannot be opened"),
        (b"%PDF-1.7\n1 0 obj<<>>", "application/pdf", "cannot be opened"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "image/jpeg", "cannot be opened"),
        (encoded(draw(), "JPEG")[:9000], "image/jpeg", "cut short"),
        (encoded(draw(), "PNG")[:3000], "image/png", "cut short"),
        (png_header(60_000, 60_000), "image/png", "too large|cannot be opened"),
        (png_header(12_000, 12_000), "image/png", "too large"),
        (png_header(0, 0), "image/png", "too small|cannot be opened|damaged"),
        (png_header(2, 40_000), "image/png", "too small"),
        (png_header(100, 40_000), "image/png", "too large"),
        (encoded(Image.new("L", (800, 600), 255)), "image/png", "no text"),
        (encoded(Image.new("L", (800, 600), 0)), "image/png", "no text"),
        (encoded(Image.new("1", (800, 600), 0)), "image/png", "no text"),
    ],
)
def test_hostile_files_give_one_clear_line(data: bytes, media_type: str, problem: str) -> None:
    document = read_scan(data, media_type)
    assert document.blocks == ()
    (line,) = document.problems
    assert "\n" not in line
    assert any(part in line for part in problem.split("|"))


def test_pages_beyond_the_bound_are_named_not_read() -> None:
    page = Image.new("1", (60, 60), 1)
    out = io.BytesIO()
    page.save(out, "TIFF", save_all=True, append_images=[page] * 50)
    document = read_scan(out.getvalue(), "image/tiff")
    assert document.pages == 51
    assert document.problems == ("only the first 40 of 51 pages were read",)


def test_a_damaged_picture_among_others_is_named() -> None:
    document = read_images([encoded(draw()), b"no picture"])
    assert len(document.grids) == 1
    (line,) = document.problems
    assert line.startswith("picture 2:")


def test_noise_is_no_table_and_no_crash() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (500, 700, 3), dtype=np.uint8)
    document = read_scan(encoded(Image.fromarray(pixels)), "image/png")
    assert all(cell.doubt for grid in document.grids for cell in grid.cells if cell.text)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    ocr._recogniser.cache_clear()
    ocr._detector.cache_clear()
    assert texts(only_grid(read_scan(encoded(draw()), "image/png"))) == [list(r) for r in ROWS]


def test_importing_the_reader_opens_no_heavy_library() -> None:
    heavy = ("cv2", "onnxruntime", "rapidocr", "PIL", "numpy")
    code = f"import sys, extract.readers.scan; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reading_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    read_scan(encoded(draw()), "image/png")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared originals")
def test_a_real_scan_is_read_right_and_without_doubts() -> None:
    gold = json.loads((SHARED / "gold" / "nanshan-2021.json").read_text())
    report = read_report((SHARED / "originals" / "nanshan-2021-scan.pdf").read_bytes())
    figures = {figure.key: figure for figure in report.figures}
    wrong = {
        key: (want, figures[key].printed)
        for key, want in gold["figures"].items()
        if want != (None if figures[key].value is None else float(figures[key].value or 0))
    }
    assert wrong == {}
    assert [figure.key for figure in report.figures if figure.doubt] == []
    assert report.problems == ()
