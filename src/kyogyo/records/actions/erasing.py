"""Erasing somebody, or a whole account, for good: the one thing that can't be undone.

It is done under an open `Erasure`, the only time when history lets rows change or go, and which no
other transaction sees open.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from kyogyo.records.access import not_found, require_admin
from kyogyo.records.actions import journal
from kyogyo.records.actions.finding import person_for
from kyogyo.records.models import (
    Account,
    Activity,
    Assignment,
    AuditEvent,
    Claim,
    Commitment,
    CommitmentOutcome,
    CriterionCheck,
    Erasure,
    Handoff,
    HandoffEvent,
    IdempotencyKey,
    Journey,
    NextStep,
    Outbox,
    Person,
    Revenue,
    SavedView,
    StageEntry,
)
from kyogyo.records.search_text import search_text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

Row = TypeVar("Row", bound=models.Model)
ERASED = "―"
_LONG = 6

# Where somebody may have written a name: the model, how it hangs on a journey, its columns.
_WRITTEN: tuple[tuple[type[models.Model], str, tuple[str, ...]], ...] = (
    (Activity, "journey", ("words",)),
    (Claim, "journey", ("answer", "evidence")),
    (Commitment, "journey", ("text",)),
    (CommitmentOutcome, "commitment__journey", ("words",)),
    (CriterionCheck, "journey", ("evidence",)),
    (HandoffEvent, "handoff__journey", ("words", "packet")),
    (NextStep, "journey", ("text",)),
    (StageEntry, "journey", ("override_reason", "buyer_words", "our_view")),
)
# What hangs on a journey, in any order: keys between tables are checked when the transaction ends.
_OF_JOURNEY: tuple[tuple[type[models.Model], str], ...] = (
    (Activity, "journey"),
    (Assignment, "journey"),
    (AuditEvent, "journey_id"),
    (Claim, "journey"),
    (CommitmentOutcome, "commitment__journey"),
    (Commitment, "journey"),
    (CriterionCheck, "journey"),
    (HandoffEvent, "handoff__journey"),
    (Handoff, "journey"),
    (NextStep, "journey"),
    (StageEntry, "journey"),
)


@transaction.atomic
def erase_person(*, actor: Actor, person_id: int, now: datetime | None = None) -> Person:
    """Remove who somebody was: their data, and their name, address and number wherever they were written.

    The row stays without a name, so that what was done with them still counts. What others wrote
    in a text about them without naming them in full can't be found, and stays; so does what was
    written on journeys of other accounts, and what files that were imported say (SECURITY.md).
    """
    require_admin(actor)
    now = now or timezone.now()
    person = person_for(actor, person_id)
    words = _words_for(person)
    with erasure(actor, what=f"person {person.pk}", now=now):
        journeys = list(Journey.objects.filter(account=person.account_id).order_by("id"))
        ids = [one.pk for one in journeys]
        for model, path, columns in _WRITTEN:
            _blank(_hanging(model, path, ids), columns=columns, words=words)
        _blank(
            AuditEvent.objects.filter(
                Q(journey_id__in=ids)
                | Q(noun="person", row=person.pk)
                | Q(noun="account", row=person.account_id)
            ),
            columns=("before", "after"),
            words=words,
        )
        told = Outbox.objects.filter(Q(journey_from__in=ids) | Q(account_id=person.account_id))
        _blank(told, columns=("payload",), words=words)
        _blank(Account.objects.filter(pk=person.account_id), columns=("facts",), words=words)
        titles = Journey.objects.filter(pk__in=ids)
        for journey in _blank(titles, columns=("title", "next_step", "facts"), words=words):
            Journey.objects.filter(pk=journey.pk).update(
                search=search_text(journey.title), revision=F("revision") + 1
            )
        for word in words:
            IdempotencyKey.objects.filter(body__contains=word).delete()
        # A filter that somebody kept may search for them, written as it stands in an address.
        searched = [*words, *(quote_plus(word) for word in words)]
        for word in searched:
            SavedView.objects.filter(Q(query__contains=word) | Q(name__contains=word)).delete()
        views = AuditEvent.objects.filter(noun="view")
        _blank(views, columns=("before", "after"), words=searched)
        Person.objects.filter(pk=person.pk).update(
            name=ERASED, kana="", title="", email="", phone="", search="", erased_at=now
        )
    journal.note(
        actor=actor, action="erase", noun="person", row=person.pk, account=person.account_id
    )
    if ids:
        Outbox.objects.create(kind="person.erase", journey_from=ids[0], journey_to=ids[-1])
    person.refresh_from_db()
    return person


@transaction.atomic
def erase_account(*, actor: Actor, account_id: int, now: datetime | None = None) -> None:
    """Remove an account with all its journeys, people and revenue, and those merged into it.

    What is left is that somebody erased the account of this number, and when.
    """
    require_admin(actor)
    now = now or timezone.now()
    accounts = _with_merged(account_id)
    journeys = list(
        Journey.objects.filter(account__in=accounts).order_by("id").values_list("id", flat=True)
    )
    people = list(Person.objects.filter(account__in=accounts).values_list("id", flat=True))
    with erasure(actor, what=f"account {account_id}", now=now):
        delete_with_history(journeys)
        delete(
            AuditEvent.objects.filter(
                Q(noun="account", row__in=accounts) | Q(noun="person", row__in=people)
            )
        )
        # Merges name the account that was kept in what they noted.
        delete(AuditEvent.objects.filter(noun="account", after__kept__in=accounts))
        delete(Revenue.objects.filter(account__in=accounts))
        delete(Person.objects.filter(pk__in=people))
        IdempotencyKey.objects.all().delete()  # they hold answers, which may name it; a day old at most
        Account.objects.filter(pk__in=accounts).update(merged_into=None)
        delete(Account.objects.filter(pk__in=accounts))
    journal.note(actor=actor, action="erase", noun="account", row=account_id, account=account_id)
    Outbox.objects.bulk_create(
        Outbox(kind="account.erase", journey_from=pk, journey_to=pk) for pk in journeys
    )


def delete_with_history(journeys: list[int]) -> None:
    """Delete journeys with all that hangs on them; inside an `erasure` only."""
    Journey.objects.filter(previous__in=journeys).update(previous=None)
    for model, path in _OF_JOURNEY:
        delete(_hanging(model, path, journeys))
    delete(Journey.objects.filter(pk__in=journeys))


@contextmanager
def erasure(actor: Actor, *, what: str, now: datetime) -> Iterator[None]:
    """The time in which rows of history may go. To be opened inside the transaction of an action."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")  # what goes is overwritten in the file
    row = Erasure.objects.create(at=now, by=actor.user, what=what)
    yield
    Erasure.objects.filter(pk=row.pk).update(is_open=False)
    transaction.on_commit(_empty_the_log)


def _empty_the_log() -> None:
    """SQLite's log of changes still holds what was there before; somebody who reads now delays that."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _words_for(person: Person) -> list[str]:
    """How somebody may have been written: the longest first, so that none leaves a part of another."""
    digits = "".join(one for one in person.phone if one.isdigit())
    known = {*_spellings(person.name), person.email, person.email.lower(), person.phone}
    # Short readings and numbers are parts of other words.
    known |= {one for one in (*_spellings(person.kana), digits) if len(one) >= _LONG}
    return sorted((one for one in known if len(one) > 1), key=lambda one: (-len(one), one))


def _spellings(name: str) -> set[str]:
    """With a narrow space, a wide one and none, and with the letters in their usual width."""
    return {
        said.replace("\u3000", " ").replace(" ", between)
        for said in (name, unicodedata.normalize("NFKC", name))
        for between in ("", " ", "\u3000")
    }


def _with_merged(account_id: int) -> list[int]:
    if not Account.objects.filter(pk=account_id).exists():
        raise not_found(en="account", ja="取引先", key=account_id)
    found = {account_id}
    while (
        more := set(Account.objects.filter(merged_into__in=found).values_list("id", flat=True))
        - found
    ):
        found |= more
    return sorted(found)


def _hanging(model: type[models.Model], path: str, journeys: list[int]) -> models.QuerySet[Any]:
    return model._default_manager.filter(**{f"{path}__in": journeys})  # noqa: SLF001 -- the documented name


def delete(rows: models.QuerySet[Any]) -> None:
    """Delete rows as they are: Django's own way looks for what hangs on them, which goes too, and refuses."""
    model = rows.model
    model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))._raw_delete(  # noqa: SLF001 -- see above
        using=rows.db
    )


def _blank(rows: models.QuerySet[Row], *, columns: tuple[str, ...], words: list[str]) -> list[Row]:
    """Put a dash in the place of each of `words`, in texts and inside JSON values; the rows that had one."""
    changed = []
    for row in rows:
        before = {name: getattr(row, name) for name in columns}
        after = {name: _without(value, words) for name, value in before.items()}
        if after != before:
            for name, value in after.items():
                setattr(row, name, value)
            row.save(update_fields=columns)
            changed.append(row)
    return changed


def _without(value: Any, words: list[str]) -> Any:
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, ERASED)
        return value
    if isinstance(value, Mapping):
        return {key: _without(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, words) for one in value]
    return value
