"""A history goes into the records: once, twice, corrected, with rows refused, and out again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kyogyo.errors import RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.import_leftovers import Erased
from kyogyo.records.actions.journeys import plan_next_step
from kyogyo.records.actions.model import adopt
from kyogyo.records.models import (
    Account,
    Erasure,
    ImportBatch,
    Journey,
    Outbox,
    Revenue,
    StageEntry,
    User,
)
from kyogyo.usecases.import_records import RecordsReport, import_records
from kyogyo.usecases.undo_import import undo_import
from tests.usecases.test_import_history import MODEL_TEXT

pytestmark = pytest.mark.django_db

HEAD = "id,company,channel,lead,meeting,marketer,rep,state,closed,amount\n"
ONE = "D1,アオバ商事,web,2026-04-01,2026-04-10,Mai,Ren,Won,2026-05-01,1200000\n"
TWO = "D2,Birch Ltd,event,2026-04-03,,Mai,,,,\n"


@pytest.fixture(autouse=True)
def model() -> None:
    adopt(actor=SYSTEM, text=_model())


def _model() -> str:
    """The small model of the import's tests with its first source, which also says where revenue comes from."""
    deals = MODEL_TEXT[: MODEL_TEXT.index('[[sources]]\nname = "log"')]
    return (
        deals
        + """
[[sources]]
name = "paid"
file = "paid*.csv"
shape = "revenue"
columns = { account = "company", period = "month", amount = "amount" }
"""
    )


def bring(
    folder: Path, text: str, *, name: str = "deals.csv", dry_run: bool = False
) -> RecordsReport:
    (folder / name).write_text(HEAD + text, encoding="utf-8")
    return import_records(actor=SYSTEM, paths=[folder / name], home=folder, dry_run=dry_run)


def entries() -> list[tuple[str, str, str]]:
    """What counts now: the journey's key, the stage, the local day."""
    rows = StageEntry.objects.filter(undoes=None, undone_by=None).select_related("journey")
    return sorted((str(one.journey.external_id), one.stage, f"{one.at:%m-%d}") for one in rows)


def test_history_becomes_journeys_with_owners_and_money(tmp_path: Path) -> None:
    report = bring(tmp_path, ONE + TWO)

    first, second = Journey.objects.order_by("external_id")
    assert [file.taken for file in report.files.files] == [2]
    assert (first.stage, first.amount, first.owner.name) == ("won", 1_200_000, "Ren")
    assert (second.stage, second.amount, second.owner.name) == ("lead", None, "Mai")
    assert sorted(Account.objects.values_list("name", flat=True)) == ["Birch Ltd", "アオバ商事"]
    assert set(User.objects.values_list("is_placeholder", flat=True)) == {True}
    assert [(key, stage) for key, stage, _ in entries()] == [
        ("D1", "lead"),
        ("D1", "meeting"),
        ("D1", "won"),
        ("D2", "lead"),
    ]


def test_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    bring(tmp_path, ONE + TWO)
    before = (StageEntry.objects.count(), Journey.objects.count(), Outbox.objects.count())
    report = bring(tmp_path, ONE + TWO)

    assert [file.unchanged for file in report.files.files] == [2]
    assert (StageEntry.objects.count(), Journey.objects.count()) == before[:2]
    assert Outbox.objects.filter(journey_from__isnull=False).count() <= before[2]


def test_corrected_file_takes_back_what_it_no_longer_says(tmp_path: Path) -> None:
    bring(tmp_path, ONE + TWO)
    bring(tmp_path, ONE.replace("2026-04-10", "2026-04-12") + TWO)

    assert [one for one in entries() if one[1] == "meeting"] == [("D1", "meeting", "04-11")]
    assert StageEntry.objects.filter(undoes__isnull=False).count() == 1


def test_row_that_is_gone_takes_its_journeys_entries_back(tmp_path: Path) -> None:
    bring(tmp_path, ONE + TWO)
    bring(tmp_path, ONE)

    assert {key for key, _, _ in entries()} == {"D1"}
    assert Journey.objects.get(external_id="D2").stage == ""


def test_refused_rows_are_counted_and_the_others_taken(tmp_path: Path) -> None:
    report = bring(tmp_path, ONE + TWO.replace("2026-04-03", "yesterday"))
    (file,) = report.files.files

    assert (file.taken, file.refused) == (1, 1)
    assert list(Journey.objects.values_list("external_id", flat=True)) == ["D1"]
    kept = ImportBatch.objects.get()
    assert (kept.state, kept.says["files"][0]["refused"]) == ("done", 1)


def test_dry_run_keeps_nothing(tmp_path: Path) -> None:
    report = bring(tmp_path, ONE, dry_run=True)

    assert report.taken is None
    assert (Journey.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_what_people_did_meanwhile_stays(tmp_path: Path) -> None:
    bring(tmp_path, ONE + TWO)
    journey = Journey.objects.get(external_id="D2")
    plan_next_step(actor=SYSTEM, journey_id=journey.pk, text="Call", due_on=date(2026, 10, 1))
    bring(tmp_path, ONE + TWO.replace("event", "partner"))

    journey.refresh_from_db()
    assert (journey.next_step, journey.source) == ("Call", "partner")


def test_revenue_goes_to_its_account(tmp_path: Path) -> None:
    bring(tmp_path, ONE)
    (tmp_path / "paid.csv").write_text(
        "company,month,amount\nアオバ商事,2026-05,300\n", encoding="utf-8"
    )
    import_records(actor=SYSTEM, paths=[tmp_path / "paid.csv"], home=tmp_path)

    paid = Revenue.objects.select_related("account").get()
    assert (paid.account.name, paid.amount, f"{paid.period_end}") == (
        "アオバ商事",
        300,
        "2026-06-01",
    )


def test_import_broken_off_before_the_records_goes_on_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        message = "The disk is full."
        raise OSError(message)

    with monkeypatch.context() as patched:
        patched.setattr("kyogyo.usecases.import_records.write_touched", fail)
        with pytest.raises(OSError, match="full"):
            bring(tmp_path, ONE)
    assert Journey.objects.count() == 0
    bring(tmp_path, ONE)

    assert Journey.objects.get().stage == "won"
    assert list(ImportBatch.objects.order_by("id").values_list("state", flat=True)) == [
        "failed",
        "done",
    ]


# --- taken back


def test_import_that_is_taken_back_leaves_no_entry_that_counts(tmp_path: Path) -> None:
    made = bring(tmp_path, ONE + TWO)
    undoing, taken, erased = undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)

    assert entries() == []
    assert taken.voided == 4
    assert ImportBatch.objects.get(pk=made.batch_id).state == "undone"
    assert undoing.state == "done"
    assert erased == Erased(journeys=2, accounts=2)
    assert (Journey.objects.count(), Account.objects.count(), StageEntry.objects.count()) == (
        0, 0, 0,
    )  # fmt: skip
    assert [(one.what, one.is_open) for one in Erasure.objects.all()] == [
        (f"import {made.batch_id}", False)
    ]
    told = Outbox.objects.filter(kind="import.undo")
    assert told.filter(journey_from__isnull=False).count() == 1
    assert told.filter(account_id__isnull=False).count() == 2


def test_import_can_come_again_after_it_was_taken_back(tmp_path: Path) -> None:
    made = bring(tmp_path, ONE)
    before = entries()
    undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)
    bring(tmp_path, ONE)

    assert entries() == before


def test_import_is_taken_back_only_once(tmp_path: Path) -> None:
    made = bring(tmp_path, ONE)
    undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)

    with pytest.raises(RuleError, match="only once"):
        undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)


def test_import_of_a_corrected_file_is_not_taken_back(tmp_path: Path) -> None:
    bring(tmp_path, ONE)
    made = bring(tmp_path, ONE.replace("1200000", "900000"))

    with pytest.raises(RuleError, match="another import"):
        undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)


def test_import_on_which_people_worked_is_not_taken_back(tmp_path: Path) -> None:
    made = bring(tmp_path, ONE + TWO)
    journey = Journey.objects.get(external_id="D2")
    plan_next_step(actor=SYSTEM, journey_id=journey.pk, text="Call", due_on=date(2999, 10, 1))

    with pytest.raises(RuleError) as told:
        undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)

    assert (
        f"worked on 1 journeys of this import since: Birch Ltd ({journey.pk})."
        in told.value.text.en
    )
    assert (
        f"案件のうち1件に、その後の作業が記録されています: Birch Ltd ({journey.pk})。"
        in told.value.text.ja
    )
    assert [key for key, _, _ in entries()] == ["D1", "D1", "D1", "D2"]
    assert ImportBatch.objects.get(pk=made.batch_id).state == "done"


def test_journey_of_another_file_stays_when_an_import_is_taken_back(tmp_path: Path) -> None:
    bring(tmp_path, ONE)
    made = bring(tmp_path, ONE.replace("2026-04-10", "2026-04-20") + TWO, name="deals2.csv")

    _, _, erased = undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)

    assert erased == Erased(journeys=1, accounts=1)
    assert entries() == [
        ("D1", "lead", "03-31"),
        ("D1", "meeting", "04-09"),
        ("D1", "won", "04-30"),
    ]
    assert list(Account.objects.values_list("name", flat=True)) == ["アオバ商事"]


def test_a_later_pass_stands_alone_when_the_one_before_it_is_taken_back(tmp_path: Path) -> None:
    lost = bring(tmp_path, ONE.replace("Won", "Lost"))
    bring(tmp_path, "D3,アオバ商事,web,2026-06-01,,Mai,,,,\n", name="deals2.csv")
    later = Journey.objects.get(external_id="D3")
    assert later.previous is not None
    assert (later.previous.external_id, later.attempt) == ("D1", 2)

    _, _, erased = undo_import(actor=SYSTEM, batch_id=lost.batch_id or 0, home=tmp_path)

    later.refresh_from_db()
    assert (erased, later.previous, later.attempt) == (Erased(journeys=1), None, 1)


def test_revenue_of_an_import_that_is_taken_back_goes(tmp_path: Path) -> None:
    bring(tmp_path, ONE)
    (tmp_path / "paid.csv").write_text(
        "company,month,amount\nアオバ商事,2026-05,300\n", encoding="utf-8"
    )
    made = import_records(actor=SYSTEM, paths=[tmp_path / "paid.csv"], home=tmp_path)

    _, _, erased = undo_import(actor=SYSTEM, batch_id=made.batch_id or 0, home=tmp_path)

    assert erased == Erased(revenue=1)
    assert (Revenue.objects.count(), Account.objects.count()) == (0, 1)


def test_amount_that_is_none_of_a_deal_is_counted_and_said(tmp_path: Path) -> None:
    made = bring(tmp_path, ONE.replace("1200000", "-5000") + TWO)

    assert made.taken is not None
    assert (made.taken.amounts_unknown, made.taken.texts_cut) == (1, 0)
    assert Journey.objects.get(external_id="D1").amount is None
    batch = ImportBatch.objects.get(pk=made.batch_id)
    assert batch.says["otherwise"] == {"amounts": {"times": 1, "first": ["D1"]}}


def test_text_that_is_too_long_is_counted_and_said(tmp_path: Path) -> None:
    made = bring(tmp_path, ONE.replace(",web,", f",{'w' * 101},"))

    assert made.taken is not None
    assert made.taken.texts_cut == 1
    assert len(Journey.objects.get().source) == 100
