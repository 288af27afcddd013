"""A small company for tests: a tree of teams, somebody in each role, an account and its journey.

Company            admin, revops, viewer
├─ Marketing       marketer
└─ Revenue         manager
   ├─ Inside sales inside
   ├─ Field sales  field
   └─ Success      success
(no team)          outsider
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from unittest import mock

from django.contrib.auth.hashers import make_password

from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions import model as adopting
from kyogyo.records.models import (
    Account,
    Assignment,
    Journey,
    Membership,
    ModelVersion,
    Role,
    StageEntry,
    Team,
    User,
)
from kyogyo.revenue_model import parse_model
from kyogyo.revenue_model.load import DEFAULT_FILE

# A Monday, 10:00 in Tokyo.
MONDAY = datetime(2026, 4, 6, 1, tzinfo=UTC)

TEAMS = (
    ("company", "Company", "会社", "", None),
    ("marketing", "Marketing", "マーケティング", "marketing", "company"),
    ("revenue", "Revenue", "営業本部", "", "company"),
    ("inside", "Inside sales", "インサイドセールス", "inside_sales", "revenue"),
    ("field", "Field sales", "フィールドセールス", "field_sales", "revenue"),
    ("success", "Customer success", "カスタマーサクセス", "customer_success", "revenue"),
)
PEOPLE = (
    ("marketer", "Mai Marketer", "marketing", Role.MEMBER),
    ("inside", "Ichiro Inside", "inside", Role.MEMBER),
    ("field", "Fumi Field", "field", Role.MEMBER),
    ("success", "Sora Success", "success", Role.MEMBER),
    ("manager", "Mana Manager", "revenue", Role.MANAGER),
    ("revops", "Ren Revops", "company", Role.REVOPS),
    ("admin", "Aki Admin", "company", Role.ADMIN),
    ("viewer", "Vivi Viewer", "company", Role.VIEWER),
    ("outsider", "Oto Outsider", "", Role.MEMBER),
)
# Those above first: a row names the one above it.
_TEAMS_BY_LEVEL = (
    [("company", None)],
    [("marketing", "company"), ("revenue", "company")],
    [("inside", "revenue"), ("field", "revenue"), ("success", "revenue")],
)


@dataclass
class Company:
    """Everybody by a short name: `company.field` is the field sales rep, `company.as_field` acts."""

    version: ModelVersion
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """A fresh actor, so that memberships changed by a test are seen."""
        return Actor(user=self.users[name])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("as_"):
            return self.actor(name.removeprefix("as_"))
        if name in self.__dict__.get("users", {}):
            return self.users[name]
        raise AttributeError(name)


def default_text() -> str:
    return DEFAULT_FILE.read_text(encoding="utf-8")


# Hundreds of tests adopt the same text, and what is parsed never changes.
_parsed_once = cache(parse_model)


def make_company() -> Company:
    """The teams, the people and THE MODEL in force."""
    with mock.patch.object(adopting, "parse_model", _parsed_once):
        company = Company(version=adopting.adopt(actor=SYSTEM, text=default_text()))
    teams = {
        code: Team(code=code, label_en=en, label_ja=ja, department=department)
        for code, en, ja, department, _ in TEAMS
    }
    for level in _TEAMS_BY_LEVEL:
        for code, parent in level:
            teams[code].parent = teams[parent] if parent else None
        Team.objects.bulk_create(teams[code] for code, _ in level)
    company.teams = {code: teams[code] for code, *_ in TEAMS}
    users = {
        name: User(email=f"{name}@example.com", name=full, lang="en", password=make_password(None))
        for name, full, _, _ in PEOPLE
    }
    User.objects.bulk_create(users.values())
    company.users = users
    Membership.objects.bulk_create(
        Membership(user=users[name], team=teams[team], role=role)
        for name, _, team, role in PEOPLE
        if team
    )
    return company


def add_colleagues(company: Company, *teams: str) -> None:
    """A second member in each of the teams: then the team's numbers are nobody's own."""
    for team in teams:
        user, _ = User.objects.get_or_create(
            email=f"second-{team}@example.com", defaults={"name": f"Second {team}", "lang": "en"}
        )
        Membership.objects.get_or_create(user=user, team=company.teams[team])


def make_account(*, name: str = "株式会社あおぞら", **fields: Any) -> Account:
    return Account.objects.create(name=name, **fields)


def make_journey(
    company: Company,
    *,
    stage: str = "lead",
    owner: str = "marketer",
    track: str = "new_business",
    account: Account | None = None,
    at: datetime = MONDAY,
    **fields: Any,
) -> Journey:
    """A journey that stands in `stage`, written by hand: no rule was asked. Its owner is a short name."""
    user = company.users[owner]
    membership = Membership.objects.filter(user=user, until=None).select_related("team").first()
    kind = {"won": "won", "renewed": "won", "onboarding": "ongoing", "adopted": "ongoing"}
    journey = Journey.objects.create(
        account=account or make_account(),
        track=track,
        stage=stage,
        stage_type=kind.get(stage, "open"),
        stage_entered_at=at,
        opened_at=at,
        owner=user,
        team=membership.team if membership else None,
        **fields,
    )
    StageEntry.objects.create(
        journey=journey,
        stage=stage,
        at=at,
        recorded_at=at,
        cause="person",
        owner=user,
        amount=journey.amount,
        model_version=company.version,
    )
    Assignment.objects.create(journey=journey, user=user, team=journey.team, at=at, recorded_at=at)
    return journey
