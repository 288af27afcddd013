"""Write a simulated company's data the way a real one exports it, with the model that maps it.

So the demonstration goes in by the same door as everybody's own data.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit

from kyogyo.analytics.simulate import Simulation
from kyogyo.errors import SourceError
from kyogyo.period import date_of
from kyogyo.revenue_model import RevenueModel, default_model
from kyogyo.revenue_model.template import template
from kyogyo.words import Lang, Text, minor_digits

MODEL_FILE = "model.toml"
_NAMED = re.compile(r"^name = \{.*\}$", re.MULTILINE)
_NAME = 'name = { en = "Aozora Works (simulated)", ja = "あおぞらワークス（架空）" }'
LEADS_FILE, ACCOUNTS_FILE, REVENUE_FILE = "leads.csv", "accounts.csv", "revenue.csv"

_OF_ACCOUNT = ("segment", "industry", "region")
_HEADINGS: Mapping[str, Text] = {
    "journey": Text("Journey ID", "案件ID"),
    "account": Text("Account", "取引先"),
    "stage": Text("Stage", "フェーズ"),
    "at": Text("Entered at", "移行日時"),
    "recorded_at": Text("Recorded at", "登録日時"),
    "department": Text("Department", "部門"),
    "owner": Text("Owner", "担当者"),
    "amount": Text("Amount", "金額"),
    "currency": Text("Currency", "通貨"),
    "period": Text("Month", "対象月"),
    "mrr": Text("MRR", "月額"),
    "source": Text("Source", "流入経路"),
    "campaign": Text("Campaign", "キャンペーン"),
    "segment": Text("Segment", "企業規模"),
    "industry": Text("Industry", "業種"),
    "region": Text("Region", "地域"),
    "competitor": Text("Competitor", "競合"),
    "reason": Text("Reason", "終了理由"),
}
_HISTORY = (
    "journey",
    "account",
    "stage",
    "at",
    "recorded_at",
    "department",
    "owner",
    "amount",
    "currency",
)


@dataclass(frozen=True, slots=True)
class CompanyFiles:
    """What was written: the model with its `[[sources]]`, and the files of data that it maps."""

    model: Path
    data: tuple[Path, ...]


def write_company(*, simulation: Simulation, folder: Path, lang: Lang) -> CompanyFiles:
    """Write the tables as CSV files with headings and words in `lang`, and the model beside them.

    A history of stages for each track, what is known of leads and of accounts, revenue by month.
    Files of these names that are in `folder` already are replaced. Raises SourceError when the
    folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sources, files = [], []
        for source, rows in _exports(simulation, lang):
            path = folder / source["file"]
            _write_csv(path, rows)
            sources.append(source)
            files.append(path)
        model = folder / MODEL_FILE
        model.write_text(_model_text(simulation.model, sources, lang), encoding="utf-8")
    except OSError as error:
        raise SourceError(
            en=f"The simulated company can't be written to {folder}: {error.strerror}. "
            "Name a folder that can be written.",
            ja=f"模擬企業のデータを {folder} に書き込めません（{error.strerror}）。"
            "書き込めるフォルダーを指定してください。",
        ) from None
    return CompanyFiles(model=model, data=tuple(files))


Export = tuple[dict[str, Any], Iterable[Sequence[object]]]


def _exports(simulation: Simulation, lang: Lang) -> Iterable[Export]:
    """Each file's `[[sources]]` section, and its rows with the headings first."""
    entries = simulation.stage_entries.to_pydict()
    for track in dict.fromkeys(entries["track"]):
        yield _history(simulation.model, entries, track, lang)
    account_of = dict(zip(entries["journey_id"], entries["account_id"], strict=True))
    by_name = _by_attribute(simulation)
    yield _leads(by_name, account_of, lang)
    yield _accounts(by_name, account_of, lang)
    yield _revenue(simulation, lang)


def _history(
    model: RevenueModel, entries: Mapping[str, list[Any]], track: str, lang: Lang
) -> Export:
    words = _distinct({stage.code: stage.label.text.say(lang) for stage in model.stages})
    departments = {one.code: one.label.text.say(lang) for one in model.departments}
    seen = [code for code in words if code in set(entries["stage"])]
    source = {
        "name": f"history_{track}",
        "file": f"history_{track}.csv",
        "shape": "events",
        "track": track,
        "dates": "ymd",
        "columns": {name: _HEADINGS[name].say(lang) for name in _HISTORY},
        "stage_values": {words[code]: code for code in seen},
    }

    def rows() -> Iterable[Sequence[object]]:
        yield list(source["columns"].values())  # type: ignore[attr-defined]
        columns = ("journey_id", "account_id", *_HISTORY[2:], "track", "precision")
        for row in zip(*(entries[name] for name in columns), strict=True):
            journey, account, stage, at, recorded, department, *rest, of_track, precision = row
            if of_track != track:
                continue
            owner, amount, currency = rest
            yield (
                journey,
                account,
                words[stage],
                _local(at, zone=model.time_zone)[: 10 if precision == "day" else None],
                _local(recorded, zone=model.time_zone),
                departments.get(department, department),
                owner,
                "" if amount is None else _major(amount, currency),
                currency,
            )

    return source, rows()


def _leads(
    by_name: Mapping[str, Mapping[str, str]], account_of: Mapping[str, str], lang: Lang
) -> Export:
    """What is known of each journey, one row each."""
    names = [name for name in by_name if name not in _OF_ACCOUNT]
    journeys = [[by_name[name].get(journey, "") for name in names] for journey in account_of]
    columns = {"journey": _heading("journey", lang), "account": _heading("account", lang)}
    source = _attributes(LEADS_FILE, "journey", columns, names, lang)
    rows = [
        (journey, account, *known)
        for (journey, account), known in zip(account_of.items(), journeys, strict=True)
    ]
    return source, [[*columns.values(), *source["attributes"].values()], *rows]


def _accounts(
    by_name: Mapping[str, Mapping[str, str]], account_of: Mapping[str, str], lang: Lang
) -> Export:
    """What is known of each account that has a journey, one row each."""
    names = [name for name in by_name if name in _OF_ACCOUNT]
    known = {
        account: [by_name[name].get(journey, "") for name in names]
        for journey, account in account_of.items()
    }
    columns = {"account": _heading("account", lang)}
    source = _attributes(ACCOUNTS_FILE, "account", columns, names, lang)
    rows = [(account, *values) for account, values in known.items()]
    return source, [[*columns.values(), *source["attributes"].values()], *rows]


def _attributes(
    file: str, key: str, columns: Mapping[str, str], names: Sequence[str], lang: Lang
) -> dict[str, Any]:
    return {
        "name": Path(file).stem,
        "file": file,
        "shape": "attributes",
        "key": key,
        "columns": dict(columns),
        "attributes": {name: _heading(name, lang) for name in names},
    }


def _revenue(simulation: Simulation, lang: Lang) -> Export:
    currency = simulation.model.currency
    columns = {
        "account": _heading("account", lang),
        "period": _heading("period", lang),
        "amount": _heading("mrr", lang),
    }
    source = {
        "name": Path(REVENUE_FILE).stem,
        "file": REVENUE_FILE,
        "shape": "revenue",
        "columns": columns,
    }
    paid = simulation.revenue.to_pydict()
    rows = [
        (account, f"{date_of(start):%Y-%m}", _major(amount, currency))
        for account, start, amount in zip(
            paid["account_id"], paid["period_start"], paid["amount"], strict=True
        )
    ]
    return source, [list(columns.values()), *rows]


def _by_attribute(simulation: Simulation) -> dict[str, dict[str, str]]:
    """Attribute -> journey -> value."""
    known: dict[str, dict[str, str]] = {}
    table = simulation.attributes.to_pydict()
    for journey, name, value in zip(
        table["journey_id"], table["attribute"], table["value"], strict=True
    ):
        known.setdefault(name, {})[journey] = value
    return known


def _heading(name: str, lang: Lang) -> str:
    return _HEADINGS[name].say(lang) if name in _HEADINGS else name


def _distinct(words: Mapping[str, str]) -> dict[str, str]:
    """The words, or the code itself where two codes have the same word."""
    said = list(words.values())
    return {code: word if said.count(word) == 1 else code for code, word in words.items()}


@lru_cache(maxsize=65_536)
def _local(micros: int, *, zone: str) -> str:
    moment = datetime.fromtimestamp(micros // 1_000_000, tz=UTC).astimezone(ZoneInfo(zone))
    return moment.strftime("%Y/%m/%d %H:%M:%S")


def _major(minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    return f"{minor / 10**digits:.{digits}f}"


def _write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """With a byte order mark and the line ends that spreadsheets write and expect."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def _model_text(model: RevenueModel, sources: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """The default model as its commented template, another one as plain TOML; then the sources."""
    if model == default_model():
        text = _NAMED.sub(_NAME, template(lang), count=1)
    else:
        text = tomlkit.dumps(model.model_dump(exclude_none=True, exclude={"sources"}))
    return f"{text}\n{tomlkit.dumps({'sources': list(sources)})}"
