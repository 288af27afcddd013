"""The entries that people and systems wrote down, in numbers, by journey and time."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import generator
from kyogyo.analytics.simulate.saas.clock import DAY_S
from kyogyo.analytics.simulate.saas.journeys import NEVER, NOBODY
from kyogyo.analytics.simulate.saas.market import SOURCES
from kyogyo.analytics.simulate.saas.past import Past

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PERSON, RULE, IMPORT, SYNC = range(4)
CAUSES = ("person", "rule", "import", "sync")

# The branch that doesn't divide its work kept a spreadsheet until it was loaded, months later.
SPREADSHEET_MONTHS = 6
_LATE = 0.15  # of what field sales does is written down later
_ESTIMATED = frozenset({"discovery", "evaluation"})
_OFFERED = frozenset({"proposal", "negotiation"})
_LAST = 1_000  # an end comes after whatever happened in the same second


@dataclass(frozen=True, eq=False)
class Log:
    """`row` is the journey, `column` the stage; instants are seconds on the company's clock."""

    row: Ints
    column: Ints
    at: Ints
    recorded_at: Ints
    owner: Ints
    amount: Ints
    cause: Ints
    by_day: Bools

    def take(self, which: Ints | Bools) -> Log:
        return Log(*(getattr(self, part.name)[which] for part in fields(self)))


def write_log(past: Past, *, until: int) -> Log:
    """Every entry that was known before `until`, the end of the data on the company's clock."""
    row, column, at, order = _entries(past)
    sort = np.lexsort((order, at, row))
    row, column, at = row[sort], column[sort], at[sort]
    track = past.journeys.track[row]
    is_first = np.concatenate([[True], row[1:] != row[:-1]])
    from_list = is_first & _from_list(past, row)
    in_spreadsheet = _in_spreadsheet(past, track, at)
    cause = _cause(past, row, column, is_first=is_first)
    cause[from_list | in_spreadsheet] = IMPORT
    by_day = from_list | in_spreadsheet
    log = Log(
        row=row,
        column=column,
        at=np.where(by_day, at - at % DAY_S, at),
        recorded_at=_recorded(past, row, column, at, from_list, in_spreadsheet),
        owner=_owner(past, row, column),
        amount=_amount(past, row, column),
        cause=cause,
        by_day=by_day,
    )
    known = log.take((log.at < until) & (log.recorded_at < until))
    return replace(known, owner=np.where(_is_waiting(past, known), NOBODY, known.owner))


def _is_waiting(past: Past, log: Log) -> Bools:
    """The journeys that nobody has taken up: who will is not known before it is done."""
    is_last = np.concatenate([log.row[1:] != log.row[:-1], [True]])[: len(log.row)]
    track = past.journeys.track[log.row]
    waits = np.zeros(len(log.row), dtype=np.bool_)
    for number, one in enumerate(past.world.tracks):
        queues = [s.column for s in one.steps if s.queue and s.queue.role == s.role]
        waits |= (track == number) & np.isin(log.column, queues)
    return np.asarray(is_last & waits)


def _entries(past: Past) -> tuple[Ints, Ints, Ints, Ints]:
    """Row, column, time and place among entries of the same second, in no order."""
    journeys = past.journeys
    gone_at = _gone_at(past)
    parts = []
    for number, track in enumerate(past.world.tracks):
        mine = journeys.track == number
        for place, step in enumerate(track.steps):
            at = journeys.reached[:, step.column]
            rows = np.flatnonzero(mine & (at != NEVER) & ~journeys.hidden[:, step.column])
            parts.append((rows, np.full(len(rows), step.column), at[rows], place))
    parts += [(*detour, 0) for detour in journeys.detours]
    ended = np.flatnonzero(journeys.ended_at != NEVER)
    parts.append((ended, journeys.end_column[ended], journeys.ended_at[ended], _LAST))
    # Whoever has left doesn't come to use the product afterwards.
    parts = [_keep(part, part[2] < gone_at[part[0]]) for part in parts]
    churned = _churned_column(past)
    if churned is not None:
        gone = np.flatnonzero(gone_at < np.iinfo(np.int64).max)
        parts.append((gone, np.full(len(gone), churned), gone_at[gone], _LAST))
    row, column, at = (np.concatenate([part[n] for part in parts]) for n in range(3))
    order = np.concatenate([np.full(len(part[0]), part[3]) for part in parts])
    return row, column, at, order


def _keep(part: tuple[Ints, Ints, Ints, int], which: Bools) -> tuple[Ints, Ints, Ints, int]:
    rows, columns, at, place = part
    return rows[which], columns[which], at[which], place


def _churned_column(past: Past) -> int | None:
    """The stage for customers who have left, where the model has one."""
    model = past.world.model
    exits = model.exits(past.world.tracks[0].code)
    found = [stage.code for stage in exits if stage.code == "churned"]
    return model.stage_number(found[0]) - 1 if found else None


def _gone_at(past: Past) -> Ints:
    """By journey: the end of the last working day for which a lost customer paid."""
    clock = past.world.clock
    customers = past.customers
    gone = np.flatnonzero((customers.left != NEVER) & (customers.row != NEVER))
    last = np.searchsorted(clock.day, clock.month_starts[customers.left[gone]]) - 1
    at = np.full(len(past.journeys.track), np.iinfo(np.int64).max)
    at[customers.row[gone]] = clock.day[last] * DAY_S + clock.opens + clock.length - 600
    return at


def _from_list(past: Past, row: Ints) -> Bools:
    """First attempts that came on a list of names with no time of day."""
    leads = past.leads
    by_list = np.array([source.arrival == "event" for source in SOURCES])
    return np.asarray((row < len(leads)) & by_list[leads.source[past.journeys.root(row)]])


def _in_spreadsheet(past: Past, track: Ints, at: Ints) -> Bools:
    full_cycle = [n for n, one in enumerate(past.world.tracks) if one.is_full_cycle]
    return np.isin(track, full_cycle) & (at < _loaded_from(past))


def _loaded_from(past: Past) -> int:
    """The first instant after the spreadsheet; a history of a few months has none."""
    world = past.world
    return world.clock.start(SPREADSHEET_MONTHS) if world.months > SPREADSHEET_MONTHS else 0


def _cause(past: Past, row: Ints, column: Ints, *, is_first: Bools) -> Ints:
    model = past.world.model
    causes = {"mql": RULE, "onboarding": SYNC, "churned": SYNC}
    of_stage = np.array([causes.get(stage.code, PERSON) for stage in model.stages])
    forms = np.array([source.arrival in ("anytime", "webinar") for source in SOURCES])
    by_form = forms[past.leads.source[past.journeys.root(row)]] | (row >= len(past.leads))
    return np.where(is_first, np.where(by_form, RULE, PERSON), of_stage[column])


def _recorded(
    past: Past, row: Ints, column: Ints, at: Ints, from_list: Bools, in_spreadsheet: Bools
) -> Ints:
    """When each entry was written down: at once, by Friday, or with the list it came on."""
    world = past.world
    field_sales = np.zeros(len(world.model.stages), dtype=np.bool_)
    for step in world.tracks[0].steps:
        field_sales[step.column] = step.role == "field_sales"
    # A number for each journey and stage, whatever else is in the log.
    u = generator(world.seed, "recorded").random(past.journeys.reached.shape)[row, column]
    late = field_sales[column] & (u < _LATE)
    recorded = at.copy()
    recorded[late] = world.clock.after(at[late], working_days=0.3 + 2.7 * u[late] / _LATE)
    # Nobody records what came next before this.
    following = np.concatenate([at[1:], at[-1:]])
    has_next = np.concatenate([row[1:] == row[:-1], [False]])
    recorded = np.where(has_next, np.minimum(recorded, following), recorded)
    recorded = np.where(from_list, past.leads.known_at[past.journeys.root(row)], recorded)
    return np.where(in_spreadsheet, _loaded_from(past) + 10 * 3_600, recorded)


def _owner(past: Past, row: Ints, column: Ints) -> Ints:
    """The person of the stage; an end has the owner of the stage before it."""
    owner = np.full(len(row), NEVER, dtype=np.int64)
    for number, track in enumerate(past.world.tracks):
        for step in track.steps:
            here = (past.journeys.track[row] == number) & (column == step.column)
            owner[here] = past.journeys.owner(row[here], step.role)
    return _carried_on(owner)


def _carried_on(values: Ints) -> Ints:
    """The value before it where there is NEVER one; the first is always known."""
    known = np.where(values != NEVER, np.arange(len(values)), 0)
    return np.asarray(values[np.maximum.accumulate(known)])


def _amount(past: Past, row: Ints, column: Ints) -> Ints:
    """What the deal was thought to be worth then; an end keeps the last amount."""
    stages = past.world.model.stages
    on_path = {step.column for track in past.world.tracks for step in track.steps}
    amount = np.full(len(row), NEVER, dtype=np.int64)
    amount[np.isin(column, sorted(on_path))] = 0
    for number, stage in enumerate(stages):
        if number not in on_path:
            continue
        here = column == number
        if stage.code in _ESTIMATED:
            amount[here] = past.deals.estimate[row[here]]
        elif stage.code in _OFFERED:
            amount[here] = past.deals.offer[row[here]]
        elif stage.type in ("won", "ongoing"):
            amount[here] = past.deals.signed[row[here]]
    return _carried_on(amount)
