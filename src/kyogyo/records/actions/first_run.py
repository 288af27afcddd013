"""The first minutes of an installation: its administrator, its model, a team for each department."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation

from kyogyo.errors import RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.model import adopt
from kyogyo.records.actions.people import add_membership, make_team, make_user
from kyogyo.records.models import Organisation, Role, Team, User
from kyogyo.records.queries.organisation import is_set_up
from kyogyo.revenue_model import parse_model

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel

WHOLE = "everyone"  # the code of the team above all others


@transaction.atomic
def set_up(*, email: str, name: str, lang: str, password: str, model_text: str) -> User:
    """Make the administrator, adopt the model (TOML) and make its departments' teams; all of it or nothing.

    Once: raises RuleError when anybody has a log-in already; ModelError for a model that isn't valid.
    """
    organisation, _ = Organisation.objects.get_or_create(pk=1)
    # Two who try at once wait for each other at this row.
    Organisation.objects.filter(pk=1).update(is_demo=organisation.is_demo)
    if is_set_up():
        raise RuleError(
            en="This installation is set up already. Sign in; an administrator can add you.",
            ja="初期設定はすでに完了しています。ログインするか、管理者に登録を依頼してください。",
        )
    model = parse_model(model_text, name="model.toml")
    check_password(password, user=User(email=email, name=name))
    user = make_user(actor=SYSTEM, email=email, name=name, lang=lang, password=password)
    adopt(actor=SYSTEM, text=model_text)
    whole = _teams_of(model)
    add_membership(actor=SYSTEM, user_id=user.pk, team_id=whole.pk, role=Role.ADMIN)
    Organisation.objects.filter(pk=1).update(set_up_at=timezone.now())
    return user


def check_password(password: str, *, user: User | None = None) -> None:
    """Raise RuleError for a password that is too easily guessed, with the reasons."""
    reasons = {}
    for lang in ("en", "ja"):
        with translation.override(lang):
            try:
                validate_password(password, user)
            except ValidationError as error:
                reasons[lang] = error.messages
    if reasons:
        raise RuleError(en=" ".join(reasons["en"]), ja="".join(reasons["ja"]))


def _teams_of(model: RevenueModel) -> Team:
    whole = make_team(actor=SYSTEM, code=WHOLE, label_en="Whole organisation", label_ja="全社")
    for department in model.departments:
        make_team(
            actor=SYSTEM,
            code=_team_code(department.code),
            label_en=department.label.text.en,
            label_ja=department.label.text.ja,
            department=department.code,
            parent_id=whole.pk,
        )
    return whole


def _team_code(department: str) -> str:
    return f"{department}-team" if department == WHOLE else department
