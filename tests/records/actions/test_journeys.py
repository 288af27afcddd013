"""Opening, giving, changing and working on journeys."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.journeys import (
    assign_journey,
    change_journey,
    log_activity,
    open_journey,
    plan_next_step,
    reopen_journey,
)
from kyogyo.records.actions.restating import restate
from kyogyo.records.actions.stages import enter_stage, lose, recycle
from kyogyo.records.models import (
    Account,
    Assignment,
    AuditEvent,
    CustomField,
    Journey,
    Outbox,
    Person,
    StageEntry,
)
from tests.records.people import MONDAY, Company, make_account, make_journey

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def _open(company: Company, name: str = "marketer", **words: object) -> Journey:
    account = make_account()
    words = {"track": "new_business", "now": MONDAY, **words}
    return open_journey(actor=company.actor(name), account_id=account.pk, **words)  # type: ignore[arg-type]


def test_a_journey_opens_in_the_first_stage_of_its_track_as_the_actors_own(
    company: Company,
) -> None:
    journey = _open(company, title="あおぞら 新規", amount=1_200_000)

    journey.refresh_from_db()
    assert (journey.stage, journey.stage_type, journey.attempt) == ("lead", "open", 1)
    assert (journey.owner, journey.team) == (company.marketer, company.teams["marketing"])
    entry = StageEntry.objects.get()
    assert (entry.stage, entry.at, entry.amount, entry.department) == (
        "lead", MONDAY, 1_200_000, "marketing",
    )  # fmt: skip
    assert (entry.missing, entry.model_version) == ([], company.version)
    assert Assignment.objects.get().user == company.marketer


def test_opening_writes_audit_and_outbox_in_the_same_transaction(company: Company) -> None:
    before = Outbox.objects.count()

    journey = _open(company)

    assert [e.action for e in AuditEvent.objects.filter(journey_id=journey.pk)] == [
        "open", "enter_stage",
    ]  # fmt: skip
    told = Outbox.objects.order_by("id")[before:]
    assert [(o.kind, o.journey_from, o.journey_to) for o in told] == [
        ("journey.open", journey.pk, journey.pk),
        ("journey.enter_stage", journey.pk, journey.pk),
    ]


def test_opening_past_the_first_stage_needs_a_reason(company: Company) -> None:
    with pytest.raises(RuleError) as told:
        _open(company, "inside", stage="working")
    assert "Fit and interest" in told.value.text.en
    assert Journey.objects.count() == 0

    journey = _open(company, "inside", stage="working", override_reason="Met at a fair.")

    entry = StageEntry.objects.get(journey=journey)
    assert entry.missing == ["marketing_to_inside_sales", "fit_and_interest", "needs"]
    assert entry.override_reason == "Met at a fair."
    assert journey.owner == company.inside


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"track": "sideways"}, "The model has no track 'sideways'"),
        ({"stage": "renewed"}, "has no stage 'renewed'"),
        ({"amount": -1}, "The amount must be 0 or more"),
        ({"amount": 2**63}, "The amount must be 0 or more"),
        ({"title": "x" * 301}, "The title has 301 characters"),
        ({"at": TUESDAY}, "has not come yet"),
        ({"owner_id": 99}, "The user 99 does not work here"),
        ({"team_id": 99}, "There is no team 99"),
        ({"person_id": 99}, "The person 99 is not at"),
        ({"previous_id": 99}, "of another account"),
        ({"facts": {"colour": "red"}}, "There is no field 'colour'"),
    ],
)
def test_opening_refuses_what_cannot_be_in_words(
    company: Company, words: dict[str, object], said: str
) -> None:
    with pytest.raises(RuleError) as told:
        _open(company, **words)

    assert said in told.value.text.en
    assert Journey.objects.count() == 0


def test_a_key_that_is_taken_is_a_conflict(company: Company) -> None:
    _open(company, external_id="D-1")

    with pytest.raises(ConflictError):
        _open(company, external_id="D-1")


def test_a_viewer_opens_nothing_and_an_account_of_others_is_not_found(
    company: Company, journey: Journey
) -> None:
    with pytest.raises(NotAllowedError):
        _open(company, "viewer")
    with pytest.raises(MissingRecordError):
        open_journey(actor=company.as_outsider, account_id=journey.account_id, track="new_business")


def test_a_lead_that_ended_is_opened_again_as_a_new_journey(
    company: Company, journey: Journey
) -> None:
    recycle(actor=company.as_marketer, journey_id=journey.pk, reason="bad_timing")

    again = reopen_journey(actor=company.as_marketer, journey_id=journey.pk)

    assert (again.previous, again.attempt, again.stage) == (journey, 2, "lead")
    assert (again.account, again.owner) == (journey.account, company.marketer)
    with pytest.raises(ConflictError):
        reopen_journey(actor=company.as_marketer, journey_id=journey.pk)


def test_a_journey_under_way_is_not_opened_again(company: Company, journey: Journey) -> None:
    with pytest.raises(RuleError):
        reopen_journey(actor=company.as_marketer, journey_id=journey.pk)
    with pytest.raises(RuleError):
        reopen_journey(actor=company.as_marketer, journey_id=journey.pk, track="renewal")


def test_a_customer_goes_on_to_the_renewal_track(company: Company) -> None:
    customer = make_journey(company, stage="adopted", owner="success")

    renewal = reopen_journey(actor=company.as_success, journey_id=customer.pk, track="renewal")

    assert (renewal.track, renewal.stage, renewal.attempt) == ("renewal", "renewal_due", 2)


def test_a_journey_is_given_to_somebody_in_their_team(company: Company, journey: Journey) -> None:
    assign_journey(actor=company.as_marketer, journey_id=journey.pk, user_id=company.inside.pk)

    journey.refresh_from_db()
    assert (journey.owner, journey.team) == (company.inside, company.teams["inside"])
    assert journey.revision == 2
    assert list(Assignment.objects.values_list("user__name", flat=True)) == [
        "Mai Marketer", "Ichiro Inside",
    ]  # fmt: skip


def test_who_had_it_before_follows_it_but_does_not_move_it(
    company: Company, journey: Journey
) -> None:
    assign_journey(actor=company.as_marketer, journey_id=journey.pk, user_id=company.inside.pk)

    with pytest.raises(NotAllowedError) as told:
        lose(actor=company.as_marketer, journey_id=journey.pk, reason="lost_price")
    assert "Ichiro Inside works on this journey now" in told.value.text.en
    log_activity(actor=company.as_marketer, journey_id=journey.pk, kind="note", words="Hot.")
    with pytest.raises(MissingRecordError):
        log_activity(actor=company.as_outsider, journey_id=journey.pk, kind="note")


@pytest.mark.parametrize("target", ["outsider_in_team", "nobody"])
def test_an_assignment_that_makes_no_sense_is_refused(
    company: Company, journey: Journey, target: str
) -> None:
    chosen = {"user_id": company.field.pk, "team_id": company.teams["marketing"].pk}
    with pytest.raises(RuleError):
        assign_journey(
            actor=company.as_admin,
            journey_id=journey.pk,
            **(chosen if target != "nobody" else {}),
        )


def test_a_second_writer_is_told_instead_of_overwriting(company: Company, journey: Journey) -> None:
    change_journey(actor=company.as_marketer, journey_id=journey.pk, revision=1, amount=500)

    with pytest.raises(ConflictError):
        change_journey(actor=company.as_admin, journey_id=journey.pk, revision=1, amount=900)

    journey.refresh_from_db()
    assert (journey.amount, journey.revision) == (500, 2)


def test_a_change_keeps_what_was_before(company: Company, journey: Journey) -> None:
    person = Person.objects.create(account=journey.account, name="青空 太郎")

    change_journey(
        actor=company.as_marketer, journey_id=journey.pk, amount=0, title="New", person_id=person.pk
    )
    change_journey(actor=company.as_marketer, journey_id=journey.pk, amount=0)

    event = AuditEvent.objects.get(action="change")
    assert event.before == {"title": "", "amount": None, "person_id": None}
    assert event.after == {"title": "New", "amount": 0, "person_id": person.pk}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "red", 5),
        ("number", 2.5, "2.5"),
        ("number", 2, float("nan")),
        ("money", 100, -1),
        ("date", "2026-04-01", "2026-02-30"),
        ("choice", "a", "c"),
    ],
)
def test_a_field_of_the_companys_own_takes_what_fits_its_kind(
    company: Company, journey: Journey, kind: str, good: object, bad: object
) -> None:
    CustomField.objects.create(
        noun="journey", code="own", label_en="Own", label_ja="独自", kind=kind, choices=["a", "b"]
    )

    changed = change_journey(actor=company.as_marketer, journey_id=journey.pk, facts={"own": good})
    assert changed.facts == {"own": good}
    with pytest.raises(RuleError, match="Own"):
        change_journey(actor=company.as_marketer, journey_id=journey.pk, facts={"own": bad})
    emptied = change_journey(actor=company.as_marketer, journey_id=journey.pk, facts={"own": ""})
    assert emptied.facts == {}


def test_the_last_next_step_holds(company: Company, journey: Journey) -> None:
    plan_next_step(
        actor=company.as_marketer, journey_id=journey.pk, text="Call", due_on=date(2026, 4, 9)
    )
    plan_next_step(actor=company.as_marketer, journey_id=journey.pk, text="")

    journey.refresh_from_db()
    assert (journey.next_step, journey.next_step_on) == ("", None)
    assert [step.text for step in journey.next_steps.order_by("id")] == ["Call", ""]
    with pytest.raises(RuleError):
        plan_next_step(actor=company.as_marketer, journey_id=journey.pk, text="Call")


def test_an_activity_is_remembered_as_the_last_one(company: Company, journey: Journey) -> None:
    log_activity(
        actor=company.as_marketer, journey_id=journey.pk, kind="call", at=TUESDAY, is_two_way=True
    )
    log_activity(actor=company.as_marketer, journey_id=journey.pk, kind="mail", at=MONDAY)

    journey.refresh_from_db()
    assert journey.last_activity_at == TUESDAY
    with pytest.raises(RuleError):
        log_activity(actor=company.as_marketer, journey_id=journey.pk, kind="fax")


def test_restating_makes_the_same_columns_from_history(company: Company) -> None:
    journey = _open(company)
    plan_next_step(
        actor=company.as_marketer, journey_id=journey.pk, text="Call", due_on=date(2026, 4, 9)
    )
    log_activity(actor=company.as_marketer, journey_id=journey.pk, kind="call")
    enter_stage(
        actor=company.as_marketer, journey_id=journey.pk, stage="mql", override_reason="Asked."
    )
    journey.refresh_from_db()
    names = [
        "stage", "stage_type", "stage_entered_at", "owner_id", "team_id", "next_step",
        "next_step_on", "next_step_at", "last_activity_at",
    ]  # fmt: skip
    before = {name: getattr(journey, name) for name in names}
    Journey.objects.filter(pk=journey.pk).update(
        stage="lead", owner=None, next_step="", last_activity_at=None
    )
    journey.refresh_from_db()

    restate(journey)

    journey.refresh_from_db()
    assert {name: getattr(journey, name) for name in names} == before


def test_what_fails_leaves_nothing(company: Company, journey: Journey) -> None:
    counts = [m.objects.count() for m in (Assignment, AuditEvent, Outbox, Account)]

    with pytest.raises(RuleError):
        assign_journey(actor=company.as_marketer, journey_id=journey.pk, user_id=999)

    assert [m.objects.count() for m in (Assignment, AuditEvent, Outbox, Account)] == counts
