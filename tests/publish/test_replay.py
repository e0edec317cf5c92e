"""A WACZ opens in replayweb.page. Its npm package is AGPL: it is used where it is found only.

`npm pack replaywebpage`, unpack it, and name the folder with `ui.js` in NIANBAO_REPLAYWEBPAGE.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from small_archive import begin, demo_file, page

from archive import Archive
from benchmarks.replay import player, replayed
from crawler.browser.provider import find_browser
from publish.export.choice import Wanted
from publish.export.command import export

PACKAGE = os.environ.get("NIANBAO_REPLAYWEBPAGE")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not PACKAGE, reason="NIANBAO_REPLAYWEBPAGE does not name the package"),
    pytest.mark.skipif(find_browser() is None, reason="no browser on this machine"),
]
LIST = b"""<meta charset=utf-8><h1>list</h1><div id=l></div><script>
fetch('/api',{method:'POST',headers:{'Content-Type':'application/json'},body:'{"page":2}'})
.then(r=>r.json()).then(d=>{document.getElementById('l').textContent=d.said})</script>"""


@pytest.fixture(scope="module")
def wacz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("replayed")
    with Archive(data) as archive:
        for run in (1, 2):  # the second run's answers are revisits
            crawl = begin(archive, run)
            crawl.keep(page("2023.html"), demo_file("shifan-2023.html"), via=page("list"))
            crawl.end()
        crawl = begin(archive, 3)
        crawl.keep(page("list"), LIST, "list")
        for number in (1, 2):
            crawl.keep(
                page("api"),
                b'{"said": "page %d"}' % number,
                "list",
                method="POST",
                request_headers=((b"Content-Type", b"application/json"),),
                request_body=b'{"page":%d}' % number,
                media_type="application/json",
            )
        crawl.end()
    made = data / "export.wacz"
    assert list(export(data, "wacz", made, Wanted())) == []
    return made


@pytest.mark.parametrize(
    ("url", "wanted"), [(page("2023.html"), "示范区人民政府2023年"), (page("list"), "page 2")]
)
def test_a_page_is_replayed(wacz: Path, url: str, wanted: str) -> None:
    assert PACKAGE
    with player(Path(PACKAGE), wacz, url) as shown:
        assert wanted in replayed(shown, wanted)
