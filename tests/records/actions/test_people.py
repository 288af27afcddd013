"""People, teams and memberships: administrators' work, audited, and nobody locks everybody out."""

from __future__ import annotations

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions import people
from kyogyo.records.models import AuditEvent, Membership, Team, User
from tests.records.people import Company


def _written(noun: str) -> list[tuple[str, object]]:
    rows = AuditEvent.objects.filter(noun=noun).order_by("id")
    return [(row.action, row.after) for row in rows]


def test_make_user_keeps_the_address_in_one_spelling_and_is_audited(company: Company) -> None:
    user = people.make_user(actor=company.as_admin, email="　ＮＥＷ@Example.com", name=" 新  人 ")

    assert (user.email, user.name, user.has_usable_password()) == (
        "new@example.com",
        "新 人",
        False,
    )
    assert _written("user") == [("make", {"email": "new@example.com", "name": "新 人"})]


@pytest.mark.parametrize(
    ("email", "name", "lang"),
    [("field@EXAMPLE.com", "A", "ja"), ("nobody", "A", "ja"), ("a@example.com", " ", "ja"),
     ("a@example.com", "A" * 201, "ja"), ("a@example.com", "A", "fr")],
)  # fmt: skip
def test_make_user_refuses_what_can_not_be(
    company: Company, email: str, name: str, lang: str
) -> None:
    with pytest.raises(RuleError):
        people.make_user(actor=company.as_admin, email=email, name=name, lang=lang)


@pytest.mark.parametrize("who", ["manager", "revops", "viewer", "field", "outsider"])
def test_people_are_an_administrators_work(company: Company, who: str) -> None:
    actor, field = company.actor(who), company.users["field"]
    with pytest.raises(NotAllowedError):
        people.make_user(actor=actor, email="a@example.com", name="A")
    with pytest.raises(NotAllowedError):
        people.make_team(actor=actor, code="x", label_en="X", label_ja="X")
    with pytest.raises(NotAllowedError):
        people.add_membership(
            actor=actor, user_id=field.pk, team_id=company.teams["field"].pk, role="admin"
        )
    with pytest.raises(NotAllowedError):
        people.end_membership(actor=actor, membership_id=Membership.objects.get(user=field).pk)
    with pytest.raises(NotAllowedError):
        people.change_user(
            actor=actor, user_id=field.pk, name="A", email="a@example.com", is_active=True
        )
    with pytest.raises(NotAllowedError):
        people.note_password_link(actor=actor, user_id=field.pk)


def test_placeholder_with_an_address_becomes_somebody_who_can_sign_in(company: Company) -> None:
    kept = User.objects.create(
        email="import-1@placeholder.invalid", name="佐藤", is_placeholder=True
    )
    changed = people.change_user(
        actor=company.as_admin,
        user_id=kept.pk,
        name="佐藤",
        email="sato@example.com",
        is_active=True,
    )

    assert (changed.pk, changed.is_placeholder) == (kept.pk, False)


def test_change_user_refuses_the_address_of_somebody_else(company: Company) -> None:
    with pytest.raises(RuleError):
        people.change_user(
            actor=company.as_admin, user_id=company.users["field"].pk, name="F",
            email="inside@example.com", is_active=True,
        )  # fmt: skip


def test_last_administrator_can_be_neither_ended_nor_switched_off(company: Company) -> None:
    admin = company.users["admin"]
    with pytest.raises(RuleError):
        people.end_membership(
            actor=company.as_admin, membership_id=Membership.objects.get(user=admin).pk
        )
    with pytest.raises(RuleError):
        people.change_user(
            actor=SYSTEM, user_id=admin.pk, name="A", email=admin.email, is_active=False
        )
    with pytest.raises(RuleError):
        people.add_membership(
            actor=SYSTEM, user_id=admin.pk, team_id=company.teams["company"].pk, role="viewer"
        )


def test_another_role_in_the_same_team_ends_the_first(company: Company) -> None:
    field, team = company.users["field"], company.teams["field"]
    people.add_membership(
        actor=company.as_admin, user_id=field.pk, team_id=team.pk, role="manager", sight="team"
    )
    rows = Membership.objects.filter(user=field).order_by("id")

    assert [(row.role, row.sight, row.until is None) for row in rows] == [
        ("member", "", False),
        ("manager", "team", True),
    ]


def test_same_role_in_the_same_team_changes_nothing(company: Company) -> None:
    field, team = company.users["field"], company.teams["field"]
    people.add_membership(actor=company.as_admin, user_id=field.pk, team_id=team.pk)

    assert Membership.objects.filter(user=field).count() == 1
    assert _written("membership") == []


def test_ended_membership_can_not_be_ended_again(company: Company) -> None:
    row = Membership.objects.get(user=company.users["field"])
    people.end_membership(actor=company.as_admin, membership_id=row.pk)

    with pytest.raises(MissingRecordError):
        people.end_membership(actor=company.as_admin, membership_id=row.pk)


@pytest.mark.parametrize("role", ["owner", ""])
def test_unknown_role_is_refused(company: Company, role: str) -> None:
    with pytest.raises(RuleError):
        people.add_membership(
            actor=company.as_admin, user_id=company.users["field"].pk,
            team_id=company.teams["field"].pk, role=role,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "department"), [("Field", ""), ("field", ""), ("1st", ""), ("east", "no_such")]
)
def test_make_team_refuses_a_code_or_department_that_can_not_be(
    company: Company, code: str, department: str
) -> None:
    with pytest.raises(RuleError):
        people.make_team(
            actor=company.as_admin, code=code, label_en="X", label_ja="X", department=department
        )


def test_team_can_not_be_put_below_itself(company: Company) -> None:
    revenue, field = company.teams["revenue"], company.teams["field"]
    with pytest.raises(RuleError):
        people.change_team(
            actor=company.as_admin, team_id=revenue.pk, label_en="R", label_ja="営", department="",
            parent_id=field.pk,
        )  # fmt: skip
    assert Team.objects.get(pk=revenue.pk).parent == company.teams["company"]


def test_password_link_is_only_for_who_may_sign_in(company: Company) -> None:
    kept = User.objects.create(
        email="import-1@placeholder.invalid", name="佐藤", is_placeholder=True
    )
    with pytest.raises(RuleError):
        people.note_password_link(actor=company.as_admin, user_id=kept.pk)
