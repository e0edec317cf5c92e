"""A portal that is known already: what is asked again, what the archive answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from small_portal import Answer, SmallPortal, crawled, items, page, serving, title

from archive import Archive

if TYPE_CHECKING:
    from pathlib import Path

    from small_portal import Asked

YEARS = range(2008, 2024)
UNITS = ("试验区", "试验区教育局", "试验区财政局")
COLUMN = "/zwgk/zfxxgknb/"


def put_many(site: SmallPortal, *, pages: int = 3) -> list[str]:
    """A column of 48 reports on several pages; the reports' paths."""
    links: list[tuple[str, str]] = []
    for unit in UNITS:
        for year in YEARS:
            path = f"{COLUMN}{year + 1}01/t{year + 1}0120_{len(links)}.html"
            site.put(path, title(year, unit), f"<p>一、总体情况</p><p>{'正文' * 500}</p>")
            links.append((title(year, unit), path))
    size = -(-len(links) // pages)
    for number in range(pages):
        name = f"{COLUMN}index_{number}.html" if number else COLUMN
        pager = f'<script>createPageHTML({pages}, {number}, "index", "html");</script>'
        shown = links[number * size : (number + 1) * size]
        site.put(name, "政府信息公开年报", items(*shown) + pager)
    return [path for _, path in links]


def second(site: SmallPortal, data: Path, **options: object) -> list[str]:
    """Crawl twice; the paths that the second crawl asked for."""
    crawled(site, data)
    site.asked.clear()
    summary = crawled(site, data, **options)
    assert summary.found == summary.unchanged == len(UNITS) * len(YEARS)
    return [line.split(" ")[1] for line in site.lines]


def test_most_reports_of_an_unchanged_portal_are_not_asked_for_again(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site)
        asked = second(site, tmp_path)
    assert {"/robots.txt", "/", COLUMN} <= set(asked)
    assert 1 <= sum("/t20" in path for path in asked) <= 4
    assert len(asked) <= 9


def test_an_unchanged_portal_without_validators_sends_little(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site)
        crawled(site, tmp_path)
        first, site.sent = site.sent, 0
        crawled(site, tmp_path)
    assert site.sent <= first // 20


def test_what_was_not_asked_for_again_is_counted_apart(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site)
        crawled(site, tmp_path)
        site.asked.clear()
        summary = crawled(site, tmp_path)
    asked = sum("/t20" in line for line in site.lines)
    assert (summary.unchanged, summary.held) == (48, 48 - asked)


def test_every_report_has_its_turn(tmp_path: Path) -> None:
    with serving() as site:
        paths = set(put_many(site))
        crawled(site, tmp_path)
        site.asked.clear()
        # Times are kept by the second, so of crawls within one second some ask the same again.
        for _ in range(70):
            crawled(site, tmp_path)
            if paths <= (asked := {line.split(" ")[1] for line in site.lines}):
                break
    assert paths <= asked


def test_a_new_report_is_found_at_once(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site)
        crawled(site, tmp_path)
        known = site.answers[COLUMN]
        assert isinstance(known, Answer)
        path = f"{COLUMN}202501/t20250120_999.html"
        site.put(path, title(2024), "<p>正文</p>")
        site.answers[COLUMN] = Answer(items((title(2024), path)) + str(known.body))
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.new) == (49, 1)


def test_the_further_pages_of_a_list_that_changed_are_asked(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site, pages=6)
        crawled(site, tmp_path)
        known = site.answers[COLUMN]
        assert isinstance(known, Answer)
        site.answers[COLUMN] = Answer(str(known.body).replace(">试验区2008", ">新试验区2008"))
        site.asked.clear()
        crawled(site, tmp_path)
    assert sum("/index_" in line for line in site.lines) == 5


def test_a_clock_on_the_page_is_no_change(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site, pages=6)
        known = site.answers[COLUMN]
        assert isinstance(known, Answer)
        site.answers[COLUMN] = lambda asked: Answer(f"{known.body!s}<p>现在 {asked.at}</p>")
        asked = second(site, tmp_path)
    assert sum("/index_" in path for path in asked) <= 3


def test_an_entry_with_another_title_is_asked_for(tmp_path: Path) -> None:
    with serving() as site:
        changed = put_many(site, pages=1)[40]
        crawled(site, tmp_path)
        known = site.answers[COLUMN]
        assert isinstance(known, Answer)
        site.answers[COLUMN] = Answer(str(known.body).replace(f'{changed}">', f'{changed}">更正：'))
        site.put(changed, "更正", "<p>更正后的正文</p>")
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.new) == (48, 1)


def test_all_is_asked_again_where_that_is_wanted(tmp_path: Path) -> None:
    with serving() as site:
        paths = put_many(site)
        asked = second(site, tmp_path, ask_all=True)
    assert set(paths) <= set(asked)


def test_files_go_with_their_page(tmp_path: Path) -> None:
    with serving() as site:
        paths = put_many(site)
        for number, path in enumerate(paths):
            file = f"/files/{number}.pdf"
            site.put(path, title(2008 + number % 16), f'<a href="{file}">附件.pdf</a>')
            site.answers[file] = Answer(b"%PDF-1.4 " + b"%d" % number * 200)
        crawled(site, tmp_path)
        site.asked.clear()
        summary = crawled(site, tmp_path)
    asked = {line.split(" ")[1] for line in site.lines}
    for number, path in enumerate(paths):
        assert (path in asked) == (f"/files/{number}.pdf" in asked)
    assert summary.portals[0].attachments == 48


def test_a_column_that_moved_is_found_again(tmp_path: Path) -> None:
    with serving() as site:
        paths = put_many(site)
        crawled(site, tmp_path)
        for path in [*paths, COLUMN, f"{COLUMN}index_1.html", f"{COLUMN}index_2.html"]:
            answer = site.answers.pop(path)
            assert isinstance(answer, Answer)
            body = str(answer.body).replace(COLUMN, "/gk/nb/")
            site.answers[path.replace(COLUMN, "/gk/nb/")] = Answer(body)
        site.put("/zwgk/", "政务公开", items(("政府信息公开年报", "/gk/nb/")))
        summary = crawled(site, tmp_path)
    assert summary.found == 48


def test_a_report_that_is_gone_is_still_said_when_its_turn_comes(tmp_path: Path) -> None:
    with serving() as site:
        paths = put_many(site)
        crawled(site, tmp_path)
        del site.answers[paths[0]]
        turns = (crawled(site, tmp_path).failed for _ in range(17))
        assert 1 in turns
        assert crawled(site, tmp_path).failed == 1


def test_reports_that_no_list_names_any_more_are_said(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site, pages=1)
        crawled(site, tmp_path)
        known = site.answers[COLUMN]
        assert isinstance(known, Answer)
        rows = str(known.body).split("<li>")
        del rows[3]
        site.answers[COLUMN] = Answer("<li>".join(rows))
        summary = crawled(site, tmp_path)
        with Archive(tmp_path, readonly=True) as archive:
            kept = list(archive.captures(roles=["report"]))
    assert summary.found == 47
    assert [line for line in summary.problems if "no longer" in line]
    assert len(kept) >= 48


def test_a_session_in_the_links_is_not_another_page(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site, pages=1)
        known = site.answers[COLUMN]
        assert isinstance(known, Answer)
        body = str(known.body)

        def listed(_: object) -> Answer:
            number = f"{len(site.asked):032X}"
            return Answer(body.replace('.html"', f'.html;jsessionid={number}"'))

        site.answers[COLUMN] = listed
        asked = second(site, tmp_path)
    assert sum("/t20" in path for path in asked) <= 4
    assert not any("jsessionid" in path for path in asked)


def test_reports_of_a_rebuilt_site_are_not_said_to_be_missing(tmp_path: Path) -> None:
    with serving() as site:
        paths = put_many(site)
        crawled(site, tmp_path)
        for path in [*paths, COLUMN, f"{COLUMN}index_1.html", f"{COLUMN}index_2.html"]:
            answer = site.answers.pop(path)
            assert isinstance(answer, Answer)
            body = str(answer.body).replace(COLUMN, "/gk/nb/")
            site.answers[path.replace(COLUMN, "/gk/nb/")] = Answer(body)
        site.put("/zwgk/", "政务公开", items(("政府信息公开年报", "/gk/nb/")))
        del site.answers[paths[0].replace(COLUMN, "/gk/nb/")]
        first = site.answers["/gk/nb/"]
        assert isinstance(first, Answer)
        rows = str(first.body).split("<li>")
        del rows[1]
        site.answers["/gk/nb/"] = Answer("<li>".join(rows))
        summary = crawled(site, tmp_path)
    assert summary.found == 47
    said = [line for line in summary.problems if "no longer listed" in line]
    assert said == [
        f"试验区: one report of earlier runs no longer listed: {site.url[:-1]}{paths[0]}"
    ]


def test_a_portal_at_another_address_has_lost_nothing(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site)
        crawled(site, tmp_path)
    with serving() as site:
        paths = put_many(site)
        site.put(COLUMN, "政府信息公开年报", items((title(2008), paths[0])))
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    assert summary.problems == []


def test_a_column_that_moved_beneath_a_page_left_alone_is_found_again(tmp_path: Path) -> None:
    with serving() as site:
        put_many(site)
        before = items(("信息公开", "/a1/"), ("政务信息", "/a2/"))  # whose turn comes first
        site.put("/", "试验区人民政府", before + items(("政务公开", "/zwgk/")))
        for path in ("/a1/", "/a2/"):
            site.put(path, "信息公开", "<p>无</p>")
        site.put("/zwgk/", "政务公开", items(("政府信息公开年报", COLUMN)))
        crawled(site, tmp_path)
        moved = "/gongkai/nb/"
        for path, answer in list(site.answers.items()):
            if path.startswith(COLUMN):
                site.answers[path.replace(COLUMN, moved)] = site.answers.pop(path)
                if isinstance(answer, Answer):
                    text = str(answer.body).replace(COLUMN, moved)
                    site.answers[path.replace(COLUMN, moved)] = Answer(text)
        site.put("/zwgk/", "政务公开", items(("政府信息公开年报", moved)))
        summary = crawled(site, tmp_path)
    assert summary.found == 48


def test_pages_by_a_form_with_tokens_wait_while_the_list_is_as_it_was(tmp_path: Path) -> None:
    links = [(title(year), f"/a/202201/t2022010{year - 2010}_1.html") for year in YEARS[:9]]
    count = 0

    def answer(asked: Asked) -> Answer:
        nonlocal count
        count += 1
        sent = parse_qs(asked.body.decode())
        number = int(sent.get("page", ["1"])[0])
        assert number == 1 or sent["token"][0]
        shown = items(*links[number * 3 - 3 : number * 3])
        form = (
            f'<form name="f" method="post" action="{COLUMN}"><input type="hidden" name="token" '
            f'value="{count}"><input type="hidden" name="page" value="1"></form>共 3 页'
            '<a href="javascript:go(2)">2</a><a href="javascript:go(3)">3</a>'
            "<script>function go(n){document.f.page.value=n;document.f.submit()}</script>"
        )
        return Answer(page("政府信息公开年报", shown + form))

    with serving() as site:
        site.answers[COLUMN] = answer
        for text, path in links:
            site.put(path, text, f"<p>{'正文' * 500}</p>")
        assert crawled(site, tmp_path).found == 9
        site.asked.clear()
        assert crawled(site, tmp_path).unchanged == 9
        assert not [line for line in site.lines if line.startswith("POST")]
        links[0] = (title(2030), "/a/202201/t20220109_2.html")
        site.put("/a/202201/t20220109_2.html", title(2030), "<p>正文</p>")
        site.asked.clear()
        assert crawled(site, tmp_path).found == 9
    assert [line for line in site.lines if line.startswith("POST")]


def test_a_clock_and_a_counter_in_a_report_make_no_new_version_of_it(tmp_path: Path) -> None:
    path, count = "/a/202201/t20220109_1.html", 7

    def answer(asked: Asked) -> Answer:
        clock = f"<p>现在时间 {asked.at:.0f} 10:0{asked.at % 10:.0f} 浏览次数：{asked.at:.0f}</p>"
        return Answer(page(title(2021), f"{clock}<p>主动公开{count}件。</p>"))

    with serving() as site:
        site.answers[path] = answer
        site.put(COLUMN, "年报", items((title(2021), path)))
        crawled(site, tmp_path)
        site.put(COLUMN, "年报", items((title(2021) + "（图片版）", path)))  # so it is asked again
        again = crawled(site, tmp_path)
        assert (again.found, again.new) == (1, 0)
        count = 8
        site.put(COLUMN, "年报", items((title(2021) + "（更正）", path)))
        corrected = crawled(site, tmp_path)
    assert (corrected.found, corrected.new) == (1, 1)
