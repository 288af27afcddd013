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


def test_alert_is_shown_with_its_weeks_and_what_it_rests_on(
    company: Company, signed_in: SignedIn
) -> None:
    rows = [
        {"week": f"2026-01-{day:02}", "n": 20.0, "value": 0.5, "centre": 0.5, "lower": 0.2, "upper": 0.8,
         "outside": False}
        for day in (5, 12, 19)
    ]  # fmt: skip
    chart = {"rows": rows, "unit": "share", "n": 60, "as_of": 0, "caveats": []}
    numbers = {"step": "mql>working", "chart": chart, "why": [{"en": "Evident", "ja": "確か"}]}
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed(numbers=numbers)])
    page = signed_in("inside").get(f"/alerts/{alert.pk}/", headers={"Accept-Language": "en"})
    said = page.content.decode()
    found = {one: one in said for one in ("<svg", "mean 50", "Evident", "n = 60", "version 1")}
    assert found == dict.fromkeys(found, True)
    assert signed_in("outsider").get(f"/alerts/{alert.pk}/").status_code == 404


def test_conflict_says_its_two_parts(company: Company, signed_in: SignedIn) -> None:
    parts = {"before": 0.010, "after": 0.009, "volume": 0.002, "quality": -0.003}
    numbers = {"per_input": True, "parts": parts, "n": 400}
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed(kind="conflict", numbers=numbers)])
    said = signed_in("manager").get(f"/alerts/{alert.pk}/").content.decode()
    amounts = {one: one in said for one in ("10.0", "+2.0", "−3.0", "9.0")}
    assert amounts == dict.fromkeys(amounts, True)
