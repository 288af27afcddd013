"""One change to many journeys: first what it would do to each, then doing it, then taking it back.

The look ahead runs the very actions and takes them back, so that it can't differ from what happens.
It goes in small portions: on SQLite nobody else can write meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction

from kyogyo.errors import KyogyoError, RuleError
from kyogyo.records.access import journeys_for, not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.journeys import assign_journey, change_journey, plan_next_step
from kyogyo.records.actions.stages import enter_stage
from kyogyo.records.actions.undoing import undo_entry
from kyogyo.records.models import AuditEvent, Journey
from kyogyo.records.queries.calendar import local_time
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

MOST = 1_000
_PORTION = 25
Kind = Literal["owner", "team", "next_step", "source", "campaign", "field", "stage"]
Outcome = Literal["changes", "same", "refused"]


@dataclass(frozen=True)
class BulkChange:
    """What is to be changed. `value` is an id, a text, a stage's code or a field's value; the rest goes with some kinds.

    `due_on` with a next step; `field` names a custom field; the reasons and words with a stage.
    """

    kind: Kind
    value: Any
    due_on: date | None = None
    field: str = ""
    override_reason: str = ""
    reason: str = ""
    buyer_words: str = ""
    our_view: str = ""
    revisit_on: date | None = None


@dataclass(frozen=True)
class BulkRow:
    """What became, or would become, of one journey. `why` says why it is refused."""

    journey: Journey
    outcome: Outcome
    why: Text | None = None


@dataclass(frozen=True)
class BulkReport:
    """What became of each. `batch` is the number by which it is taken back, 0 where nothing was done."""

    rows: tuple[BulkRow, ...]
    batch: int = 0

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome == outcome for row in self.rows)


def preview_bulk(*, actor: Actor, journey_ids: Sequence[int], change: BulkChange) -> BulkReport:
    """What `change` would do to each of the journeys that `actor` may see. Nothing is kept."""
    rows: list[BulkRow] = []
    for portion in _portions(actor, journey_ids):
        with transaction.atomic():
            rows.extend(row for row, _ in _change_each(actor, portion, change))
            transaction.set_rollback(True)
    return BulkReport(rows=tuple(rows))


def apply_bulk(*, actor: Actor, journey_ids: Sequence[int], change: BulkChange) -> BulkReport:
    """Change every journey that can be; those that refuse stay as they are, and the report says why."""
    batch = secrets.randbelow(2**53 - 1) + 1
    rows: list[BulkRow] = []
    for portion in _portions(actor, journey_ids):
        with transaction.atomic():
            done = list(_change_each(actor, portion, change))
            rows.extend(row for row, _ in done)
            undo = [how for row, how in done if row.outcome == "changes"]
            if undo:
                journal.note(
                    actor=actor, action="change", noun="bulk", row=batch,
                    after={"kind": change.kind, "field": change.field, "undo": undo}, tells=False,
                )  # fmt: skip
    report = BulkReport(rows=tuple(rows), batch=batch)
    return report if report.count("changes") else BulkReport(rows=report.rows)


def undo_bulk(*, actor: Actor, batch: int) -> BulkReport:
    """Take a change of many back, each by a new event; what was changed again since stays, and the report says so."""
    require_writer(actor)
    with transaction.atomic():
        parts = list(
            AuditEvent.objects.filter(noun="bulk", row=batch, by=actor.user).order_by("id")
        )
        if not parts:
            raise not_found(en="change of many", ja="一括変更", key=batch)
        if any(part.action == "undo" for part in parts):
            raise RuleError(
                en="This was taken back already.", ja="この一括変更はすでに元に戻されています。"
            )
        journal.note(actor=actor, action="undo", noun="bulk", row=batch, tells=False)
    rows: list[BulkRow] = []
    for part in parts:
        for one in part.after["undo"]:
            journey = (
                journeys_for(actor).select_related("account").filter(pk=one["journey"]).first()
            )
            if journey is None:
                continue
            try:
                _take_back(actor, journey, one, kind=part.after["kind"], field=part.after["field"])
            except KyogyoError as error:
                rows.append(BulkRow(journey, "refused", error.text))
            else:
                rows.append(BulkRow(journey, "changes"))
    return BulkReport(rows=tuple(rows))


def _portions(actor: Actor, journey_ids: Sequence[int]) -> Iterator[list[Journey]]:
    require_writer(actor)
    if len(journey_ids) > MOST:
        raise RuleError(
            en=f"{len(journey_ids):,} journeys are chosen; {MOST:,} at most are changed at once. Narrow the filter.",
            ja=f"{len(journey_ids):,}件が選ばれていますが、一度に変更できるのは{MOST:,}件までです。条件で絞り込んでください。",
        )
    if not journey_ids:
        raise RuleError(
            en="No journey is chosen. Tick some in the list.",
            ja="案件が選ばれていません。一覧で選んでください。",
        )
    for first in range(0, len(journey_ids), _PORTION):
        ids = journey_ids[first : first + _PORTION]
        found = {
            one.pk: one
            for one in journeys_for(actor)
            .select_related("account", "owner", "team")
            .filter(pk__in=ids)
        }
        yield [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def _change_each(
    actor: Actor, journeys: list[Journey], change: BulkChange
) -> Iterator[tuple[BulkRow, dict[str, Any]]]:
    for journey in journeys:
        before, after = _held(journey, change.kind, change.field), _asked(change)
        if before == after or (change.kind == "owner" and before[0] == after):
            yield BulkRow(journey, "same"), {}
            continue
        try:
            entry = _change_one(actor, journey, change)
        except KyogyoError as error:
            yield BulkRow(journey, "refused", error.text), {}
        else:
            undo = {"journey": journey.pk, "before": before, "after": after, "entry": entry}
            yield BulkRow(journey, "changes"), undo


def _held(journey: Journey, kind: str, field: str) -> Any:
    """What a journey has of that which is changed, as JSON."""
    if kind in ("owner", "team"):
        return [journey.owner_id, journey.team_id]
    if kind == "next_step":
        clock = local_time(journey.next_step_at)
        held = [journey.next_step, _iso(journey.next_step_on)]
        return [*held, clock.isoformat()] if clock else held
    return journey.facts.get(field) if kind == "field" else getattr(journey, kind)


def _asked(change: BulkChange) -> Any:
    if change.kind == "team":
        return [None, change.value]
    if change.kind == "next_step":
        return [change.value, _iso(change.due_on)]
    return change.value


def _change_one(actor: Actor, journey: Journey, change: BulkChange) -> int | None:
    """Do it by the action that does it for one; the id of the entry where it is a stage."""
    key: dict[str, Any] = {"actor": actor, "journey_id": journey.pk}
    if change.kind == "owner":
        assign_journey(**key, user_id=change.value)
    elif change.kind == "team":
        assign_journey(**key, team_id=change.value)
    elif change.kind == "next_step":
        plan_next_step(**key, text=change.value, due_on=change.due_on)
    elif change.kind == "field":
        change_journey(**key, facts={change.field: change.value})
    elif change.kind == "stage":
        entry = enter_stage(
            **key, stage=change.value, override_reason=change.override_reason, reason=change.reason,
            buyer_words=change.buyer_words, our_view=change.our_view, revisit_on=change.revisit_on,
        )  # fmt: skip
        return entry.pk
    else:
        change_journey(**key, **{change.kind: change.value})
    return None


def _take_back(
    actor: Actor, journey: Journey, one: dict[str, Any], *, kind: str, field: str
) -> None:
    key: dict[str, Any] = {"actor": actor, "journey_id": journey.pk}
    if kind == "stage":
        undo_entry(actor=actor, entry_id=one["entry"])
        return
    now = _held(journey, kind, field)
    if (now[0] if kind == "owner" else now) != one["after"]:
        raise RuleError(
            en="It was changed again since; that is kept.",
            ja="その後に変更されているため、現在の内容を残しました。",
        )
    if kind in ("owner", "team"):
        assign_journey(**key, user_id=one["before"][0], team_id=one["before"][1])
    elif kind == "next_step":
        text, due_on, *clock = one["before"]
        plan_next_step(
            **key,
            text=text,
            due_on=date.fromisoformat(due_on) if due_on else None,
            due_time=time.fromisoformat(clock[0]) if clock else None,
        )
    elif kind == "field":
        change_journey(**key, facts={field: one["before"]})
    else:
        change_journey(**key, **{kind: one["before"]})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
