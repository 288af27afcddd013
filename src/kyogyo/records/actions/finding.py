"""The rows that an action names by id, found or refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from kyogyo.errors import MissingRecordError, RuleError
from kyogyo.records.access import accounts_for, not_found, require_writer, subtree
from kyogyo.records.models import Account, Journey, Membership, Person, Team, User

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


def account_to_open_on(*, actor: Actor, account_id: int) -> Account:
    """An account that `actor` may start a journey on.

    Besides those that they see: one that they made, and one that nobody works with yet. Raises
    MissingRecordError for any other, NotAllowedError for somebody who may only read.
    """
    allowed = Q(pk__in=accounts_for(actor).values("pk"))
    allowed |= Q(~Exists(Journey.objects.filter(account=OuterRef("pk"))))
    if actor.user is not None:
        allowed |= Q(made_by=actor.user)
    found = Account.objects.filter(allowed, pk=account_id, merged_into=None).first()
    if found is None:
        raise not_found(en="account", ja="取引先", key=account_id)
    require_writer(actor)
    return found


def person_at(*, account: Account, person_id: int | None) -> Person | None:
    """Somebody at the account, or None for None. Raises RuleError for somebody who isn't there."""
    if person_id is None:
        return None
    found = Person.objects.filter(pk=person_id, account=account, erased_at=None).first()
    if found is None:
        raise RuleError(
            en=f"The person {person_id} is not at {account.name}. Choose somebody of that account, or add them first.",
            ja=f"担当者 {person_id} は{account.name}にいません。この取引先の担当者を選ぶか、先に追加してください。",
        )
    return found


def person_for(actor: Actor, person_id: int) -> Person:
    """Somebody at an account that `actor` may work on. Raises MissingRecordError for anybody else."""
    missing = not_found(en="person", ja="担当者", key=person_id)
    found = Person.objects.filter(pk=person_id, erased_at=None).first()
    if found is None:
        raise missing
    try:
        account_to_open_on(actor=actor, account_id=found.account_id)
    except MissingRecordError:
        raise missing from None
    return found


def previous_at(*, account: Account, previous_id: int | None) -> Journey | None:
    """The journey of the account that a new one follows, or None for None. Raises RuleError for another's."""
    if previous_id is None:
        return None
    found = Journey.objects.filter(pk=previous_id, account=account).first()
    if found is None:
        raise RuleError(
            en="The journey before this one is of another account. Choose one of the same account.",
            ja="前の案件が別の取引先のものです。同じ取引先の案件を選んでください。",
        )
    return found


def active_user(user_id: int) -> User:
    """Somebody who works here. Raises RuleError for anybody else."""
    found = User.objects.filter(pk=user_id, is_active=True).first()
    if found is None:
        raise RuleError(
            en=f"The user {user_id} does not work here any more. Choose somebody else.",
            ja=f"ユーザー {user_id} は現在在籍していません。別の人を選んでください。",
        )
    return found


def team_with(team_id: int) -> Team:
    """A team. Raises RuleError where there is none."""
    found = Team.objects.filter(pk=team_id).first()
    if found is None:
        raise RuleError(
            en=f"There is no team {team_id}. Choose one of the teams.",
            ja=f"チーム {team_id} がありません。一覧から選んでください。",
        )
    return found


def team_of(user: User, *, department: str = "", within: Team | None = None) -> Team | None:
    """The team in which somebody works on a thing: best one of `department`, else their first.

    None for somebody who is in no team. Raises RuleError for somebody who isn't in or below `within`.
    """
    teams = [
        one.team
        for one in Membership.objects.select_related("team")
        .filter(user=user, until=None)
        .order_by("id")
    ]
    if within is not None:
        below = subtree({within.pk})
        teams = [team for team in teams if team.pk in below]
        if not teams:
            raise RuleError(
                en=f"{user.name} is not in the team {within.label_en}. Choose somebody who is, or another team.",
                ja=f"{user.name}さんはチーム「{within.label_ja}」にいません。メンバーか、別のチームを選んでください。",
            )
    fitting = [team for team in teams if department and team.department == department]
    return next(iter(fitting + teams), None)
