"""Draw scans of the 2021 form with invented figures, and worse them as scanners and copies do.

The district is invented (示范区). Every drawing comes with its truth: the text of each cell. No
font is bundled: Noto CJK and, for digits, DejaVu are taken from the system.
"""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FONT_FOLDERS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/dejavu")
_CJK = ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc")
_LATIN = ("", "", "DejaVuSerif.ttf", "DejaVuSerifCondensed.ttf", "DejaVuSansCondensed.ttf")
_PAGE = (595, 842)
_FINE = 400
"""Pages are drawn at so many dots per inch and reduced."""

PROACTIVE = (
    ("规章", 3),
    ("行政规范性文件", 3),
    ("行政许可", 1),
    ("行政处罚", 1),
    ("行政强制", 1),
    ("行政事业性收费", 1),
)
REQUEST_ROWS: tuple[tuple[str, str], ...] = (
    ("一、本年新收政府信息公开申请数量", ""),
    ("二、上年结转政府信息公开申请数量", ""),
    ("（一）予以公开", "三、本年度办理结果"),
    ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "三、本年度办理结果"),
    ("1.属于国家秘密", "（三）不予公开"),
    ("2.其他法律行政法规禁止公开", "（三）不予公开"),
    ("3.危及“三安全一稳定”", "（三）不予公开"),
    ("4.保护第三方合法权益", "（三）不予公开"),
    ("5.属于三类内部事务信息", "（三）不予公开"),
    ("6.属于四类过程性信息", "（三）不予公开"),
    ("7.属于行政执法案卷", "（三）不予公开"),
    ("8.属于行政查询事项", "（三）不予公开"),
    ("1.本机关不掌握相关政府信息", "（四）无法提供"),
    ("2.没有现成信息需要另行制作", "（四）无法提供"),
    ("3.补正后申请内容仍不明确", "（四）无法提供"),
    ("1.信访举报投诉类申请", "（五）不予处理"),
    ("2.重复申请", "（五）不予处理"),
    ("3.要求提供公开出版物", "（五）不予处理"),
    ("4.无正当理由大量反复申请", "（五）不予处理"),
    ("5.要求行政机关确认或重新出具已获取信息", "（五）不予处理"),
    ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "（六）其他处理"),
    (
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "（六）其他处理",
    ),
    ("3.其他", "（六）其他处理"),
    ("（七）总计", "三、本年度办理结果"),
    ("四、结转下年度继续办理", ""),
)


@dataclass(frozen=True, slots=True)
class TrueCell:
    """A cell as drawn; `figure` says that it holds one of the form's figures."""

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    figure: bool = False


@dataclass(slots=True)
class Style:
    """How a district sets its form; lengths in points."""

    cjk: str
    latin: str
    size: float
    rule: float
    row: float
    margin: float
    rule_gray: int = 0
    frame: float = 1.0
    dots: tuple[float, float] | None = None
    touch: bool = False


@dataclass(slots=True)
class Wear:
    """What a scanner or a copier does to a page."""

    dpi: int = 200
    angle: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    quality: int = 92
    shade: float = 0.0
    gaps: int = 0
    """Gaps in rules, to a metre of rule."""
    curl: float = 0.0
    """How far a page bends up and down over its width, in millimetres."""
    stamp: bool = False
    gray: bool = False
    ink: float = 1.0
    levels: bool = False
    """Black and white only, as a TIFF of one bit a pixel."""
    turn: int = 0
    """Quarters by which pages lie on the glass."""
    streaks: int = 0
    """Grey lines from edge to edge, as dirt on the glass draws them."""
    dots: tuple[float, float] | None = None
    """Points of rule and of gap, where rules are dotted or dashed."""
    touch: bool = False
    """A part of the figures stands on a rule."""
    bold: bool = False
    beside: bool = False
    """Both pages lie side by side on one picture."""


@dataclass(slots=True)
class Drawn:
    """A document: its pages as image files, and the cells of each table in order."""

    pages: list[bytes] = field(default_factory=list)
    tables: list[list[TrueCell]] = field(default_factory=list)


def draw(seed: int, wear: Wear) -> Drawn:
    """One report on two pages: tables two and four, then table three; the same for one seed."""
    rng = random.Random(seed)  # noqa: S311 - test data
    style = Style(
        cjk=rng.choice(_CJK),
        latin=rng.choice(_LATIN),
        size=rng.choice((9, 9, 10.5, 10.5, 12)),
        rule=rng.choice((0.5, 0.5, 0.75, 1.0)),
        row=rng.choice((1.6, 1.9, 2.3)),
        margin=rng.choice((60, 72, 85)),
        frame=rng.choice((1.0, 1.0, 2.0)),
        rule_gray=rng.choice((0, 0, 40)),
        dots=wear.dots,
        touch=wear.touch,
    )
    if wear.bold:
        style.cjk, style.latin = "NotoSansCJK-Bold.ttc", "DejaVuSansCondensed-Bold.ttf"
    first, second = _Page(replace(style), rng), _Page(replace(style), rng)
    drawn = Drawn()
    first.title("示范区人民政府2021年政府信息公开工作年度报告")
    first.heading("一、总体情况")
    first.text("2021年，示范区公开政府信息若干条，数据统计期限为1月1日至12月31日。")
    first.heading("二、主动公开政府信息情况")
    drawn.tables.append(first.table(_proactive(rng), (1.6, 1, 1, 1)))
    first.heading("四、政府信息公开行政复议、行政诉讼情况")
    review = first.table(_reviews(rng), (1,) * 15)
    second.heading("三、收到和处理政府信息公开申请情况")
    widths = (0.9, 1.1, 2.6, *(rng.choice((0.55, 0.7, 0.8)) for _ in range(7)))
    drawn.tables += [review, second.table(_requests(rng), widths)]
    second.heading("五、存在的主要问题及改进情况")
    images = [first.image, second.image]
    if wear.beside:
        images = [_beside(*images)]
    drawn.pages = [_worn(image, wear, rng) for image in images]
    return drawn


def _beside(left: Image.Image, right: Image.Image) -> Image.Image:
    both = Image.new("L", (left.width + right.width, left.height), 255)
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


def figure(rng: random.Random) -> str:
    """A figure as districts print them."""
    tricky = (1, 1, 7, 11, 100, 101, 111, 1000, 10, 6, 9, 66, 99, 90, 60)
    kinds: tuple[tuple[int, Callable[[], str]], ...] = (
        (35, lambda: "0"),
        (25, lambda: str(rng.randint(1, 99))),
        (15, lambda: str(rng.choice(tricky))),
        (10, lambda: str(rng.randint(100, 9999))),
        (4, lambda: f"{rng.randint(1000, 9999999):,}"),
        (4, lambda: f"{rng.uniform(0.1, 99999):.{rng.randint(1, 4)}f}"),
        (7, lambda: rng.choice(("", "", "", "/", "—", "无", f"-{rng.randint(1, 99)}"))),
    )
    (chosen,) = rng.choices([make for _, make in kinds], [weight for weight, _ in kinds])
    return chosen()


def _proactive(rng: random.Random) -> list[TrueCell]:
    cells: list[TrueCell] = []
    row = 0
    for heading, labels in (
        ("第二十条第（一）项", (("规章", 3), ("行政规范性文件", 3))),
        ("第二十条第（五）项", (("行政许可", 1),)),
        ("第二十条第（六）项", (("行政处罚", 1), ("行政强制", 1))),
        ("第二十条第（八）项", (("行政事业性收费", 1),)),
    ):
        cells.append(TrueCell(heading, row, 0, 1, 4))
        row += 1
        cells.append(TrueCell("信息内容", row, 0))
        if labels[0][1] > 1:
            names = ("本年制发件数", "本年废止件数", "现行有效件数")
            cells += [TrueCell(name, row, 1 + index) for index, name in enumerate(names)]
        else:
            money = "（八）" in heading
            name = "本年收费金额（单位：万元）" if money else "本年处理决定数量"
            cells.append(TrueCell(name, row, 1, 1, 3))
        for label, count in labels:
            row += 1
            cells.append(TrueCell(label, row, 0))
            span = 3 // count
            cells += [
                TrueCell(figure(rng), row, 1 + index * span, 1, span, figure=True)
                for index in range(count)
            ]
        row += 1
    return cells


def _requests(rng: random.Random) -> list[TrueCell]:
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    cells = [
        TrueCell(note, 0, 0, 3, 3),
        TrueCell("申请人情况", 0, 3, 1, 7),
        TrueCell("自然人", 1, 3, 2, 1),
        TrueCell("法人或其他组织", 1, 4, 1, 5),
        TrueCell("总计", 1, 9, 2, 1),
    ]
    names = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
    cells += [TrueCell(name, 2, 4 + index) for index, name in enumerate(names)]
    groups = [group for _, group in REQUEST_ROWS]
    for index, (label, group) in enumerate(REQUEST_ROWS):
        row = 3 + index
        if not group:
            cells.append(TrueCell(label, row, 0, 1, 3))
        elif group.startswith("三"):
            if "（一）" in label:
                cells.append(TrueCell(group, row, 0, 22, 1))
            cells.append(TrueCell(label, row, 1, 1, 2))
        else:
            if groups[index - 1] != group:
                cells.append(TrueCell(group, row, 1, groups.count(group), 1))
            cells.append(TrueCell(label, row, 2))
        cells += [TrueCell(figure(rng), row, 3 + c, figure=True) for c in range(7)]
    return cells


def _reviews(rng: random.Random) -> list[TrueCell]:
    cells = [
        TrueCell("行政复议", 0, 0, 1, 5),
        TrueCell("行政诉讼", 0, 5, 1, 10),
        TrueCell("未经复议直接起诉", 1, 5, 1, 5),
        TrueCell("复议后起诉", 1, 10, 1, 5),
    ]
    names = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    for index in range(15):
        name = names[index % 5]
        cells.append(TrueCell(name, 1, index, 2, 1) if index < 5 else TrueCell(name, 2, index))
        small = rng.choice(("0", "0", "1", "2", "", str(rng.randint(3, 150))))
        cells.append(TrueCell(small, 3, index, figure=True))
    return cells


class _Page:
    """A page being set, from top to bottom."""

    def __init__(self, style: Style, rng: random.Random) -> None:
        self.style, self._rng = style, rng
        self._unit = _FINE / 72
        size = round(_PAGE[0] * self._unit), round(_PAGE[1] * self._unit)
        self.image = Image.new("L", size, 255)
        self._pen = ImageDraw.Draw(self.image)
        self._y = rng.uniform(40, 60)

    def title(self, text: str) -> None:
        self._line(text, 20, centre=True)

    def heading(self, text: str) -> None:
        self._y += 4
        self._line(text, 14)

    def text(self, text: str) -> None:
        self._line(text, 11)

    def table(self, cells: list[TrueCell], shares: tuple[float, ...]) -> list[TrueCell]:
        """Set a table over the width of the page; its rows as high as their labels need."""
        style = self.style
        width = _PAGE[0] - 2 * style.margin
        xs = [style.margin]
        for share in shares:
            xs.append(xs[-1] + width * share / sum(shares))
        room = _PAGE[1] - self._y - 40
        heights = self._heights(cells, xs)
        while sum(heights) > room:  # set smaller, as Word's users do
            style.size *= 0.96
            heights = self._heights(cells, xs)
        ys = [self._y]
        for height in heights:
            ys.append(ys[-1] + height)
        for cell in cells:
            self._cell(cell, xs, ys)
        self._box(xs[0], ys[0], xs[-1], ys[-1], style.rule * style.frame)
        self._y = ys[-1] + 8
        return cells

    def _heights(self, cells: list[TrueCell], xs: list[float]) -> list[float]:
        """The rows' heights in points, as their cells' lines need."""
        style = self.style
        heights = [style.size * style.row] * max(cell.row + cell.rowspan for cell in cells)
        for cell in cells:
            if cell.rowspan == 1:
                lines = len(self._wrapped(cell, xs))
                heights[cell.row] = max(heights[cell.row], style.size * (1.25 * lines + 0.4))
        return heights

    def _cell(self, cell: TrueCell, xs: list[float], ys: list[float]) -> None:
        x0, x1 = xs[cell.column], xs[cell.column + cell.colspan]
        top, bottom = ys[cell.row], ys[cell.row + cell.rowspan]
        self._box(x0, top, x1, bottom, self.style.rule)
        lines = self._wrapped(cell, xs)
        size = min(self.style.size, (bottom - top) / (1.2 * max(len(lines), 1)))
        if cell.figure:
            size = min([self._fitting(line, x1 - x0 - 4, size) for line in lines], default=size)
        font = self._font(size, latin=cell.text.isascii() and cell.figure)
        y = (top + bottom) / 2 - 1.2 * size * (len(lines) - 1) / 2
        if self.style.touch and cell.figure and self._rng.random() < 0.25:
            y += self._rng.choice((-1, 1)) * ((bottom - top) / 2 - 0.36 * size)
        for line in lines:
            place = (x0 + x1) / 2 * self._unit, y * self._unit
            self._pen.text(place, line, font=font, fill=0, anchor="mm")
            y += 1.2 * size

    def _wrapped(self, cell: TrueCell, xs: list[float]) -> list[str]:
        """A cell's lines; a long number is set smaller, or broken in two, as in Word."""
        if cell.figure:
            room = xs[cell.column + cell.colspan] - xs[cell.column] - 4
            if self._wide(cell.text, self._fitting(cell.text, room)) <= room:
                return [cell.text] if cell.text else []
            lines = [""]
            for character in cell.text:
                if self._wide(lines[-1] + character, self.style.size) > room:
                    lines.append("")
                lines[-1] += character
            return lines
        each = max(1, int((xs[cell.column + cell.colspan] - xs[cell.column] - 2) / self.style.size))
        return [cell.text[at : at + each] for at in range(0, len(cell.text), each)]

    def _fitting(self, text: str, room: float, size: float = 0) -> float:
        """The size at which a number fits its column, but no less than six points."""
        size = size or self.style.size
        wide = self._wide(text, size)
        return size if wide <= room else max(6.0, size * room / wide)

    def _wide(self, text: str, size: float) -> float:
        return self._font(size, latin=text.isascii()).getlength(text) / self._unit

    def _box(self, x0: float, top: float, x1: float, bottom: float, thick: float) -> None:
        corners = [round(value * self._unit) for value in (x0, top, x1, bottom)]
        half = max(1, round(thick * self._unit))
        for a, b in (((0, 1), (2, 1)), ((0, 3), (2, 3)), ((0, 1), (0, 3)), ((2, 1), (2, 3))):
            line = [corners[a[0]], corners[a[1]], corners[b[0]], corners[b[1]]]
            for piece in self._pieces(line):
                self._pen.line(piece, fill=self.style.rule_gray, width=half)

    def _pieces(self, line: list[int]) -> Iterator[list[float]]:
        """A rule, or the dashes it is made of."""
        x0, y0, x1, y1 = line
        length = max(x1 - x0, y1 - y0, 1)
        on, off = (part * self._unit for part in self.style.dots or (length, 0))
        for number in range(math.ceil(length / (on + off))):
            start, end = (min(number * (on + off) + part, length) / length for part in (0, on))
            yield [
                *(x0 + (x1 - x0) * start, y0 + (y1 - y0) * start),
                *(x0 + (x1 - x0) * end, y0 + (y1 - y0) * end),
            ]

    def _line(self, text: str, size: float, *, centre: bool = False) -> None:
        font = self._font(size, latin=False)
        x = _PAGE[0] / 2 if centre else self.style.margin
        place = x * self._unit, (self._y + size * 0.7) * self._unit
        self._pen.text(place, text, font=font, fill=0, anchor="mm" if centre else "lm")
        self._y += size * 1.6

    def _font(self, size: float, *, latin: bool) -> ImageFont.FreeTypeFont:
        name = self.style.latin if latin and self.style.latin else self.style.cjk
        index = 2 if name.endswith("ttc") else 0  # simplified Chinese within the collection
        return ImageFont.truetype(_font_path(name), round(size * self._unit), index=index)


def _font_path(name: str) -> str:
    for folder in _FONT_FOLDERS:
        if (path := Path(folder) / name).is_file():
            return str(path)
    raise FileNotFoundError(f"no font {name}: install fonts-noto-cjk and fonts-dejavu")


def _worn(page: Image.Image, wear: Wear, rng: random.Random) -> bytes:
    """The page as an image file after everything that happens to paper."""
    noise = np.random.default_rng(rng.randrange(2**32))
    gray = np.asarray(page).copy()
    _break_rules(gray, wear, rng)
    if wear.curl:
        gray = _curled(gray, wear.curl)
    if wear.angle:
        height, width = gray.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), wear.angle, 1)
        gray = cv2.warpAffine(gray, turn, (width, height), borderValue=255)
    factor = wear.dpi / _FINE
    gray = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    values: np.ndarray[Any, Any] = 255 - (255 - gray.astype(np.float32)) * wear.ink
    if wear.blur:
        values = cv2.GaussianBlur(values, (0, 0), wear.blur)
    if wear.shade:
        across = np.linspace(-1, 1, values.shape[1])[None, :]
        down = np.linspace(-1, 1, values.shape[0])[:, None]
        values *= 1 - wear.shade * (across * rng.choice((-1, 1)) + down + 2) / 4
    colour = np.repeat(values[:, :, None], 3, axis=2)
    if wear.stamp:
        _stamp(colour, rng)
    for _ in range(wear.streaks):
        at = rng.randrange(colour.shape[1] - 2)
        colour[:, at : at + 2] = np.minimum(colour[:, at : at + 2], rng.choice((100, 150, 190)))
    if wear.noise:
        colour += noise.normal(0, wear.noise, values.shape)[:, :, None]
    pixels = np.clip(colour, 0, 255).astype(np.uint8)
    image = Image.fromarray(pixels)
    if wear.gray:
        image = image.convert("L")
    image = image.rotate(90 * wear.turn, expand=True)
    out = io.BytesIO()
    if wear.levels:
        image = image.convert("L").point(lambda value: 255 * (value > 150)).convert("1")
        image.save(out, "TIFF", compression="group4", dpi=(wear.dpi, wear.dpi))
    else:
        image.save(out, "JPEG", quality=wear.quality, dpi=(wear.dpi, wear.dpi))
    return out.getvalue()


def _curled(gray: np.ndarray, millimetres: float) -> np.ndarray:
    """A page that did not lie flat: level lines bend, upright ones lean more towards one side."""
    height, width = gray.shape
    reach = millimetres / 25.4 * _FINE
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    rise = (reach * np.sin(np.pi * across / width)).astype(np.float32)
    lean = (reach * (down / height) * (across / width)).astype(np.float32)
    return cv2.remap(gray, across + lean, down + rise, cv2.INTER_LINEAR, borderValue=255)


def _break_rules(gray: np.ndarray, wear: Wear, rng: random.Random) -> None:
    """White gaps of up to a millimetre and a half in rules, as worn drums leave them."""
    ink = gray < 128
    level = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, 160), np.uint8))
    upright = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, np.ones((120, 1), np.uint8))
    for mask, across in ((level, False), (upright, True)):
        places = np.argwhere(mask)
        # A rule is about four pixels thick at this resolution.
        metres = len(places) / 4 / _FINE * 0.0254
        for _ in range(round(wear.gaps * metres)):
            y, x = places[rng.randrange(len(places))]
            length = rng.randint(6, 24)
            if across:
                gray[y : y + length, max(x - 12, 0) : x + 12] = 255
            else:
                gray[max(y - 12, 0) : y + 12, x : x + length] = 255


def _stamp(colour: np.ndarray, rng: random.Random) -> None:
    """A red seal of 40 mm over whatever stands there, multiplied as ink on ink is."""
    height, width, _ = colour.shape
    radius = round(width * 20 / 210)
    x, y = (rng.randint(2 * radius, side - 2 * radius) for side in (width, height))
    seal = np.zeros((height, width), np.float32)
    cv2.circle(seal, (x, y), radius, 1.0, max(2, radius // 12), cv2.LINE_AA)
    points = [
        (
            round(x + radius * 0.4 * (1 if k % 2 else 0.4) * np.cos(k * np.pi / 5)),
            round(y + radius * 0.4 * (1 if k % 2 else 0.4) * np.sin(k * np.pi / 5)),
        )
        for k in range(10)
    ]
    cv2.fillPoly(seal, [np.array(points)], 1.0)
    for channel, kept in enumerate((0.9, 0.25, 0.25)):
        colour[:, :, channel] *= 1 - seal * (1 - kept)
