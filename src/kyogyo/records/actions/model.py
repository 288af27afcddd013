"""Adopting a declared model: from then on it holds."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import require_admin, require_importer
from kyogyo.records.actions import journal
from kyogyo.records.models import Journey, ModelVersion, StageEntry, Team
from kyogyo.revenue_model import RevenueModel, parse_model

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


@transaction.atomic
def adopt(*, actor: Actor, text: str, now: datetime | None = None) -> ModelVersion:
    """Make the model declared in `text` (TOML) the one in force, and return its version.

    The text in force adopted again changes nothing. Raises ModelError for a text that isn't valid,
    and RuleError where journeys or teams use a code that the model no longer has.
    """
    require_admin(actor)
    return _adopt(actor=actor, text=text, now=now)


@transaction.atomic
def adopt_sources(*, actor: Actor, text: str, now: datetime | None = None) -> ModelVersion:
    """Adopt a text that differs from the one in force by its `[[sources]]` alone: also for RevOps.

    Raises as `adopt`, and RuleError where anything else differs.
    """
    require_importer(actor)
    last = ModelVersion.objects.order_by("-id").first()
    before = parse_model(last.text, name="model.toml") if last else None
    after = parse_model(text, name="model.toml")
    if before is None or not _differs_by_sources_alone(before, after):
        raise RuleError(
            en="Only the mapping of files can be changed here. The rest of the model is the administrators'.",
            ja="ここで変更できるのはファイルの対応付けだけです。そのほかのモデルの変更は管理者に依頼してください。",
        )
    return _adopt(actor=actor, text=text, now=now)


def _differs_by_sources_alone(before: RevenueModel, after: RevenueModel) -> bool:
    none: dict[str, object] = {"sources": ()}
    return before.model_copy(update=none) == after.model_copy(update=none)


def _adopt(*, actor: Actor, text: str, now: datetime | None) -> ModelVersion:
    model = parse_model(text, name="model.toml")
    last = ModelVersion.objects.order_by("-id").first()
    if last is not None and last.text == text:
        return last
    _keeps_what_is_used(model)
    digest = _digest(text)
    version = ModelVersion.objects.create(
        version=model.version, text=text, digest=digest, since=now or timezone.now(), by=actor.user
    )
    journal.note(
        actor=actor,
        action="adopt",
        noun="model",
        row=version.pk,
        before={"version": last.version, "digest": last.digest} if last else {},
        after={"version": model.version, "digest": digest},
    )
    return version


def _digest(text: str) -> str:
    """One a version: a text that is taken up again after another one gets a digest of its own."""
    times = ModelVersion.objects.filter(text=text).count()
    return sha256((f"{times}\n" if times else "").encode() + text.encode()).hexdigest()


def _keeps_what_is_used(model: RevenueModel) -> None:
    tracks = set(Journey.objects.order_by().values_list("track", flat=True).distinct())
    stages = set(StageEntry.objects.order_by().values_list("stage", flat=True).distinct())
    departments = set(Team.objects.order_by().values_list("department", flat=True)) - {""}
    lost = {
        ("tracks", "商流"): tracks - {one.code for one in model.tracks},
        ("stages", "フェーズ"): stages - {one.code for one in model.stages},
        ("departments", "部門"): departments - {one.code for one in model.departments},
    }
    en = "; ".join(f"{of[0]} {', '.join(sorted(gone))}" for of, gone in lost.items() if gone)
    ja = "、".join(f"{of[1]} {', '.join(sorted(gone))}" for of, gone in lost.items() if gone)
    if en:
        raise RuleError(
            en=f"The model can't be adopted: records use codes that it no longer has ({en}). "
            "Keep the codes; labels may change freely.",
            ja=f"このモデルは登録できません。記録で使われているコードがなくなっています（{ja}）。"
            "コードは残してください。名称は自由に変えられます。",
        )
