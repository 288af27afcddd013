"""What comes onto the agenda of a review."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.alerts import raise_alerts
from kyogyo.usecases.hold_review import prepare_points
from tests.records.actions.test_alerts import noticed
from tests.records.actions.test_countermeasures import registered
from tests.records.people import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_agenda_has_what_waits_and_what_is_due(company: Company) -> None:
    now = datetime(2026, 4, 6, 1, tzinfo=UTC)
    good = noticed("good", is_good=True)
    elsewhere = noticed("elsewhere", track="renewal")
    raise_alerts(actor=SYSTEM, noticed=[good, elsewhere, noticed("bad")], now=now)
    made = registered(company)
    asked = {"actor": company.as_manager, "track": "new_business"}

    def subjects(day: date) -> list[str]:
        return [one.subject for one in prepare_points(**asked, today=day)]

    alerts = subjects(date(2026, 4, 13))
    assert len(alerts) == 2
    assert subjects(date(2026, 4, 14)) == [*alerts, f"countermeasure:{made.pk}"]
    late = prepare_points(**asked, today=date(2026, 4, 14))[-1]
    assert "was to start on 2026-04-13" in late.says.en
    due = prepare_points(**asked, today=date(2026, 7, 6))[-1]
    assert "is due for review" in due.says.en
