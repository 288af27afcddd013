"""Taking a journey to change it, and keeping what was changed: one writer at a time, none overwritten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone

from kyogyo.errors import ConflictError, NotAllowedError, RuleError
from kyogyo.records.access import journeys_for, not_found, require_writer
from kyogyo.records.models import Handoff, Journey, StageEntry
from kyogyo.records.undone import that_stand

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor

LARGEST = 2**63 - 1


def take(*, actor: Actor, journey_id: int, revision: int | None = None) -> Journey:
    """The journey, locked until the transaction ends (on SQLite every writing transaction is alone).

    Raises MissingRecordError, NotAllowedError for somebody who may only read, and ConflictError
    when it is no longer at the `revision` that somebody worked on.
    """
    found = (
        journeys_for(actor)
        .select_for_update(of=("self",))
        .select_related("account", "owner", "team", "person")
        .filter(pk=journey_id)
        .first()
    )
    if found is None:
        raise not_found(en="journey", ja="案件", key=journey_id)
    require_writer(actor)
    if revision is not None and revision != found.revision:
        raise was_changed()
    return found


def require_holder(*, actor: Actor, journey: Journey) -> None:
    """Raise NotAllowedError for somebody who only follows a journey that others work on now.

    Whoever had it before, or handed it on, still sees it; moving it is for those who have it.
    """
    if (
        actor.sees_all
        or (actor.user is not None and journey.owner_id == actor.user.pk)
        or (journey.owner_id is None and journey.team_id in actor.own_teams)
        or journey.team_id in actor.seen_teams
        or _is_offered_to(actor, journey)
    ):
        return
    name = journey.owner.name if journey.owner else ""
    raise NotAllowedError(
        en=f"{name or 'Another team'} works on this journey now; you can follow it, and answer its "
        "questions. Ask them to move it, or have it assigned to you.",
        ja=f"この案件は現在{name or '別のチーム'}が担当しています。閲覧と回答はできますが、移動は担当者に"
        "依頼するか、担当を引き受けてから行ってください。",
    )


def keep(journey: Journey, **columns: Any) -> None:
    """Write `columns` of a journey that was taken, and raise its revision.

    Raises ConflictError when somebody else has written it since.
    """
    written = Journey.objects.filter(pk=journey.pk, revision=journey.revision).update(
        revision=F("revision") + 1, **columns
    )
    if not written:
        raise was_changed()
    journey.revision += 1
    for name, value in columns.items():
        setattr(journey, name, value)


def was_changed() -> ConflictError:
    return ConflictError(
        en="Somebody else changed this journey meanwhile. Nothing of yours was kept; "
        "reload it, look at what is new, and try again.",
        ja="操作中に、ほかの人がこの案件を変更しました。今回の入力は保存されていません。"
        "読み直して内容を確認し、もう一度行ってください。",
    )


def standing_entries(journey_id: int) -> QuerySet[StageEntry]:
    """The entries that count, in order: those taken back, and what took them back, do not."""
    return that_stand(StageEntry.objects.filter(journey=journey_id)).order_by("at", "id")


def take_time(at: datetime | None, *, now: datetime) -> datetime:
    """When something happened: `now` unless told. Raises RuleError for the future."""
    if at is None:
        return now
    if timezone.is_naive(at):
        msg = "a time without a zone"
        raise ValueError(msg)
    if at > now:
        raise RuleError(
            en=f"{at:%Y-%m-%d %H:%M} has not come yet. Give the time at which it happened.",
            ja=f"{at:%Y-%m-%d %H:%M} はまだ先の日時です。実際に起きた日時を入力してください。",
        )
    return at.astimezone(UTC)


def take_text(value: str, *, limit: int, en: str, ja: str) -> str:
    """What somebody wrote, without the characters that no database keeps. Raises RuleError if too long."""
    text = value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip()
    if len(text) > limit:
        raise RuleError(
            en=f"The {en} has {len(text):,} characters; {limit:,} at most are kept. Shorten it.",
            ja=f"{ja}が{len(text):,}文字あります。{limit:,}文字以内にしてください。",
        )
    return text


def take_amount(amount: int | None) -> int | None:
    """An amount in minor units, or None for unknown. Raises RuleError for one that can't be."""
    if amount is not None and not 0 <= amount <= LARGEST:
        raise RuleError(
            en="The amount must be 0 or more, and no more than the database can hold.",
            ja="金額は0以上で、記録できる範囲の値にしてください。",
        )
    return amount


def _is_offered_to(actor: Actor, journey: Journey) -> bool:
    if actor.user is None:
        return False
    offered = Handoff.objects.filter(journey=journey, open_round__isnull=False)
    return any(
        one.receiver_user_id == actor.user.pk
        or (one.receiver_user_id is None and one.receiver_team_id in actor.own_teams)
        for one in offered
    )
