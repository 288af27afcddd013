"""The page of alerts."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.alerts import raise_alerts
from kyogyo.records.models import Alert, AlertAnswer
from tests.records.actions.test_alerts import noticed
from tests.records.people import Company

SignedIn = Callable[..., Client]


def _raise(**changes: str) -> Alert:
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed(**changes)])
    return alert


def test_alerts_page_teaches_when_nothing_waits(signed_in: SignedIn) -> None:
    said = signed_in("inside").get("/alerts/", headers={"Accept-Language": "en"})
    assert "Nothing waits for an answer" in said.content.decode()


def test_alert_is_shown_to_its_department_and_to_all_who_ask(
    company: Company, signed_in: SignedIn
) -> None:
    _raise()
    shown = {
        (name, query): "MQL to SQL fell" in signed_in(name).get(f"/alerts/{query}").content.decode()
        for name in ("inside", "field")
        for query in ("", "?show=all")
    }
    assert shown == {
        ("inside", ""): True,
        ("inside", "?show=all"): True,
        ("field", ""): False,
        ("field", "?show=all"): True,
    }


def test_answer_is_kept_and_can_be_undone(company: Company, signed_in: SignedIn) -> None:
    alert, browser = _raise(), signed_in("inside")
    refused = browser.post(f"/alerts/{alert.pk}/answer/", {"kind": "known", "words": ""})
    assert refused.status_code == 422
    answered = browser.post(
        f"/alerts/{alert.pk}/answer/", {"kind": "known", "words": "Golden Week"}
    )
    assert answered.status_code == 303
    page = browser.get("/alerts/").content.decode()
    assert "Golden Week" in page
    browser.post(f"/alerts/{alert.pk}/answer/", {"kind": "open"})
    assert list(AlertAnswer.objects.values_list("kind", flat=True)) == ["known", "open"]
