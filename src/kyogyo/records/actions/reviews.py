"""Review meetings: opened with an agenda of what changed and what is open, points decided, the rest carried on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from kyogyo.errors import ConflictError, NotAllowedError, RuleError
from kyogyo.records.access import not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.countermeasures import require_starter
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.models import Review, ReviewPoint, User
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyogyo.records.access import Actor
    from kyogyo.words import Text

_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the agenda: what it is about, and why it is there."""

    kind: str
    subject: str
    says: Text


@transaction.atomic
def open_review(
    *,
    actor: Actor,
    track: str,
    points: Sequence[Point],
    as_of: datetime,
    now: datetime | None = None,
) -> Review:
    """Open a review with `points`, after those that earlier reviews left open. Raises ConflictError while one is open."""
    require_starter(actor)
    if actor.user is None:
        raise NotAllowedError(
            en="Only a person can open a review.", ja="振り返りを開けるのは担当者だけです。"
        )
    current().model.track(track)
    now = now or timezone.now()
    try:
        with transaction.atomic():
            review = Review.objects.create(
                held_on=local_date(now),
                track=track,
                as_of=as_of,
                opened_by=actor.user,
                opened_at=now,
            )
    except IntegrityError as error:
        raise ConflictError(
            en="A review of this track is open already. Go on in it, or close it first.",
            ja="この商流の振り返りはすでに開かれています。そちらを続けるか、先に閉じてください。",
        ) from error
    _add_points(review, points)
    journal.note(actor=actor, action="open", noun="review", row=review.pk, after={"track": track})
    return review


@transaction.atomic
def decide_point(
    *,
    actor: Actor,
    point_id: int,
    decision: str,
    words: str = "",
    owner_id: int | None = None,
    due_on: date | None = None,
    now: datetime | None = None,
) -> ReviewPoint:
    """Decide a point while its review is open: to be done (by whom, until when), settled, or carried to the next."""
    point = _point(actor, point_id)
    require_starter(actor)
    if point.review.closed_at is not None:
        raise RuleError(
            en="This review is closed. What is still open is on the agenda of the next.",
            ja="この振り返りは閉じられています。残っている項目は次回の議題に載ります。",
        )
    if decision not in ReviewPoint.Decision.values:
        raise RuleError(
            en="Choose the decision from the list.", ja="決定は一覧から選んでください。"
        )
    if decision == "do":
        _require_who_and_when(owner_id, due_on, today=local_date(now))
    before = {"decision": point.decision, "words": point.words}
    point.decision = decision
    point.words = take_text(words, limit=_LONGEST, en="text", ja="内容")
    point.owner_id = owner_id if decision == "do" else None
    point.due_on = due_on if decision == "do" else None
    point.save(update_fields=["decision", "words", "owner", "due_on"])
    _note(actor, point, action="decide", before=before)
    return point


@transaction.atomic
def finish_point(
    *, actor: Actor, point_id: int, is_done: bool = True, now: datetime | None = None
) -> ReviewPoint:
    """Say that what was to be done is done, or that it isn't after all: its owner, or who leads reviews."""
    point = _point(actor, point_id)
    require_writer(actor)
    if not (actor.user and actor.user.pk == point.owner_id):
        require_starter(actor)
    if point.decision != "do":
        raise RuleError(
            en="Nothing was to be done for this point.",
            ja="この項目には、やることが決められていません。",
        )
    point.done_at = (now or timezone.now()) if is_done else None
    point.save(update_fields=["done_at"])
    _note(actor, point, action="finish" if is_done else "reopen", before={})
    return point


@transaction.atomic
def close_review(*, actor: Actor, review_id: int, now: datetime | None = None) -> Review:
    """Close a review. Raises RuleError while a point has no decision: what is postponed is said to be carried on."""
    review = Review.objects.select_for_update().filter(pk=review_id).first()
    if review is None or not actor.memberships:
        raise not_found(en="review", ja="振り返り", key=review_id)
    require_starter(actor)
    if review.closed_at is not None:
        return review
    undecided = review.points.filter(decision="").count()
    if undecided:
        raise RuleError(
            en=f"{undecided} points have no decision yet. Decide each, or carry it to the next review.",
            ja=f"未決定の項目が{undecided}件あります。決定するか、次回に持ち越してください。",
        )
    review.closed_at = now or timezone.now()
    review.save(update_fields=["closed_at"])
    journal.note(actor=actor, action="close", noun="review", row=review.pk)
    return review


def left_open(track: str) -> list[ReviewPoint]:
    """The points that closed reviews of a track left: carried, or to be done and not done yet."""
    found = ReviewPoint.objects.filter(
        review__track=track, review__closed_at__isnull=False, carried_to=None
    ).exclude(decision__in=["", "settled"])
    return list(found.filter(done_at=None).order_by("id"))


def _add_points(review: Review, points: Sequence[Point]) -> None:
    old = left_open(review.track)
    rows = [
        ReviewPoint(
            review=review,
            number=number,
            kind=one.kind,
            subject=one.subject,
            says=one.says,
            carried_from=one,
        )
        for number, one in enumerate(old, start=1)
    ]
    known = {one.subject for one in old}
    fresh = {one.subject: one for one in points if one.subject not in known}
    rows += [
        ReviewPoint(
            review=review,
            number=number,
            kind=one.kind,
            subject=one.subject,
            says={"en": one.says.en, "ja": one.says.ja},
        )
        for number, one in enumerate(fresh.values(), start=len(old) + 1)
    ]
    ReviewPoint.objects.bulk_create(rows)


def _point(actor: Actor, point_id: int) -> ReviewPoint:
    found = ReviewPoint.objects.select_related("review").filter(pk=point_id).first()
    if found is None or not actor.memberships:
        raise not_found(en="point", ja="議題", key=point_id)
    return found


def _require_who_and_when(owner_id: int | None, due_on: date | None, *, today: date) -> None:
    is_known = owner_id is not None and User.objects.filter(pk=owner_id, is_active=True).exists()
    if not is_known or due_on is None or due_on < today:
        raise RuleError(
            en="Say who does it, and until which day from today on.",
            ja="誰が、いつまでに（今日以降の日付）行うかを入力してください。",
        )


def _note(actor: Actor, point: ReviewPoint, *, action: str, before: dict[str, str]) -> None:
    journal.note(
        actor=actor,
        action=action,
        noun="review",
        row=point.review_id,
        before=before,
        after={"point": point.pk, "decision": point.decision, "words": point.words},
    )
