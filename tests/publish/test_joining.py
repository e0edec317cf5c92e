from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.model import Capture
from extract.model import Check, Figure, Report, Section
from publish.joining import COPIES_AGREE, Joined, join
from publish.scratch import scratch
from publish.visits import LeftOut, Visit, events, is_content

PAGE = "http://a.gov.cn/t1.html"
TITLE = "甲区2022年政府信息公开工作年度报告"


def capture(url: str = PAGE, **given: Any) -> Capture:
    digest = hashlib.sha256(url.encode()).hexdigest()
    fields: dict[str, Any] = {
        "id": f"20261120060000-{digest[:12]}",
        "run": "r1",
        "portal": "p",
        "url": url,
        "method": "GET",
        "fetched_at": "2026-11-20T06:00:00Z",
        "http_status": 200,
        "media_type": "text/html",
        "sha256": digest,
        "bytes": 100,
        "warc": "r1-00000.warc.gz",
        "offset": 0,
        "length": 10,
        "role": "report",
    }
    return Capture(**(fields | given))


def attachment(name: str, **given: Any) -> Capture:
    return capture(f"http://a.gov.cn/{name}", role="attachment", via=PAGE, **given)


def figure(key: str, value: int | None = 1, **given: Any) -> Figure:
    table, row, column = key.split("/")
    status = "absent" if value is None else "printed"
    number = None if value is None else Decimal(value)
    printed = None if value is None else str(value)
    return Figure(table, row, column, given.pop("status", status), number, printed, **given)


def report(*figures: Figure, **given: Any) -> Report:
    edition = "2021" if figures else None
    return Report("text/html", figures=figures, **({"edition": edition} | given))


FULL = report(
    figure("requests/received/total", 5),
    figure("disputes/review/total", 2),
    publisher="甲区人民政府",
    publisher_from="text",
    year=2022,
    title=TITLE,
)
COVER = report(title=TITLE)


def seen(*captures: Capture, read: dict[str, Report]) -> list[Visit | LeftOut]:
    """The visits to captures whose documents read as given, by address, and what held nothing."""
    by_digest = {c.sha256: read[c.url] for c in captures if c.url in read}
    with TemporaryDirectory() as folder, scratch(Path(folder) / "x") as memory:
        for item in captures:
            memory.ask(item, content=is_content(item))
        for digest, said in by_digest.items():
            memory.read(digest, said)
        return list(events(memory, by_digest))


def joined(*captures: Capture, read: dict[str, Report]) -> list[Joined]:
    """The reports of captures whose documents read as given, by address."""
    found = seen(*captures, read=read)
    return [item for visit in found if isinstance(visit, Visit) for item in join(visit)[0]]


def left_out(*captures: Capture, read: dict[str, Report]) -> list[str]:
    reasons = []
    for event in seen(*captures, read=read):
        out = [event] if isinstance(event, LeftOut) else join(event)[1]
        reasons += [item.reason for item in out]
    return reasons


def test_the_figures_come_from_the_document_that_has_them() -> None:
    page, pdf = capture(), attachment("x.pdf")
    (one,) = joined(page, pdf, read={PAGE: COVER, pdf.url: FULL})
    assert one.main.capture == pdf
    assert [part.capture for part in one.parts] == [page, pdf]


def test_the_document_with_most_of_the_form_is_the_one_cited() -> None:
    page, pdf = capture(), attachment("x.pdf")
    part = replace(FULL, figures=FULL.figures[:1])
    for page_says, file_says, main in ((part, FULL, pdf), (FULL, part, page)):
        (one,) = joined(page, pdf, read={PAGE: page_says, pdf.url: file_says})
        assert one.main.capture == main


def test_the_page_is_the_document_where_it_has_the_tables_itself() -> None:
    page, picture = capture(), attachment("code.png")
    (one,) = joined(page, picture, read={PAGE: FULL, picture.url: report()})
    assert one.main.capture == page


def test_what_an_attachment_does_not_say_its_page_and_link_do() -> None:
    page, pdf = capture(), attachment("x.pdf", link_text="附件")
    silent = replace(FULL, publisher=None, publisher_from=None, year=None, title=None)
    cover = report(title=TITLE, publisher="甲区人民政府", publisher_from="metadata", year=2022)
    (one,) = joined(page, pdf, read={PAGE: cover, pdf.url: silent})
    assert (one.identity.publisher, one.identity.publisher_from) == (
        "甲区人民政府",
        "page metadata",
    )
    assert (one.identity.year, one.identity.year_from) == (2022, "page")
    assert one.title == TITLE


def test_a_page_that_says_nothing_is_known_by_the_link_that_led_there() -> None:
    page = capture(link_text=TITLE)
    silent = replace(FULL, publisher=None, publisher_from=None, year=None, title=None)
    (one,) = joined(page, read={PAGE: silent})
    assert (one.identity.publisher, one.identity.publisher_from) == ("甲区", "link")
    assert (one.identity.year, one.identity.year_from) == (2022, "link")


def test_a_list_that_names_the_bare_unit_says_whose_the_report_is() -> None:
    silent = replace(FULL, publisher=None, publisher_from=None, year=None, title="年度报告")
    for text, year in (("甲区教育局", None), ("2021年（甲区教育局）", 2021)):
        page = capture(link_text=text)
        (one,) = joined(page, read={PAGE: silent})
        assert (one.identity.publisher, one.identity.publisher_from) == ("甲区教育局", "link")
        assert one.identity.year == year
    page = capture(link_text="下载中心")
    (one,) = joined(page, read={PAGE: silent})
    assert one.identity.publisher is None


def test_a_narrated_page_does_not_stand_in_the_way_of_its_file_s_tables() -> None:
    page, pdf = capture(), attachment("x.pdf")
    said = figure("narrative/received/stated", 35, sentence="共收到申请35件。")
    narrated = replace(COVER, figures=(said,), edition="narrative")
    (one,) = joined(page, pdf, read={PAGE: narrated, pdf.url: FULL})
    assert one.main.capture == pdf
    assert one.edition == "2021"
    assert {f.table for f, _ in one.figures} == {"requests", "disputes"}
    (alone,) = joined(page, read={PAGE: narrated})
    assert [f.key for f, _ in alone.figures] == ["narrative/received/stated"]


def test_the_scope_is_the_text_s_else_the_titles_else_the_publisher_s() -> None:
    page, pdf = capture(link_text=f"{TITLE}（本级汇总）"), attachment("x.pdf")
    (one,) = joined(page, pdf, read={PAGE: COVER, pdf.url: FULL})
    assert (one.scope, one.scope_words) == ("consolidated", "(本级汇总)")
    own = replace(FULL, scope="single", scope_words="仅含本级")
    (one,) = joined(page, pdf, read={PAGE: COVER, pdf.url: own})
    assert (one.scope, one.scope_words) == ("single", "仅含本级")
    silent = replace(FULL, publisher=None, publisher_from=None)
    (one,) = joined(capture(link_text="甲区教育局"), read={PAGE: replace(silent, title=None)})
    assert (one.scope, one.scope_words) == ("single", "甲区教育局")
    (one,) = joined(capture(), read={PAGE: FULL})
    assert (one.scope, one.scope_words) == (None, None)


def test_where_a_date_was_read() -> None:
    page, pdf = capture(), attachment("x.pdf")
    signed = replace(FULL, published_on="2023-01-20", published_from="signature")
    for stamp, expected in (
        ("2023-01-28", ("2023-01-28", "page metadata")),
        ("2025-06-01", ("2023-01-20", "signature")),
        (None, ("2023-01-20", "signature")),
    ):
        cover = replace(COVER, dated=stamp)
        (one,) = joined(page, pdf, read={PAGE: cover, pdf.url: signed})
        assert (one.published_on, one.published_from) == expected


def test_a_page_with_files_of_two_units_is_two_reports() -> None:
    page, one, two = capture(), attachment("1.pdf"), attachment("2.pdf")
    other = replace(FULL, publisher="乙街道办事处")
    found = joined(page, one, two, read={PAGE: COVER, one.url: FULL, two.url: other})
    assert [item.identity.publisher for item in found] == ["甲区人民政府", "乙街道办事处"]
    assert [item.main.capture for item in found] == [one, two]


def test_a_table_the_document_lacks_comes_from_the_file_that_has_it() -> None:
    page, picture = capture(), attachment("2.png")
    first = replace(
        FULL,
        figures=(figure("requests/received/total", 5), figure("disputes/review/total", None)),
        checks=(Check("disputes.total", "disputes/review/total", "unknown"),),
    )
    second = report(
        figure("requests/received/total", None),
        figure("disputes/review/total", 2),
        checks=(Check("disputes.total", "disputes/review/total", "holds", Decimal(2), Decimal(2)),),
    )
    (one,) = joined(page, picture, read={PAGE: first, picture.url: second})
    assert [(f.key, f.value, document) for f, document in one.figures] == [
        ("requests/received/total", Decimal(5), page.sha256),
        ("disputes/review/total", Decimal(2), picture.sha256),
    ]
    assert [check.status for check in one.checks] == ["holds"]


def test_two_copies_that_print_different_figures_fail_a_check() -> None:
    page, pdf = capture(), attachment("x.pdf")
    other = replace(
        FULL,
        figures=(figure("requests/received/total", 6), figure("disputes/review/total", 2)),
    )
    (one,) = joined(page, pdf, read={PAGE: FULL, pdf.url: other})
    (check,) = one.checks
    assert check == Check(COPIES_AGREE, "requests/received/total", "fails", Decimal(5), Decimal(6))


def test_a_report_without_tables_is_kept_for_its_title() -> None:
    page, pdf = capture(link_text=TITLE), attachment("x.pdf")
    narrative = report(sections=(Section(1, "一、概述", "全文" * 200),))
    (one,) = joined(page, pdf, read={PAGE: COVER, pdf.url: narrative})
    assert one.main.capture == pdf
    assert one.figures == ()
    assert one.sections[0].heading == "一、概述"


def test_what_is_no_report_is_left_out_with_a_reason() -> None:
    page = capture(link_text="甲区2022年政府信息公开工作年度报告解读")
    assert left_out(page, read={PAGE: report(title="图解")}) == [
        "its title names another kind of document"
    ]
    plain = capture(link_text="更多")
    assert left_out(plain, read={PAGE: report(title="甲区新闻")}) == [
        "neither the form's tables nor a report's title"
    ]


def test_answers_that_are_no_content_are_left_out_with_their_reason() -> None:
    gone = capture(http_status=404)
    soft = capture("http://a.gov.cn/2", reason="soft 404")
    cut = capture("http://a.gov.cn/3", truncated="length")
    empty = capture("http://a.gov.cn/4", bytes=0)
    assert left_out(gone, soft, cut, empty, read={}) == [
        "HTTP 404",
        "soft 404",
        "incomplete: length",
        "empty answer",
    ]


def test_an_attachment_that_failed_this_time_is_taken_from_the_time_before() -> None:
    page, pdf = capture(), attachment("x.pdf")
    again = replace(page, id="2", run="r2", fetched_at="2026-11-21T06:00:00Z")
    failed = replace(
        pdf, id="3", run="r2", fetched_at="2026-11-21T06:00:01Z", http_status=503, sha256="f" * 64
    )
    found = joined(page, pdf, again, failed, read={PAGE: COVER, pdf.url: FULL})
    assert [item.main.capture for item in found] == [pdf, pdf]
    assert found[1].problems == ("attachment http://a.gov.cn/x.pdf: HTTP 503",)


def test_a_cover_whose_file_could_not_be_had_says_so() -> None:
    page, pdf = capture(), attachment("x.pdf", http_status=404)
    (one,) = joined(page, pdf, read={PAGE: COVER})
    assert one.problems == ("attachment http://a.gov.cn/x.pdf: HTTP 404",)


def test_two_years_in_one_report_are_a_remark() -> None:
    page = capture(link_text="甲区2021年政府信息公开工作年度报告")
    (one,) = joined(page, read={PAGE: FULL})
    assert one.identity.year == 2022
    assert one.problems == ("another year is named too: 2021 beside 2022",)


def test_a_file_that_a_list_leads_to_is_a_visit_of_its_own() -> None:
    pdf = capture("http://a.gov.cn/x.pdf", role="attachment", via="http://a.gov.cn/list")
    visit = Visit(None)
    assert visit.parts == ()
    (one,) = joined(pdf, read={pdf.url: FULL})
    assert one.main.capture == pdf
