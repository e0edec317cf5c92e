"""PDFium's C functions, to be called with plain addresses.

pypdfium2's own wrappers cost several times the work itself where every character is asked for.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw

POINTER, INT, DOUBLE = ctypes.c_void_p, ctypes.c_int, ctypes.c_double


def _bind(name: str, result: Any, *arguments: Any) -> Any:
    """A function of PDFium that takes addresses as numbers and keeps Python's lock.

    Keeping the lock is right as PDFium is not thread-safe, and halves the cost of a short call.
    """
    address = ctypes.cast(getattr(pypdfium2.raw, name), POINTER).value
    assert address is not None
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


unicode = _bind("FPDFText_GetUnicode", ctypes.c_uint, POINTER, INT)
generated = _bind("FPDFText_IsGenerated", INT, POINTER, INT)
unmapped = _bind("FPDFText_HasUnicodeMapError", INT, POINTER, INT)
font_size = _bind("FPDFText_GetFontSize", DOUBLE, POINTER, INT)
loose_box = _bind("FPDFText_GetLooseCharBox", INT, POINTER, INT, POINTER)
origin = _bind("FPDFText_GetCharOrigin", INT, POINTER, INT, POINTER, POINTER)
matrix = _bind("FPDFText_GetMatrix", INT, POINTER, INT, POINTER)
text_object = _bind("FPDFText_GetTextObject", POINTER, POINTER, INT)
count_characters = _bind("FPDFText_CountChars", INT, POINTER)
count_objects = _bind("FPDFPage_CountObjects", INT, POINTER)
object_at = _bind("FPDFPage_GetObject", POINTER, POINTER, INT)
count_in_form = _bind("FPDFFormObj_CountObjects", INT, POINTER)
object_in_form = _bind("FPDFFormObj_GetObject", POINTER, POINTER, ctypes.c_ulong)
kind = _bind("FPDFPageObj_GetType", INT, POINTER)
bounds = _bind("FPDFPageObj_GetBounds", INT, POINTER, *[POINTER] * 4)
object_matrix = _bind("FPDFPageObj_GetMatrix", INT, POINTER, POINTER)
fill_colour = _bind("FPDFPageObj_GetFillColor", INT, POINTER, *[POINTER] * 4)
transparent = _bind("FPDFPageObj_HasTransparency", INT, POINTER)
count_marks = _bind("FPDFPageObj_CountMarks", INT, POINTER)
mark = _bind("FPDFPageObj_GetMark", POINTER, POINTER, ctypes.c_ulong)
mark_name = _bind("FPDFPageObjMark_GetName", INT, POINTER, POINTER, ctypes.c_ulong, POINTER)
render_mode = _bind("FPDFTextObj_GetTextRenderMode", INT, POINTER)
draw_mode = _bind("FPDFPath_GetDrawMode", INT, POINTER, POINTER, POINTER)
count_segments = _bind("FPDFPath_CountSegments", INT, POINTER)
segment = _bind("FPDFPath_GetPathSegment", POINTER, POINTER, INT)
segment_point = _bind("FPDFPathSegment_GetPoint", INT, POINTER, POINTER, POINTER)
segment_type = _bind("FPDFPathSegment_GetType", INT, POINTER)
