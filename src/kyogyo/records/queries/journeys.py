"""Lists of journeys: what a filter asks for, a page at a time, however many there are.

A page begins after the last row of the one before (a place, not a number), so that page 1,000 costs
what page 1 does, and no row is shown twice or missed while others are added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import (
    Actor,
    found_by,
    has_many,
    journeys_for,
    own_journeys,
    sights_by,
    subtree,
)
from kyogyo.records.models import CustomField, Handoff, Journey
from kyogyo.records.prepared import prepared
from kyogyo.records.queries.desk_rows import entered_by
from kyogyo.records.queries.journey_filter import ENDED, IN_PROGRESS, JourneyFilter, read_amount
from kyogyo.records.queries.model import current
from kyogyo.records.queries.search import matching_ids
from kyogyo.records.sight import Outcome
from kyogyo.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Collection

    from kyogyo.revenue_model import RevenueModel

PAGE_SIZE = 50
COUNTED_TO = 10_000
# The column that each order goes by, and whether it can be empty: empty ones come last, either way.
_COLUMNS = {
    "opened": ("opened_at", False),
    "entered": ("stage_entered_at", True),
    "activity": ("last_activity_at", True),
    "amount": ("amount", True),
    "next_step": ("next_step_on", True),
    "account": ("account__name", False),
}


@dataclass(frozen=True)
class JourneyRow:
    """A journey as a list shows it, with what is derived from the moment it is read."""

    journey: Journey
    days_in_stage: int | None
    expected_days: int | None
    handoff: str = ""
    is_next_step_past: bool = False

    @property
    def is_stalled(self) -> bool:
        """Longer in its stage than the model expects."""
        if self.days_in_stage is None or self.expected_days is None:
            return False
        return self.days_in_stage > self.expected_days


@dataclass(frozen=True)
class JourneyPage:
    """Some rows of a list. `before` and `after` are the places from which the pages beside it go on, '' where none is."""

    rows: tuple[JourneyRow, ...]
    before: str
    after: str


def matching(
    *,
    actor: Actor,
    asked: JourneyFilter,
    model: RevenueModel,
    now: datetime | None = None,
    by_order: bool = False,
    among: QuerySet[Journey] | None = None,
) -> QuerySet[Journey]:
    """The journeys that `asked` narrows to, among those that `actor` may see (or `among` these, seen already).

    In no order. `by_order`: the first in some order are wanted, so that each is better looked at than all found.
    """
    now = now or timezone.now()
    found = _seen(actor, asked, by_order=by_order) if among is None else among
    zone = ZoneInfo(model.time_zone)
    if asked.type == "in_progress":
        # What it isn't, and not what it is: an index of few values would be taken before the list's order.
        found = found.exclude(stage_type__in=ENDED)
    elif asked.type != "all":
        found = found.filter(stage_type=asked.type)
    for name in ("track", "source", "campaign"):
        if value := getattr(asked, name):
            found = found.filter(**{name: value})
    if asked.stage:
        found = found.filter(stage__in=asked.stage)
    if asked.segment:
        # Past the index of segments: of a third of all accounts each would be looked up.
        found = found.alias(segment=Coalesce("account__segment", Value(""))).filter(
            segment=asked.segment
        )
    found = _of_people(found, actor, asked)
    units = 10 ** minor_digits(model.currency)
    if asked.amount_from is not None:
        found = found.filter(amount__gte=asked.amount_from * units)
    if asked.amount_to is not None:
        found = found.filter(amount__lte=asked.amount_to * units)
    for name, column in (("opened", "opened_at"), ("entered", "stage_entered_at")):
        if first := getattr(asked, f"{name}_from"):
            found = found.filter(**{f"{column}__gte": _start_of(first, zone)})
        if last := getattr(asked, f"{name}_to"):
            found = found.filter(**{f"{column}__lt": _end_of(last, zone)})
    if asked.stalled:
        found = found.filter(stalled_at(model=model, now=now))
    found = _of_next_step(found, asked.next_step, today=now.astimezone(zone).date())
    if asked.handoff:
        offered = Handoff.objects.filter(open_round__isnull=False)
        found = found.filter(pk__in=offered.values("journey"))
    if asked.text:
        found = found.filter(pk__in=_of_words(asked.text))
    return _of_facts(found, asked, units=units)


def _seen(actor: Actor, asked: JourneyFilter, *, by_order: bool) -> QuerySet[Journey]:
    """What `actor` may see. What is found first has its index; what is looked at one by one has the list's order."""
    if asked.owner == "me":
        return own_journeys(actor)
    if actor.sees_all:
        return Journey.objects.all()
    outcome = outcome_of(asked.type)
    if by_order and not _is_rare(asked) and has_many(actor.sight_keys, outcome=outcome):
        return journeys_for(actor)
    return found_by(actor.sight_keys, outcome=outcome)


def outcome_of(kind: str) -> int | None:
    """What the table of who sees what calls the journeys of a filter's type; None for all of them."""
    if kind == "all":
        return None
    return {"won": Outcome.WON, "lost": Outcome.CLOSED, "recycled": Outcome.CLOSED}.get(
        kind, Outcome.GOES_ON
    )


def _is_rare(asked: JourneyFilter) -> bool:
    """Whether a filter leaves so few that going by the list's order would pass over many."""
    return (
        replace(asked, type="in_progress", track="", segment="", sort="-opened") != JourneyFilter()
    )


def _of_words(text: str) -> QuerySet[Journey, Any]:
    every = Journey.objects.values("pk")
    return every.filter(account__in=matching_ids("account", text)).union(
        every.filter(person__in=matching_ids("person", text)),
        every.filter(pk__in=matching_ids("journey", text)),
        all=True,
    )


def stalled_at(*, model: RevenueModel, now: datetime) -> Q:
    """Longer in their stage than the model expects, and not ended."""
    return entered_by(*latest_entries(model=model, now=now))


def latest_entries(*, model: RevenueModel, now: datetime) -> tuple[list[str], list[datetime]]:
    """Stages, and the time by which a journey has entered each that is longer in it than expected."""
    expected = {
        stage.code: now - timedelta(days=stage.expected_days + 1)
        for stage in model.stages
        if stage.expected_days is not None and stage.type in IN_PROGRESS
    }
    return list(expected), list(expected.values())


def _of_people(found: QuerySet[Journey], actor: Actor, asked: JourneyFilter) -> QuerySet[Journey]:
    if asked.owner == "none":
        found = found.filter(owner=None)
    elif asked.owner:
        mine = actor.user.pk if actor.user else 0
        found = found.filter(owner=mine if asked.owner == "me" else int(asked.owner))
    if asked.team == "none":
        return found.filter(team=None)
    if asked.team:
        roots = set(actor.own_teams) if asked.team == "mine" else {int(asked.team)}
        return found.filter(team__in=subtree(roots))
    return found


def _of_next_step(found: QuerySet[Journey], asked: str, *, today: date) -> QuerySet[Journey]:
    if asked == "past":
        return found.filter(next_step_on__lt=today, stage_type__in=IN_PROGRESS)
    if asked == "missing":
        return found.filter(next_step="", next_step_on=None, stage_type__in=IN_PROGRESS)
    if asked == "planned":
        return found.filter(next_step_on__gte=today)
    return found


def _of_facts(found: QuerySet[Journey], asked: JourneyFilter, *, units: int) -> QuerySet[Journey]:
    if not asked.facts:
        return found
    kinds = {one.code: one.kind for one in CustomField.objects.filter(noun="journey")}
    for number, (code, end, written) in enumerate(asked.facts):
        if code not in kinds:
            raise RuleError(
                en=f"There is no field {code!r} to filter by. It may have been renamed; take it out of the filter.",
                ja=f"絞り込みに使う項目 {code!r} がありません。名前が変わった可能性があります。条件から外してください。",
            )
        value, lookup = _fact_asked(kinds[code], end, written, units=units)
        # By alias, not facts__<code>: a code could read as a lookup of its own.
        name = f"fact_{number}"
        found = found.alias(**{name: KeyTransform(code, "facts")}).filter(
            **{f"{name}__{lookup}": value}
        )
    return found


def _fact_asked(kind: str, end: str, written: str, *, units: int) -> tuple[Any, str]:
    lookup = {"from": "gte", "to": "lte"}.get(end) or ("icontains" if kind == "text" else "exact")
    if kind not in ("number", "money"):
        return written, lookup
    try:
        number = read_amount(written) if kind == "money" else Decimal(written)
    except (ValueError, InvalidOperation) as error:
        raise RuleError(
            en=f"{written!r} is no number to filter by. Write digits, as 1200.",
            ja=f"{written!r} は数値として読み取れません。1200 のように数字で入力してください。",
        ) from error
    number *= units if kind == "money" else 1
    return (int(number) if number == number.to_integral_value() else float(number)), lookup


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    except OverflowError:  # the first day of all, east of Greenwich
        return datetime.min.replace(tzinfo=UTC)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    try:
        return _start_of(day + timedelta(days=1), zone)
    except OverflowError:  # the last day of all
        return datetime.max.replace(tzinfo=UTC)


def read_page(
    *,
    actor: Actor,
    asked: JourneyFilter,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    now: datetime | None = None,
) -> JourneyPage:
    """The page that begins after (or ends before) a place, or the first one. Raises RuleError for a place that is none."""
    now = now or timezone.now()
    model = current().model
    name, is_down = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    column, may_be_empty = _COLUMNS[name]
    backwards = bool(before)
    found = matching(actor=actor, asked=asked, model=model, now=now, by_order=True).select_related(
        "account", "owner", "team", "person"
    )
    place = _read_place(column, before or after) if before or after else None
    rows = _after(
        found, column, may_be_empty=may_be_empty, is_down=is_down != backwards,
        empty_first=backwards, place=place, size=size + 1,
    )  # fmt: skip
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return JourneyPage(rows=(), before="", after="")
    is_first = not has_more if backwards else place is None
    is_last = False if backwards else not has_more
    return JourneyPage(
        rows=rows_of(rows, model=model, now=now),
        before="" if is_first else _place(column, rows[0]),
        after="" if is_last else _place(column, rows[-1]),
    )


def _after(
    found: QuerySet[Journey],
    column: str,
    *,
    may_be_empty: bool,
    is_down: bool,
    empty_first: bool,
    place: tuple[Any, int] | None,
    size: int,
) -> list[Journey]:
    """Rows beyond `place`, filled and empty values apart: each part is a range of one index."""
    sign, beyond = ("-", "lt") if is_down else ("", "gt")
    parts = [False, True] if may_be_empty else [False]
    ids: list[int] = []
    for is_empty in reversed(parts) if empty_first else parts:
        part = _filled(found, column, is_empty=is_empty) if may_be_empty else found
        if place is not None:
            value, last = place
            if (value is None) != is_empty:
                # The place lies in the other part: this one is behind it, or wholly ahead.
                if is_empty == empty_first:
                    continue
            elif is_empty:
                part = part.filter(**{f"pk__{beyond}": last})
            else:
                # The first condition alone bounds the index; the second leaves out the place itself.
                part = part.filter(
                    Q(**{f"{column}__{beyond}e": value})
                    & (Q(**{f"{column}__{beyond}": value}) | Q(**{f"pk__{beyond}": last}))
                )
        order = [f"{sign}pk"] if is_empty else [f"{sign}{column}", f"{sign}pk"]
        ids.extend(part.order_by(*order).values_list("pk", flat=True)[: size - len(ids)])
        if len(ids) >= size:
            break
    # The order is found by ids alone: whole rows are slow to sort.
    named = {row.pk: row for row in _whole(ids=ids)}
    return [named[pk] for pk in ids]


@prepared
def _whole(*, ids: Collection[int]) -> QuerySet[Journey]:
    return Journey.objects.filter(pk__in=ids).select_related("account", "owner", "team", "person")


def _filled(found: QuerySet[Journey], column: str, *, is_empty: bool) -> QuerySet[Journey]:
    if not is_empty:
        return found.filter(**{f"{column}__isnull": False})
    # Past the column's index, which SQLite would take for one that finds few.
    return found.alias(held=Coalesce(column, column)).filter(held__isnull=True)


def _place(column: str, row: Journey) -> str:
    value = row.account.name if column == "account__name" else getattr(row, column)
    if isinstance(value, (date, datetime)):
        value = value.isoformat()
    return f"{row.pk}~{'' if value is None else value}"


def _read_place(column: str, written: str) -> tuple[Any, int]:
    row, _, value = written.partition("~")
    try:
        number = int(row)
        if column == "account__name":
            return value, number
        if not value:
            return None, number
        if column == "amount":
            return int(value), number
        if column == "next_step_on":
            return date.fromisoformat(value), number
        at = datetime.fromisoformat(value)
        # A place that we wrote says its zone, and is in no year that UTC doesn't have.
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), number
    except (ValueError, OverflowError) as error:
        raise RuleError(
            en="This address doesn't say where the page begins. Open the list from its first page.",
            ja="アドレスからページの開始位置を読み取れません。一覧の最初のページから開き直してください。",
        ) from error


@prepared
def _offered(*, journeys: Collection[int]) -> QuerySet[Handoff, tuple[int, str]]:
    rows = Handoff.objects.filter(journey__in=journeys, open_round__isnull=False)
    return rows.values_list("journey_id", "code")


def rows_of(
    journeys: list[Journey], *, model: RevenueModel, now: datetime
) -> tuple[JourneyRow, ...]:
    """What is derived for each of `journeys`, in one more query."""
    handoffs = dict(_offered(journeys=[one.pk for one in journeys]))
    stages = {stage.code: stage for stage in model.stages}
    today = now.astimezone(ZoneInfo(model.time_zone)).date()
    rows = []
    for one in journeys:
        stage = stages.get(one.stage)
        is_going = one.stage_type in IN_PROGRESS
        rows.append(
            JourneyRow(
                journey=one,
                days_in_stage=(now - one.stage_entered_at).days if one.stage_entered_at else None,
                expected_days=stage.expected_days if stage and is_going else None,
                handoff=handoffs.get(one.pk, ""),
                is_next_step_past=bool(is_going and one.next_step_on and one.next_step_on < today),
            )
        )
    return tuple(rows)


def count_up_to(found: QuerySet[Journey], *, most: int = COUNTED_TO) -> tuple[int, bool]:
    """How many there are, and whether there are more than the `most` that were counted."""
    counted = found.order_by().values("pk")[: most + 1].count()
    return min(counted, most), counted > most


def count_in_list(
    *, actor: Actor, asked: JourneyFilter, model: RevenueModel, now: datetime | None = None
) -> tuple[int, bool]:
    """How many a list has, as `count_up_to`: from the table of who sees what alone, where nothing else narrows it."""
    if replace(asked, sort="-opened") == JourneyFilter() and not actor.sees_all:
        seen = sights_by(actor.sight_keys, outcome=Outcome.GOES_ON).values("journey").distinct()
        counted = seen.order_by()[: COUNTED_TO + 1].count()
        return min(counted, COUNTED_TO), counted > COUNTED_TO
    found = matching(actor=actor, asked=asked, model=model, now=now)
    if asked.type == "in_progress" and actor.sees_all:
        # Counting has no order to go by, so here the index of few values is best.
        found = found.filter(stage_type__in=IN_PROGRESS)
    return count_up_to(found)


def ids_of(*, actor: Actor, asked: JourneyFilter, most: int) -> list[int]:
    """The ids of the first `most` journeys that `asked` narrows to, in its order."""
    page = read_page(actor=actor, asked=asked, size=most)
    return [row.journey.pk for row in page.rows]
