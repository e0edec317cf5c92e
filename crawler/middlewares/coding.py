"""Content decoding: a crawl reads what the archive will give out, mislabelled bodies included.

Scrapy's own gives up an answer that is not coded as its header says; some servers and the caches
before them say so of plain pages.
"""

from __future__ import annotations

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

from archive.encoding import ContentStream


class ArchivedCoding(HttpCompressionMiddleware):
    """Responsible for content decoding, within the bounds of a request."""

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        content = b"".join(ContentStream(body, b", ".join(content_encoding), max_size + 1))
        if len(content) > max_size:
            raise _DecompressionMaxSizeExceeded(len(content), max_size)
        return content, []
