"""The last weeks of the demo company: every act through the action that a page would call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kyogyo.usecases.demo import handing_over, keeping_up
from kyogyo.usecases.demo.scene import Scene

if TYPE_CHECKING:
    from datetime import datetime

    from kyogyo.revenue_model import RevenueModel
    from kyogyo.usecases.demo.people import Cast
    from kyogyo.words import Lang

_ACTS = (
    keeping_up.own_fields_are_added,
    keeping_up.old_meetings_are_let_go,
    handing_over.marketing_hands_over,
    handing_over.inside_sales_hands_over,
    handing_over.field_sales_hands_over,
    handing_over.customer_success_hands_over,
    keeping_up.inside_sales_calls,
    keeping_up.field_sales_works,
    keeping_up.customer_success_cares,
    keeping_up.an_account_comes_back,
    keeping_up.people_are_met,
)


@transaction.atomic
def work_live(*, model: RevenueModel, cast: Cast, lang: Lang, now: datetime) -> None:
    """Let the cast work on the imported history up to `now`, all of it or nothing."""
    scene = Scene(model=model, cast=cast, lang=lang, now=now)
    for act in _ACTS:
        act(scene)
