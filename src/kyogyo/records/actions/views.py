"""Views that somebody keeps: a filter of a list or the board, with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kyogyo.errors import NotAllowedError, RuleError
from kyogyo.records.access import not_found
from kyogyo.records.actions import journal
from kyogyo.records.models import SavedView

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

_LONGEST_NAME, _LONGEST_QUERY = 100, 2000


@transaction.atomic
def save_view(
    *, actor: Actor, name: str, page: str, query: str, is_shared: bool = False
) -> SavedView:
    """Keep `query` (as it stands in the address) under a name; the same name again replaces it."""
    if actor.user is None:
        raise NotAllowedError(
            en="Only a person can keep views. Sign in first.",
            ja="表示条件を保存できるのは、ログインした担当者だけです。",
        )
    said = " ".join(name.split())
    if not said or len(said) > _LONGEST_NAME:
        raise RuleError(
            en=f"Give the view a name of at most {_LONGEST_NAME} characters.",
            ja=f"表示条件の名前を入力してください（{_LONGEST_NAME}文字以内）。",
        )
    if len(query) > _LONGEST_QUERY:
        raise RuleError(
            en="This filter is too long to be kept. Choose fewer values.",
            ja="絞り込みの条件が長すぎて保存できません。条件を減らしてください。",
        )
    view, _ = SavedView.objects.update_or_create(
        user=actor.user,
        page=page,
        name=said,
        defaults={"query": query, "is_shared": is_shared},
    )
    journal.note(
        actor=actor,
        action="save",
        noun="view",
        row=view.pk,
        after={"name": said, "page": page, "query": query, "is_shared": is_shared},
        tells=False,
    )
    return view


@transaction.atomic
def delete_view(*, actor: Actor, view_id: int) -> None:
    """Forget one's own view. It can be taken back by saving it again: the audit row keeps the filter."""
    found = SavedView.objects.filter(pk=view_id, user=actor.user).first()
    if found is None:
        raise not_found(en="view of yours", ja="自分の表示条件", key=view_id)
    before = {"name": found.name, "page": found.page, "query": found.query}
    found.delete()
    journal.note(actor=actor, action="delete", noun="view", row=view_id, before=before, tells=False)
