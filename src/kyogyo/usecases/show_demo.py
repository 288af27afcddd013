"""The demonstration: a simulated company goes through the same door as everybody's own data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.analytics.simulate import DEMO_FAULT, simulate_company
from kyogyo.revenue_model import default_model, load_model
from kyogyo.usecases.report_data import report_data
from kyogyo.usecases.simulate_company import write_company
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.reports.contents import Report
    from kyogyo.usecases.import_history import Progress
    from kyogyo.words import Lang

# April 2023 to March 2026: three Japanese fiscal years.
START_MONTH = 2023 * 12 + 3
SEED = 2026
DATA = "data"

NOTICE = Text(
    en="This company is simulated. One fault was hidden in it; the report doesn't know where.",
    ja="この会社は架空のものです。障害を 1 つ仕込んでありますが、レポートはその場所を知りません。",
)


def show_demo(
    *, folder: Path, seed: int, lang: Lang, progress: Callable[[Progress], None] | None = None
) -> Report:
    """Write the company's exports and model into `folder`/data, import them, and report."""
    company = simulate_company(
        model=default_model(), seed=seed, start_month=START_MONTH, fault=DEMO_FAULT, lang=lang
    )
    written = write_company(simulation=company, folder=folder / DATA, lang=lang)
    return report_data(
        data=folder / DATA,
        model=load_model(written.model),
        verdict_dir=folder / "verdicts",
        progress=progress,
        notice=NOTICE,
        lang=lang,
    )
