"""Who works here: people with a log-in, teams, memberships and keys. Administrators' work, audited."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from kyogyo.errors import ModelError, RuleError
from kyogyo.records.access import Actor, not_found, require_admin, subtree
from kyogyo.records.actions import journal
from kyogyo.records.models import Membership, Role, Sight, Team, User
from kyogyo.records.queries.model import current
from kyogyo.words import LANGS

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,49}")


@transaction.atomic
def make_user(
    *, actor: Actor, email: str, name: str, lang: str = "ja", password: str | None = None
) -> User:
    """Make a person with a log-in. Without `password` nobody can sign in as them before they set one."""
    require_admin(actor)
    email = clean_email(email)
    name = _said(name, en="name", ja="氏名")
    _check_lang(lang)
    if User.objects.filter(email=email).exists():
        raise RuleError(
            en=f"There is already somebody with the address {email}. Look for them in the list; they may be switched off.",
            ja=f"{email} はすでに登録されています。一覧を確認してください（利用停止中の可能性があります）。",
        )
    user = User.objects.create_user(email, password, name=name, lang=lang)
    journal.note(
        actor=actor, action="make", noun="user", row=user.pk, after={"email": email, "name": name}
    )
    return user


@transaction.atomic
def change_user(*, actor: Actor, user_id: int, name: str, email: str, is_active: bool) -> User:
    """Change who somebody is, or switch their log-in off (their history stays). A placeholder that is
    given an address becomes a person who can sign in."""
    require_admin(actor)
    user, had_admin = user_by_id(user_id), _has_admin()
    before = {"name": user.name, "email": user.email, "is_active": user.is_active}
    user.name = _said(name, en="name", ja="氏名")
    user.email = clean_email(email)
    user.is_active = is_active
    if User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
        raise RuleError(
            en=f"The address {user.email} belongs to somebody else here. Use another.",
            ja=f"{user.email} は別の担当者が使用しています。別のアドレスを指定してください。",
        )
    user.is_placeholder = user.is_placeholder and user.email == before["email"]
    user.save(update_fields=["name", "email", "is_active", "is_placeholder"])
    _keep_an_admin(had_one=had_admin)
    after = {"name": user.name, "email": user.email, "is_active": user.is_active}
    journal.note(actor=actor, action="change", noun="user", row=user.pk, before=before, after=after)
    return user


@transaction.atomic
def change_self(*, actor: Actor, name: str, lang: str) -> User:
    """Change one's own name and language."""
    user = _self(actor)
    _check_lang(lang)
    before = {"name": user.name, "lang": user.lang}
    user.name, user.lang = _said(name, en="name", ja="氏名"), lang
    user.save(update_fields=["name", "lang"])
    journal.note(
        actor=actor,
        action="change",
        noun="user",
        row=user.pk,
        before=before,
        after={"name": user.name, "lang": lang},
    )
    return user


def choose_own_lang(*, actor: Actor, lang: str) -> None:
    """Keep the language that somebody reads in. A taste, not a fact: nothing is noted."""
    user = _self(actor)
    _check_lang(lang)
    User.objects.filter(pk=user.pk).update(lang=lang)


def note_security(*, user: User, action: str) -> None:
    """Keep that somebody signed in, changed their password, or added or removed a second factor."""
    journal.note(actor=Actor(user=user), action=action, noun="user", row=user.pk, tells=False)


@transaction.atomic
def note_password_link(*, actor: Actor, user_id: int) -> User:
    """Keep that an administrator makes a link with which somebody sets their password."""
    require_admin(actor)
    user = user_by_id(user_id)
    if not user.is_active or user.is_placeholder:
        raise RuleError(
            en="This log-in is switched off, or stands for somebody without one. Give it an address and switch it on first.",
            ja="このアカウントは利用停止中か、ログインのない担当者です。先にメールアドレスを設定し、利用を有効にしてください。",
        )
    journal.note(actor=actor, action="make_link", noun="user", row=user.pk, tells=False)
    return user


@transaction.atomic
def note_factors_taken_off(*, actor: Actor, user_id: int) -> User:
    """Keep that an administrator takes the second factor off somebody who lost it."""
    require_admin(actor)
    user = user_by_id(user_id)
    if user == actor.user:  # whoever sits at an open screen could
        raise RuleError(
            en="That is your own second factor. Switch it off under Settings, Second factor, where your password is asked for.",
            ja="ご自身の二段階認証は、設定の「二段階認証」で解除してください（パスワードの確認があります）。",
        )
    journal.note(actor=actor, action="take_factors_off", noun="user", row=user.pk, tells=False)
    return user


@transaction.atomic
def make_team(
    *,
    actor: Actor,
    code: str,
    label_en: str,
    label_ja: str,
    department: str = "",
    parent_id: int | None = None,
) -> Team:
    """Make a team, below `parent_id`, in a department of the model or in none."""
    require_admin(actor)
    if not _CODE.fullmatch(code):
        raise RuleError(
            en=f"The code {code!r} can't be used. Write small letters, digits, - and _, a letter first.",
            ja=f"コード {code!r} は使えません。英小文字で始め、英小文字・数字・-・_ で書いてください。",
        )
    if Team.objects.filter(code=code).exists():
        raise RuleError(
            en=f"There is already a team with the code {code!r}. Choose another.",
            ja=f"コード {code!r} のチームはすでにあります。別のコードにしてください。",
        )
    _check_department(department)
    parent = team_by_id(parent_id) if parent_id is not None else None
    team = Team.objects.create(
        code=code,
        label_en=_said(label_en, en="English name", ja="英語名"),
        label_ja=_said(label_ja, en="Japanese name", ja="日本語名"),
        department=department,
        parent=parent,
    )
    journal.note(actor=actor, action="make", noun="team", row=team.pk, after=_team_facts(team))
    return team


@transaction.atomic
def change_team(
    *,
    actor: Actor,
    team_id: int,
    label_en: str,
    label_ja: str,
    department: str,
    parent_id: int | None,
) -> Team:
    """Change a team's names, department or place in the tree. What it did keeps the department it had."""
    require_admin(actor)
    team = team_by_id(team_id)
    before = _team_facts(team)
    _check_department(department)
    if parent_id is not None and parent_id in subtree({team.pk}):
        raise RuleError(
            en="A team can't be below itself. Choose another team above it.",
            ja="チームを自分自身の下に置くことはできません。上位のチームを選び直してください。",
        )
    team.parent = team_by_id(parent_id) if parent_id is not None else None
    team.label_en = _said(label_en, en="English name", ja="英語名")
    team.label_ja = _said(label_ja, en="Japanese name", ja="日本語名")
    team.department = department
    team.save()
    journal.note(
        actor=actor,
        action="change",
        noun="team",
        row=team.pk,
        before=before,
        after=_team_facts(team),
    )
    return team


@transaction.atomic
def add_membership(
    *,
    actor: Actor,
    user_id: int,
    team_id: int,
    role: str = Role.MEMBER,
    sight: str = "",
    now: datetime | None = None,
) -> Membership:
    """Put somebody into a team. In it already: the old membership ends and this one begins."""
    require_admin(actor)
    user, team = user_by_id(user_id), team_by_id(team_id)
    if role not in Role.values or sight not in ("", *Sight.values):
        raise RuleError(
            en=f"There is no role {role!r} with sight {sight!r}. Choose one of the list.",
            ja=f"役割 {role!r}・閲覧範囲 {sight!r} の組み合わせはありません。一覧から選んでください。",
        )
    at, had_admin = now or timezone.now(), _has_admin()
    before = Membership.objects.filter(user=user, team=team, until=None).first()
    if before is not None and (before.role, before.sight) == (role, sight):
        return before
    if before is not None:
        before.until = at
        before.save(update_fields=["until"])
    made = Membership.objects.create(user=user, team=team, role=role, sight=sight, since=at)
    _keep_an_admin(had_one=had_admin)
    journal.note(
        actor=actor,
        action="add",
        noun="membership",
        row=made.pk,
        before={"role": before.role, "sight": before.sight} if before else {},
        after={"user": user.pk, "team": team.code, "role": role, "sight": sight},
    )
    return made


@transaction.atomic
def end_membership(*, actor: Actor, membership_id: int, now: datetime | None = None) -> Membership:
    """Take somebody out of a team from now on. What they did there stays theirs."""
    require_admin(actor)
    found = Membership.objects.select_related("team").filter(pk=membership_id, until=None).first()
    if found is None:
        raise not_found(en="current membership", ja="現在の所属", key=membership_id)
    had_admin = _has_admin()
    found.until = now or timezone.now()
    found.save(update_fields=["until"])
    _keep_an_admin(had_one=had_admin)
    journal.note(
        actor=actor,
        action="end",
        noun="membership",
        row=found.pk,
        before={"user": found.user_id, "team": found.team.code, "role": found.role},
    )
    return found


def user_by_id(user_id: int) -> User:
    """One person. Raises MissingRecordError."""
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise not_found(en="person", ja="担当者", key=user_id)
    return found


def team_by_id(team_id: int) -> Team:
    """One team. Raises MissingRecordError."""
    found = Team.objects.filter(pk=team_id).first()
    if found is None:
        raise not_found(en="team", ja="チーム", key=team_id)
    return found


def clean_email(email: str) -> str:
    """The address as it is kept. Raises RuleError for what is none."""
    written = unicodedata.normalize("NFKC", email).strip().lower()
    try:
        validate_email(written)
    except ValidationError:
        raise RuleError(
            en=f"{email!r} is no e-mail address. Write it as name@example.com.",
            ja=f"{email!r} はメールアドレスではありません。name@example.com の形で入力してください。",
        ) from None
    return written


def _self(actor: Actor) -> User:
    if actor.user is None or actor.key is not None:
        raise RuleError(
            en="Only somebody who is signed in can change themselves. Open Settings in the browser.",
            ja="自分の設定は、ログインした本人だけが変更できます。ブラウザーの設定画面を開いてください。",
        )
    return actor.user


def _check_lang(lang: str) -> None:
    if lang not in LANGS:
        raise RuleError(
            en=f"Kyogyo doesn't speak {lang!r}. Choose English or Japanese.",
            ja=f"言語 {lang!r} には対応していません。日本語か英語を選んでください。",
        )


def _check_department(department: str) -> None:
    if department:
        try:
            current().model.department(department)
        except ModelError as error:
            raise RuleError(en=error.text.en, ja=error.text.ja) from None


def _said(words: str, *, en: str, ja: str) -> str:
    said = " ".join(words.split())
    if not said or len(said) > 200:
        raise RuleError(
            en=f"The {en} is missing or longer than 200 characters. Write a shorter one.",
            ja=f"{ja}が空欄か、200文字を超えています。入力し直してください。",
        )
    return said


def _keep_an_admin(*, had_one: bool) -> None:
    """Nobody may be left outside: an installation without an administrator can't be opened again."""
    if had_one and not _has_admin():
        raise RuleError(
            en="This would leave nobody to administer Kyogyo. Make somebody else an administrator first.",
            ja="管理者がいなくなるため、実行できません。先に別の人を管理者にしてください。",
        )


def _has_admin() -> bool:
    return Membership.objects.filter(
        role=Role.ADMIN, until=None, user__is_active=True, user__is_placeholder=False
    ).exists()


def _team_facts(team: Team) -> dict[str, object]:
    return {
        "code": team.code,
        "label_en": team.label_en,
        "label_ja": team.label_ja,
        "department": team.department,
        "parent": team.parent_id,
    }
