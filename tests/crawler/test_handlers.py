# ruff: noqa: E501 - recorded handlers, one a line
"""What the functions behind event handlers lead to, and what is left to a browser."""

from __future__ import annotations

import time

import pytest

from crawler.discovery.handlers import leads, loaded_addresses
from crawler.discovery.links import page_links
from crawler.discovery.page import Page

HOST = "http://www.example.gov.cn"
URL = f"{HOST}/zwgk/nb/list.jsp"


def page(script: str, body: str = "") -> Page:
    return Page(URL, f"<html><body>{body}<script>{script}</script></body></html>")


@pytest.mark.parametrize(
    ("script", "code", "url"),
    [
        ("function go(u){window.location.href='/site'+u}", "go('/gk/')", "/site/gk/"),
        ("function show(id){ window.open(\"/d/\" + id + '.html') }", "show(57)", "/d/57.html"),
        ("var go = function (u) { location.replace(u) }", "go('/gk/')", "/gk/"),
        ("const go=(y)=>{fetch(`/nb?year=${y}`)}", "go(2021)", "/nb?year=2021"),
        (
            "var base='/nb/';function tab(y){$.get(base+'y_'+y+'.html')}",
            "tab('2021')",
            "/nb/y_2021.html",
        ),
        ("function list(d,n){fetch('/l.do?d='+d+'&p='+n)}", "list('D001',1)", "/l.do?d=D001&p=1"),
        (
            "function go(u){location.href='x.jsp?u='+encodeURIComponent(u)}",
            "return go('a1');",
            "/zwgk/nb/x.jsp?u=a1",
        ),
        ("", "location.href='2.html'", "/zwgk/nb/2.html"),
    ],
)
def test_where_a_handler_leads(script: str, code: str, url: str) -> None:
    assert [lead.url for lead in leads(page(script), code)] == [HOST + url]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("function go(n){location.href='/l?'+btoa(n)}", "go(2)"),
        ("function go(n){location.href='/l?p='+(n-1)*15}", "go(2)"),
        ("function go(n){location.href='/l?p='+other}", "go(2)"),
        ("function go(n){$.post('/l?p='+n)}", "go(2)"),
        ("function go(n){location.href='/l?p='+n}", "go(this.id)"),
        ("function go(n){if(location.href=='/a'){}}", "go(2)"),
        ("", "go(2)"),
    ],
)
def test_what_cannot_be_put_together_is_unknown(script: str, code: str) -> None:
    assert leads(page(script), code) == []


def test_options_lead_where_their_menu_says() -> None:
    menu = '<select onchange="jump(this.value)"><option value="">请选择</option><option value="3">某局</option></select>'
    found = page_links(page("function jump(v){location.href='nb.php?unit='+v}", menu))
    assert [(link.url, link.text) for link in found] == [(f"{HOST}/zwgk/nb/nb.php?unit=3", "某局")]


def test_an_option_s_value_within_the_handler_itself() -> None:
    menu = "<select onchange=\"location.href='/nb/'+this.value+'.html'\"><option value=7>某局</option></select>"
    assert [link.url for link in page_links(page("", menu))] == [f"{HOST}/nb/7.html"]


def test_what_a_script_asks_for_as_it_stands() -> None:
    script = "$.getJSON('/t/a.json',f);fetch('/b?x=1');fetch('/c?n='+n);$.ajax({url:'/d.do',type:'post'})"
    assert loaded_addresses(page(script)) == [f"{HOST}/t/a.json", f"{HOST}/b?x=1"]


def test_titles_and_addresses_in_arrays() -> None:
    script = (
        "var data=[['某县2021年政府信息公开年报','/a/1.jhtml','2022-01-02'],['x','/a/2.jhtml']];"
    )
    found = [(link.url, link.text) for link in page_links(page(script))]
    assert found == [(f"{HOST}/a/1.jhtml", "某县2021年政府信息公开年报")]


def test_an_address_that_a_script_has_yet_to_put_together_is_no_link() -> None:
    script = "h='<a href=\"'+x.url+'\">'+x.title+'</a>'"
    assert page_links(page(script)) == ()


@pytest.mark.parametrize(
    "script",
    [
        "function f(" * 20_000,
        "f=function(a){" + "(" * 100_000,
        "['a'," * 50_000,
        "var a='" + "\\" * 200_000,
    ],
)
def test_hostile_scripts_cost_little(script: str) -> None:
    start = time.process_time()
    page_links(page(script, '<a onclick="f(1)">x</a>'))
    loaded_addresses(page(script))
    assert time.process_time() - start < 3
