"""The organisation of this installation."""

from __future__ import annotations

from kyogyo.records.models import Organisation, User


def is_set_up() -> bool:
    """Whether somebody can sign in: from then on the first-run pages are closed for ever."""
    return User.objects.filter(is_placeholder=False).exists()


def is_demo() -> bool:
    """Whether this is the demo company, where one signs in by choosing a role."""
    return Organisation.objects.filter(is_demo=True).exists()
