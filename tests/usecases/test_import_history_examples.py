"""The example models on the data they were written for: exact counts, sensible refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kyogyo.mirror import Store
from kyogyo.revenue_model import RevenueModel, load_model
from kyogyo.usecases.import_history import ImportReport, import_history

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
NOW = 1_790_000_000_000_000


def example(name: str) -> RevenueModel:
    return load_model(EXAMPLES / name / "model.toml")


def bring(
    model: RevenueModel, folder: Path, *questions: str, times: int = 1
) -> tuple[ImportReport, list[Any]]:
    with Store.open(":memory:", model=model) as store:
        for _ in range(times):
            report = import_history(paths=[folder], model=model, store=store, now=NOW)
        return report, [store.tables().execute(sql).fetchall() for sql in questions]


def counts(report: ImportReport) -> dict[str, tuple[int, int, int, int, int]]:
    """Rows, taken, unchanged, refused, ignored by source."""
    assert [file.error.en for file in report.files if file.error] == []
    return {f.source: (f.rows, f.taken, f.unchanged, f.refused, f.ignored) for f in report.files}


def test_deals_csv_has_500_deals_that_nothing_dates(shared_data: Path) -> None:
    report, (by_stage, lost_accounts) = bring(
        example("deals_csv"),
        shared_data / "deals_csv",
        "SELECT stage, COUNT(*), COUNT(*) FILTER (amount > 0) FROM entries GROUP BY stage ORDER BY stage",
        "SELECT COUNT(*) FROM (SELECT DISTINCT journey FROM entries WHERE account = 0)",
    )

    assert counts(report) == {
        "pipeline": (8_800, 8_300, 0, 500, 0),
        "accounts": (85, 85, 0, 0, 0),
    }
    assert by_stage == [(2, 8_300, 0), (3, 4_238, 4_238), (4, 2_473, 0)]
    # 1,425 deals have no account, 337 of them are among the 500 refused.
    assert lost_accounts == [(1_088,)]
    assert [unmatched.path.name for unmatched in report.unmatched] == [
        "products.csv", "sales_teams.csv",
    ]  # fmt: skip


def test_olist_journeys_reach_their_sale_and_first_revenue(shared_data: Path) -> None:
    report, (by_stage, lateness, attributes) = bring(
        example("olist"),
        shared_data / "olist",
        "SELECT stage, COUNT(*), MIN(prec), SUM(inferred) FROM entries GROUP BY stage ORDER BY stage",
        "SELECT COUNT(*) FROM (SELECT journey FROM entries GROUP BY journey HAVING COUNT(*) = 3)",
        "SELECT n.name, COUNT(*) FROM attributes AS a JOIN names AS n ON n.kind = 'attribute' "
        "AND n.code = a.attribute GROUP BY n.name ORDER BY n.name",
    )

    assert counts(report) == {
        "leads": (8_000, 8_000, 0, 0, 0),
        "closed_deals": (842, 842, 0, 0, 0),
        "seller_quarters": (6_802, 6_802, 0, 0, 0),
    }
    assert by_stage == [(1, 8_000, 2, 0), (4, 842, 1, 0), (5, 264, 4, 264)]
    assert lateness == [(264,)]
    assert dict(attributes)["source"] == 7_940
    assert dict(attributes)["sdr"] == 842
    assert dict(attributes)["has_company"] == 63
    assert [note.en for file in report.files for note in file.notes] == [
        (
            "Journeys with won dated before mql: 1 (for example b91cf8812365f50ff4bda4bcd6206b05). Kept "
            "as they are."
        ),
        (
            "Accounts that belong to no journey in the store: 2,441 of 2,721. What is said of them is "
            "kept, and counts once a journey names them."
        ),
    ]


def test_hubspot_stages_join_none_of_the_deals(shared_data: Path) -> None:
    report, (journeys, both) = bring(
        example("hubspot_export"),
        shared_data / "hubspot_export",
        "SELECT COUNT(DISTINCT journey) FROM entries",
        "SELECT COUNT(*) FROM (SELECT journey FROM entries GROUP BY journey HAVING COUNT(*) > 1)",
    )

    assert counts(report) == {"deals": (44, 44, 0, 0, 0), "deal_stages": (14, 14, 0, 0, 0)}
    assert (journeys, both) == ([(58,)], [(0,)])
    every = len(list((shared_data / "hubspot_export").glob("*.csv")))
    assert len(report.unmatched) == every - 2


def test_hubspot_end_of_2050_is_refused_as_a_placeholder(shared_data: Path) -> None:
    model = example("hubspot_export")
    source = model.source("deal_stages")
    columns = source.columns.model_copy(update={"at": "_fivetran_end"})
    changed = source.model_copy(update={"columns": columns})
    model = model.model_copy(update={"sources": (changed,)})

    report, _ = bring(model, shared_data / "hubspot_export")

    assert counts(report) == {"deal_stages": (14, 0, 0, 14, 0)}
    assert "placeholder date" in report.files[0].reasons[0][0].en


def test_salesforce_history_repeats_what_the_opportunities_say(shared_data: Path) -> None:
    report, (by_stage, amount) = bring(
        example("salesforce_export"),
        shared_data / "salesforce_export",
        "SELECT stage, COUNT(*) FROM entries GROUP BY stage ORDER BY stage",
        "SELECT MAX(amount), COUNT(*) FILTER (amount > 0) FROM entries",
    )

    assert counts(report) == {
        "opportunities": (10, 10, 0, 0, 0),
        "opportunity_history": (10, 0, 10, 0, 0),
    }
    assert by_stage == [(1, 10), (2, 5), (3, 4)]
    assert amount == [(2_412_000_000, 1)]
    assert [note.en for note in report.files[0].notes] == [
        "Journeys with won dated before created: 1 (for example 006q000000HddueAAB). Kept as they are."
    ]


def test_receipt_log_and_its_xes_twin_are_one_history(shared_data: Path) -> None:
    report, (journeys, entries) = bring(
        example("receipt"),
        shared_data / "event_logs",
        "SELECT COUNT(DISTINCT journey) FROM entries",
        "SELECT COUNT(*) FROM entries",
    )

    assert counts(report) == {"log": (8_577, 8_577, 0, 0, 0), "log_xes": (8_577, 0, 8_577, 0, 0)}
    assert (journeys, entries) == ([(1_434,)], [(8_577,)])


def test_broken_running_example_has_two_words_that_no_one_declared(shared_data: Path) -> None:
    report, (entries,) = bring(
        example("running_example"), shared_data / "event_logs", "SELECT COUNT(*) FROM entries"
    )

    assert counts(report) == {"log": (42, 42, 0, 0, 0), "broken_log": (34, 0, 32, 2, 0)}
    assert entries == [(42,)]
    assert [(reason.en, row) for reason, _, row in report.files[1].reasons] == [
        (('concept:name: "decide something" is no stage that the mapping or the model knows. Did you '
         'mean "decide"?'), 16),
        (('concept:name: "reinitiate the request for real" is no stage that the mapping or the model '
         'knows. Did you mean "reinitiate request"?'), 22),
    ]  # fmt: skip


def test_contacts_are_leads_and_nothing_more(shared_data: Path) -> None:
    report, (entries,) = bring(
        example("contacts_csv"),
        shared_data / "contacts_csv",
        "SELECT stage, COUNT(*) FROM entries GROUP BY stage",
    )

    assert counts(report) == {"contacts": (500, 500, 0, 0, 0), "contacts_export": (2, 1, 0, 1, 0)}
    assert entries == [(1, 501)]
    assert [unmatched.path.name for unmatched in report.unmatched] == [
        "import-sample-invalid-sale.json", "import-sample.json",
    ]  # fmt: skip


def test_contacts_in_json_without_dates_are_refused_by_name(shared_data: Path) -> None:
    model = example("contacts_csv")
    source = model.source("contacts").model_copy(
        update={"file": "import-sample-invalid-sale.json", "sheet": "contacts"}
    )
    model = model.model_copy(update={"sources": (source,)})

    report, (entries,) = bring(model, shared_data / "contacts_csv", "SELECT COUNT(*) FROM entries")

    assert report.files[0].error is not None
    assert "first_seen" in report.files[0].error.en
    assert entries == [(0,)]


def test_feedback_is_said_to_be_no_history(shared_data: Path) -> None:
    report, (entries,) = bring(
        example("ja_feedback"), shared_data / "ja_feedback", "SELECT COUNT(*) FROM entries"
    )

    assert report.files == ()
    assert entries == [(0,)]
    assert [unmatched.path.name for unmatched in report.unmatched] == ["pn.tsv", "rhr.tsv"]
    assert {unmatched.says.ja[:46] for unmatched in report.unmatched} == {
        "履歴として取り込めません。日時の列が 1 つもなく、いつ何が起きたのかが分からないためです。"
    }


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("deals_csv", "deals_csv"),
        ("olist", "olist"),
        ("receipt", "event_logs"),
        ("running_example", "event_logs"),
        ("hubspot_export", "hubspot_export"),
        ("salesforce_export", "salesforce_export"),
        ("contacts_csv", "contacts_csv"),
    ],
)
def test_second_import_takes_nothing(shared_data: Path, name: str, folder: str) -> None:
    report, _ = bring(example(name), shared_data / folder, times=2)

    assert {f.source: f.taken for f in report.files} == {f.source: 0 for f in report.files}
