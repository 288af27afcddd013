"""The stream as it is now: what was counted of the published copy, and how fresh that is."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.analytics.funnel import open_funnel
from kyogyo.errors import MissingTableError, RuleError
from kyogyo.usecases.measure_records import open_measured
from kyogyo.usecases.show_stream.contents import Asked, Held, StreamPage
from kyogyo.usecases.show_stream.hold import COMPUTING, find_held
from kyogyo.usecases.show_stream.kept import Kept
from kyogyo.usecases.show_stream.page import Judging, TeamChoice, make_page, team_choices
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.usecases.measure_records import Measured

# A page is answered within 400 ms; what isn't counted by then is shown when it is.
WAIT_S = 0.25
_PAGES: Kept[StreamPage] = Kept(most=200)
_HELD: Kept[Held] = Kept(most=50)
# What tracks are held against, by the key of the copy; of the last copies only.
_JUDGED: dict[str, Judging] = {}
_COPIES_JUDGED = 2
_HELD_FILE = "stream_held.json"


@dataclass(frozen=True, slots=True)
class Shown:
    """The page, and how fresh it is. `page` None: it is being counted for the first time, ask again.

    `copied_at` (epoch microseconds) is when the records were copied, `behind` how many changes wait since.
    `is_latest` False: another copy was published since, and is being counted. `stamp` is another whenever what is
    shown is.
    """

    page: StreamPage | None
    copied_at: int
    behind: int | None
    is_latest: bool
    stamp: str


def show_stream(
    *,
    asked: Asked,
    teams: Sequence[TeamChoice] = (),
    may_narrow: bool = True,
    wait_s: float | None = None,
    stale: bool = True,
) -> Shown:
    """The page of the whole stream under a filter.

    Without `may_narrow` only the whole is shown, and no word by which journeys are told apart: of what
    a company calls its sources and segments nothing is learnt. With `stale` False it is that of the copy published now, however old the one is that was counted before.

    Raises:
        RuleError: the filter asks for what isn't there, or nothing may be filtered by.
        MissingTableError: nothing was copied yet, or no journey entered any stage.
        StoreError: the copy can't be read.
    """
    if asked.is_part and not may_narrow:
        raise _not_to_narrow()
    wait = WAIT_S if wait_s is None else wait_s
    # Which teams somebody may choose from differs from person to person; what is counted doesn't.
    narrowed = tuple(team for team in teams if team.code == asked.team)
    with open_measured() as measured:
        found = _PAGES.ask(
            (_home(), asked, narrowed),
            key=_key(measured),
            count=lambda: _count_page(asked, narrowed),
            wait_s=wait,
            stale=stale,
        )
        fresh = (measured.copied_at, measured.behind)
        if found is None:
            return Shown(None, *fresh, is_latest=False, stamp=f"counting {_key(measured)}")
        page = found.value
        held = _held(page.river.track, measured, wait_s=wait)
        choices = replace(page.choices, teams=team_choices(teams))
        page = replace(page, held=held, choices=choices)
        return Shown(
            page=page if may_narrow else _without_words(page),
            copied_at=fresh[0],
            behind=fresh[1],
            is_latest=found.key == _key(measured),
            stamp=f"{found.key} {held.as_of} {held.status}",
        )


def _not_to_narrow() -> RuleError:
    return RuleError(
        en="The stream can't be narrowed: you are in no team yet. Open it without a filter, "
        "or ask an administrator to add you to a team.",
        ja="所属がまだないため、全体像を絞り込めません。絞り込みなしで開くか、"
        "管理者にチームへの追加を依頼してください。",
    )


def _without_words(page: StreamPage) -> StreamPage:
    """The page without the words that journeys are told apart by; what is declared in the model stays."""
    return replace(
        page, choices=replace(page.choices, sources=(), segments=(), teams=()), mixes=None
    )


def _key(measured: Measured) -> str:
    return str(measured.key)


def _home() -> Path:
    from kyogyo.records.queries import database  # noqa: PLC0415 -- needs django.setup()

    return Path(database.home())


def judging_of(measured: Measured) -> Judging:
    """What the tracks of a copy are held against: made once for each, asked through the history given."""
    key = f"{_home()} {_key(measured)}"
    known = _JUDGED.get(key)
    if known is None:
        known = _JUDGED[key] = Judging(measured.history)
        for old in list(_JUDGED)[:-_COPIES_JUDGED]:
            _JUDGED.pop(old, None)
    return known.through(measured.history)


def _count_page(asked: Asked, teams: Sequence[TeamChoice]) -> StreamPage:
    with open_measured(home=_home()) as measured:
        return make_page(judging_of(measured), asked=asked, teams=teams)


def _held(track: str, measured: Measured, *, wait_s: float) -> Held:
    found = _HELD.ask(
        (_home(), track),
        key=_key(measured),
        count=lambda: _find_held(track, _home()),
        wait_s=wait_s,
    )
    if found is not None:
        return found.value
    kept = _read_held(_home()).get(track)
    return kept[1] if kept is not None else COMPUTING


def _find_held(track: str, home: Path) -> Held:
    """The answer for the copy published now: as another process found it, or found here and written beside the copy."""
    with open_measured(home=home) as measured:
        kept = _read_held(home)
        if track in kept and kept[track][0] == _key(measured):
            return kept[track][1]
        try:
            held = find_held(open_funnel(measured.history, track=track))
        except MissingTableError as error:
            return replace(COMPUTING, status="not_enough_history", headline=error.text)
        _write_held(home, {**kept, track: (_key(measured), held)})
        return held


def _read_held(home: Path) -> dict[str, tuple[str, Held]]:
    """By track, what was found and for which copy. Nothing where the file isn't there or isn't readable: it is only kept
    to save time."""
    try:
        told = json.loads((home / _HELD_FILE).read_text(encoding="utf-8"))
        return {track: (one["key"], _held_of(one["held"])) for track, one in told.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_held(home: Path, held: dict[str, tuple[str, Held]]) -> None:
    told = {track: {"key": key, "held": asdict(one)} for track, (key, one) in held.items()}
    beside = home / f"{_HELD_FILE}.{os.getpid()}"
    try:
        beside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        beside.replace(home / _HELD_FILE)
    except OSError:
        # A full disk costs other processes time, no more.
        beside.unlink(missing_ok=True)


def _held_of(told: dict[str, Any]) -> Held:
    texts = {name: Text(**told[name]) for name in ("headline", "paragraph")}
    lists = {name: tuple(Text(**each) for each in told[name]) for name in ("reasons", "actions")}
    cost = Text(**told["cost"]) if told["cost"] else None
    return Held(**{**told, **texts, **lists, "cost": cost})


def forget_all() -> None:
    """Keep nothing that was counted: for tests, which change what a copy is without publishing another."""
    _PAGES.forget()
    _HELD.forget()
    _JUDGED.clear()
