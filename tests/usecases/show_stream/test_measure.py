"""The numbers of the stream, counted by hand on a tiny history, and the same as those of the report."""

from __future__ import annotations

import pytest

from kyogyo.analytics.events import History
from kyogyo.analytics.funnel import open_funnel
from kyogyo.errors import RuleError
from kyogyo.period import Span
from kyogyo.usecases.measure_stream import StageMeasured, period_of
from kyogyo.usecases.report_funnel import report_funnel
from kyogyo.usecases.show_stream import Asked, TeamChoice
from kyogyo.usecases.show_stream.hold import find_held
from kyogyo.usecases.show_stream.page import Judging, make_page
from kyogyo.words import Text
from tests.analytics.small_history import (
    Row,
    alike,
    changed_model,
    day,
    entry,
    small_history,
    two_track_model,
)
from tests.analytics.small_stream import Change, make_stream

_MARKETING = 'department = "marketing" },\n  { code = "meeting"'
LIMITS = changed_model(
    (
        _MARKETING,
        _MARKETING.replace('"marketing" }', '"marketing", horizon_days = 10, expected_days = 15 }'),
    )
)


def tiny_rows() -> list[Row]:
    """April: 24 leads on the 1st, 12 of which meet in 5 days and 6 of these win in 8; 3 are lost; 2 leads on the 28th.

    March: 4 leads that stay leads.
    """
    return [
        *alike(1, 6, "2026-04-01", {"lead": 0, "meeting": 5, "won": 8}, owner=7),
        *alike(11, 6, "2026-04-01", {"lead": 0, "meeting": 5}, owner=7),
        *alike(21, 3, "2026-04-01", {"lead": 0, "lost": 6}, owner=8),
        *alike(31, 9, "2026-04-01", {"lead": 0}, owner=8),
        *alike(41, 2, "2026-04-28", {"lead": 0}, owner=8),
        *alike(51, 4, "2026-03-20", {"lead": 0}, owner=8),
    ]


def tiny(**more) -> Judging:  # type: ignore[no-untyped-def]
    source = {n: "web" if n < 30 else "event" for n in range(1, 60)}
    return Judging(
        small_history(
            tiny_rows(), as_of="2026-04-30", model=LIMITS, attributes={"source": source}, **more
        )
    )


def stages(judging: Judging, **asked: str) -> dict[str, StageMeasured]:
    page = make_page(judging, asked=Asked(**{"period": "month", **asked}), teams=TEAMS)
    return {stage.code: stage for stage in page.river.stages}


TEAMS = (TeamChoice("sales", Text("Sales", "営業"), frozenset({7})),)


def test_balance_flow_and_stalls_are_those_counted_by_hand() -> None:
    found = stages(tiny())
    lead, meeting, won, active = (found[code] for code in ("lead", "meeting", "won", "active"))

    assert (lead.entered, lead.balance, lead.stalled) == (26, 9 + 2 + 4, 9 + 4)
    assert (lead.limit_s, lead.limit_basis) == (15 * 86_400, "declared")
    assert (meeting.entered, meeting.balance) == (12, 6)
    assert (won.entered, won.balance, won.can_be_left, won.onward) == (6, 6, False, None)
    assert (active.is_measured, active.balance) == (False, 0)


def test_step_says_n_how_many_went_on_and_how_many_are_mature() -> None:
    step = stages(tiny())["lead"].onward
    assert step is not None
    assert (step.n, step.k, step.mature, step.horizon_days, step.state) == (26, 12, 24, 10, "known")
    # 12 of 24 within 10 days; the two of the 28th are censored before anybody else moved.
    assert step.rate == pytest.approx(0.5)


def test_step_of_the_young_says_from_when_on_it_can_be_told() -> None:
    rows = [*alike(1, 25, "2026-04-27", {"lead": 0}), *alike(41, 1, "2026-03-01", {"lead": 0, "meeting": 3})]  # fmt: skip
    found = stages(Judging(small_history(rows, as_of="2026-04-30", model=LIMITS)))
    step = found["lead"].onward
    assert step is not None
    assert (step.rate, step.state, step.mature_on) == (None, "immature", day("2026-05-07"))


def test_few_are_not_enough_history_whatever_their_age() -> None:
    step = stages(tiny())["meeting"].onward
    assert step is not None
    assert (step.n, step.rate, step.state) == (12, None, "not_enough_history")


def test_before_is_as_long_a_time_just_before() -> None:
    rows = [*tiny_rows(), *alike(61, 5, "2026-03-25", {"lead": 0, "lost": 2}), entry(99, 1, "2026-02-01 10:00")]  # fmt: skip
    lead = stages(Judging(small_history(rows, as_of="2026-04-30", model=LIMITS)))["lead"]
    # March 2 to 31: 4 that stay and 5 that are lost; in it at the end: 4 and the one of February.
    assert (lead.entered_before, lead.balance_before) == (9, 5)


def test_nothing_is_compared_with_a_time_before_the_data() -> None:
    lead = stages(tiny())["lead"]
    assert (lead.entered_before, lead.balance_before, lead.median_before_s) == (None, None, None)


def test_departments_add_up_and_count_who_came_from_outside() -> None:
    page = make_page(tiny(), asked=Asked(period="month"))
    marketing, sales = page.river.reaches

    assert (marketing.balance, marketing.came_in, marketing.stalled) == (15, 26, 13)
    assert sales.stages == ("meeting", "won", "active")
    assert (sales.balance, sales.came_in) == (12, 12)


@pytest.mark.parametrize(
    ("asked", "entered", "balance"),
    [({"source": "web"}, 15, 0), ({"source": "event"}, 11, 15), ({"team": "sales"}, 12, 0)],
)
def test_filter_counts_only_what_it_keeps(asked: dict, entered: int, balance: int) -> None:
    lead = stages(tiny(), **asked)["lead"]
    assert (lead.entered, lead.balance) == (entered, balance)


def test_parts_add_up_to_the_whole() -> None:
    judging = tiny()
    whole, web, event = (stages(judging, source=s) for s in ("", "web", "event"))
    for code in ("lead", "meeting", "won"):
        for number in ("entered", "balance", "stalled"):
            if getattr(whole[code], number) is not None:
                assert getattr(whole[code], number) == (
                    getattr(web[code], number) + getattr(event[code], number)
                )


def test_choices_are_the_values_in_the_data_most_frequent_first() -> None:
    page = make_page(tiny(), asked=Asked(), teams=TEAMS)
    assert [(c.value, c.n) for c in page.choices.sources] == [("web", 15), ("event", 15)]
    assert page.choices.segments == ()
    assert [c.value for c in page.choices.teams] == ["sales"]


@pytest.mark.parametrize(
    "asked", [{"track": "none"}, {"beside": "none"}, {"period": "ever"}, {"team": "none"}, {"segment": "large"}]
)  # fmt: skip
def test_filter_by_what_is_not_there_is_said(asked: dict) -> None:
    with pytest.raises(RuleError) as said:
        make_page(tiny(), asked=Asked(**asked))
    assert said.value.text.en != said.value.text.ja


def test_value_that_no_journey_has_keeps_nothing() -> None:
    page = make_page(tiny(), asked=Asked(source="fair"))
    assert [(s.entered, s.balance) for s in page.river.stages] == [(0, 0)] * 4


# ------------------------------------------------------------------------------ as the report


def declining() -> History:
    return make_stream(
        days=700, changes={"lead>meeting": Change(500, 0.5)}, attribute=("web", "event")
    )


def test_stream_has_the_numbers_of_the_report() -> None:
    history = declining()
    report = report_funnel(history=history, made_at=history.as_of)
    page = make_page(Judging(history), asked=Asked(period="year"))

    told = [
        (s.code, s.entered, s.balance, s.median_s, s.rate, s.rate_lo, s.rate_hi, s.rate_n)
        for s in report.stream
        if s.measured
    ]
    shown = [
        (s.code, s.entered, s.balance, s.median_s, s.onward and s.onward.rate, s.onward and s.onward.lo,
         s.onward and s.onward.hi, s.onward.n if s.onward else 0)
        for s in page.river.stages
        if s.is_measured
    ]  # fmt: skip
    assert shown == told
    assert len(shown) == 3


def test_step_that_is_held_is_that_of_the_report() -> None:
    history = declining()
    report = report_funnel(history=history, made_at=history.as_of)
    held = find_held(open_funnel(history, track="new"))

    assert (held.status, held.stage, held.next_stage) == ("named", "lead", "meeting")
    assert (held.headline, held.paragraph, held.reasons) == (
        report.answer.headline,
        report.answer.paragraph,
        report.answer.reasons,
    )
    assert held.stage == report.answer.stage
    assert held.cost is not None
    assert held.as_of == history.as_of


def test_two_tracks_stand_beside_each_other() -> None:
    rows = [
        *alike(1, 30, "2026-04-01", {"lead": 0, "meeting": 5, "won": 8}, track=2),
        *alike(41, 30, "2026-04-01", {"meeting": 0, "won": 4}, track=1),
    ]
    source = {n: "web" if n < 40 else "referral" for n in range(1, 71)}
    history = small_history(rows, as_of="2026-05-30", model=two_track_model(), attributes={"source": source})  # fmt: skip
    page = make_page(Judging(history), asked=Asked(track="new", beside="direct"))

    assert page.beside is not None
    assert [s.code for s in page.beside.stages] == ["meeting", "won"]
    assert page.river.end_to_end is not None
    assert (page.river.end_to_end.code, page.river.end_to_end.k) == ("lead>won", 30)
    (mix,) = page.mixes or ()
    assert (mix.attribute.en, abs(mix.share - mix.share_beside)) == ("source", 1.0)


# ------------------------------------------------------------------------------ periods


@pytest.mark.parametrize(
    ("code", "start", "before"),
    [
        ("month", "2026-05-07", ("2026-04-07", "2026-05-07")),
        ("year", "2025-06-06", ("2024-06-06", "2025-06-06")),
        ("this_month", "2026-06-01", ("2026-05-01", "2026-05-06")),
        ("this_quarter", "2026-04-01", ("2026-01-01", "2026-03-08")),
        ("this_year", "2026-04-01", ("2025-04-01", "2025-06-06")),
    ],
)
def test_periods_end_today_and_are_held_against_as_many_days(
    code: str, start: str, before: tuple[str, str]
) -> None:
    found = period_of(code, last_day=day("2026-06-05"), first_seen=0, fiscal_start=4)
    assert found.span == Span(day(start), day("2026-06-06"))
    assert found.before == Span(*(day(text) for text in before))


def test_calendar_period_is_not_held_against_days_of_its_own() -> None:
    found = period_of("this_month", last_day=day("2026-03-31"), first_seen=0, fiscal_start=4)
    assert found.before == Span(day("2026-02-01"), day("2026-03-01"))
