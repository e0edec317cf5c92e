"""What strangers may send: addresses, archived pages, texts of reports."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
import small_archive
from PIL import Image
from small_archive import begin, demo_file, page

from archive import Archive
from publish.build import build
from publish.pages import PageError, draw_page, page_sizes
from publish.serve import site
from publish.site.originals import _declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Get = Callable[..., Any]

SCRIPT = "<script>alert(1)</script>"
HOSTILE = (
    demo_file("shifan-2023.html")
    .replace(b"<body>", f"<body onload=alert(2)>{SCRIPT}".encode())
    .replace(
        "<h2>一、总体情况</h2>".encode(),
        "<h2>一、总体情况</h2><p>&lt;img src=x onerror=alert(3)&gt;</p>".encode(),
    )
    .replace(b">6,042<", b">&lt;svg onload=alert(4)&gt;<")
)
SHA256 = hashlib.sha256(HOSTILE).hexdigest()
HOUSE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 14000 14000]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n"
)
LINK = f'"><img src=x onerror=alert(5)>{small_archive.TITLE}{SCRIPT}'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    """The site over an archive of hostile pages."""
    data: Path = tmp_path_factory.mktemp("hostile")
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page('list?"><script>alert(6)</script>'), b"<a>", "list", link_text=SCRIPT)
        crawl.keep(
            page("r.html"),
            HOSTILE,
            via=page('list?"><script>alert(6)</script>'),
            link_text=LINK,
            headers=(
                (b"Content-Type", b"text/html"),
                (b"Content-Disposition", b'attachment; filename="../../<script>.html"'),
            ),
        )
        crawl.keep(
            page("p.pdf"), HOUSE, "attachment", via=page("r.html"), media_type="application/pdf"
        )
        crawl.end()
    build(data, workers=0)
    application = site(data)
    with asyncio.Runner() as runner:
        yield lambda path: runner.run(application.client.get(path))


def report_id(get: Get) -> str:
    return str(get("/nianbao/reports.json?_shape=array").json()[0]["id"])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/place/990101",
        "/report/{id}",
        "/figure/{id}/proactive/licensing/decisions",
        "/figure/{id}/requests/received/total",
        "/nianbao/reports",
        "/nianbao/captures",
        "/nianbao/sections",
        "/nianbao/figures?row=licensing",
    ],
)
def test_text_of_an_archived_page_is_text_on_ours(hostile: Get, path: str) -> None:
    answer = hostile(path.format(id=report_id(hostile)))
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert not re.search(r"<(?:img|svg)[^>]*onerror|<svg[^>]*onload", answer.text)


def test_a_hostile_capture_is_shown_as_text(hostile: Get) -> None:
    for capture in hostile("/nianbao/captures.json?_shape=array").json():
        answer = hostile(f"/capture/{capture['id']}")
        assert answer.status_code == 200
        assert "<script" not in answer.text


def test_an_archived_page_is_served_in_a_sandbox_of_its_own(hostile: Get) -> None:
    answer = hostile(f"/original/{SHA256}")
    assert answer.content == HOSTILE
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; img-src data:;")
    assert "script-src" not in policy
    assert "allow-" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(
        r'inline; filename="990101-2023-[0-9a-f]{8}\.html"', answer.headers["content-disposition"]
    )


@pytest.mark.parametrize("path", ["/", "/nianbao", "/nianbao/reports.json", "/nope", "/-/metadata"])
def test_every_answer_has_a_policy_without_scripts(get: Get, path: str) -> None:
    policy = get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "base-uri 'none'" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/\\example.com/",
        "/%5Cexample.com/",
        "/%5cexample.com",
        "//example.com/",
        "/%2Fexample.com/%2e%2e/",
        "/%09/example.com/",
        "/%0a/example.com/",
        "/%0d%0aSet-Cookie:x=1/",
        "/nianbao/%5C%5Cexample.com/",
    ],
)
def test_no_path_leads_to_another_host(published: Path, path: str) -> None:
    """Asked below httpx, which would tidy the path up."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(site(published).app()(scope, receive, send))
    start = sent[0]
    headers = {name.lower(): value for name, value in start["headers"]}
    assert start["status"] in {400, 404}, start
    assert b"location" not in headers
    assert b"content-security-policy" in headers


@pytest.mark.parametrize(
    "path",
    [
        "/report/990101-2023-00000000",
        "/report/../../etc/passwd",
        "/report/'; drop table reports--",
        "/place/000000",
        "/place/99010１",
        "/figure/990101-2023-00000000/requests/received/total",
        "/figure/990101-2023-00000000/requests/received/total'--",
        "/original/" + "0" * 64,
        "/original/" + "g" * 64,
        "/original/..%2f..%2fcatalog.db",
        "/original/" + "0" * 64 + "/page/1.png",
        "/capture/20261101060001-000000000000",
        "/capture/x",
        "/assets/..%2fbuild.py",
        "/assets/nothing.css",
        "/-/static/..%2f..%2fapp.py",
        "/report/\ud7ff",
        "/" + "a" * 1990,
    ],
)
def test_an_address_of_nothing_is_not_found_and_never_a_traceback(get: Get, path: str) -> None:
    answer = get(path, follow_redirects=True)  # Datasette writes %xx as ~xx first
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


def test_an_endless_address_is_refused(get: Get) -> None:
    assert get("/" + "a" * 20_000).status_code == 400


PDF_SHA256 = hashlib.sha256(demo_file("unnamed-2021.pdf")).hexdigest()


@pytest.mark.parametrize(
    "query",
    [
        "box=",
        "box=1,2,3",
        "box=1,2,3,x",
        "box=nan,0,1,1",
        "box=inf,0,1,1",
        "box=1e9,0,2e9,1",
        "box=9,9,1,1",
        "box=1,1,2,2," + "9" * 5000,
        "&".join(["box=1,1,2,2"] * 9),
    ],
)
def test_a_box_that_is_none_is_a_bad_request(get: Get, query: str) -> None:
    assert get(f"/original/{PDF_SHA256}/page/1.png?{query}").status_code == 400


@pytest.mark.parametrize("number", ["0", "9999", "99999"])
def test_a_page_that_is_none_is_not_found(get: Get, number: str) -> None:
    assert get(f"/original/{PDF_SHA256}/page/{number}.png").status_code == 404


def test_a_page_of_what_has_no_pages_is_not_found(hostile: Get) -> None:
    assert hostile(f"/original/{SHA256}/page/1.png").status_code == 404


@pytest.mark.parametrize("sql", ["select 1", "select hex(zeroblob(200000000))"])
def test_nobody_may_send_queries_of_their_own(get: Get, sql: str) -> None:
    assert get("/nianbao.json", params={"sql": sql}).status_code in {400, 403}
    assert get("/nianbao/reports.json", params={"_where": "1=1"}).status_code in {400, 403}


def test_a_prepared_query_takes_values_as_values(get: Get) -> None:
    answer = get(
        "/nianbao/indicator.json", params={"table": "' or 1=1 --", "row": "", "column": ""}
    )
    assert answer.json()["rows"] == []


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"\0" * 1000, b"%PDF-1.4\n1 0 obj<</Type/Page"]
)
def test_a_file_that_is_no_pdf_is_one_line_and_not_a_crash(data: bytes) -> None:
    with pytest.raises(PageError, match="PDF"):
        page_sizes(data)
    with pytest.raises(PageError):
        draw_page(data, 1)


def test_a_page_the_size_of_a_house_is_drawn_small() -> None:
    image = Image.open(BytesIO(draw_page(HOUSE, 1)))
    assert image.width * image.height <= 6_100_000


def test_pages_are_drawn_of_those_documents_only_that_figures_come_from(hostile: Get) -> None:
    sha256 = hashlib.sha256(HOUSE).hexdigest()
    assert hostile(f"/original/{sha256}").content == HOUSE
    assert hostile(f"/original/{sha256}/page/1.png").status_code == 404


def test_no_query_may_fill_the_memory_with_one_value(published: Path) -> None:
    application = site(published)

    async def ask() -> None:
        await application.invoke_startup()
        await application.get_database("nianbao").execute("select length(hex(zeroblob(4000000)))")

    with pytest.raises(sqlite3.DataError, match="too big"):
        asyncio.run(ask())


@pytest.mark.parametrize(
    "named", ["text/html\r\nX-Forged: 1", "text/x-unknown", "image/svg+xml", "application/x\n", ""]
)
def test_no_type_but_a_known_one_is_declared(named: str) -> None:
    assert _declared(named, b"x") == "application/octet-stream"
