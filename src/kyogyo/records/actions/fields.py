"""Fields that a company adds itself."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import ModelError, RuleError
from kyogyo.records.access import not_found, require_admin
from kyogyo.records.actions import journal
from kyogyo.records.models import CustomField
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyogyo.records.access import Actor

_CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")


@transaction.atomic
def add_field(
    *,
    actor: Actor,
    noun: str,
    code: str,
    label_en: str,
    label_ja: str,
    kind: str,
    choices: Sequence[str] = (),
    required_to_leave: str = "",
) -> CustomField:
    """Add a field to journeys or accounts. `required_to_leave` names the stage that isn't left without it."""
    require_admin(actor)
    if not _CODE.fullmatch(code):
        raise RuleError(
            en=f"The code {code!r} can't be used. Write small letters, digits and _, a letter first.",
            ja=f"コード {code!r} は使えません。英小文字で始め、英小文字・数字・_ で書いてください。",
        )
    if noun not in CustomField.Noun.values or kind not in CustomField.Kind.values:
        raise RuleError(
            en=f"There is no field of the kind {kind!r} on {noun!r}. Choose from the lists.",
            ja=f"{noun!r} に種類 {kind!r} の項目は作れません。一覧から選んでください。",
        )
    if CustomField.objects.filter(noun=noun, code=code).exists():
        raise RuleError(
            en=f"The code {code!r} is taken, perhaps by a field that was retired: its values are still there. Choose another.",
            ja=f"コード {code!r} は使用済みです（廃止した項目の値も残っています）。別のコードにしてください。",
        )
    field = CustomField.objects.create(
        noun=noun,
        code=code,
        label_en=_label(label_en),
        label_ja=_label(label_ja),
        kind=kind,
        choices=_choices(kind, choices),
        required_to_leave=_stage(noun, required_to_leave),
    )
    journal.note(
        actor=actor,
        action="add",
        noun="field",
        row=field.pk,
        after={"noun": noun, "code": code, "kind": kind, "required_to_leave": required_to_leave},
    )
    return field


@transaction.atomic
def retire_field(*, actor: Actor, field_id: int, now: datetime | None = None) -> CustomField:
    """Ask for a field no more. Its values stay, and so does its code."""
    return _set_retired(actor, field_id, is_asked=True, at=now or timezone.now())


@transaction.atomic
def restore_field(*, actor: Actor, field_id: int) -> CustomField:
    """Ask for a retired field again."""
    return _set_retired(actor, field_id, is_asked=False, at=None)


def _set_retired(
    actor: Actor, field_id: int, *, is_asked: bool, at: datetime | None
) -> CustomField:
    require_admin(actor)
    found = CustomField.objects.filter(pk=field_id, retired_at__isnull=is_asked).first()
    if found is None:
        raise not_found(en="such field", ja="項目", key=field_id)
    found.retired_at = at
    found.save(update_fields=["retired_at"])
    action = "retire" if is_asked else "restore"
    journal.note(actor=actor, action=action, noun="field", row=found.pk, after={"code": found.code})
    return found


def _label(words: str) -> str:
    said = " ".join(words.split())
    if not said or len(said) > 200:
        raise RuleError(
            en="A field needs a name in English and in Japanese, each at most 200 characters.",
            ja="項目には英語と日本語の名前が必要です（それぞれ200文字以内）。",
        )
    return said


def _choices(kind: str, choices: Sequence[str]) -> list[str]:
    said = list(dict.fromkeys(word for one in choices if (word := " ".join(one.split()))))
    if kind == CustomField.Kind.CHOICE and len(said) < 2:
        raise RuleError(
            en="A choice needs at least two things to choose from. Write one a line.",
            ja="選択肢は2つ以上必要です。1行に1つずつ入力してください。",
        )
    return said if kind == CustomField.Kind.CHOICE else []


def _stage(noun: str, stage: str) -> str:
    if not stage:
        return ""
    if noun != CustomField.Noun.JOURNEY:
        raise RuleError(
            en="Only a field of journeys can be required to leave a stage. Leave the stage empty.",
            ja="フェーズを進めるために必須にできるのは、案件の項目だけです。フェーズを空にしてください。",
        )
    try:
        current().model.stage(stage)
    except ModelError as error:
        raise RuleError(en=error.text.en, ja=error.text.ja) from None
    return stage
