"""Text folded for matching only: radicals, full-width forms, quotes, spaces, numbering.

What is stored stays as printed; these keys never leave the package.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# PDF producers write radicals for the ideographs that look the same. The mapping is the property
# Equivalent_Unified_Ideograph of the Unicode Character Database (EquivalentUnifiedIdeograph.txt,
# 14.0.0; © Unicode, Inc.): 114 of the 115 characters of CJK Radicals Supplement (U+2E81 to U+2EF3,
# U+2E80 has none) and the 214 Kangxi radicals (U+2F00 to U+2FD5). NFKC leaves most of the former
# alone and changes other characters besides, so it is no substitute.
_SUPPLEMENT = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑"
    "艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_KANGXI = (
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳"
    "心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸"
    "缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音"
    "頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
)
_SUPPLEMENT_POINTS = (*range(0x2E81, 0x2E9A), *range(0x2E9B, 0x2EF4))
_RADICALS = dict(zip(_SUPPLEMENT_POINTS, _SUPPLEMENT, strict=True)) | dict(
    zip(range(0x2F00, 0x2FD6), _KANGXI, strict=True)
)

_QUOTES = dict.fromkeys(map(ord, "“”„‟«»『』「」＂〝〞"), '"') | dict.fromkeys(
    map(ord, "‘’‚‛"), "'"
)
_BRACKETS = dict(zip(map(ord, "〔〕［］【】﹙﹚"), "()()()()", strict=True))
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－─━﹣"), "-")
_ZEROS = dict.fromkeys(map(ord, "○〇◯Ｏ"), "〇")
_FOLDS = _RADICALS | _QUOTES | _BRACKETS | _DASHES | _ZEROS
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]+")


def _fold_character(character: str) -> str:
    """One character for one: what NFKC would make longer (㈠, …) stays."""
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text with look-alike characters unified, character for character.

    The result is as long as `text`, so a position found in it is a position in the original.
    """
    unified = text.translate(_FOLDS)
    if unified.isascii():
        return unified
    return "".join(c if c < "\u2000" else _fold_character(c) for c in unified)


def without_radicals(text: str) -> str:
    """The text with the ideographs that its radicals stand for, and nothing else changed."""
    return text.translate(_RADICALS)


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """The folded text without any white space or invisible characters."""
    return _INVISIBLE.sub("", fold(text))
