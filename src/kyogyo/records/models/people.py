"""Who works here: people with a log-in, teams in a tree, and what each may see and do."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Role(models.TextChoices):
    """What a membership allows. `queries` and `access` say what each sees."""

    MEMBER = "member"
    MANAGER = "manager"
    REVOPS = "revops"
    ADMIN = "admin"
    VIEWER = "viewer"


class Sight(models.TextChoices):
    """How far a membership sees: own and assigned, the team's subtree too, or everything."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


class UserManager(BaseUserManager["User"]):
    """Makes users known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a log-in. A placeholder stands for an owner named in imported data who has none."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    lang = models.CharField(max_length=2, default="ja")
    is_active = models.BooleanField(default=True)
    is_placeholder = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(lang__in=("en", "ja")), name="user_lang_is_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


class Team(models.Model):
    """People who work together, in one department of the model; teams form a tree."""

    code = models.SlugField(unique=True)
    label_en = models.CharField(max_length=200)
    label_ja = models.CharField(max_length=200)
    department = models.CharField(max_length=64, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    def __str__(self) -> str:
        return self.label_en


class Membership(models.Model):
    """A person in a team, with a role. `sight` left empty means the role's own."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    sight = models.CharField(max_length=8, choices=Sight.choices, blank=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "team"], condition=Q(until=None), name="membership_once_a_team"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(sight__in=["", *Sight.values]), name="membership_sight_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id} as {self.role}"


class ApiKey(models.Model):
    """A key that acts as its user. Only the digest of the secret is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=128)
    can_write = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A filter of a list that somebody kept, for themselves or for their team."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=100)
    page = models.CharField(max_length=32)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_named_once"),
        ]

    def __str__(self) -> str:
        return self.name
