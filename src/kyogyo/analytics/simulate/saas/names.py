"""Made-up names of companies and people, in Japanese and English. Any likeness is chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from kyogyo.words import Lang, Text


@dataclass(frozen=True, slots=True)
class Trade:
    """What a company does: its industry, and the word for it in company names."""

    industry: Text
    word: Text


_MANUFACTURING = Text("Manufacturing", "製造")
_LOGISTICS = Text("Logistics", "物流")
_RETAIL = Text("Retail and food", "小売・食品")
_SERVICES = Text("Services", "サービス")
_IT = Text("IT", "IT")
_REAL_ESTATE = Text("Construction and real estate", "建設・不動産")
_HEALTH = Text("Health care", "医療・介護")

TRADES = (
    Trade(_MANUFACTURING, Text("Precision", "精機")),
    Trade(_MANUFACTURING, Text("Works", "製作所")),
    Trade(_MANUFACTURING, Text("Chemicals", "化成")),
    Trade(_MANUFACTURING, Text("Electric", "電機")),
    Trade(_LOGISTICS, Text("Freight", "運輸")),
    Trade(_LOGISTICS, Text("Logistics", "ロジスティクス")),
    Trade(_RETAIL, Text("Foods", "フーズ")),
    Trade(_RETAIL, Text("Stores", "ストア")),
    Trade(_SERVICES, Text("Partners", "パートナーズ")),
    Trade(_SERVICES, Text("Travel", "トラベル")),
    Trade(_SERVICES, Text("Staffing", "スタッフィング")),
    Trade(_IT, Text("Systems", "システムズ")),
    Trade(_IT, Text("Software", "ソフトウェア")),
    Trade(_REAL_ESTATE, Text("Construction", "建設")),
    Trade(_REAL_ESTATE, Text("Estates", "不動産")),
    Trade(_HEALTH, Text("Medical", "メディカル")),
)


def _listed(words: str) -> list[str]:
    return words.split()


_STEMS = {
    "ja": (
        _listed(
            "青 朝 雨 石 糸 岩 梅 瑛 榎 大 荻 霞 風 金 鐘 桐 草 雲 暮 琴 桜 笹 汐 東雲 白 杉 鈴 砂 "
            "空 滝 竹 橘 千 月 椿 鶴 遠 常 夏 七 野 萩 花 早 春 日 檜 藤 冬 星 真 松 丸 水 道 緑 "
            "宮 紫 桃 八重"
        ),
        _listed(
            "凪 汀 嶺 苑 霧 楓 昴 渚 暁 帆 舟 笛 灯 雫 錦 蔵 庭 峡 磯 梢 鷹 雁 鹿 蛍 鈴 鏡 翠 "
            "穂 椛 鳴 幡 堤 篝 曙 茜 渡 杜 垣 塚 瀧"
        ),
    ),
    "en": (
        _listed(
            "Alder Amber Ash Bar Bel Birch Brack Bram Cald Carn Cedar Clay Corn Dale Dorn Dun "
            "East Elm Fair Fen Fern Flint Gar Glen Gold Grey Hal Haw Hazel Heath Holm Iron Kel "
            "Kest Lan Lark Lind Loch Mar Mere Mill Nor Oak Orm Pen Pine Quill Rav Red Rook Rowan "
            "Sal Silver Stan Stone Sul Tarn Thorn Tor Vale"
        ),
        _listed(
            "beck bourne brook bury by combe cote croft dale den field fold ford gate grove ham "
            "haven holt hurst keld land ley low marsh mead more mouth nell over rick ridge shaw "
            "side stead stow thorpe ton vale wick worth"
        ),
    ),
}
_FORMS = {
    "ja": ("株式会社{}", "{}株式会社"),
    "en": ("{} Inc.", "{} Ltd"),
}
# So many names there are in each language before they are numbered.
_FIRSTS, _SECONDS, _FORMS_COUNT = 60, 40, 2
_TURN = _FIRSTS * _SECONDS * _FORMS_COUNT * len(TRADES)
_FAMILY = {
    "ja": _listed(
        "青柳 秋元 石黒 今村 岩瀬 上原 榎本 大槻 岡部 小野寺 片桐 神谷 川口 北村 久保 黒田 "
        "小林 斎藤 坂本 佐々木 柴田 杉山 関口 高橋 田中 土屋 戸田 中島 西川 野村 長谷川 原田 "
        "平井 福田 藤井 堀 松尾 三浦 宮崎 森 安田 山口 吉田 渡辺"
    ),
    "en": _listed(
        "Abbott Baker Barnes Bennett Brooks Carter Chen Clarke Cooper Diaz Doyle Ellis Evans "
        "Foster Garcia Grant Hayes Hughes Ito Jensen Kaur Kelly Khan Kim Lopez Marsh Mason "
        "Murphy Nguyen Novak Okafor Owens Park Patel Perez Price Reyes Rossi Shah Silva Singh "
        "Stone Walsh Young"
    ),
}
_GIVEN = {
    "ja": _listed(
        "葵 明美 亜由美 一郎 恵 英樹 香織 和也 健太 浩二 彩香 早紀 聡 翔太 真一 智子 大輔 "
        "拓也 千尋 哲也 直樹 奈々 菜摘 典子 春香 光 秀明 裕子 誠 真由 美咲 美穂 恵理 康平 "
        "優 由佳 陽介 涼 玲奈 亮 若菜"
    ),
    "en": _listed(
        "Adam Aisha Alex Anna Ben Carla Chloe Dan Daniel Elena Emma Eric Fatima Grace Hana Ian "
        "Ivy Jack James Jin Julia Kate Ken Laura Leo Lucy Maria Mark Maya Mia Nina Noah Omar "
        "Paul Priya Rosa Ryan Sara Tom Vera Yuki"
    ),
}


def trade_of(account: int) -> Trade:
    """What the company of this number, from 0 on, does. The same in both languages."""
    return TRADES[_scattered(account % _TURN, _TURN) % len(TRADES)]


def company_name(account: int, *, lang: Lang) -> str:
    """The name of the company of this number, from 0 on. No two numbers have the same name."""
    firsts, seconds = _STEMS[lang]
    turn, place = divmod(account, _TURN)
    place, trade = divmod(_scattered(place, _TURN), len(TRADES))
    place, form = divmod(place, _FORMS_COUNT)
    second, first = divmod(place, _FIRSTS)
    word = TRADES[trade].word.say(lang)
    name = f"{firsts[first]}{seconds[second]}{' ' if lang == 'en' else ''}{word}"
    return _FORMS[lang][form].format(name if turn == 0 else f"{name} {turn + 1}")


def person_name(person: int, *, lang: Lang) -> str:
    """The name of the person of this number, from 0 on. No two numbers have the same name."""
    family, given = _FAMILY[lang], _GIVEN[lang]
    turn, place = divmod(person, len(family) * len(given))
    place = _scattered(place, len(family) * len(given))
    first, last = divmod(place, len(family))
    name = f"{given[first]} {family[last]}" if lang == "en" else f"{family[last]} {given[first]}"
    return name if turn == 0 else f"{name} {turn + 1}"


def _scattered(place: int, size: int) -> int:
    """A fixed reordering of range(size), so that neighbours don't have names alike."""
    step = int(size * 0.618)
    while gcd(step, size) != 1:
        step += 1
    return place * step % size
