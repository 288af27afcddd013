"""The look of every chart: few colours, told apart without colour too, and one font stack.

Colours are fixed here as plain hex values, so that a chart shows anywhere. A page that knows
light and dark replaces each by a variable of its own (`COLOURS` gives the names).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kyogyo.analytics.readable import Voice
from kyogyo.words import Text, minor_digits

FONT = (
    "'Helvetica Neue', 'Segoe UI', Arial, 'Hiragino Sans', 'Hiragino Kaku Gothic ProN', "
    "'Yu Gothic UI', 'Noto Sans JP', 'Noto Sans CJK JP', Meiryo, sans-serif"
)

INK = "#1c2430"
MUTED = "#586273"
GRID = "#dde2e9"
BLUE = "#24598f"
RED = "#b3401f"
TEAL = "#1a746b"
VIOLET = "#6d4a9c"
GREY = "#7d8694"
PAPER = "#fefefe"
STEPS = ("#eaf0f7", "#c5d7ea", "#93b5d8", "#5688ba", "#2a5a92")  # little .. much
STEP_INKS = ("#1c2431", "#1c2432", "#1c2433", "#fefefd", "#fefefc")  # text on each of STEPS
UNSEEN = "#f4f5f7"

COLOURS = {
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "blue": BLUE,
    "red": RED,
    "teal": TEAL,
    "violet": VIOLET,
    "grey": GREY,
    "paper": PAPER,
    "unseen": UNSEEN,
    **{f"step-{place}": colour for place, colour in enumerate(STEPS, start=1)},
    **{f"step-{place}-ink": colour for place, colour in enumerate(STEP_INKS, start=1)},
}

# Lines are told apart by dash as well as by colour.
SERIES_COLOURS = (BLUE, RED, TEAL, VIOLET, GREY)
SERIES_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3])

NARROW = 480  # below this width labels go above their rows instead of beside them
SMALL, NORMAL = 11, 12


@dataclass(frozen=True, slots=True)
class Look:
    """For whom and how wide a chart is drawn. `width` is the whole width in pixels."""

    voice: Voice
    width: int = 680
    titled: bool = True

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    def say(self, en: str, ja: str) -> str:
        return self.voice.say(Text(en=en, ja=ja))


CONFIG: dict[str, Any] = {
    "font": FONT,
    "aria": False,  # a page describes the chart as a whole, and has its table beside it
    "background": "transparent",
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": SMALL,
        "titleFontSize": SMALL,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "titlePadding": 8,
    },
    "title": {"color": INK, "fontSize": 13, "fontWeight": 600, "anchor": "start", "offset": 10},
    "text": {"color": INK, "fontSize": SMALL},
}


def share_axis(values: list[float | None]) -> dict[str, Any]:
    """The scale's end and the axis of shares: from 0 to a round number above the largest."""
    top = max((value for value in values if value is not None), default=0.0)
    ends = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    end = next((end for end in ends if top <= end), top)
    return {"end": end, "format": ".1~%" if end <= 0.05 else ".0%"}


def money_axis(voice: Voice) -> str:
    """A Vega expression that writes an axis value in minor units as money in the language."""
    digits = minor_digits(voice.currency)
    value = f"(abs(datum.value) / {10**digits})"
    mark = voice.money(0).rstrip("0.")
    sizes = (
        ((1e8, "億"), (1e4, "万")) if voice.lang == "ja" else ((1e9, "B"), (1e6, "M"), (1e3, "k"))
    )
    written = f"format({value}, ',~r')"
    for size, letter in reversed(sizes):
        written = f"{value} >= {size:.0f} ? format({value} / {size:.0f}, ',.3~r') + '{letter}' : ({written})"
    return f"(datum.value < 0 ? '−' : '') + '{mark}' + ({written})"


def time_unit(seconds: list[float | None]) -> tuple[float, Text]:
    """The unit in which the largest of `seconds` reads well: its length, and its name."""
    top = max((value for value in seconds if value is not None), default=0.0)
    if top >= 2 * 86_400:
        return 86_400.0, Text(en="days", ja="日")
    return (
        (3_600.0, Text(en="hours", ja="時間"))
        if top >= 7_200
        else (60.0, Text(en="minutes", ja="分"))
    )
