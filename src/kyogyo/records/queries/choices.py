"""What the forms of lists offer to choose from: people, teams, and the words that are in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from kyogyo.records.models import CustomField, Membership, SavedView, Team, User
from kyogyo.records.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor

_MOST = 200
# Each value is found from the one before it in the index: as many steps as there are values, not rows.
_IN_USE = {
    "source": """
WITH RECURSIVE found(word) AS (
    SELECT MIN(source) FROM records_journey WHERE source > ''
    UNION ALL
    SELECT (SELECT MIN(source) FROM records_journey WHERE source > found.word)
    FROM found WHERE found.word IS NOT NULL
) SELECT word FROM found WHERE word IS NOT NULL LIMIT %s
""",
    "campaign": """
WITH RECURSIVE found(word) AS (
    SELECT MIN(campaign) FROM records_journey WHERE campaign > ''
    UNION ALL
    SELECT (SELECT MIN(campaign) FROM records_journey WHERE campaign > found.word)
    FROM found WHERE found.word IS NOT NULL
) SELECT word FROM found WHERE word IS NOT NULL LIMIT %s
""",
    "segment": """
WITH RECURSIVE found(word) AS (
    SELECT MIN(segment) FROM records_account WHERE segment > ''
    UNION ALL
    SELECT (SELECT MIN(segment) FROM records_account WHERE segment > found.word)
    FROM found WHERE found.word IS NOT NULL
) SELECT word FROM found WHERE word IS NOT NULL LIMIT %s
""",
}


@dataclass(frozen=True)
class Choices:
    """What a filter or a form can be set to."""

    people: tuple[User, ...]
    teams: tuple[Team, ...]
    sources: tuple[str, ...]
    campaigns: tuple[str, ...]
    segments: tuple[str, ...]
    fields: tuple[CustomField, ...]


def read_choices(actor: Actor) -> Choices:
    """The colleagues who are active, the teams, the words in use, and the company's own fields of journeys.

    Somebody who is in no team works on nothing here: to them it offers nothing, so that they don't
    learn who works here or where customers come from.
    """
    if not works_here(actor):
        return Choices((), (), (), (), (), ())
    return Choices(
        people=tuple(_colleagues()),
        teams=tuple(_teams()),
        sources=words_in_use("source"),
        campaigns=words_in_use("campaign"),
        segments=words_in_use("segment"),
        fields=journey_fields(),
    )


@prepared
def _colleagues() -> QuerySet[User]:
    works = Membership.objects.filter(user=OuterRef("pk"), until=None)
    rows = User.objects.filter(Exists(works), is_active=True).order_by("name", "id")
    return rows.only("id", "name", "email")


@prepared
def _teams() -> QuerySet[Team]:
    return Team.objects.order_by("label_ja", "id")


@prepared
def _fields() -> QuerySet[CustomField]:
    return CustomField.objects.filter(noun="journey", retired_at=None).order_by("id")


@prepared
def _views(*, user: int, page: str) -> QuerySet[SavedView]:
    rows = SavedView.objects.filter(Q(user=user) | Q(is_shared=True), page=page)
    return rows.select_related("user").order_by("name", "id")


def words_in_use(column: str) -> tuple[str, ...]:
    """The values of `source`, `campaign` or `segment` that rows have, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE[column], [_MOST])
        return tuple(word for (word,) in cursor.fetchall())


def journey_fields() -> tuple[CustomField, ...]:
    """The fields of journeys that the company added and still uses."""
    return tuple(_fields())


def views_for(actor: Actor, page: str) -> tuple[tuple[SavedView, ...], tuple[SavedView, ...]]:
    """The saved views of a page: one's own, and those that others share with whoever works here."""
    user = actor.user.pk if actor.user else 0
    every = _views(user=user, page=page)
    mine = tuple(one for one in every if one.user_id == user)
    shared = tuple(one for one in every if one.user_id != user) if works_here(actor) else ()
    return mine, shared


def works_here(actor: Actor) -> bool:
    """Whether they are in a team. Whoever is in none is offered no names and no words of the company."""
    return actor.is_system or bool(actor.memberships)
