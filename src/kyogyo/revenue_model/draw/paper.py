"""Pieces of SVG: every text escaped, every colour a plain value that a page's own may replace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from kyogyo.words import Lang

# Characters that no XML may hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FACES = {
    "ja": "'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic UI','Yu Gothic',Meiryo,"
    "system-ui,sans-serif",
    "en": "Inter,'Segoe UI',system-ui,-apple-system,'Noto Sans','Noto Sans CJK JP',sans-serif",
}

# name: (in the light, in the dark). `wN` and `dN` are the water and the ink of a department.
_COLOURS = {
    "ground": ("#ffffff", "#12191e"),
    "ink": ("#1c2b33", "#e8eef1"),
    "soft": ("#566770", "#a3b1b9"),
    "line": ("#ccd5da", "#3a474f"),
    "foam": ("#ffffff", "#12191e"),
    "mark": ("#a8400f", "#ffb086"),
    "w0": ("#cbe6e2", "#1d4a48"),
    "d0": ("#12625c", "#8ad8cf"),
    "w1": ("#cfe0f4", "#1f4166"),
    "d1": ("#1f538f", "#9cc5f5"),
    "w2": ("#dfd9f1", "#3a3468"),
    "d2": ("#544191", "#c3b8f5"),
    "w3": ("#dbe9cb", "#34502a"),
    "d3": ("#41661c", "#b4d994"),
    "w4": ("#f2e4c9", "#57431b"),
    "d4": ("#7c5510", "#e9c987"),
    "w5": ("#f3d9dc", "#5b2f38"),
    "d5": ("#8c3144", "#f0b0bb"),
}
HUES = 6


def fill(name: str) -> str:
    """The attributes of something filled with a colour."""
    return f'class="f-{name}" fill="{_COLOURS[name][0]}"'


def stroke(name: str, *, width: float, dashes: str = "") -> str:
    """The attributes of a line in a colour."""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'class="s-{name}" fill="none" stroke="{_COLOURS[name][0]}" stroke-width="{width:g}" '
        f'stroke-linecap="round" stroke-linejoin="round"{dashed}'
    )


def said(text: str) -> str:
    """A text as XML holds it."""
    return escape(_NOT_XML.sub("\ufffd", text), quote=True)


def text(
    words: str,
    *,
    x: float,
    y: float,
    size: float,
    colour: str = "ink",
    bold: bool = False,
    anchor: str = "middle",
) -> str:
    """One line of text, its baseline at `y`."""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}"{weight} '
        f"{fill(colour)}>{said(words)}</text>"
    )


def pair(first: str, then: str, *, x: float, y: float, size: float) -> str:
    """A bold word and what is said about it, on one line from `x` on."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" {fill("ink")}>'
        f'<tspan font-weight="700">{said(first)}</tspan>'
        f'<tspan dx="{size * 0.7:.1f}" {fill("soft")}>{said(then)}</tspan></text>'
    )


def lines(
    every: Sequence[str],
    *,
    x: float,
    y: float,
    size: float,
    colour: str = "ink",
    bold: bool = False,
    anchor: str = "middle",
) -> list[str]:
    """Lines of text below one another, the first baseline at `y`."""
    return [
        text(line, x=x, y=y + row * size * 1.36, size=size, colour=colour, bold=bold, anchor=anchor)
        for row, line in enumerate(every)
    ]


def page(
    parts: Iterable[str],
    *,
    width: float,
    height: float,
    key: str,
    title: str,
    says: str,
    lang: Lang,
) -> str:
    """A whole SVG document. `key` begins every id, so that two can stand on one page."""
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="100%" role="img" aria-labelledby="{key}-title {key}-says" lang="{lang}" '
        f'class="kyogyo-stream" font-family="{said(_FACES[lang])}">\n'
        f'<title id="{key}-title">{said(title)}</title>\n<desc id="{key}-says">{said(says)}</desc>\n'
        f"<style>{_style()}</style>\n"
        f'<rect width="{width:g}" height="{height:g}" {fill("ground")}/>\n{body}\n</svg>\n'
    )


def _style() -> str:
    """Each colour as a custom property. A page may set --kyogyo-ink and so on; without it the
    reader's own choice of light or dark decides. Where CSS has no such properties, the attributes
    count: programs that don't know them don't know @supports either, and leave it all out."""
    rules = []
    for when, shade in (("", 0), ("@media (prefers-color-scheme:dark)", 1)):
        own = "".join(
            f"--k-{name}:var(--kyogyo-{name},{shades[shade]});" for name, shades in _COLOURS.items()
        )
        rule = f".kyogyo-stream{{{own}}}"
        rules.append(f"{when}{{{rule}}}" if when else rule)
    for name in _COLOURS:
        rules.append(f".kyogyo-stream .f-{name}{{fill:var(--k-{name})}}")
        rules.append(f".kyogyo-stream .s-{name}{{stroke:var(--k-{name})}}")
    return f"@supports (fill:var(--k)){{{''.join(rules)}}}"
