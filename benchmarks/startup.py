"""What a person waits for at the command line, and how fast a file comes in."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from clock import Clock, peak_mb

from kyogyo.analytics.simulate.entries import entry_chunks
from kyogyo.mirror import Store
from kyogyo.revenue_model import default_model, parse_model
from kyogyo.usecases.import_history import import_history
from kyogyo.usecases.measure_history import measure_history

_SOURCES = """
[[sources]]
name = "events"
file = "events*.csv"
shape = "events"
track = "new_business"
columns = { journey = "deal_id", stage = "stage", at = "entered_at", owner = "owner", amount = "amount", account = "customer" }

[[sources]]
name = "deals"
file = "deals*.csv"
shape = "record"
track = "new_business"
columns = { journey = "deal_id", owner = "owner", amount = "amount", account = "customer", source = "source" }
stages = { lead = "lead_at", mql = "mql_at", working = "working_at", discovery = "discovery_at", proposal = "proposal_at", won = "won_at" }
"""


def command_seconds(*words: str, rounds: int, folder: Path | None = None) -> dict[str, float]:
    """Median seconds of a command of the program in a process of its own."""
    clocks = []
    for _ in range(rounds):
        with Clock(children=True) as taken:
            subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=folder)
        clocks.append(taken)
    return {
        "wall_s": statistics.median(taken.wall for taken in clocks),
        "cpu_s": statistics.median(taken.cpu for taken in clocks),
    }


def write_events(path: Path, *, rows: int, seed: int) -> None:
    """A CSV of one row an event, in the words that a CRM would export."""
    import polars as pl  # noqa: PLC0415 -- slow import

    chunks = entry_chunks(journeys=rows // 3, seed=seed)
    frame = pl.concat([pl.DataFrame(chunk) for chunk in chunks]).filter(pl.col("track") == 1)[:rows]
    assert frame.height == rows
    codes = dict(enumerate((stage.code for stage in default_model().stages), start=1))
    at = (
        pl.from_epoch("at_us", time_unit="us")
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone("Asia/Tokyo")
    )
    frame.select(
        deal_id=pl.format("D-{}", "journey"),
        stage=pl.col("stage").cast(pl.Int64).replace_strict(codes, return_dtype=pl.String),
        entered_at=at.dt.strftime("%Y/%m/%d %H:%M:%S"),
        owner=pl.when(pl.col("owner") > 0).then(pl.format("担当{}", "owner")).otherwise(pl.lit("")),
        amount=pl.when(pl.col("amount") > 0)
        .then(pl.col("amount").cast(pl.String))
        .otherwise(pl.lit("")),
        customer=pl.format("A-{}", "account"),
    ).write_csv(path)


def write_deals(path: Path, *, rows: int, seed: int) -> None:
    """A CSV of one row a deal with a column of dates for each stage, empty where it was never entered."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import polars as pl  # noqa: PLC0415 -- slow import

    rng = np.random.default_rng(seed)
    reached = rng.geometric(0.35, rows)
    start = np.datetime64("2023-04-01") + rng.integers(0, 1_000, rows)
    columns: dict[str, object] = {
        "deal_id": [f"{n:08d}" for n in range(1, rows + 1)],
        "customer": [f"A-{n}" for n in rng.integers(1, rows, rows)],
        "source": np.array(["web", "展示会", "紹介", "広告"])[rng.integers(0, 4, rows)],
        "owner": [f"担当{n}" for n in rng.integers(1, 80, rows)],
        "amount": [f"{n:,}" for n in rng.integers(1, 500, rows) * 10_000],
    }
    for place, stage in enumerate(("lead", "mql", "working", "discovery", "proposal", "won")):
        written = start.astype(str)
        columns[f"{stage}_at"] = np.where(reached > place, written, "")
        start = start + rng.integers(0, 40, rows)
    pl.DataFrame(columns).write_csv(path)


def import_file(path: Path, *, store: Path) -> dict[str, object]:
    """Import one file into a new store and derive; seconds of both and what became of the rows."""
    model = parse_model(_default_text() + _SOURCES, name="benchmark.toml")
    with Store.open(store, model=model) as opened:
        with Clock() as taken:
            report = import_history(
                paths=[path], model=model, store=opened, verdict_dir=store.parent / "verdicts"
            )
        (file,) = report.files
        assert file.error is None, file.error
        with Clock() as derived:
            measure_history(store=opened)
    return {
        "rows": file.rows, "taken": file.taken, "refused": file.refused, "wall_s": taken.wall, "cpu_s": taken.cpu,
        "derive_wall_s": derived.wall, "peak_mb": peak_mb(),
    }  # fmt: skip


def _default_text() -> str:
    from importlib.resources import files  # noqa: PLC0415 -- only here

    return files("kyogyo.revenue_model").joinpath("the_model.toml").read_text(encoding="utf-8")
