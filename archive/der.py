"""Just enough DER to put the certificates of a time stamp into the order that DER asks for.

Authorities that run on OpenSSL list them as configured, and strict readers then refuse the whole
answer. The list is not covered by the signature, so its order may be mended for reading.
"""

from __future__ import annotations

from archive.errors import Damaged

_SEQUENCE, _SET, _CONTEXT_0 = 0x30, 0x31, 0xA0
_LONG = 0x80


def _element(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Returns tag, start and end of the contents of the element that begins at `start`."""
    if start + 2 > end:
        raise Damaged("it breaks off")
    tag, length, at = data[start], data[start + 1], start + 2
    if length & _LONG:
        more = length & ~_LONG
        length, at = int.from_bytes(data[at : at + more], "big"), at + more
    if at + length > end:
        raise Damaged("it breaks off")
    return tag, at, at + length


def _inside(data: bytes, start: int, end: int) -> list[tuple[int, int, int, int]]:
    """Returns tag, beginning, contents' start and end of every element in a stretch."""
    found = []
    while start < end:
        tag, inner, after = _element(data, start, end)
        found.append((tag, start, inner, after))
        start = after
    return found


def with_sorted_certificates(answer: bytes) -> bytes:
    """Returns an RFC 3161 answer with the certificates in it in ascending order.

    Raises:
        Damaged: if it breaks off.
    """
    # TimeStampResp > timeStampToken (ContentInfo) > [0] > SignedData > [0] certificates
    start, end = 0, len(answer)
    for tags, last in ((_SEQUENCE, False), (_SEQUENCE, True), (_CONTEXT_0, True), (_SEQUENCE, True),
                       (_CONTEXT_0, False)):  # fmt: skip
        fitting = [item for item in _inside(answer, start, end) if item[0] == tags]
        if not fitting:
            return answer
        _, _, start, end = fitting[-1 if last else 0]
    listed = sorted(answer[begin:after] for _, begin, _, after in _inside(answer, start, end))
    return answer[:start] + b"".join(listed) + answer[end:]
