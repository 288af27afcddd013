"""The page of a journey, and everything that is done on it, without JavaScript and with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kyogyo.records.actions import claims, journeys, stages
from kyogyo.records.models import Activity, Claim, Commitment, CriterionCheck, Journey, StageEntry
from tests.records.people import Company, make_account, make_journey

Browsers = Callable[..., Client]
_SEES = ("inside", "manager", "revops", "admin", "viewer")
_BLIND = ("marketer", "field", "success", "outsider")
_POSTS = (
    "enter",
    "criterion",
    "answer",
    "activity",
    "next-step",
    "assign",
    "change",
    "undo",
    "reopen",
    "promises",
)
_OWED = ("needs", "current_state", "deal_size", "timeframe", "next_step")


def _journey(company: Company, **fields: object) -> Journey:
    at = timezone.now() - timedelta(days=2)
    given = {"stage": "qualifying", "owner": "inside", "at": at, **fields}
    return make_journey(company, **given)  # type: ignore[arg-type]


def test_journey_opens_for_those_who_may_see_it_alone(
    signed_in: Browsers, company: Company
) -> None:
    journey = _journey(company)
    found = {
        who: signed_in(who).get(f"/journeys/{journey.pk}/").status_code for who in (*_SEES, *_BLIND)
    }

    assert found == dict.fromkeys(_SEES, 200) | dict.fromkeys(_BLIND, 404)


def test_journey_is_not_changed_by_others(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    entry = journey.entries.get()
    data = {
        "stage": "meeting_set",
        "criterion": "invitation_accepted",
        "question": "needs",
        "answer": "x",
        "kind": "call",
        "text": "x",
        "due_on": "2099-01-01",
        "to": f"user:{company.users['field'].pk}",
        "entry_id": entry.pk,
    }
    found = {
        (who, path): signed_in(who).post(f"/journeys/{journey.pk}/{path}/", data).status_code
        for who in ("outsider", "viewer")
        for path in _POSTS
    }

    assert found == {
        (who, path): 403 if who == "viewer" else 404
        for who in ("outsider", "viewer")
        for path in _POSTS
    }
    assert Journey.objects.get(pk=journey.pk).revision == journey.revision


def test_journey_shows_the_gate_the_table_and_the_line_of_time_in_both_languages(
    signed_in: Browsers, company: Company
) -> None:
    journey = _journey(company)
    says = {
        "en": (
            "What is known",
            "Timeline",
            "The buyer accepted a meeting",
            "Entered In conversation",
        ),
        "ja": ("確認項目と回答", "履歴", "商談の案内を、顧客が承諾した", "「会話中」へ移行"),
    }
    for lang, words in says.items():
        company.inside.lang = lang
        company.inside.save()
        page = signed_in("inside").get(f"/journeys/{journey.pk}/").content.decode()
        assert [word for word in words if word not in page] == []


def test_entering_takes_criteria_and_answers_along(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)

    answer = signed_in("inside").post(
        f"/journeys/{journey.pk}/enter/",
        {
            "stage": "meeting_set",
            "revision": journey.revision,
            "met:invitation_accepted": "1",
            "evidence:invitation_accepted": "The invitation of Monday",
            "met:answers_noted": "1",
            "answer:needs": "Fewer orders by hand",
            **{f"unknown:{code}": "1" for code in _OWED[1:]},
        },
    )

    assert (answer.status_code, Journey.objects.get(pk=journey.pk).stage) == (303, "meeting_set")
    assert CriterionCheck.objects.get(criterion="invitation_accepted").evidence == (
        "The invitation of Monday"
    )
    assert Claim.objects.filter(journey=journey, is_unknown=True).count() == 4


def test_refused_entry_says_what_is_missing_and_keeps_what_was_typed(
    signed_in: Browsers, company: Company
) -> None:
    journey = _journey(company)

    answer = signed_in("inside").post(
        f"/journeys/{journey.pk}/enter/",
        {
            "stage": "meeting_set",
            "met:invitation_accepted": "1",
            "evidence:invitation_accepted": "Typed once",
        },
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Typed once"' in page
    assert "What the buyer said is noted" in page
    assert CriterionCheck.objects.count() == 0


def test_override_is_marked_in_the_line_of_time(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    inside = signed_in("inside")

    inside.post(
        f"/journeys/{journey.pk}/enter/",
        {"stage": "meeting_set", "override_reason": "They insist on Friday"},
    )
    page = inside.get(f"/journeys/{journey.pk}/").content.decode()
    assert "is-override" in page
    assert "They insist on Friday" in page


def test_undone_entry_is_struck_through(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    entry = stages.enter_stage(
        actor=company.as_inside,
        journey_id=journey.pk,
        stage="meeting_set",
        override_reason="By mistake",
    )
    inside = signed_in("inside")

    answer = inside.post(f"/journeys/{journey.pk}/undo/", {"entry_id": entry.pk})
    page = inside.get(f"/journeys/{journey.pk}/").content.decode()
    assert (answer.status_code, Journey.objects.get(pk=journey.pk).stage) == (303, "qualifying")
    assert "<s>Entered Meeting set</s>" in page
    assert "Taken back: Meeting set; in In conversation again" in page


def test_exit_asks_for_a_reason_and_keeps_both_views_apart(
    signed_in: Browsers, company: Company
) -> None:
    journey = _journey(company)
    inside = signed_in("inside")
    page = inside.get(f"/journeys/{journey.pk}/gate/?to=recycled").content.decode()
    assert "No budget" in page
    bare = inside.post(
        f"/journeys/{journey.pk}/enter/", {"stage": "recycled", "buyer_words": "Next year"}
    )
    assert (bare.status_code, "Next year" in bare.content.decode()) == (422, True)

    inside.post(
        f"/journeys/{journey.pk}/enter/",
        {
            "stage": "recycled",
            "reason": "no_budget",
            "buyer_words": "Next year",
            "our_view": "They will not",
        },
    )

    entry = StageEntry.objects.get(stage="recycled")
    assert (entry.reason, entry.buyer_words, entry.our_view) == (
        "no_budget",
        "Next year",
        "They will not",
    )
    today = entry.at.astimezone(ZoneInfo("Asia/Tokyo")).date()  # the day of the organisation
    assert entry.revisit_on == today + timedelta(days=90)


def test_reopening_is_a_new_journey_in_the_chain(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    stages.recycle(actor=company.as_inside, journey_id=journey.pk, reason="no_budget")
    inside = signed_in("inside")

    answer = inside.post(f"/journeys/{journey.pk}/reopen/")
    again = Journey.objects.get(previous=journey)
    assert (answer.status_code, again.attempt) == (303, 2)
    assert "Attempt 1" in inside.get(f"/journeys/{again.pk}/").content.decode()


def test_amount_changed_by_somebody_else_meanwhile_is_told(
    signed_in: Browsers, company: Company
) -> None:
    journey = _journey(company)
    journeys.change_journey(actor=company.as_manager, journey_id=journey.pk, amount=5)

    answer = signed_in("inside").post(
        f"/journeys/{journey.pk}/change/",
        {"amount": "1,200,000", "title": "Mine", "revision": journey.revision},
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else changed this journey meanwhile" in page
    assert 'value="1,200,000"' in page


def test_amount_is_read_as_it_is_written_in_japan(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)

    signed_in("inside").post(
        f"/journeys/{journey.pk}/change/",
        {"amount": "１２０万", "title": "", "revision": journey.revision},
    )
    assert Journey.objects.get(pk=journey.pk).amount == 1_200_000


def test_activity_is_one_press(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)

    answer = signed_in("inside").post(
        f"/journeys/{journey.pk}/activity/",
        {"kind": "call", "is_two_way": "1"},
        headers={"HX-Request": "true"},
    )

    page = answer.content.decode()
    assert (answer.status_code, page.lstrip().startswith('<div id="journey"')) == (200, True)
    assert "Call, the buyer answered" in page
    assert Activity.objects.get().is_two_way is True


def test_answers_that_differ_are_marked(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    inside = signed_in("inside")
    inside.post(f"/journeys/{journey.pk}/answer/", {"question": "budget", "answer": "Secured"})
    inside.post(f"/journeys/{journey.pk}/answer/", {"question": "authority", "is_unknown": "1"})
    told = Claim.objects.get(question="budget")
    Claim.objects.create(
        journey=journey,
        question="budget",
        answer="None",
        department="field_sales",
        verdict="corrects",
        answers_to=told,
        model_version=company.version,
        at=timezone.now(),
    )

    page = inside.get(f"/journeys/{journey.pk}/").content.decode()
    assert "1 differ" in page
    assert '<tr class="differs" id="q-budget">' in page
    refused = inside.post(
        f"/journeys/{journey.pk}/answer/", {"question": "timeframe", "answer": "someday"}
    )
    assert refused.status_code == 422
    assert "doesn&#39;t fit" in refused.content.decode()


def test_next_step_is_put_on_a_working_day(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)

    signed_in("inside").post(f"/journeys/{journey.pk}/next-step/", {"text": "Call", "in_days": "3"})
    planned = Journey.objects.get(pk=journey.pk).next_step_on
    assert planned is not None
    assert planned >= timezone.localdate() + timedelta(days=3)
    assert planned.weekday() < 5


def test_promise_is_noted_and_settled(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    inside = signed_in("inside")

    inside.post(
        f"/journeys/{journey.pk}/promises/", {"text": "A price list", "due_on": "2099-01-05"}
    )
    made = Commitment.objects.get()
    bare = inside.post(f"/journeys/{journey.pk}/promises/{made.pk}/", {"kind": "missed"})
    done = inside.post(f"/journeys/{journey.pk}/promises/{made.pk}/", {"kind": "met"})
    assert (bare.status_code, done.status_code) == (422, 303)
    assert made.outcomes.get().kind == "met"


def test_journey_costs_the_same_however_much_happened(
    signed_in: Browsers, company: Company
) -> None:
    journey = _journey(company)
    inside = signed_in("inside")

    def much() -> None:
        journeys.log_activity(actor=company.as_inside, journey_id=journey.pk, kind="call")
        claims.answer_question(
            actor=company.as_inside, journey_id=journey.pk, question="needs", answer="x"
        )

    much()
    inside.get(f"/journeys/{journey.pk}/")
    with CaptureQueriesContext(connection) as one:
        inside.get(f"/journeys/{journey.pk}/")
    much()
    much()
    with CaptureQueriesContext(connection) as three:
        inside.get(f"/journeys/{journey.pk}/")

    assert len(three) == len(one)
    assert len(one) <= 42


def test_what_people_write_is_shown_as_text(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company, account=make_account(name="<script>alert(1)</script>"))
    inside = signed_in("inside")
    inside.post(
        f"/journeys/{journey.pk}/activity/", {"kind": "note", "words": "<img src=x onerror=y>"}
    )

    page = inside.get(f"/journeys/{journey.pk}/").content.decode()
    assert ("<script>alert" in page, "<img src=x" in page) == (False, False)
