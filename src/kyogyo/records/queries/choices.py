"""What the forms of lists offer to choose from: people, teams, and the words that are in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from kyogyo.records.models import CustomField, SavedView, Team, User

if TYPE_CHECKING:
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
    if not _works_here(actor):
        return Choices((), (), (), (), (), ())
    people = User.objects.filter(is_active=True, memberships__until=None).exclude(memberships=None)
    return Choices(
        people=tuple(people.only("id", "name", "email").distinct().order_by("name", "id")),
        teams=tuple(Team.objects.order_by("label_ja", "id")),
        sources=words_in_use("source"),
        campaigns=words_in_use("campaign"),
        segments=words_in_use("segment"),
        fields=journey_fields(),
    )


def words_in_use(column: str) -> tuple[str, ...]:
    """The values of `source`, `campaign` or `segment` that rows have, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE[column], [_MOST])
        return tuple(word for (word,) in cursor.fetchall())


def journey_fields() -> tuple[CustomField, ...]:
    """The fields of journeys that the company added and still uses."""
    return tuple(CustomField.objects.filter(noun="journey", retired_at=None).order_by("id"))


def views_for(actor: Actor, page: str) -> tuple[tuple[SavedView, ...], tuple[SavedView, ...]]:
    """The saved views of a page: one's own, and those that others share with whoever works here."""
    every = SavedView.objects.filter(page=page).select_related("user").order_by("name", "id")
    mine = tuple(one for one in every.filter(user=actor.user))
    shared = every.filter(is_shared=True).exclude(user=actor.user)
    return mine, tuple(shared) if _works_here(actor) else ()


def _works_here(actor: Actor) -> bool:
    return actor.is_system or bool(actor.memberships)
