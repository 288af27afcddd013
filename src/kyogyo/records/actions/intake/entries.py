"""Stage entries of an import: new ones are added, the same ones left, corrected ones taken back and added."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from kyogyo.errors import RuleError
from kyogyo.records.actions.intake.nouns import journey_keys
from kyogyo.records.actions.intake.owners import Owners
from kyogyo.records.actions.intake.taken import TakenEntry
from kyogyo.records.actions.intake.writing import (
    Intake,
    chunks,
    cut,
    insert_rows,
    keepable,
    runs,
)
from kyogyo.records.models import Cause, CriterionCheck, Journey, StageEntry
from kyogyo.records.queries.route import Route
from kyogyo.records.queries.wording import IMPORTED, written
from kyogyo.records.undone import that_stand

_ENTRY = (
    "journey", "stage", "at", "recorded_at", "precision", "by", "cause", "department", "owner",
    "amount", "model_version", "missing", "override_reason", "reason", "buyer_words", "our_view",
    "revisit_on", "undoes", "is_inferred",
)  # fmt: skip
_CHECK = ("journey", "stage", "criterion", "is_met", "evidence", "by", "at", "recorded_at")
_Row = tuple[Any, ...]
_KNOWN = (
    "journey_id", "at", "id", "stage", "cause", "owner_id", "amount", "reason", "buyer_words",
    "our_view", "revisit_on", "undone_by__cause", "is_inferred",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry that is there already, and what took it back ('' if nothing did)."""

    at: datetime
    id: int
    stage: str
    cause: str
    owner: int | None
    amount: int | None
    reason: str
    buyer_words: str
    our_view: str
    revisit_on: date | None
    undone_by: str | None
    is_inferred: bool | None = None

    @property
    def counts(self) -> bool:
        return self.undone_by is None


class Entries:
    """Takes entries in, chunk by chunk, and remembers what the source still has of before."""

    def __init__(self, intake: Intake, *, owners: Owners) -> None:
        self._intake = intake
        self._owners = owners
        self._steps = lru_cache(maxsize=10_000)(self._criteria_left)
        self._routes = lru_cache(maxsize=100)(self._route)
        self._newest = _last_id()
        self._by = intake.actor.user.pk if intake.actor.user else None
        self._given: set[int] = set()
        self._seen: set[int] = set()

    def take(self, rows: Iterable[TakenEntry]) -> None:
        for chunk in chunks(rows):
            keys = journey_keys(one.journey for one in chunk)
            self._given.update(pk for pk, _ in keys.values())
            known = _known({pk for pk, _ in keys.values()})
            new: list[_Row] = []
            checks: list[_Row] = []
            voided: list[tuple[int, _Known]] = []
            chunk.sort(key=lambda one: (one.journey, one.at))
            for key, group in groupby(chunk, key=lambda one: one.journey):
                journey, track = keys[key]
                standing = known.get(journey, [])
                for row in group:
                    self._take_one(
                        row,
                        journey=journey,
                        track=track,
                        known=standing,
                        new=new,
                        checks=checks,
                        voided=voided,
                    )
            self._write(new, checks=checks, voided=voided)

    def expect_none(self, keys: Iterable[str]) -> None:
        """Journeys that the source has no entry of: `void_the_rest` then takes all of theirs back."""
        for chunk in chunks(keys):
            known = Journey.objects.filter(external_id__in=chunk)
            self._given.update(known.values_list("id", flat=True))

    def void_the_rest(self) -> None:
        """Take back what was imported before, of the journeys given, and the source has no longer."""
        for chunk in chunks(sorted(self._given)):
            theirs = StageEntry.objects.filter(journey__in=chunk, id__lte=self._newest)
            gone = that_stand(theirs.filter(cause=Cause.IMPORT))
            rows = [
                (pk, journey, stage)
                for pk, journey, stage in gone.values_list("id", "journey_id", "stage")
                if pk not in self._seen
            ]
            self._undo(rows)

    def _take_one(
        self,
        row: TakenEntry,
        *,
        journey: int,
        track: str,
        known: list[_Known],
        new: list[_Row],
        checks: list[_Row],
        voided: list[tuple[int, _Known]],
    ) -> None:
        owner = self._owners.find(row.owner)
        same = [one for one in known if one.stage == row.stage and one.at == row.at]
        # What somebody here took back stays taken back, however often the source says it.
        settled = [one for one in same if one.counts or one.undone_by != Cause.IMPORT]
        if settled and not _differs(settled[-1], row, owner=owner):
            self._seen.add(settled[-1].id)
            self._intake.counts["unchanged"] += 1
            return
        if settled:
            voided.append((journey, settled[-1]))
            known.remove(settled[-1])
        before = [one for one in known if one.counts]
        place = bisect_right(before, row.at, key=lambda one: one.at)
        left = before[place - 1].stage if place else ""
        entry = self._entry(row, journey=journey, track=track, left=left, owner=owner)
        new.append(entry)
        checks += [
            (
                journey,
                stage,
                code,
                True,
                self._intake.batch.label,
                self._by,
                row.at,
                self._intake.now,
            )
            for stage, code in self._steps(track, left, row.stage)
            if code in row.shown
        ]
        known.insert(
            known.index(before[place - 1]) + 1 if place else 0,
            _Known(row.at, 0, row.stage, Cause.IMPORT, owner, row.amount, row.reason,
                   row.buyer_words, row.our_view, row.revisit_on, None, row.is_inferred),
        )  # fmt: skip

    def _entry(
        self, row: TakenEntry, *, journey: int, track: str, left: str, owner: int | None
    ) -> _Row:
        route = self._routes(track)
        now = self._intake.now
        if (route.position(row.stage) < 0 and not route.is_exit(row.stage)) or row.at > now:
            raise RuleError(
                en=f"An entry of {row.journey!r} can't be taken in: the track {track!r} has no stage "
                f"{row.stage!r}, or {row.at} lies ahead. Correct the mapping.",
                ja=f"{row.journey!r} の記録を取り込めません。商流 {track!r} にフェーズ {row.stage!r} がないか、"
                f"{row.at} が未来の日時です。対応付けを直してください。",
            )
        missing = [code for _, code in self._steps(track, left, row.stage) if code not in row.shown]
        return (
            journey, row.stage, row.at, min(max(row.recorded_at or now, row.at), now),
            row.precision, self._by, Cause.IMPORT.value,
            self._intake.force.model.stage(row.stage).department, owner,
            self._intake.amount(row.amount, key=row.journey),
            self._intake.force.version.pk, missing, written(IMPORTED) if missing else "", row.reason[:64],
            self._intake.cut(row.buyer_words, 20_000, key=row.journey),
            self._intake.cut(row.our_view, 20_000, key=row.journey), row.revisit_on, None,
            row.is_inferred or None,
        )  # fmt: skip

    def _route(self, track: str) -> Route:
        return Route(model=self._intake.force.model, track=track)

    def _criteria_left(self, track: str, left: str, stage: str) -> tuple[tuple[str, str], ...]:
        """The criteria that the step from `left` ('' for the beginning) to `stage` should have shown."""
        route = self._routes(track)
        if left and route.position(left) < 0:  # it went on after an end: nothing was left
            return ()
        here, there = max(route.position(left), 0), route.position(stage)
        return tuple(
            (one.code, criterion.code)
            for one in route.path[here : max(there, here)]
            for criterion in one.exit_criteria
            if criterion.met_by != "acceptance"
        )

    def _write(
        self,
        new: list[_Row],
        *,
        checks: list[_Row],
        voided: list[tuple[int, _Known]],
    ) -> None:
        self._undo([(one.id, journey, one.stage) for journey, one in voided])
        before = _last_id()
        insert_rows(StageEntry, _ENTRY, new)
        insert_rows(CriterionCheck, _CHECK, checks)
        touched = {row[0] for row in new}
        made = StageEntry.objects.filter(pk__gt=before, journey__in=touched, cause=Cause.IMPORT)
        self._intake.entry_runs += runs(made.values_list("id", flat=True))
        self._intake.journeys |= touched
        self._intake.counts["entries"] += len(new)

    def _undo(self, rows: list[tuple[int, int, str]]) -> None:
        """Take entries (id, journey, stage) back by new rows."""
        intake = self._intake
        insert_rows(
            StageEntry,
            _ENTRY,
            [
                (journey, stage, intake.now, intake.now, "second", self._by, Cause.IMPORT.value,
                 intake.force.model.stage(stage).department, None, None, intake.force.version.pk,
                 [], "", "", "", "", None, pk, None)
                for pk, journey, stage in rows
            ],
        )  # fmt: skip
        intake.journeys.update(journey for _, journey, _ in rows)
        intake.counts["voided"] += len(rows)


def _last_id() -> int:
    return StageEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _known(journeys: set[int]) -> Mapping[int, list[_Known]]:
    """The entries of these journeys, each journey's in order."""
    rows = (
        StageEntry.objects.filter(journey__in=journeys, undoes=None)
        .order_by("journey", "at", "id")
        .values_list(*_KNOWN)
    )
    return {
        journey: [_Known(*row[1:]) for row in group]
        for journey, group in groupby(rows, key=itemgetter(0))
    }


def _differs(known: _Known, row: TakenEntry, *, owner: int | None) -> bool:
    """Whether the source says something else of an entry that it made; what it leaves out is no difference."""
    if known.cause not in (Cause.IMPORT, Cause.SYNC) or not known.counts:
        return False
    pairs = (
        (keepable(row.amount), known.amount), (owner, known.owner), (row.reason, known.reason),
        (cut(row.buyer_words, 20_000), known.buyer_words),
        (cut(row.our_view, 20_000), known.our_view), (row.revisit_on, known.revisit_on),
        (row.is_inferred, bool(known.is_inferred)),
    )  # fmt: skip
    return any(said not in (None, "", kept) for said, kept in pairs)
