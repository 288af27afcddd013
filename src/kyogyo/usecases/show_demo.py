"""The demonstration: a simulated company whose history and last weeks went in by the doors of everybody's own data."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyogyo.errors import SettingError
from kyogyo.usecases.demo.seats import PASSWORD, SEATS, email_of
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.reports.contents import FileRead, Report
    from kyogyo.usecases.import_history import Progress
    from kyogyo.words import Lang

SEED = 2026
DATA, VERDICTS = "data", "verdicts"
_MADE = "demo.json"
_RECORDS = "kyogyo.sqlite3"
# Three years that end today.
_MONTHS = 36
# Everything that a demo puts into its folder, and nothing else.
_ITS_FILES = (
    "kyogyo.sqlite3*", "imports.duckdb*", "mirror.*", "secret.key", "report.html", "report.json",
    _MADE,
)  # fmt: skip
_ITS_FOLDERS = (DATA, VERDICTS, "uploads")

NOTICE = Text(
    en="This company is simulated. One fault was hidden in it; the report doesn't know where.",
    ja="この会社は架空のものです。障害を 1 つ仕込んでありますが、レポートはその場所を知りません。",
)
_STEPS = {
    "simulate": Text("Three years of a company are simulated", "3 年分の会社の動きを作成しています"),
    "write": Text("The history is written into the records", "履歴を記録に書き込んでいます"),
    "live": Text("The last weeks are worked through", "直近数週間の業務を再現しています"),
    "improve": Text("A year of countermeasures is gone through", "1 年分の打ち手を再現しています"),
    "measure": Text("The measuring copy and the report are made", "計測用コピーとレポートを作成しています"),
}  # fmt: skip
Tell = Callable[[Text], None]


@dataclass(frozen=True, slots=True)
class LogIn:
    """One of the people one can be."""

    job: Text
    email: str
    password: str


def log_ins() -> tuple[LogIn, ...]:
    """One for each job."""
    return tuple(
        LogIn(seat.label, email_of(seat.code), PASSWORD) for seat in SEATS if seat.is_first
    )


def is_made(folder: Path) -> bool:
    """Whether a whole demo company is kept in the folder."""
    return bool(_known(folder).get("is_whole"))


def kept_lang(folder: Path) -> str:
    """The language of the company that is kept."""
    return str(_known(folder).get("lang", ""))


def clear_demo(folder: Path) -> None:
    """Take away what a demo made in the folder. Raises SettingError where the records are not a demo's."""
    if (folder / _RECORDS).exists() and not (folder / _MADE).exists():
        raise SettingError(
            en=f"{folder} holds records that are not a demo's. Nothing was changed. Name another folder with --folder.",
            ja=f"{folder} にはデモ以外の記録があるため、何も変更していません。--folder で別の場所を指定してください。",
        )
    for pattern in _ITS_FILES:
        for path in folder.glob(pattern):
            if path.is_file():
                path.unlink()
    for name in _ITS_FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)


def begin_demo(folder: Path, *, seed: int, lang: Lang) -> None:
    """Note that a demo is being made here, before anything else is: one that was broken off is made anew."""
    _note(folder, seed=seed, lang=lang, is_whole=False)


def fill_demo(
    *,
    folder: Path,
    seed: int,
    lang: Lang,
    now: datetime | None = None,
    monthly_leads: int = 560,
    progress: Callable[[Progress], None] | None = None,
    tell: Tell | None = None,
) -> tuple[FileRead, ...]:
    """Fill the records (Django is set up, the tables are there and empty) with the company of a seed.

    Three years that end at `now`: the history through its exported files and the import, the last
    weeks through the actions of the pages. The same seed, language and day give the same company.
    """
    from kyogyo.analytics.simulate import DEMO_FAULT, simulate_company  # noqa: PLC0415 -- slow import
    from kyogyo.records.access import SYSTEM  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.records.actions.model import adopt  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.records.actions.organisation import mark_as_demo  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.revenue_model import default_model  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.demo.experiment import draw_experiment  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.usecases.demo.live_work import work_live  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.usecases.demo.people import seat_former_people, seat_people  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.usecases.import_records import import_records  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.usecases.report_data import files_read  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.simulate_company import write_company  # noqa: PLC0415 -- slow import

    now = (now or datetime.now(UTC)).replace(microsecond=0)
    said = tell or _nothing
    said(_STEPS["simulate"])
    today = now.astimezone(ZoneInfo(default_model().time_zone)).date()
    company = simulate_company(
        model=default_model(),
        seed=seed,
        start_month=today.year * 12 + today.month - _MONTHS,
        months=_MONTHS,
        monthly_leads=monthly_leads,
        fault=DEMO_FAULT,
        lang=lang,
        until=int(now.timestamp()) * 1_000_000,
        intervention=draw_experiment(today=today).intervention(),
    )
    written = write_company(simulation=company, folder=folder / DATA, lang=lang)
    adopt(actor=SYSTEM, text=written.model.read_text(encoding="utf-8"))
    mark_as_demo(actor=SYSTEM)
    cast = seat_people(company=company, lang=lang)
    said(_STEPS["write"])
    report = import_records(
        actor=SYSTEM,
        paths=[folder / DATA],
        home=folder,
        verdict_dir=folder / VERDICTS,
        progress=progress,
        lang=lang,
        now=now,
    )
    seat_former_people(company=company, cast=cast)
    said(_STEPS["live"])
    work_live(model=company.model, cast=cast, lang=lang, now=now)
    return files_read(report.files)


def improve_demo(
    *, folder: Path, lang: Lang, now: datetime | None = None, tell: Tell | None = None
) -> None:
    """Let the company of `fill_demo` improve its stream, on its own measuring copy: countermeasures, a review, answers to alerts."""
    from kyogyo.usecases.copy_records import copy_records  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.demo.improving import improve_stream  # noqa: PLC0415 -- needs django.setup()

    (tell or _nothing)(_STEPS["improve"])
    copy_records(home=folder)
    improve_stream(lang=lang, now=(now or datetime.now(UTC)).replace(microsecond=0))


def end_demo(folder: Path, *, seed: int, lang: Lang) -> None:
    """Note that the company is whole."""
    _note(folder, seed=seed, lang=lang, is_whole=True)


def report_demo(
    *, folder: Path, files: tuple[FileRead, ...] = (), tell: Tell | None = None
) -> Report:
    """Bring the measuring copy up to date, and report on it."""
    from kyogyo.usecases.copy_records import copy_records  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.measure_records import open_measured  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.report_funnel import report_funnel  # noqa: PLC0415 -- slow import

    (tell or _nothing)(_STEPS["measure"])
    copy_records(home=folder)
    with open_measured(home=folder) as measured:
        return report_funnel(
            history=measured.history, made_at=time.time_ns() // 1_000, files=files, notice=NOTICE
        )


def _nothing(says: Text) -> None:
    """Where nobody wants to be told."""


def _known(folder: Path) -> dict[str, object]:
    try:
        known = json.loads((folder / _MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) and (folder / _RECORDS).exists() else {}


def _note(folder: Path, *, seed: int, lang: Lang, is_whole: bool) -> None:
    text = json.dumps({"seed": seed, "lang": lang, "is_whole": is_whole})
    (folder / _MADE).write_text(text, encoding="utf-8")
