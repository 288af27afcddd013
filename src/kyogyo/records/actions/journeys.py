"""Opening journeys, giving them to people, and what is done on them between two stages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.actions import journal
from kyogyo.records.actions.facts import take_facts
from kyogyo.records.actions.finding import (
    account_to_open_on,
    active_user,
    person_at,
    previous_at,
    team_of,
    team_with,
)
from kyogyo.records.actions.keeping import (
    keep,
    require_holder,
    take,
    take_amount,
    take_text,
    take_time,
)
from kyogyo.records.actions.steps import Said, step
from kyogyo.records.models import Activity, Assignment, Cause, Journey, NextStep, Team, User
from kyogyo.records.queries.model import current
from kyogyo.records.queries.route import Route
from kyogyo.records.search_text import search_text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

_TEXTS = {
    "title": (300, "title", "件名"),
    "source": (100, "source", "流入元"),
    "campaign": (200, "campaign", "キャンペーン"),
}


@transaction.atomic
def open_journey(
    *,
    actor: Actor,
    account_id: int,
    track: str,
    stage: str = "",
    at: datetime | None = None,
    owner_id: int | None = None,
    team_id: int | None = None,
    amount: int | None = None,
    source: str = "",
    campaign: str = "",
    title: str = "",
    person_id: int | None = None,
    previous_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    external_id: str | None = None,
    cause: str = Cause.PERSON,
    override_reason: str = "",
    now: datetime | None = None,
) -> Journey:
    """Start a pass of an account through a track, in its first stage unless told another.

    A later stage is a step over the ones before it: what they ask for is missing, and needs an
    `override_reason`. Without an owner and a team it is the actor's own.
    """
    now = now or timezone.now()
    account = account_to_open_on(actor=actor, account_id=account_id)
    route = Route(model=current().model, track=track)
    first = route.path[0].code
    previous = previous_at(account=account, previous_id=previous_id)
    texts = _texts({"title": title, "source": source, "campaign": campaign})
    owner, team = _holders(actor=actor, owner_id=owner_id, team_id=team_id, stage=stage or first)
    external_id = take_text(external_id or "", limit=200, en="key", ja="キー") or None
    journey = _made(
        external_id=external_id,
        account=account,
        person=person_at(account=account, person_id=person_id),
        track=track,
        previous=previous,
        attempt=previous.attempt + 1 if previous else 1,
        facts=take_facts(noun="journey", given=facts or {}, before={}),
        opened_at=take_time(at, now=now),
        owner=owner,
        team=team,
        amount=take_amount(amount),
        search=search_text(texts["title"]),
        **texts,
    )
    _assign(actor=actor, journey=journey, at=journey.opened_at, now=now)
    journal.note(
        actor=actor,
        action="open",
        noun="journey",
        row=journey.pk,
        journey=journey.pk,
        account=account.pk,
        after={"track": track, "owner": owner.pk if owner else None, "amount": amount,
               "previous": previous.pk if previous else None},
    )  # fmt: skip
    said = Said(override_reason=take_text(override_reason, limit=1000, en="reason", ja="理由"))
    step(actor=actor, journey=journey, stage=stage or first, at=journey.opened_at, said=said,
         cause=cause, now=now)  # fmt: skip
    return journey


@transaction.atomic
def reopen_journey(
    *,
    actor: Actor,
    journey_id: int,
    track: str = "",
    owner_id: int | None = None,
    source: str = "",
    now: datetime | None = None,
) -> Journey:
    """Go on with an account whose journey has ended: a new journey, linked to that one.

    On another `track` (a renewal, say) it is enough that the journey was won. The owner is
    `owner_id`, or the last one if they are still here, or else the actor.
    """
    journey = take(actor=actor, journey_id=journey_id)
    route = Route(model=current().model, track=journey.track)
    goes_on = track not in ("", journey.track) and route.is_sold(journey.stage)
    if not route.is_exit(journey.stage) and not goes_on:
        raise RuleError(
            en="This journey is still under way. Only one that has ended is opened again; "
            "after a sale, choose another track (a renewal, for example).",
            ja="この案件はまだ進行中です。再開できるのは終了した案件だけです。"
            "受注後の場合は、更新など別の商流を選んでください。",
        )
    later = Journey.objects.filter(previous=journey, track=track or journey.track)
    if any(not route.is_exit(one.stage) for one in later):
        raise ConflictError(
            en="This journey was opened again already, and that journey is under way. Work on there.",
            ja="この案件はすでに再開され、新しい案件が進行中です。そちらで続けてください。",
        )
    owner = journey.owner if journey.owner and team_of(journey.owner) else None
    return open_journey(
        actor=actor,
        account_id=journey.account_id,
        track=track or journey.track,
        owner_id=owner_id or (owner.pk if owner else None),
        source=source or journey.source,
        campaign=journey.campaign,
        title=journey.title,
        person_id=journey.person_id,
        previous_id=journey.pk,
        facts=None,
        now=now,
    )


@transaction.atomic
def assign_journey(
    *,
    actor: Actor,
    journey_id: int,
    user_id: int | None = None,
    team_id: int | None = None,
    revision: int | None = None,
    is_taken_over: bool = False,
    now: datetime | None = None,
) -> Assignment:
    """Give a journey to somebody, or with a team alone to whoever there takes it first.

    `is_taken_over` is for accepting a handoff: the receiver need not hold the journey yet.
    """
    now = now or timezone.now()
    journey = take(actor=actor, journey_id=journey_id, revision=revision)
    if not is_taken_over:
        require_holder(actor=actor, journey=journey)
    if user_id is None and team_id is None:
        raise RuleError(
            en="Nobody was chosen. Choose a person or a team.",
            ja="担当が選ばれていません。人かチームを選んでください。",
        )
    before = {"owner": journey.owner_id, "team": journey.team_id}
    owner, team = _holders(actor=actor, owner_id=user_id, team_id=team_id, stage=journey.stage)
    keep(journey, owner=owner, team=team)
    made = _assign(actor=actor, journey=journey, at=now, now=now)
    journal.note(
        actor=actor,
        action="assign",
        noun="journey",
        row=made.pk,
        journey=journey.pk,
        account=journey.account_id,
        before=before,
        after={"owner": journey.owner_id, "team": journey.team_id},
    )
    return made


@transaction.atomic
def change_journey(
    *,
    actor: Actor,
    journey_id: int,
    revision: int | None = None,
    now: datetime | None = None,  # noqa: ARG001 -- every action takes it
    **changes: Any,
) -> Journey:
    """Change the amount, title, source, campaign, person_id or facts (only those given) of a journey.

    Raises ConflictError when `revision` is given and the journey has changed since.
    """
    journey = take(actor=actor, journey_id=journey_id, revision=revision)
    unknown = set(changes) - {"amount", "person_id", "facts", *_TEXTS}
    if unknown:
        msg = f"a journey has no {', '.join(sorted(unknown))} to change"
        raise TypeError(msg)
    columns: dict[str, Any] = _texts({name: changes[name] for name in _TEXTS if name in changes})
    if "amount" in changes:
        columns["amount"] = take_amount(changes["amount"])
    if "facts" in changes:
        columns["facts"] = take_facts(noun="journey", given=changes["facts"], before=journey.facts)
    if "person_id" in changes:
        person = person_at(account=journey.account, person_id=changes["person_id"])
        columns["person_id"] = person.pk if person else None
    before = {name: getattr(journey, name) for name in columns}
    columns = {name: value for name, value in columns.items() if value != before[name]}
    if not columns:
        return journey
    if "title" in columns:
        columns["search"] = search_text(columns["title"])
    keep(journey, **columns)
    journal.note(
        actor=actor,
        action="change",
        noun="journey",
        row=journey.pk,
        journey=journey.pk,
        account=journey.account_id,
        before={name: before[name] for name in columns if name != "search"},
        after={name: value for name, value in columns.items() if name != "search"},
    )
    return journey


@transaction.atomic
def plan_next_step(
    *,
    actor: Actor,
    journey_id: int,
    text: str,
    due_on: date | None = None,
    due_time: time | None = None,
    now: datetime | None = None,
) -> NextStep:
    """Say what is to be done next and by when. An empty text: nothing is planned any more.

    With a `due_time`, where the organisation is, it is an appointment: a meeting.
    """
    now = now or timezone.now()
    journey = take(actor=actor, journey_id=journey_id)
    text = take_text(text, limit=300, en="next step", ja="次回アクション")
    if text and due_on is None:
        raise RuleError(
            en="A next step needs a date: without one nobody is reminded. Say by when.",
            ja="次回アクションには日付が必要です（日付がないと通知できません）。いつまでにするかを入力してください。",
        )
    made = NextStep.objects.create(
        journey=journey,
        text=text,
        due_on=due_on if text else None,
        due_at=_at(due_on, due_time) if text else None,
        by=actor.user,
        at=now,
    )
    before = _planned(journey.next_step, journey.next_step_on, journey.next_step_at)
    keep(journey, next_step=text, next_step_on=made.due_on, next_step_at=made.due_at)
    journal.note(
        actor=actor,
        action="plan_next_step",
        noun="journey",
        row=made.pk,
        journey=journey.pk,
        before=before,
        after=_planned(text, made.due_on, made.due_at),
    )
    return made


@transaction.atomic
def log_activity(
    *,
    actor: Actor,
    journey_id: int,
    kind: str,
    words: str = "",
    is_two_way: bool = False,
    at: datetime | None = None,
    person_id: int | None = None,
    now: datetime | None = None,
) -> Activity:
    """Write down what was done with the buyer. `is_two_way`: the buyer answered."""
    now = now or timezone.now()
    journey = take(actor=actor, journey_id=journey_id)
    if kind not in Activity.Kind.values:
        raise RuleError(
            en=f"There is no kind of activity {kind!r}. Choose one of: {', '.join(Activity.Kind.values)}.",
            ja=f"活動の種類 {kind!r} はありません。次から選んでください: {'、'.join(Activity.Kind.values)}",
        )
    activity = Activity.objects.create(
        journey=journey,
        kind=kind,
        at=take_time(at, now=now),
        recorded_at=now,
        by=actor.user,
        department=actor.department,
        is_two_way=is_two_way,
        words=take_text(words, limit=50_000, en="text", ja="内容"),
        person=person_at(account=journey.account, person_id=person_id),
    )
    last = max(filter(None, (journey.last_activity_at, activity.at)))
    keep(journey, last_activity_at=last)
    journal.note(
        actor=actor,
        action="log_activity",
        noun="journey",
        row=activity.pk,
        journey=journey.pk,
        after={"kind": kind, "is_two_way": is_two_way},
    )
    return activity


def _assign(*, actor: Actor, journey: Journey, at: datetime, now: datetime) -> Assignment:
    return Assignment.objects.create(
        journey=journey,
        user=journey.owner,
        team=journey.team,
        at=at,
        recorded_at=now,
        by=actor.user,
    )


def _holders(
    *, actor: Actor, owner_id: int | None, team_id: int | None, stage: str
) -> tuple[User | None, Team | None]:
    """Who is to have it: the person and their team in the stage's department, or a team alone."""
    department = current().model.stage(stage).department if stage else ""
    if owner_id is None and team_id is None:
        if actor.user is None:
            return None, None
        return actor.user, team_of(actor.user, department=department)
    team = team_with(team_id) if team_id is not None else None
    if owner_id is None:
        return None, team
    owner = active_user(owner_id)
    return owner, team_of(owner, department=department, within=team)


def _made(*, external_id: str | None, **columns: Any) -> Journey:
    """A new journey. Its key may be taken, even by a writer of this very moment."""
    try:
        with transaction.atomic():
            return Journey.objects.create(external_id=external_id, **columns)
    except IntegrityError:
        if external_id and Journey.objects.filter(external_id=external_id).exists():
            raise ConflictError(
                en=f"There is a journey with the key {external_id!r} already. Change that one instead.",
                ja=f"キー {external_id!r} の案件がすでにあります。そちらを変更してください。",
            ) from None
        raise


def _texts(given: Mapping[str, str]) -> dict[str, str]:
    return {
        name: take_text(value, limit=_TEXTS[name][0], en=_TEXTS[name][1], ja=_TEXTS[name][2])
        for name, value in given.items()
    }


def _at(day: date | None, clock: time | None) -> datetime | None:
    """The moment of an appointment, where the organisation is."""
    if day is None or clock is None:
        return None
    zone = ZoneInfo(current().model.time_zone)
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _planned(text: str, due_on: date | None, due_at: datetime | None) -> dict[str, str | None]:
    told = {"text": text, "due_on": due_on.isoformat() if due_on else None}
    return told | ({"due_at": due_at.isoformat()} if due_at else {})
