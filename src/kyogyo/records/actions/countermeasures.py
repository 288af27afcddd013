"""Countermeasures: registered before they start, changed in the open, started, reviewed, ended.

Whoever works here sees them all: what is tried, and what came of it, is everybody's. They are
registered and changed by their owner, by managers, RevOps and administrators.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from kyogyo.errors import ConflictError, NotAllowedError, RuleError
from kyogyo.records.access import not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.actions.registration import (
    LONGEST_WORDS,
    Registration,
    Start,
    Step,
    as_value,
    as_values,
    clean_registration,
    clean_steps,
    columns_to_change,
)
from kyogyo.records.models import (
    Countermeasure,
    CountermeasureEvent,
    CountermeasureStart,
    CountermeasureStep,
    Membership,
)
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import countermeasure_for, may_start
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyogyo.records.access import Actor
    from kyogyo.records.queries.countermeasures import Opened
    from kyogyo.records.queries.model import InForce

__all__ = ["Registration", "Start", "Step"]

_DECISIONS = ("keep", "fix", "coach", "drop", "wait")


@transaction.atomic
def register_countermeasure(
    *, actor: Actor, said: Registration, now: datetime | None = None
) -> Countermeasure:
    """Register a countermeasure. From here on each change of it is kept beside what was said first.

    Raises RuleError for what can't be tested as it is said, and ConflictError when the same scope,
    node and reason are being tried already.
    """
    require_starter(actor)
    now = now or timezone.now()
    in_force = current()
    clean = clean_registration(said, in_force=in_force)
    made = _create(actor, clean, in_force=in_force, now=now)
    _add_steps(made, clean.steps, now=now)
    CountermeasureStart.objects.bulk_create(
        CountermeasureStart(
            countermeasure=made,
            team_id=one.team_id,
            phase=one.phase,
            is_on=one.is_on,
            planned_on=one.planned_on,
        )
        for one in clean.starts
    )
    _log(made, actor=actor, kind="registered", now=now, data=as_values(clean))
    return made


@transaction.atomic
def change_countermeasure(
    *,
    actor: Actor,
    countermeasure_id: int,
    why: str,
    revision: int | None = None,
    steps: Sequence[Step] | None = None,
    now: datetime | None = None,
    **changes: Any,
) -> Countermeasure:
    """Change what was registered, and say why: the change is kept with the values before and after.

    `changes` are title, hypothesis, owner_id, guard and review_on. Where and when it starts, the node and
    the scope stay: another experiment is another countermeasure.
    """
    made = take(actor=actor, countermeasure_id=countermeasure_id, revision=revision)
    now = now or timezone.now()
    words = take_text(why, limit=LONGEST_WORDS, en="reason", ja="理由")
    if not words:
        raise RuleError(
            en="Say why it is changed: who reads the result later must know what was known when.",
            ja="変更の理由を書いてください。あとで結果を読む人が、いつ何が変わったかを知るために必要です。",
        )
    columns = columns_to_change(changes)
    before = {name: as_value(getattr(made, name)) for name in columns}
    _keep(made, **columns)
    data = {"before": before, "after": {name: as_value(value) for name, value in columns.items()}}
    if steps is not None:
        standing = made.steps.filter(retired_at=None).order_by("number")
        data["before"]["steps"] = [one.text for one in standing]
        standing.update(retired_at=now)
        _add_steps(made, clean_steps(steps, model=current().model), now=now)
        data["after"]["steps"] = [one.text for one in steps]
    _log(made, actor=actor, kind="changed", now=now, words=words, data=data)
    return made


@transaction.atomic
def start_phase(
    *,
    actor: Actor,
    countermeasure_id: int,
    start_id: int,
    on: date,
    why: str = "",
    now: datetime | None = None,
) -> CountermeasureStart:
    """Say on which day a phase really started in a team. Another day than the drawn one needs a reason."""
    made = take(actor=actor, countermeasure_id=countermeasure_id)
    now = now or timezone.now()
    start = made.starts.filter(pk=start_id).first()
    if start is None:
        raise not_found(en="such start", ja="開始の予定", key=start_id)
    if on > local_date(now):
        raise RuleError(
            en=f"{on} has not come yet. Say that it started once it has.",
            ja=f"{on} はまだ先の日付です。開始してから記録してください。",
        )
    words = take_text(why, limit=LONGEST_WORDS, en="reason", ja="理由")
    if on != start.planned_on and not words:
        raise RuleError(
            en=f"It was to start on {start.planned_on}, a day drawn by lot. Say why it was another day: "
            "a start that people chose makes the test weaker.",
            ja=f"開始日は抽選で {start.planned_on} に決まっていました。別の日になった理由を書いてください。"
            "人が選んだ開始日では、検定が弱くなります。",
        )
    before = as_value(start.started_on)
    start.started_on = on
    start.save(update_fields=["started_on"])
    _keep(made)
    data = {"start": start.pk, "planned_on": as_value(start.planned_on), "before": before, "on": as_value(on)}  # fmt: skip
    _log(made, actor=actor, kind="started", now=now, words=words, data=data)
    return start


@transaction.atomic
def review_countermeasure(
    *,
    actor: Actor,
    countermeasure_id: int,
    decision: str,
    words: str,
    verdict: dict[str, Any],
    next_review_on: date | None = None,
    now: datetime | None = None,
) -> CountermeasureEvent:
    """Keep what a review found and decided: `verdict` is the effect as it was read then (JSON values).

    'wait' needs the day of the next review; every other decision ends the countermeasure.
    """
    made = take(actor=actor, countermeasure_id=countermeasure_id)
    now = now or timezone.now()
    said = take_text(words, limit=LONGEST_WORDS, en="text", ja="内容")
    if decision not in _DECISIONS or not said:
        raise RuleError(
            en="Choose what follows (keep, fix the playbook, coach, drop or wait) and say why in a sentence.",
            ja="今後の扱い（続ける・手順を直す・支援する・やめる・様子を見る）を選び、理由を1文で書いてください。",
        )
    if decision == "wait":
        if next_review_on is None or next_review_on <= local_date(now):
            raise RuleError(
                en="Waiting needs the day of the next review, after today.",
                ja="様子を見る場合は、次の振り返りの日（明日以降）を入力してください。",
            )
        _keep(made, review_on=next_review_on)
        return _log(made, actor=actor, kind="reviewed", now=now, decision=decision, words=said, data=verdict)  # fmt: skip
    _keep(made, is_open=False)
    return _log(made, actor=actor, kind="ended", now=now, decision=decision, words=said, data=verdict)  # fmt: skip


@transaction.atomic
def reopen_countermeasure(
    *, actor: Actor, countermeasure_id: int, why: str, now: datetime | None = None
) -> Countermeasure:
    """Take an end back: it runs on. The end stays in its history."""
    made = take(actor=actor, countermeasure_id=countermeasure_id, is_open=False)
    words = take_text(why, limit=LONGEST_WORDS, en="reason", ja="理由")
    if not words:
        raise RuleError(en="Say why it is taken up again.", ja="再開する理由を書いてください。")
    try:
        with transaction.atomic():
            _keep(made, is_open=True)
    except IntegrityError as error:
        raise _is_tried_already(made.track, made.node) from error
    _log(made, actor=actor, kind="reopened", now=now or timezone.now(), words=words)
    return made


def take(
    *, actor: Actor, countermeasure_id: int, revision: int | None = None, is_open: bool = True
) -> Countermeasure:
    """The countermeasure, to change it. Raises for who may not, a stale `revision`, and one that has ended (or hasn't)."""
    countermeasure_for(actor, countermeasure_id)
    made = Countermeasure.objects.select_for_update().get(pk=countermeasure_id)
    require_writer(actor)
    if not (actor.user and actor.user.pk == made.owner_id):
        require_starter(actor)
    if revision is not None and revision != made.revision:
        raise _was_changed()
    if made.is_open != is_open:
        raise RuleError(
            en="It has ended. Take it up again first." if is_open else "It is still open.",
            ja="すでに終了しています。先に再開してください。"
            if is_open
            else "まだ終了していません。",
        )
    return made


def require_changer(actor: Actor, opened: Opened) -> None:
    """Raise NotAllowedError for who may not change this one: its owner may, and who registers countermeasures."""
    require_writer(actor)
    if not opened.may_change:
        require_starter(actor)


def require_starter(actor: Actor) -> None:
    """Raise NotAllowedError for who may not register countermeasures; MissingRecordError is for who sees none."""
    require_writer(actor)
    if not may_start(actor):
        raise NotAllowedError(
            en="Countermeasures are registered by managers, RevOps and administrators. Tell yours what you would try.",
            ja="打ち手を登録できるのはマネージャー、RevOps、管理者です。試したいことを担当のマネージャーに伝えてください。",
        )


def _create(
    actor: Actor, said: Registration, *, in_force: InForce, now: datetime
) -> Countermeasure:
    department = _department_of(said, in_force=in_force)
    try:
        with transaction.atomic():
            return Countermeasure.objects.create(
                title=said.title,
                hypothesis=said.hypothesis,
                track=said.track,
                node=said.node,
                reason=said.reason,
                segment=said.segment,
                segment_value=said.segment_value,
                improves_up=said.improves_up,
                guard=said.guard,
                department=department,
                owner_id=said.owner_id,
                expected=said.expected,
                expected_low=said.expected_low,
                expected_high=said.expected_high,
                design=said.design,
                baseline_from=said.baseline_from,
                review_on=said.review_on,
                made_by=actor.user,
                made_at=now,
                model_version=in_force.version,
            )
    except IntegrityError as error:
        raise _is_tried_already(said.track, said.node) from error


def _department_of(said: Registration, *, in_force: InForce) -> str:
    """The department that the node's stage belongs to; that of the owner where the node has no stage."""
    stage = said.node.partition(":")[2]
    if stage:
        return in_force.model.stage(stage).department
    membership = Membership.objects.filter(user=said.owner_id, until=None).select_related("team")
    first = membership.order_by("id").first()
    return first.team.department if first else ""


def _add_steps(made: Countermeasure, steps: Sequence[Step], *, now: datetime) -> None:
    CountermeasureStep.objects.bulk_create(
        CountermeasureStep(
            countermeasure=made,
            number=number,
            text=one.text,
            evidence=one.evidence,
            rule=one.rule,
            is_critical=one.is_critical,
            added_at=now,
        )
        for number, one in enumerate(steps, start=1)
    )


def _keep(made: Countermeasure, **columns: Any) -> None:
    written = Countermeasure.objects.filter(pk=made.pk, revision=made.revision).update(
        revision=F("revision") + 1, **columns
    )
    if not written:
        raise _was_changed()
    made.revision += 1
    for name, value in columns.items():
        setattr(made, name, value)


def _log(
    made: Countermeasure,
    *,
    actor: Actor,
    kind: str,
    now: datetime,
    decision: str = "",
    words: str = "",
    data: dict[str, Any] | None = None,
) -> CountermeasureEvent:
    event = CountermeasureEvent.objects.create(
        countermeasure=made,
        kind=kind,
        at=now,
        by=actor.user,
        decision=decision,
        words=words,
        data=data or {},
    )
    journal.note(
        actor=actor,
        action=kind,
        noun="countermeasure",
        row=made.pk,
        after={"words": words, "decision": decision, **(data or {})},
    )
    return event


def _is_tried_already(track: str, node: str) -> ConflictError:
    running = Countermeasure.objects.filter(track=track, node=node, is_open=True).first()
    name = running.title if running else ""
    return ConflictError(
        en=f"The same step, scope and reason are being worked on already: {name}. Two at one time "
        "can't be told apart; end that one first, or choose another scope.",
        ja=f"同じステップ・範囲・理由の打ち手「{name}」が進行中です。同時に行うと効果を区別できません。"
        "先にそちらを終了するか、別の範囲を選んでください。",
    )


def _was_changed() -> ConflictError:
    return ConflictError(
        en="Somebody else changed this countermeasure meanwhile. Nothing of yours was kept; reload it and try again.",
        ja="操作中に、ほかの人がこの打ち手を変更しました。今回の入力は保存されていません。読み直してからもう一度行ってください。",
    )
