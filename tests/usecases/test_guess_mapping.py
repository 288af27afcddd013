"""Proposed mappings: right on exports of several systems, honest where nothing can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kyogyo.mirror import Store
from kyogyo.revenue_model import RevenueModel, Source, default_model, load_model
from kyogyo.usecases.guess_mapping import Proposal, guess_mapping
from kyogyo.usecases.import_history import import_history

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
MODEL = default_model()


def proposed(path: Path, model: RevenueModel = MODEL) -> tuple[Source, Proposal]:
    proposal = guess_mapping(path, model=model)
    assert proposal.source is not None
    return proposal.source, proposal


def columns(source: Source) -> dict[str, str]:
    return source.columns.model_dump(exclude_none=True)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


DEALS_JA = (
    "案件ID,案件名,取引先名,担当者,リード獲得日,商談日,受注日,失注日,金額,流入経路,業種,更新日時\n"
    + "".join(
        f"A{i:04d},案件{i},株式会社{i % 7},{'佐藤' if i % 2 else '鈴木'},2026年4月{1 + i % 28}日,"
        f"{f'2026年5月{1 + i % 28}日' if i % 3 else ''},{'2026/6/1' if i % 3 == 1 else ''},"
        f'{"2026/6/2" if i % 3 == 2 else ""},"{i},000円",{"Web" if i % 2 else "展示会"},{"製造" if i % 2 else "小売"},'
        "2026/07/01 10:00\n"
        for i in range(1, 41)
    )
)


def test_japanese_record_export_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "案件一覧.csv"
    path.write_bytes(DEALS_JA.encode("cp932"))

    source, proposal = proposed(path)

    assert (source.shape, source.name, source.file, source.track) == (
        "record", "record", "案件一覧.csv", "new_business",
    )  # fmt: skip
    assert columns(source) == {
        "journey": "案件ID", "account": "取引先名", "owner": "担当者", "source": "流入経路",
        "segment": "業種",
    }  # fmt: skip
    assert source.stages == {
        "lead": "リード獲得日", "meeting_set": "商談日", "won": "受注日", "lost": "失注日",
    }  # fmt: skip
    assert source.stage_amount == {"won": "金額"}
    assert proposal.unused == ("案件名", "更新日時")
    reasons = {guess.column: guess.why.ja for guess in proposal.guesses}
    assert reasons["受注日"] == "フェーズ「受注」と同じ名前"
    sure = {guess.column: guess.confidence for guess in proposal.guesses}
    assert sure["受注日"] > sure["リード獲得日"] > sure["商談日"]


def test_japanese_proposal_can_be_imported_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "案件一覧.csv"
    path.write_bytes(DEALS_JA.encode("cp932"))
    source, _ = proposed(path)
    model = MODEL.model_copy(update={"sources": (source,)})

    with Store.open(":memory:", model=model) as store:
        (file,) = import_history(paths=[path], model=model, store=store).files

    assert (file.error, file.rows, file.taken) == (None, 40, 40)


def test_history_of_changes_is_understood_by_its_stage_field(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "変更履歴.csv",
        "案件ID,項目,変更前,変更後,変更日時\n"
        "A1,フェーズ,リード,商談設定,2026/4/1 10:00\nA1,フェーズ,商談設定,提案,2026/4/2 10:00\n"
        "A1,金額,0,100,2026/4/2 10:00\nA2,フェーズ,提案,謎の段階,2026/4/3 10:00\n",
    )

    source, proposal = proposed(path)

    assert (source.shape, source.history_field) == ("history", "フェーズ")
    assert columns(source) == {
        "journey": "案件ID", "field": "項目", "old": "変更前", "new": "変更後", "at": "変更日時",
    }  # fmt: skip
    assert source.stage_values == {"提案": "proposal"}
    assert [point.en.split(" Add")[0] for point in proposal.open] == [
        'Values of "変更後" that are no stage of the model: "謎の段階".'
    ]


def test_table_without_times_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = write(tmp_path, "sentences.tsv", "id\ttext\tlabel\n1\tよかった\t1\n2\tふつう\t0\n")

    proposal = guess_mapping(path, model=MODEL)

    assert proposal.source is None
    assert proposal.refusal is not None
    assert proposal.refusal.ja.startswith(
        "履歴として取り込めません。日時の列が 1 つもなく、いつ何が起きたのかが分からないためです。"
    )


def test_table_with_times_but_no_stage_says_that_it_must_be_mapped_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path, "mails.csv", "mail_id,_fivetran_synced\n1,2026-01-01\n2,2026-01-02\n")

    proposal = guess_mapping(path, model=MODEL)

    assert proposal.source is None
    assert proposal.refusal is not None
    assert "it has times (_fivetran_synced), but no stage of the model" in proposal.refusal.en


def test_dates_with_the_month_first_are_proven_by_the_cells(tmp_path: Path) -> None:
    path = write(tmp_path, "deals.csv", "deal_id,won_date\nA,4/5/2026\nB,4/25/2026\n")

    source, _ = proposed(path)

    assert (source.stages, source.dates) == ({"won": "won_date"}, "mdy")


def test_state_without_a_closing_date_is_left_to_the_person(tmp_path: Path) -> None:
    path = write(
        tmp_path, "deals.csv", "deal_id,created_at,stage\nA,2026-01-01,Won\nB,2026-01-02,Lost\n"
    )

    source, proposal = proposed(path)

    assert (source.stages, source.status) == ({"lead": "created_at"}, None)
    assert '"stage" holds stages, but no column says when each was entered' in proposal.open[0].en


def test_date_column_that_fits_no_stage_is_asked_about(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "deals.csv",
        "deal_id,won_date,kickoff_party\nA,2026-01-01,2026-02-01\nB,2026-01-02,2026-02-02\n",
    )

    _, proposal = proposed(path)

    assert proposal.unused == ("kickoff_party",)
    assert proposal.open[0].en.startswith('"kickoff_party" holds dates.')


def test_name_of_a_second_source_is_free(tmp_path: Path) -> None:
    path = write(tmp_path, "deals.csv", "deal_id,won_date\nA,2026-01-01\nB,2026-01-02\n")
    source, _ = proposed(path)
    model = MODEL.model_copy(update={"sources": (source,)})

    again, _ = proposed(path, model)

    assert (source.name, again.name) == ("deals", "deals_2")


def test_empty_file_and_a_header_alone_are_errors(tmp_path: Path) -> None:
    from kyogyo.errors import SourceError  # noqa: PLC0415

    with pytest.raises(SourceError):
        guess_mapping(write(tmp_path, "empty.csv", ""), model=MODEL)
    with pytest.raises(SourceError):
        guess_mapping(write(tmp_path, "header.csv", "deal_id,won_date\n"), model=MODEL)


# --- real exports -----------------------------------------------------------------------------


def test_deals_csv_with_its_own_stages(shared_data: Path) -> None:
    model = load_model(EXAMPLES / "deals_csv" / "model.toml").model_copy(update={"sources": ()})

    source, _ = proposed(shared_data / "deals_csv" / "sales_pipeline.csv", model)

    assert columns(source) == {
        "journey": "opportunity_id",
        "account": "account",
        "owner": "sales_agent",
    }
    assert source.stages == {"engaging": "engage_date"}
    assert source.stage_amount == {"won": "close_value"}
    assert source.status is not None
    assert (source.status.column, source.status.at) == ("deal_stage", "close_date")
    assert source.status.values == {"Won": "won", "Lost": "lost", "Engaging": "engaging"}
    assert source.attributes == {"product": "product"}


def test_accounts_beside_deals_are_attributes_of_the_account(shared_data: Path) -> None:
    model = load_model(EXAMPLES / "deals_csv" / "model.toml")

    source, _ = proposed(shared_data / "deals_csv" / "accounts.csv", model)

    assert (source.shape, source.key) == ("attributes", "account")
    assert columns(source) == {"account": "account", "segment": "sector"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("receipt.csv", ("case:concept:name", "concept:name", "time:timestamp", "org:resource")),
        ("running_example.csv", ("case_id", "activity", "timestamp", "org:resource")),
    ],
)
def test_event_logs_are_logs(
    shared_data: Path, name: str, expected: tuple[str, str, str, str]
) -> None:
    source, proposal = proposed(shared_data / "event_logs" / name)

    found = source.columns
    assert source.shape == "events"
    assert (found.journey, found.stage, found.at, found.owner) == expected
    assert "that are no stage of the model" in proposal.open[0].en


def test_event_log_with_its_own_stages_leaves_nothing_open(shared_data: Path) -> None:
    model = load_model(EXAMPLES / "receipt" / "model.toml").model_copy(update={"sources": ()})

    source, proposal = proposed(shared_data / "event_logs" / "receipt.csv", model)

    assert (source.shape, source.stage_values, proposal.open) == ("events", {}, ())


def test_olist_leads_and_deals_meet_in_the_same_journey(shared_data: Path) -> None:
    leads, _ = proposed(shared_data / "olist" / "olist_marketing_qualified_leads_dataset.csv")
    deals, _ = proposed(shared_data / "olist" / "olist_closed_deals_dataset.csv")
    quarters, _ = proposed(shared_data / "olist" / "derived_seller_quarter_joined.csv")

    assert (columns(leads), leads.stages) == (
        {"journey": "mql_id", "source": "origin"}, {"mql": "first_contact_date"},
    )  # fmt: skip
    assert deals.stages == {"won": "won_date"}
    assert columns(deals) == {
        "journey": "mql_id", "account": "seller_id", "owner": "sr_id", "segment": "business_segment",
    }  # fmt: skip
    assert (quarters.shape, columns(quarters)) == (
        "revenue", {"account": "seller_id", "period": "seller_active_quarter", "amount": "sales"},
    )  # fmt: skip
