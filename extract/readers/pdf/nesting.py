"""How often the forms (reused drawings) of a PDF are drawn, those in other forms counted."""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import islice
from typing import Any

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import LIT

from extract.readers.pdf.marks import MOST_PAGES
from extract.readers.pdf.parser_errors import PARSER_ERRORS

MOST_DRAWINGS = 20_000
"""How often forms may be drawn on one page."""

_DRAWN = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def draws_too_much(data: bytes) -> bool:
    """Whether a page draws forms too often, counting those that forms draw."""
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        for page in islice(PDFPage.create_pages(document), MOST_PAGES):
            contents = b"\n".join(resolve1(stream).get_data() for stream in page.contents)
            if _drawings(contents, page.resources, {}, ()) > MOST_DRAWINGS:
                return True
    except PARSER_ERRORS:
        return True  # a file that draws forms in forms and cannot be followed is not opened
    return False


def _drawings(content: bytes, resources: Any, known: dict[int, int], above: tuple[int, ...]) -> int:
    """How often forms are drawn by a content; more than allowed where one draws itself."""
    forms = resolve1(resolve1(resources or {}).get("XObject")) or {}
    total = 1
    for name, count in Counter(_DRAWN.findall(content)).items():
        plain = _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), name)
        form = resolve1(forms.get(plain.decode("latin-1")))
        if not isinstance(form, PDFStream) or form.get("Subtype") is not LIT("Form"):
            continue
        identity = form.objid or id(form)
        if identity in above:
            return MOST_DRAWINGS + 1
        if identity not in known:
            inner = form.get("Resources") or resources
            known[identity] = _drawings(form.get_data(), inner, known, (*above, identity))
        total += count * known[identity]
        if total > MOST_DRAWINGS:
            return total
    return total
