"""A title of megabytes is none, and may not hold up all portals."""

from __future__ import annotations

import time

import pytest

from crawler.ask import Ask
from crawler.asking import says_titles
from crawler.discovery.page import Page
from crawler.discovery.titles import classify
from crawler.verdict import settle

URL = "http://a.gov.cn/zfxxgknb/"


@pytest.mark.parametrize("unit", ["年报", "2021年政府信息公开", "政府信息公开年报("])
def test_a_title_of_megabytes_is_told_in_time(unit: str) -> None:
    title = unit * (1_000_000 // len(unit))
    markup = f"<title>{title}</title><h1>{title}</h1><p>2021年报 {title}</p><a href=x>{title}</a>"
    ask = Ask(portal="p", url=URL, kind="either", text="年度报告")
    began = time.process_time()
    said = classify(title)
    says_titles(Page(URL, markup))
    role = settle(ask, Page(URL, markup))
    assert time.process_time() - began < 2
    assert (said.kind, role) != ("report", "report")
