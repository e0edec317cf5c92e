"""Names as people write them: what is one place is found, what may be several is not guessed."""

from __future__ import annotations

import pytest

from crawler.registry import Ambiguous, UnknownPlace, find


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("呼兰区人民政府", "230111"),
        ("呼兰区政府", "230111"),
        ("深圳市南山区人民政府", "440305"),
        ("黑龙江省 哈尔滨市 呼兰区", "230111"),
        ("哈尔滨\u3000呼兰", "230111"),
        ("嘉峪关", "620200"),
        ("嘉峪关市", "620200"),
        ("620200", "620200"),
        ("海南州", "632500"),
        ("延边州", "222400"),
        ("恩施州", "422800"),
        ("长阳县", "420528"),
        ("吉林省政府", "220000"),
    ],
)
def test_one_place_is_found(text: str, code: str) -> None:
    assert [portal.place for portal in find(text)] == [code]


@pytest.mark.parametrize(
    "text", ["南山区人民政府", "朝阳", "吉林", "海南", "通 州", "中山政府", "铁西区政府"]
)
def test_several_places_are_listed(text: str) -> None:
    with pytest.raises(Ambiguous) as caught:
        find(text)
    assert len(caught.value.candidates) > 1
    assert str(caught.value).startswith(f"{text} is the name of")


@pytest.mark.parametrize("text", ["人民政府", "政府", "人民", "呼兰区财政局", "区", "２３", "①②③"])
def test_what_names_no_place_is_none(text: str) -> None:
    with pytest.raises(UnknownPlace):
        find(text)
