"""A look at the records: what is told, to whom, and that nothing is told twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from kyogyo.analytics.alarm_definitions import CONFLICT
from kyogyo.analytics.conflict import ConflictWatch, Judgement, Pair, Parts, Verdict
from kyogyo.analytics.conflict.count import first_day_of
from kyogyo.analytics.events import History
from kyogyo.analytics.watch import watch_steps
from kyogyo.period import date_of
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.alerts import Noticed, answer_alert, raise_alerts
from kyogyo.records.models import Alert
from kyogyo.records.queries.teams import team_of_people
from kyogyo.usecases.watch_records import _conflicts, still_holds, untold, watch_history
from kyogyo.words import Text
from tests.analytics.small_stream import Change, make_stream
from tests.records.people import Company, make_company


@pytest.fixture(scope="module")
def fallen() -> History:
    return make_stream(days=420, changes={"lead>meeting": Change(300, 0.6)})


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_planted_fall_is_told_once_to_the_department_that_owns_the_step(
    company: Company, fallen: History
) -> None:
    first, again = watch_history(fallen), watch_history(fallen)

    assert [(one.kind, one.department, one.is_good) for one in first.told] == [
        ("shift", "marketing", False)
    ]
    assert (first.standing, again.standing, again.told) == (0, 1, ())
    (alert,) = Alert.objects.all()
    assert (alert.key, alert.node, alert.since) == (
        "new:conversion:lead>meeting:down:2024-10-28",
        "conversion:lead",
        date(2024, 10, 28),
    )
    assert sorted(alert.says) == ["en", "ja"]


def test_fall_that_was_made_good_since_is_no_news(fallen: History) -> None:
    watch = watch_steps(fallen, track="new")
    (alert,) = watch.alerts
    step = watch.steps[1]
    assert still_holds(step, alert.change)
    series = step.series
    since = series.weeks >= alert.change.since
    better = np.where(since, np.minimum(series.successes * 2, series.exposures), series.successes)
    assert not still_holds(replace(step, series=replace(series, successes=better)), alert.change)
    assert not still_holds(step, replace(alert.change, since=alert.change.since - 7))


def test_same_fall_found_a_few_weeks_off_is_not_told_again(
    company: Company, fallen: History
) -> None:
    (told,) = watch_history(fallen).told
    alert = Alert.objects.get(pk=told.id)
    seen = _noticed(alert.key.replace("2024-10-28", "2024-11-11"))
    other = _noticed(alert.key.replace("2024-10-28", "2025-02-03"))

    assert untold([seen, other], track="new") == [other]


def test_chart_kept_with_an_alert_has_the_limits_of_the_weeks_before(
    company: Company, fallen: History
) -> None:
    """The mean is that of the level before, so the fall lies beyond the limits and doesn't hide itself."""
    watch_history(fallen)
    (alert,) = Alert.objects.all()
    rows = alert.numbers["chart"]["rows"]
    before = [row for row in rows if row["week"] < "2024-10-28"]
    assert {row["centre"] for row in rows} == {before[0]["centre"]}
    known = [row for row in before if row["n"]]
    mean = sum(row["value"] * row["n"] for row in known) / sum(row["n"] for row in known)
    assert before[0]["centre"] == pytest.approx(mean, rel=1e-9)
    assert all(row["value"] < row["centre"] for row in rows[-3:])
    # What is kept is plain JSON: no database takes a nan.
    json.dumps(alert.numbers, allow_nan=False)


def test_numbers_at_odds_are_told_to_the_department_whose_number_rises() -> None:
    (found,) = _conflicts(_watch(_verdict(alarm=True, kind="dilution")))
    assert (found.kind, found.department, found.node, found.key) == (
        "conflict",
        "marketing",
        "conversion:lead",
        f"new:conflict:lead>meeting>won:{date_of(first_day_of(700)).isoformat()}",
    )
    assert found.numbers is not None
    assert found.numbers["parts"]["volume"] + found.numbers["parts"]["quality"] == -1


def test_what_moved_together_in_too_few_teams_is_a_coincidence_and_quiet_pairs_are_nothing() -> (
    None
):
    watch = _watch(_verdict(kind="coincidence"), _verdict(kind="none"))
    assert [one.kind for one in _conflicts(watch)] == ["coincidence"]


def test_numbers_at_odds_are_not_told_again_while_nobody_has_answered(company: Company) -> None:
    """The place of a rise may move by months as numbers come in; it is the same quarrel."""
    early, late = (_noticed(f"new:conflict:a>b>c:{day}", kind="conflict") for day in ("2026-01-05", "2026-05-04"))  # fmt: skip
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[early])
    assert untold([late], track="new") == []
    answer_alert(actor=company.as_manager, alert_id=alert.pk, kind="seen")
    assert untold([late], track="new") == [late]
    answer_alert(actor=company.as_manager, alert_id=alert.pk, kind="open")
    assert untold([late], track="new") == []


def test_everybody_belongs_to_the_team_they_are_in_now_or_were_in_last(company: Company) -> None:
    left = company.inside.memberships.get()
    left.until = left.since + timedelta(days=1)
    left.save()
    found = team_of_people()
    assert (found[company.inside.pk], found[company.field.pk]) == ("inside", "field")
    assert company.outsider.pk not in found


def _noticed(key: str, *, kind: str = "shift") -> Noticed:
    return Noticed(key=key, kind=kind, track="new", node="conversion:lead", department="marketing",
                   since=date(2026, 1, 5), says=Text(en="Fell", ja="低下"))  # fmt: skip


def _verdict(*, kind: str, alarm: bool = False) -> Verdict:
    parts = Parts(since=700, before=10, after=9, volume=2, quality=-3, volume_before=0.2,
                  volume_after=0.25, quality_before=0.5, quality_after=0.3)  # fmt: skip
    judgement = Judgement(kind=kind, alarm=alarm, elasticity=None, q=None, e_value=30, parts=parts,  # type: ignore[arg-type]
                          units=2, blocks=12, n=400)  # fmt: skip
    said = Text(en="At odds", ja="対立")
    return Verdict(pair=Pair("lead", "meeting", "won", "marketing", "sales"), status="ok",
                   judgement=judgement, label=said, sentence=said, why=(said,), caveats=(), unit_names={})  # fmt: skip


def _watch(*verdicts: Verdict) -> ConflictWatch:

    return ConflictWatch("new", 0, CONFLICT, verdicts, (), Text(en="", ja=""))
