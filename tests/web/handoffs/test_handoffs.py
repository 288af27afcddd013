"""Inbox, outbox, one handoff in full, and the three decisions on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kyogyo.records.actions import claims, decisions, offers
from kyogyo.records.models import Handoff, Journey
from tests.records.people import Company, make_account, make_journey
from tests.web.handoffs.conftest import TOLD

Browsers = Callable[..., Client]
_CRITERIA = "meeting_held,next_step_dated"


_SIDES = ("inside", "field", "manager", "revops", "admin", "viewer")
_OTHERS = ("marketer", "success", "outsider")
_ACTS = ("accept", "return", "need-work", "offer-again", "withdraw", "undo", "result")


def test_handoff_opens_for_its_two_sides_and_those_above_alone(
    signed_in: Browsers, offered: Handoff
) -> None:
    found = {
        who: (
            signed_in(who).get(f"/handoffs/{offered.pk}/").status_code,
            signed_in(who).get(f"/handoffs/{offered.pk}/result/").status_code,
        )
        for who in (*_SIDES, *_OTHERS)
    }

    assert found == dict.fromkeys(_SIDES, (200, 200)) | dict.fromkeys(_OTHERS, (404, 404))


def test_handoff_is_not_acted_on_by_others(signed_in: Browsers, offered: Handoff) -> None:
    data = {"reason": "no_need", "words": "x", "why_now": "y", "decision": "accept"}
    found = {
        (who, act): signed_in(who).post(f"/handoffs/{offered.pk}/{act}/", data).status_code
        for who in ("outsider", "marketer", "viewer")
        for act in _ACTS
    }

    assert found == {
        (who, act): 403 if who == "viewer" else 404
        for who in ("outsider", "marketer", "viewer")
        for act in _ACTS
    }
    assert offered.events.count() == 1


@pytest.mark.parametrize(("lang", "says"), [("en", "Your decision"), ("ja", "あなたの判断")])
def test_handoff_is_said_in_both_languages(
    signed_in: Browsers, company: Company, offered: Handoff, lang: str, says: str
) -> None:
    company.field.lang = lang
    company.field.save()

    page = signed_in("field").get(f"/handoffs/{offered.pk}/").content.decode()
    assert says in page
    assert "The contract ends in June" in page


def test_accepting_takes_three_taps(
    signed_in: Browsers, company: Company, offered: Handoff
) -> None:
    """Open it, confirm what accepting says is so, accept: one box and one button."""
    browser = signed_in("field")
    page = browser.get(f"/handoffs/{offered.pk}/").content.decode()
    assert f'name="criteria_all" value="{_CRITERIA}"' in page

    answer = browser.post(f"/handoffs/{offered.pk}/accept/", {"criteria_all": _CRITERIA})

    journey = Journey.objects.get(pk=offered.journey_id)
    assert (answer.status_code, journey.stage, journey.owner) == (303, "discovery", company.field)


def test_accepting_without_what_it_says_is_refused_and_keeps_what_was_typed(
    signed_in: Browsers, offered: Handoff
) -> None:
    answer = signed_in("field").post(f"/handoffs/{offered.pk}/accept/", {"words": "fine"})

    assert answer.status_code == 422
    assert "The meeting took place" in answer.content.decode()
    assert Handoff.objects.get(pk=offered.pk).open_round == 1


def test_returning_needs_words_and_keeps_the_chosen_reason(
    signed_in: Browsers, offered: Handoff
) -> None:
    answer = signed_in("field").post(
        f"/handoffs/{offered.pk}/return/", {"reason": "no_need", "words": ""}
    )

    assert answer.status_code == 422
    assert 'value="no_need" required checked' in answer.content.decode()


def test_a_return_is_seen_by_the_giver_with_reason_and_words(
    signed_in: Browsers, offered: Handoff
) -> None:
    signed_in("field").post(
        f"/handoffs/{offered.pk}/return/", {"reason": "wrong_person", "words": "An intern came"}
    )

    page = signed_in("inside").get("/handoffs/?box=out").content.decode()
    assert "The person has no part in the decision" in page
    assert "An intern came" in page


def test_needs_work_names_the_wanted_answers_and_comes_back_offered_again(
    signed_in: Browsers, company: Company, offered: Handoff
) -> None:
    field, inside = signed_in("field"), signed_in("inside")
    field.post(f"/handoffs/{offered.pk}/need-work/", {"asks": ["competitor"], "words": "Who else?"})
    assert "What it is compared with" in inside.get(f"/handoffs/{offered.pk}/").content.decode()

    answer = inside.post(
        f"/journeys/{offered.journey_id}/offer/",
        {"why_now": "They look at A", "answer:competitor": "A", "to": ""},
    )

    assert answer.status_code == 303
    assert Handoff.objects.get(pk=offered.pk).open_round == 2


def test_the_second_to_decide_is_told_that_it_was_decided(
    signed_in: Browsers, company: Company, offered: Handoff
) -> None:
    decisions.need_work(actor=company.as_field, handoff_id=offered.pk, words="More, please")

    answer = signed_in("manager").post(
        f"/handoffs/{offered.pk}/accept/", {"criteria_all": _CRITERIA}
    )
    assert answer.status_code == 409
    assert "Fumi Field" in answer.content.decode()


def test_the_giver_withdraws(signed_in: Browsers, offered: Handoff) -> None:
    answer = signed_in("inside").post(f"/handoffs/{offered.pk}/withdraw/", {"words": "Too early"})

    assert (answer.status_code, Handoff.objects.get(pk=offered.pk).open_round) == (303, None)


def test_a_page_that_shows_the_newest_gets_nothing(signed_in: Browsers, offered: Handoff) -> None:
    browser = signed_in("field")
    seen = browser.get("/handoffs/", headers={"HX-Request": "true"}).content.decode()
    mark = seen.split("seen=")[1].split('"')[0]

    assert browser.get(f"/handoffs/?seen={mark}").status_code == 204
    assert browser.get(f"/handoffs/{offered.pk}/?seen={mark}").status_code == 204


@pytest.mark.parametrize(("box", "says"), [("in", "Nothing was offered"), ("out", "given nothing")])
def test_empty_boxes_teach(signed_in: Browsers, box: str, says: str) -> None:
    assert says in signed_in("success").get(f"/handoffs/?box={box}").content.decode()


def _offer_another(company: Company) -> None:
    journey = make_journey(
        company,
        stage="meeting_set",
        owner="inside",
        amount=1_200_000,
        account=make_account(name="Another"),
    )
    for question, answer in TOLD.items():
        claims.answer_question(
            actor=company.as_inside, journey_id=journey.pk, question=question, answer=answer
        )
    offers.offer_handoff(
        actor=company.as_inside,
        journey_id=journey.pk,
        why_now="Now",
        receiver_user_id=company.users["field"].pk,
    )


def test_boxes_cost_the_same_for_one_row_and_for_three(
    signed_in: Browsers, company: Company, offered: Handoff
) -> None:
    browser = signed_in("field")
    browser.get("/handoffs/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        browser.get("/handoffs/")
    _offer_another(company)
    _offer_another(company)
    with CaptureQueriesContext(connection) as three:
        browser.get("/handoffs/")

    assert len(three) == len(one)
    assert len(one) <= 26


def test_offering_shows_what_is_missing_and_takes_it_in_the_same_form(
    signed_in: Browsers, company: Company
) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    inside = signed_in("inside")
    bare = inside.post(f"/journeys/{journey.pk}/offer/", {"why_now": "They asked", "to": ""})
    assert bare.status_code == 422
    assert "They asked" in bare.content.decode()

    asked = ("needs", "current_state", "deal_size", "timeframe", "next_step")
    answer = inside.post(
        f"/journeys/{journey.pk}/offer/",
        {"why_now": "They asked", "to": "", **{f"unknown:{code}": "1" for code in asked}},
    )

    assert answer.status_code == 303
    assert Handoff.objects.get().receiver_team == company.teams["field"]


def test_an_acceptance_by_mistake_is_taken_back_where_it_was_told(
    signed_in: Browsers, company: Company, offered: Handoff
) -> None:
    browser, at = signed_in("field"), f"/handoffs/{offered.pk}/"
    browser.post(f"{at}accept/", {"criteria_all": _CRITERIA})
    accepted = offered.events.get(kind="accepted")
    page = browser.get(at).content.decode()
    # In the note that says what was done, and on the page for the day after.
    assert page.count(f'action="{at}undo/"') == 2
    assert page.count(f'name="event" value="{accepted.pk}"') == 2

    answer = browser.post(f"{at}undo/", {"event": accepted.pk})
    again = browser.post(f"{at}undo/", {"event": accepted.pk})

    journey = Journey.objects.get(pk=offered.journey_id)
    assert (answer.status_code, journey.stage, journey.owner) == (
        303,
        "meeting_set",
        company.inside,
    )
    assert (again.status_code, "Nothing was changed" in again.content.decode()) == (409, True)
    company.inside.lang = "ja"
    company.inside.save()
    giver = signed_in("inside")
    says = "「受け入れ」はFumi Fieldが取り消しました。再び判断待ちです。"
    assert [says in giver.get(path).content.decode() for path in (at, "/handoffs/?box=out")] == [
        True, True,
    ]  # fmt: skip
    assert f'action="{at}undo/"' not in giver.get(at).content.decode()


def test_a_meeting_is_set_for_a_day_and_an_hour_and_shown_to_both_sides(
    signed_in: Browsers, company: Company, meeting: Journey
) -> None:
    inside, today = signed_in("inside"), timezone.now().astimezone(ZoneInfo("Asia/Tokyo")).date()
    plan = {"text": "First meeting", "due_on": today.isoformat()}
    wrong = inside.post(f"/journeys/{meeting.pk}/next-step/", plan | {"due_time": "half past"})
    assert (wrong.status_code, "is no time of day" in wrong.content.decode()) == (422, True)
    inside.post(f"/journeys/{meeting.pk}/next-step/", plan | {"due_time": "14:05"})
    handoff = offers.offer_handoff(
        actor=company.as_inside, journey_id=meeting.pk, why_now="Friday",
        receiver_user_id=company.field.pk,
    )  # fmt: skip

    shown = '<b class="clock-time">14:05</b>'
    at = f"/handoffs/{handoff.pk}/"
    pages = {path: signed_in("field").get(path).content.decode() for path in (at, "/desk/")}
    pages["journey"] = inside.get(f"/journeys/{meeting.pk}/").content.decode()
    assert {path: shown in page for path, page in pages.items()} == dict.fromkeys(pages, True)
    assert f"({today} 14:05)" in pages["journey"]
    assert "Planned since" not in pages[at]

    later = {"text": "First meeting", "due_on": str(today + timedelta(days=2)), "due_time": "9:30"}
    inside.post(f"/journeys/{meeting.pk}/next-step/", later)
    moved = signed_in("field").get(at).content.decode()
    assert ("Planned since" in moved, '<b class="clock-time">09:30</b>' in moved) == (True, True)
