"""The demo company: full desks for every role, handoffs in every state, and a report that finds the hidden fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from kyogyo.analytics.simulate import DEMO_FAULT, simulate_company
from kyogyo.errors import SettingError
from kyogyo.period import date_of, first_day
from kyogyo.records.access import Actor
from kyogyo.records.models import (
    Activity,
    Claim,
    Commitment,
    CustomField,
    Handoff,
    HandoffEvent,
    Journey,
    Organisation,
    StageEntry,
    User,
)
from kyogyo.records.queries.clocks import clocks_of_many
from kyogyo.records.queries.desk import desk_for
from kyogyo.records.queries.handoffs import inbox, outbox
from kyogyo.reports.contents import Report
from kyogyo.revenue_model import default_model, load_model
from kyogyo.usecases.demo.seats import SEATS, email_of
from kyogyo.usecases.report_data import report_data
from kyogyo.usecases.show_demo import (
    SEED,
    begin_demo,
    clear_demo,
    end_demo,
    fill_demo,
    is_made,
    log_ins,
)
from kyogyo.usecases.simulate_company import write_company

# The first working morning after the New Year break, before anybody has done much: all that is
# "two business hours ago" lies in the old year.
MORNING = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db

WORKERS = [seat.code for seat in SEATS if seat.department]


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker
) -> Iterator[Path]:
    """A company of a quarter of the usual size, in a transaction that is taken back at the end."""
    home = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), transaction.atomic():
        fill_demo(folder=home, seed=SEED, lang="ja", now=MORNING, monthly_leads=140)
        yield home
        transaction.set_rollback(True)


def as_(seat: str) -> Actor:
    return Actor(user=User.objects.get(email=email_of(seat)))


def test_company_is_marked_as_the_demo(folder: Path) -> None:
    assert Organisation.objects.get().is_demo


def test_there_is_one_log_in_for_each_role(folder: Path) -> None:
    users = [User.objects.get(email=one.email) for one in log_ins()]

    assert len(users) == 8
    assert [user.check_password(log_ins()[0].password) for user in users[:1]] == [True]
    assert {user.password for user in users} == {users[0].password}


@pytest.mark.parametrize("seat", WORKERS)
def test_desk_of_everybody_who_works_journeys_is_full(folder: Path, seat: str) -> None:
    desk = desk_for(as_(seat), now=MORNING)

    assert len(desk.places) >= 3


def test_manager_sees_the_handoffs_of_all_teams_below(folder: Path) -> None:
    seen = inbox(actor=as_("manager"), now=MORNING)

    assert {row.receiver.en for row in seen.to_decide} == {
        "Inside sales",
        "Field sales",
        "Customer success",
    }


@pytest.mark.parametrize("seat", ["inside", "field", "success"])
def test_every_receiving_role_has_something_to_decide(folder: Path, seat: str) -> None:
    assert len(inbox(actor=as_(seat), now=MORNING).to_decide) >= 1


@pytest.mark.parametrize("seat", ["marketer", "inside", "field"])
def test_every_giving_role_sees_what_became_of_its_handoffs(folder: Path, seat: str) -> None:
    given = outbox(actor=as_(seat), now=MORNING)

    assert len(given.waiting) + len(given.sent_back) >= 1
    assert len(given.decided) >= 1


@pytest.mark.parametrize(
    "code",
    [
        "marketing_to_inside_sales",
        "inside_sales_to_field_sales",
        "field_sales_to_customer_success",
    ],
)
def test_handoffs_between_departments_are_offered_accepted_returned_and_late(
    folder: Path, code: str
) -> None:
    kinds = Counter(HandoffEvent.objects.filter(handoff__code=code).values_list("kind", flat=True))
    waiting = list(Handoff.objects.filter(code=code, open_round__isnull=False))
    readings = clocks_of_many(waiting, model=default_model(), now=MORNING)
    states = Counter(one.state for mine in readings.values() for one in mine if one.until == "decision")  # fmt: skip

    assert {"offered", "accepted", "returned"} <= set(kinds)
    assert states["overdue"] >= 1
    assert states["running"] >= 1


def test_somebody_is_asked_for_more_and_offers_again(folder: Path) -> None:
    assert HandoffEvent.objects.filter(kind="needs_work").count() >= 2
    assert Handoff.objects.filter(events__round=2, events__kind="offered").exists()


def test_visit_results_confirm_correct_and_add(folder: Path) -> None:
    verdicts = set(Claim.objects.filter(department="field_sales").values_list("verdict", flat=True))

    assert verdicts == {"new", "confirms", "corrects"}
    assert Claim.objects.filter(is_unknown=True).exists()


def test_work_is_of_every_kind(folder: Path) -> None:
    today = MORNING.date()
    planned = Journey.objects.exclude(next_step="")

    assert planned.filter(next_step_on__lt=today).exists()
    assert planned.filter(next_step_on__gt=today).exists()
    assert set(Activity.objects.values_list("kind", flat=True)) >= {"call", "mail", "meeting", "no_show"}  # fmt: skip
    assert Commitment.objects.filter(due_on__lt=today, outcomes=None).exists()
    assert Commitment.objects.filter(outcomes__kind="met").exists()
    assert Journey.objects.filter(attempt__gt=1, previous__isnull=False).exists()
    assert set(Journey.objects.values_list("track", flat=True)) == {
        "new_business",
        "full_cycle",
        "renewal",
        "expansion",
    }
    assert CustomField.objects.count() == 2
    assert Journey.objects.filter(facts__has_key="plan").exists()
    own = StageEntry.objects.exclude(cause="import").exclude(override_reason="")
    assert own.count() == 2  # one forward with something missing, one back


def test_nothing_lies_ahead(folder: Path) -> None:
    assert not StageEntry.objects.filter(at__gt=MORNING).exists()
    assert not HandoffEvent.objects.filter(at__gt=MORNING).exists()


def test_live_work_happened_in_opening_hours(folder: Path) -> None:
    at = HandoffEvent.objects.values_list("at", flat=True)
    local = [(one + timedelta(hours=9)) for one in at]

    assert {9 <= one.hour < 18 or (one.hour, one.minute) == (18, 0) for one in local} == {True}
    assert {one.weekday() < 5 for one in local} == {True}


# --- the folder


def test_folder_with_other_records_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "kyogyo.sqlite3").write_bytes(b"somebody's")

    with pytest.raises(SettingError, match="not a demo"):
        clear_demo(tmp_path)
    assert (tmp_path / "kyogyo.sqlite3").read_bytes() == b"somebody's"


def test_demo_that_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    begin_demo(tmp_path, seed=1, lang="ja")
    (tmp_path / "kyogyo.sqlite3").write_bytes(b"half")
    assert not is_made(tmp_path)
    clear_demo(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]
    begin_demo(tmp_path, seed=1, lang="ja")
    (tmp_path / "kyogyo.sqlite3").write_bytes(b"whole")
    end_demo(tmp_path, seed=1, lang="ja")

    assert is_made(tmp_path)


# --- the report, on the history as it is imported


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    data = tmp_path_factory.mktemp("data")
    company = simulate_company(
        model=default_model(), seed=SEED, start_month=START_MONTH, fault=DEMO_FAULT, lang="ja",
        until=int(MORNING.timestamp()) * 1_000_000,
    )  # fmt: skip
    written = write_company(simulation=company, folder=data, lang="ja")
    return report_data(data=data, model=load_model(written.model), lang="ja"), data


# On this morning the weeks of the new year are the last ones, and the diagnosis takes them for falls.
_CONFUSED = pytest.mark.xfail(
    strict=True, reason="open defect of 24 November 2026: several steps seem to have fallen at once"
)
START_MONTH = MORNING.year * 12 + MORNING.month - 36


@_CONFUSED
def test_report_names_the_hidden_fault(reported: tuple[Report, Path]) -> None:
    answer = reported[0].answer

    assert (answer.status, answer.stage) == ("named", DEMO_FAULT.stage)
    assert answer.candidates.table.to_pylist()[0]["kind"] == DEMO_FAULT.kind


def test_report_dates_the_fault_to_within_a_month(reported: tuple[Report, Path]) -> None:
    began = first_day(START_MONTH + DEMO_FAULT.from_month - 1)
    named = reported[0].answer.candidates.table.to_pylist()[0]["current_from"]

    assert date_of(began - 31).isoformat() <= named <= date_of(began + 31).isoformat()


@_CONFUSED
def test_interval_of_the_cost_holds_the_true_cost(reported: tuple[Report, Path]) -> None:
    truth = simulate_company(model=default_model(), seed=SEED, start_month=START_MONTH).truth
    cost = reported[0].answer.cost_per_month

    assert cost is not None
    assert cost.lo <= truth.cost_per_month <= cost.hi


def test_history_ends_at_the_hour_of_the_demo(reported: tuple[Report, Path]) -> None:
    covers = reported[0].covers

    assert covers is not None
    assert covers[1] <= int(MORNING.timestamp()) * 1_000_000


def test_report_leaves_every_row_accounted_for(reported: tuple[Report, Path]) -> None:
    report, data = reported

    assert {file.refused for file in report.files} == {0}
    for file in report.files:
        lines = (data / file.name).read_text(encoding="utf-8").count("\n") - 1
        assert file.taken + file.unchanged == lines


def test_report_shows_the_full_cycle_track_beside_the_divided_one(
    reported: tuple[Report, Path],
) -> None:
    tracks = next(section for section in reported[0].sections if section.id == "tracks")

    assert [exhibit.title.ja for exhibit in tracks.exhibits if exhibit.title] == [
        default_model().track("full_cycle").label.text.ja
    ]


def test_report_says_everything_in_both_languages(reported: tuple[Report, Path]) -> None:
    report = reported[0]
    said = [
        report.answer.headline,
        report.answer.paragraph,
        *report.answer.reasons,
        *report.next_actions,
    ]
    said += [caveat.says for caveat in report.caveats]
    said += [exhibit.result.sentence for section in report.sections for exhibit in section.exhibits]

    assert [text for text in said if not text.en or not text.ja] == []
    assert [text.ja for text in said if not any(ord(letter) > 0x3000 for letter in text.ja)] == []
