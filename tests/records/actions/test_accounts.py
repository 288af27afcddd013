"""Accounts and people: made, changed, merged, split and erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.accounts import (
    add_person,
    change_account,
    change_person,
    erase_account,
    erase_person,
    make_account,
    merge_accounts,
    split_accounts,
)
from kyogyo.records.actions.journeys import log_activity, plan_next_step
from kyogyo.records.actions.stages import enter_stage
from kyogyo.records.actions.undoing import undo_entry
from kyogyo.records.actions.views import save_view
from kyogyo.records.models import (
    Account,
    Activity,
    AuditEvent,
    Claim,
    Erasure,
    Handoff,
    HandoffEvent,
    IdempotencyKey,
    Journey,
    Outbox,
    Person,
    Revenue,
    StageEntry,
)
from tests.records import people
from tests.records.people import MONDAY, Company, make_journey

pytestmark = pytest.mark.django_db
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


def test_an_account_is_made_and_can_be_found(company: Company) -> None:
    account = make_account(
        actor=company.as_inside,
        name=" 株式会社あおぞら ",
        domain="Aozora.example",
        external_id="A1",
    )

    assert (account.name, account.domain, account.made_by) == (
        "株式会社あおぞら", "aozora.example", company.inside,
    )  # fmt: skip
    assert account.search.startswith("=アオゾラ")
    event = AuditEvent.objects.get(noun="account")
    assert event.after == {"name": "株式会社あおぞら", "domain": "aozora.example"}
    assert Outbox.objects.get(account_id=account.pk).kind == "account.make"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"name": " "}, RuleError),
        ({"name": "x" * 301}, RuleError),
        ({"name": "x", "external_id": "A1"}, ConflictError),
        ({"name": "x", "facts": {"colour": 1}}, RuleError),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    company: Company, words: dict[str, Any], error: type[Exception]
) -> None:
    people.make_account(external_id="A1")

    with pytest.raises(error):
        make_account(actor=company.as_inside, **words)

    assert Account.objects.count() == 1


def test_a_change_keeps_what_was_before(company: Company, journey: Journey) -> None:
    change_account(actor=company.as_marketer, account_id=journey.account_id, region="Kansai")
    change_account(actor=company.as_marketer, account_id=journey.account_id, region="Kansai")

    event = AuditEvent.objects.get(action="change")
    assert (event.before, event.after) == ({"region": ""}, {"region": "Kansai"})


def test_an_account_of_others_is_not_found(company: Company, journey: Journey) -> None:
    with pytest.raises(MissingRecordError):
        change_account(actor=company.as_inside, account_id=journey.account_id, region="Kansai")
    with pytest.raises(NotAllowedError):
        change_account(actor=company.as_viewer, account_id=journey.account_id, region="Kansai")


def test_people_are_added_and_changed(company: Company, journey: Journey) -> None:
    person = add_person(
        actor=company.as_marketer,
        account_id=journey.account_id,
        name="青空 太郎",
        email="t@a.example",
    )
    change_person(actor=company.as_marketer, person_id=person.pk, title="部長")

    person.refresh_from_db()
    assert (person.name, person.title) == ("青空 太郎", "部長")
    assert AuditEvent.objects.get(action="change", noun="person").after == {"fields": ["title"]}
    with pytest.raises(RuleError, match="no e-mail address"):
        change_person(actor=company.as_marketer, person_id=person.pk, email="taro")
    with pytest.raises(MissingRecordError):
        change_person(actor=company.as_inside, person_id=person.pk, title="課長")


def _two(company: Company) -> tuple[Account, Account, Journey, Journey]:
    kept, gone = people.make_account(name="あおぞら"), people.make_account(name="(株)アオゾラ")
    Revenue.objects.create(account=kept, period_start=APRIL, period_end=MAY, amount=100)
    Revenue.objects.create(account=gone, period_start=APRIL, period_end=MAY, amount=30)
    Revenue.objects.create(account=gone, period_start=MAY, period_end=JUNE, amount=7)
    Person.objects.create(account=gone, name="青空 太郎")
    first = make_journey(company, account=kept)
    second = make_journey(company, account=gone, owner="inside", stage="working")
    return kept, gone, first, second


def _state() -> list[Any]:
    return [
        sorted(Journey.objects.values_list("id", "account_id")),
        sorted(Person.objects.values_list("id", "account_id")),
        sorted(Revenue.objects.values_list("account_id", "period_start", "amount")),
        sorted(Account.objects.values_list("id", "name")),
    ]


def test_merged_accounts_are_one_with_both_histories(company: Company) -> None:
    kept, gone, first, second = _two(company)

    merge_accounts(actor=company.as_revops, keep_id=kept.pk, merge_id=gone.pk)

    assert set(kept.journeys.all()) == {first, second}
    assert kept.people.get().name == "青空 太郎"
    assert list(kept.revenue.order_by("period_start").values_list("amount", flat=True)) == [130, 7]
    gone.refresh_from_db()
    assert gone.merged_into == kept
    told = Outbox.objects.filter(kind="account.merge").order_by("id")
    assert [(one.account_id, one.journey_from) for one in told] == [
        (gone.pk, None), (kept.pk, None), (None, second.pk),
    ]  # fmt: skip


def test_splitting_takes_a_merge_back_exactly(company: Company) -> None:
    kept, gone, _, _ = _two(company)
    before = _state()
    merge_accounts(actor=company.as_revops, keep_id=kept.pk, merge_id=gone.pk)

    split_accounts(actor=company.as_revops, merged_id=gone.pk)

    assert _state() == before
    with pytest.raises(ConflictError):
        split_accounts(actor=company.as_revops, merged_id=gone.pk)


def test_merging_needs_two_accounts_and_somebody_who_may(company: Company) -> None:
    kept, gone, _, _ = _two(company)

    with pytest.raises(RuleError):
        merge_accounts(actor=company.as_revops, keep_id=kept.pk, merge_id=kept.pk)
    with pytest.raises(NotAllowedError):
        merge_accounts(actor=company.as_inside, keep_id=kept.pk, merge_id=gone.pk)
    with pytest.raises(MissingRecordError):
        merge_accounts(actor=company.as_manager, keep_id=kept.pk, merge_id=gone.pk)
    merge_accounts(actor=company.as_revops, keep_id=kept.pk, merge_id=gone.pk)
    with pytest.raises(MissingRecordError):
        merge_accounts(actor=company.as_revops, keep_id=kept.pk, merge_id=gone.pk)


def _worked_on(company: Company) -> tuple[Journey, Person]:
    """A journey on which somebody's name stands wherever one can write."""
    journey = make_journey(company, stage="mql", title="青空 太郎様 ご紹介")
    person = Person.objects.create(
        account=journey.account, name="青空 太郎", email="taro@aozora.example",
        phone="03-1234-5678", kana="アオゾラ タロウ",
    )  # fmt: skip
    actor = company.as_marketer
    log_activity(
        actor=actor,
        journey_id=journey.pk,
        kind="call",
        words="青空太郎さんと電話",
        person_id=person.pk,
    )
    plan_next_step(
        actor=actor, journey_id=journey.pk, text="taro@aozora.example に送る", due_on=MAY
    )
    entry = enter_stage(
        actor=actor,
        journey_id=journey.pk,
        stage="lost",
        reason="lost_price",
        buyer_words="青空 太郎: 高い",
    )
    undo_entry(actor=actor, entry_id=entry.pk)
    Claim.objects.create(
        journey=journey, question="authority", answer="青空 太郎（部長）", department="marketing",
        model_version=company.version, at=MONDAY,
    )  # fmt: skip
    handoff = Handoff.objects.create(
        journey=journey, code="marketing_to_inside_sales", giver="marketing",
        receiver="inside_sales", from_stage="mql", to_stage="working",
        model_version=company.version,
    )  # fmt: skip
    HandoffEvent.objects.create(
        handoff=handoff, kind="offered", round=1, at=MONDAY,
        packet={"claims": [{"answer": "青空 太郎（部長）"}]},
    )  # fmt: skip
    IdempotencyKey.objects.create(user=company.marketer, key="1", digest="x", body="青空 太郎")
    return journey, person


def _dump() -> str:
    """Every value of every row of the records, as one text."""
    models = Account._meta.apps.get_app_config("records").get_models()
    return "\n".join(str(list(model._default_manager.values())) for model in models)


def test_erasing_somebody_leaves_their_name_nowhere(company: Company) -> None:
    journey, person = _worked_on(company)
    counts = (StageEntry.objects.count(), Activity.objects.count(), Claim.objects.count())
    Account.objects.filter(pk=journey.account_id).update(facts={"contact": "青空　太郎"})
    Journey.objects.filter(pk=journey.pk).update(
        facts={"tel": "0312345678", "read": "アオゾラタロウ"}
    )
    Outbox.objects.create(
        kind="x", account_id=journey.account_id, payload={"to": ["taro@aozora.example"]}
    )
    AuditEvent.objects.create(
        action="change", noun="account", row=journey.account_id, after={"x": "青空太郎"}
    )
    query = "q=%E9%9D%92%E7%A9%BA+%E5%A4%AA%E9%83%8E"
    save_view(actor=company.as_marketer, name="Mine", page="journeys", query=query)

    erase_person(actor=company.as_admin, person_id=person.pk)

    kept = _dump()
    gone = ("太郎", "taro", "03-1234", "0312345678", "タロウ", "%E5%A4%AA")
    assert [word for word in gone if word in kept] == []
    assert (StageEntry.objects.count(), Activity.objects.count(), Claim.objects.count()) == counts
    assert Activity.objects.get().words == "―さんと電話"
    assert HandoffEvent.objects.get().packet == {"claims": [{"answer": "―（部長）"}]}
    journey.refresh_from_db()
    assert journey.title == "―様 ご紹介"
    assert Erasure.objects.get().is_open is False


def test_erasing_an_account_leaves_nothing_of_it(company: Company) -> None:
    journey, _ = _worked_on(company)
    other = make_journey(company, account=people.make_account(name="Midori"), previous=journey)
    merged = people.make_account(name="青空", merged_into=journey.account)
    Revenue.objects.create(account=journey.account, period_start=APRIL, period_end=MAY, amount=1)

    erase_account(actor=company.as_admin, account_id=journey.account_id)

    kept = _dump()
    assert [word for word in ("太郎", "青空", "あおぞら") if word in kept] == []
    assert list(Journey.objects.values_list("id", "previous")) == [(other.pk, None)]
    assert list(Account.objects.values_list("name", flat=True)) == ["Midori"]
    assert not Account.objects.filter(pk=merged.pk).exists()
    assert Revenue.objects.count() == 0
    last = AuditEvent.objects.latest("id")
    assert (last.action, last.noun, last.row) == ("erase", "account", journey.account_id)
    told = Outbox.objects.filter(kind="account.erase").order_by("id")
    assert [(one.account_id, one.journey_from) for one in told] == [
        (journey.account_id, None), (None, journey.pk),
    ]  # fmt: skip


def test_after_an_erasure_history_is_guarded_again(company: Company) -> None:
    _, person = _worked_on(company)
    erase_person(actor=company.as_admin, person_id=person.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        StageEntry.objects.update(reason="x")


@pytest.mark.parametrize("erase", [erase_person, erase_account])
def test_only_an_administrator_erases(
    company: Company, journey: Journey, erase: Callable[..., object]
) -> None:
    person = Person.objects.create(account=journey.account, name="青空 太郎")
    target = (
        {"person_id": person.pk} if erase is erase_person else {"account_id": journey.account_id}
    )

    for name in ("marketer", "manager", "revops", "viewer"):
        with pytest.raises(NotAllowedError):
            erase(actor=company.actor(name), **target)
    with pytest.raises(MissingRecordError):
        erase(actor=company.as_admin, **dict.fromkeys(target, 999))
