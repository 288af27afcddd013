"""Charts as SVG inside a page: text stays text, colours follow the page, names don't clash."""

from __future__ import annotations

import re
from typing import Any, Literal

from markupsafe import Markup, escape

from kyogyo.analytics.charts import draw
from kyogyo.analytics.charts.theme import COLOURS, PAPER
from kyogyo.analytics.readable import Voice
from kyogyo.analytics.results import Result

# The version of Vega-Lite that Altair 6 writes; vl-convert carries its code, nothing is fetched.
_VEGA_LITE = "6.1"
_DENSITY = 2
FileKind = Literal["svg", "png"]
_OPENING = re.compile(r"<svg[^>]*?width=\"(?P<width>[\d.]+)\" height=\"(?P<height>[\d.]+)\"[^>]*>")
_NAMES = re.compile(r'(\bid="|url\(#|href="#)')
# The chart is one image, named above it, in the letters of the page; and a hundredth of a pixel is
# as fine as it need be.
_NEEDLESS = re.compile(
    r' (?:role|aria-[a-z]+|font-family|class|pointer-events)="[^"]*"|(?<=\.\d\d)\d+'
)
_NOTHING = re.compile(r'<path(?: d="(?:M0,0h0v0h0Z)?"| display="none")+/>')
_RIM = 8  # pixels left and right, where the letters of the page are wider than those measured
_TAG = re.compile(r"<[^>]*>")
_HEX = {value: name for name, value in COLOURS.items()}
_COLOUR = re.compile("|".join(re.escape(value) for value in _HEX), re.IGNORECASE)


def chart_svg(
    *, chart: str, result: Result, voice: Voice, width: int, key: str, title: str, says: str
) -> Markup | None:
    """The chart as one `<svg role="img">`; None when there is nothing to draw.

    `key` is unique in the page and becomes part of every id. `title` and `says` are what a screen
    reader reads out.
    """
    spec = _spec(chart=chart, result=result, voice=voice, width=width, titled=False)
    if spec is None:
        return None
    import vl_convert  # noqa: PLC0415 -- slow import

    # Measured in a font that is quick to measure (a Japanese one takes ten times as long); the
    # page sets the letters in its own.
    spec["config"]["font"] = "sans-serif"
    svg = vl_convert.vegalite_to_svg(
        spec,
        vl_version=_VEGA_LITE,
        allowed_base_urls=[],
        show_warnings=False,
    )
    return _for_page(svg, key=key, title=title, says=says)


def chart_file(
    *, chart: str, result: Result, voice: Voice, width: int, kind: FileKind
) -> bytes | None:
    """The chart as a file that stands alone, with its title, on paper; None when there is nothing to draw.

    A PNG has two pixels for each one of `width`.
    """
    spec = _spec(chart=chart, result=result, voice=voice, width=width, titled=True)
    if spec is None:
        return None
    import vl_convert  # noqa: PLC0415 -- slow import

    spec["config"]["background"] = PAPER
    if kind == "png":
        return bytes(
            vl_convert.vegalite_to_png(
                spec,
                vl_version=_VEGA_LITE,
                scale=_DENSITY,
                allowed_base_urls=[],
                show_warnings=False,
            )
        )
    svg = vl_convert.vegalite_to_svg(
        spec, vl_version=_VEGA_LITE, allowed_base_urls=[], show_warnings=False
    )
    return str(svg).encode()


def _spec(
    *, chart: str, result: Result, voice: Voice, width: int, titled: bool
) -> dict[str, Any] | None:
    drawn = draw(
        chart=chart,
        result=result,
        lang=voice.lang,
        labels=voice.labels,
        currency=voice.currency,
        width=width,
        titled=titled,
    )
    if drawn is None:
        return None
    spec: dict[str, Any] = drawn.to_dict(validate=False)
    return spec


def _for_page(svg: str, *, key: str, title: str, says: str) -> Markup:
    opening = _OPENING.match(svg)
    if opening is None:  # pragma: no cover -- a new vl-convert that opens its SVG differently
        message = f"unexpected SVG: {svg[:200]}"
        raise AssertionError(message)
    width, height = (round(float(opening[name])) for name in ("width", "height"))
    head = (
        f'<svg role="img" aria-labelledby="{key}-t {key}-d" viewBox="{-_RIM} 0 {width + 2 * _RIM} {height}" '
        f'width="{width + 2 * _RIM}" height="{height}"><title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(says)}</desc>'
    )

    def in_tag(found: re.Match[str]) -> str:
        tag = _NAMES.sub(rf"\g<1>{key}-", _NEEDLESS.sub("", found[0]))
        return _COLOUR.sub(lambda colour: f"var(--{_HEX[colour[0].lower()]})", tag)

    # Only in tags: a word of the data may look like a colour or an id.
    body = _NOTHING.sub("", _TAG.sub(in_tag, svg[opening.end() :]))
    return Markup(head + body)  # noqa: S704 -- vl-convert escaped the text, and the head is escaped above
