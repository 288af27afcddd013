"""What came of a countermeasure, by the weeks of its teams."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kyogyo.analytics.events import History
from kyogyo.analytics.single_case import staggered_design
from kyogyo.records.queries.countermeasures import Listed, Opened, StartLine
from kyogyo.usecases.countermeasures.judge import judge_opened
from kyogyo.words import Text
from tests.analytics.small_history import alike, small_history
from tests.records.people import Company, make_company

FIRST = date(2026, 1, 5)  # a Monday
WEEKS, CASES = 24, 20
STARTS = {"inside": 10, "field": 14, "success": 17}  # weeks in which each team began
NAMES = {"inside": 1, "field": 2, "success": 3}


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def history(company: Company, *, helped: bool) -> History:
    """Each team and week 20 leads, of which 6 go on within 2 days; with it, where it helped, 12."""
    rows: list[dict[str, int]] = []
    for name, start in STARTS.items():
        owner = company.users[name].pk
        for week in range(WEEKS):
            monday = (FIRST + timedelta(weeks=week)).isoformat()
            # The weeks differ a little, the same way whatever is done.
            won = (12 if helped and week >= start else 6) + (week * NAMES[name]) % 3
            first = len(rows) * 1_000 + 1
            rows += alike(first, won, monday, {"lead": 0, "meeting": 2}, owner=owner)
            rows += alike(first + 500, CASES - won, monday, {"lead": 0}, owner=owner)
    return small_history(rows, as_of=(FIRST + timedelta(weeks=WEEKS, days=-1)).isoformat())


def opened(company: Company, *, began: dict[str, int] = STARTS, **changes: Any) -> Opened:
    design = staggered_design(teams=3, weeks=WEEKS, first=8, last=20, gap=3)
    line = Listed(
        id=1, title="Recap", track="new", node="conversion:lead", reason="conversion", segment="",
        segment_value="", department="", owner_id=1, owner="", state="running",
        first_on=FIRST, review_on=date(2026, 6, 1), expected=None, decision="", verdict={},
    )  # fmt: skip
    starts = tuple(
        StartLine(
            id=place, team_id=company.teams[name].pk, team=Text(en=name, ja=name), phase=1, is_on=True,
            planned_on=FIRST + timedelta(weeks=week),
            on=FIRST + timedelta(weeks=began[name]) if name in began else None,
        )
        for place, (name, week) in enumerate(STARTS.items(), start=1)
    )  # fmt: skip
    whole = Opened(
        line=line, hypothesis="", guard="", improves_up=True, expected_low=None, expected_high=None,
        design={"plan": asdict(design), "drawn": True, "expected_change": 0.5}, baseline_from=FIRST,
        made_at=datetime(2026, 1, 1, tzinfo=UTC), revision=1, steps=(), starts=starts, log=(), scores=(),
        may_change=True,
    )  # fmt: skip
    return replace(whole, **changes)


def test_effect_that_is_there_is_supported(company: Company) -> None:
    found = judge_opened(history(company, helped=True), opened(company), today=date(2026, 6, 22))
    assert found.judgement is not None
    assert (found.status, found.is_early, found.judgement.verdict) == ("judged", False, "supported")
    assert found.judgement.plan.drawn
    assert found.judgement.effect is not None
    # 6 to 8 of 20 before, 12 to 14 after: about 1.86 times as many.
    assert 0.6 < found.judgement.effect.change < 1.1


def test_nothing_that_moved_is_not_supported(company: Company) -> None:
    found = judge_opened(history(company, helped=False), opened(company), today=date(2026, 5, 1))
    assert found.judgement is not None
    assert found.is_early
    assert found.judgement.verdict != "supported"


def test_start_that_the_lot_did_not_give_is_said(company: Company) -> None:
    together = dict.fromkeys(STARTS, 10)
    found = judge_opened(
        history(company, helped=True), opened(company, began=together), today=date(2026, 6, 22)
    )
    assert found.judgement is not None
    assert not found.judgement.plan.drawn


def test_team_that_has_not_begun_yet_is_compared_with(company: Company) -> None:
    whole = history(company, helped=True)
    some = opened(company, began={"inside": 10})
    found = judge_opened(whole, some, today=FIRST + timedelta(weeks=WEEKS))
    assert found.judgement is not None
    assert found.pattern is not None
    assert found.pattern.sum(axis=1).tolist() == [14, 0, 0]


def test_countermeasure_that_has_not_started_or_cannot_be_counted_says_so(
    company: Company,
) -> None:
    whole = history(company, helped=True)
    waiting = judge_opened(whole, opened(company, began={}), today=date(2026, 1, 20))
    assert (waiting.status, waiting.judgement) == ("not_started", None)
    assert waiting.panel is not None
    capacity = opened(company)
    capacity = replace(capacity, line=replace(capacity.line, node="capacity:lead"))
    found = judge_opened(whole, capacity, today=date(2026, 6, 22))
    assert (found.status, found.panel) == ("not_measurable", None)
    assert "can't be counted week by week" in found.says.en


def test_time_is_counted_as_a_share_and_named_so(company: Company) -> None:
    """More who go on soon is better: a time that "rose" would say the opposite."""
    delay = opened(company)
    delay = replace(delay, line=replace(delay.line, node="delay:lead"))
    found = judge_opened(history(company, helped=True), delay, today=date(2026, 6, 22))
    assert found.panel is not None
    assert found.panel.measure.label.en == "Time at Lead: on within 2 days"
    assert found.panel.measure.improvement == "up"
