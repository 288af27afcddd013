"""What the copy brings over, and how it follows each kind of change, on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kyogyo.mirror.copy import Place
from tests.analytics.small_history import LEAD, LOST, MEETING, MODEL_TEXT, WON, day
from tests.mirror.copy.records import NOON, Records
from tests.mirror.copy.tables import ask, attributes, copy, copy_beside, entries, everything

FIRST = day("2026-01-05")

# What countermeasures, alerts and reviews tell (`journal.note` in their actions).
OF_NO_JOURNEY = (
    *(f"countermeasure.{kind}" for kind in ("registered", "changed", "started", "reviewed", "ended", "reopened", "score")),
    "alert.raise", "alert.answer", "review.open", "review.decide", "review.finish", "review.reopen", "review.close",
)  # fmt: skip


def test_copy_holds_every_column_of_an_entry(records: Records) -> None:
    owner = records.user("Sato")
    account = records.account()
    journey = records.journey(account)
    entry = records.enter(journey, "lead", owner_id=owner, amount=1_200, cause="import", precision="day", is_inferred=True)  # fmt: skip

    copy(records)

    # Noon in Tokyo; the department is the stage's, since the entry names none.
    month = 2026 * 12
    row = (journey, entry, 1, LEAD, round(NOON.timestamp()) * 1_000_000, FIRST, month, 1, owner, 1_200, 3, 1, 2, account)  # fmt: skip
    assert ask(records.home, "FROM entries") == [row]
    assert ask(records.home, "SELECT * FROM names") == [("owner", owner, "Sato")]


def test_first_copy_is_whole_and_the_next_brings_only_what_changed(records: Records) -> None:
    account = records.account()
    first, second = records.journey(account), records.journey(account)
    records.enter(first, "lead")
    whole = copy(records)

    records.enter(second, "lead", days=1)
    records.enter(second, "meeting", days=2)
    then = copy(records)
    nothing = copy(records)

    assert (whole.is_whole, whole.journeys, whole.entries, whole.is_published) == (True, 2, 1, True)
    assert (then.is_whole, then.changes, then.journeys, then.entries) == (False, 2, 1, 3)
    assert (nothing.changes, nothing.journeys, nothing.is_published) == (0, 0, False)
    assert entries(records.home) == [
        (first, LEAD, FIRST, 0, 0),
        (second, LEAD, FIRST + 1, 0, 0),
        (second, MEETING, FIRST + 2, 0, 0),
    ]
    assert ask(records.home, "SELECT journey, visits, last_stage FROM journeys ORDER BY ALL") == [
        (first, 1, LEAD),
        (second, 2, MEETING),
    ]


def test_local_day_begins_at_local_midnight(records: Records) -> None:
    journey = records.journey(records.account())
    records.enter(journey, "lead", days=0.5)  # midnight in Tokyo
    records.enter(journey, "meeting", days=0.499_999)

    copy(records)

    assert ask(records.home, "SELECT stage, day FROM entries ORDER BY stage") == [
        (LEAD, FIRST + 1),
        (MEETING, FIRST),
    ]


def test_undone_pair_counts_nowhere(records: Records) -> None:
    journey = records.journey(records.account())
    records.enter(journey, "lead")
    wrong = records.enter(journey, "won", days=1)
    copy(records)

    records.undo(journey, wrong, stage="lead", days=2)
    copy(records)

    assert entries(records.home) == [(journey, LEAD, FIRST, 0, 0)]


def test_attributes_are_the_journeys_own_before_its_accounts(records: Records) -> None:
    account = records.account(
        segment="large", industry="retail", facts={"source": "book", "seats": 40}
    )
    journey = records.journey(account, source="web", facts={"segment": "own", "hot": True, "gone": None, "list": [1]})  # fmt: skip
    records.journey(account, source="never entered")
    records.enter(journey, "lead")

    copy(records)

    assert attributes(records.home) == [
        (journey, "hot", "true"),
        (journey, "industry", "retail"),
        (journey, "seats", "40"),
        (journey, "segment", "own"),
        (journey, "source", "web"),
    ]


def test_prose_is_no_attribute(records: Records) -> None:
    journey = records.journey(records.account(), facts={"note": "x" * 201, "short": "x" * 200})
    records.enter(journey, "lead")

    copy(records)

    assert attributes(records.home) == [(journey, "short", "x" * 200)]


def test_team_is_an_attribute(records: Records) -> None:
    team = records.add("records_team", code="east", department="sales")
    journey = records.journey(records.account(), team_id=team)
    records.enter(journey, "lead")

    copy(records)

    assert attributes(records.home) == [(journey, "team", "east")]


def test_change_of_an_account_reaches_its_journeys_and_codes_stay(records: Records) -> None:
    account, other = records.account(segment="small"), records.account(segment="small")
    mine, theirs = records.journey(account), records.journey(other)
    records.enter(mine, "lead")
    records.enter(theirs, "lead")
    copy(records)
    before = ask(records.home, "SELECT code, name FROM names WHERE kind = 'value'")

    records.change("account", account, segment="large")
    copied = copy(records)

    assert (copied.journeys, copied.is_whole) == (1, False)
    assert attributes(records.home) == [(mine, "segment", "large"), (theirs, "segment", "small")]
    after = ask(records.home, "SELECT code, name FROM names WHERE kind = 'value' ORDER BY code")
    assert (before, after) == ([(1, "small")], [(1, "small"), (2, "large")])


def test_merge_and_split_move_journeys_and_revenue(records: Records) -> None:
    keep, merged, last = (records.account(segment=name) for name in ("a", "b", "c"))
    journey = records.journey(last)
    records.enter(journey, "lead")
    for account in (keep, last):
        records.revenue(account, "2026-01-01", "2026-02-01", 100)
    records.revenue(last, "2026-02-01", "2026-03-01", 7)
    copy(records)

    records.merge(merged, last)
    records.merge(keep, merged)
    copy(records)
    january, february = day("2026-01-01"), day("2026-02-01")
    as_merged = (
        ask(records.home, "SELECT journey, account FROM entries"),
        attributes(records.home),
        ask(records.home, "FROM revenue ORDER BY ALL"),
    )
    records.split(merged)
    records.split(last)
    copy(records)

    assert as_merged == (
        [(journey, keep)],
        [(journey, "segment", "a")],
        [(keep, january, february, 200), (keep, february, day("2026-03-01"), 7)],
    )
    assert ask(records.home, "SELECT journey, account FROM entries") == [(journey, last)]
    assert attributes(records.home) == [(journey, "segment", "c")]
    assert ask(records.home, "SELECT account, amount FROM revenue ORDER BY ALL") == [
        (keep, 100),
        (last, 7),
        (last, 100),
    ]


def test_journey_that_moved_to_another_account_follows(records: Records) -> None:
    old, new = records.account(), records.account()
    journey = records.journey(old)
    records.enter(journey, "lead")
    copy(records)

    # Only the account that it left is named.
    with records.together():
        records.run("UPDATE records_journey SET account_id = ? WHERE id = ?", new, journey)
        records.note("account.merge", account=old)
    copy(records)

    assert ask(records.home, "SELECT journey, account FROM accounts") == [(journey, new)]
    assert ask(records.home, "SELECT account FROM journeys") == [(new,)]


def test_one_row_of_the_outbox_can_stand_for_a_whole_import(records: Records) -> None:
    account = records.account()
    copy(records)

    with records.together():
        made = [records.add("records_journey", account_id=account) for _ in range(1_200)]
        version = records.run("SELECT MAX(id) FROM records_modelversion")[0][0]
        for journey in made:
            records.add("records_stageentry", journey_id=journey, stage="lead", at=NOON,
                        recorded_at=NOON, model_version_id=version, cause="import")  # fmt: skip
        records.note("import.finish", journey=made[0], to=made[-1])
    copied = copy(records)

    assert (copied.changes, copied.entries) == (1, 1_200)
    assert ask(records.home, "SELECT COUNT(*), SUM(visits) FROM journeys") == [(1_200, 1_200)]


def test_renamed_owner_is_called_by_the_new_name(records: Records) -> None:
    owner = records.user("Sato")
    records.enter(records.journey(records.account()), "lead", owner_id=owner)
    copy(records)

    records.change("user", owner, name="Suzuki")
    copy(records)

    assert ask(records.home, "SELECT name FROM names WHERE kind = 'owner'") == [("Suzuki",)]


def test_nothing_of_what_was_erased_is_left_in_the_files(records: Records) -> None:
    words = ["tsubakiya-honten", "ask-for-mr-kuroda", "brought-by-yamabuki"]
    account = records.account(industry=words[0], facts={"note": words[1]})
    journey = records.journey(account, source=words[2])
    records.enter(journey, "lead")
    other = records.journey(records.account(industry="retail"))
    records.enter(other, "lead")
    copy(records)
    place = Place(records.home)

    def traces() -> list[str]:
        content = b"".join(
            path.read_bytes() for path in sorted(records.home.glob("mirror*")) if path.is_file()
        )
        return [word for word in words if word.encode() in content]

    assert traces() == words
    assert place.published.exists()

    records.erase_account(account)
    copy(records)

    assert traces() == []
    assert entries(records.home) == [(other, LEAD, FIRST, 0, 0)]
    assert ask(records.home, "SELECT kind, name FROM names ORDER BY ALL") == [
        ("attribute", "industry"),
        ("value", "retail"),
    ]


def test_model_with_a_stage_more_is_followed(records: Records) -> None:
    journey = records.journey(records.account())
    records.enter(journey, "lead")
    records.enter(journey, "won", days=3)
    copy(records)

    changed = MODEL_TEXT.replace('"lead", "meeting"', '"lead", "call", "meeting"').replace(
        '  { code = "meeting"',
        '  { code = "call", label = { en = "Call", ja = "架電" }, department = "sales" },\n  { code = "meeting"',
    )
    records.adopt(changed)
    copied = copy(records)

    assert copied.is_whole is True
    assert ask(records.home, "SELECT stage FROM entries ORDER BY at_us") == [(LEAD,), (WON + 1,)]
    assert ask(records.home, "SELECT e_4, r_2 > 0 FROM journeys") == [
        ((NOON.timestamp() + 3 * 86_400) * 1_000_000, True)
    ]


def test_model_with_other_labels_is_kept_without_reading_everything_again(records: Records) -> None:
    records.enter(records.journey(records.account()), "lead")
    copy(records)

    records.adopt(MODEL_TEXT.replace('ja = "リード"', 'ja = "見込み客"'))
    copied = copy(records)

    assert (copied.is_whole, copied.is_published) == (False, True)
    assert "見込み客" in ask(records.home, "SELECT value FROM meta WHERE key = 'model'")[0][0]


def test_entry_of_a_stage_that_the_model_lacks_is_counted_as_left_out(records: Records) -> None:
    journey = records.journey(records.account())
    wrong = records.enter(journey, "nowhere")
    records.enter(journey, "lead", days=1)
    first = copy(records)

    records.undo(journey, wrong, stage="lead", days=2)
    second = copy(records)

    assert (first.entries, first.left_out) == (1, 1)
    assert (second.entries, second.left_out) == (1, 0)


def test_nothing_is_copied_before_a_model_is_adopted(make_empty: Records) -> None:
    copied = copy(make_empty)

    assert (copied.is_set_up, copied.is_published) == (False, False)
    assert not Place(make_empty.home).published.exists()


@pytest.fixture
def make_empty(sqlite_template: Path, tmp_path: Path) -> Records:
    from tests.mirror.copy.records import sqlite_records  # noqa: PLC0415 -- beside its use

    return sqlite_records(sqlite_template, tmp_path / "home")


def test_database_that_was_put_back_is_read_anew(sqlite_only: Records) -> None:
    records = sqlite_only
    journey = records.journey(records.account())
    records.enter(journey, "lead")
    kept = Path(records.source.address).read_bytes()
    records.enter(journey, "meeting", days=1)
    copy(records)

    Path(records.source.address).write_bytes(kept)
    records.enter(journey, "lost", days=2)
    records.enter(journey, "recycled", days=3)
    copied = copy(records)

    # As many changes as before and more: only the content of the last one tells.
    assert copied.is_whole is True
    assert [row[1] for row in entries(records.home)] == [LEAD, LOST, 6]


def test_rebuilt_copy_equals_the_one_that_followed(records: Records, tmp_path: Path) -> None:
    account = records.account(segment="small", made_at=NOON)
    for n in range(6):
        journey = records.journey(account, source=f"s{n % 2}")
        records.enter(journey, "lead", days=n)
        copy(records)
        if n % 2:
            records.enter(journey, "lost" if n % 3 else "recycled", days=n + 0.5)
    records.revenue(account, date(2026, 1, 1).isoformat(), "2026-02-01", 5)
    copy(records)

    beside = copy_beside(records, tmp_path / "beside")
    followed = everything(records.home)
    again = copy(records, rebuild=True)

    assert everything(beside) == followed
    assert (again.is_whole, again.is_published) == (True, True)
    assert everything(records.home) == followed


def test_what_is_told_of_no_journey_changes_nothing_and_keeps_nothing_back(
    records: Records, tmp_path: Path
) -> None:
    journey = records.journey(records.account(segment="small"), source="web")
    records.enter(journey, "lead")
    copy(records)
    before = everything(records.home)

    for kind in OF_NO_JOURNEY:
        records.note(kind)
    alone, after = copy(records), everything(records.home)
    with records.together():
        records.note("alert.raise")
        records.enter(journey, "meeting", days=1)
        records.note("review.open")
    records.note("countermeasure.score", journey=journey)
    with_entry, nothing = copy(records), copy(records)

    assert (alone.is_whole, after, with_entry.is_whole, nothing.is_whole) == (False, before, False, False)  # fmt: skip
    assert ask(records.home, "SELECT journey, visits, last_stage FROM journeys") == [(journey, 2, 2)]  # fmt: skip
    assert everything(records.home) == everything(copy_beside(records, tmp_path / "beside"))
