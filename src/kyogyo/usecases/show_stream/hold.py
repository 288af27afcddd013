"""The step that holds revenue back, in the few words that stand at the river. The same answer as the report's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.analytics.bottleneck import find_bottleneck
from kyogyo.analytics.caveats import find_caveats
from kyogyo.usecases.answer import word_answer
from kyogyo.usecases.next_actions import next_actions
from kyogyo.usecases.report_funnel import explain_bottleneck
from kyogyo.usecases.show_stream.contents import Held
from kyogyo.words import Text, money

if TYPE_CHECKING:
    from kyogyo.analytics.bottleneck import Bottleneck
    from kyogyo.analytics.funnel import Funnel

COMPUTING = Held(
    status="computing",
    headline=Text(
        en="Looking for the step that holds revenue back …",
        ja="売上を止めている区間を調べています…",
    ),
    paragraph=Text(
        en="It takes some seconds after the first data has come in. This page shows it as soon as it is found.",
        ja="データが入った直後は数秒かかります。見つかりしだい、このページに表示します。",
    ),
)


def find_held(funnel: Funnel) -> Held:
    """The answer for the whole track of `funnel`, all its journeys counted."""
    caveats = find_caveats(funnel)
    bottleneck = find_bottleneck(funnel, forbidden=caveats)
    answer = word_answer(funnel, bottleneck, explain_bottleneck(funnel, bottleneck, caveats))
    step = ""
    if answer.status == "named" and bottleneck.top is not None:
        node = bottleneck.top.node
        step = node.step if node.kind == "conversion" else ""
    start, _, stop = step.partition(">")
    return Held(
        status=answer.status,
        headline=answer.headline,
        paragraph=answer.paragraph,
        stage=answer.stage or "",
        next_stage=stop if start == answer.stage else "",
        cost=_cost(funnel, bottleneck),
        reasons=answer.reasons,
        actions=next_actions(funnel, bottleneck, caveats),
        as_of=funnel.history.as_of,
    )


def _cost(funnel: Funnel, bottleneck: Bottleneck) -> Text | None:
    """What the named step costs a month, short enough for a flag."""
    top = bottleneck.top
    if bottleneck.status != "named" or top is None or top.mid is None:
        return None
    if bottleneck.unit == "wins":
        return Text(en=f"about {top.mid:,.1f} wins a month", ja=f"月あたり受注 約{top.mid:,.1f} 件")
    currency = funnel.history.model.currency
    return Text(
        en=f"about {money(top.mid, currency=currency, lang='en')} a month",
        ja=f"月あたり約 {money(top.mid, currency=currency, lang='ja')}",
    )
