"""The histogram of a step, counted by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from small_history import (
    ACTIVE,
    LEAD,
    LOST,
    MEETING,
    RECYCLED,
    WON,
    alike,
    changed_model,
    day,
    entry,
    small_history,
    small_model,
    two_track_model,
)

from kyogyo.analytics.steps import (
    ADVANCED,
    EXITED,
    OPEN,
    Step,
    StepCounts,
    consecutive_steps,
    count_steps,
    horizon_of,
    incidence,
    measured_path,
    steps_from_start,
    within,
)

LEAD_30 = ('department = "marketing" },\n  { code = "meeting"', 'department = "marketing", horizon_days = 30 },\n  { code = "meeting"')  # fmt: skip


def step(start: str, stop: str) -> Step:
    return Step("new", start, stop)


def counted(rows, start: str = "lead", stop: str = "meeting", **more) -> StepCounts:
    history = small_history(rows, **more)
    return count_steps(history, steps=(step(start, stop),))[f"{start}>{stop}"]


def listed(counts: StepCounts, *names: str) -> list[tuple[int, ...]]:
    """How many journeys are alike in those columns, in order, the number last."""
    found: Counter[tuple[int, ...]] = Counter()
    columns = (getattr(counts, name).tolist() for name in names)
    for row, n in zip(zip(*columns, strict=True), counts.count.tolist(), strict=True):
        found[row] += n
    return [(*row, n) for row, n in sorted(found.items())]


def test_each_way_to_end_is_counted_with_its_lag() -> None:
    rows = [
        # Got there after 5 days; the same day; and inferred from the win, after 3.
        *alike(1, 2, "2026-04-01", {"lead": 0, "meeting": 5}),
        *alike(3, 1, "2026-04-01", {"lead": 0, "meeting": 0}),
        *alike(4, 1, "2026-04-01", {"lead": 0, "won": 3}),
        # Lost after 7 days, recycled after 9; still open on the last day, 30 days on.
        *alike(5, 1, "2026-04-01", {"lead": 0, "lost": 7}),
        *alike(6, 1, "2026-04-01", {"lead": 0, "recycled": 9}),
        *alike(7, 3, "2026-04-01", {"lead": 0}),
    ]
    counts = counted(rows, as_of="2026-05-01")
    assert listed(counts, "cause", "lag") == [
        (OPEN, 30, 3),
        (ADVANCED, 0, 1),
        (ADVANCED, 3, 1),
        (ADVANCED, 5, 2),
        (EXITED, 7, 1),
        (EXITED, 9, 1),
    ]
    assert (counts.n, counts.within(4), counts.within(5)) == (9, 2, 4)
    assert (counts.until, counts.clean_from) == (day("2026-05-01"), -(10**9))


def test_who_came_by_a_later_stage_counts_as_entered_there_and_is_flagged() -> None:
    rows = [
        *alike(1, 1, "2026-04-01", {"meeting": 0, "won": 4}),
        *alike(2, 1, "2026-04-01", {"lead": 0, "meeting": 2, "won": 4}),
    ]
    leads = counted(rows)
    assert listed(leads, "inferred", "lag") == [(0, 2, 1), (1, 0, 1)]
    meetings = counted(rows, "meeting", "won")
    assert listed(meetings, "inferred", "lag") == [(0, 2, 1), (0, 4, 1)]


def test_a_journey_that_left_and_came_back_counts_at_its_arrival() -> None:
    rows = alike(1, 1, "2026-04-01", {"lead": 0, "lost": 2, "meeting": 6})
    assert listed(counted(rows), "cause", "lag") == [(ADVANCED, 6, 1)]


def test_an_exit_ends_the_step_in_which_it_comes_and_not_the_ones_before() -> None:
    rows = alike(1, 1, "2026-04-01", {"lead": 0, "meeting": 2, "lost": 6})
    history = small_history([*rows, *alike(2, 1, "2026-04-01", {"lead": 0, "won": 1})])
    found = count_steps(history, steps=(step("lead", "meeting"), step("meeting", "won"), step("lead", "won")))  # fmt: skip
    ends = {code: listed(counts, "cause", "lag")[-1] for code, counts in found.items()}
    assert ends == {
        "lead>meeting": (ADVANCED, 2, 1),
        "meeting>won": (EXITED, 4, 1),
        "lead>won": (EXITED, 6, 1),
    }


def test_the_second_pass_of_an_account_is_marked() -> None:
    rows = [
        entry(1, LEAD, "2026-04-01", account=5),
        entry(1, RECYCLED, "2026-04-10", account=5),
        entry(2, LEAD, "2026-05-01", account=5),
        entry(2, MEETING, "2026-05-03", account=5),
    ]
    counts = counted(rows)
    assert listed(counts, "recycled", "cause", "lag") == [(0, EXITED, 9, 1), (1, ADVANCED, 2, 1)]
    assert listed(counts.clean(), "recycled", "cause") == [(0, EXITED, 1)]


def test_clean_keeps_entries_from_the_day_on() -> None:
    rows = [*alike(1, 4, "2026-04-01", {"lead": 0}, every=1), entry(9, MEETING, "2026-04-20")]
    history = small_history(rows)
    clean_from = {"lead>meeting": day("2026-04-03")}
    counts = count_steps(history, steps=(step("lead", "meeting"),), clean_from=clean_from)
    assert listed(counts["lead>meeting"].clean(), "entered") == [
        (day("2026-04-03"), 1),
        (day("2026-04-04"), 1),
        (day("2026-04-20"), 1),
    ]


def test_a_day_and_a_month_are_those_of_the_entry() -> None:
    counts = counted([*alike(1, 1, "2026-03-31", {"lead": 0, "meeting": 1}), *alike(2, 1, "2026-04-01", {"lead": 0})])  # fmt: skip
    assert listed(counts, "day", "month") == [
        (day("2026-03-31"), 24_314, 1),
        (day("2026-04-01"), 24_315, 1),
    ]


def test_splitting_by_an_attribute_changes_no_total() -> None:
    rows = [
        *alike(1, 5, "2026-04-01", {"lead": 0, "meeting": 5}),
        entry(9, LEAD, "2026-04-01"),
        *alike(10, 2, "2026-04-01", {"lead": 0, "meeting": 5}),
    ]
    history = small_history(rows, attributes={"source": {1: "web", 2: "web", 3: "fair"}})
    found = count_steps(history, steps=(step("lead", "meeting"),), by="source")["lead>meeting"]
    assert listed(found, "value", "cause") == [
        (0, OPEN, 1),
        (0, ADVANCED, 4),
        (1, ADVANCED, 2),
        (2, ADVANCED, 1),
    ]
    assert history.value_names == {1: "web", 2: "fair"}


def test_stages_without_data_are_left_out_of_the_path() -> None:
    history = small_history([*alike(1, 1, "2026-04-01", {"lead": 0, "won": 1}), entry(2, LOST, "2026-04-02")])  # fmt: skip
    assert [stage.code for stage in measured_path(history, track="new")] == ["lead", "won"]
    assert consecutive_steps(history, track="new") == (step("lead", "won"),)


def test_steps_are_from_stage_to_stage_and_from_the_start() -> None:
    history = small_history(alike(1, 1, "2026-04-01", {"lead": 0, "meeting": 1, "won": 2, "active": 3}))  # fmt: skip
    assert [s.code for s in consecutive_steps(history, track="new")] == [
        "lead>meeting",
        "meeting>won",
        "won>active",
    ]
    assert [s.code for s in steps_from_start(history, track="new")] == [
        "lead>meeting",
        "lead>won",
        "lead>active",
    ]


def test_no_steps_ask_nothing() -> None:
    history = small_history([entry(1, LEAD, "2026-04-01")])
    assert consecutive_steps(history, track="new") == ()
    assert count_steps(history, steps=()) == {}


def test_the_other_track_isn_t_counted() -> None:
    rows = [
        *alike(1, 2, "2026-04-01", {"meeting": 0, "won": 1}, track=1),
        *alike(3, 3, "2026-04-01", {"lead": 0, "meeting": 1, "won": 2}, track=2),
    ]
    history = small_history(rows, model=two_track_model())
    found = {
        track: count_steps(history, steps=(Step(track, "meeting", "won"),))["meeting>won"].n
        for track in ("direct", "new")
    }
    assert found == {"direct": 2, "new": 3}


def test_a_stage_that_only_the_other_track_records_is_not_measured() -> None:
    """Else each who got past it would be inferred there at once, and the step after it be 100%."""
    rows = [
        *alike(1, 2, "2026-04-01", {"meeting": 0, "won": 1}, track=1),
        *alike(3, 3, "2026-04-01", {"lead": 0, "won": 2}, track=2),
    ]
    history = small_history(rows, model=two_track_model())
    assert [s.code for s in measured_path(history, track="new")] == ["lead", "won"]
    assert [s.code for s in measured_path(history, track="direct")] == ["meeting", "won"]
    assert history.reached == {(1, MEETING), (1, WON), (2, LEAD), (2, WON)}


def test_observed_for_has_its_last_day_inside() -> None:
    rows = alike(1, 1, "2026-04-01", {"lead": 0, "meeting": 40})
    counts = counted([*rows, entry(2, LEAD, "2026-04-02")], as_of="2026-05-31")
    assert counts.observed_for(60).tolist() == [True, False]
    assert counts.observed_for(59).tolist() == [True, True]


def test_incidence_lets_exits_compete_and_censors_the_open() -> None:
    """4 enter; one gets there on day 1, one leaves on day 2, one is last seen on day 3, one gets there on day 4."""
    rows = [
        *alike(1, 1, "2026-04-30", {"lead": 0, "meeting": 1}),
        *alike(2, 1, "2026-04-30", {"lead": 0, "lost": 2}),
        *alike(3, 1, "2026-05-01", {"lead": 0}),
        *alike(4, 1, "2026-04-30", {"lead": 0, "meeting": 4}),
    ]
    curve = incidence(counted(rows, as_of="2026-05-04"))
    assert curve.times.tolist() == [1, 2, 3, 4]
    assert curve.incidence[:, 0] == pytest.approx([0.25, 0.25, 0.25, 0.75])
    assert curve.incidence[:, 1] == pytest.approx([0.0, 0.25, 0.25, 0.25])


# ------------------------------------------------------- horizons


def horizon(rows, *, model=None, as_of: str = "2026-12-31") -> int | None:
    history = small_history(rows, model=model, as_of=as_of)
    counts = count_steps(history, steps=consecutive_steps(history, track="new"))["lead>meeting"]
    return horizon_of(history, counts=counts)


def test_a_declared_horizon_is_taken() -> None:
    rows = alike(1, 1, "2026-04-01", {"lead": 0, "meeting": 2})
    assert horizon(rows, model=changed_model(LEAD_30)) == 30


def test_a_declared_horizon_is_of_the_next_step_only() -> None:
    rows = alike(1, 25, "2026-01-01", {"lead": 0, "meeting": 2, "won": 55})
    history = small_history(rows, model=changed_model(LEAD_30))
    total = count_steps(history, steps=(step("lead", "won"),))["lead>won"]
    assert horizon_of(history, counts=total) == 60


@pytest.mark.parametrize(("lag", "expected"), [(0, 1), (1, 1), (12, 14), (14, 14), (15, 21)])
def test_the_horizon_is_the_smallest_that_holds_nine_tenths(lag: int, expected: int) -> None:
    rows = [
        *alike(1, 9, "2026-01-01", {"lead": 0, "meeting": lag}),
        *alike(10, 1, "2026-01-01", {"lead": 0, "meeting": 80}),
        *alike(11, 30, "2026-01-01", {"lead": 0}),
    ]
    assert horizon(rows) == expected


def test_nine_tenths_and_not_one_less() -> None:
    rows = [
        *alike(1, 17, "2026-01-01", {"lead": 0, "meeting": 12}),
        *alike(21, 3, "2026-01-01", {"lead": 0, "meeting": 80}),
        *alike(31, 30, "2026-01-01", {"lead": 0}),
    ]
    assert horizon(rows) == 90


def test_nobody_is_judged_over_a_horizon_that_too_few_were_observed_for() -> None:
    """All get there after 40 days, but only 19 began 45 days or more before the end."""
    rows = [
        *alike(1, 19, "2026-01-01", {"lead": 0, "meeting": 40}),
        *alike(31, 21, "2026-01-20", {"lead": 0, "meeting": 40}),
    ]
    assert horizon(rows, as_of="2026-03-03") == 30
    more = alike(61, 1, "2026-01-01", {"lead": 0, "meeting": 40})
    assert horizon([*rows, *more], as_of="2026-03-03") == 45


def test_too_few_or_nobody_there_leaves_the_horizon_unknown() -> None:
    assert horizon(alike(1, 19, "2026-01-01", {"lead": 0, "meeting": 3})) is None
    rows = [*alike(1, 30, "2026-01-01", {"lead": 0}), entry(99, RECYCLED, "2026-01-01")]
    history = small_history([*rows, entry(98, MEETING, "2026-12-30", account=1)])
    counts = count_steps(history, steps=(step("lead", "meeting"),))["lead>meeting"]
    assert horizon_of(history, counts=counts.keep(counts.inferred == 0)) is None


# ------------------------------------------------------- targets dated by periods


def by_quarters(model=None) -> tuple[StepCounts, object]:
    """Wins dated by the ends of quarters, the last known one that of 30 September."""
    rows = [
        *alike(1, 20, "2026-01-05", {"lead": 0}),
        *(entry(j, WON, "2026-03-31", prec=4) for j in range(1, 8)),  # in the quarter of entry
        *(entry(j, WON, "2026-06-30", prec=4) for j in range(8, 11)),  # in the next one
        *alike(31, 20, "2026-03-31", {"lead": 0}),
        *(entry(j, WON, "2026-09-30", prec=4) for j in range(31, 33)),  # in the third
        *(entry(j, LOST, "2026-05-20") for j in range(33, 36)),
        *alike(61, 4, "2026-09-30", {"lead": 0}),
        *alike(71, 5, "2026-10-01", {"lead": 0}),  # in a quarter that wasn't observed
    ]
    history = small_history(rows, as_of="2026-12-20", model=model)
    return count_steps(history, steps=(step("lead", "won"),))["lead>won"], history


def test_a_target_dated_by_quarters_is_counted_in_quarters() -> None:
    counts, _ = by_quarters()
    assert (counts.period_months, counts.until) == (3, day("2026-09-30"))
    # Months are those in which quarters begin: January 24312, April would be 24315, July 24318.
    assert listed(counts, "month", "cause", "lag") == [
        (24_312, OPEN, 273, 25),
        (24_312, ADVANCED, 91, 7),
        (24_312, ADVANCED, 182, 3),
        (24_312, ADVANCED, 273, 2),
        (24_312, EXITED, 182, 3),
        (24_318, OPEN, 91, 4),
    ]
    # Days of entry are set so that a whole quarter is a whole number of 91 days.
    assert np.unique(counts.until - counts.day).tolist() == [91, 273]


def test_horizons_over_quarters_are_whole_quarters() -> None:
    counts, history = by_quarters()
    assert horizon_of(history, counts=counts) == 273
    assert within(counts, horizon=273).en == "within 3 quarters, that of entry included,"
    assert within(counts, horizon=91).en == "within 1 quarter, that of entry included,"
    assert within(counts, horizon=91).ja == "移行した期を含む 1 四半期以内に"


@pytest.mark.parametrize(("declared", "expected"), [(1, 91), (30, 91), (90, 91), (180, 182), (365, 364)])  # fmt: skip
def test_a_declared_horizon_becomes_whole_quarters(declared: int, expected: int) -> None:
    """90 days would else end a day before the first quarter does, and nobody would ever get there."""
    model = changed_model((LEAD_30[0], LEAD_30[1].replace("30", str(declared))))
    counts, history = by_quarters(model)
    assert horizon_of(history, counts=counts) == expected


def test_a_target_dated_by_months_is_counted_in_months() -> None:
    rows = [
        *alike(1, 2, "2026-01-31", {"lead": 0}),
        entry(1, WON, "2026-01-31", prec=3),
        entry(2, WON, "2026-02-28", prec=3),
    ]
    counts = counted(rows, "lead", "won")
    assert listed(counts, "month", "lag") == [(24_312, 30, 1), (24_312, 60, 1)]
    assert within(counts, horizon=60).en == "within 2 months, that of entry included,"
    assert within(counts, horizon=60).ja == "移行した期を含む 2 か月以内に"


def test_days_are_said_as_days() -> None:
    counts = counted(alike(1, 1, "2026-04-01", {"lead": 0, "meeting": 5}))
    assert within(counts, horizon=90) == within(counts, horizon=90)
    assert (within(counts, horizon=90).en, within(counts, horizon=90).ja) == ("within 90 days", "90 日以内に")  # fmt: skip


def test_adding_a_stage_that_nobody_reaches_changes_no_count() -> None:
    rows = alike(1, 9, "2026-04-01", {"lead": 0, "meeting": 5, "won": 9, "active": 12}, every=2)
    idle = changed_model(
        ('"lead", "meeting"', '"lead", "idle", "meeting"'),
        ("stages = [\n", 'stages = [\n  { code = "idle", label = { en = "Idle", ja = "休止" }, department = "sales" },\n'),
    )  # fmt: skip
    shifted = [row | {"stage": row["stage"] + 1} for row in rows]
    found = []
    for history in (small_history(rows), small_history(shifted, model=idle)):
        steps = consecutive_steps(history, track="new")
        counts = count_steps(history, steps=steps)
        names = ("entered", "month", "lag", "cause", "recycled", "inferred", "value")
        found.append({code: listed(part, *names) for code, part in counts.items()})
    assert found[0] == found[1]
    assert list(found[0]) == ["lead>meeting", "meeting>won", "won>active"]


def test_shuffled_rows_change_no_count() -> None:
    rows = [
        *alike(1, 9, "2026-04-01", {"lead": 0, "meeting": 5, "won": 9}, every=2),
        *alike(20, 9, "2026-04-01", {"lead": 0, "lost": 5}, every=3),
    ]
    numbered = [row | {"seq": i} for i, row in enumerate(rows, start=1)]
    backwards = numbered[::-1]
    names = ("entered", "month", "lag", "cause", "recycled", "inferred", "value")
    assert listed(counted(numbered), *names) == listed(counted(backwards), *names)


def test_stages_of_the_model_are_where_the_tests_think_they_are() -> None:
    codes = [stage.code for stage in small_model().stages]
    assert [codes[k - 1] for k in (LEAD, MEETING, WON, ACTIVE, LOST, RECYCLED)] == codes
