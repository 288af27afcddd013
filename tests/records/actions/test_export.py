"""What leaves by an export: what one may see, as cells that are no formulas, and noted."""

from __future__ import annotations

import pytest

from kyogyo.records.actions.export import export_journeys, plain
from kyogyo.records.models import AuditEvent, CustomField
from kyogyo.records.queries.journey_filter import JourneyFilter
from tests.records.people import MONDAY, Company, make_account, make_journey

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_cell_that_would_be_a_formula_is_a_text(start: str) -> None:
    assert plain(f"{start}1+1") == f"'{start}1+1"


def test_cell_of_an_ordinary_text_stays(company: Company) -> None:
    assert plain("東芝 a=b") == "東芝 a=b"


def test_export_writes_the_chosen_columns_in_whole_units_and_local_time(company: Company) -> None:
    CustomField.objects.create(
        noun="journey", code="seats", label_en="=Seats", label_ja="席数", kind="number"
    )
    journey = make_journey(
        company, account=make_account(name="=cmd|' /C calc'!A0"), amount=1500, facts={"seats": 3}
    )

    made = export_journeys(
        actor=company.as_admin, asked=JourneyFilter(), lang="en", kind="csv",
        columns=["account", "stage", "amount", "opened", "field:seats"],
    )  # fmt: skip

    assert made.heads == ("ID", "Account", "Stage", "Amount (JPY)", "Opened", "'=Seats")
    assert list(made.rows) == [
        (journey.pk, "'=cmd|' /C calc'!A0", "Lead", 1500,
         MONDAY.replace(hour=10, tzinfo=None), 3),
    ]  # fmt: skip


def test_export_has_only_what_somebody_may_see(company: Company) -> None:
    make_journey(company, owner="marketer")
    own = make_journey(company, owner="inside", stage="working")

    def ids(name: str) -> list[object]:
        made = export_journeys(
            actor=company.actor(name), asked=JourneyFilter(), lang="ja", kind="csv"
        )
        return [row[0] for row in made.rows]

    assert ids("inside") == [own.pk]
    assert ids("outsider") == []


def test_export_is_noted_before_its_first_row(company: Company) -> None:
    export_journeys(
        actor=company.as_field, asked=JourneyFilter(owner="me"), lang="ja", kind="xlsx",
        columns=["account"],
    )  # fmt: skip

    noted = AuditEvent.objects.get(action="export")
    assert (noted.by, noted.after) == (
        company.field,
        {"filter": "owner=me", "columns": ["account"], "kind": "xlsx"},
    )
