"""What the security tests look at: every address there is, and a company in which each object is somebody's.

Everything belongs to inside sales and to what they handed to field sales; marketing and customer
success work beside them and see nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions import claims, journeys, offers
from kyogyo.records.actions.alerts import Noticed, raise_alerts
from kyogyo.records.actions.commitments import promise
from kyogyo.records.actions.countermeasures import register_countermeasure
from kyogyo.records.actions.fields import add_field
from kyogyo.records.actions.keys import make_api_key
from kyogyo.records.actions.registration import Registration, Start, Step
from kyogyo.records.actions.reviews import Point, open_review
from kyogyo.records.actions.views import save_view
from kyogyo.records.models import Countermeasure, Membership, StageEntry
from kyogyo.records.queries.calendar import local_date
from kyogyo.words import Text
from tests.records.people import (
    Company,
    add_colleagues,
    make_account,
    make_company,
    make_journey,
)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = (
    "anonymous", "marketer", "inside", "field", "success", "manager",
    "revops", "admin", "viewer", "outsider", "inactive",
)  # fmt: skip
# Ids that no row has: what isn't there must look the same as what isn't yours.
NO_ROW = 987_654_321
TOLD = {
    "needs": "Fewer orders by hand",
    "current_state": "Spreadsheets",
    "deal_size": "1,200,000",
    "budget": "Secured",
    "authority": "Ms Sato",
    "timeframe": "2026-10-31",
    "next_step": "Demo",
}


@dataclass
class World:
    """The company, the ids of what inside sales has, and a session for each role."""

    company: Company
    ids: dict[str, Any]
    sessions: dict[str, str] = field(default_factory=dict)

    def ask(
        self, role: str, method: str, path: str, data: object = None, **more: Any
    ) -> HttpResponse:
        """One request of somebody; what it changed is taken back."""
        with taken_back():
            return self.do(role, method, path, data, **more)

    def do(
        self, role: str, method: str, path: str, data: object = None, **more: Any
    ) -> HttpResponse:
        """One request of somebody, which counts."""
        client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        given = {} if data is None else {"data": data}
        answer: HttpResponse = getattr(client, method.lower())(path, **given, **more)
        return answer


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_world() -> World:
    """A journey with a meeting that inside sales offers to field sales, another of theirs, and the rest."""
    company = make_company()
    account = make_account(name="Aozora Works", domain="aozora.example")
    twin = make_account(name="Minato Logistics")
    make_journey(company, account=twin, owner="inside")
    plain = make_journey(company, account=account, owner="inside")
    meeting = make_journey(
        company, stage="meeting_set", owner="inside", amount=1_200_000, account=account
    )
    me = company.actor("inside")
    for question, answer in TOLD.items():
        claims.answer_question(actor=me, journey_id=meeting.pk, question=question, answer=answer)
    offered = offers.offer_handoff(
        actor=me,
        journey_id=meeting.pk,
        why_now="The contract ends in June",
        receiver_user_id=company.users["field"].pk,
    )
    journeys.log_activity(actor=me, journey_id=plain.pk, kind="call", words="Rang them")
    promised = promise(actor=me, journey_id=plain.pk, text="A demo", due_on=None)
    view = save_view(actor=me, name="Mine", page="journeys", query="campaign=quiet-word")
    key, _ = make_api_key(actor=me, name="script")
    added = add_field(
        actor=company.actor("admin"), noun="journey", code="colour", label_en="Colour",
        label_ja="色", kind="text",
    )  # fmt: skip
    made = _countermeasure(company)
    review = open_review(
        actor=company.actor("manager"), track="new_business", as_of=made.made_at,
        points=(Point("alert", "alert:1", Text(en="Fell", ja="低下")),),
    )  # fmt: skip
    noticed = Noticed(
        key="fell", kind="shift", track="new_business", node="conversion:mql",
        department="inside_sales", since=made.baseline_from, says=Text(en="Fell", ja="低下"),
    )  # fmt: skip
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed])
    ids = {
        "countermeasure_id": made.pk,
        "start_id": made.starts.get().pk,
        "step_id": made.steps.get().pk,
        "review_id": review.pk,
        "point_id": review.points.get().pk,
        "alert_id": alert.pk,
        "account_id": account.pk,
        "twin_id": twin.pk,
        "journey_id": plain.pk,
        "meeting_id": meeting.pk,
        "handoff_id": offered.pk,
        "promise_id": promised.pk,
        "entry_id": StageEntry.objects.get(journey=plain).pk,
        "view_id": view.pk,
        "key_id": key.pk,
        "field_id": added.pk,
        "user_id": company.users["inside"].pk,
        "team_id": company.teams["inside"].pk,
        "membership_id": Membership.objects.get(user=company.users["inside"]).pk,
        "version_id": company.version.pk,
        "batch_id": NO_ROW,
    }
    world = World(company, ids)
    gone = company.users["marketer"].__class__.objects.create_user(
        "gone@example.com", None, name="Gone Inside"
    )
    Membership.objects.create(user=gone, team=company.teams["inside"], role="admin")
    for role in ROLES[1:]:
        world.sessions[role] = _session(gone if role == "inactive" else company.users[role])
    gone.is_active = False
    gone.save()
    return world


def _countermeasure(company: Company) -> Countermeasure:
    """One of inside sales, to start today."""
    add_colleagues(company, "inside")
    today = local_date()
    return register_countermeasure(
        actor=company.actor("manager"),
        said=Registration(
            title="Recap mails",
            hypothesis="Buyers come back",
            track="new_business",
            node="conversion:mql",
            reason="conversion",
            owner_id=company.users["inside"].pk,
            steps=(Step("Send the recap", "The mail is there"),),
            starts=(Start(company.teams["inside"].pk, today),),
            baseline_from=today - timedelta(days=90),
            review_on=today + timedelta(days=90),
            design={},
        ),
    )


def _session(user: Any) -> str:
    held = SessionStore()
    held[SESSION_KEY] = str(user.pk)
    held[BACKEND_SESSION_KEY] = BACKEND
    held[HASH_SESSION_KEY] = user.get_session_auth_hash()
    held.create()
    return str(held.session_key)


@dataclass(frozen=True, order=True)
class Route:
    """One address of the resolver, as it is declared, and the HTTP methods that its view takes."""

    pattern: str

    def path(self, ids: dict[str, Any]) -> str:
        """The address with ids filled in."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(ids[m[1]]), self.pattern)

    @property
    def names(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)


def every_route() -> list[Route]:
    """All addresses but those of the API, which its OpenAPI lists."""
    return sorted({Route(one) for one in _walk(get_resolver(), "") if not one.startswith("api/")})


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        here = before + _written(str(one.pattern))
        if isinstance(one, URLPattern):
            yield here
        else:
            yield from _walk(one, here)


def _written(pattern: str) -> str:
    """A regular expression of allauth's as a path with converters."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern).replace("^", "").replace("$", "")
