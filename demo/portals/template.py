"""The frame of every simulated page, and the little style that makes it readable."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from demo.portals.content import Item

CSS = """
body{margin:0;font:16px/1.7 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#222;background:#f4f5f7}
header{background:#1f5fa8;color:#fff;padding:22px 8%}
header strong{font-size:26px;letter-spacing:2px}header em{display:block;font-style:normal;opacity:.85}
nav{background:#174a85;padding:0 8%}nav a{color:#fff;display:inline-block;padding:9px 16px;text-decoration:none}
main{background:#fff;margin:18px 8%;padding:18px 28px;min-height:320px;border:1px solid #dfe3e8}
h1{font-size:22px;text-align:center}h2{font-size:18px;border-left:4px solid #1f5fa8;padding-left:10px}
ul.list{list-style:none;padding:0}ul.list li{border-bottom:1px dashed #dcdfe4;padding:5px 0}
ul.list span{float:right;color:#888}a{color:#1a4f8b}.info{text-align:center;color:#888;font-size:14px}
table{border-collapse:collapse;width:100%}td{border:1px solid #555;padding:3px 5px;text-align:center;font-size:14px}
.notice{color:#a33;font-size:13px;text-align:center}.signature{text-align:right}
.side{float:left;width:170px}.side a{display:block;padding:6px}.pager{text-align:center}.pager a{margin:0 6px}
iframe,embed{width:100%;height:900px;border:1px solid #ccc}
footer{text-align:center;color:#777;font-size:13px;padding:14px 8% 26px}
"""  # noqa: E501 - a style sheet, one rule after another
FOOT = (
    "模拟演示门户：本页由 nianbao 项目在本机模拟，不是政府网站。"
    "Simulated demonstration portal: not a government website."
)

ADMIN = '<p class="info"><a href="/admin/login.html">管理员入口</a></p>'
"""A link that robots.txt forbids to follow."""


def page(name: str, title: str, main: str, *, menu: str, head: str = "") -> str:
    """A whole page of the portal called `name`; `main`, `menu` and `head` are HTML."""
    site = escape(f"{name}人民政府")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}_{site}</title>\n"
        f'<link rel="stylesheet" href="/css/site.css">\n{head}</head>\n<body>\n'
        f"<header><strong>{site}</strong><em>模拟演示门户 · Simulated demonstration portal</em>"
        f"</header>\n<nav>{menu}</nav>\n<main>\n{main}\n</main>\n"
        f"<footer>{FOOT}</footer>\n</body>\n</html>\n"
    )


def menu(links: Iterable[tuple[str, str]]) -> str:
    """A plain menu."""
    return "".join(f'<a href="{escape(url)}">{escape(label)}</a>' for label, url in links)


def rows(items: Sequence[Item], hrefs: Sequence[str]) -> list[str]:
    """The rows of a list of articles, the way most portals write them."""
    return [
        f'<li><a href="{escape(href)}" title="{escape(item.title)}">{escape(item.title)}</a>'
        f"<span>{item.day}</span></li>"
        for item, href in zip(items, hrefs, strict=True)
    ]


def listing(lines: Iterable[str]) -> str:
    """A list of rows."""
    return '<ul class="list">\n' + "\n".join(lines) + "\n</ul>"
