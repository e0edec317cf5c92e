"""Ways out of the archive: web archives for replay, bags for libraries, provenance as a graph."""

from archive.export.bag import write_bag
from archive.export.prov import write_prov
from archive.export.selection import NothingError, Selection, choose
from archive.export.wacz import write_wacz

__all__ = ["NothingError", "Selection", "choose", "write_bag", "write_prov", "write_wacz"]
