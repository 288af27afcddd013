"""Accounts and the people in them: made, changed, merged and split again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from kyogyo.errors import ConflictError, NotAllowedError, RuleError
from kyogyo.records.access import accounts_for, not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.erasing import erase_account, erase_person
from kyogyo.records.actions.facts import take_facts
from kyogyo.records.actions.finding import account_to_open_on, person_for
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.models import Account, AuditEvent, Journey, Outbox, Person, Revenue, Role
from kyogyo.records.search_text import bare_domain, search_text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

__all__ = [
    "add_person", "change_account", "change_person", "erase_account", "erase_person",
    "make_account", "merge_accounts", "split_accounts",
]  # fmt: skip

_OF_ACCOUNT = {
    "name": (300, "name", "名称"),
    "kana": (300, "reading", "読み仮名"),
    "domain": (200, "domain", "ドメイン"),
    "segment": (100, "segment", "企業規模"),
    "industry": (100, "industry", "業種"),
    "region": (100, "region", "地域"),
}
_OF_PERSON = {
    "name": (200, "name", "氏名"),
    "kana": (200, "reading", "読み仮名"),
    "title": (200, "title", "役職"),
    "email": (254, "e-mail address", "メールアドレス"),
    "phone": (50, "telephone number", "電話番号"),
}


@transaction.atomic
def make_account(
    *,
    actor: Actor,
    name: str,
    kana: str = "",
    domain: str = "",
    segment: str = "",
    industry: str = "",
    region: str = "",
    facts: Mapping[str, Any] | None = None,
    external_id: str | None = None,
    now: datetime | None = None,
) -> Account:
    """Make an account. Raises ConflictError for a key (`external_id`) that is taken."""
    require_writer(actor)
    texts = _texts(
        {"name": name, "kana": kana, "domain": bare_domain(domain), "segment": segment,
         "industry": industry, "region": region},
        limits=_OF_ACCOUNT,
    )  # fmt: skip
    _require_name(texts["name"])
    external_id = take_text(external_id or "", limit=200, en="key", ja="キー") or None
    account = _made(
        external_id=external_id,
        facts=take_facts(noun="account", given=facts or {}, before={}),
        search=search_text(texts["name"], texts["kana"], texts["domain"]),
        made_at=now or timezone.now(),
        made_by=actor.user,
        **texts,
    )
    _note(actor, "make", account, after={key: value for key, value in texts.items() if value})
    return account


@transaction.atomic
def change_account(
    *,
    actor: Actor,
    account_id: int,
    now: datetime | None = None,  # noqa: ARG001 -- every action takes it
    **changes: Any,
) -> Account:
    """Change the name, kana, domain, segment, industry, region or facts (only those given)."""
    account = account_to_open_on(actor=actor, account_id=account_id)
    account = Account.objects.select_for_update().get(pk=account.pk)
    given = {key: value for key, value in changes.items() if key != "facts"}
    columns: dict[str, Any] = _texts(given, limits=_OF_ACCOUNT)
    if "domain" in columns:
        columns["domain"] = bare_domain(columns["domain"])
    if "name" in columns:
        _require_name(columns["name"])
    if "facts" in changes:
        columns["facts"] = take_facts(noun="account", given=changes["facts"], before=account.facts)
    before, after = _differences(account, columns)
    if not after:
        return account
    for key, value in after.items():
        setattr(account, key, value)
    account.search = search_text(account.name, account.kana, account.domain)
    account.save(update_fields=[*after, "search"])
    _note(actor, "change", account, before=before, after=after)
    return account


@transaction.atomic
def add_person(
    *,
    actor: Actor,
    account_id: int,
    name: str,
    kana: str = "",
    title: str = "",
    email: str = "",
    phone: str = "",
    now: datetime | None = None,
) -> Person:
    """Add somebody at an account."""
    account = account_to_open_on(actor=actor, account_id=account_id)
    texts = _texts(
        {"name": name, "kana": kana, "title": title, "email": email, "phone": phone},
        limits=_OF_PERSON,
    )
    _require_name(texts["name"])
    _require_email(texts["email"])
    person = Person.objects.create(
        account=account,
        search=search_text(texts["name"], texts["kana"], texts["email"]),
        made_at=now or timezone.now(),
        **texts,
    )
    journal.note(
        actor=actor, action="add", noun="person", row=person.pk, account=account.pk,
        after={"account": account.pk},
    )  # fmt: skip
    return person


@transaction.atomic
def change_person(
    *,
    actor: Actor,
    person_id: int,
    now: datetime | None = None,  # noqa: ARG001 -- every action takes it
    **changes: str,
) -> Person:
    """Change the name, kana, title, email or phone of somebody (only those given).

    The audit row names the fields that changed and not what stood in them: erasing somebody must
    find everything about them in one place.
    """
    person = person_for(actor, person_id)
    account_to_open_on(actor=actor, account_id=person.account_id)
    columns = _texts(changes, limits=_OF_PERSON)
    if "name" in columns:
        _require_name(columns["name"])
    if "email" in columns:
        _require_email(columns["email"])
    _, after = _differences(person, columns)
    if not after:
        return person
    for key, value in after.items():
        setattr(person, key, value)
    person.search = search_text(person.name, person.kana, person.email)
    person.save(update_fields=[*after, "search"])
    journal.note(
        actor=actor, action="change", noun="person", row=person.pk, account=person.account_id,
        after={"fields": sorted(after)},
    )  # fmt: skip
    return person


@transaction.atomic
def merge_accounts(
    *, actor: Actor, keep_id: int, merge_id: int, now: datetime | None = None
) -> Account:
    """Say that two accounts are one: all that the second has goes to the first, which is returned.

    The second stays as an empty row that points to the first, and the audit keeps what moved, so
    that `split_accounts` can take it back. Where both have revenue of one period it is added up.
    """
    now = now or timezone.now()
    _require_merger(actor)
    if keep_id == merge_id:
        raise RuleError(
            en="An account can't be merged into itself. Choose two different ones.",
            ja="同じ取引先どうしは統合できません。別の取引先を選んでください。",
        )
    kept, gone = _pair(actor, keep_id, merge_id)
    moved: dict[str, Any] = {
        "journeys": _ids(Journey, gone),
        "people": _ids(Person, gone),
        "accounts": list(gone.merged.order_by("id").values_list("id", flat=True)),
        "revenue": [],
        "added": [],
    }
    Journey.objects.filter(pk__in=moved["journeys"]).update(
        account=kept, revision=F("revision") + 1
    )
    Person.objects.filter(pk__in=moved["people"]).update(account=kept)
    Account.objects.filter(pk__in=moved["accounts"]).update(merged_into=kept)
    _move_revenue(kept=kept, gone=gone, moved=moved, now=now)
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    _tell_moved(actor, "merge", kept=kept, gone=gone, moved=moved)
    return kept


@transaction.atomic
def split_accounts(*, actor: Actor, merged_id: int, now: datetime | None = None) -> Account:
    """Take a merge back: what came from the merged account goes to it again, and it is returned.

    What was added to the kept account since stays there.
    """
    now = now or timezone.now()
    _require_merger(actor)
    gone = Account.objects.select_for_update().filter(pk=merged_id).first()
    if gone is None:
        raise not_found(en="account", ja="取引先", key=merged_id)
    merge = (
        AuditEvent.objects.filter(noun="account", action="merge", row=merged_id)
        .order_by("-id")
        .first()
    )
    if gone.merged_into is None or merge is None:
        raise ConflictError(
            en=f"{gone.name} is not merged into another account (any more). Reload the page.",
            ja=f"{gone.name}は、別の取引先に統合されていません。ページを読み直してください。",
        )
    kept, moved = gone.merged_into, merge.after["moved"]
    Journey.objects.filter(pk__in=moved["journeys"], account=kept).update(
        account=gone, revision=F("revision") + 1
    )
    Person.objects.filter(pk__in=moved["people"], account=kept).update(account=gone)
    Account.objects.filter(pk__in=moved["accounts"], merged_into=kept).update(merged_into=gone)
    Revenue.objects.filter(pk__in=moved["revenue"], account=kept).update(
        account=gone, recorded_at=now
    )
    for pk, start, end, amount in moved["added"]:
        Revenue.objects.filter(pk=pk).update(amount=F("amount") - amount, recorded_at=now)
        Revenue.objects.create(
            account=gone, period_start=start, period_end=end, amount=amount, recorded_at=now
        )
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    _tell_moved(actor, "split", kept=kept, gone=gone, moved=moved)
    return gone


def _made(*, external_id: str | None, **columns: Any) -> Account:
    """A new account. Its key may be taken, even by a writer of this very moment."""
    try:
        with transaction.atomic():
            return Account.objects.create(external_id=external_id, **columns)
    except IntegrityError:
        if external_id and Account.objects.filter(external_id=external_id).exists():
            raise ConflictError(
                en=f"There is an account with the key {external_id!r} already. Change that one instead.",
                ja=f"キー {external_id!r} の取引先がすでにあります。そちらを変更してください。",
            ) from None
        raise


def _pair(actor: Actor, keep_id: int, merge_id: int) -> tuple[Account, Account]:
    """Both accounts, locked in one order whichever is which, so that two merges don't wait for each other."""
    found = {
        one.pk: one
        for one in accounts_for(actor)
        .select_for_update(of=("self",))
        .filter(pk__in=(keep_id, merge_id))
        .order_by("id")
    }
    for pk in (keep_id, merge_id):
        if pk not in found:
            raise not_found(en="account", ja="取引先", key=pk)
    return found[keep_id], found[merge_id]


def _ids(model: type[Journey] | type[Person], account: Account) -> list[int]:
    rows = model.objects.filter(account=account).order_by("id")
    return list(rows.values_list("id", flat=True))


def _move_revenue(*, kept: Account, gone: Account, moved: dict[str, Any], now: datetime) -> None:
    """Revenue of a period that only one has moves; where both have one, the sum stands with the kept."""
    there = {(one.period_start, one.period_end): one for one in kept.revenue.all()}
    for one in gone.revenue.order_by("id"):
        same = there.get((one.period_start, one.period_end))
        if same is None:
            moved["revenue"].append(one.pk)
            continue
        period = (one.period_start.isoformat(), one.period_end.isoformat())
        moved["added"].append((same.pk, *period, one.amount))
        same.amount += one.amount
        same.recorded_at = now
        same.save(update_fields=["amount", "recorded_at"])
        one.delete()
    Revenue.objects.filter(pk__in=moved["revenue"]).update(account=kept, recorded_at=now)


def _tell_moved(
    actor: Actor, action: str, *, kept: Account, gone: Account, moved: dict[str, Any]
) -> None:
    """One audit row with all that moved, and an outbox row for each account and journey it concerns."""
    _note(actor, action, gone, after={"kept": kept.pk, "moved": moved})
    kind, payload = f"account.{action}", {"row": gone.pk}
    told = [Outbox(kind=kind, account_id=kept.pk, payload=payload)]
    told += [
        Outbox(kind=kind, journey_from=pk, journey_to=pk, payload=payload)
        for pk in moved["journeys"]
    ]
    Outbox.objects.bulk_create(told)


def _require_merger(actor: Actor) -> None:
    require_writer(actor)
    if not (actor.is_admin or actor.roles & {Role.REVOPS, Role.MANAGER}):
        raise NotAllowedError(
            en="Accounts are merged and split by managers, RevOps and administrators. Ask one of them.",
            ja="取引先の統合と分割は、マネージャー・RevOps・管理者が行えます。いずれかの人に依頼してください。",
        )


def _require_name(name: str) -> None:
    if not name:
        raise RuleError(en="A name is needed. Write one.", ja="名前が空です。入力してください。")


def _require_email(email: str) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError:
        raise RuleError(
            en=f"{email!r} is no e-mail address. Write it like name@example.com, or leave it empty.",
            ja=f"{email!r} はメールアドレスの形ではありません。name@example.com の形で書くか、空欄にしてください。",
        ) from None


def _texts(
    given: Mapping[str, str], *, limits: Mapping[str, tuple[int, str, str]]
) -> dict[str, str]:
    unknown = set(given) - set(limits)
    if unknown:
        msg = f"there is no {', '.join(sorted(unknown))} to change"
        raise TypeError(msg)
    return {
        key: take_text(value, limit=limits[key][0], en=limits[key][1], ja=limits[key][2])
        for key, value in given.items()
    }


def _differences(
    row: Account | Person, columns: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stood before and what stands after, of the columns that differ."""
    before = {
        key: getattr(row, key) for key, value in columns.items() if getattr(row, key) != value
    }
    return before, {key: columns[key] for key in before}


def _note(actor: Actor, action: str, account: Account, **values: Any) -> None:
    journal.note(
        actor=actor, action=action, noun="account", row=account.pk, account=account.pk, **values
    )
