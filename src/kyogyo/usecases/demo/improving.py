"""What the demo company does about its stream: countermeasures, their steps and reviews, and the answers to alerts.

All through the actions of the pages, at the times at which they would have been done; what was said then rests on
what was known then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions.alerts import answer_alert, raise_alerts
from kyogyo.records.actions.countermeasures import change_countermeasure, start_phase
from kyogyo.records.actions.fidelity import score_step
from kyogyo.records.actions.registration import Step
from kyogyo.records.actions.reviews import close_review, decide_point
from kyogyo.records.queries.countermeasures import read_countermeasure
from kyogyo.records.queries.people import person_of_address, team_tree
from kyogyo.records.queries.reviews import read_review
from kyogyo.usecases.countermeasures import Asked, Scope, Words, register_asked
from kyogyo.usecases.countermeasures.judge import review_judged
from kyogyo.usecases.demo import improving_words as words
from kyogyo.usecases.demo.experiment import SEED, STAGE, TEAMS, WEEKS_AHEAD, draw_experiment
from kyogyo.usecases.demo.seats import email_of
from kyogyo.usecases.hold_review import hold_review
from kyogyo.usecases.measure_records import open_measured
from kyogyo.usecases.watch_records import notice_shifts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyogyo.analytics.events import History
    from kyogyo.records.queries.countermeasures import Opened
    from kyogyo.usecases.demo.experiment import Experiment
    from kyogyo.usecases.measure_records import Measured
    from kyogyo.words import Lang

_TRACK = "new_business"
_NODE = f"conversion:{STAGE}"
_GUARD = "conversion:discovery"
# The relative change hoped for: about half of the rate that was lost.
_HOPED = 0.5
_EVERY = timedelta(weeks=2)
_OFTEN_MISSED = 3  # the number of the step that people leave out


@dataclass(frozen=True)
class Office:
    """Who leads it all, the teams by code, and the day on which all of it is seen."""

    manager: Actor
    seller: Actor
    teams: dict[str, int]
    today: date
    zone: ZoneInfo
    lang: Lang

    def at(self, day: date, hour: int = 10) -> datetime:
        """An hour of a day, as the company's clocks show it."""
        return datetime.combine(day, time(hour), tzinfo=self.zone).astimezone(UTC)

    def known(self, measured: Measured, day: date) -> History:
        """The history as it was known on a day."""
        return measured.until(int(self.at(day).timestamp()) * 1_000_000)


@transaction.atomic
def improve_stream(*, lang: Lang, now: datetime) -> None:
    """Let the manager improve the stream for a year, up to `now`: all of it or nothing. The records were copied before."""
    with open_measured() as measured:
        zone = ZoneInfo(measured.history.model.time_zone)
        office = Office(
            manager=Actor(user=person_of_address(email_of("manager"))),
            seller=Actor(user=person_of_address(email_of("field"))),
            teams={row.team.code: row.team.pk for row in team_tree()},
            today=now.astimezone(zone).date(),
            zone=zone,
            lang=lang,
        )
        planned = draw_experiment(today=office.today)
        # The day on which one was ended and the next one begun: what was known then.
        known = office.known(measured, planned.registered_on)
        _try_and_drop(office, measured, ended_on=planned.registered_on, known_at_end=known)
        running = _try_on_the_fault(office, planned, known)
        _answer_the_alert(office, planned, known, running=running)
    _hold_meeting(office)


def _try_on_the_fault(office: Office, planned: Experiment, known: History) -> int:
    """The countermeasure that runs: registered, started in the drawn weeks, scored, its review due."""
    made = register_asked(
        actor=office.manager,
        asked=Asked(
            scope=Scope(_TRACK),
            node=_NODE,
            team_ids=tuple(office.teams[code] for code in TEAMS),
            weeks_ahead=WEEKS_AHEAD,
            reversible=False,
            change=_HOPED,
            seed=SEED,
        ),
        words=Words(
            title=words.RUNNING.say(office.lang),
            hypothesis=words.RUNNING_WHY.say(office.lang),
            owner_id=_id(office.manager),
            steps=_steps(words.RUNNING_ACTS, office.lang),
            guard=_GUARD,
        ),
        today=planned.registered_on,
        history=known,
        now=office.at(planned.registered_on),
    )
    _start_all(office, made.pk)
    last_week = office.today - timedelta(days=7)
    change_countermeasure(
        actor=office.manager,
        countermeasure_id=made.pk,
        why=words.EARLIER_REVIEW.say(office.lang),
        review_on=last_week,
        now=office.at(last_week - timedelta(days=14)),
    )
    _score_all(office, made.pk, by=(office.manager,), also=office.seller)
    return made.pk


def _try_and_drop(
    office: Office, measured: Measured, *, ended_on: date, known_at_end: History
) -> None:
    """One that ended before: it was done, and nothing was seen."""
    registered_on = ended_on - timedelta(weeks=28)
    made = register_asked(
        actor=office.manager,
        asked=Asked(
            scope=Scope(_TRACK),
            node="delay:mql",
            team_ids=(None,),
            weeks_ahead=WEEKS_AHEAD,
            reversible=False,
            change=_HOPED,
            seed=SEED,
        ),
        words=Words(
            title=words.FINISHED.say(office.lang),
            hypothesis=words.FINISHED_WHY.say(office.lang),
            owner_id=_id(office.manager),
            steps=_steps(words.FINISHED_ACTS, office.lang),
        ),
        today=registered_on,
        history=office.known(measured, registered_on),
        now=office.at(registered_on),
    )
    _start_all(office, made.pk)
    _score_all(office, made.pk, by=(office.manager,), until=ended_on)
    review_judged(
        actor=office.manager,
        countermeasure_id=made.pk,
        decision="drop",
        words=words.FINISHED_BECAUSE.say(office.lang),
        next_review_on=None,
        today=ended_on,
        history=known_at_end,
        now=office.at(ended_on),
    )


def _start_all(office: Office, countermeasure_id: int) -> None:
    """Say of each team whose drawn day has come that it started on that day."""
    opened = read_countermeasure(office.manager, countermeasure_id, today=office.today)
    for one in opened.starts:
        if one.planned_on <= office.today:
            start_phase(
                actor=office.manager,
                countermeasure_id=countermeasure_id,
                start_id=one.id,
                on=one.planned_on,
                now=office.at(one.planned_on, 18),
            )


def _score_all(
    office: Office,
    countermeasure_id: int,
    *,
    by: Sequence[Actor],
    also: Actor | None = None,
    until: date | None = None,
) -> None:
    """Every second Friday what was done in each team; `also` scores the own team beside it."""
    opened = read_countermeasure(office.manager, countermeasure_id, today=office.today)
    last = until or office.today
    for place, start in enumerate(one for one in opened.starts if one.on):
        assert start.on is not None  # noqa: S101 -- kept above
        observers = [*by, also] if also and start.team_id in also.own_teams else [*by]
        day = start.on + timedelta(days=4)
        turn = 0
        while day < last:
            for observer in observers:
                _score(
                    office, opened, observer, team_id=start.team_id, day=day, turn=turn + 3 * place
                )
            day, turn = day + _EVERY, turn + 1


def _score(
    office: Office, opened: Opened, observer: Actor, *, team_id: int | None, day: date, turn: int
) -> None:
    for step in opened.steps:
        often = step.number == _OFTEN_MISSED
        missed = turn % 5 in (0, 2) if often else (turn * 3 + step.number) % 13 == 0
        score_step(
            actor=observer,
            step_id=step.id,
            team_id=team_id,
            on=day,
            score="no" if missed else "yes",
            now=office.at(day, 17),
        )


def _hold_meeting(office: Office) -> None:
    """Last week's review: what is due is carried to the next."""
    day = office.today - timedelta(days=7)
    review = hold_review(actor=office.manager, track=_TRACK, now=office.at(day))
    for point in read_review(office.manager, review).points:
        decide_point(
            actor=office.manager,
            point_id=point.id,
            decision="carry",
            words=words.CARRIED.say(office.lang),
            now=office.at(day),
        )
    close_review(actor=office.manager, review_id=review, now=office.at(day, 11))


def _answer_the_alert(office: Office, planned: Experiment, known: History, *, running: int) -> None:
    """Kyogyo told of the fall on the morning of that day; the countermeasure is the answer. What came later is told when it looks next."""
    at = office.at(planned.registered_on, 9)
    fresh = notice_shifts(known, track=_TRACK, stages=(STAGE,))
    raised = raise_alerts(actor=SYSTEM, noticed=fresh, now=at)
    for one in raised:
        if one.node == _NODE and not one.is_good:
            answer_alert(
                actor=office.manager,
                alert_id=one.pk,
                kind="acted",
                words=words.ALERT_ANSWER.say(office.lang),
                countermeasure_id=running,
                now=office.at(planned.registered_on, 11),
            )


def _steps(acts: Sequence[words.Act], lang: Lang) -> tuple[Step, ...]:
    return tuple(
        Step(one.does.say(lang), one.seen.say(lang), is_critical=one.is_critical) for one in acts
    )


def _id(actor: Actor) -> int:
    assert actor.user is not None  # noqa: S101 -- a seat is a person
    return actor.user.pk
