"""Alerts: raised once, answered by people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.alerts import Noticed, answer_alert, raise_alerts
from kyogyo.records.models import Alert
from kyogyo.records.queries.alerts import count_open_alerts, list_alerts
from kyogyo.words import Text
from tests.records.actions.test_countermeasures import registered
from tests.records.people import Company

NOW = datetime(2026, 4, 6, 1, tzinfo=UTC)


def noticed(key: str = "new_business/conversion:mql/down/2026-03-02", **changes: Any) -> Noticed:
    said: dict[str, Any] = {
        "key": key,
        "kind": "shift",
        "track": "new_business",
        "node": "conversion:mql",
        "department": "inside_sales",
        "since": date(2026, 3, 2),
        "says": Text(en="MQL to SQL fell", ja="MQLからSQLへの率が低下"),
    }
    return Noticed(**{**said, **changes})


def test_same_thing_is_told_once(company: Company) -> None:
    first = raise_alerts(actor=SYSTEM, noticed=[noticed(), noticed()], now=NOW)
    again = raise_alerts(
        actor=SYSTEM, noticed=[noticed(says=Text(en="Otherwise", ja="別")), noticed("b")], now=NOW
    )
    assert [one.key for one in first] == ["new_business/conversion:mql/down/2026-03-02"]
    assert [one.key for one in again] == ["b"]
    assert [one.says.en for one in list_alerts(company.as_inside)] == [
        "MQL to SQL fell",
        "MQL to SQL fell",
    ]


def test_open_alerts_are_counted_for_the_department_that_owns_the_step(company: Company) -> None:
    raise_alerts(actor=SYSTEM, noticed=[noticed(), noticed("b", department="field_sales")], now=NOW)
    counted = {name: count_open_alerts(company.actor(name)) for name in ("inside", "field", "success", "viewer", "outsider")}  # fmt: skip
    assert counted == {"inside": 1, "field": 1, "success": 0, "viewer": 2, "outsider": 0}


def test_answered_alert_is_open_no_more_until_it_is_opened_again(company: Company) -> None:
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed()], now=NOW)
    made = registered(company)
    asked: dict[str, Any] = {"actor": company.as_inside, "alert_id": alert.pk, "now": NOW}
    with pytest.raises(RuleError, match="Say what the reason is"):
        answer_alert(**asked, kind="known")
    with pytest.raises(RuleError, match="Choose the countermeasure"):
        answer_alert(**asked, kind="acted")
    with pytest.raises(RuleError, match="Choose an answer"):
        answer_alert(**asked, kind="ignored")
    answer_alert(**asked, kind="acted", countermeasure_id=made.pk)
    (told,) = list_alerts(company.as_field)
    assert (told.answer, told.by, told.countermeasure_id) == ("acted", "Ichiro Inside", made.pk)
    assert list_alerts(company.as_field, is_open=True) == ()
    answer_alert(**asked, kind="open")
    (told,) = list_alerts(company.as_field, is_open=True)
    assert (told.answer, told.by, told.countermeasure_id) == ("", "", None)


def test_alert_is_answered_by_who_works_here_and_may_write(company: Company) -> None:
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed()], now=NOW)
    with pytest.raises(MissingRecordError):
        answer_alert(actor=company.as_outsider, alert_id=alert.pk, kind="seen", now=NOW)
    with pytest.raises(NotAllowedError):
        answer_alert(actor=company.as_viewer, alert_id=alert.pk, kind="seen", now=NOW)
    with pytest.raises(NotAllowedError):
        raise_alerts(actor=company.as_inside, noticed=[noticed("b")], now=NOW)
    assert Alert.objects.count() == 1
