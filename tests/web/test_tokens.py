"""The colours are told apart by those who see less: WCAG 2.2, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "src/kyogyo/web/static/kyogyo/tokens.css"
_PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: pair for name, *pair in _PAIR.findall(TOKENS.read_text(encoding="utf-8"))}

DEPARTMENTS = [f"department-{number}" for number in range(5)]
TEXTS = [
    *[(text, ground) for text in ("ink", "muted", "accent", "good", "warn", "alarm") for ground in ("ground", "paper", "raised")],
    ("ink", "well"), ("muted", "well"),
    ("accent-ink", "accent"), ("alarm-ink", "alarm"),
    *[(name, f"{name}-soft") for name in ("accent", "good", "warn", "alarm", *DEPARTMENTS)],
    *[("ink", f"{name}-soft") for name in ("accent", "good", "warn", "alarm", *DEPARTMENTS)],
    *[(name, ground) for name in DEPARTMENTS for ground in ("paper", "ground")],
    *[("paper", name) for name in DEPARTMENTS],
]  # fmt: skip
EDGES = [(name, ground) for name in ("strong", "focus") for ground in ("paper", "ground")]


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, scheme: int) -> None:
    assert _contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edge_of_a_control_is_seen_on_its_ground(edge: str, ground: str, scheme: int) -> None:
    assert _contrast(COLOURS[edge][scheme], COLOURS[ground][scheme]) >= 3
