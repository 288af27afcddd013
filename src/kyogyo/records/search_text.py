"""Names cut into pairs of characters, so that any part of one is found, in however it is written.

株式会社髙島屋, ㈱高島屋 and （株）タカシマヤ's kana are folded alike; `Account.search`,
`Person.search` and `Journey.search` hold the result, and the database has an index over its words
(migration 0003). Pairs and not triples: 東芝 has two characters, and must be found.
"""

from __future__ import annotations

import re
import unicodedata

# What NFKC leaves apart: other forms of the same character, as they stand in the names of companies and people.
_VARIANTS = {
    "高": "髙", "崎": "﨑嵜碕", "斎": "齋齊斉", "辺": "邊邉", "沢": "澤", "浜": "濱濵", "国": "國",
    "広": "廣", "桜": "櫻", "島": "嶋嶌", "栄": "榮", "条": "條", "竜": "龍", "鉄": "鐵", "会": "會",
    "吉": "𠮷", "徳": "德", "富": "冨", "真": "眞", "槙": "槇", "滝": "瀧", "恵": "惠", "曽": "曾",
    "黒": "黑", "関": "關", "宝": "寶", "万": "萬", "学": "學", "実": "實", "来": "來", "亀": "龜",
    "渋": "澁", "静": "靜", "礼": "禮", "円": "圓", "塩": "鹽", "薬": "藥", "県": "縣", "総": "總",
    "団": "團", "豊": "豐", "芸": "藝", "帯": "帶", "検": "檢", "産": "產", "瀬": "瀨", "増": "增",
    "桧": "檜", "館": "舘", "峰": "峯", "船": "舩",
}  # fmt: skip
_FOLD = str.maketrans(
    {odd: usual for usual, odds in _VARIANTS.items() for odd in odds}
    | {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}  # hiragana to katakana
)
# After that only, so that small hiragana is reached too (キャノン = キヤノン).
_SMALL_FOLD = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_DASHES = re.compile(r"(?<=[ァ-ヺー])[-‐‑‒–—―−]")

_JAPANESE_FORMS = (
    "株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "相互会社", "一般社団法人",
    "公益社団法人", "一般財団法人", "公益財団法人", "社団法人", "財団法人", "学校法人", "医療法人",
    "社会福祉法人", "宗教法人", "特定非営利活動法人", "NPO法人", "独立行政法人",
    "国立大学法人", "カブシキガイシヤ", "ユウゲンガイシヤ", "ゴウドウガイシヤ",
)  # fmt: skip
_SHORT_FORMS = r"\((?:株|有|同|資|名|相|社|財|学|医|福|宗|独)\)"
_LATIN_FORMS = (
    r"(?<![a-z0-9])(?:co\.?,?\s*ltd|company,?\s*limited|k\.?k|inc|incorporated|corp|corporation"
    r"|ltd|limited|llc|llp|plc|gmbh|ag|s\.?a|co)(?![a-z0-9])\.?"
)
_LEGAL_FORM = re.compile(
    "|".join([*(re.escape(form.lower()) for form in _JAPANESE_FORMS), _SHORT_FORMS])
)
_LATIN_FORM_AT_THE_END = re.compile(rf"(?:[\s,]+{_LATIN_FORMS})+\s*$")

EXACT = "="  # before a whole name; the tokenizer keeps it as part of the word


def fold(text: str) -> str:
    """One way of writing: width, case, kana, small kana, old and new forms of characters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = plain.translate(_FOLD).translate(_SMALL_FOLD)
    return _DASHES.sub("ー", plain)


def name_key(name: str) -> str:
    """What two writings of one company's name share: letters and digits without the legal form.

    >>> name_key("㈱髙島屋") == name_key("株式会社 高島屋")
    True
    """
    folded = fold(name)
    return _joined(_without_legal_form(folded)) or _joined(folded)


def bare_domain(domain: str) -> str:
    """An address of a site as its domain: without scheme, www and path."""
    plain = fold(domain).strip().partition("://")[2] or fold(domain).strip()
    return plain.partition("/")[0].removeprefix("www.").partition(":")[0]


def search_text(*names: str) -> str:
    """The value of a `search` column for a row that is known by all of `names`; empty ones don't count.

    Each name gives its key as one whole word (marked, for finding duplicates) and every pair of
    neighbouring characters in order; the last character stands alone, so that it is found too.
    """
    words: list[str] = []
    for name in names:
        whole = _joined(fold(name))
        if not whole:
            continue
        key = name_key(name)
        # A name that fills a column is no word to look up whole: PostgreSQL takes 2 kB at most.
        words.append(f"{EXACT}{key[:300]}")
        for text in dict.fromkeys((key, whole)):
            words.extend(text[at : at + 2] for at in range(len(text)))
    return " ".join(words)


def query_phrases(query: str) -> tuple[tuple[str, ...], ...]:
    """What was asked for, as runs of pairs: each run must stand in a row's `search`.

    A run of one pair that has only one character is to be looked for as the beginning of a pair.
    """
    folded = fold(query)
    without = _without_legal_form(folded)
    asked = without if _joined(without) else folded
    runs = (_joined(word) for word in asked.split())
    return tuple(
        tuple(word[at : at + 2] for at in range(max(len(word) - 1, 1))) for word in runs if word
    )


def _without_legal_form(folded: str) -> str:
    return _LATIN_FORM_AT_THE_END.sub("", _LEGAL_FORM.sub(" ", folded).strip())


def _joined(text: str) -> str:
    """Letters and digits alone. The long vowel mark is a letter."""
    return "".join(one for one in text if one.isalnum())
