"""All that was found, refusals first, and which rates are refused because of it."""

from __future__ import annotations

import pytest
from small_history import Row, alike, entry, small_history

from kyogyo.analytics.caveats import find_caveats, refusing_rate
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.groups import rates_by
from kyogyo.analytics.results import Caveat
from kyogyo.words import Text


def stream() -> list[Row]:
    return [
        *alike(1, 30, "2026-01-01", {"lead": 0, "meeting": 3, "won": 6, "active": 9}, amount=100),
        *alike(31, 20, "2026-01-01", {"lead": 0, "meeting": 3, "won": 6}, amount=100),
        *alike(51, 50, "2026-01-01", {"lead": 0, "meeting": 3, "lost": 5}),
        *alike(101, 100, "2026-01-01", {"lead": 0, "lost": 3}),
    ]


def opened() -> Funnel:
    attributes = {"product": dict.fromkeys(range(1, 51), "p"), "reason": dict.fromkeys(range(51, 201), "r"),
                  "need": dict.fromkeys(range(1, 101), "n"), "source": dict.fromkeys(range(1, 201), "s")}  # fmt: skip
    return open_funnel(small_history(stream(), attributes=attributes), track="new")


def test_refusals_come_first_and_notes_last() -> None:
    severities = [caveat.severity for caveat in find_caveats(opened())]
    assert severities == sorted(severities, key=["refusal", "limit", "note"].index)
    assert "refusal" in severities


def test_nothing_wrong_finds_nothing() -> None:
    rows = [
        *alike(1, 60, "2026-01-01", {"lead": 0, "meeting": 3, "won": 6, "active": 9}, every=3, amount=100),
        *alike(101, 60, "2026-01-01", {"lead": 0, "lost": 3}, every=3),
    ]  # fmt: skip
    history = small_history(rows, as_of="2026-07-09")
    assert find_caveats(open_funnel(history, track="new")) == ()


def test_no_history_on_a_track_still_finds_what_it_can() -> None:
    found = find_caveats(open_funnel(small_history([entry(1, 1, "2026-01-01", track=0)]), track="new"))  # fmt: skip
    assert [caveat.code for caveat in found] == ["stage_without_data"]


@pytest.mark.parametrize(
    ("step", "attribute", "code"),
    [
        # What is known only of those who won may be asked of what comes after, and of nothing before.
        ("lead>meeting", "product", "known_only_of_success"),
        ("meeting>won", "product", "known_only_of_success"),
        ("lead>active", "product", "known_only_of_success"),
        ("won>active", "product", None),
        ("lead>meeting", "need", "known_only_of_success"),
        ("meeting>won", "need", None),
        # What is written down at the exit says nothing about any step.
        ("lead>meeting", "reason", "known_only_at_exit"),
        ("won>active", "reason", "known_only_at_exit"),
        ("lead>meeting", "source", None),
    ],
)
def test_which_rates_are_refused(step: str, attribute: str, code: str | None) -> None:
    funnel = opened()
    refused = refusing_rate(find_caveats(funnel), funnel=funnel, step=step, attribute=attribute)
    assert (refused.code if refused else None) == code


def test_a_refused_rate_gives_counts_instead() -> None:
    funnel = opened()
    refused = refusing_rate(find_caveats(funnel), funnel=funnel, step="lead>won", attribute="product")  # fmt: skip
    result = rates_by(funnel, step="lead>won", attribute="product", refused=refused)
    assert (result.status, result.table.column_names) == ("refused", ["segment", "k", "share"])
    assert result.table.to_pylist() == [{"segment": "p", "k": 50, "share": 1.0}]


def test_a_ban_names_its_attribute_in_full() -> None:
    funnel = opened()
    ban = Caveat(code="x", severity="refusal", about=(), says=Text("x", "x"), evidence={},
                 forbids=("rate_by:sour", "mean_of:source", "rate_by:source:nowhere"))  # fmt: skip
    asked = [refusing_rate([ban], funnel=funnel, step="lead>meeting", attribute=name) for name in ("source", "sources", "sour")]  # fmt: skip
    # A stage that isn't measured can't be what the step lies after.
    assert asked == [ban, None, ban]
