"""The visit result and the kickoff: one form, one post, all or nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from kyogyo.records.actions import commitments, offers
from kyogyo.records.models import Claim, CommitmentOutcome, Handoff, Journey
from tests.records.people import Company, make_journey

Browsers = Callable[..., Client]
_CRITERIA = "meeting_held,next_step_dated"


def test_result_is_one_post(signed_in: Browsers, company: Company, offered: Handoff) -> None:
    answer = signed_in("field").post(
        f"/handoffs/{offered.pk}/result/",
        {
            "met": "1",
            "verdict:needs": "confirm",
            "verdict:budget": "correct",
            "answer:budget": "Being requested",
            "verdict:competitor": "new",
            "answer:competitor": "Company A",
            "answer:timeframe": "2027-01-31",  # typed, but the button was not pressed
            "decision": "accept",
            "criteria_all": _CRITERIA,
            "next_step_chip": "Send the recap",
            "due_on": "2099-01-05",
        },
    )

    journey = Journey.objects.get(pk=offered.journey_id)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/handoffs/{offered.pk}/?filed=result-{offered.pk}",
    )
    assert (journey.stage, journey.owner, journey.next_step) == (
        "discovery",
        company.field,
        "Send the recap",
    )
    told = Claim.objects.filter(department="field_sales").order_by("question")
    assert [(one.question, one.verdict, one.answer) for one in told] == [
        ("budget", "corrects", "Being requested"),
        ("competitor", "new", "Company A"),
        ("needs", "confirms", "Fewer orders by hand"),
    ]


def test_refused_result_keeps_everything_typed(signed_in: Browsers, offered: Handoff) -> None:
    answer = signed_in("field").post(
        f"/handoffs/{offered.pk}/result/",
        {
            "verdict:needs": "confirm",
            "verdict:timeframe": "correct",
            "answer:timeframe": "someday",
            "decision": "accept",
            "criteria_all": _CRITERIA,
            "next_step": "Write to them",
            "in_days": "3",
            "words": "Friendly",
        },
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="verdict:needs" value="confirm" checked' in page
    assert 'name="verdict:timeframe" value="correct" checked' in page
    assert 'value="Write to them"' in page
    assert "Friendly</textarea>" in page
    assert Claim.objects.filter(department="field_sales").count() == 0


def test_nobody_came(signed_in: Browsers, offered: Handoff) -> None:
    answer = signed_in("field").post(
        f"/handoffs/{offered.pk}/result/",
        {
            "met": "0",
            "verdict:needs": "confirm",
            "decision": "return",
            "reason": "no_show",
            "words": "Waited for 20 minutes",
            "next_step_chip": "Set a new date",
            "in_days": "1",
        },
    )

    kinds = list(offered.journey.activities.values_list("kind", flat=True))
    assert (answer.status_code, kinds) == (303, ["no_show"])
    assert Claim.objects.filter(department="field_sales").count() == 0


def test_filing_twice_is_told(signed_in: Browsers, offered: Handoff) -> None:
    field = signed_in("field")
    data = {
        "decision": "accept",
        "criteria_all": _CRITERIA,
        "next_step": "Recap",
        "in_days": "1",
    }
    statuses = [field.post(f"/handoffs/{offered.pk}/result/", data).status_code for _ in range(2)]

    assert statuses == [303, 409]


def test_kickoff_has_the_promises(signed_in: Browsers, company: Company) -> None:
    journey = make_journey(company, stage="won", owner="field")
    first, second = (
        commitments.promise(actor=company.as_field, journey_id=journey.pk, text=text)
        for text in ("Two trainings", "An interface by May")
    )
    handoff = offers.offer_handoff(
        actor=company.as_field,
        journey_id=journey.pk,
        why_now="The shop opens in April",
        override_reason="The answers are in the contract",
        receiver_user_id=company.users["success"].pk,
    )
    success = signed_in("success")
    page = success.get(f"/handoffs/{handoff.pk}/result/").content.decode()
    assert "Two trainings" in page
    lacking = page.split('name="unknown_all" value="')[1].split('"')[0]
    criteria = (
        page.split('name="criteria_all" value="')[1].split('"')[0] if "criteria_all" in page else ""
    )

    answer = success.post(
        f"/handoffs/{handoff.pk}/result/",
        {
            f"promise:{first.pk}": "expected",
            f"promise:{second.pk}": "not_expected",
            f"promise_words:{second.pk}": "They count on March",
            "decision": "accept",
            "unknown_all": lacking,
            "criteria_all": criteria,
            "next_step": "Set-up call",
            "in_days": "7",
        },
    )

    said = CommitmentOutcome.objects.order_by("id").values_list("kind", "words")
    assert (answer.status_code, list(said)) == (
        303,
        [("expected", ""), ("not_expected", "They count on March")],
    )
    assert Journey.objects.get(pk=journey.pk).stage == "onboarding"
