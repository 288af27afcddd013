"""Words that try to be markup, in every text that somebody can write, and the pages where they come out."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from kyogyo.records.actions import claims, decisions, journeys, stages
from kyogyo.records.actions.accounts import add_person, change_account
from kyogyo.records.actions.commitments import promise, settle_commitment
from kyogyo.records.actions.fields import add_field
from kyogyo.records.actions.imports import begin_import, end_import
from kyogyo.records.actions.keys import make_api_key
from kyogyo.records.actions.model import adopt
from kyogyo.records.actions.people import change_self, change_team
from kyogyo.records.actions.views import save_view
from tests.records.people import default_text, make_account, make_journey
from tests.security.sent import OTHERS, query_of
from tests.security.world import World, every_route

# Each carries the mark, so that it is found wherever it comes out.
MARK = "xss7f"
PAYLOADS = (
    f"<script>alert('{MARK}')</script>",
    f"\"><img src=x onerror=alert('{MARK}')>",
    f"' onmouseover='alert(\"{MARK}\")' x='",
    f"javascript:alert('{MARK}')",
    f"data:text/html,<script>alert('{MARK}')</script>",
    f"<svg/onload=alert('{MARK}')>",
    f"</title></textarea></style></script><svg><a xlink:href=\"javascript:alert('{MARK}')\">x</a>",
    f"{{{{7*7}}}}{MARK}{{% raw %}}",
    f"${{{MARK}}}#{{7*7}}",
    f"\u202egnp.{MARK}\u202c",
    f"<!--{MARK}--><b>{MARK}</b>",
    f"&lt;script&gt;{MARK}&amp;",
)
ALL = " ".join(PAYLOADS)  # into fields without a narrow limit
SHORT = f"<i {MARK}>\"'"  # into those with one


def fill(world: World) -> World:
    """Every text that somebody can write holds payloads."""
    company, ids = world.company, world.ids
    me, taker, admin = company.actor("inside"), company.actor("field"), company.actor("admin")
    for number, name in enumerate(("inside", "field", "admin")):
        change_self(actor=company.actor(name), name=PAYLOADS[number][:200], lang="en")
    change_team(actor=admin, team_id=ids["team_id"], label_en=PAYLOADS[0], label_ja=PAYLOADS[1],
                department="inside_sales", parent_id=company.teams["revenue"].pk)  # fmt: skip
    field = add_field(actor=admin, noun="journey", code="size", label_en=PAYLOADS[1],
                      label_ja=PAYLOADS[0], kind="choice", choices=[PAYLOADS[2], PAYLOADS[5]])  # fmt: skip
    change_account(
        actor=admin, account_id=ids["account_id"], name=ALL[:290], kana=PAYLOADS[0],
        domain="javascript:alert('xss7f')//", segment=PAYLOADS[1], industry=PAYLOADS[0],
        region=PAYLOADS[2],
    )  # fmt: skip
    person = add_person(actor=me, account_id=ids["account_id"], name=PAYLOADS[1], title=ALL[:190],
                        phone=SHORT, email="a@example.com")  # fmt: skip
    for key in (ids["journey_id"], ids["meeting_id"]):
        journeys.change_journey(
            actor=me, journey_id=key, title=ALL[:290], source=PAYLOADS[0], campaign=PAYLOADS[1],
            person_id=person.pk, facts={"colour": ALL[:200], field.code: PAYLOADS[2]},
        )  # fmt: skip
        journeys.log_activity(actor=me, journey_id=key, kind="note", words=ALL)
        journeys.plan_next_step(actor=me, journey_id=key, text=PAYLOADS[0], due_on=date(2027, 1, 5))
        promised = promise(actor=me, journey_id=key, text=ALL[:490], due_on=None)
        claims.answer_question(actor=me, journey_id=key, question="needs", answer=ALL, evidence=ALL)
    settle_commitment(actor=me, commitment_id=promised.pk, kind="missed", words=ALL)
    stages.check_criterion(
        actor=me, journey_id=ids["journey_id"], criterion="fit_and_interest", evidence=ALL
    )
    stages.enter_stage(
        actor=me, journey_id=ids["journey_id"], stage="mql", override_reason=ALL[:900]
    )
    claims.answer_question(actor=taker, journey_id=ids["meeting_id"], question="needs", answer=ALL)
    decisions.need_work(actor=taker, handoff_id=ids["handoff_id"], words=ALL, asks=("budget",))
    lost = make_journey(company, owner="inside", account=make_account(name=PAYLOADS[5]))
    stages.enter_stage(actor=me, journey_id=lost.pk, stage="recycled", reason="no_budget",
                       buyer_words=ALL, our_view=ALL)  # fmt: skip
    world.ids["lost_id"] = lost.pk
    save_view(
        actor=me, name=PAYLOADS[5], page="journeys", query=f"source={PAYLOADS[0]}", is_shared=True
    )
    make_api_key(actor=me, name=PAYLOADS[1])
    said = {"error": {"en": ALL, "ja": ALL}}
    end_import(
        actor=admin, batch=begin_import(actor=admin, label=ALL[:290]), says=said, failed=True
    )
    adopt(actor=admin, text=_labelled(default_text()))
    return world


def _labelled(text: str) -> str:
    """The model with payloads for labels."""
    written = SHORT.replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace('version = "', 'version = "2 ', 1)
    return re.sub(r'(label = \{ en = ")([^"]*)(")', rf"\g<1>\g<2> {written}\g<3>", text)


def every_page(world: World) -> list[tuple[str, Any]]:
    ids = {**OTHERS, **world.ids}
    routes = [
        (r.path(ids), query_of(r.pattern, world))
        for r in every_route()
        if "export" not in r.pattern
    ]
    return [
        *routes,
        (f"/journeys/{ids['lost_id']}/", {}),
        (f"/journeys/{ids['meeting_id']}/", {}),
        (f"/journeys/{ids['meeting_id']}/gate/", {"to": "lost"}),
        ("/handoffs/", {"box": "out"}),
        ("/search/", {"q": MARK}),
        ("/search/", {"q": ALL[:90]}),
        ("/journeys/", {"type": "all", "source": PAYLOADS[0], "sort": ALL, "owner": ALL, "f.size": PAYLOADS[2]}),
        ("/journeys/", {"type": "all", "column": "account,title,person,source,campaign,segment,field:colour,field:size"}),
        ("/journeys/new/", {"name": ALL, "domain": ALL, "track": ALL}),
        ("/board/", {"source": PAYLOADS[1], "at": ALL, "track": ALL}),
        ("/settings/audit/", {"noun": ALL, "action": ALL, "by": ALL}),
        ("/settings/people/", {"q": ALL, "kind": ALL}),
        ("/", {"source": ALL, "segment": ALL, "team": ALL, "period": ALL}),
        ("/sign-in/login/", {"next": ALL}),
    ]  # fmt: skip
