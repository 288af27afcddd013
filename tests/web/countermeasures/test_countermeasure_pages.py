"""The pages of countermeasures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kyogyo.records.actions.countermeasures import review_countermeasure
from kyogyo.records.actions.registration import Start
from kyogyo.records.models import Countermeasure, CountermeasureEvent, StepScore
from kyogyo.records.queries.calendar import local_date
from tests.records.actions.test_countermeasures import registration
from tests.records.people import Company

SignedIn = Callable[..., Client]
EN = {"Accept-Language": "en"}


@pytest.fixture
def made(company: Company) -> Countermeasure:
    """Registered three weeks ago, to start a week ago in inside sales."""
    from kyogyo.records.actions.countermeasures import register_countermeasure  # noqa: PLC0415 -- slow import

    today = local_date()
    said = registration(
        company,
        starts=(Start(company.teams["inside"].pk, today - timedelta(days=7)),),
        baseline_from=today - timedelta(days=180),
        review_on=today + timedelta(days=60),
    )
    return register_countermeasure(actor=company.as_manager, said=said)


def test_list_teaches_when_nothing_is_tried(signed_in: SignedIn) -> None:
    page = signed_in("inside").get("/countermeasures/", headers=EN).content.decode()
    assert "Nothing is being tried now" in page
    assert "New countermeasure" not in page


def test_list_shows_what_is_open_and_its_step_in_words(
    made: Countermeasure, signed_in: SignedIn
) -> None:
    page = signed_in("manager").get("/countermeasures/", headers=EN).content.decode()
    assert "Recap within a day" in page
    assert "Conversion at" in page
    assert "conversion:mql" not in page


def test_page_says_what_was_registered_even_before_anything_is_measured(
    made: Countermeasure, signed_in: SignedIn
) -> None:
    page = signed_in("inside").get(f"/countermeasures/{made.pk}/", headers=EN).content.decode()
    for words in ("Buyers who read what was said", "Send the recap within 24 hours", "not yet"):
        assert words in page


def test_start_is_recorded_on_the_drawn_day_and_any_other_needs_a_reason(
    made: Countermeasure, signed_in: SignedIn
) -> None:
    start, browser = made.starts.get(), signed_in("inside")
    path = f"/countermeasures/{made.pk}/start/"
    other = str(start.planned_on + timedelta(days=2))
    refused = browser.post(path, {"start": start.pk, "on": other})
    assert (refused.status_code, "drawn by lot" in refused.content.decode()) == (422, True)
    assert browser.post(path, {"start": start.pk, "on": str(start.planned_on)}).status_code == 303
    start.refresh_from_db()
    assert start.started_on == start.planned_on


def test_step_is_scored_in_one_tap(
    company: Company, made: Countermeasure, signed_in: SignedIn
) -> None:
    step = made.steps.get(number=1)
    answer = signed_in("inside").post(
        f"/countermeasures/{made.pk}/score/",
        {"step": step.pk, "team": company.teams["inside"].pk, "score": "yes"},
    )
    assert answer.headers["Location"] == f"/countermeasures/{made.pk}/#fidelity"
    assert list(StepScore.objects.values_list("score", "on")) == [("yes", local_date())]


def test_change_is_shown_in_the_history(made: Countermeasure, signed_in: SignedIn) -> None:
    browser = signed_in("inside")
    said = {
        "revision": 1,
        "title": "Recap in two days",
        "hypothesis": made.hypothesis,
        "why": "Late",
    }
    assert browser.post(f"/countermeasures/{made.pk}/change/", said).status_code == 303
    page = browser.get(f"/countermeasures/{made.pk}/", headers=EN).content.decode()
    assert "Recap within a day → Recap in two days" in page
    stale = browser.post(f"/countermeasures/{made.pk}/change/", said)
    assert stale.status_code == 409


def test_library_shows_what_ended_with_its_verdict(
    company: Company, made: Countermeasure, signed_in: SignedIn
) -> None:
    review_countermeasure(
        actor=company.as_manager, countermeasure_id=made.pk, decision="keep", words="It helped",
        verdict={"verdict": "supported", "fidelity": 0.9, "gain": [1_500_000, 0, None]},
    )  # fmt: skip
    page = signed_in("field").get("/library/", headers=EN).content.decode()
    for words in ("Recap within a day", "Supported", "90%", "Keep it"):
        assert words in page
    assert (
        "Nothing has ended yet"
        in signed_in("field").get("/library/?node=delay:mql", headers=EN).content.decode()
    )
    signed_in("manager").post(f"/countermeasures/{made.pk}/reopen/", {"why": "Once more"})
    assert [one.kind for one in CountermeasureEvent.objects.order_by("id")] == [
        "registered",
        "ended",
        "reopened",
    ]


def test_form_is_for_who_may_start_and_says_what_is_missing(signed_in: SignedIn) -> None:
    assert signed_in("inside").get("/countermeasures/new/").status_code == 403
    browser = signed_in("manager")
    page = browser.get("/countermeasures/new/?track=new_business&node=conversion:mql", headers=EN)
    assert "Conversion at" in page.content.decode()
    asked = {"track": "new_business", "node": "conversion:mql", "weeks": "12", "change": "20", "seed": "7"}  # fmt: skip
    refused = browser.post("/countermeasures/new/", {**asked, "act": "propose"})
    assert (refused.status_code, "at least one team" in refused.content.decode()) == (422, True)
    unknown = browser.post("/countermeasures/new/", {**asked, "node": "x", "act": "propose"})
    assert (unknown.status_code, "Choose the step" in unknown.content.decode()) == (422, True)
