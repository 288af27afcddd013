"""What came of a countermeasure: the weeks of its teams, the verdict as of now, and the money against what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kyogyo.analytics.fidelity import Advice, Fidelity, advise
from kyogyo.analytics.single_case import (
    Judgement,
    Panel,
    Plan,
    Reading,
    TeamWeeks,
    design_after_the_fact,
    design_from,
    judge,
    read,
)
from kyogyo.analytics.single_case.cohorts import first_monday, pattern_of
from kyogyo.errors import MissingTableError
from kyogyo.records.actions.countermeasures import require_changer, review_countermeasure
from kyogyo.records.queries.countermeasures import Opened, StartLine, read_countermeasure
from kyogyo.records.queries.teams import people_of_teams
from kyogyo.usecases.countermeasures.fidelity import read_fidelity
from kyogyo.usecases.countermeasures.measure import Scope, Unit, measure_node
from kyogyo.usecases.measure_records import open_measured
from kyogyo.words import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kyogyo.analytics.events import History
    from kyogyo.analytics.success_value import SuccessValue
    from kyogyo.records.access import Actor

JudgedStatus = Literal["judged", "not_started", "not_measurable"]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Judged:
    """A countermeasure as its weeks show it. `panel` and `pattern` [teams, weeks] are what is drawn.

    `judgement` and `reading` None until it has started and can be measured; `says` is always there.
    `is_early`: its review day is still to come, so the verdict is not one yet.
    """

    status: JudgedStatus
    says: Text
    as_of: int
    is_early: bool
    panel: Panel | None = None
    pattern: NDArray[np.bool_] | None = None
    judgement: Judgement | None = None
    reading: Reading | None = None


def judge_countermeasure(*, actor: Actor, countermeasure_id: int, today: date) -> Judged:
    """Judge one by the published copy of the records.

    Raises MissingRecordError for one that `actor` may not see, MissingTableError where nothing was copied yet.
    """
    opened = read_countermeasure(actor, countermeasure_id, today=today)
    with open_measured() as measured:
        return judge_opened(measured.history, opened, today=today)


def judge_opened(history: History, opened: Opened, *, today: date) -> Judged:
    """The same for one that was read already."""
    scope = Scope(opened.line.track, opened.line.segment, opened.line.segment_value)
    units = _units(opened.starts)
    main = measure_node(
        history, scope=scope, node=opened.line.node, units=units, since=opened.baseline_from,
        up=opened.improves_up,
    )  # fmt: skip
    is_early = today < opened.line.review_on
    if main.panel is None:
        return Judged("not_measurable", main.says, history.as_of, is_early)
    first = (first_monday(opened.baseline_from) - _EPOCH).days
    weeks = len(main.panel.weeks)
    done = pattern_of(_switches(opened.starts, None), first_day=first, weeks=weeks)
    if not done.any():
        return Judged("not_started", _NOT_STARTED, history.as_of, is_early, main.panel, done)
    meant = _switches(opened.starts, today)
    plan = _plan(opened, meant, done, first=first, value=main.value)
    if plan is None:
        return Judged("not_measurable", _NO_BASELINE, history.as_of, is_early, main.panel, done)
    guard = None
    if opened.guard:
        guard = measure_node(
            history, scope=scope, node=opened.guard, units=units, since=opened.baseline_from, up=True
        ).panel  # fmt: skip
    size = plan.design.weeks
    found = judge(
        panel=_resized(main.panel, size),
        plan=plan,
        pattern=pattern_of(meant, first_day=first, weeks=size),
        guard=None if guard is None else _resized(guard, size),
    )
    reading = read(found, currency=history.model.currency)
    return Judged(
        "judged", reading.sentence, history.as_of, is_early, main.panel, done, found, reading
    )


def advise_on(judged: Judged, fidelity: Fidelity) -> Advice | None:
    """What fidelity and outcome together say to do; None until there is an outcome."""
    if judged.judgement is None:
        return None
    worse = judged.judgement.guard is not None and judged.judgement.guard.worse
    return advise(fidelity=fidelity.level, outcome=judged.judgement.verdict, guard_worse=worse)


def review_judged(
    *,
    actor: Actor,
    countermeasure_id: int,
    decision: str,
    words: str,
    next_review_on: date | None,
    today: date,
    history: History | None = None,
    now: datetime | None = None,
) -> None:
    """Keep the decision of a review with the verdict as it is read today; nothing measured yet is a verdict, too.

    `history` and `now` are for a review that was held earlier: what was known then, and when it was.
    """
    opened = read_countermeasure(actor, countermeasure_id, today=today)
    require_changer(actor, opened)
    review_countermeasure(
        actor=actor,
        countermeasure_id=countermeasure_id,
        decision=decision,
        words=words,
        verdict=verdict_now(opened, today=today, history=history, now=now),
        next_review_on=next_review_on,
        now=now,
    )


def verdict_now(
    opened: Opened, *, today: date, history: History | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """The verdict on one as `verdict_values`, by the published copy or by `history`; that nothing was copied yet is one, too."""
    try:
        if history is not None:
            judged = judge_opened(history, opened, today=today)
        else:
            with open_measured() as measured:
                judged = judge_opened(measured.history, opened, today=today)
    except MissingTableError as error:
        judged = Judged("not_measurable", error.text, 0, today < opened.line.review_on)
    return verdict_values(judged, read_fidelity(opened, now=now))


def verdict_values(judged: Judged, fidelity: Fidelity) -> dict[str, Any]:
    """The verdict as it is kept with a review: JSON values, words in both languages."""
    found = judged.judgement
    effect = None if found is None else found.effect
    gain = None if found is None else found.gain
    return {
        "verdict": None if found is None else found.verdict,
        "says": {"en": judged.says.en, "ja": judged.says.ja},
        "p": None if found is None else found.p,
        "change": None if effect is None else [effect.change, effect.lo, effect.hi],
        "gain": None if gain is None else [round(gain.found), _whole(gain.lo), _whole(gain.hi)],
        "fidelity": fidelity.share,
        "fidelity_level": fidelity.level,
        "is_early": judged.is_early,
        "as_of": judged.as_of,
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _units(starts: tuple[StartLine, ...]) -> tuple[Unit, ...]:
    """The teams in the order in which they are listed."""
    people = people_of_teams([one.team_id for one in starts if one.team_id is not None])
    teams = dict.fromkeys(one.team_id for one in starts)
    return tuple(Unit(_name(team), None if team is None else people[team]) for team in teams)


def _switches(
    starts: tuple[StartLine, ...], today: date | None
) -> Mapping[str, tuple[tuple[int, bool], ...]]:
    """For each team the days on which it was put on or taken away; with `today`, also those planned from then on."""
    found: dict[str, tuple[tuple[int, bool], ...]] = {}
    for one in starts:
        known = found.setdefault(_name(one.team_id), ())
        planned = one.planned_on if today is not None and one.planned_on >= today else None
        day = one.on or planned
        if day is not None:
            found[_name(one.team_id)] = (*known, ((day - _EPOCH).days, one.is_on))
    return found


def _name(team_id: int | None) -> str:
    return "" if team_id is None else str(team_id)


def _plan(
    opened: Opened,
    meant: Mapping[str, tuple[tuple[int, bool], ...]],
    done: NDArray[np.bool_],
    *,
    first: int,
    value: SuccessValue | None,
) -> Plan | None:
    """The registered design where it was kept to; else the one that fits what was done, not drawn. None: no week before."""
    plan = opened.design.get("plan")
    design = None if plan is None else design_from(plan)
    drawn = bool(opened.design.get("drawn")) and design is not None
    if (
        design is None
        or design.assignment_of(pattern_of(meant, first_day=first, weeks=design.weeks)) is None
    ):
        drawn = False
        try:
            # Teams that never began are compared with; they come last.
            design = design_after_the_fact(done[np.argsort(~done.any(axis=1), kind="stable")])
        except ValueError:
            return None
    return Plan(
        design,
        drawn=drawn,
        expected=opened.design.get("expected_change"),
        value_per_unit=None if value is None else value.value,
    )


def _resized(panel: Panel, weeks: int) -> Panel:
    """The panel over all weeks of a design: those to come are empty, those after its end are left off."""
    known = min(len(panel.weeks), weeks)
    later = weeks - known
    day = first_monday(date.fromisoformat(panel.weeks[0]))
    return Panel(
        panel.measure,
        tuple(
            TeamWeeks(
                team=one.team,
                successes=np.pad(np.asarray(one.successes[:known], float), (0, later)),
                cases=np.pad(np.asarray(one.cases[:known], float), (0, later)),
                maturity=None
                if one.maturity is None
                else np.pad(
                    np.asarray(one.maturity[:known], float), (0, later), constant_values=1.0
                ),
                trigger=tuple(week for week in one.trigger if week < known),
            )
            for one in panel.teams
        ),
        tuple((day + timedelta(weeks=week)).isoformat() for week in range(weeks)),
    )


_NOT_STARTED = Text(
    en="It has not started anywhere yet. Until then its weeks are the baseline.",
    ja="まだどこでも始まっていません。それまでの週は基準期間になります。",
)
_NO_BASELINE = Text(
    en="There is no week before its start to compare with.", ja="比べるべき開始前の週がありません。"
)
