"""The SVG: well formed, complete, and readable without colour, CSS or eyes."""

from __future__ import annotations

import re
import tomllib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.errors import ModelError
from kyogyo.revenue_model import RevenueModel, default_model, make_model
from kyogyo.revenue_model.draw import StageFigures, draw_svg
from kyogyo.revenue_model.load import DEFAULT_FILE
from kyogyo.words import LANGS, Lang

SVG = "{http://www.w3.org/2000/svg}"
MODEL = default_model()
FIGURES = {
    "lead": StageFigures("12,480", "38.2%"),
    "mql": StageFigures("4,767", "81.0%", "n=4,767"),
    "won": StageFigures("88"),
}


def drawn(svg: str) -> str:
    """All that is written into the picture, spaces left out: lines break as they need to."""
    texts = ET.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 -- our own
    return "".join("".join("".join(text.itertext()).split()) for text in texts)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("track", [track.code for track in MODEL.tracks])
def test_every_stage_department_and_end_is_named(track: str, lang: Lang) -> None:
    words = drawn(draw_svg(MODEL, track=track, lang=lang))
    here = [*MODEL.path(track), *MODEL.exits(track)]
    named = [stage.label for stage in here]
    named += [MODEL.department(stage.department).label for stage in MODEL.path(track)]

    assert [each for each in named if squeezed(each.text.say(lang)) not in words] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_buyer_state_handoff_and_channel_is_told(lang: Lang) -> None:
    words = drawn(draw_svg(MODEL, track="new_business", lang=lang))
    told = [stage.buyer_state for stage in MODEL.path("new_business")]
    told += [kind for channel in MODEL.channels for kind in channel.types]
    handoff = squeezed({"en": "Handoff", "ja": "引き継ぎ"}[lang])

    assert [each for each in told if each and squeezed(each.text.say(lang)) not in words] == []
    assert words.count(handoff) == 3 + ("引き継ぎ" in handoff) * sum(
        "引き継ぎ" in kind.ja for channel in MODEL.channels for kind in channel.types
    )


@pytest.mark.parametrize("lang", LANGS)
def test_figures_are_written_and_nothing_else_is_claimed(lang: Lang) -> None:
    words = drawn(draw_svg(MODEL, lang=lang, values=FIGURES))

    assert [
        text for text in ("12,480", "38.2%", "4,767", "81.0%", "n=4,767") if text not in words
    ] == []
    assert sorted(re.findall(r"[0-9.]+%", words)) == ["38.2%", "81.0%"]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Held back here"), ("ja", "ここで滞っています")]
)
@pytest.mark.parametrize("values", [None, FIGURES])
@pytest.mark.parametrize("stage", ["lead", "meeting_set", "negotiation", "adopted"])
def test_highlight_is_marked_in_words(
    stage: str, values: dict[str, StageFigures] | None, lang: Lang, words: str
) -> None:
    marked = draw_svg(MODEL, lang=lang, values=values, highlight=stage)
    plain = draw_svg(MODEL, lang=lang, values=values)

    assert drawn(marked).count(squeezed(words)) == 1
    assert squeezed(words) not in drawn(plain)


def test_screen_reader_hears_the_whole_picture() -> None:
    root = ET.fromstring(  # noqa: S314 -- our own
        draw_svg(
            MODEL,
            track="expansion",
            lang="en",
            highlight="expansion_signal",
            values={"expansion_signal": StageFigures("40", "50.0%", "n=40")},
        )
    )
    title, says = (root.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert says is not None

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {says.get('id')}"
    assert title.text == "THE MODEL (default): Expansion (upsell, cross-sell)"
    assert says.text == (
        "Customer success: Expansion signal (CSQL) (40, → 50.0%, n=40, Held back here). "
        "Handoff: Customer success to field sales (expansion), Acceptance: 8 business hours. "
        "Field sales: Expansion proposal → Expanded. "
        "How a journey ends: Lost, No decision, Recycled. "
        "The way back: Customer success to field sales."
    )


def test_description_in_japanese() -> None:
    root = ET.fromstring(draw_svg(MODEL, track="renewal", lang="ja"))  # noqa: S314 -- our own
    says = root.find(f"{SVG}desc")
    assert says is not None

    assert says.text == "カスタマーサクセス: 更新期 → 更新。案件の終わり: 解約。"


def test_every_colour_is_also_a_plain_value_and_may_be_set_by_a_page() -> None:
    svg = draw_svg(MODEL, lang="ja", values=FIGURES, highlight="lead")
    root = ET.fromstring(svg)  # noqa: S314 -- our own
    style = root.find(f"{SVG}style")
    assert style is not None
    assert style.text is not None
    coloured = [each for each in root.iter() if each.get("class", "").startswith(("f-", "s-"))]

    assert style.text.startswith("@supports (fill:var(--k)){")
    assert len(coloured) > 100
    for each in coloured:
        kind, name = each.get("class", "").split("-")
        value = each.get("fill" if kind == "f" else "stroke", "")
        assert re.fullmatch(r"#[0-9a-f]{6}", value)
        assert f"--k-{name}:var(--kyogyo-{name},{value});" in style.text


def test_text_can_be_read_on_its_ground_in_light_and_dark() -> None:
    """WCAG 2: 4.5 to 1. Departments' names stand on the ground and on their own water."""
    svg = draw_svg(MODEL, lang="ja")
    pairs = [("ink", "ground"), ("soft", "ground"), ("ground", "mark")]
    pairs += [(f"d{hue}", ground) for hue in range(6) for ground in ("ground", f"w{hue}")]
    pairs += [("ink", f"w{hue}") for hue in range(6)]
    for shade in (0, 1):
        colours = {
            name: re.findall(rf"--k-{name}:var\(--kyogyo-{name},(#\w+)\)", svg)[shade]
            for pair in pairs
            for name in pair
        }
        poor = [
            (ink, ground) for ink, ground in pairs if contrast(colours[ink], colours[ground]) < 4.5
        ]
        assert poor == []


def contrast(one: str, other: str) -> float:
    light = sorted((luminance(one), luminance(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_unknown_track_is_told() -> None:
    with pytest.raises(ModelError) as caught:
        draw_svg(MODEL, track="renewals", lang="en")

    assert caught.value.text.en.startswith('"renewals" is not a track. Did you mean "renewal"?')


def named(label: str) -> RevenueModel:
    data = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    for entry in (*data["stages"], *data["departments"], *data["tracks"], *data["channels"]):
        entry["label"] = label
    return make_model(data, name="renamed")


@given(label=st.text(min_size=1, max_size=30).filter(str.strip), lang=st.sampled_from(LANGS))
def test_any_label_makes_well_formed_xml_inside_its_frame(label: str, lang: Lang) -> None:
    svg = draw_svg(named(label), lang=lang)
    root = ET.fromstring(svg)  # noqa: S314 -- our own
    width, height = (float(each) for each in root.get("viewBox", "").split()[2:])

    places = [
        (float(text.get("x", "")), float(text.get("y", ""))) for text in root.iter(f"{SVG}text")
    ]
    assert [(x, y) for x, y in places if not (0 <= x <= width and 0 <= y <= height)] == []
