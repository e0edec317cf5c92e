"""Text recognition with the PP-OCR models that the rapidocr wheel carries: offline, loaded once.

The recognition model is run directly on onnxruntime, because the scan reader needs what
rapidocr's own front end hides: the probability of every character and inputs narrower than 320
pixels (a lone digit then costs 2 ms instead of 11). The angle classifier is never used: it turns
90 into 06. Models are opened by path, so nothing can be downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Gray = NDArray[np.uint8]

_HEIGHT = 48
"""The height in pixels of what the recognition model reads; it looks every eight pixels."""
_STEP = 8
_MIN_WIDTH = 48
_MAX_WIDTH = 2400
_LEAST, _SLENDER = 64, 8
"""The detector's pages are at least so many pixels high and wide, and so many times as long."""
_LARGEST = 1920
"""Larger pages would take a gigabyte to find lines in."""
_BATCH_PIXELS = 2560
"""Summed width of one batch: keeps the scores of 18,710 characters a step under 30 MB."""


_ALIKE = ("0OoＯ０〇○", "1lI|丨｜１", "-—一－–─_", ".．", ",，")
"""Characters printed alike: which of them it is says nothing against the reading as a digit."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A recognised line: its text and each character's probability (0 to 1).

    The probability of a character includes that of characters printed like it.
    """

    text: str
    scores: tuple[float, ...]

    @property
    def weakest(self) -> float:
        """The probability of the least certain character, 0 for an empty reading."""
        return min(self.scores, default=0.0)

    @property
    def mean(self) -> float:
        """The mean probability of the characters, 0 for an empty reading."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


class OcrError(Exception):
    """The recognition models are missing or cannot be opened."""


def recognise(lines: Sequence[Gray]) -> list[Reading]:
    """Read images of single lines, dark on a light ground, and return one reading each.

    Raises:
        OcrError: the models are missing.
    """
    model = _recogniser()
    name = model.session.get_inputs()[0].name
    readings = [Reading("", ())] * len(lines)
    for batch in _batches(lines):
        width = max(tensor.shape[-1] for _, tensor in batch)
        stack = np.ones((len(batch), 3, _HEIGHT, width), dtype=np.float32)
        for place, (_, tensor) in enumerate(batch):
            stack[place, :, :, : tensor.shape[-1]] = tensor
        scores = model.session.run(None, {name: stack})[0]
        for (index, _), row in zip(batch, scores, strict=True):
            readings[index] = _decode(row, model)
    return readings


def detect(image: Gray) -> list[tuple[int, int, int, int]]:
    """Find lines of text on a page: boxes (x0, top, x1, bottom) in pixels of `image`.

    Raises:
        OcrError: the models are missing.
    """
    height, width = image.shape
    # Beyond this shape the library fails; white beside the page changes no box.
    missing = (max(width // _SLENDER, _LEAST, height), max(height // _SLENDER, _LEAST, width))
    border = missing[0] - height, missing[1] - width
    page = cv2.copyMakeBorder(image, 0, border[0], 0, border[1], cv2.BORDER_CONSTANT, value=255)
    found = _detector()(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR))
    if found.boxes is None:
        return []
    corners = np.asarray(found.boxes)
    low, high = corners.min(axis=1), np.ceil(corners.max(axis=1))
    return [(int(a[0]), int(a[1]), int(b[0]), int(b[1])) for a, b in zip(low, high, strict=True)]


def _batches(lines: Sequence[Gray]) -> Iterator[list[tuple[int, Any]]]:
    """Lines as tensors, those of like width together."""
    tensors = [(index, _tensor(line)) for index, line in enumerate(lines) if line.size]
    tensors.sort(key=lambda item: item[1].shape[-1])
    batch: list[tuple[int, Any]] = []
    for item in tensors:
        if batch and (len(batch) + 1) * item[1].shape[-1] > _BATCH_PIXELS:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _tensor(line: Gray) -> NDArray[np.float32]:
    height, width = line.shape
    wide = min(max(round(width * _HEIGHT / height), 1), _MAX_WIDTH)
    method = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_CUBIC
    resized = cv2.resize(line, (wide, _HEIGHT), interpolation=method)
    padded = max(_MIN_WIDTH, -(-wide // _STEP) * _STEP)
    canvas = np.ones((_HEIGHT, padded), dtype=np.float32)
    canvas[:, :wide] = resized.astype(np.float32) / 127.5 - 1
    return canvas


def _decode(row: NDArray[np.float32], model: _Model) -> Reading:
    """Undo CTC: repeats of one label in a row are one character, label 0 is none."""
    labels = row.argmax(axis=1)
    characters = model.characters
    text: list[str] = []
    scores: list[float] = []
    before = 0
    for step, label in enumerate(labels):
        score = float(row[step, list(model.alike.get(int(label), (label,)))].sum())
        if label and label != before:
            text.append(characters[label])
            scores.append(score)
        elif label:
            scores[-1] = max(scores[-1], score)
        before = label
    return Reading("".join(text), tuple(scores))


def _model(name: str) -> Path:
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise OcrError("rapidocr is not installed")
    path = Path(spec.origin).parent / "models" / name
    if not path.is_file():
        raise OcrError(f"the rapidocr wheel holds no {name}")
    return path


@dataclass(frozen=True, slots=True)
class _Model:
    """The recognition model; `alike` gives each label's look-alikes, itself included."""

    session: Any
    characters: tuple[str, ...]
    alike: dict[int, tuple[int, ...]]


@cache
def _recogniser() -> _Model:
    # Loading takes a third of a second: only for scans. The library brings no type stubs.
    import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    # Threads that wait by spinning take the processor from whoever else needs it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = str(_model("PP-OCRv6_rec_small.onnx"))
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    listed = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    characters = ("", *listed, " ")
    groups = [
        tuple(label for label, character in enumerate(characters) if character in same)
        for same in map(set, _ALIKE)
    ]
    alike = {label: group for group in groups for label in group}
    return _Model(session, characters, alike)


@cache
def _detector() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415 - it imports requests and omegaconf

    path = str(_model("PP-OCRv6_det_small.onnx"))
    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.use_rec": False,
            "Det.model_path": path,
            "Det.limit_type": "max",  # the default enlarges small pictures many times
            "Det.limit_side_len": _LARGEST,
            "Global.max_side_len": _LARGEST,
        }
    )
    return lambda image: engine(image, use_cls=False, use_rec=False)
