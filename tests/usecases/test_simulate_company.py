from __future__ import annotations

import csv
import os
import tomllib
from pathlib import Path

import pytest

from kyogyo.analytics.simulate import Simulation, simulate_company
from kyogyo.errors import SourceError
from kyogyo.mirror import Store
from kyogyo.revenue_model import RevenueModel, default_model, load_model
from kyogyo.usecases.import_history import import_history
from kyogyo.usecases.simulate_company import CompanyFiles, write_company
from kyogyo.words import LANGS, Lang, Text


def company(lang: Lang, *, model: RevenueModel | None = None) -> Simulation:
    return simulate_company(
        model=model or default_model(),
        seed=4,
        start_month=2023 * 12 + 3,
        months=12,
        monthly_leads=40,
        fault=None,
        lang=lang,
    )


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(simulation: Simulation, folder: Path, lang: Lang) -> CompanyFiles:
    return write_company(simulation=simulation, folder=folder / "company", lang=lang)


@pytest.mark.parametrize("lang", LANGS)
def test_files_go_in_by_the_door_of_real_data_row_by_row(tmp_path: Path, lang: Lang) -> None:
    simulation = company(lang)
    written = write(simulation, tmp_path, lang)
    model = load_model(written.model)

    with Store.open(":memory:", model=model) as store:
        report = import_history(
            paths=list(written.data), model=model, store=store, dry_run=False, verdict_dir=tmp_path
        )
        stored = store.connection.execute(
            "SELECT j.name, a.name, e.at_us, e.track, e.stage, e.department, COALESCE(o.name, ''), "
            "e.amount, e.prec FROM entries AS e "
            "JOIN names AS j ON j.kind = 'journey' AND j.code = e.journey "
            "JOIN names AS a ON a.kind = 'account' AND a.code = e.account "
            "LEFT JOIN names AS o ON o.kind = 'owner' AND o.code = e.owner "
            "ORDER BY e.journey, e.at_us, e.seq"
        ).fetchall()
        revenue = store.connection.execute(
            "SELECT n.name, r.period_start, r.period_end, r.amount FROM revenue AS r JOIN names AS "
            "n ON n.kind = 'account' AND n.code = r.account ORDER BY ALL"
        ).fetchall()
        attributes = store.connection.execute(
            "SELECT j.name, a.name, v.name FROM attributes AS x "
            "JOIN names AS j ON j.kind = 'journey' AND j.code = x.journey "
            "JOIN names AS a ON a.kind = 'attribute' AND a.code = x.attribute "
            "JOIN names AS v ON v.kind = 'value' AND v.code = x.value ORDER BY ALL"
        ).fetchall()

    assert [(file.taken, file.refused, file.ignored) for file in report.files] == [
        (file.rows, 0, 0) for file in report.files
    ]
    expected = [
        (
            row["journey_id"],
            row["account_id"],
            row["at"],
            model.track_number(row["track"]),
            model.stage_number(row["stage"]),
            model.department_number(row["department"]),
            row["owner"] or "",
            row["amount"] or 0,
            {"second": 1, "day": 2}[row["precision"]],
        )
        for row in simulation.stage_entries.to_pylist()
    ]
    assert sorted(stored) == sorted(expected)
    assert sorted(revenue) == sorted(tuple(row.values()) for row in simulation.revenue.to_pylist())
    assert attributes == sorted(tuple(row.values()) for row in simulation.attributes.to_pylist())


@pytest.mark.parametrize("lang", LANGS)
def test_headings_and_words_are_in_the_language(tmp_path: Path, lang: Lang) -> None:
    written = write(company(lang), tmp_path, lang)
    history = read(written.data[0])
    words = {stage.label.text.say(lang) for stage in default_model().stages}

    assert [path.name for path in written.data] == [
        "history_new_business.csv",
        "history_full_cycle.csv",
        "leads.csv",
        "accounts.csv",
        "revenue.csv",
    ]
    heading = {"en": ["Journey ID", "Account", "Stage"], "ja": ["案件ID", "取引先", "フェーズ"]}
    assert list(history[0])[:3] == heading[lang]
    assert {row[heading[lang][2]] for row in history} <= words
    assert (
        read(written.data[4])[0].keys()
        == {
            "en": {"Account", "Month", "MRR"},
            "ja": {"取引先", "対象月", "月額"},
        }[lang]
    )


def test_files_open_in_a_spreadsheet(tmp_path: Path) -> None:
    written = write(company("ja"), tmp_path, "ja")

    for path in written.data:
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert not any(
            cell.startswith(("=", "+", "-", "@")) for row in read(path) for cell in row.values()
        )


def test_model_keeps_the_comments_of_the_template(tmp_path: Path) -> None:
    written = write(company("ja"), tmp_path, "ja")
    text = written.model.read_text(encoding="utf-8")

    assert "# 商流" in text
    assert [one.name for one in load_model(written.model).sources] == [
        "history_new_business",
        "history_full_cycle",
        "leads",
        "accounts",
        "revenue",
    ]
    named = load_model(written.model)
    assert named.name.text == Text(en="Aozora Works (simulated)", ja="あおぞらワークス（架空）")
    assert named.model_copy(update={"sources": (), "name": default_model().name}) == default_model()


def test_another_model_is_written_as_it_is(tmp_path: Path) -> None:
    dollars = default_model().model_copy(
        update={"currency": "USD", "time_zone": "America/New_York"}
    )

    written = write(company("en", model=dollars), tmp_path, "en")

    assert load_model(written.model).model_copy(update={"sources": ()}) == dollars
    assert tomllib.loads(written.model.read_text(encoding="utf-8"))["currency"] == "USD"
    assert {row["Currency"] for row in read(written.data[0])} == {"", "USD"}
    assert all(row["MRR"].endswith(".00") for row in read(written.data[4]))


def test_files_that_are_there_are_replaced(tmp_path: Path) -> None:
    first = write(company("en"), tmp_path, "en")
    before = [path.read_bytes() for path in (first.model, *first.data)]

    second = write(company("en"), tmp_path, "en")

    assert [path.read_bytes() for path in (second.model, *second.data)] == before


def test_folder_that_is_a_file_is_refused_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "company").write_text("in the way")

    with pytest.raises(SourceError) as refused:
        write(company("en"), tmp_path, "en")

    assert str(tmp_path / "company") in refused.value.say("en")
    assert os.strerror(17) in refused.value.say("ja")
    assert (tmp_path / "company").read_text() == "in the way"
