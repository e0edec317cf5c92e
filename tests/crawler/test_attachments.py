# ruff: noqa: E501 - recorded markup and addresses, one a line
from __future__ import annotations

import pytest

from crawler.discovery.attachments import attachments
from crawler.discovery.page import Page

URL = "http://www.example.gov.cn/zwgk/zfxxgknb/202201/t20220120_1.html"


def files(markup: str) -> list[str]:
    return [
        link.url.removeprefix("http://www.example.gov.cn")
        for link in attachments(Page(URL, markup))
    ]


@pytest.mark.parametrize(
    ("markup", "path"),
    [
        ("<a href='./P0202.pdf'>附件</a>", "/zwgk/zfxxgknb/202201/P0202.pdf"),
        ("<a href='./W0202.DOC'>附件</a>", "/zwgk/zfxxgknb/202201/W0202.DOC"),
        *((f"<a href='/f/1.{kind}'>x</a>", f"/f/1.{kind}") for kind in
          ("docx", "wps", "ofd", "xls", "xlsx", "rtf", "zip", "rar")),
        ("<iframe src='/pdfjs/web/viewer.html?file=/f/2021.pdf'></iframe>", "/f/2021.pdf"),
        ("<iframe src='/viewer.html?file=%2Ff%2F%E5%B9%B4%E6%8A%A5.pdf'></iframe>", "/f/年报.pdf"),
        ("<iframe src='/static/pdfjs/web/viewer.html?file=/upload/down.ashx%3Ffid%3D7'></iframe>",
         "/upload/down.ashx?fid=7"),
        ("<iframe src='/onlinePreview?url=aHR0cDovL3d3dy5leGFtcGxlLmdvdi5jbi9mLzcuZG9jeA%3D%3D'></iframe>",
         "/f/7.docx"),
        ("<p>附件：<a href='/upload/down.ashx?fid=8'>点击下载</a></p>", "/upload/down.ashx?fid=8"),
        ("<div onclick=\"window.open('/upload/down.ashx?fid=9')\">查看全文</div>", "/upload/down.ashx?fid=9"),
        ("<embed src='/f/3.pdf'>", "/f/3.pdf"),
        ("<object data='/f/4.pdf' type='application/pdf'></object>", "/f/4.pdf"),
        ("<a href='javascript:;' onclick=\"window.open('/f/5.doc')\">下载</a>", "/f/5.doc"),
        ("<div onclick=\"openFile('/f/6.pdf')\">打开</div>", "/f/6.pdf"),
        ("<a href='/system/_content/download.jsp?urltype=news&wbfileid=4471936'>附件1</a>",
         "/system/_content/download.jsp?urltype=news&wbfileid=4471936"),
        ("<a href='/download?id=7'>2021年年度报告.docx</a>", "/download?id=7"),
        ("<div id='zoom'><img src='./W1.jpg'></div>", "/zwgk/zfxxgknb/202201/W1.jpg"),
        ("<div class='TRS_Editor'><p><img data-original='/f/2.png' src='/lazy.gif'></p></div>", "/f/2.png"),
    ],
)  # fmt: skip
def test_the_files_of_a_report(markup: str, path: str) -> None:
    assert files(f"<html><body>{markup}</body></html>") == [path]


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='/download/app.html'>手机客户端下载</a>",
        "<a href='/zwgk/202201/t2.html'>相关报告</a>",
        "<img src='/images/logo.png'>",
        "<div id='zoom'><img src='/images/icon_pdf.gif'><img src='/a.png' width='16' height='16'></div>",
        "<div class='footer'><img src='/gongan.png'></div>",
        "<a href='javascript:window.print()'>打印</a>",
        "<iframe src='/viewer.html?file=%5B%2F%2F%5Bx'></iframe><iframe src='/viewer.html?file='></iframe>",
        "<a href='/upload/list.aspx?id=3'>通知公告</a>",
    ],
)
def test_what_is_no_file_of_the_report(markup: str) -> None:
    assert files(f"<html><body>{markup}</body></html>") == []


def test_each_file_once_and_not_without_end() -> None:
    many = "".join(f"<a href='/f/{n % 60}.pdf'>{n}</a>" for n in range(120))
    assert len(files(many)) == 40
