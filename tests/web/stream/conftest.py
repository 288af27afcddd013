"""Journeys of the small company, and the history that a copy of them would be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import History
from kyogyo.errors import MissingTableError
from kyogyo.records.models import Journey
from kyogyo.revenue_model import default_model
from kyogyo.usecases.measure_records import Measured
from kyogyo.usecases.show_stream import numbers, show
from tests.records.people import MONDAY, Company, make_account, make_journey

sys.path.insert(0, str(Path(__file__).parents[2] / "analytics"))

_DAY = 86_400_000_000


@dataclass
class Copy:
    """What is published. A test that changes `history` gives it another `key`."""

    history: History | None
    key: str = "first"
    behind: int = 0


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Copy]:
    """A published copy, at first none, instead of the file of one."""
    published = Copy(None)

    @contextmanager
    def open_measured(*, home: Path | None = None) -> Iterator[Measured]:
        if published.history is None:
            raise MissingTableError(en="There is no copy yet.", ja="コピーがまだありません。")
        cursor = published.history.engine.connection.cursor()  # type: ignore[attr-defined]
        engine = DuckDBEngine(cursor)
        yield Measured(
            history=(history := replace(published.history, engine=engine)),
            copied_at=history.as_of,
            behind=published.behind,
            key=published.key,
            left_out=0,
            engine=engine,
        )

    for module in (show, numbers):
        monkeypatch.setattr(module, "open_measured", open_measured)
    monkeypatch.setattr(show, "_home", lambda: tmp_path)
    monkeypatch.setattr(show, "WAIT_S", 30.0)
    show.forget_all()
    yield published
    show.forget_all()


@pytest.fixture
def journeys(company: Company) -> list[Journey]:
    """Five leads of the marketer, a week apart; the inside sales rep has two of them in work."""
    return [
        make_journey(
            company,
            account=make_account(name=f"Account {n}", segment="small"),
            owner="inside" if n < 2 else "marketer",
            stage="working" if n < 2 else "lead",
            at=MONDAY + timedelta(days=7 * n),
            source="web" if n % 2 else "event",
        )
        for n in range(5)
    ]


@pytest.fixture
def flowing(copy: Copy, journeys: list[Journey]) -> Copy:
    """The history of `journeys`: all were leads of the marketer's, two are in work since the day after."""
    from small_history import entry, small_history  # noqa: PLC0415 -- its path is set above

    model = default_model()
    start = round(MONDAY.timestamp()) * 1_000_000
    rows = []
    for n, journey in enumerate(journeys):
        at = start + 7 * n * _DAY
        rows.append(entry(journey.pk, model.stage_number("lead"), at, owner=journeys[4].owner_id))
        if n < 2:
            rows.append(
                entry(journey.pk, model.stage_number("mql"), at + _DAY, owner=journeys[4].owner_id)
            )
            rows.append(
                entry(
                    journey.pk, model.stage_number("working"), at + 2 * _DAY, owner=journey.owner_id
                )
            )
    copy.history = small_history(
        rows,
        as_of="2026-05-15",
        model=model,
        attributes={
            "source": {j.pk: j.source for j in journeys},
            "segment": {j.pk: "small" for j in journeys},
        },
    )
    return copy
