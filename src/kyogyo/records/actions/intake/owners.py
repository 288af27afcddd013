"""Owners as other systems name them, found among the users or kept as placeholders."""

from __future__ import annotations

from hashlib import sha256

from django.contrib.auth.hashers import make_password

from kyogyo.records.actions.intake.writing import cut
from kyogyo.records.models import Membership, User


class Owners:
    """Looks owners up once for a whole intake."""

    def __init__(self) -> None:
        self._users: dict[str, int] = {}
        users = User.objects.order_by("-is_active", "is_placeholder", "id")
        for pk, email, name in users.values_list("id", "email", "name"):
            self._users.setdefault(email.lower(), pk)
            self._users.setdefault(name, pk)
        self._teams: dict[tuple[int, str], int] = {}
        held = Membership.objects.filter(until=None).order_by("id")
        for user, team, department in held.values_list("user_id", "team_id", "team__department"):
            self._teams.setdefault((user, department), team)
            self._teams.setdefault((user, ""), team)

    def find(self, named: str) -> int | None:
        """The id of the user of this e-mail address or name, made if there is none; None for ''."""
        name = cut(named, 200)
        if not name:
            return None
        found = self._users.get(name) or self._users.get(name.lower())
        if found is None:
            found = self._make(name)
            self._users[name] = found
        return found

    def team(self, user: int | None, department: str) -> int | None:
        """The team in which they do this department's work, else their first."""
        if user is None:
            return None
        return self._teams.get((user, department)) or self._teams.get((user, ""))

    def _make(self, name: str) -> int:
        # .invalid is reserved: no mail can ever be sent there.
        email = f"{sha256(name.encode()).hexdigest()[:16]}@placeholder.invalid"
        user, _ = User.objects.get_or_create(
            email=email,
            defaults={
                "name": name,
                "is_placeholder": True,
                "is_active": False,
                "password": make_password(None),
            },
        )
        return user.pk
