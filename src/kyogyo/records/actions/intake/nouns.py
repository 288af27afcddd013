"""Accounts, journeys, revenue and facts of an import: made, or changed where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kyogyo.errors import RuleError
from kyogyo.records.actions.intake.owners import Owners
from kyogyo.records.actions.intake.taken import (
    TakenAccount,
    TakenFacts,
    TakenJourney,
    TakenRevenue,
)
from kyogyo.records.actions.intake.writing import (
    ROWS_AT_ONCE,
    Intake,
    chunks,
    cut,
    merged,
    write_columns,
)
from kyogyo.records.actions.keeping import LARGEST
from kyogyo.records.models import Account, Assignment, Journey, Revenue, StageEntry
from kyogyo.records.search_text import search_text

_OF_ACCOUNT = {"kana": 300, "domain": 200, "segment": 100, "industry": 100, "region": 100}
_OF_JOURNEY = {"title": 300, "source": 100, "campaign": 200}


def take_accounts(intake: Intake, rows: Iterable[TakenAccount]) -> None:
    for chunk in chunks(rows):
        wanted = {one.external_id: one for one in chunk}
        known = {one.external_id: one for one in _accounts(wanted)}
        new, changed = [], []
        for key, row in wanted.items():
            texts = {
                name: intake.cut(getattr(row, name), limit, key=key)
                for name, limit in _OF_ACCOUNT.items()
            }
            name = intake.cut(row.name, 300, key=key) or cut(key, 300)
            account = known.get(key)
            if account is None:
                new.append(
                    Account(
                        external_id=key,
                        name=name,
                        facts=merged({}, row.facts),
                        search=search_text(name, texts["kana"], texts["domain"]),
                        made_at=intake.now,
                        made_by=intake.actor.user,
                        **texts,
                    )
                )
                continue
            before = _standing(account, (*_OF_ACCOUNT, "name", "facts"))
            for column, value in texts.items():
                if value:
                    setattr(account, column, value)
            if row.name.strip():
                account.name = name
            account.facts = merged(account.facts, row.facts)
            if _standing(account, before) != before:
                changed.append(account)
        _keep_accounts(intake, new=new, changed=changed, same=len(wanted) - len(new) - len(changed))


def take_journeys(intake: Intake, rows: Iterable[TakenJourney], *, owners: Owners) -> None:
    linked: list[tuple[datetime, str, str]] = []
    for chunk in chunks(rows):
        wanted = {one.external_id: one for one in chunk}
        _require_tracks(intake, wanted)
        accounts = _account_ids(intake, {one.account for one in chunk})
        known = {one.external_id: one for one in Journey.objects.filter(external_id__in=wanted)}
        linked += [
            (one.opened_at, one.external_id, one.previous)
            for one in wanted.values()
            if one.previous and one.external_id not in known
        ]
        new = [
            _new_journey(intake, row, account=accounts[row.account], owners=owners)
            for key, row in wanted.items()
            if key not in known
        ]
        made = Journey.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
        held = [one for one in made if one.owner_id is not None]
        _hold(intake, held, at=[one.opened_at for one in held])
        changed = _change_journeys(
            intake, wanted=wanted, known=known.values(), accounts=accounts, owners=owners
        )
        intake.journeys.update(one.pk for one in made)
        intake.counts["journeys"] += len(made) + changed
        intake.counts["unchanged"] += len(known) - changed
    _link(sorted(linked))


def take_revenue(intake: Intake, rows: Iterable[TakenRevenue]) -> None:
    for chunk in chunks(rows):
        ids = _account_ids(intake, {one.account for one in chunk})
        wanted = {(ids[one.account], one.period_start, one.period_end): one for one in chunk}
        for one in wanted.values():
            if one.period_end <= one.period_start or abs(one.amount) > LARGEST:
                raise RuleError(
                    en=f"Revenue of {one.account}: the period {one.period_start} to {one.period_end} "
                    f"has no days, or {one.amount} is too large. Correct the source.",
                    ja=f"{one.account} の売上: 期間 {one.period_start}〜{one.period_end} に日がないか、"
                    f"{one.amount} が大きすぎます。元のデータを直してください。",
                )
        known = {
            (one.account_id, one.period_start, one.period_end): one
            for one in Revenue.objects.filter(account__in=set(ids.values()))
        }
        new = [
            Revenue(account_id=key[0], period_start=key[1], period_end=key[2],
                    amount=row.amount, recorded_at=intake.now)
            for key, row in wanted.items()
            if key not in known
        ]  # fmt: skip
        changed = [
            (row.amount, intake.now, known[key].pk)
            for key, row in wanted.items()
            if key in known and known[key].amount != row.amount
        ]
        Revenue.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
        write_columns(Revenue, ("amount", "recorded_at"), changed)
        intake.accounts.update(one.account_id for one in new)
        intake.accounts.update(
            key[0]
            for key, row in wanted.items()
            if key in known and known[key].amount != row.amount
        )
        intake.counts["revenue"] += len(new) + len(changed)
        intake.counts["unchanged"] += len(wanted) - len(new) - len(changed)


def take_facts(intake: Intake, rows: Iterable[TakenFacts]) -> None:
    for chunk in chunks(rows):
        for noun in ("account", "journey"):
            given: dict[str, dict[str, Any]] = {}
            for one in chunk:
                if one.noun == noun:
                    given.setdefault(one.key, {}).update(one.values)
            if given and noun == "account":
                _facts_of_accounts(intake, given)
            elif given:
                _facts_of_journeys(intake, given)


def journey_keys(keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Each key of a journey with its id and track. Raises RuleError for one that nobody knows."""
    wanted = set(keys)
    rows = Journey.objects.filter(external_id__in=wanted).values_list("external_id", "id", "track")
    found = {str(key): (pk, track) for key, pk, track in rows}
    if lost := sorted(wanted - found.keys()):
        raise RuleError(
            en=f"{len(lost)} rows name journeys that were never taken in, {lost[0]!r} for one. "
            "Import the journeys first.",
            ja=f"取り込まれていない案件を参照する行が{len(lost)}件あります（例: {lost[0]!r}）。"
            "先に案件を取り込んでください。",
        )
    return found


def _accounts(keys: Iterable[str]) -> list[Account]:
    """Accounts by their keys; one that was merged stands for the one that it went into."""
    return list(Account.objects.filter(external_id__in=list(keys)))


def _account_ids(intake: Intake, keys: set[str]) -> dict[str, int]:
    """The account of each key, following merges; those that are not known are made."""
    known = {str(one.external_id): one for one in _accounts(keys)}
    new = [
        Account(
            external_id=key,
            name=cut(key, 300) or "?",
            search=search_text(key),
            made_at=intake.now,
            made_by=intake.actor.user,
        )
        for key in sorted(keys - known.keys())
    ]
    for one in Account.objects.bulk_create(new, batch_size=ROWS_AT_ONCE):
        known[str(one.external_id)] = one
        intake.accounts.add(one.pk)
    intake.counts["accounts"] += len(new)
    ids = {key: one.merged_into_id or one.pk for key, one in known.items()}
    while further := dict(
        Account.objects.filter(pk__in=set(ids.values()), merged_into__isnull=False).values_list(
            "id", "merged_into_id"
        )
    ):
        ids = {key: further.get(pk) or pk for key, pk in ids.items()}
    return ids


def _keep_accounts(
    intake: Intake, *, new: list[Account], changed: list[Account], same: int
) -> None:
    made = Account.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
    columns = ("name", *_OF_ACCOUNT, "facts", "search")
    for one in changed:
        one.search = search_text(one.name, one.kana, one.domain)
    write_columns(
        Account,
        columns,
        [(*(getattr(one, column) for column in columns), one.pk) for one in changed],
    )
    intake.accounts.update(one.pk for one in (*made, *changed))
    intake.counts["accounts"] += len(made) + len(changed)
    intake.counts["unchanged"] += same


def _require_tracks(intake: Intake, wanted: Mapping[str, TakenJourney]) -> None:
    tracks = {one.code for one in intake.force.model.tracks}
    for one in wanted.values():
        if one.track not in tracks or one.opened_at > intake.now:
            raise RuleError(
                en=f"The journey {one.external_id!r} can't be taken in: its track {one.track!r} is not "
                f"in the model, or {one.opened_at} lies ahead. Correct the mapping.",
                ja=f"案件 {one.external_id!r} を取り込めません。商流 {one.track!r} がモデルにないか、"
                f"{one.opened_at} が未来の日時です。対応付けを直してください。",
            )


def _new_journey(intake: Intake, row: TakenJourney, *, account: int, owners: Owners) -> Journey:
    texts = {
        name: intake.cut(getattr(row, name), limit, key=row.external_id)
        for name, limit in _OF_JOURNEY.items()
    }
    owner = owners.find(row.owner)
    return Journey(
        external_id=row.external_id,
        account_id=account,
        track=row.track,
        opened_at=row.opened_at,
        amount=intake.amount(row.amount, key=row.external_id),
        owner_id=owner,
        team_id=owners.team(owner, ""),
        facts=merged({}, row.facts),
        search=search_text(texts["title"]),
        **texts,
    )


def _change_journeys(
    intake: Intake,
    *,
    wanted: Mapping[str, TakenJourney],
    known: Iterable[Journey],
    accounts: Mapping[str, int],
    owners: Owners,
) -> int:
    """Write what differs of journeys that are there already; how many did."""
    columns = ("account_id", "track", "amount", "facts", *_OF_JOURNEY)
    known = list(known)
    named = _named_before([one.pk for one in known])
    changed, held = [], []
    for journey in known:
        row = wanted[str(journey.external_id)]
        before = _standing(journey, columns)
        journey.account_id, journey.track = accounts[row.account], row.track
        if row.amount is not None:
            journey.amount = intake.amount(row.amount, key=row.external_id)
        journey.facts = merged(journey.facts, row.facts)
        for name, limit in _OF_JOURNEY.items():
            if text := intake.cut(getattr(row, name), limit, key=row.external_id):
                setattr(journey, name, text)
        owner = owners.find(row.owner)
        is_held = owner is None or owner in (journey.owner_id, named.get(journey.pk, owner))
        if not is_held:
            journey.owner_id, journey.team_id = owner, owners.team(owner, "")
            held.append(journey)
        if _standing(journey, columns) != before or not is_held:
            journey.revision += 1
            journey.search = search_text(journey.title)
            changed.append(journey)
    names = ("account", *columns[1:], "search", "revision")
    write_columns(
        Journey,
        names,
        [(*(getattr(one, name) for name in ("account_id", *names[1:])), one.pk) for one in changed],
    )
    _hold(intake, held, at=[intake.now] * len(held))
    intake.journeys.update(one.pk for one in changed)
    return len(changed)


def _named_before(journeys: list[int]) -> dict[int, int | None]:
    """Whom the source named last for each journey: the same again is no change, whoever has it by now.

    Journeys whose entries name their owners are left out: those are heeded instead.
    """
    told = Assignment.objects.filter(journey__in=journeys, by=None).order_by("id")
    last = dict.fromkeys(journeys) | dict(told.values_list("journey_id", "user_id"))
    by_entries = StageEntry.objects.filter(journey__in=journeys, owner__isnull=False)
    for journey in by_entries.values_list("journey_id", flat=True).distinct():
        last.pop(journey, None)
    return last


def _hold(intake: Intake, journeys: list[Journey], *, at: list[datetime]) -> None:
    Assignment.objects.bulk_create(
        [
            Assignment(journey=one, user_id=one.owner_id, team_id=one.team_id, at=when,
                       recorded_at=intake.now)
            for one, when in zip(journeys, at, strict=True)
        ],
        batch_size=ROWS_AT_ONCE,
    )  # fmt: skip


def _link(linked: list[tuple[datetime, str, str]]) -> None:
    """Tie each journey to the one before it, oldest first, so that attempts count on."""
    attempts: dict[str, int] = {}
    for chunk in chunks(linked):
        keys = {key for _, one, before in chunk for key in (one, before)}
        rows = Journey.objects.filter(external_id__in=keys)
        found = {str(one.external_id): one for one in rows}
        written = []
        for _, key, before in chunk:
            if before not in found:
                continue
            attempt = attempts.get(before, found[before].attempt) + 1
            attempts[key] = attempt
            written.append((found[before].pk, attempt, found[key].pk))
        write_columns(Journey, ("previous", "attempt"), written)


def _facts_of_accounts(intake: Intake, given: Mapping[str, Mapping[str, Any]]) -> None:
    ids = _account_ids(intake, set(given))
    rows = Account.objects.in_bulk(set(ids.values()))
    changed = []
    for key, values in given.items():
        account = rows[ids[key]]
        if _put(intake, account, values, texts={"name": 300, **_OF_ACCOUNT}):
            changed.append(account)
    before = intake.counts["accounts"]
    _keep_accounts(intake, new=[], changed=changed, same=len(given) - len(changed))
    intake.counts["accounts"] = before
    intake.counts["facts"] += len(changed)


def _facts_of_journeys(intake: Intake, given: Mapping[str, Mapping[str, Any]]) -> None:
    keys = journey_keys(given)
    rows = Journey.objects.in_bulk([pk for pk, _ in keys.values()])
    changed = []
    for key, values in given.items():
        journey = rows[keys[key][0]]
        own = {name: value for name, value in values.items() if name != "amount"}
        amount = intake.amount(values["amount"], key=key) if "amount" in values else journey.amount
        if _put(intake, journey, own, texts=_OF_JOURNEY) or amount != journey.amount:
            journey.amount = amount
            journey.search = search_text(journey.title)
            journey.revision += 1
            changed.append(journey)
    columns = (*_OF_JOURNEY, "amount", "facts", "search", "revision")
    write_columns(
        Journey, columns, [(*(getattr(one, name) for name in columns), one.pk) for one in changed]
    )
    intake.journeys.update(one.pk for one in changed)
    intake.counts["facts"] += len(changed)
    intake.counts["unchanged"] += len(given) - len(changed)


def _put(
    intake: Intake,
    row: Account | Journey,
    values: Mapping[str, Any],
    *,
    texts: Mapping[str, int],
) -> bool:
    """Put values into the columns named like them, the others into the facts; whether anything changed."""
    before = _standing(row, (*texts, "facts"))
    for name, value in values.items():
        if name in texts and value:
            setattr(row, name, intake.cut(str(value), texts[name], key=str(row.external_id)))
    row.facts = merged(
        row.facts, {name: value for name, value in values.items() if name not in texts}
    )
    return _standing(row, before) != before


def _standing(row: Account | Journey, columns: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns}
