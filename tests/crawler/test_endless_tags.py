"""One tag may not hold up all portals: its attributes are bounded, and nothing else is changed."""

from __future__ import annotations

import time

import pytest

from crawler.discovery.attributes import MOST, ORDINARY, bounded
from crawler.discovery.page import Page

BEFORE = [
    "", "<style><a x='</style>", "<title><a x='</title>", '<textarea><a x="</textarea>',
    "<iframe><a x='</iframe>", "<noframes><a x='</noframes>", "<noscript><a x='</noscript>",
    "<!-- <a x=' -->", "<!-->", "<!--->", "<!-- <a x=' --!>", "<!-- -- >-->", "<!x <a x='>",
    "<?x <a x='>", "</ <a x='>", "</3 <a x='>", "</p <a>", "<![CDATA[ <a x='>", "<!DOCTYPE html '>",
    "<script>'<a x=' </script>", "<script><!--<script></script> <a x=' --></script>",
    "<script><!--<script>--> <a x='</script>", "<script></scriptx <a x='</script>",
    "<script/><a x='</script>", "<svg><style><a x='</style></svg>", "<p a='<'>", "<p a=x'>",
    "<p 'x>", "<p x=''y'>", "<p =x='>", "<p x= >", "<p x=>", "<p/x'/>", "<3 <a x='>", "< a x='>",
    "<STYLE><a x='</StYlE\n>", "<title/x='><a x='</title>", "<p \x0cx='>'>", "<b x=b'>",
]  # fmt: skip
AFTER = [">end'\"</a>", "'>\">end", ""]
WRITTEN = ["a{}=b", "a{}", "a{}='>'", '=a{}="<"', "a{} = b", "a{}=it's", "a{} <x"]


def attributes(count: int, form: str = "a{}=b", between: str = " ") -> str:
    return between.join(form.format(number) for number in range(count))


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("before", BEFORE)
def test_no_tag_has_more_whatever_stands_before_it(before: str, after: str) -> None:
    text = f"<html><body>{before}<a {attributes(20_000)}{after}<a href=/x>y</a></body></html>"
    tree = Page("http://a.gov.cn/", text).tree
    most = max(len(element.attrib) for element in tree.iter() if isinstance(element.tag, str))
    assert most <= MOST + 1


@pytest.mark.parametrize("between", [" ", "/", "\t\n", " / "])
@pytest.mark.parametrize("form", WRITTEN)
def test_no_tag_has_more_however_they_are_written(form: str, between: str) -> None:
    text = f"<html><body><a {attributes(20_000, form, between)}><a href=/x>y</a></body></html>"
    tree = Page("http://a.gov.cn/", text).tree
    most = max(len(element.attrib) for element in tree.iter() if isinstance(element.tag, str))
    assert most <= MOST + 1
    assert tree.xpath("//a/@href") == ["/x"]


@pytest.mark.parametrize("before", BEFORE)
def test_a_page_whose_tags_have_fewer_is_as_it_was(before: str) -> None:
    rows = "<p class='a b' title=\"c\">政府信息公开</p>" * 4_000
    text = f"<html><body>{before}<a {attributes(3_000)}>end'\"</a>{rows}</body></html>"
    assert len(text) > ORDINARY
    assert bounded(text) == text


@pytest.mark.parametrize(
    "unit", ["<a x='", "<script ", "<style>", "<!--", "<script><!--", "<a ", "</", "<title",
             "<style></style", "<script>", "<a x=\"<b y='", "<", "<!", "<a=", "<a/", "--!", "<p>"],
)  # fmt: skip
def test_the_scan_takes_no_longer_than_the_text_is_long(unit: str) -> None:
    began = time.process_time()
    bounded(unit * (2_000_000 // len(unit)))
    assert time.process_time() - began < 1


def test_a_tag_of_megabytes_is_read_in_time() -> None:
    text = f"<html><body><a {attributes(700_000)}>x</a><a href=/x>y</a></body></html>"
    began = time.process_time()
    assert Page("http://a.gov.cn/", text).tree.xpath("//a/@href") == ["/x"]
    assert time.process_time() - began < 3
