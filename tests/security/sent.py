"""What is sent to each address so that the answer is about who asks, not about an empty form."""

from __future__ import annotations

from typing import Any

from tests.security.world import NO_ROW, World

# What the placeholders of allauth's addresses are filled with.
OTHERS = {
    "code": "balance",
    "provider": "company",
    "provider_id": "company",
    "organization_slug": "company",
    "key": "1-abcdef",
    "uidb36": "1",
    "pk": NO_ROW,
    "word": "A" * 16,
    "name": "history.csv",
}


def query_of(pattern: str, world: World) -> dict[str, Any]:
    """The query of a GET that needs one."""
    return {
        "accounts/<int:account_id>/merge/": {"with": world.ids["twin_id"]},
        "journeys/<int:journey_id>/gate/": {"to": "mql"},
    }.get(pattern, {})


def body_of(pattern: str, world: World) -> dict[str, Any]:
    """The form of a POST that would be done if it may."""
    ids, people = world.ids, world.company.users
    return {
        "accounts/<int:account_id>/merge/": {"with": ids["twin_id"]},
        "alerts/<int:alert_id>/answer/": {"kind": "known", "words": "A holiday"},
        "countermeasures/<int:countermeasure_id>/change/": {
            "revision": 1, "title": "A title", "hypothesis": "So", "why": "Because",
        },
        "countermeasures/<int:countermeasure_id>/reopen/": {"why": "Again"},
        "countermeasures/<int:countermeasure_id>/review/": {"decision": "drop", "words": "No time"},
        "countermeasures/<int:countermeasure_id>/score/": {
            "step": ids["step_id"], "team": world.company.teams["inside"].pk, "score": "yes",
        },
        "countermeasures/<int:countermeasure_id>/start/": {"start": ids["start_id"]},
        "countermeasures/new/": {"track": "new_business", "act": "propose"},
        "reviews/<int:review_id>/close/": {},
        "reviews/open/": {"track": "new_business"},
        "reviews/points/<int:point_id>/decide/": {"review": ids["review_id"], "decision": "settled"},
        "reviews/points/<int:point_id>/finish/": {},
        "handoffs/<int:handoff_id>/need-work/": {"words": "Which budget?", "asks": ["budget"]},
        "handoffs/<int:handoff_id>/offer-again/": {"why_now": "Complete now"},
        "handoffs/<int:handoff_id>/result/": {"met": "1", "decision": "none"},
        "handoffs/<int:handoff_id>/return/": {"reason": "no_fit", "words": "Not ours"},
        "journeys/<int:journey_id>/activity/": {"kind": "note", "words": "A note"},
        "journeys/<int:journey_id>/answer/": {"question": "needs", "answer": "Speed"},
        "journeys/<int:journey_id>/assign/": {"to": f"user:{people['manager'].pk}"},
        "journeys/<int:journey_id>/change/": {"title": "A title", "amount": "5"},
        "journeys/<int:journey_id>/criterion/": {"criterion": "fit_and_interest"},
        "journeys/<int:journey_id>/enter/": {"stage": "mql", "override_reason": "Known"},
        "journeys/<int:journey_id>/next-step/": {"text": "Ring", "due_on": "2027-01-15"},
        "journeys/<int:journey_id>/offer/": {"why_now": "They asked"},
        "journeys/<int:journey_id>/promises/": {"text": "A quote"},
        "journeys/<int:journey_id>/promises/<int:promise_id>/": {"kind": "met"},
        "journeys/<int:journey_id>/undo/": {"entry_id": ids["entry_id"]},
        "journeys/change/": {"ids": str(ids["journey_id"]), "kind": "source", "source": "web"},
        "journeys/change/apply/": {"ids": str(ids["journey_id"]), "kind": "source", "source": "x"},
        "journeys/change/undo/": {"batch": "1"},
        "journeys/new/": {"name": "Nagi Foods", "track": "new_business"},
        "journeys/views/": {"name": "A view", "query": "owner=me"},
        "settings/": {"name": "A Name", "lang": "en"},
        "settings/appearance/": {"theme": "dark", "next": "/desk/"},
        "settings/fields/": {
            "noun": "journey", "code": "size", "label_en": "Size", "label_ja": "大きさ",
            "kind": "text",
        },
        "settings/imports/start/": {"word": "A" * 16},
        "settings/keys/": {"name": "A key"},
        "settings/language/": {"lang": "en", "next": "/desk/"},
        "settings/model/": {"text": "version = 1"},
        "settings/people/": {"email": "new@example.com", "name": "New", "lang": "en"},
        "settings/people/<int:user_id>/": {
            "name": "Ichiro", "email": "inside@example.com", "is_active": "1",
        },
        "settings/people/<int:user_id>/join/": {"team": world.company.teams["field"].pk, "role": "member"},
        "settings/people/<int:user_id>/leave/": {"membership": ids["membership_id"]},
        "settings/teams/": {"label_en": "North", "label_ja": "北"},
        "settings/teams/<int:team_id>/": {"label_en": "North", "label_ja": "北"},
        "sign-in/as/": {"person": people["admin"].pk},
    }.get(pattern, {})  # fmt: skip


def operation_body(method: str, path: str, world: World) -> Any:
    """The JSON of an operation that would be done if it may."""
    if method == "GET":
        return None
    ids = world.ids
    return {
        ("POST", "/api/v1/journeys/"): {"account_id": ids["account_id"], "track": "new_business"},
        ("PATCH", "/api/v1/journeys/{journey_id}/"): {"title": "A title"},
        ("POST", "/api/v1/journeys/{journey_id}/entries/"): {
            "stage": "mql", "override_reason": "Known",
        },
        ("POST", "/api/v1/journeys/{journey_id}/checks/"): {"criterion": "fit_and_interest"},
        ("POST", "/api/v1/journeys/{journey_id}/claims/"): {"question": "needs", "answer": "Speed"},
        ("POST", "/api/v1/journeys/{journey_id}/activities/"): {"kind": "note", "words": "A note"},
        ("POST", "/api/v1/journeys/{journey_id}/next-step/"): {
            "text": "Ring", "due_on": "2027-01-15",
        },
        ("POST", "/api/v1/handoffs/offer/{journey_id}/"): {"why_now": "They asked"},
        ("POST", "/api/v1/handoffs/{handoff_id}/return/"): {"reason": "no_fit", "words": "Not ours"},
        ("POST", "/api/v1/handoffs/{handoff_id}/need-work/"): {
            "words": "Which budget?", "asks": ["budget"],
        },
        ("POST", "/api/v1/handoffs/{handoff_id}/offer-again/"): {"why_now": "Complete now"},
        ("POST", "/api/v1/accounts/"): {"name": "Nagi Foods"},
        ("POST", "/api/v1/alerts/{alert_id}/answer/"): {"kind": "seen"},
    }.get((method, path), {})  # fmt: skip
