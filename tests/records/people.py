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
from typing import Any

from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions.model import adopt
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


def make_company() -> Company:
    """The teams, the people and THE MODEL in force."""
    company = Company(version=adopt(actor=SYSTEM, text=default_text()))
    for code, en, ja, department, parent in TEAMS:
        company.teams[code] = Team.objects.create(
            code=code,
            label_en=en,
            label_ja=ja,
            department=department,
            parent=company.teams[parent] if parent else None,
        )
    for name, full, team, role in PEOPLE:
        user = User(email=f"{name}@example.com", name=full, lang="en")
        user.set_unusable_password()
        user.save()
        company.users[name] = user
        if team:
            Membership.objects.create(user=user, team=company.teams[team], role=role)
    return company


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
