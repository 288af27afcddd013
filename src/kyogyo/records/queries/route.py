"""A track as a journey walks it: which stage lies where, what ends it, and which steps can be at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kyogyo.errors import RuleError

if TYPE_CHECKING:
    from kyogyo.revenue_model import Handoff, Reason, RevenueModel, Stage

# An end asks for a reason of its own kind. Ends that a company named otherwise take any of their type.
_KINDS = {
    "lost": ("lost",),
    "no_decision": ("lost",),
    "recycled": ("recycle",),
    "disqualified": ("disqualify",),
    "ineligible": ("ineligible",),
    "churned": ("churn",),
    "duplicate": ("disqualify", "ineligible", "handoff_return"),
}
_KINDS_OF_TYPE = {
    "recycled": ("recycle",),
    "lost": ("lost", "disqualify", "ineligible", "churn"),
}


@dataclass(frozen=True)
class Route:
    """One track of a model. Raises RuleError on first use if the model doesn't have the track."""

    model: RevenueModel
    track: str

    @cached_property
    def path(self) -> tuple[Stage, ...]:
        if all(one.code != self.track for one in self.model.tracks):
            raise RuleError(
                en=f"The model has no track {self.track!r}. Choose one that it has.",
                ja=f"モデルに商流 {self.track!r} がありません。モデルにある商流を選んでください。",
            )
        return self.model.path(self.track)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {stage.code: place for place, stage in enumerate(self.path)}

    @cached_property
    def exits(self) -> tuple[Stage, ...]:
        return self.model.exits(self.track)

    def position(self, stage: str) -> int:
        """The place of a stage on the path, from 0; -1 for one that isn't on it."""
        return self._places.get(stage, -1)

    def is_exit(self, stage: str) -> bool:
        return any(one.code == stage for one in self.exits)

    def after(self, stage: str) -> Stage | None:
        """The next stage of the path; None at its end and after an exit."""
        place = self.position(stage) + 1
        return None if self.is_exit(stage) or place >= len(self.path) else self.path[place]

    def is_sold(self, stage: str) -> bool:
        """Whether a journey in `stage` is at or past the sale."""
        return any(one.type == "won" for one in self.path[: self.position(stage) + 1])

    def handoffs(self) -> tuple[Handoff, ...]:
        """The handoffs of this track: all of their stages lie on its path, and two departments take part."""
        return tuple(
            one
            for one in self.model.handoffs
            if one.giver != one.receiver
            and all(
                self.position(stage) >= 0
                for stage in (one.from_stage, one.to_stage, one.accepted_stage or one.to_stage)
            )
        )

    def reasons(self, exit_stage: str) -> tuple[Reason, ...]:
        """The reasons that fit an end, in the model's order; none if the model declares none."""
        kinds = _KINDS.get(exit_stage) or _KINDS_OF_TYPE.get(self.model.stage(exit_stage).type, ())
        return tuple(one for one in self.model.reasons if one.kind in kinds)

    def require_step(self, *, from_stage: str, to_stage: str) -> None:
        """Raise RuleError unless a journey in `from_stage` could enter `to_stage` on this track."""
        if self.position(to_stage) < 0 and not self.is_exit(to_stage):
            label = self.model.track(self.track).label
            raise RuleError(
                en=f"The track {label.en} has no stage {to_stage!r}. Choose one of its stages.",
                ja=f"商流「{label.ja}」にフェーズ {to_stage!r} はありません。この商流のフェーズを選んでください。",
            )
        to = self.model.stage(to_stage).label
        if from_stage == to_stage:
            raise RuleError(
                en=f"The journey is in {to.en} already. Somebody may have moved it; reload the page.",
                ja=f"すでに「{to.ja}」にあります。ほかの人が移した可能性があります。ページを読み直してください。",
            )
        if self.is_exit(to_stage) and not self.is_exit(from_stage):
            self._require_exit(from_stage=from_stage, to_stage=to_stage)

    def _require_exit(self, *, from_stage: str, to_stage: str) -> None:
        """A customer churns and isn't lost; who never bought is lost and doesn't churn."""
        ends_customers = {one.code for one in self.exits if "churn" in _KINDS.get(one.code, ())}
        ends_buyers = {one.code for one in self.exits} - ends_customers - {"duplicate"}
        to = self.model.stage(to_stage).label
        if self.is_sold(from_stage) and ends_customers and to_stage in ends_buyers:
            raise RuleError(
                en=f"{to.en} is for journeys that were not won, and this one was. "
                "If the customer left, say that they churned; if it was won by mistake, undo that.",
                ja=f"「{to.ja}」は受注していない案件の終わり方です。この案件は受注済みです。"
                "顧客が解約した場合は解約を、誤って受注にした場合は取り消しを選んでください。",
            )
        if not self.is_sold(from_stage) and ends_buyers and to_stage in ends_customers:
            raise RuleError(
                en=f"{to.en} is for customers, and this journey was not won. Choose another end.",
                ja=f"「{to.ja}」は受注後の案件の終わり方です。この案件は未受注のため、別の終わり方を選んでください。",
            )
