"""Registering, changing, starting, reviewing and ending a countermeasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.countermeasures import (
    change_countermeasure,
    register_countermeasure,
    reopen_countermeasure,
    review_countermeasure,
    start_phase,
)
from kyogyo.records.actions.registration import Registration, Start, Step
from kyogyo.records.models import AuditEvent, Countermeasure, CountermeasureEvent, Outbox
from kyogyo.records.queries.countermeasures import list_countermeasures, read_countermeasure
from tests.records.people import Company, add_colleagues

NOW = datetime(2026, 4, 6, 1, tzinfo=UTC)
TODAY = date(2026, 4, 6)


def registration(company: Company, **changes: Any) -> Registration:
    """Recap mails in inside sales from 13 April on, in field sales a week later."""
    add_colleagues(company, "inside", "field")
    inside, field = company.teams["inside"], company.teams["field"]
    said = Registration(
        title="Recap within a day",
        hypothesis="Buyers who read what was said come to the next meeting.",
        track="new_business",
        node="conversion:mql",
        reason="conversion",
        owner_id=company.users["inside"].pk,
        steps=(
            Step("Send the recap within 24 hours", "The mail is in the journey", is_critical=True),
            Step("Name one date", "A date stands in the mail"),
        ),
        starts=(Start(inside.pk, date(2026, 4, 13)), Start(field.pk, date(2026, 4, 20))),
        baseline_from=date(2026, 1, 5),
        review_on=date(2026, 7, 6),
        design={"kind": "staggered", "smallest_p": 0.02},
        expected=1_200_000,
    )
    return replace(said, **changes)


def registered(company: Company, **changes: Any) -> Countermeasure:
    said = registration(company, **changes)
    return register_countermeasure(actor=company.as_manager, said=said, now=NOW)


def test_registered_countermeasure_is_read_back_whole(company: Company) -> None:
    made = registered(company)
    read = read_countermeasure(company.as_marketer, made.pk, today=TODAY)
    assert (read.line.title, read.line.state, read.line.department, read.line.first_on) == (
        "Recap within a day",
        "planned",
        "marketing",
        date(2026, 4, 13),
    )
    assert [(one.number, one.text, one.is_critical) for one in read.steps] == [
        (1, "Send the recap within 24 hours", True),
        (2, "Name one date", False),
    ]
    assert [(one.team.en, one.planned_on, one.on) for one in read.starts] == [
        ("Inside sales", date(2026, 4, 13), None),
        ("Field sales", date(2026, 4, 20), None),
    ]
    assert [one.kind for one in read.log] == ["registered"]
    assert read.log[0].data["starts"][1]["on"] == "2026-04-20"
    assert not read.may_change


def test_registration_writes_audit_and_outbox(company: Company) -> None:
    made = registered(company)
    noted = AuditEvent.objects.get(noun="countermeasure", row=made.pk)
    assert (noted.action, noted.by, noted.after["node"]) == (
        "registered",
        company.manager,
        "conversion:mql",
    )
    assert Outbox.objects.filter(kind="countermeasure.registered").count() == 1


def test_same_scope_twice_is_refused_while_the_first_is_open(company: Company) -> None:
    registered(company)
    with pytest.raises(ConflictError, match="Recap within a day"):
        registered(company, title="Another")
    assert registered(company, title="Another", reason="delay").reason == "delay"
    assert registered(company, title="Web", segment="source", segment_value="web").pk
    assert Countermeasure.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "needs a title"),
        ({"hypothesis": ""}, "needs a title"),
        ({"steps": ()}, "List the acts"),
        ({"steps": (Step("Send it", ""),)}, "List the acts"),
        ({"starts": ()}, "where and when"),
        ({"node": "conversion:nowhere"}, "no step"),
        ({"node": "weather:mql"}, "no step"),
        ({"reason": "will"}, "reason"),
        ({"review_on": date(2026, 4, 13)}, "baseline comes before"),
        ({"baseline_from": date(2026, 4, 13)}, "baseline comes before"),
        ({"owner_id": 0}, "works here"),
        ({"starts": (Start(0, date(2026, 4, 13)),)}, "teams does not exist"),
    ],
)
def test_registration_that_cannot_be_tested_is_refused(
    company: Company, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        registered(company, **changes)
    assert not Countermeasure.objects.exists()


def test_team_of_one_is_refused_since_its_numbers_are_a_persons(company: Company) -> None:
    alone = Start(company.teams["success"].pk, date(2026, 4, 13))
    with pytest.raises(RuleError, match="team of one is a person"):
        registered(company, starts=(alone,))
    above = Start(company.teams["revenue"].pk, date(2026, 4, 13))
    assert registered(company, starts=(above,)).pk


def test_who_may_register(company: Company) -> None:
    said = registration(company)
    for name in ("marketer", "inside", "viewer"):
        with pytest.raises(NotAllowedError):
            register_countermeasure(actor=company.actor(name), said=said, now=NOW)
    for number, name in enumerate(("manager", "revops", "admin")):
        one = replace(said, segment="source", segment_value=str(number))
        assert register_countermeasure(actor=company.actor(name), said=one, now=NOW).pk


def test_outsider_sees_no_countermeasure(company: Company) -> None:
    made = registered(company)
    assert list_countermeasures(company.as_outsider, today=TODAY) == ()
    with pytest.raises(MissingRecordError):
        read_countermeasure(company.as_outsider, made.pk, today=TODAY)


def test_change_keeps_what_was_said_before(company: Company) -> None:
    made = registered(company)
    changed = change_countermeasure(
        actor=company.as_inside,
        countermeasure_id=made.pk,
        revision=1,
        why="The mail was already there",
        title="Recap within two days",
        steps=[Step("Send the recap within 48 hours", "The mail is in the journey")],
        now=NOW,
    )
    read = read_countermeasure(company.as_inside, made.pk, today=TODAY)
    assert (changed.revision, read.line.title) == (2, "Recap within two days")
    assert [one.text for one in read.steps] == ["Send the recap within 48 hours"]
    assert read.log[0].data == {
        "before": {
            "title": "Recap within a day",
            "steps": ["Send the recap within 24 hours", "Name one date"],
        },
        "after": {
            "title": "Recap within two days",
            "steps": ["Send the recap within 48 hours"],
        },
    }


def test_change_on_an_old_revision_or_without_reason_is_refused(company: Company) -> None:
    made = registered(company)
    asked: dict[str, Any] = {"actor": company.as_inside, "countermeasure_id": made.pk, "now": NOW}
    with pytest.raises(ConflictError):
        change_countermeasure(**asked, revision=7, why="x", title="y")
    with pytest.raises(RuleError, match="why it is changed"):
        change_countermeasure(**asked, why=" ", title="y")
    with pytest.raises(RuleError, match="can't be empty"):
        change_countermeasure(**asked, why="x", title=" ")
    with pytest.raises(NotAllowedError):
        change_countermeasure(**{**asked, "actor": company.as_field}, why="x", title="y")
    assert CountermeasureEvent.objects.count() == 1


def test_start_on_another_day_than_drawn_needs_a_reason(company: Company) -> None:
    made = registered(company)
    first, second = made.starts.order_by("planned_on")
    later = datetime(2026, 4, 21, 1, tzinfo=UTC)
    asked: dict[str, Any] = {"actor": company.as_inside, "countermeasure_id": made.pk, "now": later}
    start_phase(**asked, start_id=first.pk, on=date(2026, 4, 13))
    with pytest.raises(RuleError, match="drawn by lot"):
        start_phase(**asked, start_id=second.pk, on=date(2026, 4, 21))
    start_phase(**asked, start_id=second.pk, on=date(2026, 4, 21), why="The team was away")
    with pytest.raises(RuleError, match="not come yet"):
        start_phase(**asked, start_id=second.pk, on=date(2026, 4, 22), why="x")
    read = read_countermeasure(company.as_inside, made.pk, today=date(2026, 4, 21))
    assert [one.on for one in read.starts] == [date(2026, 4, 13), date(2026, 4, 21)]
    assert read.line.state == "running"


def test_review_that_waits_moves_the_day_and_any_other_ends_it(company: Company) -> None:
    made = registered(company)
    asked: dict[str, Any] = {"actor": company.as_manager, "countermeasure_id": made.pk, "now": NOW}
    with pytest.raises(RuleError, match="day of the next review"):
        review_countermeasure(**asked, decision="wait", words="Too early", verdict={})
    with pytest.raises(RuleError, match="Choose what follows"):
        review_countermeasure(**asked, decision="keep", words="", verdict={})
    later = date(2026, 8, 3)
    review_countermeasure(
        **asked, decision="wait", words="Too early", verdict={}, next_review_on=later
    )
    assert read_countermeasure(company.as_field, made.pk, today=TODAY).line.review_on == later
    review_countermeasure(
        **asked, decision="keep", words="It helped", verdict={"word": "supported"}
    )
    read = read_countermeasure(company.as_field, made.pk, today=TODAY)
    assert (read.line.state, read.line.decision, read.line.verdict) == (
        "ended",
        "keep",
        {"word": "supported"},
    )
    with pytest.raises(RuleError, match="has ended"):
        review_countermeasure(**asked, decision="drop", words="x", verdict={})


def test_end_can_be_taken_back_unless_the_place_is_taken(company: Company) -> None:
    made = registered(company)
    asked: dict[str, Any] = {"actor": company.as_manager, "countermeasure_id": made.pk, "now": NOW}
    review_countermeasure(**asked, decision="drop", words="No time", verdict={})
    other = registered(company, title="Another")
    with pytest.raises(ConflictError, match="Another"):
        reopen_countermeasure(**asked, why="Time again")
    review_countermeasure(
        actor=company.as_manager,
        countermeasure_id=other.pk,
        decision="drop",
        words="x",
        verdict={},
        now=NOW,
    )
    reopen_countermeasure(**asked, why="Time again")
    listed = list_countermeasures(company.as_field, today=TODAY)
    assert [(one.title, one.state) for one in listed] == [
        ("Recap within a day", "planned"),
        ("Another", "ended"),
    ]


def test_review_is_due_from_its_day_on(company: Company) -> None:
    made = registered(company)
    states = {
        day: read_countermeasure(company.as_field, made.pk, today=day).line.state
        for day in (made.review_on - timedelta(days=1), made.review_on)
    }
    assert list(states.values()) == ["planned", "review_due"]


def test_history_of_a_countermeasure_is_kept_by_the_database(company: Company) -> None:
    made = registered(company)
    for change in (
        lambda: CountermeasureEvent.objects.update(words="otherwise"),
        lambda: CountermeasureEvent.objects.all().delete(),
        lambda: Countermeasure.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
